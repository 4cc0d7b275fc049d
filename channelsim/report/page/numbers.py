"""Figures as JSON for the charts: numbers alone, rounded to what a screen can show."""

from __future__ import annotations

import math
from collections.abc import Iterable

from channelsim.analysis.intervals import Estimate

DIGITS = 5


def rounded(value: float) -> float | int | None:
    """A number with five digits that count; None where it is undefined."""
    if not math.isfinite(value):
        return None
    short = float(f"{value:.{DIGITS}g}")
    return int(short) if short.is_integer() else short


def all_rounded(values: Iterable[float]) -> list[float | int | None]:
    """Several numbers."""
    return [rounded(float(value)) for value in values]


def point(estimate: Estimate) -> list[float | int | None] | None:
    """[mean, low, high] of an estimate: the ends are None where there is no interval. None if it is undefined."""
    return None if math.isnan(estimate.mean) else all_rounded((estimate.mean, estimate.ci_low, estimate.ci_high))
