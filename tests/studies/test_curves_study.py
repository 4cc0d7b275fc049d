"""The study of common random numbers: what it measures, and that shared numbers are worth having."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.experiment.curves import run_curves
from channelsim.scenario.points import load_points
from studies.curves.experiment import HEADCOUNT, SCENARIO, VARIED, times_as_many


def test_the_gain_is_the_ratio_of_the_variances_of_steps() -> None:
    """Steps of 1 and 3 (variance 2) with shared numbers, of 0 and 4 (variance 8) without."""
    shared = np.array([[0.0, 10], [1, 13]])
    apart = np.array([[0.0, 10], [0, 14]])
    assert times_as_many(shared, apart) == pytest.approx(4)


@pytest.mark.parametrize("vary", VARIED.values())
def test_what_is_varied_makes_curves_of_every_strategy(vary: str) -> None:
    assert load_points(SCENARIO, vary).flat == ()


def test_reps_share_more_luck_with_the_same_numbers_than_with_others() -> None:
    points = load_points(SCENARIO, HEADCOUNT)
    shared, other = (run_curves(points, replications=12, seed=seed).simulated("hybrid", "won") for seed in (1, 2))
    apart = np.where(np.arange(len(points))[:, None] % 2, shared, other)
    assert times_as_many(shared, apart) > 3
