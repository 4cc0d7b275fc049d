"""The columns that months, quarters and years have in every sheet: the same ones, so that a formula refers straight
across."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.definitions import Unit
from channelsim.report.charts.monthly import MONTH_NAMES
from channelsim.report.workbook.book import FAINT, QUIET, Sheet, cell

FloatArray = NDArray[np.float64]
MEASURED, FIRST_MONTH = 2, 3
"""The column of the total after the warm-up, between labels and months."""
MONTHS_A_QUARTER, MONTHS_A_YEAR = 3, 12
COLUMNS_A_PAGE = 18


@dataclass(frozen=True)
class Period:
    """Some months, the last one not included."""

    label: str
    first: int
    last: int


@dataclass(frozen=True)
class Calendar:
    """The months of a horizon and what they are added up to. starts: the first day of each month."""

    starts: tuple[dt.date, ...]
    warmup_months: int

    @property
    def months(self) -> int:
        """How many there are."""
        return len(self.starts)

    @property
    def periods(self) -> list[Period]:
        """Quarters, years and all months, from the horizon's start; a year that is not whole is left out where it
        is all there is."""
        quarters = self._every(MONTHS_A_QUARTER, "Q")
        years = self._every(MONTHS_A_YEAR, "Year ") if self.months >= MONTHS_A_YEAR else []
        return [*quarters, *years, Period("All months", 0, self.months)]

    def _every(self, length: int, name: str) -> list[Period]:
        found = []
        for number, first in enumerate(range(0, self.months, length), start=1):
            last = min(first + length, self.months)
            a, b = (MONTH_NAMES[self.starts[month].month - 1] for month in (first, last - 1))
            between = a if last == first + 1 else f"{a}–{b}"
            found.append(Period(f"{name}{number}\n{between} {self.starts[last - 1]:%y}", first, last))
        return found

    def column_of(self, period: int) -> int:
        """The column of a period of `periods`: behind the months and a free column."""
        return FIRST_MONTH + self.months + 1 + period

    def span(self, row: int, first: int = 0, last: int | None = None) -> str:
        """The cells of a row's months from one to another, of this sheet."""
        end = self.months if last is None else last
        return f"{cell(row, FIRST_MONTH + first)}:{cell(row, FIRST_MONTH + end - 1)}"

    def measured(self) -> str:
        """What the total after the warm-up is called."""
        return "After warm-up" if self.warmup_months else "All months"

    def heads(self, sheet: Sheet, row: int, *, with_periods: bool = False) -> None:
        """The months as headings, with the warm-up marked above them."""
        sheet.months(row, FIRST_MONTH, self.starts)
        if self.warmup_months:
            for month in range(self.warmup_months):
                sheet.text(row - 1, FIRST_MONTH + month, "warm-up", align="right", italic=True, font_color=QUIET)
        if with_periods:
            sheet.heads(row, self.column_of(0), [period.label for period in self.periods])
        sheet.raw.set_row(row, 28)

    def columns(self, sheet: Sheet, labels: tuple[int, int], *, with_periods: bool = False) -> None:
        """Widths (labels: of the first two columns), and as many pages across as it takes to stay readable."""
        for column, width in enumerate(labels):
            sheet.raw.set_column(column, column, width)
        sheet.raw.set_column(MEASURED, MEASURED, 14)
        last = self.column_of(len(self.periods)) - 1 if with_periods else FIRST_MONTH + self.months - 1
        sheet.raw.set_column(FIRST_MONTH, last, 12)
        if with_periods:
            sheet.raw.set_column(self.column_of(0) - 1, self.column_of(0) - 1, 2)
        sheet.raw.repeat_columns(0, MEASURED)
        sheet.raw.fit_to_pages(-(-(last + 1) // COLUMNS_A_PAGE), 0)

    def totals(
        self, sheet: Sheet, row: int, values: FloatArray, unit: Unit, *, with_periods: bool = False, **style: Any
    ) -> None:
        """A row's sums: after the warm-up, and of each period."""
        after = self.span(row, self.warmup_months)
        total = float(values[self.warmup_months :].sum())
        edges = {"left": 1, "right": 1, "left_color": FAINT, "right_color": FAINT}
        sheet.formula(row, MEASURED, f"SUM({after})", total, unit, **{**edges, **style})
        if with_periods:
            for place, period in enumerate(self.periods):
                span = self.span(row, period.first, period.last)
                amount = float(values[period.first : period.last].sum())
                sheet.formula(row, self.column_of(place), f"SUM({span})", amount, unit, **style)
