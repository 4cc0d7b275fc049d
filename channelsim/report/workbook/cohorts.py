"""Customers by the quarter in which they were won: who is left, what they bring, when they have paid back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.result import Result
from channelsim.finance.customers import MONTHS_A_QUARTER
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.profit import cohort_rows
from channelsim.report.workbook.book import QUIET, Sheet, cell
from channelsim.report.workbook.checks import Check, Checks
from channelsim.report.workbook.inputs import Inputs
from channelsim.report.workbook.pnl import ProfitSheet
from channelsim.report.workbook.terms import Of, Terms

FloatArray = NDArray[np.float64]

COST = 2
FIRST = 3
HEAD = 6
ALL = "all segments"


class CohortSheet:
    """Strategy below strategy; first all customers, then segment by segment. Columns: cost, customers by year,
    gross margin by year, what is still out by year, payback, value."""

    def __init__(self, sheet: Sheet, years: int) -> None:
        self.sheet, self.years = sheet, years
        self.customers, self.margin = FIRST, FIRST + years
        self.net = self.margin + years
        self.payback = self.net + years + 1
        self.value = self.payback + 1

    def write(
        self,
        result: Result,
        terms: Mapping[str, Terms],
        profits: Mapping[str, ProfitSheet],
        inputs: Inputs,
        checks: Checks,
    ) -> None:
        """Fill the sheet."""
        self._write_head()
        rows = list(cohort_rows(result))
        row = HEAD + 1
        for strategy, profit in profits.items():
            self.sheet.band(row, self.value + 1, strategy)
            mine = [each for each in rows if each[0] == strategy]
            row = self._write_strategy(row + 1, mine, terms[strategy], profit, inputs, checks) + 1

    def _write_head(self) -> None:
        sheet, years = self.sheet, self.years
        sheet.title(
            "Cohorts",
            "Customers won in a quarter after the warm-up, and what it had cost to win them. Green: means over the"
            " replications. Black: formulas.",
            "Cost of all segments: all that was spent, on no lead included. Payback: a year's gross margin comes"
            " evenly over the year.",
            "Value: gross margin of all years, discounted to the day of winning.",
        )
        each_year = [f"Year {year + 1}" for year in range(years)]
        groups = {
            self.customers: "Customers left in",
            self.margin: "Gross margin in",
            self.net: "Margin so far, less cost",
        }
        for column, text in groups.items():
            sheet.text(HEAD - 1, column, text, bold=True, font_color=QUIET)
        sheet.heads(HEAD, 0, ["Segment", "Won from"], align="left")
        sheet.heads(HEAD, COST, ["Cost to sell", *each_year, *each_year, "At the start"])
        sheet.heads(HEAD, self.net + 1, [f"After year {year + 1}" for year in range(years)])
        sheet.heads(HEAD, self.payback, ["Payback, months", "Value"])
        sheet.raw.set_row(HEAD, 28)
        sheet.raw.set_column(0, 0, 20)
        sheet.raw.set_column(1, self.value, 12)
        sheet.raw.freeze_panes(HEAD + 1, COST)
        sheet.raw.repeat_rows(HEAD)
        sheet.raw.repeat_columns(0, 1)
        sheet.raw.fit_to_pages(-(-(self.value + 1) // 22), 0)

    def _write_strategy(
        self,
        row: int,
        mine: list[tuple[str, str, dt.date, int, float, float, float]],
        terms: Terms,
        profit: ProfitSheet,
        inputs: Inputs,
        checks: Checks,
    ) -> int:
        """All of a strategy's cohorts; the row after them."""
        calendar, years = profit.calendar, self.years
        starts = calendar.starts[calendar.warmup_months :: MONTHS_A_QUARTER]
        segments = terms.owners(Of.SEGMENT)
        table = np.array([each[4:] for each in mine]).reshape(len(segments), len(starts), years, 3)
        all_first = row
        first_of = {segment: row + len(starts) * (place + 1) for place, segment in enumerate(segments)}
        cost = profit.found.whole[LINES.index(Total.COST_TOTAL)]
        for quarter, start in enumerate(starts):
            here = all_first + quarter
            begin = calendar.warmup_months + quarter * MONTHS_A_QUARTER
            end = min(begin + MONTHS_A_QUARTER, calendar.months)
            spent = float(cost[begin:end].sum())
            self._label(here, ALL if not quarter else "", start)
            self.sheet.formula(here, COST, f"SUM({profit.months(Total.COST_TOTAL, begin, end)})", spent, Unit.MONEY)
            sums = table[:, quarter].sum(axis=0)
            for year in range(years):
                for column, figure, unit in ((self.customers, 0, Unit.COUNT), (self.margin, 1, Unit.MONEY)):
                    cells = "+".join(cell(first + quarter, column + year) for first in first_of.values())
                    self.sheet.formula(here, column + year, cells, float(sums[year, figure]), unit)
            self._write_follows(here, spent, sums[:, 1], terms, inputs, profit.strategy)
        for place, (segment, first) in enumerate(first_of.items()):
            for quarter, start in enumerate(starts):
                here = first + quarter
                figures = table[place, quarter]
                self._label(here, segment if not quarter else "", start)
                self.sheet.number(here, COST, figures[0, 2], Unit.MONEY)
                for year in range(years):
                    self.sheet.number(here, self.customers + year, figures[year, 0], Unit.COUNT)
                    self.sheet.number(here, self.margin + year, figures[year, 1], Unit.MONEY)
                self._write_follows(here, figures[0, 2], figures[:, 1], terms, inputs, profit.strategy)
        self._check(all_first, all_first + len(starts) - 1, profit, checks)
        return row + len(starts) * (1 + len(segments))

    def _label(self, row: int, segment: str, start: dt.date) -> None:
        self.sheet.text(row, 0, segment, bold=segment == ALL)
        self.sheet.month(row, 1, start, align="left")

    def _write_follows(
        self, row: int, cost: float, margin: FloatArray, terms: Terms, inputs: Inputs, strategy: str
    ) -> None:
        """What follows from cost and margins: how much is still out after each year, payback and value."""
        sheet, years = self.sheet, self.years
        net = np.concatenate([[-cost], -cost + np.cumsum(margin)])
        sheet.formula(row, self.net, f"-{cell(row, COST)}", net[0], Unit.MONEY)
        for year in range(years):
            formula = f"{cell(row, self.net + year)}+{cell(row, self.margin + year)}"
            sheet.formula(row, self.net + year + 1, formula, net[year + 1], Unit.MONEY)
        nets = f"{cell(row, self.net)}:{cell(row, self.net + years)}"
        margins = f"{cell(row, self.margin)}:{cell(row, self.margin + years - 1)}"
        below = f'COUNTIF({nets},"<0")'
        never = f"over {12 * years}"
        formula = (
            f'IF({below}=0,0,IF({below}>{years},"{never}",'
            f"12*({below}-1-INDEX({nets},{below})/INDEX({margins},{below}))))"
        )
        sheet.formula(row, self.payback, formula, _payback(net, margin, never), Unit.MONTHS)
        rate = inputs.price(strategy, "discount_rate")
        parts = [f"{cell(row, self.margin + year)}/(1+{rate})^{year}" for year in range(years)]
        discount = (1.0 + terms.totals.prices["discount_rate"].mean[0]) ** -np.arange(years)
        sheet.formula(row, self.value, "+".join(parts), float(margin @ discount), Unit.MONEY)

    def _check(self, first: int, last: int, profit: ProfitSheet, checks: Checks) -> None:
        """All that is won and earned stands in some cohort."""
        found = profit.found
        won = float(found.weights @ found.won_in.sum(axis=(1, 2)))
        margin = float(found.weights @ found.cells[:, LINES.index(Total.GROSS_MARGIN)].sum(axis=(1, 2)))
        cost = float(found.whole[LINES.index(Total.COST_TOTAL), profit.calendar.warmup_months :].sum())
        value = float(found.weights @ found.value.sum(axis=(1, 2)))
        for what, column, expected, unit in (
            ("customers won", self.customers, won, Unit.COUNT),
            ("first year's margin", self.margin, margin, Unit.MONEY),
            ("cost", COST, cost, Unit.MONEY),
            ("customers' value", self.value, value, Unit.MONEY),
        ):
            cells = f"SUM({self.sheet.span(first, column, column).split(':')[0]}:{cell(last, column)})"
            checks.add(Check(self.sheet.name, f"{profit.strategy}: {what} of all cohorts", cells, expected, unit))


def _payback(net: FloatArray, margin: FloatArray, never: str) -> float | str:
    """In months, a year's margin coming evenly; `never` where it takes longer than all years."""
    below = int((net < 0).sum())
    if below == 0:
        return 0.0
    if below > len(margin):
        return never
    return float(12 * (below - 1 - net[below - 1] / margin[below - 1]))
