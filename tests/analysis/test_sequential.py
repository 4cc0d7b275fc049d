"""Looking repeatedly does not fool: the error is spent, not repeated."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtri, stdtrit
from scipy.stats import norm

from channelsim.analysis.sequential import look_confidences, looks


def critical(counts: tuple[int, ...], error: float = 0.05) -> list[float]:
    return [float(ndtri(0.5 + confidence / 2)) for confidence in look_confidences(counts, error)]


def test_looks_double_up_to_the_most() -> None:
    assert looks(400) == (50, 100, 200, 400)
    assert looks(300) == (50, 100, 200, 300)
    assert looks(20) == (20,)


def test_one_look_is_an_ordinary_interval() -> None:
    assert look_confidences((200,), 0.05) == (pytest.approx(0.95, abs=1e-9),)


def test_the_first_of_two_looks_spends_half_and_the_second_less_than_bonferroni_would() -> None:
    first, second = critical((50, 100))
    assert first == pytest.approx(norm.ppf(1 - 0.0125), abs=1e-6)
    # Bonferroni's would be the same; the looks share data, so less is needed.
    assert 1.96 < second < first


def test_two_looks_agree_with_the_bivariate_normal_distribution() -> None:
    # P(either crosses) = 5%, with correlation sqrt(50 / 100) between them.
    first, second = critical((50, 100))
    both = norm_within(first, second, np.sqrt(0.5))
    assert 1 - both == pytest.approx(0.05, abs=2e-5)


def norm_within(a: float, b: float, correlation: float) -> float:
    """P(|X| < a, |Y| < b) by one integral."""
    x = np.linspace(-a, a, 20_001)
    scale = np.sqrt(1 - correlation**2)
    inner = norm.cdf((b - correlation * x) / scale) - norm.cdf((-b - correlation * x) / scale)
    return float(np.trapezoid(norm.pdf(x) * inner, x))


def test_peeking_at_five_looks_misses_in_five_per_cent_and_naively_in_far_more() -> None:
    counts, experiments = (50, 100, 200, 400, 800), 4_000
    rng = np.random.default_rng(7)
    confidences = look_confidences(counts, 0.05)
    sums, squares, done = np.zeros(experiments), np.zeros(experiments), 0
    missed, naively = np.zeros(experiments, bool), np.zeros(experiments, bool)
    for count, confidence in zip(counts, confidences, strict=True):
        values = rng.normal(size=(experiments, count - done))
        sums, squares, done = sums + values.sum(axis=1), squares + (values**2).sum(axis=1), count
        t = np.abs(sums) / np.sqrt((squares - sums**2 / count) / (count - 1) * count)
        missed |= t > stdtrit(count - 1, 0.5 + confidence / 2)
        naively |= t > stdtrit(count - 1, 0.975)
    assert missed.mean() == pytest.approx(0.05, abs=0.015)
    assert naively.mean() > 0.11
