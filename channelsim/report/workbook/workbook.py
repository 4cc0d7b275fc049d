"""Puts the workbook of a run together."""

from __future__ import annotations

import io
from collections.abc import Mapping
from typing import Any

from channelsim.experiment.ledger_totals import ledger_totals
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES
from channelsim.report.style import strategy_colours
from channelsim.report.workbook.assumptions import write_assumptions, write_manifest
from channelsim.report.workbook.book import BAND, GOOD, Book, Role, sheet_names
from channelsim.report.workbook.calendar import Calendar
from channelsim.report.workbook.checks import Check, Checks
from channelsim.report.workbook.cohorts import CohortSheet
from channelsim.report.workbook.cuts import cut_sheets, write_cuts
from channelsim.report.workbook.economics import EconomicsSheet
from channelsim.report.workbook.inputs import input_sheets
from channelsim.report.workbook.ledger import LedgerSheet
from channelsim.report.workbook.monthly import write_monthly
from channelsim.report.workbook.parts import Parts
from channelsim.report.workbook.pnl import ProfitSheet, label_of
from channelsim.report.workbook.summary import write_summary
from channelsim.report.workbook.terms import Terms


def run_workbook(result: Result, manifest: Mapping[str, Any]) -> bytes:
    """The workbook as bytes of an .xlsx file; the same run gives the same ones. manifest: as in manifest.json."""
    scenario = result.study.scenario
    out = io.BytesIO()
    book = Book(out, scenario.name, scenario.currency, scenario.horizon.start)
    summary = book.sheet("Summary", tab=BAND)
    money = _write_money(book, result) if result.profit_and_loss else None
    write_summary(summary, result, money)
    write_assumptions(book.sheet("Assumptions"), result)
    write_manifest(book.sheet("Manifest"), manifest, result)
    book.close()
    return out.getvalue()


def _write_money(book: Book, result: Result) -> tuple[EconomicsSheet, Checks]:
    """All sheets from prices to checks."""
    found = result.profit_and_loss
    terms = {name: Terms(each.layout, ledger_totals(result, name)) for name, each in found.items()}
    calendar = Calendar(result.jobs[0].layout.month_starts[:-1], result.jobs[0].warmup_months)
    inputs = input_sheets(book, terms, calendar)
    ledger = LedgerSheet(book.sheet("Ledger", tab=Role.SIMULATED), calendar)
    colours = strategy_colours(result.strategies)
    profits = {
        name: ProfitSheet(book.sheet(title, tab=colours[name]), calendar, name, found[name])
        for name, title in zip(found, sheet_names("P&L ", list(found)), strict=True)
    }
    cuts = cut_sheets(book)
    economics = EconomicsSheet(book.sheet("Unit economics"))
    cohorts = CohortSheet(book.sheet("Cohorts"), result.study.scenario.finance.lifetime_years)
    monthly = book.sheet("Monthly")
    checks = Checks(book.sheet("Checks", tab=GOOD), calendar)
    for name, profit in profits.items():
        ledger.begin(name, terms[name], inputs)
        profit.write(Parts(name, terms[name], found[name], inputs, ledger), _notes(book))
        for line in LINES:
            figure = found[name].whole[LINES.index(line)]
            measured = float(figure[calendar.warmup_months :].sum())
            what = f"{label_of(line)}, {calendar.measured().lower()} and by month"
            months = (profit.months(line), figure)
            checks.add(Check(profit.sheet.name, what, profit.measured(line), measured, Unit.MONEY, months))
    write_cuts(cuts, result, profits, checks)
    economics.write(result, terms, profits, ledger, checks)
    cohorts.write(result, terms, profits, inputs, checks)
    write_monthly(monthly, calendar, profits)
    inputs.write(result.study.strategies)
    checks.write()
    return economics, checks


def _notes(book: Book) -> list[str]:
    return [
        f"In {book.currency}; means over the replications, warm-up included. Every cell is a formula: quantities of"
        " Ledger at prices of Inputs.",
        "“As paid”: the mean of what was paid in each replication, which no price times a mean would give.",
    ]
