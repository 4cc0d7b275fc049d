"""Deals a month: exact posteriors, growth and seasons as a scenario means them, what a short window cannot say."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_exports import MadeRoute, MadeStep, MadeWorld, made_export
from scipy import stats

from channelsim.calibrate.estimates import SourceFit
from channelsim.calibrate.fitting.arrivals import segment_shares, source_fits, source_shares, whole_months
from channelsim.calibrate.fitting.fit import estimate
from channelsim.calibrate.records import Export
from channelsim.calibrate.writing.draft import draft_of
from channelsim.calibrate.writing.template import find_template
from channelsim.calibrate.writing.write import scenario_text
from channelsim.program.layout import layout_of
from channelsim.program.market import leads_by_month
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_text

SEASONS = (0.8, 0.9, 1.2, 1.0, 1.0, 1.2, 0.7, 0.6, 1.1, 1.2, 1.2, 1.1)


def export_of(
    months: int,
    per_month: float = 40.0,
    growth: float = 0.0,
    seasons: Sequence[float] = (1.0,) * 12,
    seed: int = 1,
    origin: dt.date = dt.date(2023, 1, 1),
) -> Export:
    days = ("gamma", 10.0, 1.0)
    step = MadeStep("sale", {"all": 0.5}, days, days)
    world = MadeWorld(
        (MadeRoute("phone", (step,)),), {"all": ("lognormal", 1e3, 0.5)}, {"all": 1.0}, {"phone": 1.0},
        {"web": per_month}, growth, seasons, months, origin,
    )  # fmt: skip
    return made_export(world, seed)


def fitted(export: Export) -> SourceFit:
    (found,), _ = source_fits(export)
    return found


def test_months_that_lie_wholly_in_the_window() -> None:
    """From the 10th of January (day 9) to the 20th of April: February and March."""
    export = replace(export_of(6), first_day=9.0, cutoff_day=31 + 28 + 31 + 19.0)
    months = whole_months(export)
    assert months.starts.tolist() == [31.0, 59.0, 90.0]
    assert months.calendar.tolist() == [1, 2]
    # 19 days after the last whole month a scenario begins: February is 2 months and 19 days of growth before it
    expected = (np.array([2, 1]) + 19 / (365.25 / 12)) / 12
    np.testing.assert_allclose(months.to_end, expected)


def test_a_day_with_a_fraction_begins_the_month_after() -> None:
    assert whole_months(replace(export_of(3), first_day=0.5)).starts[0] == 31.0
    assert whole_months(replace(export_of(3), first_day=0.0)).starts[0] == 0.0


def test_a_short_window_gives_the_exact_posterior_of_a_rate() -> None:
    """n deals in 6 months under Jeffreys' prior: gamma(n + 1/2, 6)."""
    export = export_of(6)
    found = fitted(export)
    known = stats.gamma(export.deals.height + 0.5, scale=1 / 6)
    assert found.counts.sum() == export.deals.height
    assert found.per_month.value == pytest.approx(known.mean())
    assert found.per_month.sd == pytest.approx(known.std())
    assert [found.per_month.low, found.per_month.high] == pytest.approx(known.ppf([0.05, 0.95]))
    assert found.annual_growth is None
    assert found.seasonality is None


def test_less_than_a_month_is_a_rate_by_days() -> None:
    base = export_of(1)
    export = replace(base, first_day=0.0, cutoff_day=20.0, deals=base.deals.filter(pl.col("created_day") < 20))
    found = fitted(export)
    assert found.per_month.value == pytest.approx((export.deals.height + 0.5) / 20 * 365.25 / 12)


def test_intervals_of_rate_and_growth_hold_the_truth_nine_times_in_ten() -> None:
    """200 exports of 24 months with 20 deals a month at the end and 15% growth: 165 to 193 are inside, of a right
    interval, in 99 cases of 100. Ignoring growth, the mean month is some 13% less, and half of it is outside."""
    rate, growth, naive = 0, 0, 0
    for seed in range(200):
        export = export_of(24, 20.0, 0.15, seed=seed)
        found = fitted(export)
        assert found.annual_growth is not None
        rate += found.per_month.low <= 20.0 <= found.per_month.high
        growth += found.annual_growth.low <= 0.15 <= found.annual_growth.high
        flat = stats.gamma(export.deals.height + 0.5, scale=1 / 24).ppf([0.05, 0.95])
        naive += flat[0] <= 20.0 <= flat[1]
    assert 165 <= rate <= 195, rate
    # the prior of growth, 0 +- 50%, helps a little
    assert 165 <= growth <= 197, growth
    assert naive < 120, naive


def test_seasons_are_found_where_there_are_some() -> None:
    export = export_of(36, 150.0, 0.2, SEASONS)
    found = fitted(export)
    assert found.seasonality is not None
    factors = np.array([each.value for each in found.seasonality])
    assert factors.mean() == pytest.approx(1.0, abs=0.01)
    np.testing.assert_allclose(factors, SEASONS, atol=0.12)
    inside = sum(each.low <= truth <= each.high for each, truth in zip(found.seasonality, SEASONS, strict=True))
    assert inside >= 8
    assert found.per_month.value == pytest.approx(150.0, rel=0.08)
    assert found.annual_growth is not None
    assert found.annual_growth.low <= 0.2 <= found.annual_growth.high


def test_seasons_are_seldom_found_where_there_are_none() -> None:
    """One in a hundred is; more than 6 of 100 would be one in five hundred cases' luck at twice that."""
    found = sum(fitted(export_of(30, 40.0, seed=seed)).seasonality is not None for seed in range(100))
    assert found <= 6


def test_two_years_are_needed_for_seasons_and_one_for_growth() -> None:
    assert fitted(export_of(23, 300.0, 0.0, SEASONS)).seasonality is None
    assert fitted(export_of(24, 300.0, 0.0, SEASONS)).seasonality is not None
    assert fitted(export_of(12)).annual_growth is not None
    _, told = source_fits(export_of(11))
    assert "11 whole months: too few to tell growth or seasons" in told[-1]
    _, told = source_fits(export_of(15))
    assert "too few to tell seasons from growth" in told[-1]


@pytest.mark.parametrize("origin", [dt.date(2023, 1, 1), dt.date(2022, 6, 1)])
def test_the_scenario_written_has_the_same_leads_by_month(origin: dt.date) -> None:
    """Its first year is the fit's last one, a year's growth later: by calendar month, without a month's slip."""
    export = export_of(36, 200.0, 0.3, SEASONS, origin=origin)
    fit = estimate(export)
    text = scenario_text(draft_of(fit, find_template("midmarket_software")))
    scenario = load(read_text(text, "written")).scenario
    layout = layout_of(scenario)
    source = scenario.sources["web"]
    assert fit.sources[0].annual_growth is not None
    grown = 1 + fit.sources[0].annual_growth.value
    leads = leads_by_month(source, layout)
    np.testing.assert_allclose(leads[:12], fit.sources[0].expected[-12:] * grown, rtol=0.03)
    # and close to the truth
    truth = 200.0 * 1.3 ** (np.arange(12) / 12) * [SEASONS[(origin.month - 1 + 36 + m) % 12] for m in range(12)]
    np.testing.assert_allclose(leads[:12], truth, rtol=0.2)
    assert leads[:12].sum() == pytest.approx(truth.sum(), rel=0.06)


def test_expected_counts_add_up_to_those_seen() -> None:
    """With a level that nothing holds down, the likelihood's own condition, but for half a deal of prior."""
    for export in (export_of(24, 30.0, 0.2), export_of(36, 60.0, 0.0, SEASONS), export_of(6)):
        found = fitted(export)
        assert found.expected.sum() == pytest.approx(found.counts.sum() + (0.5 if len(found.counts) > 11 else 0))


def test_twice_the_deals_narrow_the_interval_by_the_square_root_of_two() -> None:
    base = export_of(24, 60.0)
    double = replace(base, deals=pl.concat([base.deals, base.deals]))
    one, two = fitted(base), fitted(double)
    assert two.per_month.value == pytest.approx(2 * one.per_month.value, rel=0.01)
    relative = [each.per_month.sd / each.per_month.value for each in (one, two)]
    assert relative[0] / relative[1] == pytest.approx(math.sqrt(2), rel=0.05)


def test_months_that_vary_more_than_chance_widen_the_interval_and_say_so() -> None:
    """Every other month nobody enters the deals, and the next month twice as many are."""
    base = export_of(20, 60.0, seed=3)
    month = (pl.col("created_day") / 30.4375).floor().cast(pl.Int64)
    calm = fitted(base)
    lumpy = replace(
        base,
        deals=base.deals.with_columns(
            created_day=pl.when(month % 2 == 0).then(pl.col("created_day") + 30.0).otherwise("created_day")
        ).sort("created_day"),
    )
    found = fitted(lumpy)
    assert found.per_month.sd > 3 * calm.per_month.sd
    assert "times as much as chance would" in found.per_month.note


def test_deals_that_name_no_source_are_shared_out() -> None:
    base = export_of(24, 60.0)
    unsaid = pl.col("deal") % 4 == 0
    export = replace(base, deals=base.deals.with_columns(source=pl.when(~unsaid).then("source")))
    (found,), told = source_fits(export)
    assert found.per_month.value == pytest.approx(fitted(base).per_month.value, rel=0.1)
    assert "name no source" in told[0]


def test_a_source_that_nobody_came_from_is_rare_and_not_never() -> None:
    (web, fair), _ = source_fits(replace(export_of(24), sources=("web", "fair")))
    assert fair.counts.sum() == 0
    assert 0 < fair.per_month.value < 0.1
    assert fair.per_month.high < 1
    assert web.per_month.value > 30


def test_without_dates_nothing_is_said_of_arrivals() -> None:
    found, told = source_fits(replace(export_of(24), origin=None))
    assert found == ()
    assert "no dates" in told[0]


def test_shares_add_up_to_one_and_are_dirichlet_posteriors() -> None:
    base = export_of(12, 60.0)
    names = ["a", "b", "c"]
    label = pl.Series([names[i % 3 if i % 2 else 0] for i in range(base.deals.height)])
    export = replace(
        base, deals=base.deals.with_columns(segment=label, source=label), segments=("a", "b", "c"),
        sources=("a", "b", "c"),
    )  # fmt: skip
    counts = export.deals["segment"].value_counts()
    total = export.deals.height
    for found in (segment_shares(export), source_shares(export)):
        assert sum(each.value for each in found.values()) == pytest.approx(1.0)
        for name, count in counts.iter_rows():
            known = stats.beta(count + 0.5, total - count + 1.0)
            assert found[name].value == pytest.approx(known.mean())
            assert [found[name].low, found[name].high] == pytest.approx(known.ppf([0.05, 0.95]))
    assert segment_shares(base)["all"].value == 1.0
    assert segment_shares(base)["all"].sd == 0.0
