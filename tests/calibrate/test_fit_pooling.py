"""Cells of shares drawn together as far as they are alike."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.fitting.pooling import drawn_together, pooled


def alone(yes: float, trials: float) -> float:
    return (yes + 0.5) / (trials + 1)


def test_a_small_cell_is_drawn_to_its_neighbours_and_a_large_one_hardly() -> None:
    """Six cells of 30% and one of 1 in 10; then six of 30% and one of 200 in 2,000."""
    rest = [600.0] * 6
    mean, _ = pooled(np.array([[180.0, 174.0, 186.0, 180.0, 177.0, 183.0, 1.0]]), np.array([[*rest, 10.0]]))
    assert alone(1, 10) == pytest.approx(0.136, abs=0.001)
    assert 0.2 < mean[0, 6] < 0.3
    mean, _ = pooled(np.array([[180.0, 174.0, 186.0, 180.0, 177.0, 183.0, 200.0]]), np.array([[*rest, 2000.0]]))
    assert mean[0, 6] == pytest.approx(0.1, abs=0.003)
    np.testing.assert_allclose(mean[0, :6], 0.3, atol=0.015)


def test_cells_that_differ_much_are_drawn_less() -> None:
    """The same small cell beside cells that are alike, and beside cells that are anything."""
    trials = np.array([[300.0] * 6 + [12.0]])
    alike, _ = pooled(np.array([[90.0, 93.0, 87.0, 90.0, 91.0, 89.0, 9.0]]), trials)
    mixed, _ = pooled(np.array([[15.0, 240.0, 60.0, 200.0, 120.0, 30.0, 9.0]]), trials)
    own = alone(9, 12)
    assert abs(mixed[0, 6] - own) < 0.3 * abs(alike[0, 6] - own)


def test_a_cell_that_nobody_came_to_is_what_its_neighbours_say_and_less_known() -> None:
    """Routes x segments: the empty cell is at the crossing of a bad route and a good segment."""
    yes = np.array([[100.0, 250.0, 180.0], [50.0, 0.0, 100.0]])
    trials = np.array([[500.0, 500.0, 500.0], [500.0, 0.0, 500.0]])
    mean, sd = pooled(yes, trials)
    assert 0.15 < mean[1, 1] < 0.5
    assert mean[1, 1] > mean[1, 0]
    assert sd[1, 1] > 4 * sd[1, 0]


def test_much_data_are_left_alone() -> None:
    rng = np.random.default_rng(3)
    trials = np.full((2, 4), 40_000.0)
    yes = np.round(trials * rng.uniform(0.1, 0.8, trials.shape))
    mean, sd = pooled(yes, trials)
    np.testing.assert_allclose(mean, yes / trials, atol=5e-4)
    np.testing.assert_allclose(sd, np.sqrt(mean * (1 - mean) / trials), rtol=0.01)


def test_the_order_of_cells_does_not_matter() -> None:
    rng = np.random.default_rng(4)
    trials = rng.integers(0, 60, (3, 4)).astype(float)
    yes = rng.binomial(trials.astype(int), 0.3).astype(float)
    mean, sd = pooled(yes, trials)
    rows, columns = rng.permutation(3), rng.permutation(4)
    other, other_sd = pooled(yes[rows][:, columns], trials[rows][:, columns])
    np.testing.assert_allclose(other, mean[rows][:, columns], rtol=1e-6)
    np.testing.assert_allclose(other_sd, sd[rows][:, columns], rtol=1e-6)


def test_yes_and_no_are_alike() -> None:
    """Shares of noes are one minus shares of yeses."""
    yes, trials = np.array([[3.0, 10.0, 40.0]]), np.array([[10.0, 30.0, 80.0]])
    mean, sd = pooled(yes, trials)
    other, other_sd = pooled(trials - yes, trials)
    np.testing.assert_allclose(other, 1 - mean, atol=1e-9)
    np.testing.assert_allclose(other_sd, sd, atol=1e-9)


def test_intervals_of_cells_hold_the_truth_nine_times_in_ten() -> None:
    """60 times 2 routes x 4 segments of 5 to 60 deals, logits that differ by 0.4: nine in ten of 480, and narrower
    than each cell's own would be."""
    rng = np.random.default_rng(5)
    inside, width, own_width, n = 0, 0.0, 0.0, 0
    for _ in range(60):
        logit = -0.8 + rng.normal(0, 0.4, (2, 1)) + rng.normal(0, 0.4, (1, 4)) + rng.normal(0, 0.2, (2, 4))
        truth = 1 / (1 + np.exp(-logit))
        trials = rng.integers(5, 60, (2, 4))
        yes = rng.binomial(trials, truth)
        mean, sd = pooled(yes.astype(float), trials.astype(float))
        for at in np.ndindex(2, 4):
            found = beliefs.share(float(mean[at]), float(sd[at]), int(trials[at]))
            inside += found.low <= truth[at] <= found.high
            width += found.high - found.low
            low, high = stats.beta(yes[at] + 0.5, trials[at] - yes[at] + 0.5).ppf([0.05, 0.95])
            own_width += high - low
            n += 1
    assert inside / n == pytest.approx(0.9, abs=0.045)
    assert width < 0.9 * own_width


def test_as_many_cells_as_an_export_can_have_are_pooled_as_few_are() -> None:
    """Eight routes, eight segments that alternate between 20% and 40%: as in the half of them."""
    trials = np.full((8, 8), 50.0)
    yes = np.tile([10.0, 20.0], (8, 4))
    mean, _ = pooled(yes, trials)
    few, _ = pooled(yes[:, :4], trials[:, :4])
    np.testing.assert_allclose(mean[:, :4], few, atol=0.01)
    np.testing.assert_allclose(mean, yes / trials, atol=0.01)


def test_figures_are_drawn_together_by_what_they_differ_more_than_chance() -> None:
    centres, sds = np.array([1.0, 1.02, 0.98, 1.6]), np.array([0.05, 0.05, 0.05, 0.6])
    mean, sd = drawn_together(centres, sds)
    assert abs(mean[3] - 1.0) < 0.25  # a poor figure
    assert sd[3] < 0.4
    mean, _ = drawn_together(centres, np.full(4, 0.02))
    assert mean[3] == pytest.approx(1.6, abs=0.02)  # a good one
    np.testing.assert_allclose(drawn_together(centres + 5, sds)[0], drawn_together(centres, sds)[0] + 5)
