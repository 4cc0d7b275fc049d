"""What replications cost: their quantities at the scenario's prices."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import RepAmount
from channelsim.finance.pay import MONTHS_A_YEAR, TeamPay, team_pay
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import Quantities, summed
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Category(StrEnum):
    """Kinds of cost. `LEADS` is marketing and `CAPITAL` the company's; the others are a team's."""

    SALARY = "salary"
    VARIABLE = "variable"
    BENEFITS = "benefits"
    OVERHEAD = "overhead"
    MANAGEMENT = "management"
    TRAVEL = "travel"
    TOOLS = "tools"
    INITIATIVES = "initiatives"
    RECRUITING = "recruiting"
    SEVERANCE = "severance"
    LEADS = "leads"
    CAPITAL = "capital"


@dataclass(frozen=True)
class Money:
    """Replications in money, in the scenario's currency; their axis is the first.

    team_costs: (replication, month, team) by category, without LEADS and CAPITAL. lead_costs, bookings,
    gross_margin: (replication, month, stream). capital: (replication, month). pay: each team's variable pay, rep
    by rep; credited, quota: its sums, (replication, month, team). groups: by team, the replication of each of its
    reps.
    """

    team_costs: dict[Category, FloatArray]
    lead_costs: FloatArray
    capital: FloatArray
    bookings: FloatArray
    gross_margin: FloatArray
    pay: tuple[TeamPay, ...]
    credited: FloatArray
    quota: FloatArray
    groups: tuple[IntArray, ...]

    def cost(self, category: Category) -> FloatArray:
        """Cost of a category, (replication, month)."""
        if category is Category.CAPITAL:
            return self.capital
        by_month = self.lead_costs if category is Category.LEADS else self.team_costs[category]
        total: FloatArray = by_month.sum(axis=2)
        return total

    def cost_total(self) -> FloatArray:
        """Sales and marketing cost, (replication, month)."""
        total: FloatArray = np.sum([self.cost(category) for category in Category], axis=0)
        return total


def price(quantities: Quantities, prices: Prices, layout: Layout) -> Money:
    """Put prices on what happened; docs/finance.md tells each formula.

    Salary, tools and managers are paid by time on the payroll, variable pay by plan, travel by visit, leads by
    arrival, recruiting on a rep's first day, severance when a seat closes. Capital: interest on what was spent by
    the month's start and has not come back as gross margin.
    """
    amounts, of_team, replication = quantities.rep_amounts, quantities.team_of_rep, quantities.replication_of_rep
    shape = (quantities.replications, len(layout.teams), layout.months)

    def by_team(by_rep: FloatArray) -> FloatArray:
        """(replication, month, team) from (rep, month)."""
        cells = replication * len(layout.teams) + of_team
        return np.swapaxes(summed(by_rep, cells, shape[0] * shape[1]).reshape(shape), 1, 2)

    def of_each_team(figures: list[FloatArray]) -> FloatArray:
        """(replication, month, team) from each team's (rep, month)."""
        return np.stack([summed(each, of, shape[0]) for each, of in zip(figures, groups, strict=True)], axis=-1)

    groups = tuple(replication[of_team == team] for team in range(len(layout.teams)))
    pay = tuple(
        team_pay(plan, amounts[:, of_team == team], groups[team], prices.month_hours, prices.starts_ramped[team])
        for team, plan in enumerate(prices.pay)
    )
    months = by_team(amounts[RepAmount.EMPLOYED_HOURS]) / prices.month_hours[:, None]
    salary = months / MONTHS_A_YEAR * prices.salary
    variable = of_each_team([each.paid() for each in pay])
    managers = np.where(np.isnan(prices.managers), months / prices.reps_per_manager, prices.managers)
    on_top = prices.benefits_rate + prices.overhead_rate
    bookings = quantities.bookings.sum(axis=(3, 4))
    laid_off = by_team(amounts[RepAmount.LAID_OFF])
    team_costs = {
        Category.SALARY: salary,
        Category.VARIABLE: variable,
        Category.BENEFITS: (salary + variable) * prices.benefits_rate,
        Category.OVERHEAD: salary * prices.overhead_rate,
        Category.MANAGEMENT: managers / MONTHS_A_YEAR * prices.manager_pay * (1.0 + on_top),
        Category.TRAVEL: _travel(quantities, prices, layout),
        Category.TOOLS: months * (prices.tools_per_month + prices.initiative_seats),
        Category.INITIATIVES: np.broadcast_to(prices.initiative_costs, salary.shape),
        Category.RECRUITING: by_team(amounts[RepAmount.HIRES]) * prices.hire_cost,
        Category.SEVERANCE: laid_off * prices.severance_months / MONTHS_A_YEAR * prices.salary,
    }
    lead_costs = quantities.arrived.sum(axis=(3, 4)) * prices.cost_per_lead + prices.marketing_spend
    gross_margin = bookings * prices.gross_margin
    spent = np.sum(list(team_costs.values()), axis=0).sum(axis=2) + lead_costs.sum(axis=2)
    return Money(
        team_costs=team_costs,
        lead_costs=lead_costs,
        capital=_interest(spent - gross_margin.sum(axis=2), prices.cost_of_capital),
        bookings=bookings,
        gross_margin=gross_margin,
        pay=pay,
        credited=of_each_team([each.credited for each in pay]),
        quota=of_each_team([each.quota for each in pay]),
        groups=groups,
    )


def _interest(outlay: FloatArray, annual_rate: float) -> FloatArray:
    """Interest of each month on the outlay of all months before it, where that is above 0; not compounded."""
    before = np.cumsum(outlay, axis=1) - outlay
    interest: FloatArray = annual_rate / MONTHS_A_YEAR * np.maximum(before, 0.0)
    return interest


def _travel(quantities: Quantities, prices: Prices, layout: Layout) -> FloatArray:
    """Travel cost (replication, month, team): visits made x the price of a visit of the step's team."""
    visits = quantities.visits.sum(axis=2)  # [replication, month, motion, step]
    costs = np.zeros((*visits.shape[:2], len(layout.teams)))
    for motion, step, team in layout.step_teams:
        costs[:, :, team] += visits[:, :, motion, step] * prices.travel_per_visit[motion, step]
    return costs
