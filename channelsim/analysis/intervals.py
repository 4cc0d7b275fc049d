"""Intervals for a mean over replications."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls

CONFIDENCE = 0.95


@dataclass(frozen=True)
class Estimate:
    """A mean with its confidence interval, and how the replications spread. NaN where undefined."""

    mean: float
    ci_low: float
    ci_high: float
    p10: float
    p50: float
    p90: float
    replications: int  # that define the metric


def estimate(
    values: NDArray[np.float64], confidence: float = CONFIDENCE, controls: Controls | None = None
) -> Estimate:
    """The estimate from one value a replication; NaN values (never happened) are left out.

    The interval is Student's t: mean ± t(n - 1) s / sqrt(n). With fewer than two values there is none. controls: of
    these replications, take luck out of the mean, unless a value is NaN; quantiles are of the values as they are.
    """
    defined = values[~np.isnan(values)]
    n = len(defined)
    if n == 0:
        return Estimate(math.nan, math.nan, math.nan, math.nan, math.nan, math.nan, 0)
    mean, error, freedom = _mean(defined, controls if n == len(values) else None)
    half_width = math.nan
    if n > 1:
        from scipy.special import stdtrit  # slow to import

        half_width = float(stdtrit(freedom, 0.5 + confidence / 2) * error)
    p10, p50, p90 = (float(q) for q in np.quantile(defined, (0.1, 0.5, 0.9)))
    return Estimate(mean, mean - half_width, mean + half_width, p10, p50, p90, n)


def _mean(values: NDArray[np.float64], controls: Controls | None) -> tuple[float, float, int]:
    """The mean, its standard error and degrees of freedom."""
    n = len(values)
    if controls is None:
        return float(values.mean()), float(values.std(ddof=1)) / math.sqrt(n) if n > 1 else math.nan, n - 1
    weights = controls.weights
    error = math.sqrt(controls.variance_left(values) * float(weights @ weights))
    return float(weights @ values), error, controls.degrees_of_freedom


def simultaneous(comparisons: int, confidence: float = CONFIDENCE) -> float:
    """The confidence that each of several intervals needs so that all hold at once (Bonferroni)."""
    return 1 - (1 - confidence) / max(1, comparisons)
