"""What initiatives and marketing cost, month by month, whatever happens to leads."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.program.initiatives import rolled_out, seats_by_month, teams_of
from channelsim.program.layout import Layout
from channelsim.program.marketing import spent_by_budget, spent_on_content
from channelsim.scenario.initiatives import Initiative
from channelsim.scenario.schema import Scenario

FloatArray = NDArray[np.float64]


def seat_prices(scenario: Scenario, layout: Layout) -> FloatArray:
    """What one rep's seats in the rolled-out initiatives cost, (month, team)."""
    prices = np.zeros((layout.months, len(layout.teams)))
    for initiative in rolled_out(scenario).values():
        using = [layout.teams.index(team) for team in teams_of(initiative, layout)]
        prices[initiative.start_month :, using] += initiative.cost_per_seat_month
    return prices


def fixed_costs(scenario: Scenario, layout: Layout) -> FloatArray:
    """What initiatives and their integrations cost whoever uses them, (month, team): set-up in the first month,
    then so much a month, shared by the teams that use them in proportion to their planned seats."""
    costs = np.zeros((layout.months, len(layout.teams)))
    initiatives = rolled_out(scenario)
    seats = np.array([seats_by_month(layout, team) for team in layout.teams]).T
    for initiative in initiatives.values():
        teams = teams_of(initiative, layout)
        costs += _spread(
            initiative.start_month, initiative.setup_cost, initiative.cost_per_month, teams, layout, seats
        )
    for pair in scenario.integrations:
        joined = [initiatives[name] for name in pair.tools if name in initiatives]
        if len(joined) == len(pair.tools):
            starts = max(initiative.start_month for initiative in joined)
            teams = _teams_of_all(joined, layout)
            costs += _spread(starts, pair.setup_cost, pair.cost_per_month, teams, layout, seats)
    return costs


def _teams_of_all(initiatives: list[Initiative], layout: Layout) -> tuple[str, ...]:
    using = {team for initiative in initiatives for team in teams_of(initiative, layout)}
    return tuple(team for team in layout.teams if team in using)


def _spread(
    start_month: int,
    setup_cost: float,
    cost_per_month: float,
    teams: tuple[str, ...],
    layout: Layout,
    seats: FloatArray,
) -> FloatArray:
    by_month = np.zeros(layout.months)
    by_month[start_month:] = cost_per_month
    by_month[start_month : start_month + 1] += setup_cost
    using = np.array([float(team in teams) for team in layout.teams])
    used = seats * using
    used[used.sum(axis=1) == 0] = using
    shares: FloatArray = used / used.sum(axis=1, keepdims=True)
    return by_month[:, None] * shares


def marketing_spend(scenario: Scenario, layout: Layout) -> FloatArray:
    """Budgets and content, (month, stream): a source's spending goes to its segments as its leads do."""
    spend = np.zeros((layout.months, len(layout.streams)))
    for stream, (name, segment) in enumerate(layout.streams):
        source = scenario.sources[name]
        share = source.mix.get(segment, 0.0)
        if source.budget is not None:
            spend[:, stream] += share * spent_by_budget(source.budget, layout.months)
        if source.content is not None:
            spend[:, stream] += share * spent_on_content(source.content, layout.months)
    return spend
