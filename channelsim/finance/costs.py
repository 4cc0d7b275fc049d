"""What a replication cost: the ledger's hours, visits, leads and hires at the scenario's prices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount
from channelsim.finance.prices import Prices
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
MONTHS_A_YEAR = 12


class Category(StrEnum):
    """Kinds of cost. `LEADS` is marketing; the others are a team's."""

    SALARY = "salary"
    VARIABLE = "variable"
    OVERHEAD = "overhead"
    TRAVEL = "travel"
    TOOLS = "tools"
    INITIATIVES = "initiatives"
    RECRUITING = "recruiting"
    LEADS = "leads"


@dataclass(frozen=True)
class Money:
    """One replication in money, in the scenario's currency.

    team_costs: (month, team) by category, without LEADS. lead_costs, bookings, gross_margin: (month, stream).
    credited, quota: (month, team): value that counts towards quotas, and the quota that was there to reach.
    """

    team_costs: dict[Category, FloatArray]
    lead_costs: FloatArray
    bookings: FloatArray
    gross_margin: FloatArray
    credited: FloatArray
    quota: FloatArray

    def cost(self, category: Category) -> FloatArray:
        """Cost of a category by month."""
        by_month = self.lead_costs if category is Category.LEADS else self.team_costs[category]
        total: FloatArray = by_month.sum(axis=1)
        return total

    def cost_total(self) -> FloatArray:
        """Sales and marketing cost by month."""
        total: FloatArray = np.sum([self.cost(category) for category in Category], axis=0)
        return total


def price(ledger: Ledger, prices: Prices, layout: Layout) -> Money:
    """Put prices on a ledger.

    Salary is paid by time on the payroll; overhead is a share of salary. Variable pay: on-target variable x value
    credited / annual quota, in proportion and without cap; by time where a team has no quota. Credited: deals
    closed, plus `handoff_credit` of the deals won that a rep handed to another team. The quota to reach grows
    with time on the payroll weighted by the ramp. Recruiting is paid on a rep's first day.
    """
    team_of_rep = np.array([layout.teams.index(layout.seats[seat].team) for seat, _ in ledger.reps], np.int64)

    def by_team(what: RepAmount) -> FloatArray:
        totals = np.zeros((len(layout.teams), layout.months))
        np.add.at(totals, team_of_rep, ledger.rep_amounts[what])
        return totals.T

    month_share = by_team(RepAmount.EMPLOYED_HOURS) / prices.month_hours[:, None] / MONTHS_A_YEAR
    ramped_share = by_team(RepAmount.RAMPED_HOURS) / prices.month_hours[:, None] / MONTHS_A_YEAR
    credited = by_team(RepAmount.CLOSED_VALUE) + prices.handoff_credit * by_team(RepAmount.HANDED_VALUE)
    has_quota = ~np.isnan(prices.annual_quota)
    annual_quota = np.where(has_quota, prices.annual_quota, 1.0)
    salary = month_share * prices.salary
    bookings = ledger.amounts[Amount.BOOKINGS].sum(axis=(2, 3))
    arrived = ledger.counts[Count.ARRIVED].sum(axis=(2, 3))
    return Money(
        team_costs={
            Category.SALARY: salary,
            Category.VARIABLE: prices.on_target_variable
            * np.where(has_quota, credited / annual_quota, month_share),
            Category.OVERHEAD: salary * prices.overhead_rate,
            Category.TRAVEL: _travel(ledger, prices, layout),
            Category.TOOLS: month_share * MONTHS_A_YEAR * (prices.tools_per_month + prices.initiative_seats),
            Category.INITIATIVES: prices.initiative_costs,
            Category.RECRUITING: by_team(RepAmount.HIRES) * prices.hire_cost,
        },
        lead_costs=arrived * prices.cost_per_lead + prices.marketing_spend,
        bookings=bookings,
        gross_margin=bookings * prices.gross_margin,
        credited=credited,
        quota=np.where(has_quota, ramped_share * annual_quota, 0.0),
    )


def _travel(ledger: Ledger, prices: Prices, layout: Layout) -> FloatArray:
    """Travel cost (month, team): visits made x the price of a visit of the step's team."""
    visits = ledger.counts[Count.VISITS].sum(axis=1)  # [month, motion, step]
    costs = np.zeros((layout.months, len(layout.teams)))
    for motion, step, team in layout.step_teams():
        costs[:, team] += visits[:, motion, step] * prices.travel_per_visit[motion, step]
    return costs
