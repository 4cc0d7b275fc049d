"""The sheets of prices: what a reader may change, and what follows from it in the profit and loss."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

import numpy as np

from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED
from channelsim.report.workbook.book import FAINT, QUIET, Book, Role, Sheet
from channelsim.report.workbook.calendar import FIRST_MONTH, Calendar
from channelsim.report.workbook.terms import ITEMS, MONTHLY_ITEMS, Item, Of, Terms
from channelsim.scenario.difference import in_words
from channelsim.scenario.pay import Pay
from channelsim.scenario.schema import Scenario

FIRST_STRATEGY = 2
FIRST_ROW = 6
PLAN_TERMS = {
    "period": "Pay period",
    "rates": "Commission rates by attainment",
    "threshold": "Threshold of attainment",
    "cap": "Cap, multiple of on-target pay",
    "draw": "Draw",
    "team_bonus": "Team bonus",
    "handoff_credit": "Credit for deals handed over",
    "takeover_credit": "Credit for deals taken over",
}
"""Of a pay plan: what formulas do not read."""


class Inputs:
    """All prices, one column a strategy; and those that differ by month. Cells are written at the end, when it is
    known which of them a formula reads."""

    def __init__(
        self, prices: Sheet, monthly: Sheet | None, terms: Mapping[str, Terms], calendar: Calendar
    ) -> None:
        self.prices, self.monthly = prices, monthly
        self.terms, self.calendar = terms, calendar
        self._read: set[tuple[str, str, str]] = set()
        self._row = {key: row for row, key in enumerate(_keys(terms))}
        self._monthly_row = {key: row for row, key in enumerate(monthly_keys(terms))}
        self._strategies = list(terms)

    def price(self, strategy: str, name: str, owner: str = "") -> str:
        """The cell of a price, for a formula."""
        self._read.add((strategy, name, owner))
        at = FIRST_STRATEGY + self._strategies.index(strategy)
        return self.prices.ref(FIRST_ROW + self._row[name, owner], at)

    def month(self, strategy: str, name: str, owner: str, month: int) -> str | None:
        """The cell of a month's price; None where it is 0 in all months."""
        row = self._monthly_row.get((strategy, name, owner))
        if row is None or self.monthly is None:
            return None
        self._read.add((strategy, name, owner))
        return self.monthly.ref(FIRST_ROW + row, FIRST_MONTH + month)

    def write(self, scenarios: Mapping[str, Scenario]) -> None:
        """Fill both sheets."""
        self._write_prices(scenarios)
        if self.monthly is not None:
            self._write_monthly(self.monthly)

    def _write_prices(self, scenarios: Mapping[str, Scenario]) -> None:
        sheet = self.prices
        sheet.title(
            "Inputs",
            f"Prices in {sheet.book.currency}. Blue: read by the formulas of the profit and loss; change one and"
            " they follow.",
            "Grey: for reading; no formula depends on it. What changes what people do (leads, chances, headcount)"
            " is in Assumptions, and takes a new run.",
            "Grey italics: nobody knows this price, and it differs by replication. Its mean stands here, the"
            " amounts themselves in Ledger.",
        )
        head = FIRST_ROW - 1
        sheet.heads(head, 0, ["Of", "Price"], align="left")
        sheet.heads(head, FIRST_STRATEGY, self._strategies)
        sheet.raw.set_column(0, 0, 16)
        sheet.raw.set_column(1, 1, 40)
        sheet.raw.set_column(FIRST_STRATEGY, FIRST_STRATEGY + len(self._strategies) - 1, 24)
        sheet.raw.freeze_panes(head + 1, FIRST_STRATEGY)
        sheet.raw.repeat_rows(head)
        items = {item.name: item for item in ITEMS}
        owner_before = None
        for (name, owner), place in self._row.items():
            row = FIRST_ROW + place
            top = {"top": 1, "top_color": FAINT} if owner != owner_before else {}
            shown = (owner or "company") if owner != owner_before else ""
            sheet.text(row, 0, shown, bold=True, **top)
            sheet.text(row, 1, PLAN_TERMS[name] if name in PLAN_TERMS else items[name].label, **top)
            owner_before = owner
            for column, strategy in enumerate(self._strategies, start=FIRST_STRATEGY):
                if name in PLAN_TERMS:
                    self._write_term(row, column, scenarios[strategy], name, owner, top)
                else:
                    self._write_price(row, column, strategy, items[name], owner, top)

    def _write_price(
        self, row: int, column: int, strategy: str, item: Item, owner: str, top: dict[str, Any]
    ) -> None:
        terms, sheet = self.terms[strategy], self.prices
        if owner not in terms.owners(item.of):
            sheet.text(row, column, "", **top)
            return
        value = terms.price(item, owner)
        is_read = (strategy, item.name, owner) in self._read
        fixed = terms.is_fixed(item.of, owner, item.name)
        cents = item.unit is Unit.MONEY and not float(value).is_integer() and not math.isnan(value)
        look = {} if fixed else {"italic": True}
        role = Role.INPUT if is_read else Role.READING
        sheet.number(row, column, value, item.unit, role, symbol=True, cents=cents, **look, **top)

    def _write_term(
        self, row: int, column: int, scenario: Scenario, name: str, team: str, top: dict[str, Any]
    ) -> None:
        pay = scenario.teams[team].pay if team in scenario.teams else None
        text = "" if pay is None else _in_words(pay, name)
        self.prices.text(row, column, text, font_color=Role.READING, align="right", shrink=True, **top)

    def _write_monthly(self, sheet: Sheet) -> None:
        sheet.title(
            "Inputs by month",
            f"What initiatives and marketing cost in each month, in {sheet.book.currency}. Blue: change one and the"
            " profit and loss follows.",
        )
        head = FIRST_ROW - 1
        sheet.heads(head, 0, ["Price", "Strategy, of", "All months"], align="left")
        self.calendar.heads(sheet, head)
        self.calendar.columns(sheet, (32, 26))
        labels = {item.name: item for item in MONTHLY_ITEMS}
        for (strategy, name, owner), place in self._monthly_row.items():
            row = FIRST_ROW + place
            values = self.terms[strategy].by_month(labels[name], owner)
            sheet.text(row, 0, labels[name].label)
            sheet.text(row, 1, f"{strategy}: {owner}", font_color=QUIET)
            role = Role.INPUT if (strategy, name, owner) in self._read else Role.READING
            if name != "initiative_seats":  # a price of a seat is not for adding up
                sheet.formula(row, 2, f"SUM({self.calendar.span(row)})", float(values.sum()), Unit.MONEY)
            for month in range(self.calendar.months):
                cents = not float(values[month]).is_integer()
                sheet.number(row, FIRST_MONTH + month, values[month], Unit.MONEY, role, cents=cents)


def _in_words(pay: Pay, name: str) -> str:
    value = pay.model_dump()[name]
    return UNDEFINED if value is None else in_words(value)


def _keys(terms: Mapping[str, Terms]) -> list[tuple[str, str]]:
    """(name, owner) of every row of prices: segment by segment, source by source, team by team."""
    keys: dict[tuple[str, str], None] = {}
    for of in Of:
        names = [item.name for item in ITEMS if item.of is of]
        owners = dict.fromkeys(owner for each in terms.values() for owner in each.owners(of))
        for owner in owners:
            keys |= dict.fromkeys((name, owner) for name in (*names, *(PLAN_TERMS if of is Of.TEAM else ())))
    return list(keys)


def monthly_keys(terms: Mapping[str, Terms]) -> list[tuple[str, str, str]]:
    """(strategy, name, owner) of every row of prices by month that is not 0 throughout."""
    return [
        (strategy, item.name, owner)
        for strategy, each in terms.items()
        for item in MONTHLY_ITEMS
        for owner in each.owners(item.of)
        if np.any(each.by_month(item, owner))
    ]


def input_sheets(book: Book, terms: Mapping[str, Terms], calendar: Calendar) -> Inputs:
    """Add the sheets of prices, the second one only if prices differ by month."""
    prices = book.sheet("Inputs", tab="#0000FF")
    monthly = book.sheet("Inputs by month", tab="#0000FF") if monthly_keys(terms) else None
    return Inputs(prices, monthly, terms, calendar)
