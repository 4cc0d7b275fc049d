"""A strategy's prices by what they are of: a segment, a source, a team or the company."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.ledger_totals import LedgerTotals
from channelsim.finance.definitions import Unit
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]


class Of(StrEnum):
    """Whose price it is."""

    SEGMENT = "Segment"
    SOURCE = "Source"
    TEAM = "Team"
    COMPANY = "Company"


@dataclass(frozen=True)
class Item:
    """A price: its name in finance.prices.Prices, and what readers call it."""

    name: str
    label: str
    of: Of
    unit: Unit


ITEMS = (
    Item("gross_margin", "Gross margin, share of bookings", Of.SEGMENT, Unit.SHARE),
    Item("annual_churn", "Churn a year", Of.SEGMENT, Unit.SHARE),
    Item("annual_expansion", "Expansion a year", Of.SEGMENT, Unit.SHARE),
    Item("cost_per_lead", "Cost per lead", Of.SOURCE, Unit.MONEY),
    Item("salary", "Salary a year", Of.TEAM, Unit.MONEY),
    Item("on_target_variable", "On-target variable pay a year", Of.TEAM, Unit.MONEY),
    Item("annual_quota", "Quota a year", Of.TEAM, Unit.MONEY),
    Item("per_handoff", "Pay for a lead handed over", Of.TEAM, Unit.MONEY),
    Item("benefits_rate", "Benefits, share of salary and variable pay", Of.TEAM, Unit.SHARE),
    Item("overhead_rate", "Overhead, share of salary", Of.TEAM, Unit.SHARE),
    Item("manager_pay", "Manager's pay a year", Of.TEAM, Unit.MONEY),
    Item("managers", "Managers, where their number is given", Of.TEAM, Unit.PEOPLE),
    Item("reps_per_manager", "Reps per manager, else", Of.TEAM, Unit.PEOPLE),
    Item("tools_per_month", "Tools, a seat and month", Of.TEAM, Unit.MONEY),
    Item("travel_per_visit", "Travel, a visit", Of.TEAM, Unit.MONEY),
    Item("hire_cost", "Recruiting, a hire", Of.TEAM, Unit.MONEY),
    Item("severance_months", "Severance, months of salary", Of.TEAM, Unit.MONTHS),
    Item("discount_rate", "Discount rate a year", Of.COMPANY, Unit.SHARE),
    Item("cost_of_capital", "Cost of capital a year", Of.COMPANY, Unit.SHARE),
)
MONTHLY_ITEMS = (
    Item("initiative_seats", "Initiatives, a seat and month", Of.TEAM, Unit.MONEY),
    Item("initiative_costs", "Initiatives, set-up and running", Of.TEAM, Unit.MONEY),
    Item("marketing_spend", "Marketing budget and content", Of.SOURCE, Unit.MONEY),
)


@dataclass(frozen=True)
class Terms:
    """The ledger totals of a strategy, and whose they are."""

    layout: Layout
    totals: LedgerTotals

    def owners(self, of: Of) -> list[str]:
        """Names of all segments, sources or teams; of the company, an empty one."""
        if of is Of.TEAM:
            return list(self.layout.teams)
        if of is Of.COMPANY:
            return [""]
        return list(dict.fromkeys(stream[of is Of.SEGMENT] for stream in self.layout.streams))

    def streams(self, of: Of, owner: str) -> list[int]:
        """The streams of a segment or a source."""
        return [at for at, stream in enumerate(self.layout.streams) if stream[of is Of.SEGMENT] == owner]

    def by_owner(self, of: Of, table: FloatArray) -> dict[str, FloatArray]:
        """Sums by owner of what is by stream or team along the last axis."""
        if of is Of.TEAM:
            return dict(zip(self.layout.teams, np.moveaxis(table, -1, 0), strict=True))
        return {owner: table[..., self.streams(of, owner)].sum(axis=-1) for owner in self.owners(of)}

    def price(self, item: Item, owner: str) -> float:
        """The price, its mean where it differs by replication; NaN where there is none."""
        mean = self.totals.prices[item.name].mean
        return float(mean[self._places(item.of, owner)[0]])

    def by_month(self, item: Item, owner: str) -> FloatArray:
        """A price of MONTHLY_ITEMS, (month,): a team's, or the sum of a source's streams."""
        found: FloatArray = self.totals.prices[item.name].mean[:, self._places(item.of, owner)].sum(axis=1)
        return found

    def is_fixed(self, of: Of, owner: str, *names: str) -> bool:
        """Whether some prices of an owner are the same in every replication."""
        places = self._places(of, owner)
        return all(bool(self.totals.prices[name].is_fixed[..., places].all()) for name in names)

    def _places(self, of: Of, owner: str) -> list[int]:
        """Where the owner's prices stand along the last axis."""
        if of is Of.COMPANY:
            return [0]
        return [self.layout.teams.index(owner)] if of is Of.TEAM else self.streams(of, owner)
