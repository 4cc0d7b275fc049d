"""Luck and ignorance: on figures whose variance is known to the last part."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy.stats import norm

from channelsim.analysis.ignorance import Hinge, ignorance

RNG = np.random.Generator(np.random.Philox(11))
DRAWS = RNG.random((20_000, 3))
SCORES = norm.ppf(DRAWS)
LUCK = RNG.standard_normal(len(DRAWS))


def test_shares_of_the_variance_are_those_that_went_in() -> None:
    # Variance 4 + 1 + 0 from the numbers and 5 from luck.
    found = ignorance(2.0 * SCORES[:, 0] - SCORES[:, 1] + math.sqrt(5.0) * LUCK, DRAWS)
    assert found is not None
    assert found.share == pytest.approx(0.5, abs=0.02)
    assert [hinge.share for hinge in found.hinges] == pytest.approx([0.4, 0.1, 0.0], abs=0.02)
    assert [hinge.matters for hinge in found.hinges] == [True, True, False]


def test_a_number_that_acts_both_ways_at_its_ends_is_seen() -> None:
    # x^2 - 1 has variance 2, and no correlation with x.
    found = ignorance(SCORES[:, 2] ** 2 + math.sqrt(2.0) * LUCK, DRAWS)
    assert found is not None
    assert found.hinges[2].share == pytest.approx(0.5, abs=0.02)


def test_the_figure_at_the_ends_of_a_number_and_whether_it_turns() -> None:
    # 1 + 2 x: at the 5% and 95% points, 1 -+ 2 x 1.645.
    found = ignorance(1.0 + 2.0 * SCORES[:, 0] + LUCK, DRAWS)
    assert found is not None
    assert found.hinges[0].at_low == pytest.approx(1 - 3.29, abs=0.1)
    assert found.hinges[0].at_high == pytest.approx(1 + 3.29, abs=0.1)
    assert [hinge.flips for hinge in found.hinges] == [True, False, False]
    assert not Hinge(0.5, -1.0, 1.0, matters=False).flips


def test_numbers_that_do_nothing_explain_nothing() -> None:
    shares, alarms = [], 0
    for experiment in range(200):
        rng = np.random.Generator(np.random.Philox(1000 + experiment))
        found = ignorance(rng.standard_normal(100), rng.random((100, 4)))
        assert found is not None
        shares.append(found.share)
        alarms += any(hinge.matters for hinge in found.hinges)
    # Adjusted R squared, cut at 0, of 8 terms and 100 points; a false alarm in 5% of the experiments at most.
    assert np.mean(shares) < 0.04
    assert alarms <= 200 * 0.05 + 3 * math.sqrt(200 * 0.05 * 0.95)


def test_too_few_replications_do_not_tell() -> None:
    assert ignorance(LUCK[:26], DRAWS[:26]) is None
    assert ignorance(LUCK[:27], DRAWS[:27]) is not None
    assert ignorance(np.ones(100), DRAWS[:100]) is None
    assert ignorance(LUCK[:100], DRAWS[:100, :0]) is None


def test_what_is_undefined_is_left_out() -> None:
    figure = 2.0 * SCORES[:, 0]
    holes = figure.copy()
    holes[::2] = np.nan
    found, part = ignorance(holes, DRAWS), ignorance(figure[1::2], DRAWS[1::2])
    assert found == part
