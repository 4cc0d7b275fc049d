"""Contribution and cost by month, as charts that Excel draws from the cells below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.style import PALETTE, strategy_colours
from channelsim.report.workbook.book import FAINT, QUIET, Sheet, cell
from channelsim.report.workbook.pnl import ProfitSheet, label_of

CHART_WIDTH, CHART_HEIGHT = 620, 300
CHARTS_A_ROW = 2
ROWS_A_CHART = 16
COLUMN_WIDTH, COLUMNS_A_CHART = 14, 6
CATEGORY_COLOURS = {
    Category.SALARY: "#1F4E79", Category.VARIABLE: "#2E86C1", Category.BENEFITS: "#5DADE2",
    Category.OVERHEAD: "#85C1E9", Category.MANAGEMENT: "#AED6F1", Category.TRAVEL: "#01A6A5",
    Category.TOOLS: "#66C6C5", Category.INITIATIVES: "#B2E3E2", Category.RECRUITING: "#672C5E",
    Category.SEVERANCE: "#A978A1", Category.LEADS: "#B8860B", Category.CAPITAL: "#7F8C8D",
}  # fmt: skip
"""People in blues, what they work with in greens, who comes and goes in purples, marketing in gold."""
DASHES = ("solid", "dash", "round_dot", "long_dash")
"""Where colours come again, the dash tells strategies apart."""


@dataclass(frozen=True)
class Table:
    """Months down from the row below `head`, series across from the second column on."""

    sheet: Sheet
    head: int
    months: int

    def series(self, column: int, **look: Any) -> dict[str, Any]:
        """A column as a chart's series: by reference, so that no name is ever read as a formula."""
        first, last, name = self.head + 1, self.head + self.months, self.sheet.name
        return {
            "name": [name, self.head, column],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, column, last, column],
            **look,
        }


def write_monthly(sheet: Sheet, profits: Mapping[str, ProfitSheet]) -> None:
    """Fill the sheet: charts above, their figures below, a table for each."""
    charts = 2 + len(profits)
    top = sheet.title(
        "Monthly",
        f"In {sheet.book.currency}; means over the replications. All figures are links to the profit and loss.",
    )
    row = top + ROWS_A_CHART * -(-charts // CHARTS_A_ROW)
    breaks = []
    names = list(profits)
    colours = strategy_colours(names)
    calendar = next(iter(profits.values())).calendar
    after = "after the warm-up" if calendar.warmup_months else "from the start"
    lines = (("Contribution", _link_contribution), (f"Contribution {after}, added up", _so_far))
    for place, (title, write) in enumerate(lines):
        breaks.append(row)
        table = _table(sheet, row + 1, title, names, calendar.starts)
        series = []
        for number, (name, profit) in enumerate(profits.items()):
            write(table, 1 + number, profit)
            dash = DASHES[number // len(PALETTE) % len(DASHES)]
            series.append(table.series(1 + number, line={"color": colours[name], "width": 2.25, "dash_type": dash}))
        _insert(table, top, place, "line", series)
        row += calendar.months + 4
    for place, (name, profit) in enumerate(profits.items(), start=2):
        breaks.append(row)
        categories = [each for each in Category if profit.found.whole[LINES.index(each)].any()]
        labels = [label_of(each) for each in categories]
        table = _table(sheet, row + 1, f"Cost: {name}", labels, calendar.starts)
        for column, category in enumerate(categories, start=1):
            _link(table, column, profit, category)
        bars = [
            table.series(column, fill={"color": CATEGORY_COLOURS[each]}, border={"none": True}, gap=40)
            for column, each in enumerate(categories, start=1)
        ]
        _insert(table, top, place, "column", bars)
        row += calendar.months + 4
    sheet.raw.set_column(0, CHARTS_A_ROW * COLUMNS_A_CHART, COLUMN_WIDTH)
    sheet.raw.set_h_pagebreaks(breaks)


def _table(sheet: Sheet, row: int, title: str, heads: Sequence[str], months: Sequence[Any]) -> Table:
    sheet.text(row, 0, title, bold=True, font_size=12)
    sheet.heads(row + 1, 0, ["Month"], align="left")
    sheet.heads(row + 1, 1, heads)
    for place, start in enumerate(months, start=row + 2):
        sheet.month(place, 0, start, align="left")
    return Table(sheet, row + 1, len(months))


def _link(table: Table, column: int, profit: ProfitSheet, line: str) -> None:
    values = profit.found.whole[LINES.index(line)]
    for month, value in enumerate(values.tolist()):
        table.sheet.formula(table.head + 1 + month, column, profit.month(line, month), value, Unit.MONEY)


def _link_contribution(table: Table, column: int, profit: ProfitSheet) -> None:
    _link(table, column, profit, Total.CONTRIBUTION)


def _so_far(table: Table, column: int, profit: ProfitSheet) -> None:
    """From the end of the warm-up on."""
    warmup, first = profit.calendar.warmup_months, table.head + 1
    values = np.cumsum(profit.found.whole[LINES.index(Total.CONTRIBUTION), warmup:])
    for month, value in enumerate(values.tolist(), start=warmup):
        before = f"{cell(first + month - 1, column)}+" if month > warmup else ""
        formula = before + profit.month(Total.CONTRIBUTION, month)
        table.sheet.formula(first + month, column, formula, value, Unit.MONEY)


def _insert(table: Table, top: int, place: int, kind: str, series: Sequence[dict[str, Any]]) -> None:
    """A chart of a table, entitled as it is, at its place: from left to right and from above."""
    sheet = table.sheet
    if not series:
        return
    stacked = {"subtype": "stacked"} if kind == "column" else {}
    chart = sheet.book.workbook.add_chart({"type": kind} | stacked)
    for each in series:
        chart.add_series(each)
    font = {"name": "Arial", "size": 8, "color": QUIET}
    title = [sheet.name, table.head - 1, 0]
    chart.set_title({"name": title, "name_font": {"name": "Arial", "size": 11, "bold": True}})
    months = {"num_format": "mmm yy", "text_axis": True, "label_position": "low", "line": {"color": FAINT}}
    chart.set_x_axis({**months, "num_font": font})
    amount = sheet.book.number_format(Unit.MONEY, symbol=True).split("_)")[0]
    grid = {"visible": True, "line": {"color": "#E4E8EC", "width": 0.75}}
    money = {"num_format": f"{amount};-{amount}", "line": {"none": True}, "major_gridlines": grid}
    chart.set_y_axis({**money, "num_font": font})
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    chart.set_chartarea({"border": {"color": FAINT}})
    row, column = divmod(place, CHARTS_A_ROW)
    sheet.raw.insert_chart(top + row * ROWS_A_CHART, column * COLUMNS_A_CHART, chart, {"object_position": 2})
