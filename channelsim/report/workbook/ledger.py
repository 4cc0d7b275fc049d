"""The sheet of what happened: mean quantities by strategy and month, and amounts where no price is behind them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.definitions import Unit
from channelsim.report.workbook.book import FAINT, QUIET, Sheet
from channelsim.report.workbook.calendar import FIRST_MONTH, MEASURED, Calendar
from channelsim.report.workbook.inputs import Inputs
from channelsim.report.workbook.terms import Of, Terms

FloatArray = NDArray[np.float64]

BY_STREAM = (("leads", Of.SOURCE, "Leads"), ("won", Of.SEGMENT, "Deals won"))
BY_TEAM = (
    ("reps", "Reps, months on the payroll", Unit.PEOPLE),
    ("hires", "Hires", Unit.COUNT),
    ("laid_off", "Seats closed with a rep on them", Unit.COUNT),
    ("visits", "Visits", Unit.COUNT),
    ("handed_leads", "Leads handed over", Unit.COUNT),
    ("credited", "Value credited for variable pay", Unit.MONEY),
)
MANAGERS = "managers"
BOOKINGS = "bookings"
TIED_UP = "tied_up"
PAY_PARTS = {
    "commission": "Commission", "draws": "Draws, less what was taken back", "bonus": "Team bonus",
    "handoffs": "Pay for leads handed over",
}  # fmt: skip


class LedgerSheet:
    """Strategy after strategy, a row for each quantity that is not 0 throughout."""

    def __init__(self, sheet: Sheet, calendar: Calendar) -> None:
        self.sheet, self.calendar = sheet, calendar
        self._rows: dict[tuple[str, str, str], int] = {}
        self._strategy = ""
        sheet.title(
            "Ledger",
            "What happened, month by month: means over the replications. Green: simulated. Black: worked out from"
            " other cells.",
            "“As paid” is an amount of money that is no price times a mean: pay plans with accelerators, draws and"
            " the like, and prices that nobody knows.",
        )
        sheet.heads(4, 0, ["Quantity", "Of"], align="left")
        sheet.heads(4, MEASURED, [calendar.measured()])
        calendar.heads(sheet, 4)
        calendar.columns(sheet, (42, 20))
        sheet.raw.freeze_panes(5, FIRST_MONTH)
        sheet.raw.repeat_rows(4)
        self._next = 5

    def begin(self, strategy: str, terms: Terms, inputs: Inputs) -> None:
        """The quantities of a strategy; amounts as paid may follow."""
        self._strategy = strategy
        self.sheet.band(self._next, FIRST_MONTH + self.calendar.months, strategy)
        self._next += 1
        totals = terms.totals
        for name, of, label in BY_STREAM:
            for owner, values in terms.by_owner(of, totals.by_stream[name]).items():
                self._add(name, label, owner, values, Unit.COUNT)
        for owner, values in terms.by_owner(Of.SEGMENT, totals.by_stream[BOOKINGS]).items():
            self._add(BOOKINGS, "Bookings", owner, values, Unit.MONEY)
        for name, label, unit in BY_TEAM:
            for owner, values in terms.by_owner(Of.TEAM, totals.by_team[name]).items():
                self._add(name, label, owner, values, unit)
            if name == "reps":
                for team in terms.layout.teams:
                    self._add_managers(team, terms, inputs)
        self._add(TIED_UP, "Spent and not come back, at the month's start", "company", totals.tied_up, Unit.MONEY)

    def has(self, name: str, owner: str) -> bool:
        """Whether the strategy begun last has such a quantity."""
        return (self._strategy, name, owner) in self._rows

    def ref(self, name: str, owner: str, month: int) -> str:
        """The cell of a quantity of the strategy begun last."""
        return self.sheet.ref(self._rows[self._strategy, name, owner], FIRST_MONTH + month)

    def months_of(self, strategy: str, name: str, owner: str) -> str | None:
        """The cells of the months after the warm-up; None if there are none."""
        row = self._rows.get((strategy, name, owner))
        first, last = FIRST_MONTH + self.calendar.warmup_months, FIRST_MONTH + self.calendar.months - 1
        return None if row is None else self.sheet.span(row, first, last)

    def add_as_paid(self, label: str, owner: str, values: FloatArray) -> str:
        """Add an amount of money; the name under which it is found."""
        name = f"as paid: {label}"
        self._add(name, f"{label}, as paid", owner, values, Unit.MONEY)
        return name

    def _add(self, name: str, label: str, owner: str, values: FloatArray, unit: Unit) -> None:
        if not values.any():
            return

        def write(row: int, month: int) -> None:
            self.sheet.number(row, FIRST_MONTH + month, float(values[month]), unit, **_finely(unit))

        self._write(name, label, owner, values, unit, write)

    def _add_managers(self, team: str, terms: Terms, inputs: Inputs) -> None:
        """As many as are given, else by the number of reps: a formula."""
        at = terms.layout.teams.index(team)
        given, ratio = (float(terms.totals.prices[name].mean[at]) for name in ("managers", "reps_per_manager"))
        reps = terms.totals.by_team["reps"][:, at]
        values = reps / ratio if math.isnan(given) else np.full(len(reps), given)
        if not values.any() or not terms.is_fixed(Of.TEAM, team, "managers", "reps_per_manager"):
            return

        def write(row: int, month: int) -> None:
            if math.isnan(given):
                formula = (
                    f"{self.ref('reps', team, month)}/{inputs.price(self._strategy, 'reps_per_manager', team)}"
                )
            else:
                formula = inputs.price(self._strategy, "managers", team)
            self.sheet.formula(
                row, FIRST_MONTH + month, formula, float(values[month]), Unit.COUNT, **_finely(Unit.COUNT)
            )

        self._write(MANAGERS, "Managers, months", team, values, Unit.COUNT, write)

    def _write(
        self, name: str, label: str, owner: str, values: FloatArray, unit: Unit, write: Callable[[int, int], None]
    ) -> None:
        row = self._next
        self._next += 1
        self._rows[self._strategy, name, owner] = row
        self.sheet.text(row, 0, label)
        self.sheet.text(row, 1, owner, font_color=QUIET)
        for month in range(self.calendar.months):
            write(row, month)
        if name == TIED_UP:  # a level, not a flow: nothing to add up
            self.sheet.text(row, 2, "", left=1, right=1, left_color=FAINT, right_color=FAINT)
        else:
            self.calendar.totals(self.sheet, row, values, unit, **_finely(unit))


def _finely(unit: Unit) -> dict[str, Any]:
    """Of things that are counted, a tenth of one is too coarse where few of them happen in a month."""
    return {} if unit is Unit.MONEY else {"num_format": '#,##0.00_);(#,##0.00);"–"_)'}
