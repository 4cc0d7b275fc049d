"""Deal values: by segment, apart from what routes add, and of which deals."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_exports import MadeRoute, MadeStep, MadeWorld, made_export

from channelsim.calibrate.fitting.values import value_fits
from channelsim.calibrate.records import WON, Export

SMALL, LARGE = ("lognormal", 1000.0, 0.6), ("gamma", 8000.0, 0.8)


def world(factor: float = 1.5, per_month: float = 60.0) -> MadeWorld:
    """Two routes, of which the field sells to more for `factor` times as much."""
    days = ("gamma", 20.0, 1.0)
    step = MadeStep("sale", {"small": 0.4, "large": 0.3}, days, days)
    return MadeWorld(
        (MadeRoute("phone", (step,)), MadeRoute("field", (step,), factor)),
        {"small": SMALL, "large": LARGE}, {"small": 0.6, "large": 0.4}, {"phone": 0.6, "field": 0.4},
        {"web": per_month},
    )  # fmt: skip


def test_means_families_and_the_ratio_of_routes_are_found() -> None:
    """Factors are against all routes: with 60% by phone their mean is 1.2, so 1 / 1.2 and 1.5 / 1.2."""
    export = made_export(world(), 1)
    found = value_fits(export)
    small, large = found.values["small"], found.values["large"]
    assert small.family == "lognormal"
    assert large.family in ("gamma", "weibull")  # which are alike near a cv of 1
    phone, field = found.factor["phone"].value, found.factor["field"].value
    assert field / phone == pytest.approx(1.5, rel=0.15)
    assert phone == pytest.approx(1 / 1.2, rel=0.1)
    assert small.mean.value * phone == pytest.approx(1000.0, rel=0.1)
    assert small.cv.value == pytest.approx(0.6, rel=0.1)
    assert large.cv.value == pytest.approx(0.8, rel=0.1)


def test_bookings_come_out_as_they_were() -> None:
    """Segments' means x the routes' factors, over the deals, are the sum of their values."""
    export = made_export(world(), 2)
    found = value_fits(export)
    cells = export.deals.group_by("segment", "route").agg(pl.len(), pl.col("value").sum())
    fitted = sum(
        count * found.values[segment].mean.value * found.factor[route].value
        for segment, route, count, _ in cells.iter_rows()
    )
    assert fitted == pytest.approx(cells["value"].sum(), rel=0.02)


def test_intervals_of_factors_hold_the_truth_nine_times_in_ten() -> None:
    """60 exports of some 240 deals: the ratio to all routes, nine in ten of 120."""
    inside = 0
    for seed in range(60):
        export = made_export(world(1.5, 10.0), seed)
        factor = value_fits(export).factor
        for route, own in (("phone", 1.0), ("field", 1.5)):
            # the mean over the deals that there are: in each segment their routes' shares are what they are
            common, expected = 0.0, 0.0
            for segment, mean in (("small", 1000.0), ("large", 8000.0)):
                cell = {
                    name: export.deals.filter(pl.col("segment") == segment, pl.col("route") == name).height
                    for name in ("phone", "field")
                }
                expected += cell[route] * mean * own
                common += cell[route] * mean * (cell["phone"] + 1.5 * cell["field"]) / sum(cell.values())
            inside += factor[route].low <= expected / common <= factor[route].high
    assert 98 <= inside <= 117  # in 99 cases of 100


def test_one_route_has_no_factor() -> None:
    base = world()
    export = made_export(replace(base, routes=base.routes[:1], routing={"phone": 1.0}), 3)
    factor = value_fits(export).factor["phone"]
    assert (factor.value, factor.sd, factor.belief) == (1.0, 0.0, None)


def test_values_of_all_deals_are_used_where_the_won_are_like_the_others() -> None:
    export = made_export(world(), 4)
    found = value_fits(export)
    assert sum(each.observed for each in found.values.values()) == export.deals.height
    assert found.sentences == ()


def test_where_won_deals_are_smaller_values_are_theirs() -> None:
    """Discounts: what is won is worth 70% of what was hoped."""
    base = made_export(world(), 5)
    won = pl.col("ending") == WON
    export = replace(
        base, deals=base.deals.with_columns(value=pl.when(won).then(0.7 * pl.col("value")).otherwise("value"))
    )
    found = value_fits(export)
    assert sum(each.observed for each in found.values.values()) == export.deals.filter(won).height
    (sentence,) = found.sentences
    assert sentence.startswith("Won deals are smaller")


def test_where_few_of_the_others_have_a_value_only_won_ones_are_used() -> None:
    base = made_export(world(), 6)
    has = (pl.col("ending") == WON) | (pl.col("deal") % 5 == 0)
    found = value_fits(replace(base, deals=base.deals.with_columns(value=pl.when(has).then("value"))))
    assert found.sentences[0].startswith("Of deals not won, ")
    won = base.deals.filter(pl.col("ending") == WON).height
    assert sum(each.observed for each in found.values.values()) == won


def test_a_segment_without_values_is_given_everybodys() -> None:
    base = made_export(world(), 7)
    has = pl.col("segment") == "small"
    found = value_fits(replace(base, deals=base.deals.with_columns(value=pl.when(has).then("value"))))
    assert found.values["large"].mean.value == pytest.approx(found.values["small"].mean.value)
    assert any("No deal of large has a value" in each for each in found.sentences)


def test_no_values_at_all_are_said_and_nothing_is_made_up() -> None:
    base = made_export(world(), 8)
    found = value_fits(replace(base, deals=base.deals.with_columns(value=pl.lit(None, pl.Float64()))))
    assert found.values == {}
    assert "No deal has a value." in found.sentences
    assert {name: each.n for name, each in found.factor.items()} == {"phone": 0, "field": 0}


def test_list_prices_become_equally_likely_values() -> None:
    base = made_export(world(1.0), 9)
    price = np.where(np.arange(base.deals.height) % 4 == 0, 9000.0, 1000.0)
    export: Export = replace(
        base, deals=base.deals.with_columns(value=pl.Series(price), route=pl.lit("phone")), routes=base.routes[:1]
    )
    found = value_fits(export).values["small"]
    assert found.family == "empirical"
    of_small = (export.deals["value"].filter(export.deals["segment"] == "small") == 9000.0).mean()
    assert np.mean(np.array(found.values) > 5000) == pytest.approx(of_small, abs=0.05)
    assert {1000.0, 9000.0} <= set(found.values)
