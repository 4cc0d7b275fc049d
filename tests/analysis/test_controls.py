"""Luck taken out of means: unbiased, narrower, and everything still adds up."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.analysis.controls import Controls, controls_for
from channelsim.analysis.intervals import estimate


def sample(n: int, seed: int = 1, share: float = 0.8) -> tuple[np.ndarray, np.ndarray]:
    """Results of mean 10, of whose variance a share is luck that is known."""
    rng = np.random.default_rng(seed)
    luck = rng.normal(size=(n, 2))
    return 10 + np.sqrt(share / 2) * luck.sum(axis=1) + np.sqrt(1 - share) * rng.normal(size=n), luck


def test_the_mean_is_the_constant_of_the_regression_and_the_weighted_mean() -> None:
    values, luck = sample(50)
    controls = Controls(luck)
    design = np.column_stack([np.ones(50), luck])
    constant = np.linalg.lstsq(design, values, rcond=None)[0][0]
    assert estimate(values, controls=controls).mean == pytest.approx(constant)
    assert controls.weights @ values == pytest.approx(constant)
    assert controls.weights.sum() == pytest.approx(1.0)
    assert controls.weights @ luck == pytest.approx([0.0, 0.0], abs=1e-12)


def test_what_added_up_still_does() -> None:
    values, luck = sample(40)
    other = np.random.default_rng(3).normal(size=40)
    controls = Controls(luck)
    parts = estimate(values, controls=controls).mean + estimate(other, controls=controls).mean
    assert parts == pytest.approx(estimate(values + other, controls=controls).mean)


def test_intervals_with_controls_cover_and_are_narrower_by_what_the_factor_says() -> None:
    covered, widths, plain = 0, [], []
    for seed in range(2_000):
        values, luck = sample(50, seed)
        found = estimate(values, controls=Controls(luck))
        covered += found.ci_low <= 10 <= found.ci_high
        widths.append(found.ci_high - found.mean)
        own = estimate(values)
        plain.append(own.ci_high - own.mean)
    assert covered / 2_000 == pytest.approx(0.95, abs=0.015)
    # Four fifths of the variance are taken out: half widths fall by sqrt(5), less what two coefficients cost.
    assert np.mean(plain) / np.mean(widths) == pytest.approx(np.sqrt(5), rel=0.05)


def test_means_with_controls_are_unbiased() -> None:
    means = [
        estimate(values, controls=Controls(luck)).mean
        for values, luck in (sample(30, seed) for seed in range(2_000))
    ]
    assert abs(np.mean(means) - 10) < 4 * np.std(means, ddof=1) / np.sqrt(len(means))


def test_luck_that_has_nothing_to_do_with_the_result_is_left_alone() -> None:
    rng = np.random.default_rng(2)
    assert controls_for([rng.normal(size=(100, 2))], [rng.normal(size=100)]) is None


def test_luck_that_has_to_do_with_it_is_used_with_its_factor() -> None:
    values, luck = sample(20_000)
    found = controls_for([luck], [values])
    assert found is not None
    assert found.factor == pytest.approx(5.0, rel=0.05)


def test_the_same_luck_twice_counts_once_and_none_at_all_not() -> None:
    values, luck = sample(200)
    found = controls_for([luck, luck, np.zeros((200, 2))], [values])
    assert found is not None
    assert found.table.shape == (200, 2)


def test_few_replications_get_fewer_controls_or_none() -> None:
    values, luck = sample(15)
    found = controls_for([luck], [values])
    assert found is not None
    assert found.table.shape == (15, 1)
    assert controls_for([luck[:9]], [values[:9]]) is None


def test_a_value_that_is_undefined_leaves_luck_in() -> None:
    values, luck = sample(50)
    values[3] = np.nan
    assert estimate(values, controls=Controls(luck)) == estimate(values)
