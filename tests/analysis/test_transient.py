"""Months: bands that hold together, and series that settle."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.analysis.intervals import estimate
from channelsim.analysis.transient import band, settling_month, start_bias


def test_the_band_of_one_month_is_its_interval() -> None:
    values = np.array([[1.0], [2.0], [4.0]])
    found, own = band(values), estimate(values[:, 0])
    assert (found.mean[0], found.low[0], found.high[0]) == (own.mean, own.ci_low, own.ci_high)


def test_a_month_that_nothing_defines_has_no_band_and_widens_none() -> None:
    values = np.array([[1.0, np.nan], [2.0, np.nan], [4.0, np.nan]])
    found = band(values)
    assert np.isnan([found.mean[1], found.low[1], found.high[1]]).all()
    assert found.low[0] == band(values[:, :1]).low[0]


def test_a_band_holds_for_all_months_at_once_where_single_intervals_would_not() -> None:
    rng = np.random.default_rng(5)
    together = alone = 0
    for _ in range(1_000):
        values = np.cumsum(rng.normal(size=(30, 6)), axis=1)
        found = band(values)
        together += bool((found.low <= 0).all() and (found.high >= 0).all())
        each = [estimate(values[:, month]) for month in range(6)]
        alone += all(one.ci_low <= 0 <= one.ci_high for one in each)
    assert together / 1_000 >= 0.94
    assert alone / 1_000 < 0.92


def test_a_series_that_starts_empty_settles_when_it_is_full() -> None:
    assert settling_month(np.array([0.0, 5.0, *[10.0] * 10])) == 2
    assert settling_month(np.full(8, 3.0)) == 0


def test_no_more_than_half_is_ever_left_out() -> None:
    assert settling_month(np.arange(10.0)) <= 5


def test_the_bias_of_a_warm_up_that_is_too_short_worked_by_hand() -> None:
    series = np.array([0.0, 0.0, *[10.0] * 8])
    # Beginning after one month, one of nine is empty: 80 / 9 = 8.89, 11.1% below 10.
    assert start_bias(series, 1) == (2, pytest.approx(-1 / 9))
    assert start_bias(series, 2) == (2, 0.0)
    assert start_bias(series, 5) == (2, 0.0)
