"""Families by mean and cv: against scipy.stats, and against numerical integrals."""

from __future__ import annotations

import math

import numpy as np
import pytest
from made_exports import draw
from scipy import integrate, stats

from channelsim.calibrate.fitting import families
from channelsim.calibrate.fitting.families import EXPONENTIAL, FAMILIES, GAMMA, LOGNORMAL, WEIBULL

LAWS = [(family, mean, cv) for family in FAMILIES for mean in (0.7, 25.0) for cv in (0.4, 1.0, 1.8)]
LAWS = [law for law in LAWS if law[0] != EXPONENTIAL or law[2] == 1.0]


def scipys(family: str, mean: float, cv: float) -> stats.rv_continuous:
    """The same distribution as scipy has it."""
    if family == EXPONENTIAL:
        return stats.expon(scale=mean)
    if family == GAMMA:
        return stats.gamma(cv**-2, scale=mean * cv**2)
    if family == LOGNORMAL:
        sigma = math.sqrt(math.log1p(cv**2))
        return stats.lognorm(sigma, scale=mean * math.exp(-(sigma**2) / 2))
    from scipy.optimize import brentq

    def excess(shape: float) -> float:
        return stats.weibull_min(shape).std() / stats.weibull_min(shape).mean() - cv

    shape = brentq(excess, 0.2, 30.0)
    return stats.weibull_min(shape, scale=mean / stats.weibull_min(shape).mean())


def chances(law: tuple[str, float, float], x: np.ndarray, resolution: float) -> np.ndarray:
    family, mean, cv = law
    times = families.counts(x, np.zeros(len(x), np.int64), resolution)
    return np.exp(families.log_chance(family, times, np.full(len(x), mean), np.full(len(x), cv)))


def longer(law: tuple[str, float, float], x: np.ndarray, resolution: float) -> np.ndarray:
    family, mean, cv = law
    times = families.counts(x, np.zeros(len(x), np.int64), resolution)
    return families.longer(family, times, np.full(len(x), mean), np.full(len(x), cv))


@pytest.mark.parametrize("law", LAWS)
def test_survival_density_and_quantiles_are_scipys(law: tuple[str, float, float]) -> None:
    family, mean, cv = law
    known = scipys(*law)
    x = mean * np.array([0.01, 0.3, 1.0, 2.5, 6.0])
    size = np.ones(len(x))
    np.testing.assert_allclose(families.survival(family, x, mean * size, cv * size), known.sf(x), rtol=2e-5)
    np.testing.assert_allclose(chances(law, x, 0.0), known.pdf(x), rtol=2e-4, atol=1e-12)
    shares = np.array([0.05, 0.5, 0.95])
    np.testing.assert_allclose(families.quantile(family, shares, mean, cv), known.ppf(shares), rtol=1e-4)


@pytest.mark.parametrize("law", LAWS)
def test_quantiles_have_the_mean_and_the_cv_that_were_asked_for(law: tuple[str, float, float]) -> None:
    family, mean, cv = law

    def moment(power: int) -> float:
        # over z with share = Phi(z): smooth, and the tail counts
        z = np.linspace(-9.0, 8.0, 40_001)
        values = families.quantile(family, stats.norm.cdf(z), mean, cv) ** power * stats.norm.pdf(z)
        return float(integrate.simpson(values, x=z))

    first, second = moment(1), moment(2)
    assert first == pytest.approx(mean, rel=1e-3)
    assert math.sqrt(second - first**2) / first == pytest.approx(cv, rel=1e-2)


@pytest.mark.parametrize("law", LAWS)
def test_chances_of_whole_days_add_up_to_one(law: tuple[str, float, float]) -> None:
    days = np.arange(0.0, 64.0)  # then densities take the place of chances
    chance = chances(law, days, 1.0)
    more = longer(law, days, 1.0)
    assert chance.sum() + more[-1] == pytest.approx(1.0, abs=1e-9)
    np.testing.assert_allclose(more, 1 - np.cumsum(chance), atol=1e-9)


@pytest.mark.parametrize("law", LAWS)
def test_the_chance_of_a_count_of_days_is_that_of_times_which_begin_at_any_hour(
    law: tuple[str, float, float],
) -> None:
    """A time t that begins at any hour has d midnights in it with chance max(1 - |t - d|, 0)."""
    known = scipys(*law)
    for day in (0.0, 1.0, 7.0):
        low, high = known.cdf(max(day - 1, 0.0)), known.cdf(day + 1)
        if high - low < 1e-9:
            continue
        # over the cumulative share, where a density that is infinite at 0 does no harm
        share = np.linspace(low, high, 400_001)
        weights = np.maximum(1 - np.abs(known.ppf(share[1:] / 2 + share[:-1] / 2) - day), 0)
        by_hand = float(weights.mean() * (high - low))
        assert chances(law, np.array([day]), 1.0)[0] == pytest.approx(by_hand, rel=1e-4, abs=1e-9)


def test_an_exponential_day_by_hand() -> None:
    """mean m = 1: H(x) = e^-x beyond 0 and 1 - x below, so the chance of 0 days is H(1) - 2 H(0) + H(-1) = e^-1."""
    law = (EXPONENTIAL, 1.0, 1.0)
    assert chances(law, np.array([0.0]), 1.0)[0] == pytest.approx(math.exp(-1))
    assert longer(law, np.array([0.0]), 1.0)[0] == pytest.approx(1 - math.exp(-1))
    assert longer(law, np.array([1.0]), 1.0)[0] == pytest.approx(math.exp(-1) - math.exp(-2))


def test_counts_made_of_drawn_times_have_these_chances() -> None:
    rng = np.random.default_rng(5)
    begin = rng.random(200_000)
    for law in ((WEIBULL, 2.0, 0.6), (LOGNORMAL, 3.0, 1.0)):
        days = np.floor(begin + draw(law, len(begin), rng))
        at = np.arange(0.0, 8.0)
        seen = np.array([(days == d).mean() for d in at])
        expected = chances(law, at, 1.0)
        error = np.sqrt(expected * (1 - expected) / len(begin))
        assert (np.abs(seen - expected) < 4 * error).all()


def test_far_from_zero_a_density_does_for_a_chance() -> None:
    """At the border where densities take over, both agree to a ten-thousandth."""
    for family in FAMILIES:
        law = (family, 40.0, 1.0)
        near, far = chances(law, np.array([64.0, 64.0 + 1e-6]), 1.0)
        assert far == pytest.approx(near, rel=2e-3)


def test_segments_do_not_touch_each_others_counts() -> None:
    """The same days in two segments with different means give each its own chances."""
    x, group = np.array([3.0, 3.0, 4.0]), np.array([0, 1, 1])
    mean, cv = np.array([2.0, 9.0, 9.0]), np.ones(3)
    both = families.log_chance(GAMMA, families.counts(x, group, 1.0), mean, cv)
    np.testing.assert_allclose(np.exp(both[:1]), chances((GAMMA, 2.0, 1.0), x[:1], 1.0))
    np.testing.assert_allclose(np.exp(both[1:]), chances((GAMMA, 9.0, 1.0), x[1:], 1.0))
