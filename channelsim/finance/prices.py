"""What things cost and what a deal leaves: the money of a scenario, by index of its program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.initiatives import fixed_costs, marketing_spend, seat_prices
from channelsim.program.compile import Compiler
from channelsim.program.layout import Layout
from channelsim.program.scales import Scales
from channelsim.scenario.pay import Pay
from channelsim.scenario.schema import Scenario

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Prices:
    """Prices of one strategy. Money in the scenario's currency; pay a year.

    By stream: cost_per_lead, gross_margin, annual_churn (NaN where a deal is paid once), annual_expansion.
    By team: pay (the plans) and the numbers from salary to hire_cost; managers is NaN where there are as many as it
    takes.
    By motion and step: travel_per_visit. By month and team: initiative_seats (a rep and month), initiative_costs.
    By month and stream: marketing_spend, churn_scale and expansion_scale (what initiatives multiply the two by).
    """

    cost_per_lead: FloatArray
    gross_margin: FloatArray
    annual_churn: FloatArray
    annual_expansion: FloatArray
    pay: tuple[Pay, ...]
    starts_ramped: tuple[bool, ...]
    salary: FloatArray
    benefits_rate: FloatArray
    overhead_rate: FloatArray
    manager_pay: FloatArray
    managers: FloatArray
    reps_per_manager: FloatArray
    tools_per_month: FloatArray
    hire_cost: FloatArray
    severance_months: FloatArray
    travel_per_visit: FloatArray
    initiative_seats: FloatArray
    initiative_costs: FloatArray
    marketing_spend: FloatArray
    churn_scale: FloatArray
    expansion_scale: FloatArray
    month_hours: FloatArray  # length of each month
    discount_rate: float
    lifetime_years: int
    cost_of_capital: float


def prices_of(scenario: Scenario, layout: Layout, scales: Scales | None = None) -> Prices:
    """The prices of a resolved scenario. `scales`: what its levers change, where that is worked out already."""
    scales = scales or Compiler(layout).scales(scenario)
    sources = [scenario.sources[source] for source, _ in layout.streams]
    segments = [scenario.segments[segment] for _, segment in layout.streams]
    pay = tuple(team.pay for team in scenario.teams.values())
    people = [team.people for team in scenario.teams.values()]
    travel = np.zeros((len(layout.motions), layout.max_steps))
    for m, motion in enumerate(scenario.motions.values()):
        for j, step in enumerate(motion.steps.values()):
            travel[m, j] = scenario.teams[step.team].pay.travel_per_visit
    starts = layout.month_starts
    return Prices(
        cost_per_lead=np.array([source.cost_per_lead for source in sources]),
        gross_margin=np.array([segment.gross_margin for segment in segments]),
        annual_churn=_or_nan([segment.annual_churn for segment in segments]),
        annual_expansion=np.array([segment.annual_expansion for segment in segments]),
        pay=pay,
        starts_ramped=tuple(each.starts_ramped for each in people),
        salary=np.array([p.salary for p in pay]),
        benefits_rate=np.array([p.benefits_rate for p in pay]),
        overhead_rate=np.array([p.overhead_rate for p in pay]),
        manager_pay=np.array([p.manager_pay for p in pay]),
        managers=_or_nan([each.managers.headcount if each.managers else None for each in people]),
        reps_per_manager=np.array([p.reps_per_manager for p in pay]),
        tools_per_month=np.array([sum(p.tool_seats_per_month.values()) for p in pay]),
        hire_cost=np.array([p.hire_cost for p in pay]),
        severance_months=np.array([p.severance_months for p in pay]),
        travel_per_visit=travel,
        initiative_seats=seat_prices(scenario, layout),
        initiative_costs=fixed_costs(scenario, layout),
        marketing_spend=marketing_spend(scenario, layout),
        churn_scale=scales["annual_churn"].T,
        expansion_scale=scales["annual_expansion"].T,
        month_hours=np.array([(after - start).days * 24.0 for start, after in pairwise(starts)]),
        discount_rate=scenario.finance.discount_rate,
        lifetime_years=scenario.finance.lifetime_years,
        cost_of_capital=scenario.finance.cost_of_capital,
    )


def _or_nan(values: Sequence[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values])
