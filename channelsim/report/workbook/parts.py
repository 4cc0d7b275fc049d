"""What each line of a profit and loss is made of: quantities of the ledger at prices of the inputs, as formulas.

A formula of means gives the mean only where the amount is a price times a quantity and the price is the same in
every replication. Everywhere else the mean amount itself stands in the ledger, "as paid", and the formula reads it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.statements import ProfitAndLoss
from channelsim.finance.costs import Category
from channelsim.finance.statement import LINES, Total
from channelsim.report.workbook.inputs import Inputs
from channelsim.report.workbook.ledger import BOOKINGS, MANAGERS, PAY_PARTS, TIED_UP, LedgerSheet
from channelsim.report.workbook.terms import MONTHLY_ITEMS, Of, Terms

FloatArray = NDArray[np.float64]
Formula = Callable[[int], str]
"""From a month to a formula without its =."""

AS_PAID = "as paid"
PRICED_WITH = {
    Category.SALARY: ("salary",),
    Category.BENEFITS: ("benefits_rate",),
    Category.OVERHEAD: ("overhead_rate",),
    Category.MANAGEMENT: ("manager_pay", "managers", "reps_per_manager", "benefits_rate", "overhead_rate"),
    Category.TRAVEL: ("travel_per_visit",),
    Category.TOOLS: ("tools_per_month", "initiative_seats"),
    Category.RECRUITING: ("hire_cost",),
    Category.SEVERANCE: ("severance_months", "salary"),
}
"""Prices that must be the same in every replication for a formula of means."""
UNREAD = ("managers", "reps_per_manager", "initiative_seats")
"""Of these prices: those that formulas read by way of another cell."""
NEEDS = {
    Category.TRAVEL: "visits",
    Category.RECRUITING: "hires",
    Category.SEVERANCE: "laid_off",
    Category.MANAGEMENT: MANAGERS,
    Category.INITIATIVES: "",
}
"""The quantity without which a team has no such part; of the others: reps. Where it is there, a reader may put a
price on it that was 0."""
BASIS = {
    Category.SALARY: "reps × salary / 12",
    Category.BENEFITS: "(salary + variable pay) × rate",
    Category.OVERHEAD: "salary × rate",
    Category.MANAGEMENT: "managers × pay / 12 × (1 + benefits + overhead)",
    Category.TRAVEL: "visits × travel a visit",
    Category.TOOLS: "reps × seats a month",
    Category.INITIATIVES: "set-up and running costs",
    Category.RECRUITING: "hires × recruiting",
    Category.SEVERANCE: "seats closed × months × salary / 12",
}


@dataclass(frozen=True)
class Part:
    """What a segment, source or team adds to a line: how it is worked out, and what it comes to in each month."""

    owner: str
    basis: str
    formula: Formula
    values: FloatArray


class Parts:
    """The parts of a strategy's lines. `of_line` is asked line by line from the top; `row_of` tells where a team's
    salary and variable pay stand, which benefits and overhead build on."""

    def __init__(
        self, strategy: str, terms: Terms, found: ProfitAndLoss, inputs: Inputs, ledger: LedgerSheet
    ) -> None:
        self.strategy, self.terms, self.found = strategy, terms, found
        self.inputs, self.ledger = inputs, ledger

    def of_line(self, line: str, cell_of: Callable[[Category, str, int], str | None]) -> list[Part]:
        """The parts of a line that is no sum. cell_of: the cell of a team's part of an earlier line in a month;
        None if it has none."""
        if line == Total.BOOKINGS:
            return self._bookings()
        if line == Total.DELIVERY:
            return self._delivery()
        if line == Category.LEADS:
            return self._marketing()
        if line == Category.CAPITAL:
            return self._capital()
        category = Category(line)
        costs = self.terms.by_owner(Of.TEAM, self.terms.totals.costs[category])
        return [
            self._of_team(category, team, values, cell_of)
            for team, values in costs.items()
            if values.any() or self._may_cost(category, team)
        ]

    def _may_cost(self, category: Category, team: str) -> bool:
        return self.ledger.has(NEEDS.get(category, "reps"), team)

    def _price(self, name: str, owner: str = "") -> str:
        return self.inputs.price(self.strategy, name, owner)

    def _as_paid(self, label: str, owner: str, values: FloatArray) -> Part:
        if not values.any():
            return Part(owner, AS_PAID, lambda _: "0", values)
        name = self.ledger.add_as_paid(label, owner, values)
        return Part(owner, AS_PAID, partial(self.ledger.ref, name, owner), values)

    def _bookings(self) -> list[Part]:
        amounts = self.terms.by_owner(Of.SEGMENT, self.terms.totals.by_stream[BOOKINGS])
        return [
            Part(segment, "deals won at their value", partial(self.ledger.ref, BOOKINGS, segment), values)
            for segment, values in amounts.items()
            if values.any()
        ]

    def _delivery(self) -> list[Part]:
        totals = self.terms.totals
        bookings, margins = (
            self.terms.by_owner(Of.SEGMENT, totals.by_stream[name]) for name in (BOOKINGS, "gross_margin")
        )
        parts = []
        for segment, booked in bookings.items():
            values = booked - margins[segment]
            if not booked.any():
                continue
            if not self.terms.is_fixed(Of.SEGMENT, segment, "gross_margin"):
                parts.append(self._as_paid("Delivery", segment, values))
                continue
            rate = self._price("gross_margin", segment)

            def formula(month: int, segment: str = segment, rate: str = rate) -> str:
                return f"{self.ledger.ref(BOOKINGS, segment, month)}*(1-{rate})"

            parts.append(Part(segment, "bookings × (1 - gross margin)", formula, values))
        return parts

    def _marketing(self) -> list[Part]:
        parts = []
        (spend,) = (item for item in MONTHLY_ITEMS if item.of is Of.SOURCE)
        for source, values in self.terms.by_owner(Of.SOURCE, self.terms.totals.by_stream["lead_costs"]).items():
            has_leads = self.ledger.has("leads", source)
            if not has_leads and not values.any():
                continue
            if not self.terms.is_fixed(Of.SOURCE, source, "cost_per_lead"):
                parts.append(self._as_paid("Marketing", source, values))
                continue
            price = self._price("cost_per_lead", source)

            def formula(month: int, source: str = source, price: str = price, has_leads: bool = has_leads) -> str:
                budget = self.inputs.month(self.strategy, spend.name, source, month)
                leads = f"{self.ledger.ref('leads', source, month)}*{price}" if has_leads else None
                return "+".join(filter(None, (leads, budget)))

            budgeted = self.inputs.month(self.strategy, spend.name, source, 0) is not None
            basis = "leads × cost per lead" + (" + budget and content" if budgeted else "")
            parts.append(Part(source, basis, formula, values))
        return parts

    def _capital(self) -> list[Part]:
        values = self.found.whole[LINES.index(Category.CAPITAL)]
        if not self.terms.is_fixed(Of.COMPANY, "", "cost_of_capital"):
            return [self._as_paid("Capital", "company", values)] if values.any() else []
        if not self.ledger.has(TIED_UP, "company"):
            return []
        rate = self._price("cost_of_capital")

        def formula(month: int) -> str:
            return f"{self.ledger.ref(TIED_UP, 'company', month)}*{rate}/12"

        return [Part("company", "spent and not come back × rate / 12", formula, values)]

    def _of_team(
        self,
        category: Category,
        team: str,
        values: FloatArray,
        cell_of: Callable[[Category, str, int], str | None],
    ) -> Part:
        if category is Category.VARIABLE:
            return self._variable(team, values)
        if not self.terms.is_fixed(Of.TEAM, team, *PRICED_WITH.get(category, ())):
            return self._as_paid(category.capitalize(), team, values)
        price = {name: self._price(name, team) for name in PRICED_WITH.get(category, ()) if name not in UNREAD}

        def paid(month: int) -> str:
            cells = (cell_of(each, team, month) for each in (Category.SALARY, Category.VARIABLE))
            return "+".join(filter(None, cells)) or "0"

        def formula(month: int) -> str:
            def of(name: str) -> str:
                return self.ledger.ref(name, team, month)

            def by_month(name: str) -> str | None:
                return self.inputs.month(self.strategy, name, team, month)

            match category:
                case Category.SALARY:
                    return f"{of('reps')}*{price['salary']}/12"
                case Category.BENEFITS:
                    return f"({paid(month)})*{price['benefits_rate']}"
                case Category.OVERHEAD:
                    return f"{cell_of(Category.SALARY, team, month) or 0}*{price['overhead_rate']}"
                case Category.MANAGEMENT:
                    on_top = f"(1+{price['benefits_rate']}+{price['overhead_rate']})"
                    return f"{of(MANAGERS)}*{price['manager_pay']}/12*{on_top}"
                case Category.TRAVEL:
                    return f"{of('visits')}*{price['travel_per_visit']}"
                case Category.TOOLS:
                    seats = by_month("initiative_seats")
                    return f"{of('reps')}*" + (
                        f"({price['tools_per_month']}+{seats})" if seats else price["tools_per_month"]
                    )
                case Category.INITIATIVES:
                    return by_month("initiative_costs") or "0"
                case Category.RECRUITING:
                    return f"{of('hires')}*{price['hire_cost']}"
                case _:
                    return f"{of('laid_off')}*{price['severance_months']}*{price['salary']}/12"

        return Part(team, BASIS[category], formula, values)

    def _variable(self, team: str, values: FloatArray) -> Part:
        """By formula if the plan pays in proportion, else as paid, in its parts."""
        terms, totals = self.terms, self.terms.totals
        at = terms.layout.teams.index(team)
        if not (
            totals.pays_in_proportion[at]
            and terms.is_fixed(Of.TEAM, team, "on_target_variable", "annual_quota", "per_handoff")
        ):
            names = [
                self.ledger.add_as_paid(label, team, totals.by_team[part][:, at])
                for part, label in PAY_PARTS.items()
                if totals.by_team[part][:, at].any()
            ]
            return Part(
                team,
                f"{AS_PAID}, rep by rep (pay.parquet)",
                lambda month: "+".join(self.ledger.ref(name, team, month) for name in names) or "0",
                values,
            )
        on_target = self._price("on_target_variable", team)
        by_time = bool(np.isnan(totals.prices["annual_quota"].mean[at]))
        earned = "reps" if by_time else "credited"
        quota = "12" if by_time else self._price("annual_quota", team)
        handed = self._price("per_handoff", team) if self.ledger.has("handed_leads", team) else None

        def formula(month: int) -> str:
            has_earned = self.ledger.has(earned, team)
            pay = f"{self.ledger.ref(earned, team, month)}*{on_target}/{quota}" if has_earned else None
            each = f"{self.ledger.ref('handed_leads', team, month)}*{handed}" if handed else None
            return "+".join(filter(None, (pay, each))) or "0"

        basis = "reps × on-target pay / 12" if by_time else "credited × on-target pay / quota"
        return Part(team, basis + (" + hand-overs" if handed else ""), formula, values)
