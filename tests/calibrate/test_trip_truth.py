"""What is held to be true of a known world is what comes about in it, when it is watched for long enough."""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import polars as pl
import pytest
from numpy.typing import ArrayLike

from channelsim.calibrate.estimates import Estimate, Fit, RouteFit, RouteShare, SourceFit, Spread, StepFit
from channelsim.calibrate.records import NO, WON, YES
from channelsim.program.layout import layout_of
from channelsim.scenario.schema import Scenario
from studies.round_trip.coverage import coverage
from studies.round_trip.exporting import as_export
from studies.round_trip.histories import HOURS_A_DAY, history_of
from studies.round_trip.truth import Compared, compare, truth_of
from studies.round_trip.worlds import World, worlds

KNOWN = worlds(12)
AT_ONCE, SLOWER_BY_SEGMENT, IN_OFFICE_HOURS = 0, 4, 11
WATCHED = (AT_ONCE, SLOWER_BY_SEGMENT, IN_OFFICE_HOURS)
REPLICATIONS = 6
YEARS_MORE = 3
"""After which hardly a deal of the window is open."""
SURE = 4.5
"""Standard errors to either side, so that a true statement about hundreds of figures does not fail by chance."""
NOTHING = np.zeros(0)


def watched(mean: float, error: float, n: int) -> Estimate:
    return Estimate(mean, error, mean - SURE * error, mean + SURE * error, n, None)


def share(yes: float, n: float) -> Estimate:
    middle = (yes + 1) / (n + 2)
    return watched(yes / n, math.sqrt(middle * (1 - middle) / n), int(n))


def spread(values: ArrayLike) -> Spread:
    """Mean and cv as they are, without a family; the error of the cv is the delete-one jackknife's."""
    x = np.asarray(values, float)
    n = len(x)
    means = (x.sum() - x) / (n - 1)
    squares = ((x**2).sum() - x**2) / (n - 1)
    without = np.sqrt(squares - means**2) / means
    error = math.sqrt((n - 1) / n * ((without - without.mean()) ** 2).sum())
    return Spread(
        "empirical",
        watched(x.mean(), x.std() / math.sqrt(n), n),
        watched(x.std() / x.mean(), error, n),
        (), (), n, 0, NOTHING, NOTHING, NOTHING, NOTHING,
    )  # fmt: skip


def long_after(scenario: Scenario) -> Scenario:
    months = scenario.horizon.months + 12 * YEARS_MORE
    return scenario.model_copy(update={"horizon": scenario.horizon.model_copy(update={"months": months})})


@cache
def all_compared(number: int) -> tuple[Compared, ...]:
    """The world's parameters against what is seen of all deals of its window, each followed to its end."""
    world = KNOWN[number]
    longer = long_after(world.scenario)
    window = layout_of(longer).month_starts
    end = float((window[world.scenario.horizon.months] - window[0]).days)
    next_month = float((window[world.scenario.horizon.months + 1] - window[0]).days)
    histories = [history_of(longer, 11, replication) for replication in range(REPLICATIONS)]
    deals = pl.concat([each.deals.with_columns(luck=number) for number, each in enumerate(histories)])
    stages = pl.concat([each.stages.with_columns(luck=number) for number, each in enumerate(histories)])
    began = deals.filter(pl.col("created") < end)
    stages = stages.join(began.select("luck", "lead", "route", "segment"), on=["luck", "lead"])
    stages = stages.with_columns(days=pl.col("ended") - pl.col("entered"))
    followers = deals.filter(pl.col("created").is_between(end, next_month, closed="left"))
    fit = Fit(
        export=as_export(world, history_of(world.scenario, 11, 0)),
        routes=tuple(
            RouteFit(
                route,
                tuple(
                    step_seen(stages.filter(route=route, step=place), name, world)
                    for place, name in enumerate(motion.steps)
                ),
                rates(began.filter(route=route), "segment", pl.col("ending") == WON),
            )
            for route, motion in world.scenario.motions.items()
        ),
        sources=tuple(
            SourceFit(
                source, NOTHING, NOTHING.astype(np.int64), NOTHING,
                watched(n / REPLICATIONS / factor, math.sqrt(n) / REPLICATIONS / factor, n),
                None, None, shares(began.filter(source=source), "segment"),
            )
            for source, n, factor in (
                (name, len(followers.filter(source=name)),
                 (known.seasonality or [1.0] * 12)[window[world.scenario.horizon.months].month - 1])
                for name, known in world.scenario.sources.items()
            )
        ),
        source_shares=shares(began, "source"),
        segment_shares=shares(began, "segment"),
        routing=tuple(
            RouteShare(segment, shares(began.filter(segment=segment), "route"))
            for segment in world.scenario.segments
        ),
        values={segment: spread(began.filter(segment=segment)["value"]) for segment in world.scenario.segments},
        value_factor={},
        people=(),
        sentences=(),
    )  # fmt: skip
    return tuple(compare(truth_of(world), fit))


def step_seen(stages: pl.DataFrame, name: str, world: World) -> StepFit:
    def days(answer: str) -> dict[str, Spread]:
        """One for each segment where they differ, else one for all."""
        rows = stages.filter(ending=answer)
        if world.number == SLOWER_BY_SEGMENT:
            return {segment: spread(rows.filter(segment=segment)["days"]) for segment in world.scenario.segments}
        return dict.fromkeys(world.scenario.segments, spread(rows["days"]))

    nobody = dict.fromkeys(world.scenario.segments, 0)
    advance = rates(stages, "segment", pl.col("ending") == YES)
    return StepFit(name, nobody, nobody, nobody, nobody, advance, days(YES), days(NO))


def rates(rows: pl.DataFrame, by: str, is_good: pl.Expr) -> dict[str, Estimate]:
    counted = rows.group_by(by).agg(good=is_good.sum(), n=pl.len())
    return {name: share(good, n) for name, good, n in counted.iter_rows()}


def shares(rows: pl.DataFrame, by: str) -> dict[str, Estimate]:
    return {name: share(n, len(rows)) for name, n in rows[by].value_counts().iter_rows()}


@pytest.mark.parametrize("number", WATCHED)
def test_what_is_held_to_be_true_is_what_is_seen_in_the_long_run(number: int) -> None:
    assert not [each for each in all_compared(number) if not each.is_inside]


def test_every_kind_of_parameter_is_held_to_its_truth() -> None:
    kinds = {each.kind for number in WATCHED for each in all_compared(number)}
    assert {
        "advance", "win rate", "routing", "mix", "leads a month at the end", "share of a source",
        "share of a segment", "days until yes: mean", "days until yes: cv", "days until no: mean",
        "days until no: cv", "deal values: mean", "deal values: cv",
    } <= kinds  # fmt: skip


def test_reps_who_sleep_at_night_add_days_to_a_stage_and_those_who_never_do_add_their_effort() -> None:
    slept, awake = truth_of(KNOWN[IN_OFFICE_HOURS]), truth_of(KNOWN[AT_ONCE])
    assert all((days > 0.2).all() and (days < 2).all() for days in slept.mean_before.values())
    for route, motion in KNOWN[AT_ONCE].scenario.motions.items():
        efforts = [step.effort_hours / HOURS_A_DAY for step in motion.steps.values()]
        assert awake.mean_before[route].tolist() == efforts


def test_coverage_is_the_share_of_truths_inside_and_its_error_counts_worlds() -> None:
    """Two worlds of two parameters: one has both inside, the other neither. Half are inside; of two worlds alone,
    that says nothing."""
    inside, outside = Estimate(1, 1, 0, 2, 1, None), Estimate(9, 1, 8, 10, 1, None)
    compared = [
        Compared(world, "advance", "", 1.0, estimate)
        for world, estimate in (("one", inside), ("one", inside), ("other", outside), ("other", outside))
    ]
    found = coverage(compared)
    assert found.value == 0.5
    assert found.low < 0
    assert found.high > 1


def test_shares_that_add_up_to_one_count_but_for_the_last() -> None:
    """Of two shares, one is inside its interval where the other is."""
    world = KNOWN[AT_ONCE]
    of_segments = [each for each in all_compared(AT_ONCE) if each.kind == "share of a segment"]
    assert len(of_segments) == len(world.scenario.segments) - 1
