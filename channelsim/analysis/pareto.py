"""Several goals at once: points than which no other is better in all."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.intervals import estimate

FloatArray = NDArray[np.float64]


def front(means: FloatArray) -> list[int]:
    """The points that no other dominates: is as good in every goal and better in one. means: (point, goal), more is
    better. Of points that are equal in all goals the first is kept."""
    kept = []
    for a, own in enumerate(means):
        as_good = (means >= own).all(axis=1)
        better = as_good & (means > own).any(axis=1)
        is_twin = as_good[:a] & (means[:a] == own).all(axis=1)
        if not better.any() and not is_twin.any():
            kept.append(a)
    return kept


def is_beaten(own: FloatArray, others: Sequence[FloatArray], confidence: float) -> bool:
    """Whether some other point is better in every goal beyond doubt, replication by replication.

    own, others: (goal, replication), more is better, on the same replications; NaN where undefined. confidence: of
    each paired interval. With one replication nothing is beyond doubt.
    """
    return any(_is_worse(own - other, confidence) for other in others)


def _is_worse(apart: FloatArray, confidence: float) -> bool:
    differences = [estimate(each, confidence) for each in apart]
    return all(each.ci_high <= 0 for each in differences) and any(each.ci_high < 0 for each in differences)
