"""The metrics: stable names, units and definitions. docs/metrics.md is the same table for readers."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from channelsim.engine.ledger import LOST
from channelsim.finance.costs import Category


class Unit(StrEnum):
    """How a metric's number is to be read."""

    MONEY = "money"
    COUNT = "count"
    SHARE = "share"
    RATIO = "ratio"
    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    PEOPLE = "people"


@dataclass(frozen=True)
class Ratio:
    """What a metric divides: the product of metrics, some times, over another one."""

    of: tuple[str, ...]
    over: str
    times: float = 1.0


@dataclass(frozen=True)
class Metric:
    """A figure about one replication, over the months after the warm-up. ratio: of what, where it is one; over
    several replications it is the ratio of the means, so that who divides what is shown finds what is shown."""

    name: str
    unit: Unit
    meaning: str
    ratio: Ratio | None = None


LOST_MEANING = {
    "declined": "the buyer said no",
    "unreachable": "the last attempt failed",
    "cooled": "the buying window closed while the lead waited for a rep",
    "dropped": "leaked at a hand-off",
    "orphaned": "the owner left",
}
CATEGORY_MEANING = {
    Category.SALARY: "base pay",
    Category.VARIABLE: "variable pay: commission, draws, bonus, handed leads",
    Category.BENEFITS: "benefits and payroll taxes",
    Category.OVERHEAD: "overhead",
    Category.MANAGEMENT: "managers, with their benefits and overhead",
    Category.TRAVEL: "travel, by visit",
    Category.TOOLS: "tool seats",
    Category.INITIATIVES: "initiatives and integrations, seats apart",
    Category.RECRUITING: "recruiting, by hire",
    Category.SEVERANCE: "severance, by seat closed",
    Category.LEADS: "marketing: cost per lead x leads, budgets and content",
    Category.CAPITAL: "interest on what was spent and has not come back yet",
}

COMPANY_METRICS = (
    Metric("leads", Unit.COUNT, "leads that arrived"),
    Metric("contacted", Unit.COUNT, "leads that had their first touch"),
    Metric("opportunities", Unit.COUNT, "leads that became an opportunity"),
    Metric("won", Unit.COUNT, "deals won"),
    Metric("win_rate", Unit.SHARE, "won / leads", Ratio(("won",), "leads")),
    Metric("opportunity_win_rate", Unit.SHARE, "won / opportunities", Ratio(("won",), "opportunities")),
    Metric("bookings", Unit.MONEY, "value of deals won"),
    Metric("deal_size", Unit.MONEY, "bookings / won", Ratio(("bookings",), "won")),
    Metric("gross_margin", Unit.MONEY, "bookings x gross margin of their segment"),
    Metric("cost_total", Unit.MONEY, "sales and marketing cost: the sum of all cost.<category>"),
    *(Metric(f"cost.{c}", Unit.MONEY, meaning) for c, meaning in CATEGORY_MEANING.items()),
    Metric("contribution", Unit.MONEY, "gross_margin - cost_total"),
    Metric("cost_per_lead", Unit.MONEY, "cost_total / leads", Ratio(("cost_total",), "leads")),
    Metric(
        "cost_per_opportunity", Unit.MONEY, "cost_total / opportunities", Ratio(("cost_total",), "opportunities")
    ),
    Metric(
        "cost_per_deal", Unit.MONEY, "cost_total / won, fully loaded, same period", Ratio(("cost_total",), "won")
    ),
    Metric(
        "cac",
        Unit.MONEY,
        "cost_total / customers won; every deal won is a new customer",
        Ratio(("cost_total",), "won"),
    ),
    Metric(
        "payback_months",
        Unit.MONTHS,
        "cac / (gross margin of a won deal / 12)",
        Ratio(("cost_total",), "gross_margin", 12.0),
    ),
    Metric(
        "ltv",
        Unit.MONEY,
        "lifetime value: mean of gross margin / annual churn of won deals",
        Ratio(("ltv", "won"), "won"),
    ),
    Metric("ltv_to_cac", Unit.RATIO, "ltv / cac", Ratio(("ltv", "won"), "cost_total")),
    Metric(
        "customer_value",
        Unit.MONEY,
        "gross margin of a won deal over finance.lifetime_years, discounted",
        Ratio(("customer_value", "won"), "won"),
    ),
    Metric("npv", Unit.MONEY, "customer_value of all won deals - cost_total, discounted to the end of the warm-up"),
    Metric("magic_number", Unit.RATIO, "4 x growth of quarterly recurring revenue / cost of the quarter before"),
    Metric("expense_ratio", Unit.RATIO, "cost_total / bookings", Ratio(("cost_total",), "bookings")),
    Metric(
        "cycle_days",
        Unit.DAYS,
        "mean days from arrival to winning, of deals won",
        Ratio(("cycle_days", "won"), "won"),
    ),
    Metric("first_response_hours", Unit.HOURS, "mean hours from arrival until a rep first starts on the lead"),
    Metric("queue_wait_hours", Unit.HOURS, "mean calendar hours that a lead waits for each attempt or touch"),
    Metric("attempts", Unit.COUNT, "attempts to reach a buyer"),
    Metric("touches", Unit.COUNT, "touches done"),
    Metric("visits", Unit.COUNT, "touches done in person"),
    Metric("hires", Unit.COUNT, "reps hired from outside"),
    Metric("promotions", Unit.COUNT, "reps promoted from another team"),
    Metric("departures", Unit.COUNT, "reps who left"),
    *(Metric(f"lost.{c.name.lower()}", Unit.COUNT, f"leads lost: {LOST_MEANING[c.name.lower()]}") for c in LOST),
    Metric("open_leads", Unit.COUNT, "leads neither won nor lost at the end"),
    Metric("open_pipeline", Unit.MONEY, "value of opportunities open at the end"),
)
TEAM_METRICS = (
    Metric("utilization", Unit.SHARE, "hours worked on leads / working hours of the team's reps"),
    Metric("queue_wait_hours", Unit.HOURS, "mean calendar hours that a lead waits for the team"),
    Metric("headcount", Unit.PEOPLE, "reps on the payroll, on average"),
    Metric("attainment", Unit.SHARE, "value credited / quota prorated for time and ramp"),
    Metric("at_quota", Unit.SHARE, "pay periods of reps at or above quota / all with a quota"),
    Metric("cost", Unit.MONEY, "the team's cost: everything but leads and capital"),
)


LESS_IS_BETTER = (
    "cost_total", "cost", "cost_per_lead", "cost_per_opportunity", "cost_per_deal", "cac", "payback_months",
    "expense_ratio", "cycle_days", "first_response_hours", "queue_wait_hours", "departures", "lost",
)  # fmt: skip
"""Metrics, and with them all that is named metric.something."""


def is_less_better(name: str) -> bool:
    """Whether a target for a metric is reached from above."""
    return name.partition(".")[0] in LESS_IS_BETTER


def metrics_for(teams: tuple[str, ...]) -> tuple[Metric, ...]:
    """All metrics of a scenario with these teams; a team's are named metric.team."""
    return COMPANY_METRICS + tuple(
        Metric(f"{metric.name}.{team}", metric.unit, metric.meaning) for metric in TEAM_METRICS for team in teams
    )
