"""Intervals of functions of totals."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.analysis.intervals import estimate
from channelsim.analysis.jackknife import jackknife


def test_of_a_mean_it_is_students_interval() -> None:
    values = np.random.Generator(np.random.Philox(1)).normal(5, 2, 12)
    totals = np.column_stack([values, np.ones(12)])
    [found] = jackknife(totals, lambda t: t[..., :1] / t[..., 1:])
    expected = estimate(values)
    assert (found.value, found.low, found.high) == pytest.approx((expected.mean, expected.ci_low, expected.ci_high))


def test_a_ratios_interval_is_that_of_its_logarithm() -> None:
    """Of three replications the sums are 6 and 12; without one they are 5/10, 4/8, 3/6: the ratio never moves."""
    totals = np.array([[1.0, 2], [2, 4], [3, 6]])
    [found] = jackknife(totals, lambda t: t[..., :1] / t[..., 1:], in_logs=True)
    assert (found.value, found.low, found.high) == pytest.approx((0.5, 0.5, 0.5))
    [wider] = jackknife(totals + [[0, 1], [0, 0], [0, 0]], lambda t: t[..., :1] / t[..., 1:], in_logs=True)
    assert wider.low < wider.value < wider.high
    assert wider.high / wider.value == pytest.approx(wider.value / wider.low)


def test_a_ratio_of_nothing_has_no_value() -> None:
    [found] = jackknife(np.zeros((3, 2)), lambda t: t[..., :1] / t[..., 1:])
    assert np.isnan(found.value)
    assert np.isnan(found.low)
