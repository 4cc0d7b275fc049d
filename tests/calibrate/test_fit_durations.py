"""Kaplan and Meier by hand, families found again, and twenty values where none is near."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_exports import draw

from channelsim.calibrate.fitting import families
from channelsim.calibrate.fitting.durations import EMPIRICAL, distance, kaplan_meier, spread_of_values, survival_of
from channelsim.calibrate.fitting.families import FAMILIES, GAMMA, LOGNORMAL, WEIBULL
from channelsim.calibrate.fitting.stage_likelihood import (
    NO_MEAN,
    YES_MEAN,
    Model,
    P,
    StageData,
    StageFit,
    Times,
    chance_of_yes,
    fit_stage,
)


def times(days: list[float] | np.ndarray) -> Times:
    days = np.asarray(days, float)
    return Times(days, np.zeros(len(days), np.int64), np.ones(len(days)))


def ones(n: int) -> np.ndarray:
    return np.ones(n)


def test_kaplan_and_meier_by_hand() -> None:
    """Ends at 1, 3, 3, 6; seen until 2, 3, 7. At risk 7, 5, 2: S = 6/7, 6/7 x 3/5, that x 1/2. Who was last seen on
    day 3 was still at risk on day 3."""
    steps = kaplan_meier(np.array([3.0, 1.0, 6.0, 3.0]), ones(4), np.array([2.0, 3.0, 7.0]), ones(3))
    assert steps.at.tolist() == [1.0, 3.0, 6.0]
    assert steps.at_risk.tolist() == [7.0, 5.0, 2.0]
    np.testing.assert_allclose(steps.survival, [6 / 7, 18 / 35, 9 / 35])
    # Greenwood: 1/(7 6), + 2/(5 3), on the scale log(-log S)
    for at, variance in ((0, 1 / 42), (1, 1 / 42 + 2 / 15), (2, 1 / 42 + 2 / 15 + 1 / 2)):
        s = steps.survival[at]
        reach = 1.959964 * math.sqrt(variance) / abs(math.log(s))
        assert steps.low[at] == pytest.approx(s ** math.exp(reach))
        assert steps.high[at] == pytest.approx(s ** math.exp(-reach))


def test_without_censoring_it_is_the_share_that_takes_longer() -> None:
    days = np.array([1.0, 2.0, 2.0, 5.0])
    steps = kaplan_meier(days, ones(4), np.zeros(0), np.zeros(0))
    np.testing.assert_allclose(steps.survival, [0.75, 0.25, 0.0])


def test_a_weight_of_two_is_two_deals() -> None:
    one = kaplan_meier(np.array([1.0, 2.0]), np.array([2.0, 1.0]), np.array([1.5]), np.array([3.0]))
    many = kaplan_meier(np.array([1.0, 1.0, 2.0]), ones(3), np.full(3, 1.5), ones(3))
    for name in ("at", "survival", "low", "high", "at_risk"):
        np.testing.assert_allclose(getattr(one, name), getattr(many, name))


def stage(days: np.ndarray, cutoff: float, yes: np.ndarray, resolution: float = 0.25) -> StageData:
    """Deals that all began `cutoff` days before the export at most, spread evenly."""
    age = np.linspace(0.5, cutoff, len(days))
    still = days > age
    return StageData(times(days[yes & ~still]), times(days[~yes & ~still]), times(age[still]), 1, resolution, True)


def fit(data: StageData, yes: str = GAMMA, no: str = GAMMA) -> StageFit:
    return fit_stage(data, Model(yes, no, (0,), (0,)))


@pytest.mark.parametrize("family", [LOGNORMAL, GAMMA, WEIBULL])
def test_the_truth_is_found_in_spite_of_open_deals(family: str) -> None:
    """3,000 deals, of which slow noes are open more often than quick yeses."""
    rng = np.random.default_rng(11)
    n = 3000
    yes = rng.random(n) < 0.4
    days = np.where(yes, draw((family, 20.0, 0.6), n, rng), draw((family, 60.0, 1.2), n, rng))
    found = fit(stage(days, 150.0, yes), family, family)
    for role, truth in ((P, math.log(0.4 / 0.6)), (YES_MEAN, math.log(20)), (NO_MEAN, math.log(60))):
        error = math.sqrt(found.variance[role, 0])
        assert error < 0.12
        assert abs(found.roles[role, 0] - truth) < 3 * error
    naive = yes[~(days > np.linspace(0.5, 150.0, n))].mean()
    assert naive > 0.4 + 3 * math.sqrt(0.24 / n)


def test_more_open_deals_widen_the_intervals() -> None:
    """The same deals, looked at earlier."""
    rng = np.random.default_rng(12)
    n = 1000
    yes = rng.random(n) < 0.4
    days = np.where(yes, draw((GAMMA, 20.0, 0.8), n, rng), draw((GAMMA, 60.0, 0.8), n, rng))
    late, early = (fit(stage(days, cutoff, yes)) for cutoff in (600.0, 80.0))
    for role in (P, YES_MEAN, NO_MEAN):
        assert early.variance[role, 0] > 1.3 * late.variance[role, 0]


def test_an_open_deal_is_a_yes_by_bayes_rule() -> None:
    """p 1/2; yes and no exponential of what was found: at age c the chance is S_yes / (S_yes + S_no)."""
    rng = np.random.default_rng(13)
    data = StageData(
        times(rng.exponential(10, 400)), times(rng.exponential(40, 400)), times([0.0, 50.0]), 1, 0.25, True
    )
    found = fit(data, "exponential", "exponential")
    p = 1 / (1 + math.exp(-found.roles[P, 0]))
    s_yes, s_no = (math.exp(-50 / math.exp(found.roles[role, 0])) for role in (YES_MEAN, NO_MEAN))
    chance = chance_of_yes(data, found)
    assert chance[0] == pytest.approx(p, abs=0.01)
    assert chance[1] == pytest.approx(p * s_yes / (p * s_yes + (1 - p) * s_no), rel=0.02)


def test_without_open_deals_the_share_is_jeffreys_posterior() -> None:
    """30 of 100: the mode on the logit scale is log(30.5 / 70.5), its variance 1/30.5 + 1/70.5."""
    data = StageData(times(np.full(30, 9.0)), times(np.full(70, 9.0)), times([]), 1, 1.0, True)
    found = fit(data)
    assert found.roles[P, 0] == pytest.approx(math.log(30.5 / 70.5), abs=1e-6)
    assert found.variance[P, 0] == pytest.approx(1 / 30.5 + 1 / 70.5, rel=1e-3)


@pytest.mark.parametrize("family", [LOGNORMAL, GAMMA, WEIBULL])
def test_aic_prefers_the_family_of_the_truth(family: str) -> None:
    rng = np.random.default_rng(14)
    values = draw((family, 100.0, 0.5), 3000, rng)
    found = spread_of_values(values, ones(3000))
    assert found.family == family
    assert found.candidates[0].family == family
    assert [each.aic for each in found.candidates] == sorted(each.aic for each in found.candidates)
    assert {each.family for each in found.candidates} == set(FAMILIES)
    assert found.mean.low < values.mean() < found.mean.high
    assert found.mean.value == pytest.approx(100.0, rel=0.05)
    assert found.cv.value == pytest.approx(0.5, rel=0.1)


def test_twice_the_deals_narrow_the_interval_by_the_square_root_of_two() -> None:
    rng = np.random.default_rng(15)
    values = draw((GAMMA, 100.0, 0.7), 500, rng)
    one, two = spread_of_values(values, ones(500)), spread_of_values(values, 2 * ones(500))
    assert one.mean.sd / two.mean.sd == pytest.approx(math.sqrt(2), rel=0.03)
    # a little more, as the second family's doubt shrinks with its weight
    assert one.cv.sd / two.cv.sd == pytest.approx(math.sqrt(2), rel=0.1)
    assert two.mean.value == pytest.approx(one.mean.value, rel=0.01)


def test_where_no_family_is_near_there_are_twenty_equally_likely_values() -> None:
    """List prices: 1,000 or 9,000, nothing else."""
    values = np.array([1000.0, 9000.0])
    found = spread_of_values(values, np.array([300.0, 100.0]))
    assert found.family == EMPIRICAL
    assert found.values == (1000.0,) * 15 + (9000.0,) * 5
    assert found.mean.value == pytest.approx(3000.0, rel=0.01)  # a belief's mean is a little above its centre
    assert "20 values" in found.mean.note
    np.testing.assert_allclose(survival_of(found, np.array([999.0, 1000.0, 9000.0]), 0.0), [1.0, 0.25, 0.0])


def test_a_family_that_is_near_is_shown_as_it_was_fitted() -> None:
    rng = np.random.default_rng(16)
    found = spread_of_values(draw((WEIBULL, 50.0, 0.6), 2000, rng), ones(2000))
    best = found.candidates[0]
    at = np.array([20.0, 50.0, 90.0])
    known = families.survival(best.family, at, np.full(3, best.mean), np.full(3, best.cv))
    np.testing.assert_allclose(survival_of(found, at, 0.0), known)
    seen = kaplan_meier(found.seen_at, ones(len(found.seen_at)), np.zeros(0), np.zeros(0))
    assert distance(seen, best, 0.0) < 0.05


def test_intervals_of_mean_and_cv_hold_the_truth_nine_times_in_ten() -> None:
    """150 times 60 values: of a right interval 90% +- 6% are inside (2.5 standard errors)."""
    rng = np.random.default_rng(17)
    inside = np.zeros((150, 2))
    for at in range(len(inside)):
        found = spread_of_values(draw((GAMMA, 100.0, 0.7), 60, rng), ones(60))
        inside[at] = found.mean.low <= 100 <= found.mean.high, found.cv.low <= 0.7 <= found.cv.high
    assert (np.abs(inside.mean(axis=0) - 0.9) < 0.065).all(), inside.mean(axis=0)


def test_one_value_alone_is_no_knowledge() -> None:
    found = spread_of_values(np.array([500.0]), ones(1))
    assert found.mean.high / found.mean.low > 3
    assert math.isfinite(found.cv.value)
