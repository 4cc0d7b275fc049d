"""Ratios and other functions of means: a cost per deal that is the mean cost over the mean number of deals."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import CONFIDENCE, Estimate, estimate
from channelsim.analysis.jackknife import Interval, pseudo_values

FloatArray = NDArray[np.float64]


def of_means(
    rows: FloatArray, function: Callable[[FloatArray], FloatArray], controls: Controls | None = None
) -> list[Interval]:
    """Functions of means with 95% intervals. Who divides the means by hand finds the same value.

    rows: (replication, quantity). function: from means, (..., quantity), to values, (..., value); NaN where
    undefined. The error is that of the jackknife's pseudo-values; controls: of these replications, take luck out.
    """
    from scipy.special import stdtrit  # slow to import

    n = len(rows)
    weights = np.full(n, 1.0 / n) if controls is None else controls.weights
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.asarray(function(weights @ rows), float)
        parts = pseudo_values(rows, function) if n > 1 else np.full((1, len(values)), math.nan)
    freedom = n - 1 if controls is None else controls.degrees_of_freedom
    found = []
    for value, column in zip(values.tolist(), parts.T, strict=True):
        half = math.nan
        if n > 1 and np.isfinite(column).all():
            variance = float(column.var(ddof=1)) if controls is None else controls.variance_left(column)
            half = float(stdtrit(freedom, 0.5 + CONFIDENCE / 2)) * math.sqrt(variance * float(weights @ weights))
        found.append(Interval(value if math.isfinite(value) else math.nan, value - half, value + half))
    return found


def about(
    value: float,
    parts: FloatArray,
    values: FloatArray,
    confidence: float = CONFIDENCE,
    controls: Controls | None = None,
) -> Estimate:
    """The estimate of a function of means. parts: its pseudo-values, which its error is that of; values: what it
    is in each replication, which quantiles are of."""
    error, spread = estimate(parts, confidence, controls), estimate(values)
    half = error.ci_high - error.mean
    return replace(spread, mean=value, ci_low=value - half, ci_high=value + half)
