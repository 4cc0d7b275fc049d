"""The profit and loss cut by team, segment, source, channel and motion, and the proof that the parts add up."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.result import Result
from channelsim.finance.costs import Category
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.profit import NO_PART, cuts_of
from channelsim.report.workbook.book import BAD, BAD_GROUND, GOOD, GOOD_GROUND, Book, Role, Sheet, cell
from channelsim.report.workbook.checks import Check, Checks
from channelsim.report.workbook.pnl import SUMS, ProfitSheet, label_of, sum_look

FloatArray = NDArray[np.float64]

CUTS = ("team", "segment", "source", "channel", "motion")
OF_NOTHING = {"team": "Of no team"}
NEGLIGIBLE = 1e-9
HOW = {
    "team": "Bookings stand with the team that closes. Marketing and capital are no team's.",
    "leads": "What a team costs is shared among the leads that it worked on: variable pay by what was credited,"
    " the rest by hours.",
}


def cut_sheet_name(cut: str) -> str:
    """The name of a cut's sheet."""
    return f"By {cut}"


def write_cuts(
    book_sheets: Mapping[str, Sheet], result: Result, profits: Mapping[str, ProfitSheet], checks: Checks
) -> None:
    """Fill a sheet for each cut: strategy below strategy, parts beside each other. book_sheets: by cut."""
    cuts = {strategy: cuts_of(result, strategy) for strategy in profits}
    for cut, sheet in book_sheets.items():
        warmup = " after the warm-up" if result.study.scenario.horizon.warmup_months else ""
        how = HOW["team" if cut == "team" else "leads"]
        row = sheet.title(
            f"Profit and loss by {cut}",
            f"In {sheet.book.currency}, over the months{warmup}; means over the replications.",
            f"{how} The sum of the parts stands beside the company's profit and loss.",
        )
        widest = 0
        for strategy, profit in profits.items():
            parts = _after_the_warm_up(cuts[strategy][cut], profit)
            row = _write_block(sheet, row, cut, parts, profit, checks) + 2
            widest = max(widest, len(parts))
        sheet.raw.set_column(0, 0, 26)
        sheet.raw.set_column(1, widest + 3, 15)
        sheet.raw.freeze_panes(0, 1)


def _after_the_warm_up(parts: Mapping[str, FloatArray], profit: ProfitSheet) -> dict[str, FloatArray]:
    """Part -> amounts by line; without what belongs to no part if that is but the arithmetic's last digits."""
    found = {}
    for part, amounts in parts.items():
        total = amounts[:, profit.calendar.warmup_months :].sum(axis=1)
        total[np.abs(total) < NEGLIGIBLE * np.abs(profit.found.whole).max()] = 0.0
        if part != NO_PART or total.any():
            found[part] = total
    return found


def _write_block(
    sheet: Sheet, row: int, cut: str, parts: dict[str, FloatArray], profit: ProfitSheet, checks: Checks
) -> int:
    """A strategy's table; the row after it."""
    others = OF_NOTHING.get(cut, "On no lead")
    names = [others if part == NO_PART else part for part in parts]
    sheet.heads(row, 0, [profit.strategy], align="left")
    sheet.heads(row, 1, [*names, "Sum of parts", "Company", "Difference"])
    first = row + 1
    at = {line: first + place for place, line in enumerate(LINES)}
    summed, company, difference = (len(parts) + place for place in (1, 2, 3))
    whole = profit.found.whole[:, profit.calendar.warmup_months :].sum(axis=1)
    for place, line in enumerate(LINES):
        here = at[line]
        look = _look(line)
        sheet.text(here, 0, label_of(line), **_text(look))
        for column, amounts in enumerate(parts.values(), start=1):
            formula = _sum(line, at, column)
            if formula is None:
                sheet.number(here, column, amounts[place], Unit.MONEY, Role.SIMULATED, **look)
            else:
                sheet.formula(here, column, formula, amounts[place], Unit.MONEY, **look)
        total = float(sum(amounts[place] for amounts in parts.values()))
        sheet.formula(here, summed, f"SUM({cell(here, 1)}:{cell(here, len(parts))})", total, Unit.MONEY, **look)
        sheet.formula(here, company, profit.measured(line), float(whole[place]), Unit.MONEY, **look)
        off = f"ROUND({cell(here, summed)}-{cell(here, company)},2)"
        sheet.formula(here, difference, off, 0.0, Unit.MONEY, **(look | {"cents": True}))
    last = at[LINES[-1]]
    lines = f"{sheet.ref(first, summed)}:{cell(last, summed)}-{sheet.ref(first, company)}:{cell(last, company)}"
    what = f"{profit.strategy}: what the sums of the parts are off, all lines"
    checks.add(Check(sheet.name, what, f"SUMPRODUCT(ABS({lines}))", 0.0, Unit.MONEY))
    _colour(sheet, first, last, difference)
    return last + 1


def _sum(line: str, at: Mapping[str, int], column: int) -> str | None:
    """The formula of a line that follows from others."""
    if line == Total.GROSS_MARGIN:
        return f"{cell(at[Total.BOOKINGS], column)}-{cell(at[Total.DELIVERY], column)}"
    if line == Total.COST_TOTAL:
        categories = list(Category)
        return f"SUM({cell(at[categories[0]], column)}:{cell(at[categories[-1]], column)})"
    if line == Total.CONTRIBUTION:
        return f"{cell(at[Total.GROSS_MARGIN], column)}-{cell(at[Total.COST_TOTAL], column)}"
    return None


def _look(line: str) -> dict[str, Any]:
    if line in SUMS:
        return {**sum_look(line), "symbol": True}
    return {"bold": True} if line == Total.BOOKINGS else {}


def _text(look: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in look.items() if name != "symbol"}


def _colour(sheet: Sheet, first: int, last: int, column: int) -> None:
    good = sheet.book.style(font_color=GOOD, bg_color=GOOD_GROUND)
    bad = sheet.book.style(font_color=BAD, bg_color=BAD_GROUND, bold=True)
    rule = {"type": "cell", "value": 0}
    sheet.raw.conditional_format(first, column, last, column, rule | {"criteria": "==", "format": good})
    sheet.raw.conditional_format(first, column, last, column, rule | {"criteria": "!=", "format": bad})


def cut_sheets(book: Book) -> dict[str, Sheet]:
    """A sheet for each cut."""
    return {cut: book.sheet(cut_sheet_name(cut)) for cut in CUTS}
