"""Contribution and cost by month, as charts that Excel draws from the cells below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.style import strategy_colours
from channelsim.report.workbook.book import FAINT, QUIET, Sheet, cell
from channelsim.report.workbook.pnl import ProfitSheet, label_of

CHART_WIDTH, CHART_HEIGHT = 620, 300
CHARTS_A_ROW = 2
ROWS_A_CHART = 16
CELL_WIDTH = 14
COLUMNS_A_CHART = 6
CATEGORY_COLOURS = {
    Category.SALARY: "#1F4E79", Category.VARIABLE: "#2E86C1", Category.BENEFITS: "#5DADE2",
    Category.OVERHEAD: "#85C1E9", Category.MANAGEMENT: "#AED6F1", Category.TRAVEL: "#01A6A5",
    Category.TOOLS: "#66C6C5", Category.INITIATIVES: "#B2E3E2", Category.RECRUITING: "#672C5E",
    Category.SEVERANCE: "#A978A1", Category.LEADS: "#B8860B", Category.CAPITAL: "#7F8C8D",
}  # fmt: skip
"""People in blues, what they work with in greens, who comes and goes in purples, marketing in gold."""
DASHES = ("solid", "dash", "round_dot", "long_dash")
"""Where colours come again, the dash tells strategies apart."""


def write_monthly(sheet: Sheet, profits: Mapping[str, ProfitSheet]) -> None:
    """Fill the sheet: charts above, their figures below."""
    charts = 2 + len(profits)
    calendar = next(iter(profits.values())).calendar
    head = sheet.title(
        "Monthly",
        f"In {sheet.book.currency}; means over the replications. All figures are links to the profit and loss.",
    )
    head += ROWS_A_CHART * -(-charts // CHARTS_A_ROW) + 2
    sheet.heads(head, 0, ["Month"], align="left")
    sheet.raw.set_row(head, 42)
    for month, start in enumerate(calendar.starts, start=head + 1):
        style = sheet.book.style(num_format="mmm yyyy", align="left")
        sheet.raw.write_datetime(month, 0, _midnight(start), style)
    rows = (head + 1, head + calendar.months)
    column = 1
    names = list(profits)
    columns = {}
    for title, write in (("Contribution", _contribution), ("Contribution so far", _so_far)):
        sheet.text(head - 1, column, title, bold=True, font_color=QUIET)
        sheet.heads(head, column, names)
        columns[title] = list(range(column, column + len(names)))
        for at, profit in zip(columns[title], profits.values(), strict=True):
            write(sheet, head + 1, at, profit)
        column += len(names) + 1
    cost_columns = {}
    for name, profit in profits.items():
        categories = [each for each in Category if profit.found.whole[LINES.index(each)].any()]
        sheet.text(head - 1, column, f"Cost, {name}", bold=True, font_color=QUIET)
        sheet.heads(head, column, [label_of(each) for each in categories])
        for at, category in enumerate(categories, start=column):
            _link(sheet, head + 1, at, profit, category)
        cost_columns[name] = (column, categories)
        column += len(categories) + 1
    sheet.raw.set_column(0, column, CELL_WIDTH)
    sheet.raw.fit_to_pages(1, 0)
    sheet.raw.print_area(0, 0, rows[1], max(CHARTS_A_ROW * COLUMNS_A_CHART, 2 * len(names) + 2))
    colours = strategy_colours(names)
    for place, (title, at) in enumerate(columns.items()):
        lines = [
            _series(
                sheet,
                head,
                rows,
                each,
                {"line": {"color": colours[name], "width": 2.25, "dash_type": _dash(number)}},
            )
            for number, (name, each) in enumerate(zip(names, at, strict=True))
        ]
        where = "after the warm-up" if title != "Contribution" and calendar.warmup_months else "by month"
        _insert(sheet, place, f"{title} {where}", "line", lines)
    for place, (_, (first, categories)) in enumerate(cost_columns.items(), start=len(columns)):
        stacked = [
            _series(
                sheet,
                head,
                rows,
                at,
                {"fill": {"color": CATEGORY_COLOURS[each]}, "border": {"none": True}, "gap": 40},
            )
            for at, each in enumerate(categories, start=first)
        ]
        # By reference: a strategy's name is never read as a formula.
        _insert(sheet, place, [sheet.name, head - 1, first], "column", stacked)


def _midnight(date: Any) -> Any:
    import datetime as dt

    return dt.datetime.combine(date, dt.time())


def _dash(number: int) -> str:
    return DASHES[number // 8 % len(DASHES)]


def _link(sheet: Sheet, first: int, column: int, profit: ProfitSheet, line: str) -> None:
    values = profit.found.whole[LINES.index(line)]
    for month, value in enumerate(values.tolist()):
        sheet.formula(first + month, column, profit.month(line, month), value, Unit.MONEY)


def _contribution(sheet: Sheet, first: int, column: int, profit: ProfitSheet) -> None:
    _link(sheet, first, column, profit, Total.CONTRIBUTION)


def _so_far(sheet: Sheet, first: int, column: int, profit: ProfitSheet) -> None:
    """From the end of the warm-up on."""
    warmup = profit.calendar.warmup_months
    values = np.cumsum(profit.found.whole[LINES.index(Total.CONTRIBUTION), warmup:])
    for month, value in enumerate(values.tolist(), start=warmup):
        before = f"{cell(first + month - 1, column)}+" if month > warmup else ""
        sheet.formula(first + month, column, before + profit.month(Total.CONTRIBUTION, month), value, Unit.MONEY)


def _series(sheet: Sheet, head: int, rows: tuple[int, int], column: int, look: dict[str, Any]) -> dict[str, Any]:
    first, last = rows
    return {
        "name": [sheet.name, head, column],
        "categories": [sheet.name, first, 0, last, 0],
        "values": [sheet.name, first, column, last, column],
        **look,
    }


def _insert(sheet: Sheet, place: int, title: Any, kind: str, series: Sequence[dict[str, Any]]) -> None:
    """A chart at its place, from left to right and from above."""
    if not series:
        return
    chart = sheet.book.workbook.add_chart({"type": kind} | ({"subtype": "stacked"} if kind == "column" else {}))
    for each in series:
        chart.add_series(each)
    font = {"name": "Arial", "size": 8, "color": QUIET}
    chart.set_title({"name": title, "name_font": {"name": "Arial", "size": 11, "bold": True}, "overlay": False})
    chart.set_x_axis(
        {
            "num_format": "mmm yy",
            "num_font": font,
            "label_position": "low",
            "line": {"color": FAINT},
            "text_axis": True,
        }
    )
    form = sheet.book.number_format(Unit.MONEY, symbol=True).split("_)")[0]
    grid = {"visible": True, "line": {"color": "#E4E8EC", "width": 0.75}}
    chart.set_y_axis(
        {"num_format": f"{form};-{form}", "num_font": font, "line": {"none": True}, "major_gridlines": grid}
    )
    chart.set_legend({"position": "bottom", "font": font})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    chart.set_chartarea({"border": {"color": FAINT}})
    row, column = divmod(place, CHARTS_A_ROW)
    sheet.raw.insert_chart(3 + row * ROWS_A_CHART, column * COLUMNS_A_CHART, chart, {"object_position": 2})
