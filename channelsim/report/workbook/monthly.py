"""Contribution and cost by month, as charts over the cells that they are drawn from."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.workbook.book import Sheet, cell
from channelsim.report.workbook.calendar import Calendar
from channelsim.report.workbook.charts import (
    CHARTS_A_ROW,
    COLUMN_WIDTH,
    COLUMNS_A_CHART,
    ROWS_A_CHART,
    Table,
    insert,
    table,
)
from channelsim.report.workbook.pnl import ProfitSheet, label_of

CATEGORY_COLOURS = {
    Category.SALARY: "#1F4E79", Category.VARIABLE: "#2E86C1", Category.BENEFITS: "#5DADE2",
    Category.OVERHEAD: "#85C1E9", Category.MANAGEMENT: "#AED6F1", Category.TRAVEL: "#01A6A5",
    Category.TOOLS: "#66C6C5", Category.INITIATIVES: "#B2E3E2", Category.RECRUITING: "#672C5E",
    Category.SEVERANCE: "#A978A1", Category.LEADS: "#B8860B", Category.CAPITAL: "#7F8C8D",
}  # fmt: skip
"""People in blues, what they work with in greens, who comes and goes in purples, marketing in gold."""
MONTHS_AXIS = {"num_format": "mmm yy", "text_axis": True}
BETWEEN_TABLES = 4


def write_monthly(sheet: Sheet, calendar: Calendar, profits: Mapping[str, ProfitSheet]) -> None:
    """Fill the sheet: charts above, their figures below, a table for each."""
    top = sheet.title(
        "Monthly",
        f"In {sheet.book.currency}; means over the replications. All figures are links to the profit and loss.",
    )
    names, charts = list(profits), 2 + len(profits)
    first = top + ROWS_A_CHART * -(-charts // CHARTS_A_ROW)
    starts = [first + place * (calendar.months + BETWEEN_TABLES) for place in range(charts)]
    after = "after the warm-up" if calendar.warmup_months else "from the start"
    by_month = _months_table(sheet, starts[0], "Contribution", names, calendar)
    so_far = _months_table(sheet, starts[1], f"Contribution {after}, added up", names, calendar)
    for column, profit in enumerate(profits.values(), start=1):
        _link(by_month, column, profit, Total.CONTRIBUTION)
        _add_up(so_far, column, profit)
    for place, shown in enumerate((by_month, so_far)):
        insert(shown, "line", shown.lines(names), MONTHS_AXIS, Unit.MONEY, top, place)
    for place, (name, profit) in enumerate(profits.items(), start=2):
        categories = [each for each in Category if profit.found.whole[LINES.index(each)].any()]
        labels = [label_of(each) for each in categories]
        shown = _months_table(sheet, starts[place], f"Cost: {name}", labels, calendar)
        bars = []
        for column, category in enumerate(categories, start=1):
            _link(shown, column, profit, category)
            fill = {"color": CATEGORY_COLOURS[category]}
            bars.append(shown.series(column, fill=fill, border={"none": True}, gap=40))
        insert(shown, "column", bars, MONTHS_AXIS, Unit.MONEY, top, place)
    sheet.raw.set_column(0, CHARTS_A_ROW * COLUMNS_A_CHART, COLUMN_WIDTH)
    sheet.raw.set_h_pagebreaks(starts)


def _months_table(sheet: Sheet, row: int, title: str, heads: list[str], calendar: Calendar) -> Table:
    shown = table(sheet, row, title, "Month", heads, calendar.months)
    for place, start in enumerate(calendar.starts, start=shown.head + 1):
        sheet.month(place, 0, start, align="left")
    return shown


def _link(shown: Table, column: int, profit: ProfitSheet, line: str) -> None:
    values = profit.found.whole[LINES.index(line)]
    for month, value in enumerate(values.tolist()):
        shown.sheet.formula(shown.head + 1 + month, column, profit.month(line, month), value, Unit.MONEY)


def _add_up(shown: Table, column: int, profit: ProfitSheet) -> None:
    """Contribution from the end of the warm-up on."""
    warmup, first = profit.calendar.warmup_months, shown.head + 1
    values = np.cumsum(profit.found.whole[LINES.index(Total.CONTRIBUTION), warmup:])
    for month, value in enumerate(values.tolist(), start=warmup):
        before = f"{cell(first + month - 1, column)}+" if month > warmup else ""
        formula = before + profit.month(Total.CONTRIBUTION, month)
        shown.sheet.formula(first + month, column, formula, value, Unit.MONEY)
