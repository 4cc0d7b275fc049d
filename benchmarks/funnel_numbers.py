"""A scenario's numbers, as somebody would write them into a SimPy model of one company: plain records in hours.

What the mid-market scenario does not use is not read: holidays, headcount plans, growth, routing by value or
overflow, advance by value.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

from channelsim.program.distributions import lognormal_parameters
from channelsim.program.layout import month_starts
from channelsim.program.market import cumulative_pattern, pattern_weights
from channelsim.program.teams import HOURS_A_MONTH, HOURS_A_YEAR
from channelsim.scenario.base import for_segment
from channelsim.scenario.distributions import Exponential, Lognormal, Triangular
from channelsim.scenario.motion import Step, age_hours
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import DAYS_OPEN, Team, hour_of

HOURS_A_DAY = 24

Sampler = Callable[[Random], float]


@dataclass(frozen=True)
class StageNumbers:
    """A step for one source and segment."""

    name: str
    team: str
    number: int
    touches: int
    touch_spacing: Sampler
    effort: Sampler
    travel: Sampler
    attempts: int  # 0: the buyer is reached at once
    attempt_effort: Sampler
    attempt_spacing: Sampler
    reach: float
    cooling: tuple[tuple[float, float], ...]  # log of the age in hours, what is left
    advance: float
    days_if_yes: Sampler
    days_if_no: Sampler
    patience: Sampler
    handoff_delay: Sampler
    handoff_leak: float


@dataclass(frozen=True)
class WayNumbers:
    """A motion for one source and segment."""

    stages: tuple[StageNumbers, ...]
    nurture_share: float
    nurture_max: int
    nurture_delay: Sampler
    value_factor: float


@dataclass(frozen=True)
class SourceNumbers:
    """Where leads come from, and which way each segment of them goes."""

    hourly_rates: tuple[float, ...]
    segments: tuple[str, ...]
    shares: tuple[float, ...]
    deal_values: dict[str, Sampler]
    ways: dict[str, WayNumbers]
    unreachable_share: float


@dataclass(frozen=True)
class TeamNumbers:
    """Who sells."""

    reps: int
    is_owned: bool
    discipline: str
    opens: float
    closes: float
    days_open: int  # from Monday on
    selling_share: float
    ramp_hours: float
    ramp_start: float
    skill: Sampler
    tenure: Sampler
    vacancy: Sampler
    orphan_share: float


@dataclass(frozen=True)
class FunnelNumbers:
    """One strategy."""

    hours: float
    sources: tuple[SourceNumbers, ...]
    teams: dict[str, TeamNumbers]


def sampler(distribution: Any, scale: float = 1.0) -> Sampler:
    """A distribution as a function of the random numbers of Python's library."""
    match distribution:
        case Exponential(mean=mean):
            rate = 1 / (mean * scale)
            return lambda draw: draw.expovariate(rate)
        case Lognormal():
            mu, sigma = lognormal_parameters(distribution)
            mu += math.log(scale)
            return lambda draw: draw.lognormvariate(mu, sigma)
        case Triangular(low=low, mode=mode, high=high):
            return lambda draw: draw.triangular(low * scale, high * scale, mode * scale)
        case int() | float():
            value = distribution * scale
            return lambda _draw: value
    raise NotImplementedError(f"the plain model knows no {distribution!r}")


def numbers_of(scenario: Scenario) -> FunnelNumbers:
    """The numbers of a resolved strategy."""
    starts = month_starts(scenario.horizon.start, scenario.horizon.months)
    return FunnelNumbers(
        hours=float((starts[-1] - starts[0]).days * HOURS_A_DAY),
        sources=tuple(_source(scenario, name) for name in scenario.sources),
        teams={name: _team(team) for name, team in scenario.teams.items()},
    )


def _source(scenario: Scenario, name: str) -> SourceNumbers:
    source = scenario.sources[name]
    starts = month_starts(scenario.horizon.start, scenario.horizon.months)
    days = (starts[-1] - starts[0]).days
    before = cumulative_pattern(pattern_weights(source), starts[0], days)
    rates: list[float] = []
    for month, next_month in pairwise(starts):
        first = (month - starts[0]).days * HOURS_A_DAY
        last = (next_month - starts[0]).days * HOURS_A_DAY
        season = source.seasonality[month.month - 1] if source.seasonality else 1.0
        of_an_hour = source.leads_per_month * season / (before[last] - before[first])
        rates += [float((before[hour + 1] - before[hour]) * of_an_hour) for hour in range(first, last)]
    segments = [segment for segment, share in source.mix.items() if share > 0]
    return SourceNumbers(
        hourly_rates=tuple(rates),
        segments=tuple(segments),
        shares=tuple(source.mix[segment] for segment in segments),
        deal_values={segment: sampler(scenario.segments[segment].deal_value) for segment in segments},
        ways={segment: _way(scenario, name, segment) for segment in segments},
        unreachable_share=source.unreachable_share,
    )


def _way(scenario: Scenario, source: str, segment: str) -> WayNumbers:
    assert scenario.routing is not None
    rule = next(rule for rule in scenario.routing if rule.when is None or rule.when.segment in (None, segment))
    motion = scenario.motions[rule.motion]
    steps = motion.steps.items()
    return WayNumbers(
        stages=tuple(_stage(scenario, i, name, step, source, segment) for i, (name, step) in enumerate(steps)),
        nurture_share=motion.nurture.share if motion.nurture else 0.0,
        nurture_max=motion.nurture.max_times if motion.nurture else 0,
        nurture_delay=sampler(motion.nurture.days if motion.nurture else 0.0, HOURS_A_DAY),
        value_factor=motion.deal_value_factor,
    )


def _stage(scenario: Scenario, number: int, name: str, step: Step, source: str, segment: str) -> StageNumbers:
    attempts = step.attempts
    cooling = attempts.cooling if attempts else {}
    assert isinstance(cooling, dict)
    patience = for_segment(step.patience_hours, segment) or scenario.segments[segment].patience_hours
    yes = for_segment(step.buyer_days, segment)
    no = yes if step.buyer_days_if_no is None else for_segment(step.buyer_days_if_no, segment)
    return StageNumbers(
        name=name,
        team=step.team,
        number=number,
        touches=step.touches,
        touch_spacing=sampler(for_segment(step.touch_spacing_hours, segment)),
        effort=sampler(for_segment(step.effort_hours, segment)),
        travel=sampler(for_segment(step.travel_hours, segment)),
        attempts=attempts.max if attempts else 0,
        attempt_effort=sampler(attempts.effort_hours if attempts else 0.0),
        attempt_spacing=sampler(attempts.spacing_hours if attempts else 0.0),
        reach=for_segment(attempts.reach, segment) if attempts else 1.0,
        cooling=tuple((math.log(age_hours(age)), left) for age, left in cooling.items()),
        advance=for_segment(step.advance, segment) * step.source_factor.get(source, 1.0),
        days_if_yes=sampler(yes, HOURS_A_DAY),
        days_if_no=sampler(no, HOURS_A_DAY),
        patience=sampler(patience),
        handoff_delay=sampler(step.handoff.delay_hours),
        handoff_leak=step.handoff.leak,
    )


def _team(team: Team) -> TeamNumbers:
    assert isinstance(team.headcount, int)
    assert not isinstance(team.hours, str)
    people = team.people
    assert not isinstance(people.ramp_months, dict)
    skill = Lognormal(dist="lognormal", mean=1.0, cv=people.skill_cv) if people.skill_cv else 1.0
    tenure = (
        Exponential(dist="exponential", mean=HOURS_A_YEAR / people.annual_attrition)
        if people.annual_attrition
        else math.inf
    )
    return TeamNumbers(
        reps=team.headcount,
        is_owned=team.queue.assignment == "owned",
        discipline=team.queue.discipline,
        opens=hour_of(team.hours.open),
        closes=hour_of(team.hours.close),
        days_open=DAYS_OPEN[team.hours.days],
        selling_share=people.selling_share,
        ramp_hours=people.ramp_months * HOURS_A_MONTH,
        ramp_start=people.ramp_start,
        skill=sampler(skill),
        tenure=sampler(tenure),
        vacancy=sampler(people.hire_days, HOURS_A_DAY),
        orphan_share=people.orphan_share,
    )
