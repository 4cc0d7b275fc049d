"""A strategy's profit and loss: lines down, months, quarters and years across, every cell a formula."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.statements import ProfitAndLoss
from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.workbook.book import GROUND, QUIET, Sheet, cell
from channelsim.report.workbook.calendar import FIRST_MONTH, MEASURED, Calendar
from channelsim.report.workbook.parts import Part, Parts

FloatArray = NDArray[np.float64]

LABELS: dict[str, str] = {
    Total.BOOKINGS: "Bookings",
    Total.DELIVERY: "Delivery",
    Total.GROSS_MARGIN: "Gross margin",
    Category.VARIABLE: "Variable pay",
    Category.LEADS: "Marketing",
    Category.CAPITAL: "Cost of capital",
    Total.COST_TOTAL: "Cost, all in",
    Total.CONTRIBUTION: "Contribution",
}
SUMS: dict[str, str] = {
    Total.GROSS_MARGIN: "bookings - delivery",
    Total.COST_TOTAL: "sum of all costs above",
    Total.CONTRIBUTION: "gross margin - cost, all in",
}
FIRST_ROW = 6


def label_of(line: str) -> str:
    """A line's name for readers."""
    return LABELS.get(line, line.capitalize())


def sum_look(line: str) -> dict[str, Any]:
    """The look of a line that is a sum; contribution is the bottom one."""
    return {"bold": True, "top": 1} | ({"bottom": 6, "bg_color": GROUND} if line == Total.CONTRIBUTION else {})


class ProfitSheet:
    """The sheet of a strategy, and where its lines stand."""

    def __init__(self, sheet: Sheet, calendar: Calendar, strategy: str, found: ProfitAndLoss) -> None:
        self.sheet, self.calendar, self.strategy, self.found = sheet, calendar, strategy, found
        self.rows: dict[str, int] = {}
        self._parts: dict[tuple[str, str], int] = {}
        self._next = FIRST_ROW

    def month(self, line: str, month: int) -> str:
        """The cell of a line in a month."""
        return self.sheet.ref(self.rows[line], FIRST_MONTH + month)

    def months(self, line: str, first: int = 0, last: int | None = None) -> str:
        """The cells of a line in its months."""
        end = self.calendar.months if last is None else last
        return self.sheet.span(self.rows[line], FIRST_MONTH + first, FIRST_MONTH + end - 1)

    def measured(self, line: str) -> str:
        """The cell of a line's total after the warm-up."""
        return self.sheet.ref(self.rows[line], MEASURED)

    def write(self, parts: Parts, notes: list[str]) -> None:
        """Fill the sheet."""
        sheet, calendar = self.sheet, self.calendar
        sheet.title(f"Profit and loss: {self.strategy}", *notes)
        head = FIRST_ROW - 1
        sheet.heads(head, 0, ["Line", "How it is worked out"], align="left")
        sheet.heads(head, MEASURED, [calendar.measured()])
        calendar.heads(sheet, head, with_periods=True)
        calendar.columns(sheet, (24, 40), with_periods=True)
        sheet.raw.freeze_panes(FIRST_ROW, FIRST_MONTH)
        sheet.raw.repeat_rows(head)
        sheet.raw.outline_settings(True, False, True, False)
        for line in LINES:
            if line in SUMS:
                self._write_sum(line)
            else:
                self._write_line(line, parts.of_line(line, self._cell_of))

    def _cell_of(self, category: Category, team: str, month: int) -> str | None:
        row = self._parts.get((category, team))
        return None if row is None else cell(row, FIRST_MONTH + month)

    def _write_line(self, line: str, parts: list[Part]) -> None:
        """A line and, below it, what it adds up."""
        row = self.rows[line] = self._next
        self._next += 1 + len(parts)
        values = self._values(line)
        bold = {"bold": line == Total.BOOKINGS}
        self.sheet.text(row, 0, label_of(line), **bold)
        self.sheet.text(row, 1, "" if parts else "nothing", font_color=QUIET)
        for month in range(self.calendar.months):
            column = FIRST_MONTH + month
            added = f"SUM({cell(row + 1, column)}:{cell(row + len(parts), column)})" if parts else "0"
            self._amount(row, month, added, values, **bold)
        self.calendar.totals(self.sheet, row, values, Unit.MONEY, with_periods=True, **bold)
        for place, part in enumerate(parts, start=row + 1):
            self._parts[line, part.owner] = place
            self._write_part(place, part)

    def _write_part(self, row: int, part: Part) -> None:
        quiet = {"font_size": 8}
        self.sheet.text(row, 0, part.owner, indent=2, font_color=QUIET, **quiet)
        self.sheet.text(row, 1, part.basis, font_color=QUIET, **quiet)
        for month in range(self.calendar.months):
            self._amount(row, month, part.formula(month), part.values, **quiet)
        self.calendar.totals(self.sheet, row, part.values, Unit.MONEY, with_periods=True, **quiet)
        self.sheet.raw.set_row(row, None, None, {"level": 1})

    def _write_sum(self, line: str) -> None:
        row = self.rows[line] = self._next
        self._next += 1
        text = sum_look(line)
        look = {**text, "symbol": True}
        self.sheet.text(row, 0, label_of(line), **text)
        self.sheet.text(row, 1, SUMS[line], **{**text, "bold": False, "font_color": QUIET})
        values = self._values(line)
        for month in range(self.calendar.months):
            self._amount(row, month, self._sum(line, FIRST_MONTH + month), values, **look)
        self.calendar.totals(self.sheet, row, values, Unit.MONEY, with_periods=True, **look)

    def _sum(self, line: str, column: int) -> str:
        def at(other: str) -> str:
            return cell(self.rows[other], column)

        if line == Total.GROSS_MARGIN:
            return f"{at(Total.BOOKINGS)}-{at(Total.DELIVERY)}"
        if line == Total.COST_TOTAL:
            return "+".join(at(category) for category in Category)
        return f"{at(Total.GROSS_MARGIN)}-{at(Total.COST_TOTAL)}"

    def _amount(self, row: int, month: int, formula: str, values: FloatArray, **style: Any) -> None:
        self.sheet.formula(row, FIRST_MONTH + month, formula, float(values[month]), Unit.MONEY, **style)

    def _values(self, line: str) -> FloatArray:
        found: FloatArray = self.found.whole[LINES.index(line)]
        return found
