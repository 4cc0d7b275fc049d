"""Quantiles: every family against scipy, by mean, spread and value; always rising with the draw."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import integrate, stats

from channelsim.program.distributions import DistributionTable
from channelsim.rules.quantiles import normal_quantile, quantile
from channelsim.scenario.distributions import Distribution

UNIT = st.floats(2.0**-53, 1 - 2.0**-53)


class OneDistribution:
    """As much of a program as a quantile reads."""

    def __init__(self, written: Any, scale: float = 1.0) -> None:
        table = DistributionTable()
        self.row = table.add(TypeAdapter(Distribution).validate_python(written), scale)
        self.dist_kind, self.dist_a, self.dist_b, self.dist_c = table.kind, table.a, table.b, table.c
        self.dist_first, self.dist_length = table.first, table.length
        self.table_u = np.concatenate([np.empty(0), *(weights for weights, _ in table.tables)])
        self.table_x = np.concatenate([np.empty(0), *(values for _, values in table.tables)])

    def __call__(self, u: float) -> float:
        return quantile(self, self.row, u)


def lognormal(mean: float, cv: float) -> Any:
    sigma = np.sqrt(np.log1p(cv**2))
    return stats.lognorm(sigma, scale=mean / np.sqrt(1 + cv**2))


def pert(low: float, mode: float, high: float) -> Any:
    width = high - low
    return stats.beta(1 + 4 * (mode - low) / width, 1 + 4 * (high - mode) / width, loc=low, scale=width)


CONTINUOUS = [
    ({"dist": "uniform", "low": 2.0, "high": 5.0}, stats.uniform(2, 3)),
    ({"dist": "triangular", "low": 1.0, "mode": 2.0, "high": 5.0}, stats.triang(0.25, loc=1, scale=4)),
    ({"dist": "triangular", "low": 1.0, "mode": 1.0, "high": 5.0}, stats.triang(0, loc=1, scale=4)),
    ({"dist": "triangular", "low": 1.0, "mode": 5.0, "high": 5.0}, stats.triang(1, loc=1, scale=4)),
    ({"dist": "exponential", "mean": 3.0}, stats.expon(scale=3)),
    ({"dist": "lognormal", "mean": 10.0, "cv": 0.7}, lognormal(10, 0.7)),
    ({"dist": "lognormal", "median": 10.0, "cv": 2.0}, stats.lognorm(np.sqrt(np.log(5)), scale=10)),
    ({"dist": "gamma", "mean": 4.0, "cv": 0.5}, stats.gamma(4, scale=1)),
    ({"dist": "gamma", "mean": 4.0, "cv": 1.0}, stats.expon(scale=4)),
    ({"dist": "gamma", "mean": 4.0, "cv": 2.0}, stats.gamma(0.25, scale=16)),
    ({"dist": "weibull", "mean": 4.0, "cv": 1.0}, stats.expon(scale=4)),
    ({"dist": "pert", "low": 1.0, "mode": 2.0, "high": 7.0}, pert(1, 2, 7)),
    ({"dist": "pert", "low": 0.0, "mode": 0.0, "high": 1.0}, pert(0, 0, 1)),
]
NAMES = [f"{written['dist']}-{number}" for number, (written, _) in enumerate(CONTINUOUS)]


@pytest.mark.parametrize(("written", "theory"), CONTINUOUS, ids=NAMES)
def test_a_quantile_is_scipys(written: dict[str, Any], theory: Any) -> None:
    dist = OneDistribution(written)
    # Tables are linear between points h = 0.0176 apart in the logit. The lower tail of a gamma of shape 1/4 grows
    # as u**4: a relative error of (4 h)**2 / 8 = 6e-4 there, less elsewhere.
    rtol = 7e-4 if written["dist"] in ("gamma", "pert") else 1e-9
    u = np.concatenate([np.geomspace(1e-6, 0.1, 30), np.linspace(0.1, 0.9, 81), 1 - np.geomspace(0.1, 1e-9, 40)])
    assert [dist(each) for each in u] == pytest.approx(theory.ppf(u).tolist(), rel=rtol, abs=1e-7)


MEAN_AND_CV = [
    *[({"dist": "exponential", "mean": 3.0}, 3.0, 1.0)],
    *[({"dist": "lognormal", "mean": 9000.0, "cv": cv}, 9000.0, cv) for cv in (0.1, 0.7, 1.5)],
    *[({"dist": "gamma", "mean": 2.0, "cv": cv}, 2.0, cv) for cv in (0.05, 0.3, 1.0, 3.0)],
    *[({"dist": "weibull", "mean": 2.0, "cv": cv}, 2.0, cv) for cv in (0.05, 0.3, 1.0, 3.0)],
    *[({"dist": "uniform", "low": 2.0, "high": 5.0}, 3.5, 3 / np.sqrt(12) / 3.5)],
    # PERT: mean (1 + 8 + 7) / 6 = 2.6667; variance (mean - low)(high - mean) / 7.
    *[
        (
            {"dist": "pert", "low": 1.0, "mode": 2.0, "high": 7.0},
            16 / 6,
            np.sqrt((16 / 6 - 1) * (7 - 16 / 6) / 7) / (16 / 6),
        )
    ],
]


@pytest.mark.parametrize(("written", "mean", "cv"), MEAN_AND_CV)
def test_a_distribution_has_the_mean_and_spread_that_it_was_given(
    written: dict[str, Any], mean: float, cv: float
) -> None:
    # E[X] = integral of the quantile over u in (0, 1), here on the logit, where its tails are smooth.
    dist = OneDistribution(written)
    t = np.linspace(-36, 36, 40_001)
    u = np.clip(1 / (1 + np.exp(-t)), 2.0**-53, 1 - 2.0**-53)
    density = u * (1 / (1 + np.exp(t)))
    values = np.array([dist(each) for each in u])
    first = integrate.trapezoid(values * density, t)
    second = integrate.trapezoid(values**2 * density, t)
    assert first == pytest.approx(mean, rel=1e-4)
    assert np.sqrt(second - first**2) / first == pytest.approx(cv, rel=2e-3)


@given(
    st.one_of(
        st.fixed_dictionaries(
            {
                "dist": st.sampled_from(["lognormal", "gamma", "weibull"]),
                "mean": st.floats(0.01, 1e6),
                "cv": st.floats(0.05, 10),
            }
        ),
        st.tuples(
            st.sampled_from(["triangular", "pert"]), st.lists(st.floats(0, 1e5), min_size=3, max_size=3).map(sorted)
        ).map(lambda t: {"dist": t[0], "low": t[1][0], "mode": t[1][1], "high": t[1][2]}),
        st.lists(st.floats(0, 100), min_size=1, max_size=6).map(lambda v: {"dist": "empirical", "values": v}),
        st.fixed_dictionaries({"dist": st.just("exponential"), "mean": st.floats(0.01, 1e6)}),
    ),
    UNIT,
    UNIT,
)
def test_a_value_is_never_negative_and_never_falls_as_the_draw_rises(written: Any, u: float, v: float) -> None:
    dist = OneDistribution(written)
    low, high = sorted((u, v))
    # Between a mode and its sides a closed form may miss by the last digit.
    assert 0.0 <= dist(low) <= dist(high) * (1 + 1e-12) + 1e-12
    assert np.isfinite(dist(high))


@given(UNIT)
def test_the_normal_quantile_is_scipys_to_14_digits(u: float) -> None:
    assert normal_quantile(u) == pytest.approx(stats.norm.ppf(u), rel=1e-13, abs=1e-14)


def test_a_plain_number_and_a_constant_are_always_that_value() -> None:
    for written in (
        7.5,
        {"dist": "constant", "value": 7.5},
        {"dist": "pert", "low": 7.5, "mode": 7.5, "high": 7.5},
    ):
        assert [OneDistribution(written)(u) for u in (2.0**-53, 0.5, 1 - 2.0**-53)] == [7.5, 7.5, 7.5]


def test_empirical_values_come_with_their_weights_whatever_their_order() -> None:
    # Sorted: 1 (weight 3), 4 (weight 1), 9 (weight 4): cumulative 0.375, 0.5, 1. The value of weight 0 never comes.
    dist = OneDistribution({"dist": "empirical", "values": [9.0, 1.0, 5.0, 4.0], "weights": [4.0, 3.0, 0.0, 1.0]})
    assert [dist(u) for u in (0.01, 0.374, 0.376, 0.499, 0.501, 0.999)] == [1, 1, 4, 4, 9, 9]
    # Exactly at a cumulative weight the next value begins, so that each has its share.
    assert dist(0.375) == 4
    assert dist(1 - 2.0**-53) == 9


@pytest.mark.parametrize(
    "written",
    [
        {"dist": "uniform", "low": 2.0, "high": 5.0},
        {"dist": "triangular", "low": 1.0, "mode": 2.0, "high": 5.0},
        {"dist": "exponential", "mean": 3.0},
        {"dist": "lognormal", "median": 10.0, "cv": 2.0},
        {"dist": "gamma", "mean": 4.0, "cv": 0.5},
        {"dist": "weibull", "mean": 4.0, "cv": 0.4},
        {"dist": "pert", "low": 1.0, "mode": 2.0, "high": 7.0},
        {"dist": "empirical", "values": [1.0, 2.0]},
        6.0,
    ],
)
def test_days_become_hours_in_every_family(written: Any) -> None:
    days, hours = OneDistribution(written), OneDistribution(written, scale=24.0)
    for u in (0.01, 0.3, 0.7, 0.99):
        assert hours(u) == pytest.approx(24 * days(u), rel=1e-12)


def test_equal_distributions_share_a_row_and_different_units_do_not() -> None:
    table = DistributionTable()
    gamma = TypeAdapter(Distribution).validate_python({"dist": "gamma", "mean": 4.0, "cv": 0.5})
    assert table.add(gamma) == table.add(gamma) == 0
    assert table.add(gamma, 24.0) == 1
    assert table.add(5.0) == 2
