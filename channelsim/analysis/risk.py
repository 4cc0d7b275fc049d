"""What a strategy risks: bad years, targets missed, and what choosing it could be regretted by."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import paired
from channelsim.analysis.intervals import CONFIDENCE

FloatArray = NDArray[np.float64]
WORST_SHARE = 0.1
"""Share of replications that "the worst" are."""


@dataclass(frozen=True)
class Chance:
    """How often something happened: a share with its interval. NaN where it could never be seen."""

    share: float
    ci_low: float
    ci_high: float


@dataclass(frozen=True)
class Risk:
    """One strategy's decision metric over the replications in which every strategy finished.

    p10, p50, p90: quantiles. worst: mean of the worst tenth (conditional value at risk). loss: chance that it is
    below 0. regret: by how much another strategy would have done better in the same replication, on average;
    regret_p90: its 90% quantile.
    """

    p10: float
    p50: float
    p90: float
    worst: float
    loss: Chance
    regret: float
    regret_p90: float


class Dominance(StrEnum):
    """How much one strategy's outcomes are above another's, without asking how risk is valued."""

    FIRST = "first-order"
    """at every quantile: whoever wants more prefers it"""
    SECOND = "second-order"
    """the mean of the worst share is higher for every share: whoever is wary of risk prefers it"""


def conditional_value_at_risk(values: FloatArray, share: float = WORST_SHARE) -> float:
    """Mean of the lowest `share` of values; the value at the border counts with the part that is needed
    (Rockafellar and Uryasev, Journal of Risk 2, 2000)."""
    count = share * len(values)
    if count <= 0:
        return math.nan
    weights = np.clip(count - np.arange(len(values)), 0.0, 1.0)
    return float(np.sort(values) @ weights / count)


def chance(happened: NDArray[np.bool_], confidence: float = CONFIDENCE) -> Chance:
    """The share of replications in which something happened, with Wilson's interval (JASA 22, 1927), which is
    sensible near 0 and 1, too."""
    n = len(happened)
    if n == 0:
        return Chance(math.nan, math.nan, math.nan)
    from scipy.special import ndtri  # slow to import

    z2 = float(ndtri(0.5 + confidence / 2)) ** 2
    share = float(happened.mean())
    middle = (share + z2 / (2 * n)) / (1 + z2 / n)
    half_width = math.sqrt(z2 * (share * (1 - share) / n + z2 / (4 * n * n))) / (1 + z2 / n)
    low = 0.0 if share == 0 else max(0.0, middle - half_width)
    return Chance(share, low, 1.0 if share == 1 else min(1.0, middle + half_width))


def risks(values: Mapping[str, FloatArray]) -> dict[str, Risk]:
    """The risk of every strategy on a metric of which more is better. values: strategy -> one a replication,
    aligned; NaN marks a replication that failed. Empty where no replication of all strategies finished."""
    complete = paired(*values.values())
    if not complete.any():
        return {}
    table = np.array([each[complete] for each in values.values()])  # [strategy, replication]
    regrets = table.max(axis=0) - table
    found = {}
    for name, own, regret in zip(values, table, regrets, strict=True):
        p10, p50, p90 = (float(q) for q in np.quantile(own, (0.1, 0.5, 0.9)))
        found[name] = Risk(
            p10, p50, p90,
            worst=conditional_value_at_risk(own),
            loss=chance(own < 0),
            regret=float(regret.mean()),
            regret_p90=float(np.quantile(regret, 0.9)),
        )  # fmt: skip
    return found


def dominance(one: FloatArray, other: FloatArray) -> Dominance | None:
    """How the outcomes of one strategy dominate another's, as simulated; None if they do not.

    first order: every quantile at least as high, one higher. second order: every partial sum of the sorted
    outcomes at least as high, one higher. Both are compared sorted, not pair by pair.
    """
    complete = paired(one, other)
    a, b = np.sort(one[complete]), np.sort(other[complete])
    if _is_above(a, b):
        return Dominance.FIRST
    return Dominance.SECOND if _is_above(np.cumsum(a), np.cumsum(b)) else None


def worse_tail(one: FloatArray, other: FloatArray) -> float:
    """The largest share of worst outcomes whose mean is lower for one strategy than for the other; 0 if none is."""
    complete = paired(one, other)
    below = np.cumsum(np.sort(one[complete])) < np.cumsum(np.sort(other[complete]))
    return float(np.flatnonzero(below)[-1] + 1) / len(below) if below.any() else 0.0


def _is_above(a: FloatArray, b: FloatArray) -> bool:
    return bool((a >= b).all() and (a > b).any())
