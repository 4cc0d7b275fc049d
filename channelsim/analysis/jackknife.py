"""Intervals for what is not a mean: ratios and other functions of totals over replications."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.intervals import CONFIDENCE

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Interval:
    """A value with its 95% interval; NaN where undefined."""

    value: float
    low: float
    high: float

    @property
    def is_beyond_chance(self) -> bool:
        """Whether the interval leaves zero out."""
        return self.low > 0 or self.high < 0


def pseudo_values(rows: FloatArray, function: Callable[[FloatArray], FloatArray]) -> FloatArray:
    """What each replication contributes to a function of means (Tukey 1958): n f(all) - (n - 1) f(all but one).

    Their mean is the function's value but for its bias, and they can be paired, weighted and controlled as any
    figure can; of a mean they are the values themselves.

    rows: (replication, quantity). function: from means, (..., quantity), to values, (..., value). Returns
    (replication, value).
    """
    n = len(rows)
    total = rows.sum(axis=0)
    without_one = np.asarray(function((total - rows) / (n - 1)), float)
    found: FloatArray = n * np.asarray(function(total / n), float) - (n - 1) * without_one
    return found


def jackknife(
    totals: FloatArray, function: Callable[[FloatArray], FloatArray], *, in_logs: bool = False
) -> list[Interval]:
    """Intervals of a function of totals, one for each of its values.

    totals: shape (replication, quantity), each row one replication's. function: from sums of quantities, shape
    (..., quantity), to values, shape (..., value). The value is that of the sum over all replications; its error is
    the delete-one jackknife's (Efron & Stein 1981), with Student's t. in_logs: the interval is symmetric in the
    value's logarithm, as befits a ratio.

    >>> leads_and_wins = np.array([[10.0, 1], [12, 3], [8, 2]])
    >>> [rate] = jackknife(leads_and_wins, lambda totals: totals[..., 1:] / totals[..., :1])
    >>> round(rate.value, 3)
    0.2
    """
    from scipy.special import stdtrit  # slow to import

    n = len(totals)
    with np.errstate(divide="ignore", invalid="ignore"):
        whole = np.asarray(function(totals.sum(axis=0)), float)
        without_one = np.asarray(function(totals.sum(axis=0) - totals), float)
        if in_logs:
            whole, without_one = np.log(whole), np.log(without_one)
        spread = np.sqrt((n - 1) / n * ((without_one - without_one.mean(axis=0)) ** 2).sum(axis=0))
    half = spread * float(stdtrit(n - 1, 0.5 + CONFIDENCE / 2)) if n > 1 else np.full_like(spread, math.nan)
    ends = np.array([whole, whole - half, whole + half])
    if in_logs:
        ends = np.exp(ends)
    return [Interval(*column) for column in ends.T.tolist()]
