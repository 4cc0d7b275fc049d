"""What the curve says: the best size, how flat it is around it, and what one per cent more effort brings."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import compare, differences
from channelsim.analysis.intervals import Estimate, estimate
from channelsim.analysis.jackknife import Interval, jackknife
from studies.sizing.experiment import AT_ONCE, PHASED, SIZES, YEARS, Curve

FloatArray = NDArray[np.float64]

# What was published (docs/studies/sizing.md names the sources).
ELASTICITY_LOW, ELASTICITY_MEAN, ELASTICITY_HIGH = 0.2, 0.34, 0.5
SYNTEX = {0.0: 0.50, 0.25: 0.53, 0.50: 0.55, 0.75: 0.75, 1.0: 1.0, 1.25: 1.20, 1.5: 1.27, 1.75: 1.32, 2.0: 1.35}
"""Effort -> sales, both as a share of the plan's."""


@dataclass(frozen=True)
class Optimum:
    """The size with the highest mean contribution, those that could be as good, and contribution a year there."""

    size: int
    rivals: tuple[int, ...]
    contribution: Estimate


def a_year(curve: Curve, size: int, metric: str) -> FloatArray:
    """A metric's value a replication, per year."""
    return curve[size][metric] / YEARS


def optimum(curve: Curve) -> Optimum:
    """The best size. Rivals: those whose distance to it could be chance (simultaneous intervals)."""
    found = compare("contribution", {str(size): a_year(curve, size, "contribution") for size in curve})
    size = int(found.best)
    rivals = tuple(sorted(int(name) for name in found.rivals))
    return Optimum(size, rivals, estimate(a_year(curve, size, "contribution")))


def losses(curve: Curve) -> dict[int, Estimate]:
    """Contribution a year beyond the best size's, on the same enquiries; intervals hold for all sizes at once."""
    values = {str(size): a_year(curve, size, "contribution") for size in curve}
    found = differences(values, str(optimum(curve).size))
    return {int(name): each for name, each in found.items()}


def within(curve: Curve, share: float) -> tuple[float, float]:
    """The sizes between which contribution is at most this share below the best, interpolated; infinite where the
    curve does not come down so far."""
    best = optimum(curve)
    means = np.array([a_year(curve, size, "contribution").mean() for size in SIZES])
    floor = best.contribution.mean * (1 - share)
    at = SIZES.index(best.size)
    return _crossing(at, -1, means, floor), _crossing(at, 1, means, floor)


def _crossing(start: int, step: int, means: FloatArray, floor: float) -> float:
    at = start
    while 0 <= at + step < len(SIZES):
        here, there = means[at], means[at + step]
        if there < floor:
            return float(SIZES[at] + (here - floor) / (here - there) * (SIZES[at + step] - SIZES[at]))
        at += step
    return step * math.inf


def elasticity(curve: Curve, size: int) -> Interval:
    """Per cent more bookings for one per cent more reps: between the sizes next to this one, in logarithms. NaN at
    the ends."""
    at = SIZES.index(size)
    if at in (0, len(SIZES) - 1):
        return Interval(math.nan, math.nan, math.nan)
    low, high = SIZES[at - 1], SIZES[at + 1]
    totals = np.column_stack([curve[low]["bookings"], curve[high]["bookings"]])
    step = math.log(high / low)
    return jackknife(totals, lambda t: np.asarray(np.log(t[..., 1:] / t[..., :1]) / step))[0]


def cost_share(curve: Curve, size: int) -> Interval:
    """The sales force's cost as a share of gross margin: what the elasticity equals where one more rep pays exactly
    for himself (Dorfman & Steiner 1954)."""
    totals = np.column_stack([curve[size]["cost.field"], curve[size]["gross_margin"]])
    return jackknife(totals, lambda t: np.asarray(t[..., :1] / t[..., 1:]))[0]


def never_worked(curve: Curve, size: int) -> Interval:
    """Share of enquiries that nobody worked in time."""
    totals = np.column_stack([curve[size]["lost.cooled"], curve[size]["leads"]])
    return jackknife(totals, lambda t: np.asarray(t[..., :1] / t[..., 1:]))[0]


def expected_loss(size: float, best: float, elasticity_at_best: float) -> float:
    """Share of the best contribution that is lost at another size where elasticity e is the same everywhere: sales
    n**e and cost n make contribution (n**e - e n) / (1 - e), in units of the best size and its contribution."""
    n, e = size / best, elasticity_at_best
    return 1 - (math.pow(n, e) - e * n) / (1 - e)


def luck(curve: Curve, size: int) -> float:
    """Standard deviation of a year's contribution from one replication to another."""
    return float((curve[size]["contribution"] / YEARS).std(ddof=1) * math.sqrt(YEARS))


def ahead(plans: dict[str, FloatArray], one: str, other: str) -> list[Estimate]:
    """By how much a plan is ahead of another, cumulated to the end of each month, on the same enquiries."""
    gap = (plans[one] - plans[other]).cumsum(axis=1)
    return [estimate(gap[:, month]) for month in range(gap.shape[1])]


def turning_months(plans: dict[str, FloatArray]) -> tuple[int | None, int | None]:
    """The last month, from 1, at whose end hiring at once is behind phased hiring beyond chance, and the first from
    which on it stays ahead beyond chance; None where there is none."""
    gaps = ahead(plans, AT_ONCE, PHASED)
    behind = [month for month, each in enumerate(gaps, start=1) if each.ci_high < 0]
    not_ahead = [month for month, each in enumerate(gaps, start=1) if each.ci_low <= 0]
    first_ahead = (not_ahead[-1] if not_ahead else 0) + 1
    return (behind[-1] if behind else None), (first_ahead if first_ahead <= len(gaps) else None)
