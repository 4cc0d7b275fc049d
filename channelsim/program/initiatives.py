"""Initiatives by month: how far each is adopted, what is realised of it, what it takes of the reps' time."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from channelsim.program.layout import Layout
from channelsim.program.scales import BoolArray, Scales, Scope, mask_of
from channelsim.scenario.initiatives import FILLS_UP, Effect, Initiative
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import DAYS_OPEN, Hours, hour_of

FloatArray = NDArray[np.float64]
MID_MONTH = 0.5
HALF = 0.5
HOURS_A_WEEK = 168.0
ROLLOUT_READS = ("kind", "start_month", "teams", "adoption", "hours_per_rep_week", "brings")
EFFECT_READS = ("change", "teams", "steps", "sources", "segments")
LEAST_SELLING_TIME = 0.05
"""However many tools and roll-outs: somebody who never sells at all would never finish a touch either."""


def rolled_out(scenario: Scenario) -> dict[str, Initiative]:
    """The initiatives that the strategy rolls out, in its order."""
    names = scenario.initiatives if scenario.rollout is None else scenario.rollout
    return {name: scenario.initiatives[name] for name in names}


def teams_of(initiative: Initiative, layout: Layout) -> tuple[str, ...]:
    """Who uses an initiative."""
    return layout.teams if initiative.teams is None else tuple(initiative.teams)


def apply_initiatives(scenario: Scenario, scales: Scales, rollout: Rollout) -> None:
    """Multiply what the strategy's initiatives change into the scales. `rollout`: of this scenario, or of one that
    differs in nothing that a Rollout reads.

    A change is `by` x adoption x the quality of execution. Of several in one direction on one parameter at one
    place, the largest counts in full, the next `overlap` of its size, the third overlap^2 of it, and so on.
    """
    effects = [
        (effect, mask, rollout.shares[name])
        for name, initiative in rolled_out(scenario).items()
        for effect, mask in zip(initiative.effects, rollout.masks[name], strict=True)
    ]
    before: dict[tuple[str, bool], NDArray[np.int64]] = {}
    for effect, mask, share in sorted(effects, key=lambda each: -abs(each[0].by)):
        rank = before.setdefault((effect.change, effect.by > 0), np.zeros(mask.shape, np.int64))
        weight = scenario.execution.overlap ** rank[mask]
        scales[effect.change][mask] *= 1.0 + effect.by * weight[:, None] * share
        rank[mask] += 1
    for team, left in enumerate(rollout.selling_time):
        scales["selling_share"][team] *= left
    scales.leads_brought += rollout.brought


class Rollout:
    """How a strategy's initiatives spread through its organisation.

    The clock of every roll-out runs slower while more are under way than the organisation's focus: by focus / their
    number. A roll-out is under way until 90% of its ceiling is reached.

    shares: by initiative, what is realised of its effects by month. masks: by initiative, where each of its effects
    acts. selling_time: by team, what is left by month. brought: see `leads_brought`.
    """

    def __init__(self, scenario: Scenario, layout: Layout) -> None:
        self.scenario = scenario
        self.layout = layout
        self.initiatives = rolled_out(scenario)
        self.teams = {name: teams_of(initiative, layout) for name, initiative in self.initiatives.items()}
        self.excess = np.zeros(layout.months)  # initiatives under way beyond the focus
        self._clock = {name: np.zeros(layout.months) for name in self.initiatives}  # in the middle of each month
        focus = math.inf if scenario.execution.focus is None else float(scenario.execution.focus)
        over_at = {name: _over_at(initiative) for name, initiative in self.initiatives.items()}
        clock = dict.fromkeys(self.initiatives, 0.0)
        for month in range(layout.months):
            begun = [name for name, initiative in self.initiatives.items() if month >= initiative.start_month]
            under_way = sum(clock[name] < over_at[name] for name in begun)
            speed = min(1.0, focus / max(1, under_way))
            self.excess[month] = max(0.0, under_way - focus)
            for name in begun:
                self._clock[name][month] = clock[name] + MID_MONTH * speed
                clock[name] += speed
        self.shares = {name: self.realised(name) for name in self.initiatives}
        self.masks = {
            name: [effect_mask(layout, effect, self.teams[name]) for effect in initiative.effects]
            for name, initiative in self.initiatives.items()
        }
        self.selling_time = [self.selling_time_left(team) for team in layout.teams]
        self.brought = self.leads_brought()

    def realised(self, name: str) -> FloatArray:
        """Share of an initiative's full effect that is realised, by month: adoption x quality of execution."""
        return self.scenario.execution.quality * self.adoption(name)

    def adoption(self, name: str) -> FloatArray:
        """Share of its people that uses an initiative in the middle of each month."""
        adoption = self.initiatives[name].adoption
        felt = np.maximum(0.0, self._clock[name] - adoption.delay_months)
        if adoption.half_time_months == 0:
            grown = (felt > 0.0).astype(float)
        else:
            grown = 1.0 - HALF ** (felt / adoption.half_time_months)
        sharing: FloatArray = 1.0 + self.scenario.execution.shared_adoption * self._loose_beside(name)
        shared: FloatArray = adoption.ceiling * grown / sharing
        return shared

    def selling_time_left(self, team: str) -> FloatArray:
        """Share of a team's selling time that is left, by month: less the hours that initiatives take and that
        switching between tools takes, and less what is lost while more is rolled out than the focus allows."""
        execution = self.scenario.execution
        hours = execution.switching_hours_per_week * self.loose_pairs(team)
        for name, initiative in self.initiatives.items():
            if team in self.teams[name] and initiative.hours_per_rep_week > 0:
                hours = hours + initiative.hours_per_rep_week * self._runs(name)
        sold = 1.0 - hours / working_hours_a_week(self.scenario, team)
        return np.maximum(LEAST_SELLING_TIME, sold * (1.0 - execution.overload_selling_loss * self.excess))

    def loose_pairs(self, team: str) -> FloatArray:
        """Pairs of a team's tools that are not integrated, by month."""
        tools = [name for name in self.initiatives if self._is_tool(name) and team in self.teams[name]]
        pairs = np.zeros(self.layout.months)
        for one, other in combinations(tools, 2):
            if self._is_loose(one, other):
                pairs += self._runs(one) * self._runs(other)
        return pairs

    def leads_brought(self) -> FloatArray:
        """Leads that reps make with initiatives such as social selling, (stream, month), by the source's mix."""
        brought = np.zeros((len(self.layout.streams), self.layout.months))
        for name, initiative in self.initiatives.items():
            if initiative.brings is None:
                continue
            seats = np.sum([seats_by_month(self.layout, team) for team in self.teams[name]], axis=0)
            leads = self.realised(name) * seats * initiative.brings.leads_per_rep_month
            for stream, (source, segment) in enumerate(self.layout.streams):
                if source == initiative.brings.source:
                    brought[stream] += leads * self.scenario.sources[source].mix.get(segment, 0.0)
        return brought

    def _runs(self, name: str) -> FloatArray:
        """1 in the months from an initiative's start on."""
        return (np.arange(self.layout.months) >= self.initiatives[name].start_month).astype(float)

    def _is_tool(self, name: str) -> bool:
        return self.initiatives[name].kind == "tool"

    def _is_loose(self, one: str, other: str) -> bool:
        return not any({one, other} == set(pair.tools) for pair in self.scenario.integrations)

    def _loose_beside(self, name: str) -> FloatArray:
        """Tools that share a team with this one and are not integrated with it, by month."""
        beside = np.zeros(self.layout.months)
        if self._is_tool(name):
            for other in self.initiatives:
                together = other != name and self._is_tool(other) and set(self.teams[name]) & set(self.teams[other])
                if together and self._is_loose(name, other):
                    beside += self._runs(other)
        return beside


def effect_mask(layout: Layout, effect: Effect, teams: tuple[str, ...]) -> BoolArray:
    """Where an effect acts, among what the teams that use its initiative do."""
    scope = Scope(effect.teams or list(teams), effect.steps, effect.sources, effect.segments)
    return mask_of(layout, effect.change, scope)


def made_of(scenario: Scenario) -> Iterator[object]:
    """All that a Rollout reads, in a fixed order: not how large effects are, nor what they cost."""
    yield from (scenario.execution, scenario.integrations)
    for team in scenario.teams.values():
        yield team.hours
    for source in scenario.sources.values():
        yield source.mix
    for initiative in rolled_out(scenario).values():
        yield from (getattr(initiative, field) for field in ROLLOUT_READS)
        for effect in initiative.effects:
            yield from (getattr(effect, field) for field in EFFECT_READS)


def _over_at(initiative: Initiative) -> float:
    """Months of undisturbed roll-out after which most of its ceiling is reached."""
    adoption = initiative.adoption
    return adoption.delay_months + adoption.half_time_months * math.log(1.0 - FILLS_UP) / math.log(HALF)


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
