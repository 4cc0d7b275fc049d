"""Ratios of means and their intervals."""

from __future__ import annotations

import math

import numpy as np
import pytest

from channelsim.analysis.controls import Controls
from channelsim.analysis.ratios import about, of_means
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load


def divided(means: np.ndarray) -> np.ndarray:
    return means[..., :1] / means[..., 1:]


def test_a_ratio_is_that_of_the_means_and_not_the_mean_of_ratios() -> None:
    [found] = of_means(np.array([[100.0, 1.0], [200.0, 4.0], [300.0, 4.0]]), divided)
    assert found.value == pytest.approx(600 / 9)
    assert found.low < found.value < found.high


def test_the_interval_holds_the_true_ratio_as_often_as_it_says() -> None:
    numbers = np.random.default_rng(3)
    covered = 0
    for _ in range(2_000):
        deals = numbers.poisson(30, 60).astype(float)
        cost = 1_000.0 + 50.0 * deals + numbers.normal(0, 100, 60)
        [found] = of_means(np.column_stack([cost, deals]), divided)
        covered += found.low <= 2_500.0 / 30.0 <= found.high
    assert abs(covered - 1_900) < 4 * math.sqrt(2_000 * 0.95 * 0.05)


def test_a_ratio_of_weighted_means_with_luck_taken_out_is_sharper() -> None:
    numbers = np.random.default_rng(5)
    luck = numbers.normal(0, 1, (80, 1))
    rows = np.column_stack([np.full(80, 900.0), 30.0 + 5.0 * luck[:, 0] + numbers.normal(0, 1, 80)])
    [plain], [controlled] = of_means(rows, divided), of_means(rows, divided, Controls(luck))
    assert controlled.high - controlled.low < 0.5 * (plain.high - plain.low)
    weights = Controls(luck).weights
    assert controlled.value == pytest.approx(900.0 / float(weights @ rows[:, 1]))


def test_a_replication_without_a_deal_counts_its_cost() -> None:
    [found] = of_means(np.array([[100.0, 0.0], [100.0, 2.0]]), divided)
    assert found.value == pytest.approx(100.0)


def test_one_replication_has_no_interval() -> None:
    [found] = of_means(np.array([[10.0, 4.0]]), divided)
    assert found.value == 2.5
    assert math.isnan(found.low)


def test_an_estimate_has_the_quantiles_of_the_replications() -> None:
    found = about(5.0, np.array([4.0, 6.0, 5.0]), np.array([1.0, 2.0, 9.0]))
    assert (found.mean, found.p50, found.replications) == (5.0, 2.0, 3)
    assert found.ci_high - 5.0 == pytest.approx(5.0 - found.ci_low)


def test_who_divides_what_a_run_shows_finds_what_it_shows() -> None:
    result = run_study(load("scenarios/quickstart.yaml"), replications=60)
    assert result.controls is not None
    for strategy in result.strategies:
        mean = {metric.name: result.estimate(strategy, metric.name).mean for metric in result.metrics}
        assert mean["win_rate"] == pytest.approx(mean["won"] / mean["leads"])
        assert mean["cost_per_deal"] == mean["cac"] == pytest.approx(mean["cost_total"] / mean["won"])
        assert mean["deal_size"] == pytest.approx(mean["bookings"] / mean["won"])
        assert mean["payback_months"] == pytest.approx(12 * mean["cost_total"] / mean["gross_margin"])
        assert mean["expense_ratio"] == pytest.approx(mean["cost_total"] / mean["bookings"])
        assert mean["ltv_to_cac"] == pytest.approx(mean["ltv"] / mean["cac"])
    apart = result.differences("cost_per_deal")["hybrid"].mean
    own = [result.estimate(name, "cost_per_deal").mean for name in ("inside_only", "hybrid")]
    assert apart == pytest.approx(own[1] - own[0])
