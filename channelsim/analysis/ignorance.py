"""Luck and ignorance: how much of what differs between replications comes from numbers that nobody knows."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]

LEAST_REPLICATIONS_BEYOND_TERMS = 20
LOW, HIGH = 0.05, 0.95
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Hinge:
    """What one uncertain number does to a figure.

    share: part of the figure's variance over replications that this number explains, 0 to 1. at_low, at_high: the
    figure's mean if the number were known to be at its 5% or 95% point. matters: whether that is beyond chance.
    """

    share: float
    at_low: float
    at_high: float
    matters: bool

    @property
    def flips(self) -> bool:
        """Whether knowing this number could change the figure's sign."""
        return self.matters and self.at_low * self.at_high < 0


@dataclass(frozen=True)
class Ignorance:
    """A figure's variance over replications: part of it is not knowing the inputs, the rest is luck."""

    share: float
    hinges: list[Hinge]


def ignorance(figure: FloatArray, draws: FloatArray) -> Ignorance | None:
    """Split a figure's variance by regression on the uncertain numbers.

    figure: (replication,), NaN where undefined. draws: (replication, number), uniform on (0, 1). The figure is
    regressed on the numbers' normal scores and their squares; the share explained is the adjusted R squared, so
    that numbers that do nothing explain nothing on average. What acts in other shapes, or only together, counts as
    luck: the share is a lower bound. A number matters if its own regression is significant by the F test at 95%,
    Bonferroni-corrected over all numbers. None if there are too few replications to tell.
    """
    defined = ~np.isnan(figure)
    y, u = figure[defined], draws[defined]
    n, numbers = u.shape
    if numbers == 0 or n < 2 * numbers + 1 + LEAST_REPLICATIONS_BEYOND_TERMS or np.ptp(y) == 0.0:
        return None
    from scipy.special import ndtri  # slow to import

    scores = ndtri(u)
    all_terms = np.column_stack([scores, scores**2 - 1.0])
    share, _ = _explained(y, all_terms)
    ends = ndtri(np.array([LOW, HIGH]))
    hinges = []
    for number in range(numbers):
        x = scores[:, number]
        own, fitted = _explained(y, np.column_stack([x, x**2 - 1.0]))
        low, high = (fitted[0] + fitted[1] * end + fitted[2] * (end**2 - 1.0) for end in ends)
        hinges.append(Hinge(own, float(low), float(high), _is_beyond_chance(own, len(y), numbers)))
    return Ignorance(share, hinges)


def _explained(y: FloatArray, terms: FloatArray) -> tuple[float, FloatArray]:
    """Adjusted R squared, at least 0, and the coefficients, the constant first."""
    design = np.column_stack([np.ones(len(y)), terms])
    coefficients: FloatArray = np.linalg.lstsq(design, y, rcond=None)[0].astype(np.float64)
    left = float(np.sum((y - design @ coefficients) ** 2)) / (len(y) - design.shape[1])
    return max(0.0, 1.0 - left / float(y.var(ddof=1))), coefficients


def _is_beyond_chance(share: float, n: int, comparisons: int) -> bool:
    """The F test of two terms, from the adjusted R squared that they reach."""
    from scipy.special import fdtrc  # slow to import

    degrees = n - 3
    left = (1.0 - share) * degrees / (n - 1)  # 1 - R squared
    if left <= 0.0:
        return True
    p = float(fdtrc(2, degrees, max(0.0, (1.0 - left) / 2 / (left / degrees))))
    return p < (1.0 - CONFIDENCE) / comparisons
