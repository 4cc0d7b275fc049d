"""The first sheet: what the run found, and how to read the others."""

from __future__ import annotations

from typing import Any

from channelsim.experiment.economics import COMPANY, FIGURES
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.page.words import count, facts_of
from channelsim.report.profit import economics_of
from channelsim.report.tables import results_over
from channelsim.report.verdict import DECIDED_BY, verdict
from channelsim.report.workbook.book import BAD, BAD_GROUND, GOOD, GOOD_GROUND, GROUND, QUIET, Role, Sheet, clean
from channelsim.report.workbook.checks import Checks
from channelsim.report.workbook.economics import COLUMNS, EconomicsSheet

SHOWN = (
    "contribution", "bookings", "gross_margin", "cost_total", "leads", "won", "win_rate", "deal_size", "cac",
    "payback_months", "ltv", "ltv_to_cac", "expense_ratio",
)  # fmt: skip
GUIDE = (
    ("Blue", "A price that formulas read (Inputs). Change it, and the profit and loss, unit economics, cohorts and"
     " charts follow.", Role.INPUT),
    ("Green", "A mean of what happened in the simulation (Ledger). Amounts “as paid”, capital tied up, cuts and"
     " intervals do not follow a price.", Role.SIMULATED),
    ("Black", "A formula. As written, each gives the simulator's own figure to the cent (Checks).", Role.FORMULA),
    ("Grey", "For reading.", Role.READING),
)  # fmt: skip
SHEETS = {
    "Inputs, Inputs by month": "prices by strategy, and what costs differently from month to month",
    "Ledger": "what happened, month by month",
    "P&L ...": "a sheet for each strategy: every cell is a quantity of the ledger at a price of the inputs",
    "By team ... By motion": "the same profit and loss, cut; the parts add up to the whole",
    "Unit economics, Cohorts": "cost and worth of a lead, a deal and a customer",
    "Monthly": "charts",
    "Checks": "each formula beside the simulator's figure",
    "Assumptions, Manifest": "everything that went in",
}
COLUMNS_A_STRATEGY = 3
AGREE = 7


def write_summary(sheet: Sheet, result: Result, money: tuple[EconomicsSheet, Checks] | None) -> None:
    """Fill the sheet. money: where the figures stand; None if no replication finished."""
    found = verdict(result)
    sheet.title(
        result.study.scenario.name, ", ".join(facts_of(result.study, count(result.replications, "replication")))
    )
    last = max(9, COLUMNS_A_STRATEGY * len(result.strategies))
    _paragraph(sheet, 3, last, found.sentence, height=34, bold=True, font_size=12)
    _paragraph(sheet, 4, last, found.guarantee or "", height=18)
    if told := _failures(result):
        _paragraph(sheet, 5, last, told, height=18, bold=True, font_color=BAD)
    row = AGREE + 2
    if money is not None:
        economics, checks = money
        _write_agreement(sheet, checks)
        row = _write_figures(sheet, row, result, economics)
    row = _write_differences(sheet, row, result) if len(result.strategies) > 1 else row
    _write_guide(sheet, row + 1)
    sheet.raw.set_column(0, 0, 30)
    sheet.raw.set_column(1, last, 13)
    sheet.raw.activate()
    sheet.raw.fit_to_pages(1, 1)


def _failures(result: Result) -> str:
    """What is missing, if anything is."""
    sentences = []
    if failed := len(result.failures):
        made = result.replications * len(result.strategies)
        sentences.append(f"PARTIAL: {failed:,} of {made:,} replications failed.")
    if missing := [name for name in result.strategies if name not in result.profit_and_loss]:
        sentences.append(f"Without any, and so without sheets: {', '.join(missing)}.")
    return " ".join(sentences)


def _paragraph(sheet: Sheet, row: int, last: int, text: str, height: float, **style: Any) -> None:
    look = {"text_wrap": True, "valign": "top"} | style
    sheet.raw.merge_range(row, 0, row, last, "", sheet.book.style(**look))
    sheet.raw.write_string(row, 0, clean(text), sheet.book.style(**look))
    sheet.raw.set_row(row, height)


def _write_agreement(sheet: Sheet, checks: Checks) -> None:
    sheet.text(AGREE, 0, "Do formulas and simulator agree?", bold=True)
    yes, no = f"All {checks.count:,} checks agree", "Changed inputs, or a fault: see Checks"
    sheet.raw.merge_range(AGREE, 1, AGREE, COLUMNS_A_STRATEGY, "")
    sheet.formula(AGREE, 1, f'IF({checks.all_agree()},"{yes}","{no}")', yes, Unit.COUNT, align="left", bold=True)
    for criteria, colour, ground in (("begins with", GOOD, GOOD_GROUND), ("not containing", BAD, BAD_GROUND)):
        form = sheet.book.style(font_color=colour, bg_color=ground, bold=True)
        rule = {"type": "text", "criteria": criteria, "value": "All", "format": form}
        sheet.raw.conditional_format(AGREE, 1, AGREE, COLUMNS_A_STRATEGY, rule)


def _write_figures(sheet: Sheet, row: int, result: Result, economics: EconomicsSheet) -> int:
    """Key figures of every strategy with their 95% intervals; the row after them."""
    sheet.text(row, 0, results_over(result), bold=True, font_size=12)
    row += 1
    sheet.heads(row, 0, [""])
    sheet.heads(row + 1, 0, ["Mean, and its 95% interval"], align="left")
    for place, name in enumerate(result.profit_and_loss):
        first = 1 + COLUMNS_A_STRATEGY * place
        style = sheet.book.style(bold=True, font_color="#FFFFFF", bg_color="#1F4E79", align="center")
        sheet.raw.merge_range(row, first, row, first + 2, "", style)
        sheet.raw.write_string(row, first, name, style)
        sheet.heads(row + 1, first, ["mean", "from", "to"])
        company = {each.figure: each for each in economics_of(result, name) if each.cut == COMPANY}
        for at, figure in enumerate(SHOWN, start=row + 2):
            each, unit = company.get(figure), FIGURES[figure]
            look = {"bold": True, "bg_color": GROUND} if at == row + 2 else {}
            if not place:
                sheet.text(at, 0, COLUMNS[figure], **look)
            if each is None:
                continue
            symbol = {"symbol": True} if unit is Unit.MONEY else {}
            sheet.formula(at, first, economics.company(name, figure), each.value, unit, left=1, **symbol, **look)
            for column, end in ((first + 1, each.ci_low), (first + 2, each.ci_high)):
                sheet.number(at, column, end, unit, Role.READING, **look)
    row += 2 + len(SHOWN)
    sheet.text(row, 0, _basis(result), font_color=QUIET, font_size=9)
    return row + 2


def _basis(result: Result) -> str:
    if result.replications == 1:
        return "One replication, which does not show what is chance."
    luck = "" if result.controls is None else "; buyers' luck is taken out"
    return f"Means of {result.replications:,} replications{luck}. Ratios are of means."


def _write_differences(sheet: Sheet, row: int, result: Result) -> int:
    """Paired differences from the baseline; the row after them."""
    metric = result.comparison.metric
    what, unit = DECIDED_BY[metric]
    sheet.text(row, 0, f"Difference from {result.baseline} in {what}, lead for lead", bold=True, font_size=12)
    sheet.heads(row + 1, 0, ["Strategy"], align="left")
    sheet.heads(row + 1, 1, ["mean", "from", "to"])
    row += 2
    for name, each in result.differences(metric).items():
        sheet.text(row, 0, name)
        for column, value in enumerate((each.mean, each.ci_low, each.ci_high), start=1):
            sheet.number(row, column, value, unit, symbol=unit is Unit.MONEY and column == 1)
        row += 1
    sheet.text(row, 0, "95% intervals that hold together.", font_color=QUIET, font_size=9)
    return row + 2


def _write_guide(sheet: Sheet, row: int) -> None:
    sheet.text(row, 0, "How to read this workbook", bold=True, font_size=12)
    for at, (word, meaning, colour) in enumerate(GUIDE, start=row + 1):
        sheet.text(at, 0, word, font_color=colour, bold=True)
        sheet.text(at, 1, meaning)
    at = row + len(GUIDE) + 2
    for place, (name, meaning) in enumerate(SHEETS.items(), start=at):
        sheet.text(place, 0, name, font_color=QUIET)
        sheet.text(place, 1, meaning, font_color=QUIET)
