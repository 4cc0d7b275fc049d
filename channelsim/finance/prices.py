"""What things cost and what a deal leaves: the money of a scenario, by index of its program."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.initiatives import fixed_costs, marketing_spend, seat_prices
from channelsim.program.compile import Compiler
from channelsim.program.layout import Layout
from channelsim.program.scales import Scales
from channelsim.scenario.schema import Scenario

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Prices:
    """Prices of one strategy. Money in the scenario's currency; pay and quota a year.

    By stream: cost_per_lead, gross_margin, annual_churn (NaN where not given).
    By team: the rest; annual_quota is NaN where variable pay is paid by time.
    By motion and step: travel_per_visit. By month and team: initiative_seats (a rep and month), initiative_costs.
    By month and stream: marketing_spend, churn_scale (what initiatives multiply annual_churn by).
    """

    cost_per_lead: FloatArray
    gross_margin: FloatArray
    annual_churn: FloatArray
    salary: FloatArray
    on_target_variable: FloatArray
    annual_quota: FloatArray
    handoff_credit: FloatArray
    overhead_rate: FloatArray
    tools_per_month: FloatArray
    hire_cost: FloatArray
    travel_per_visit: FloatArray
    initiative_seats: FloatArray
    initiative_costs: FloatArray
    marketing_spend: FloatArray
    churn_scale: FloatArray
    month_hours: FloatArray  # length of each month


def prices_of(scenario: Scenario, layout: Layout, scales: Scales | None = None) -> Prices:
    """The prices of a resolved scenario. `scales`: what its levers change, where that is worked out already."""
    scales = scales or Compiler(layout).scales(scenario)
    sources = [scenario.sources[source] for source, _ in layout.streams]
    segments = [scenario.segments[segment] for _, segment in layout.streams]
    pay = [team.pay for team in scenario.teams.values()]
    travel = np.zeros((len(layout.motions), layout.max_steps))
    for m, motion in enumerate(scenario.motions.values()):
        for j, step in enumerate(motion.steps.values()):
            travel[m, j] = scenario.teams[step.team].pay.travel_per_visit
    starts = layout.month_starts
    return Prices(
        cost_per_lead=np.array([source.cost_per_lead for source in sources]),
        gross_margin=np.array([segment.gross_margin for segment in segments]),
        annual_churn=_or_nan([segment.annual_churn for segment in segments]),
        salary=np.array([p.salary for p in pay]),
        on_target_variable=np.array([p.on_target_variable for p in pay]),
        annual_quota=_or_nan([p.annual_quota for p in pay]),
        handoff_credit=np.array([p.handoff_credit for p in pay]),
        overhead_rate=np.array([p.overhead_rate for p in pay]),
        tools_per_month=np.array([sum(p.tool_seats_per_month.values()) for p in pay]),
        hire_cost=np.array([p.hire_cost for p in pay]),
        travel_per_visit=travel,
        initiative_seats=seat_prices(scenario, layout),
        initiative_costs=fixed_costs(scenario, layout),
        marketing_spend=marketing_spend(scenario, layout),
        churn_scale=scales["annual_churn"].T,
        month_hours=np.array([(after - start).days * 24.0 for start, after in pairwise(starts)]),
    )


def _or_nan(values: list[float | None]) -> FloatArray:
    return np.array([np.nan if value is None else value for value in values])
