"""The deal value from which on one way to sell pays more than another.

Per lead, a way brings gross margin a dollar of deal value, less the commission that grows with it, and costs the
rest whatever the deal is worth. Two ways bring the same where

    deal value = difference of costs a lead / difference of what a dollar of deal value brings,

the ratio of two means that are both uncertain. Its interval is Fieller's (Journal of the Royal Statistical
Society B 16, 1954): all values at which the paired difference of what both bring could be 0. It may have no end
on one side, or on both.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import CONFIDENCE

FloatArray = NDArray[np.float64]


class Pays(StrEnum):
    """When the one way pays more than the other."""

    FROM = "from"
    """from the break-even deal value on: it costs more, and brings more of each dollar"""
    BELOW = "below"
    """below it: it costs less, and brings less"""
    ALWAYS = "always"
    NEVER = "never"


@dataclass(frozen=True)
class BreakEven:
    """value: NaN where one way is better at every deal value. low, high: its 95% interval, 0 and infinite where
    it has no end on that side; NaN where there is none."""

    pays: Pays
    value: float
    low: float
    high: float


def break_even(costs: FloatArray, brings: FloatArray, controls: Controls | None = None) -> BreakEven:
    """Where one way to sell starts to pay more than another.

    costs, brings: paired differences, one way less the other, one a replication: what a lead costs, and what a
    dollar of deal value brings a lead. controls: of these replications, take luck out of their means.

    >>> field = break_even(np.array([7_258.0]), np.array([0.8 * (0.32 - 0.22)]))
    >>> field.pays, round(field.value)
    (<Pays.FROM: 'from'>, 90725)
    """
    n = len(costs)
    weights = np.full(n, 1.0 / n) if controls is None else controls.weights
    cost, gain = float(weights @ costs), float(weights @ brings)
    if gain > 0:
        pays = Pays.FROM if cost > 0 else Pays.ALWAYS
    else:
        pays = Pays.BELOW if cost < 0 and gain < 0 else Pays.NEVER
    if pays in (Pays.ALWAYS, Pays.NEVER):
        return BreakEven(pays, math.nan, math.nan, math.nan)
    low, high = _fieller(costs, brings, controls) if n > 1 else (math.nan, math.nan)
    return BreakEven(pays, cost / gain, low, high)


def _fieller(numerator: FloatArray, denominator: FloatArray, controls: Controls | None) -> tuple[float, float]:
    """The interval of a ratio of means that is above 0."""
    from scipy.special import stdtrit  # slow to import

    both = np.column_stack([numerator, denominator])
    n = len(both)
    if controls is None:
        weights, left, freedom = np.full(n, 1.0 / n), both - both.mean(axis=0), n - 1
    else:
        design = np.column_stack([np.ones(n), controls.table])
        coefficients, *_ = np.linalg.lstsq(design, both, rcond=None)
        weights, left, freedom = controls.weights, both - design @ coefficients, controls.degrees_of_freedom
    top, bottom = weights @ both
    errors = left.T @ left / freedom * float(weights @ weights)
    t2 = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2)) ** 2
    # (top - x bottom)^2 <= t^2 var(top - x bottom): a x^2 - 2 b x + c <= 0
    a = bottom**2 - t2 * errors[1, 1]
    b = top * bottom - t2 * errors[0, 1]
    c = top**2 - t2 * errors[0, 0]
    inside = b**2 - a * c
    if a > 0:
        root = math.sqrt(max(inside, 0.0))
        return max((b - root) / a, 0.0), (b + root) / a
    if inside <= 0:
        return 0.0, math.inf
    # What a dollar brings could be the same: the interval is all but what lies between two roots.
    ends = sorted(((b - math.sqrt(inside)) / a, (b + math.sqrt(inside)) / a)) if a < 0 else [-math.inf, c / (2 * b)]
    beyond = ends[1]
    return (beyond, math.inf) if 0 < beyond <= top / bottom else (0.0, math.inf)
