"""Unit economics: amounts as simulated, ratios as formulas of them, half of each interval below."""

from __future__ import annotations

from collections.abc import Mapping
from itertools import groupby

from channelsim.experiment.economics import COMPANY, FIGURES, Economics, parts_of, quantities
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import Total
from channelsim.report.format import UNDEFINED
from channelsim.report.profit import economics_of
from channelsim.report.workbook.book import QUIET, Role, Sheet, cell
from channelsim.report.workbook.checks import Check, Checks
from channelsim.report.workbook.ledger import BY_STREAM, LedgerSheet
from channelsim.report.workbook.pnl import ProfitSheet
from channelsim.report.workbook.terms import Terms

COLUMNS = {
    "leads": "Leads", "won": "Deals won", "bookings": "Bookings", "gross_margin": "Gross margin",
    "cost_total": "Cost, all in", "lifetime": "Margin over customers' lives", "contribution": "Contribution",
    "win_rate": "Win rate", "deal_size": "Deal size", "cost_per_lead": "Cost per lead",
    "contribution_per_lead": "Contribution per lead", "cac": "CAC", "payback_months": "Payback, months",
    "ltv": "LTV", "ltv_to_cac": "LTV : CAC", "expense_ratio": "Cost / bookings",
}  # fmt: skip
RATIOS = {
    "win_rate": ("won", "leads"), "deal_size": ("bookings", "won"), "cost_per_lead": ("cost_total", "leads"),
    "contribution_per_lead": ("contribution", "leads"), "cac": ("cost_total", "won"),
    "payback_months": ("12*cost_total", "gross_margin"), "ltv": ("lifetime", "won"),
    "ltv_to_cac": ("lifetime", "cost_total"), "expense_ratio": ("cost_total", "bookings"),
}  # fmt: skip
FIRST = 2
COLUMN = {name: place for place, name in enumerate(COLUMNS, start=FIRST)}
HEAD = 5


class EconomicsSheet:
    """The sheet, and where each strategy's company stands in it."""

    def __init__(self, sheet: Sheet) -> None:
        self.sheet = sheet
        self._company: dict[str, int] = {}

    def company(self, strategy: str, figure: str) -> str:
        """The cell of a figure of all of a strategy's business."""
        return self.sheet.ref(self._company[strategy], COLUMN[figure])

    def write(
        self,
        result: Result,
        terms: Mapping[str, Terms],
        profits: Mapping[str, ProfitSheet],
        ledger: LedgerSheet,
        checks: Checks,
    ) -> None:
        """Fill the sheet."""
        sheet = self.sheet
        sheet.title(
            "Unit economics",
            "Over the months after the warm-up. Green: means over the replications. Black: formulas; a ratio is one"
            " of means, so that who divides finds the same.",
            "In grey below each figure: half of its 95% interval.",
        )
        sheet.heads(HEAD - 1, 0, ["Cut", "Part"], align="left")
        sheet.heads(HEAD - 1, FIRST, list(COLUMNS.values()))
        sheet.raw.set_row(HEAD - 1, 42)
        sheet.raw.set_column(0, 0, 12)
        sheet.raw.set_column(1, 1, 20)
        sheet.raw.set_column(FIRST, FIRST + len(COLUMNS) - 1, 13)
        sheet.raw.freeze_panes(HEAD, FIRST)
        sheet.raw.repeat_rows(HEAD - 1)
        row = HEAD
        for strategy, profit in profits.items():
            sheet.band(row, FIRST + len(COLUMNS), strategy)
            row += 1
            masks = parts_of(profit.found.layout, result.study.strategies[strategy])
            cut_before = ""
            for (cut, part), figures in groupby(economics_of(result, strategy), lambda each: (each.cut, each.part)):
                found = {each.figure: each for each in figures}
                lifetime = float(profit.found.weights @ quantities(profit.found, masks[cut][part])[:, -1])
                sheet.text(row, 0, "" if cut == cut_before else cut.capitalize(), font_color=QUIET)
                sheet.text(row, 1, "all" if cut == COMPANY else part, bold=cut == COMPANY)
                self._write_amounts(row, cut, found, lifetime, strategy, terms, profit, ledger)
                self._write_ratios(row, found, f"{strategy}, {part if cut == COMPANY else f'{cut} {part}'}", checks)
                self._write_halves(row + 1, found)
                if cut == COMPANY:
                    self._company[strategy] = row
                cut_before, row = cut, row + 2

    def _write_amounts(
        self, row: int, cut: str, found: Mapping[str, Economics], lifetime: float, strategy: str,
        terms: Mapping[str, Terms], profit: ProfitSheet, ledger: LedgerSheet,
    ) -> None:  # fmt: skip
        sheet = self.sheet
        for name, of, _ in BY_STREAM:
            sums = [ledger.months_of(strategy, name, owner) for owner in terms[strategy].owners(of)]
            formula = "+".join(f"SUM({span})" for span in sums if span) or "0"
            self._amount(row, found[name], formula if cut == COMPANY else None)
        for line in (Total.BOOKINGS, Total.GROSS_MARGIN, Total.COST_TOTAL):
            self._amount(row, found[line], profit.measured(line) if cut == COMPANY else None)
        sheet.number(row, COLUMN["lifetime"], lifetime, Unit.MONEY)

    def _amount(self, row: int, figure: Economics, formula: str | None) -> None:
        unit, column = FIGURES[figure.figure], COLUMN[figure.figure]
        if formula is None:
            self.sheet.number(row, column, figure.value, unit, Role.SIMULATED)
        else:
            self.sheet.formula(row, column, formula, figure.value, unit)

    def _write_ratios(self, row: int, found: Mapping[str, Economics], whose: str, checks: Checks) -> None:
        def at(name: str) -> str:
            return name.replace(name.split("*")[-1], cell(row, COLUMN[name.split("*")[-1]]))

        formulas = {"contribution": f"{at('gross_margin')}-{at('cost_total')}"}
        for name, (above, below) in RATIOS.items():
            formulas[name] = (
                f'IF(AND(ISNUMBER({at(above.split("*")[-1])}),{at(below)}>0),{at(above)}/{at(below)},"{UNDEFINED}")'
            )
        for name, formula in formulas.items():
            value, unit = found[name].value, FIGURES[name]
            self.sheet.formula(row, COLUMN[name], formula, value, unit)
            ref = self.sheet.ref(row, COLUMN[name])
            checks.add(Check(self.sheet.name, f"{whose}: {COLUMNS[name]}", ref, value, unit))

    def _write_halves(self, row: int, found: Mapping[str, Economics]) -> None:
        for name, figure in found.items():
            half = figure.ci_high - figure.value
            if half == half:
                unit = FIGURES[name]
                form = self.sheet.book.number_format(unit).split(";")[0]
                self.sheet.number(
                    row, COLUMN[name], half, unit, Role.READING, font_size=8, num_format=f'"± "{form}'
                )
