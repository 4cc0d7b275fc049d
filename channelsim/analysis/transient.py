"""What goes on month by month: bands that hold for all months at once, and when a series has settled."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import CONFIDENCE, estimate, simultaneous

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Band:
    """Means by month, with an interval for each so wide that all hold at once. NaN where undefined."""

    mean: FloatArray
    low: FloatArray
    high: FloatArray


def band(values: FloatArray, confidence: float = CONFIDENCE, controls: Controls | None = None) -> Band:
    """The band of a series, shape (replication, month). Bonferroni's for the months that have values: wider than
    intervals of which each holds by itself, so that a line may be said to leave zero somewhere in it. controls: see
    `estimate`."""
    months = int((~np.isnan(values)).any(axis=0).sum())
    wide = simultaneous(months, confidence)
    found = [estimate(values[:, month], wide, controls) for month in range(values.shape[1])]
    return Band(*(np.array([getattr(each, name) for each in found]) for name in ("mean", "ci_low", "ci_high")))


def settling_month(means: FloatArray) -> int:
    """How many months at the start should be left out, by MSER: the d that minimises the sum of squares of what
    is left about its mean / (n - d)^2, up to half of the series (White, Simulation 69, 1997). It weighs the bias of
    the start against what is lost by leaving months out; it is meant for series that settle, and takes a trend or
    a season for a start."""
    n = len(means)
    costs = [float(np.sum((means[d:] - means[d:].mean()) ** 2)) / (n - d) ** 2 for d in range(n // 2 + 1)]
    return int(np.argmin(costs))


def start_bias(means: FloatArray, warmup_months: int) -> tuple[int, float]:
    """When a series has settled, and by what share of itself the mean after the warm-up is off because it begins
    before that: 0 if the warm-up is long enough."""
    settled = settling_month(means)
    if settled <= warmup_months:
        return settled, 0.0
    after = float(means[settled:].mean())
    return settled, float(means[warmup_months:].mean()) / after - 1.0 if after else 0.0
