"""Initiatives by month: how far each is adopted, what is realised of it, what it takes of the reps' time."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from channelsim.program.layout import Layout
from channelsim.program.scales import Scales, Scope
from channelsim.scenario.initiatives import FILLS_UP, Initiative
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import DAYS_OPEN, Hours, hour_of

FloatArray = NDArray[np.float64]
MID_MONTH = 0.5
HALF = 0.5
HOURS_A_WEEK = 168.0


def rolled_out(scenario: Scenario) -> dict[str, Initiative]:
    """The initiatives that the strategy rolls out, in its order."""
    names = scenario.initiatives if scenario.rollout is None else scenario.rollout
    return {name: scenario.initiatives[name] for name in names}


def teams_of(initiative: Initiative, layout: Layout) -> tuple[str, ...]:
    """Who uses an initiative."""
    return layout.teams if initiative.teams is None else tuple(initiative.teams)


def apply_initiatives(scenario: Scenario, layout: Layout, scales: Scales) -> None:
    """Multiply what the strategy's initiatives change into the scales.

    A change is `by` x adoption x the quality of execution. Of several in one direction on one parameter at one
    place, the largest counts in full, the next `overlap` of its size, the third overlap^2 of it, and so on.
    """
    if not rolled_out(scenario):
        return
    realised = realised_by_month(scenario, layout)
    effects = [
        (effect, realised[name], teams_of(initiative, layout))
        for name, initiative in rolled_out(scenario).items()
        for effect in initiative.effects
    ]
    before: dict[tuple[str, bool], NDArray[np.int64]] = {}
    for effect, share, teams in sorted(effects, key=lambda each: -abs(each[0].by)):
        scope = Scope(effect.teams or list(teams), effect.steps, effect.sources, effect.segments)
        mask = scales.mask(effect.change, scope)
        rank = before.setdefault((effect.change, effect.by > 0), np.zeros(mask.shape, np.int64))
        weight = scenario.execution.overlap ** rank[mask]
        scales[effect.change][mask] *= 1.0 + effect.by * weight[:, None] * share
        rank[mask] += 1
    for team, name in enumerate(layout.teams):
        scales["selling_share"][team] *= selling_time_left(scenario, layout, name)


def realised_by_month(scenario: Scenario, layout: Layout) -> dict[str, FloatArray]:
    """Share of each initiative's full effect that is realised, by month: adoption x quality of execution."""
    quality = scenario.execution.quality
    return {name: quality * share for name, share in adoption_by_month(scenario, layout).items()}


def adoption_by_month(scenario: Scenario, layout: Layout) -> dict[str, FloatArray]:
    """Share of its people that uses each initiative in the middle of each month.

    The clock of every roll-out runs slower while more are under way than the organisation's focus: by focus /
    their number. A roll-out is under way until 90% of its ceiling is reached.
    """
    initiatives = rolled_out(scenario)
    clock = dict.fromkeys(initiatives, 0.0)
    adopted = {name: np.zeros(layout.months) for name in initiatives}
    for month in range(layout.months):
        speed = min(1.0, _focus(scenario) / max(1, len(_under_way(initiatives, clock, month))))
        for name, initiative in initiatives.items():
            if month < initiative.start_month:
                continue
            alone = _unintegrated(scenario, layout, name, month)
            reached = _growth(initiative, clock[name] + MID_MONTH * speed) * initiative.adoption.ceiling
            adopted[name][month] = reached / (1.0 + scenario.execution.shared_adoption * alone)
            clock[name] += speed
    return adopted


def _focus(scenario: Scenario) -> float:
    focus = scenario.execution.focus
    return math.inf if focus is None else float(focus)


def _under_way(initiatives: dict[str, Initiative], clock: dict[str, float], month: int) -> list[str]:
    return [
        name
        for name, initiative in initiatives.items()
        if month >= initiative.start_month and _growth(initiative, clock[name]) < FILLS_UP
    ]


def _growth(initiative: Initiative, months: float) -> float:
    """Share of the ceiling that is reached after so many months of undisturbed roll-out."""
    adoption = initiative.adoption
    felt = months - adoption.delay_months
    if felt <= 0.0:
        return 0.0
    return 1.0 if adoption.half_time_months == 0 else 1.0 - HALF ** (felt / adoption.half_time_months)


def _tools(scenario: Scenario, layout: Layout, team: str, month: int) -> list[str]:
    return [
        name
        for name, initiative in rolled_out(scenario).items()
        if initiative.kind == "tool" and month >= initiative.start_month and team in teams_of(initiative, layout)
    ]


def _integrated(scenario: Scenario, one: str, other: str) -> bool:
    return any({one, other} == set(pair.tools) for pair in scenario.integrations)


def _unintegrated(scenario: Scenario, layout: Layout, name: str, month: int) -> int:
    """Tools that share a team with this one and are not integrated with it."""
    if scenario.initiatives[name].kind != "tool":
        return 0
    beside = {
        other
        for team in teams_of(scenario.initiatives[name], layout)
        for other in _tools(scenario, layout, team, month)
    }
    return sum(other != name and not _integrated(scenario, name, other) for other in beside)


def loose_pairs(scenario: Scenario, layout: Layout, team: str, month: int) -> int:
    """Pairs of a team's tools that are not integrated."""
    tools = _tools(scenario, layout, team, month)
    pairs = [(one, other) for at, one in enumerate(tools) for other in tools[at + 1 :]]
    return sum(not _integrated(scenario, *pair) for pair in pairs)


def selling_time_left(scenario: Scenario, layout: Layout, team: str) -> FloatArray:
    """Share of a team's selling time that is left, by month: less the hours that initiatives take and that
    switching between tools takes, and less what is lost while more is rolled out than the focus allows."""
    execution = scenario.execution
    initiatives = rolled_out(scenario)
    week = working_hours_a_week(scenario, team)
    left = np.ones(layout.months)
    clock = dict.fromkeys(initiatives, 0.0)
    for month in range(layout.months):
        under_way = _under_way(initiatives, clock, month)
        speed = min(1.0, _focus(scenario) / max(1, len(under_way)))
        hours = execution.switching_hours_per_week * loose_pairs(scenario, layout, team, month)
        for name, initiative in initiatives.items():
            if month >= initiative.start_month:
                clock[name] += speed
                if team in teams_of(initiative, layout):
                    hours += initiative.hours_per_rep_week
        excess = max(0.0, len(under_way) - _focus(scenario))
        share = (1.0 - hours / week) * (1.0 - execution.overload_selling_loss * excess)
        left[month] = max(share, LEAST_SELLING_TIME)
    return left


LEAST_SELLING_TIME = 0.05
"""However many tools and roll-outs: somebody who never sells at all would never finish a touch either."""


def working_hours_a_week(scenario: Scenario, team: str) -> float:
    """Hours that a team works in a week without holidays."""
    hours = scenario.teams[team].hours
    if not isinstance(hours, Hours):
        return HOURS_A_WEEK
    return DAYS_OPEN[hours.days] * (hour_of(hours.close) - hour_of(hours.open))


def seats_by_month(layout: Layout, team: str) -> FloatArray:
    """Planned seats of a team, by month."""
    seats = np.zeros(layout.months)
    for seat in layout.seats:
        if seat.team == team:
            seats[seat.from_month : seat.to_month] += 1.0
    return seats


def leads_brought(scenario: Scenario, layout: Layout, source: str) -> FloatArray:
    """Leads a month that reps make in a source with initiatives such as social selling."""
    leads = np.zeros(layout.months)
    bringing = {
        name: initiative
        for name, initiative in rolled_out(scenario).items()
        if initiative.brings is not None and initiative.brings.source == source
    }
    if not bringing:
        return leads
    realised = realised_by_month(scenario, layout)
    for name, initiative in bringing.items():
        if initiative.brings is not None:
            seats = sum((seats_by_month(layout, team) for team in teams_of(initiative, layout)), leads * 0.0)
            leads = leads + realised[name] * seats * initiative.brings.leads_per_rep_month
    return leads
