"""Shares that go on and win rates: by hand, against known truths, and against a fit that drops the open deals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from made_exports import MadeRoute, MadeStep, MadeWorld, made_export, without_open_deals
from scipy import stats

from channelsim.calibrate.estimates import Estimate, RouteFit
from channelsim.calibrate.fitting.conversions import route_fits
from channelsim.calibrate.records import LOST, NO, OPEN, WON, YES, Export

QUICK, SLOW = ("gamma", 20.0, 0.8), ("gamma", 70.0, 0.8)
RATE = 0.35
MANY = 50


def one_step(
    per_month: float = 30.0, months: int = 12, losses_are_seen: bool = True, rate: float = RATE
) -> MadeWorld:
    """Yes after 20 days, no after 70: the open deals are mostly noes."""
    step = MadeStep("sale", {"all": rate}, QUICK, SLOW)
    return MadeWorld(
        (MadeRoute("phone", (step,)),), {"all": ("lognormal", 1000.0, 0.5)}, {"all": 1.0}, {"phone": 1.0},
        {"web": per_month}, months=months, losses_are_seen=losses_are_seen,
    )  # fmt: skip


def two_by_two(per_month: float = 60.0) -> MadeWorld:
    """Two routes, two segments, two steps."""
    routes = tuple(
        MadeRoute(
            name,
            (
                MadeStep("qualify", {"small": 0.6, "large": 0.5}, ("gamma", 9.0, 0.7), ("gamma", 15.0, 1.0)),
                MadeStep("close", {"small": 0.4, "large": 0.3}, QUICK, SLOW),
            ),
        )
        for name in ("phone", "field")
    )
    values = {"small": ("lognormal", 1e3, 0.5), "large": ("lognormal", 1e4, 0.5)}
    return MadeWorld(
        routes, values, {"small": 0.7, "large": 0.3}, {"phone": 0.6, "field": 0.4}, {"web": per_month}, months=18
    )


@cache
def fits_of(naive: bool) -> tuple[RouteFit, ...]:
    """One fit for each of small exports of `one_step`."""
    exports = [made_export(one_step(12.0), seed) for seed in range(MANY)]
    return tuple(route_fits(without_open_deals(each) if naive else each)[0] for each in exports)


def inside(fits: tuple[RouteFit, ...], of: Callable[[RouteFit], Estimate], truth: float) -> int:
    return sum(of(fit).low <= truth <= of(fit).high for fit in fits)


def advance(fit: RouteFit) -> Estimate:
    return fit.steps[0].advance["all"]


def days_until_no(fit: RouteFit) -> Estimate:
    assert fit.steps[0].if_no is not None
    return fit.steps[0].if_no["all"].mean


RIGHT = stats.binom(MANY, 0.9).ppf([0.005, 0.995])
"""So many of MANY right 90% intervals hold the truth, in 99 cases of 100."""


@pytest.mark.parametrize(("of", "truth"), [(advance, RATE), (days_until_no, SLOW[1])])
def test_intervals_hold_the_truth_nine_times_in_ten(of: Callable[[RouteFit], Estimate], truth: float) -> None:
    """About 144 deals each, of which 20 are open."""
    assert RIGHT[0] <= inside(fits_of(naive=False), of, truth) <= RIGHT[1]


@pytest.mark.parametrize(("of", "truth", "side"), [(advance, RATE, 1), (days_until_no, SLOW[1], -1)])
def test_dropping_the_open_deals_wins_too_often_and_says_no_too_soon(
    of: Callable[[RouteFit], Estimate], truth: float, side: int
) -> None:
    found = fits_of(naive=True)
    values = np.array([of(fit).value for fit in found])
    with_them = np.array([of(fit).value for fit in fits_of(naive=False)])
    assert inside(found, of, truth) < RIGHT[0]
    # on average, by more than chance could explain, and with the open deals it is gone
    assert side * (values.mean() - truth) > 5 * values.std() / math.sqrt(len(values))
    assert abs(with_them.mean() - truth) < abs(values.mean() - truth) / 2


def test_shares_of_a_closed_export_are_beta_posteriors() -> None:
    """Without open deals, one cell: Beta(yes + 1/2, no + 1/2)."""
    export = without_open_deals(made_export(one_step(), 3))
    (fit,) = route_fits(export)
    step = fit.steps[0]
    yes, no = step.advanced["all"], step.lost["all"]
    assert step.open["all"] == 0
    assert yes == export.deals.filter(pl.col("ending") == WON).height
    assert no == export.deals.filter(pl.col("ending") == LOST).height
    known = stats.beta(yes + 0.5, no + 0.5)
    found = step.advance["all"]
    assert found.value == pytest.approx(known.mean(), abs=1e-3)
    assert found.sd == pytest.approx(known.std(), rel=0.02)
    np.testing.assert_allclose([found.low, found.high], known.ppf([0.05, 0.95]), atol=2e-3)


def test_a_win_rate_is_the_product_of_its_steps() -> None:
    for fit in route_fits(made_export(two_by_two(), 4)):
        for segment in ("small", "large"):
            parts = [step.advance[segment] for step in fit.steps]
            assert fit.win_rate[segment].value == pytest.approx(math.prod(part.value for part in parts))
            # of independent factors: 1 + cv^2 multiply
            cv = math.sqrt(math.prod(1 + (part.sd / part.value) ** 2 for part in parts) - 1)
            assert fit.win_rate[segment].sd == pytest.approx(cv * fit.win_rate[segment].value)


def test_counts_are_those_of_the_export() -> None:
    export = made_export(two_by_two(), 5)
    stages = export.stages.join(export.deals.select("deal", "route", "segment"), on="deal")
    for fit in route_fits(export):
        for place, step in enumerate(fit.steps):
            for segment in export.segments:
                here = stages.filter(
                    pl.col("route") == fit.name, pl.col("step") == place, pl.col("segment") == segment
                )
                for counted, ending in ((step.advanced, YES), (step.lost, NO), (step.open, OPEN)):
                    assert counted[segment] == here.filter(pl.col("ending") == ending).height
                assert step.entered[segment] == here.height


def test_names_of_segments_make_no_difference() -> None:
    export = made_export(two_by_two(20.0), 6)
    other = replace(
        export,
        deals=export.deals.with_columns(segment=pl.col("segment").replace({"small": "b", "large": "a"})),
        segments=("a", "b"),
    )
    for one, two in zip(route_fits(export), route_fits(other), strict=True):
        for mine, yours in (("small", "b"), ("large", "a")):
            for left, right in zip(one.steps, two.steps, strict=True):
                assert right.advance[yours].value == pytest.approx(left.advance[mine].value, rel=1e-3)
                assert right.if_yes[yours].mean.value == pytest.approx(left.if_yes[mine].mean.value, rel=1e-3)
                assert right.if_yes[yours].family == left.if_yes[mine].family


def doubled(export: Export) -> Export:
    """Every deal twice."""
    n = export.deals.height
    deals = [export.deals, export.deals.with_columns(deal=(pl.col("deal") + n).cast(pl.UInt32()))]
    stages = [export.stages, export.stages.with_columns(deal=(pl.col("deal") + n).cast(pl.UInt32()))]
    return replace(export, deals=pl.concat(deals), stages=pl.concat(stages))


def test_twice_the_deals_narrow_intervals_by_the_square_root_of_two() -> None:
    export = made_export(one_step(60.0), 7)
    (one,), (two,) = route_fits(export), route_fits(doubled(export))
    for of in (advance, days_until_no):
        assert of(one).sd / of(two).sd == pytest.approx(math.sqrt(2), rel=0.1)


def test_open_deals_widen_the_interval() -> None:
    """As many deals, half of them too young to tell: as good as the shares are known, they are known less well."""
    old = made_export(one_step(40.0, 24), 8)
    young = made_export(one_step(320.0, 3), 8)
    (known,), (less,) = route_fits(old), route_fits(young)
    assert young.deals.height == pytest.approx(old.deals.height, rel=0.1)
    assert advance(less).sd > 1.15 * advance(known).sd


def test_where_losses_are_not_written_down_the_rate_is_told_from_when_the_others_won() -> None:
    """30 deals a month for two years, of which 35% win, and nobody says which of the others are lost."""
    rates = []
    for seed in range(20):
        export = made_export(one_step(30.0, 24, losses_are_seen=False), seed)
        assert export.deals.filter(pl.col("ending") == LOST).height == 0
        (fit,) = route_fits(export)
        assert fit.steps[0].if_no is None
        assert "open or lost" in advance(fit).note
        rates.append((advance(fit).low, advance(fit).value, advance(fit).high))
    low, value, high = np.array(rates).T
    assert ((low <= RATE) & (high >= RATE)).sum() >= 15
    assert value.mean() == pytest.approx(RATE, abs=0.01)


def test_a_stage_that_nobody_has_left_says_so_and_is_hardly_known() -> None:
    """One deal has reached the second step, and it is still there."""
    base = made_export(two_by_two(), 9)
    late = base.stages.filter(pl.col("step") == 1).head(1).with_columns(ending=pl.lit(OPEN))
    export = replace(base, stages=pl.concat([base.stages.filter(pl.col("step") == 0), late]).sort("deal", "step"))
    for fit in route_fits(export):
        step = fit.steps[1]
        for segment in export.segments:
            assert step.advance[segment].high - step.advance[segment].low > 0.5
            assert step.if_no is None
            assert "nobody was seen to leave" in step.if_yes[segment].mean.note
            assert math.isfinite(step.if_yes[segment].mean.high)
    assert any(
        step.advance[s].note.startswith("no deals came here")
        for fit in route_fits(export)
        for step in fit.steps[1:]
        for s in export.segments
    )


def test_a_small_cell_is_drawn_to_its_neighbours_and_says_so() -> None:
    """Large customers of the field: 3 deals, none of which went on, where 60% of everybody else's do."""
    world = replace(two_by_two(100.0), mix={"small": 1.0, "large": 0.0})
    export = made_export(world, 10)
    three = export.deals.filter(pl.col("route") == "field", pl.col("ending") == LOST)["deal"].head(3)
    first = pl.col("deal").is_in(three.implode())
    export = replace(
        export,
        deals=export.deals.with_columns(
            segment=pl.when(first).then(pl.lit("large")).otherwise("segment"),
        ),
        stages=export.stages.filter(~first | (pl.col("step") == 0)).with_columns(
            ending=pl.when(first).then(pl.lit(NO)).otherwise("ending")
        ),
    )
    field = next(fit for fit in route_fits(export) if fit.name == "field")
    cell = field.steps[0].advance["large"]
    assert (field.steps[0].advanced["large"], field.steps[0].lost["large"]) == (0, 3)
    assert cell.value > 2 * 0.125  # alone: (0 + 1/2) / (3 + 1)
    assert "drawn from 12.5% to its neighbours" in cell.note
    large = field.steps[0].advance["small"]
    ended = field.steps[0].advanced["small"] + field.steps[0].lost["small"]
    assert large.value == pytest.approx(field.steps[0].advanced["small"] / ended, abs=0.02)


def test_segments_that_are_alike_share_their_days_and_others_do_not() -> None:
    def world(large: float) -> MadeWorld:
        days = {"small": ("gamma", 20.0, 0.8), "large": ("gamma", large, 0.8)}
        step = MadeStep("sale", {"small": 0.5, "large": 0.5}, days, days)
        base = two_by_two()
        return replace(base, routes=(MadeRoute("phone", (step,)),), routing={"phone": 1.0})

    (differ,) = route_fits(made_export(world(60.0), 11))
    small, large = (differ.steps[0].if_yes[s].mean for s in ("small", "large"))
    assert abs(small.value - 20.0) < 3.5 * small.sd
    assert abs(large.value - 60.0) < 3.5 * large.sd
    assert small.high < 30.0 < large.low
    (alike,) = route_fits(made_export(world(20.0), 11))
    small, large = (alike.steps[0].if_yes[s].mean for s in ("small", "large"))
    assert large.value == pytest.approx(small.value, rel=0.2)


def test_deals_without_a_segment_do_not_count_for_any() -> None:
    base = made_export(two_by_two(), 12)
    unsaid = pl.col("deal") % 10 == 0
    export = replace(base, deals=base.deals.with_columns(segment=pl.when(~unsaid).then("segment")))
    for fit in route_fits(export):
        named = export.deals.filter(pl.col("route") == fit.name, pl.col("segment").is_not_null())
        assert sum(fit.steps[0].entered.values()) == named.height
