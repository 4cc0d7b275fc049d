"""The break-even deal value and its interval."""

from __future__ import annotations

import math

import numpy as np
import pytest

from channelsim.analysis.breakeven import Pays, break_even


def test_the_published_example() -> None:
    # Inside $200,372 per 150 opportunities, 22% won; field $429,694 per 50, 32% won; margin 0.8: $90.7k.
    cost = 429_694 / 50 - 200_372 / 150
    found = break_even(np.array([cost]), np.array([0.8 * (0.32 - 0.22)]))
    assert found.pays is Pays.FROM
    assert found.value == pytest.approx(90_725, abs=1)
    assert math.isnan(found.low)


@pytest.mark.parametrize(
    ("cost", "gain", "pays"),
    [
        (5.0, 0.1, Pays.FROM),
        (-5.0, 0.1, Pays.ALWAYS),
        (5.0, -0.1, Pays.NEVER),
        (-5.0, -0.1, Pays.BELOW),
        (5.0, 0.0, Pays.NEVER),
    ],
)
def test_when_it_pays(cost: float, gain: float, pays: Pays) -> None:
    found = break_even(np.array([cost, cost]), np.array([gain, gain]))
    assert found.pays is pays
    assert math.isnan(found.value) == (pays in (Pays.ALWAYS, Pays.NEVER))


def test_the_interval_holds_the_value_as_often_as_it_says() -> None:
    numbers = np.random.default_rng(7)
    covered = 0
    for _ in range(2_000):
        noise = numbers.multivariate_normal([100.0, 0.1], [[400.0, 0.3], [0.3, 0.0025]], 20)
        found = break_even(noise[:, 0], noise[:, 1])
        covered += found.low <= 1_000.0 <= found.high
    # 95% of 2,000 within four standard errors.
    assert abs(covered - 1_900) < 4 * math.sqrt(2_000 * 0.95 * 0.05)


def test_a_gain_that_could_be_nothing_leaves_the_interval_open_above() -> None:
    costs = np.array([100.0, 101.0, 99.0, 100.0])
    found = break_even(costs, np.array([0.3, -0.1, 0.2, 0.0]))
    assert found.value == pytest.approx(1_000.0)
    assert 0 < found.low < 1_000.0
    assert found.high == math.inf


def test_costs_and_gains_that_could_both_be_nothing_say_nothing() -> None:
    found = break_even(np.array([50.0, -49.0, 30.0, -20.0]), np.array([0.3, -0.2, 0.2, -0.25]))
    assert (found.low, found.high) == (0.0, math.inf)


def test_without_spread_the_interval_is_the_value() -> None:
    found = break_even(np.full(5, 60.0), np.full(5, 0.02))
    assert (found.value, found.low, found.high) == pytest.approx((3_000.0, 3_000.0, 3_000.0))
