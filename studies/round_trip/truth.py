"""What is true of a world, for all that a fit says of it with an interval."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate, Fit, RouteFit, SourceFit, Spread
from channelsim.program.layout import layout_of
from channelsim.program.market import leads_by_month
from channelsim.scenario.distributions import Distribution, Exponential, Gamma, Lognormal, Weibull
from channelsim.scenario.market import MONTHS_A_YEAR
from channelsim.scenario.schema import Scenario
from studies.round_trip.crm import LABELS
from studies.round_trip.histories import HOURS_A_DAY, history_of
from studies.round_trip.worlds import World

Floats = NDArray[np.float64]
Value = TypeVar("Value", float, Distribution)

OTHER_SEED = 77
REPLICATIONS = 6
"""That tell how long deals wait for reps: many thousand stages a step."""


@dataclass(frozen=True)
class Compared:
    """A parameter as it is and as it was estimated. kind: whose coverage it counts for."""

    world: str
    kind: str
    what: str
    truth: float
    estimate: Estimate

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.estimate.low <= self.truth <= self.estimate.high


@dataclass(frozen=True)
class Moments:
    """Mean and coefficient of variation."""

    mean: float
    cv: float


@dataclass(frozen=True)
class Truth:
    """What a world's scenario does not say itself: by route, the days that its reps add to each step, before the
    buyer's begin: mean and variance, shape (step,)."""

    world: World
    mean_before: Mapping[str, Floats]
    variance_before: Mapping[str, Floats]


def truth_of(world: World) -> Truth:
    """Measured where reps sleep at night and have other deals to work; else they take their effort and no more.
    A buyer's days are independent of the reps', so the moments of the two add up."""
    steps = {route: len(motion.steps) for route, motion in world.scenario.motions.items()}
    if world.answers_at_once:
        efforts = {
            route: np.array([_constant(step.effort_hours) / HOURS_A_DAY for step in motion.steps.values()])
            for route, motion in world.scenario.motions.items()
        }
        return Truth(world, efforts, {route: np.zeros(count) for route, count in steps.items()})
    parts: dict[tuple[str, int], list[Floats]] = {}
    for replication in range(REPLICATIONS):
        history = history_of(world.scenario, OTHER_SEED, replication)
        stages = history.stages.join(history.deals.select("lead", "route"), on="lead").drop_nulls("answering")
        for (route, step), rows in stages.group_by("route", "step"):
            assert isinstance(route, str)
            assert isinstance(step, int)
            parts.setdefault((route, step), []).append((rows["answering"] - rows["entered"]).to_numpy())
    before = {at: np.concatenate(days) for at, days in parts.items()}
    return Truth(
        world,
        {route: np.array([before[route, step].mean() for step in range(n)]) for route, n in steps.items()},
        {route: np.array([before[route, step].var() for step in range(n)]) for route, n in steps.items()},
    )


def compare(truth: Truth, fit: Fit) -> list[Compared]:
    """Everything that the fit gives an interval for, each thing once: of shares that add up to 1, not the last."""
    world = truth.world
    names = _names(fit)
    found: list[Compared] = []

    def add(kind: str, what: str, true: float, estimate: Estimate) -> None:
        found.append(Compared(world.name, kind, what, true, estimate))

    for route in fit.routes:
        for kind, what, true, estimate in _of_route(truth, names[route.name], route, names):
            add(kind, what, true, estimate)
    for source in fit.sources:
        for kind, what, true, estimate in _of_source(world, names[source.name], source, names):
            add(kind, what, true, estimate)
    counts = _expected(world.scenario)
    total = sum(counts.values())
    for name, estimate in _free(fit.source_shares):
        add("share of a source", name, _sum(counts, source=names[name]) / total, estimate)
    for name, estimate in _free(fit.segment_shares):
        add("share of a segment", name, _sum(counts, segment=names[name]) / total, estimate)
    for routing in fit.routing:
        shares = _routing(world.scenario, names[routing.segment])
        for name, estimate in _free(routing.shares):
            add("routing", f"{routing.segment} -> {name}", shares[names[name]], estimate)
    for segment, spread in fit.values.items():
        moments = moments_of(world.scenario.segments[names[segment]].deal_value)
        add("deal values: mean", segment, moments.mean, spread.mean)
        add("deal values: cv", segment, moments.cv, spread.cv)
    if len(fit.routes) > 1:
        for name, estimate in fit.value_factor.items():
            add("deal values: route's factor", name, 1.0, estimate)
    for people in fit.people:
        leaves = world.scenario.teams[f"{names[people.route]}_team"].people.annual_attrition
        # a rate of 0 is at the end of what is possible: no central interval holds it
        if people.annual_attrition is not None and leaves > 0:
            add("attrition", people.route, leaves, people.annual_attrition)
    return found


Found = Iterator[tuple[str, str, float, Estimate]]


def _of_route(truth: Truth, name: str, route: RouteFit, names: Mapping[str, str]) -> Found:
    motion = truth.world.scenario.motions[name]
    steps = list(motion.steps.values())
    assert len(steps) == len(route.steps), "the export's steps are the scenario's"
    for place, (step, fitted) in enumerate(zip(steps, route.steps, strict=True)):
        at = f"{name}, step {place + 1}"
        for segment, estimate in fitted.advance.items():
            yield "advance", f"{at}, {segment}", by_segment(step.advance, names[segment]), estimate
        before = truth.mean_before[name][place], truth.variance_before[name][place]
        no_days = step.buyer_days if step.buyer_days_if_no is None else step.buyer_days_if_no
        for answer, days, spreads in (
            ("yes", step.buyer_days, fitted.if_yes),
            ("no", no_days, fitted.if_no or {}),
        ):
            for segments, moments, spread in _distinct(days, before, spreads, names):
                yield f"days until {answer}: mean", f"{at}, {segments}", moments.mean, spread.mean
                yield f"days until {answer}: cv", f"{at}, {segments}", moments.cv, spread.cv
    if len(steps) == 1:
        return  # its win rate is that step's
    for segment, estimate in route.win_rate.items():
        rate = math.prod(by_segment(step.advance, names[segment]) for step in steps)
        yield "win rate", f"{name}, {segment}", rate, estimate


def _distinct(
    days: Distribution | Mapping[str, Distribution],
    before: tuple[float, float],
    spreads: Mapping[str, Spread],
    names: Mapping[str, str],
) -> list[tuple[str, Moments, Spread]]:
    """Each spread once, with what is true of its segments; more than once if that is not the same for all."""
    found: dict[tuple[int, float, float], tuple[str, Moments, Spread]] = {}
    for segment, spread in spreads.items():
        moments = _after(before, moments_of(by_segment(days, names[segment])))
        found.setdefault((id(spread), moments.mean, moments.cv), (segment, moments, spread))
    return list(found.values())


def _of_source(world: World, name: str, source: SourceFit, names: Mapping[str, str]) -> Found:
    known = world.scenario.sources[name]
    years = world.scenario.horizon.months / MONTHS_A_YEAR
    yield (
        "leads a month at the end",
        name,
        known.leads_per_month * (1 + known.annual_growth) ** years,
        source.per_month,
    )
    if source.annual_growth is not None:
        yield "growth", name, known.annual_growth, source.annual_growth
    if source.seasonality is not None:
        factors = known.seasonality or [1.0] * MONTHS_A_YEAR
        for month, (factor, estimate) in enumerate(zip(factors, source.seasonality, strict=True)):
            yield "seasonality", f"{name}, month {month + 1}", factor, estimate
    for segment, estimate in _free(source.mix):
        yield "mix", f"{name}, {segment}", known.mix[names[segment]], estimate


def _names(fit: Fit) -> dict[str, str]:
    """From the fit's names of routes, segments and sources to the world's, by what the CRM calls them."""
    worlds_name = {label: name for name, label in LABELS.items()}
    export = fit.export
    return {
        **{name: worlds_name[label] for name, label in export.labels.items()},
        **{route.name: worlds_name[route.label] for route in export.routes},
    }


def _free(shares: Mapping[str, Estimate]) -> list[tuple[str, Estimate]]:
    """All shares but the last, which is what the others leave."""
    return list(shares.items())[:-1]


def _expected(scenario: Scenario) -> dict[tuple[str, str], float]:
    """Leads expected until the horizon's end, by source and segment."""
    layout = layout_of(scenario)
    return {
        (name, segment): float(leads_by_month(source, layout).sum()) * share
        for name, source in scenario.sources.items()
        for segment, share in source.mix.items()
    }


def _sum(counts: Mapping[tuple[str, str], float], source: str | None = None, segment: str | None = None) -> float:
    return sum(
        count for (one, other), count in counts.items() if (source is None or one == source)
        and (segment is None or other == segment)
    )  # fmt: skip


def _routing(scenario: Scenario, segment: str) -> dict[str, float]:
    """Shares of a segment's leads by route: each rule takes its share of what the rules before it left."""
    assert scenario.routing is not None
    shares = dict.fromkeys(scenario.motions, 0.0)
    left = 1.0
    for rule in scenario.routing:
        if rule.when is None or rule.when.segment == segment:
            share = 1.0 if rule.when is None or rule.when.share is None else rule.when.share
            shares[rule.motion] += left * share
            left *= 1 - share
    return shares


def by_segment(value: Value | Mapping[str, Value], segment: str) -> Value:
    """What holds for a segment, of one value for all or one for each."""
    return value[segment] if isinstance(value, Mapping) else value


def moments_of(distribution: Distribution) -> Moments:
    """Of the families in these worlds."""
    match distribution:
        case Exponential():
            return Moments(distribution.mean, 1.0)
        case Lognormal() | Gamma() | Weibull():
            assert distribution.mean is not None
            return Moments(distribution.mean, distribution.cv)
        case _:
            raise AssertionError(f"{distribution!r} is not in these worlds")


def _after(before: tuple[float, float], buyer: Moments) -> Moments:
    """Days of a stage: the reps' and then the buyer's."""
    mean = before[0] + buyer.mean
    return Moments(mean, math.sqrt(before[1] + (buyer.mean * buyer.cv) ** 2) / mean)


def _constant(value: object) -> float:
    assert isinstance(value, float)
    return value
