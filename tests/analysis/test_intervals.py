"""Intervals and comparisons against hand-worked figures and their own promise of coverage."""

from __future__ import annotations

import math

import numpy as np
import pytest

from channelsim.analysis.comparison import compare, differences
from channelsim.analysis.intervals import estimate, simultaneous


def test_an_interval_by_hand() -> None:
    # Mean 3, s = sqrt(2.5) = 1.5811, t(4) = 2.7764: 2.7764 x 1.5811 / sqrt(5) = 1.9632.
    e = estimate(np.array([1.0, 2.0, 3.0, 4.0, 5.0]))
    assert (e.mean, e.p50, e.replications) == (3.0, 3.0, 5)
    assert (e.ci_low, e.ci_high) == pytest.approx((3 - 1.9632, 3 + 1.9632), abs=1e-4)


def test_replications_in_which_a_metric_is_undefined_are_left_out() -> None:
    e = estimate(np.array([1.0, math.nan, 3.0]))
    assert (e.mean, e.replications) == (2.0, 2)


def test_one_replication_has_a_mean_and_no_interval() -> None:
    e = estimate(np.array([7.0]))
    assert e.mean == 7.0
    assert math.isnan(e.ci_low)
    assert math.isnan(e.ci_high)


def test_no_value_is_no_estimate() -> None:
    e = estimate(np.array([math.nan]))
    assert math.isnan(e.mean)
    assert e.replications == 0


def test_a_95_percent_interval_holds_the_truth_in_95_percent_of_experiments() -> None:
    rng = np.random.default_rng(7)
    n = 4_000
    hits = 0
    for sample in rng.normal(10.0, 3.0, (n, 12)):
        e = estimate(sample)
        hits += e.ci_low <= 10.0 <= e.ci_high
    # Four standard errors of a binomial share around 0.95.
    assert abs(hits / n - 0.95) < 4 * math.sqrt(0.95 * 0.05 / n)


def test_intervals_for_several_comparisons_are_wider_so_that_all_hold_at_once() -> None:
    assert simultaneous(1) == pytest.approx(0.95)
    assert simultaneous(5) == pytest.approx(0.99)


def test_a_paired_difference_cancels_the_luck_that_both_share() -> None:
    luck = np.array([10.0, 20.0, 30.0, 40.0])
    values = {"a": luck, "b": luck + np.array([1.0, 1.2, 0.8, 1.0])}
    found = differences(values, "a")["b"]
    assert found.mean == pytest.approx(1.0)
    assert found.ci_high - found.ci_low < 1.0


def test_the_best_has_the_highest_mean_and_its_leads_are_over_every_other() -> None:
    values = {"a": np.array([1.0, 2.0, 3.0]), "b": np.array([5.0, 6.0, 8.0]), "c": np.array([4.0, 6.0, 7.0])}
    found = compare("contribution", values)
    assert (found.best, found.runner_up) == ("b", "c")
    assert {name: lead.mean for name, lead in found.leads.items()} == pytest.approx({"c": 2 / 3, "a": 13 / 3})
    # b alone is on top in the first and the third, shares the top with c in the second.
    assert found.best_share == pytest.approx({"a": 0.0, "b": 2.5 / 3, "c": 0.5 / 3})


def test_only_replications_that_every_strategy_finished_are_compared() -> None:
    found = compare("won", {"a": np.array([1.0, math.nan, 3.0]), "b": np.array([2.0, 9.0, math.nan])})
    assert found.replications == 1
    assert found.means == {"a": 1.0, "b": 2.0}


def test_nothing_finished_is_nothing_compared() -> None:
    found = compare("won", {"a": np.array([math.nan]), "b": np.array([math.nan])})
    assert found.replications == 0
    assert not found.leads
