"""All estimates together: what they refuse, what they say, and that they take an export whatever it lacks."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made_exports import MadeRoute, MadeStep, MadeTeam, MadeWorld, made_export, made_team_export

from channelsim.calibrate.fitting.fit import estimate
from channelsim.calibrate.records import NO, OPEN, Export
from channelsim.errors import UserError


def made(losses_are_seen: bool = True, seed: int = 1) -> Export:
    days = ("gamma", 20.0, 0.8)
    steps = (
        MadeStep("qualify", {"small": 0.6, "large": 0.5}, days, days),
        MadeStep("close", {"small": 0.4, "large": 0.3}, days, days),
    )
    values = {"small": ("lognormal", 1e3, 0.5), "large": ("lognormal", 1e4, 0.5)}
    world = MadeWorld(
        (MadeRoute("phone", steps), MadeRoute("field", steps, 1.3)), values, {"small": 0.7, "large": 0.3},
        {"phone": 0.6, "field": 0.4}, {"web": 20.0, "fair": 5.0}, months=14, losses_are_seen=losses_are_seen,
    )  # fmt: skip
    return made_export(world, seed)


def test_an_export_without_deals_is_refused_in_words() -> None:
    export = made()
    empty = replace(export, deals=export.deals.clear(), stages=export.stages.clear())
    with pytest.raises(UserError, match="made: no deals; choose an export of opportunities that has some"):
        estimate(empty)


def test_open_deals_alone_are_refused_in_words() -> None:
    export = made()
    deals = export.deals.filter(pl.col("ending") == OPEN)
    alone = replace(export, deals=deals, stages=export.stages.join(deals.select("deal"), on="deal", how="semi"))
    with pytest.raises(
        UserError, match=rf"all {deals.height} deals are open, .*--map which values of the stage mean"
    ):
        estimate(alone)


def test_everything_is_estimated_for_every_route_segment_and_source() -> None:
    export = made()
    fit = estimate(export)
    assert [route.name for route in fit.routes] == ["phone", "field"]
    for route in fit.routes:
        assert [step.step for step in route.steps] == ["qualify", "close"]
        assert set(route.win_rate) == {"small", "large"}
    assert [source.name for source in fit.sources] == ["web", "fair"]
    assert set(fit.values) == {"small", "large"}
    for shares in (fit.source_shares, fit.segment_shares, *(each.shares for each in fit.routing)):
        assert sum(each.value for each in shares.values()) == pytest.approx(1.0)
    assert [each.segment for each in fit.routing] == ["small", "large"]
    for each in fit.routing:
        assert each.shares["phone"].value == pytest.approx(0.6, abs=0.1)


def test_every_interval_is_about_its_value() -> None:
    fit = estimate(made_team_export(MadeTeam(skill_cv=0.5, ramp_months=4.0), 1))
    (people,) = fit.people
    found = [
        *(each for route in fit.routes for each in route.win_rate.values()),
        *(each for route in fit.routes for step in route.steps for each in step.advance.values()),
        *(each.mean for each in fit.values.values()),
        *(source.per_month for source in fit.sources),
        people.wins_per_month, people.bookings_per_month, people.annual_attrition, people.ramp_months,
        people.skill_cv,
    ]  # fmt: skip
    assert None not in found
    for each in found:
        assert each is not None
        assert each.low < each.value < each.high
        assert each.belief is not None
        assert each.belief["mean"] == pytest.approx(each.value)


def test_what_was_decided_is_said_aloud() -> None:
    unseen = made(losses_are_seen=False)
    unvalued = unseen.deals.with_columns(value=pl.lit(None, pl.Float64()))
    fit = estimate(replace(unseen, deals=unvalued, origin=None))
    told = "\n".join(fit.sentences)
    for each in (
        "no dates: how many deals",
        "No deal has a value.",
        "nothing can be said of reps",
        "Nobody wrote down",
    ):
        assert each in told
    assert fit.sources == ()
    assert fit.people == ()
    assert fit.values == {}


def test_the_same_export_gives_the_same_figures() -> None:
    one, two = estimate(made()), estimate(made())
    assert str(one.routes) == str(two.routes)
    assert one.source_shares == two.source_shares
    assert one.value_factor == two.value_factor


@pytest.mark.parametrize("few", [1, 2, 3, 10])
def test_a_handful_of_deals_is_enough_to_say_how_little_is_known(few: int) -> None:
    """One deal that was lost: its share that goes on is anything but certain."""
    export = made()
    kept = export.deals.filter(pl.col("ending") != OPEN).head(few)
    small = replace(export, deals=kept, stages=export.stages.join(kept.select("deal"), on="deal", how="semi"))
    fit = estimate(small)
    for route in fit.routes:
        for step in route.steps:
            for segment in export.segments:
                assert 0 < step.advance[segment].low < step.advance[segment].high < 1
                assert step.advance[segment].high - step.advance[segment].low > 0.3


def test_a_route_that_no_deal_took_borrows_from_the_others() -> None:
    export = made()
    fit = estimate(replace(export, deals=export.deals.with_columns(route=pl.lit("phone"))))
    phone, field = fit.routes
    assert field.steps[0].entered == {"small": 0, "large": 0}
    assert field.steps[0].advance["small"].value == pytest.approx(phone.steps[0].advance["small"].value, abs=0.15)
    assert field.steps[0].advance["small"].sd > 3 * phone.steps[0].advance["small"].sd


def test_days_below_zero_and_of_zero_do_no_harm() -> None:
    export = made()
    odd = pl.col("deal") % 50 == 0
    days = pl.when(odd).then(-3.0).when(pl.col("deal") % 51 == 0).then(0.0).otherwise("days")
    fit = estimate(replace(export, stages=export.stages.with_columns(days=days)))
    assert fit.routes[0].steps[0].if_yes["small"].mean.value == pytest.approx(20.0, rel=0.25)


def test_a_world_in_which_everybody_buys() -> None:
    export = made()
    sold = replace(export, stages=export.stages.filter(pl.col("ending") != NO))
    deals = sold.stages.select("deal").unique()
    fit = estimate(replace(sold, deals=sold.deals.join(deals, on="deal", how="semi")))
    for route in fit.routes:
        assert route.steps[0].if_no is None
        assert route.steps[0].advance["small"].value > 0.97
