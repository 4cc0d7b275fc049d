"""The sheet of checks: every formula beside the figure that the simulator has for it."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from xlsxwriter.utility import xl_rowcol_to_cell

from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED
from channelsim.report.workbook.book import BAD, BAD_GROUND, GOOD, GOOD_GROUND, QUIET, Role, Sheet, cell
from channelsim.report.workbook.calendar import Calendar

FloatArray = NDArray[np.float64]

HALF_A_CENT = 0.005
CLOSE = 1e-6
"""For figures that are no money."""
HEAD = 7
WHERE, WHAT, FORMULA, SIMULATED, DIFFERENCE, MONTHS, AGREES = range(7)
FIRST_MONTH = AGREES + 2


@dataclass(frozen=True)
class Check:
    """A figure of a sheet: the formula that gives it, and what the simulator says. months: those of a line, and the
    cells of their formulas."""

    where: str
    what: str
    formula: str
    value: float
    unit: Unit
    months: tuple[str, FloatArray] | None = None


class Checks:
    """Gathers what is to be checked, sheet by sheet."""

    def __init__(self, sheet: Sheet, calendar: Calendar) -> None:
        self.sheet, self.calendar = sheet, calendar
        self._checks: list[Check] = []

    def add(self, check: Check) -> None:
        """One figure more."""
        self._checks.append(check)

    @property
    def count(self) -> int:
        """How many figures are checked."""
        return len(self._checks)

    def all_agree(self) -> str:
        """The cell that is TRUE where every figure agrees."""
        return self.sheet.ref(4, 1)

    def write(self) -> None:
        """Fill the sheet."""
        sheet, last = self.sheet, HEAD + len(self._checks)
        sheet.title(
            "Checks",
            "Every line of the profit and loss, month by month, every ratio and every cut: the workbook's formula"
            " beside the simulator's own figure.",
            "They agree if less than half a cent lies between them. After a change of an input, the difference is"
            " what it brings.",
        )
        sheet.text(4, 0, "All agree", bold=True)
        span = f"{cell(HEAD + 1, AGREES)}:{cell(last, AGREES)}"
        found = f"AND({span})" if self._checks else "TRUE"
        sheet.formula(4, 1, found, True, Unit.COUNT, bold=True, align="left")
        told = f'COUNTIF({span},TRUE)&" of {self.count:,} figures"' if self._checks else '"nothing to check"'
        sheet.formula(
            4,
            2,
            told,
            f"{self.count} of {self.count:,} figures" if self._checks else "nothing to check",
            Unit.COUNT,
            align="left",
        )
        sheet.heads(HEAD, WHERE, ["Sheet", "Figure"], align="left")
        sheet.heads(HEAD, FORMULA, ["Formula", "Simulator", "Difference", "Months' differences", "Agrees"])
        sheet.raw.set_row(HEAD, 28)
        if any(check.months for check in self._checks):
            sheet.months(HEAD, FIRST_MONTH, self.calendar.starts)
            sheet.text(HEAD - 1, FIRST_MONTH, "The simulator's figures by month", italic=True, font_color=QUIET)
        for row, check in enumerate(self._checks, start=HEAD + 1):
            self._write_check(row, check)
        self._look(last)

    def _write_check(self, row: int, check: Check) -> None:
        sheet = self.sheet
        is_money = check.unit is Unit.MONEY
        cents = {"cents": True} if is_money else {} if check.unit is not Unit.SHARE else {"num_format": "0.0000%"}
        sheet.text(row, WHERE, check.where)
        sheet.text(row, WHAT, check.what)
        sheet.formula(row, FORMULA, check.formula, check.value, check.unit, **cents)
        sheet.number(row, SIMULATED, check.value, check.unit, Role.SIMULATED, **cents)
        ours, theirs = cell(row, FORMULA), cell(row, SIMULATED)
        near = f"ABS({cell(row, DIFFERENCE)})<{HALF_A_CENT if is_money else CLOSE}"
        if math.isfinite(check.value):
            sheet.formula(row, DIFFERENCE, f"{ours}-{theirs}", 0.0, check.unit, **cents)
        else:
            sheet.text(row, DIFFERENCE, UNDEFINED, align="right")
            near = f"{ours}={theirs}"
        if check.months is not None:
            cells, values = check.months
            for month, value in enumerate(values.tolist()):
                sheet.number(row, FIRST_MONTH + month, value, check.unit, Role.SIMULATED, **cents)
            own = f"{cell(row, FIRST_MONTH)}:{cell(row, FIRST_MONTH + len(values) - 1)}"
            sheet.formula(row, MONTHS, f"SUMPRODUCT(ABS({cells}-{own}))", 0.0, check.unit, **cents)
            near = f"AND({near},{cell(row, MONTHS)}<{HALF_A_CENT})"
        sheet.formula(row, AGREES, near, True, Unit.COUNT)

    def _look(self, last: int) -> None:
        sheet = self.sheet
        good = sheet.book.style(font_color=GOOD, bg_color=GOOD_GROUND, bold=True)
        bad = sheet.book.style(font_color=BAD, bg_color=BAD_GROUND, bold=True)
        for first, end, column in ((4, 4, 1), (HEAD + 1, last, AGREES)):
            for wanted, look in (("", good), ("NOT", bad)):
                rule = {
                    "type": "formula",
                    "criteria": f"={wanted}({xl_rowcol_to_cell(first, column)})",
                    "format": look,
                }
                sheet.raw.conditional_format(first, column, end, column, rule)
        sheet.raw.set_column(WHERE, WHERE, 22)
        sheet.raw.set_column(WHAT, WHAT, 44)
        sheet.raw.set_column(FORMULA, MONTHS, 17)
        sheet.raw.set_column(AGREES, AGREES, 10)
        sheet.raw.set_column(AGREES + 1, AGREES + 1, 2)
        sheet.raw.set_column(FIRST_MONTH, FIRST_MONTH + self.calendar.months - 1, 14)
        sheet.raw.freeze_panes(HEAD + 1, FORMULA)
        sheet.raw.repeat_rows(HEAD)
        sheet.raw.print_area(0, 0, last, AGREES)
