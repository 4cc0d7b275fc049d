"""What it would be worth to know an input exactly before deciding: the expected value of perfect information.

Whoever decides now takes the strategy that is best on average over all that the inputs may be. Who knew input x
first could take the one that is best at x. The difference, on average over x, is what knowing it is worth at most:
E_x[max_s E(metric_s | x)] - max_s E(metric_s).

E(metric_s | x) is read off a regression on a sample of all inputs (Strong, Oakley and Brennan, Medical Decision
Making 34, 2014), here an additive one: with independent inputs, what remains of metric_s when all others are
averaged out is a curve of x alone, and curves of all inputs are fitted together, so that each is cleared of what
the others do.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.polynomial.legendre import legvander
from numpy.typing import NDArray

from channelsim.analysis.indices import Sample
from channelsim.analysis.intervals import CONFIDENCE
from channelsim.analysis.jackknife import Interval

FloatArray = NDArray[np.float64]
DEGREE = 3
POINTS_A_TERM = 3
"""A curve has a higher degree only if there are at least so many points for each number that is fitted."""
PARTS = 1000
"""Of a range, for averages over it."""
NEGLIGIBLE = 1e-9
LOG2_CUBE = 12
"""Averages over all inputs are over 2^12 points of Sobol's."""


@dataclass(frozen=True)
class Knowledge:
    """The worth of knowing each parameter, and all of them, in the metric's unit. explained: the smallest share of
    what differs between two strategies from point to point that additive curves explain: where it is low, the worth
    is a rough one. averages: each strategy's mean over all that the inputs may be."""

    each: list[Interval]
    all: Interval
    explained: float
    averages: list[float]


def worth_of_knowing(sample: Sample, responses: FloatArray) -> Knowledge:
    """The worth of knowing each parameter of a sample.

    responses: (point, strategy, replication), without NaN. Intervals are Student's, from the delete-one jackknife
    over the sample's blocks and over replications (Efron and Stein, 1981), whose variances add up; none below 0.
    """
    fit = _Fit(sample)
    means = responses.mean(axis=2)
    worth, averages = fit.worth(means)
    variance = _jackknife(sample.blocks, lambda block: fit.without(block).worth(fit.rows_without(block, means))[0])
    n = responses.shape[2]
    if n > 1:
        total = responses.sum(axis=2)
        variance = variance + _jackknife(n, lambda one: fit.worth((total - responses[..., one]) / (n - 1))[0])
    from scipy.special import stdtrit  # slow to import

    freedom = min(sample.blocks, n if n > 1 else sample.blocks) - 1
    half = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * np.sqrt(variance)
    intervals = [Interval(w, max(0.0, w - h), w + h) for w, h in zip(worth.tolist(), half.tolist(), strict=True)]
    return Knowledge(intervals[:-1], intervals[-1], fit.explained(means), averages.tolist())


def _jackknife(count: int, without: Callable[[int], FloatArray]) -> FloatArray:
    """The variance of what is computed without each of some parts in turn."""
    each = np.array([without(part) for part in range(count)])
    found: FloatArray = (count - 1) / count * ((each - each.mean(axis=0)) ** 2).sum(axis=0)
    return found


class _Fit:
    """Additive curves over a sample: polynomials of each parameter's share, of mean 0 over its range."""

    def __init__(self, sample: Sample, degree: int | None = None, rows: NDArray[np.bool_] | None = None) -> None:
        points, parameters = sample.points.shape
        self.sample = sample
        self.degree = degree or max(1, min(DEGREE, (points // POINTS_A_TERM - 1) // parameters))
        self.rows = np.ones(points, bool) if rows is None else rows
        terms = np.column_stack([np.ones(points), _terms(sample.points, self.degree)])
        self.inverse = np.linalg.pinv(terms[self.rows])
        self.terms = terms

    def without(self, block: int) -> _Fit:
        """The same curves over all blocks but one."""
        rows = np.arange(len(self.sample.points)) // self.sample.block != block
        return _Fit(self.sample, self.degree, rows)

    def rows_without(self, block: int, means: FloatArray) -> FloatArray:
        """Means, (point, strategy), of all blocks but one."""
        kept: FloatArray = means[np.arange(len(means)) // self.sample.block != block]
        return kept

    def worth(self, means: FloatArray) -> tuple[FloatArray, FloatArray]:
        """The worth of knowing each parameter and, last, all; and each strategy's average. means: (point,
        strategy), of the rows that are fitted."""
        coefficients = self.inverse @ means
        averages, curves = coefficients[0], coefficients[1:]
        now = float(averages.max())
        found = []
        for parameter in range(self.sample.points.shape[1]):
            own = curves[parameter * self.degree : (parameter + 1) * self.degree]
            there = averages + _along(self.degree) @ own
            found.append(float(there.max(axis=1).mean()) - float(there.mean(axis=0).max()))
        everywhere = averages + _everywhere(self.sample.points.shape[1], self.degree) @ curves
        # Knowing all is worth at least as much as knowing one; the average over the cube is not that exact.
        found.append(max(*found, float(everywhere.max(axis=1).mean()) - now))
        worth = np.array(found)
        worth[worth < NEGLIGIBLE * float(np.abs(averages).max())] = 0.0  # the arithmetic's, not the world's
        return worth, averages

    def explained(self, means: FloatArray) -> float:
        """The smallest adjusted R squared of a difference of two strategies; NaN with one."""
        leads = means[:, 1:] - means[:, :1]
        if not leads.shape[1]:
            return math.nan
        left = ((leads - self.terms @ (self.inverse @ leads)) ** 2).sum(axis=0)
        spread = ((leads - leads.mean(axis=0)) ** 2).sum(axis=0)
        n, fitted = self.terms.shape
        scale = (n - 1) / max(1, n - fitted)
        shares = [1.0 - scale * a / b for a, b in zip(left.tolist(), spread.tolist(), strict=True) if b > 0]
        return max(0.0, min(shares, default=1.0))


def _terms(points: FloatArray, degree: int) -> FloatArray:
    """Legendre's polynomials of each column from the first degree on, (point, parameter x degree)."""
    curves = legvander(2.0 * points - 1.0, degree)[..., 1:]
    return np.asarray(curves, float).reshape(len(points), -1)


@lru_cache(maxsize=1)
def _along(degree: int) -> FloatArray:
    """Terms of one parameter along its range."""
    return _terms(((np.arange(PARTS) + 0.5) / PARTS)[:, None], degree)


@lru_cache(maxsize=1)
def _everywhere(parameters: int, degree: int) -> FloatArray:
    """Terms of all parameters at points that fill the cube evenly."""
    from scipy.stats import qmc  # slow to import

    points = qmc.Sobol(parameters, scramble=False).random_base2(LOG2_CUBE)
    return _terms(points + 0.5 / len(points), degree)
