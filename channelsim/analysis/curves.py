"""Curves over a parameter: averages, margins, where two curves cross, and how flat a top is.

All points of a curve share their random numbers, so that what differs from one point to the next, or from one curve
to another, is paired by replication (Law, Simulation Modeling and Analysis, on common random numbers).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import compare, paired
from channelsim.analysis.intervals import CONFIDENCE, estimate
from channelsim.analysis.jackknife import jackknife

FloatArray = NDArray[np.float64]
FLAT_SHARE = 0.01
"""The flat top: where the mean is at most this share of the best mean below it."""


class Gap(StrEnum):
    """Why a figure is left out of a curve."""

    NOTHING_TO_DIVIDE_BY = "nothing to divide by"
    SAME_DEALS = "deals do not change"
    MAYBE_CHANCE = "the change in deals could be chance"
    APART = "deals and cost move in opposite directions"


@dataclass(frozen=True)
class Reading:
    """A figure at a point (or between two): its value with a 95% interval, NaN where undefined, the replications
    behind it, and why it is undefined, if it is."""

    mean: float
    ci_low: float
    ci_high: float
    replications: int
    gap: Gap | None = None


@dataclass(frozen=True)
class Crossing:
    """Where the mean difference of two curves changes its sign. low, high: the parameter's values around it between
    which the difference could be 0; infinite where that goes on beyond the range. rises: to above 0."""

    at: float
    low: float
    high: float
    rises: bool


@dataclass(frozen=True)
class Optimum:
    """The point with the highest mean. rivals: points whose distance to it could be chance, by simultaneous
    intervals. flat_low, flat_high: the parameter's values between which the mean is within FLAT_SHARE of the best,
    infinite where it still is at the end of the range."""

    point: int
    mean: float
    rivals: tuple[int, ...]
    flat_low: float
    flat_high: float


def slope_on_luck(figures: FloatArray, luck: FloatArray) -> float:
    """By how much a figure rises with luck: one slope for all points and curves, so that what two have in common
    stays common. Both of shape (..., replication), NaN where undefined."""
    known = ~(np.isnan(figures) | np.isnan(luck))
    of_luck = _from_the_middle(luck, known)
    spread = float((of_luck**2).sum())
    return float((_from_the_middle(figures, known) * of_luck).sum()) / spread if spread > 0 else 0.0


def without_luck(figures: FloatArray, luck: FloatArray) -> FloatArray:
    """Figures as they would be without luck: less slope x luck, of which the expectation is 0 (control variates,
    see `analysis.controls`). Both of shape (..., replication).

    What does not vary has no luck in it. Figures that some replication leaves undefined although it finished stay
    as they are: luck is nothing on average over all replications, not over some.
    """
    if not np.array_equal(np.isnan(figures), np.isnan(luck)):
        return figures
    is_constant = (figures == figures[..., :1]).all(axis=-1, keepdims=True)
    return np.where(is_constant, figures, figures - slope_on_luck(figures, luck) * luck)


def _from_the_middle(figures: FloatArray, known: NDArray[np.bool_]) -> FloatArray:
    """Deviations from the mean over the last axis; 0 where not known."""
    count = np.maximum(known.sum(axis=-1, keepdims=True), 1)
    middle = np.where(known, figures, 0.0).sum(axis=-1, keepdims=True) / count
    return np.where(known, figures - middle, 0.0)


def mean_of(values: FloatArray) -> Reading:
    """The mean of one value a replication, with Student's interval; NaN values are left out."""
    found = estimate(values)
    return Reading(found.mean, found.ci_low, found.ci_high, found.replications)


def ratio_of(numerator: FloatArray, denominator: FloatArray) -> Reading:
    """Total by total, such as cost by deals, with the jackknife's interval; one value a replication each.

    That is the ratio of the means. The mean of the replications' ratios would be another figure: a replication
    without a deal has no cost per deal, but its cost is spent.
    """
    both = paired(numerator, denominator)
    totals = np.column_stack([numerator[both], denominator[both]])
    n = len(totals)
    if n == 0 or not totals[:, 1].sum() > 0:
        return Reading(math.nan, math.nan, math.nan, n, Gap.NOTHING_TO_DIVIDE_BY)
    [found] = jackknife(totals, lambda t: t[..., :1] / t[..., 1:])
    return Reading(found.value, found.low, found.high, n)


def margin_of(cost: FloatArray, deals: FloatArray, confidence: float = CONFIDENCE) -> Reading:
    """What each further deal costs from one point to the next: change of mean cost / change of mean deals.

    cost, deals: shape (replication, 2), at both points. confidence: with which the change in deals must differ from
    0 (that is when the ratio's interval by Fieller, 1954, is bounded); a ratio to a change that could be nothing
    would be a spike without meaning. Undefined also where deals and cost move in opposite directions beyond chance:
    there, deals have no price. The interval is the jackknife's, paired by replication.
    """
    both = paired(*cost.T, *deals.T)
    change = np.column_stack([np.diff(cost[both])[:, 0], np.diff(deals[both])[:, 0]])
    n = len(change)
    of_cost, of_deals = estimate(change[:, 0]), estimate(change[:, 1], confidence)
    if not (of_deals.ci_low > 0 or of_deals.ci_high < 0):
        gap = Gap.MAYBE_CHANCE if change[:, 1].any() else Gap.SAME_DEALS
        return Reading(math.nan, math.nan, math.nan, n, gap)
    if of_cost.mean * of_deals.mean < 0 and (of_cost.ci_low > 0 or of_cost.ci_high < 0):
        return Reading(math.nan, math.nan, math.nan, n, Gap.APART)
    [found] = jackknife(change, lambda t: t[..., :1] / t[..., 1:])
    return Reading(found.value, found.low, found.high, n)


def difference_of_means(one: FloatArray, other: FloatArray) -> Reading:
    """The paired mean difference of two figures, one value a replication each."""
    return mean_of(one - other)


def difference_of_ratios(one: tuple[FloatArray, FloatArray], other: tuple[FloatArray, FloatArray]) -> Reading:
    """The difference of two ratios of totals, each (numerator, denominator), with the jackknife's interval."""
    both = paired(*one, *other)
    totals = np.column_stack([column[both] for column in (*one, *other)])
    n = len(totals)
    if n == 0 or not (totals[:, 1].sum() > 0 and totals[:, 3].sum() > 0):
        return Reading(math.nan, math.nan, math.nan, n, Gap.NOTHING_TO_DIVIDE_BY)
    [found] = jackknife(totals, lambda t: t[..., :1] / t[..., 1:2] - t[..., 2:3] / t[..., 3:])
    return Reading(found.value, found.low, found.high, n)


def crossings(x: Sequence[float], differences: Sequence[Reading]) -> list[Crossing]:
    """Every place where a curve of differences goes through 0, linear between points.

    x: the parameter's values, ascending. The interval of a crossing holds the values around it at which 0 lies
    within the difference's pointwise 95% interval, whose ends are taken as linear between points (wider than that
    of the line between them: a standard error is convex). Where the difference is exactly 0 at several points in a
    row, the crossing is in their middle; undefined differences are not bridged.
    """
    found = []
    before: int | None = None
    for point, each in enumerate(differences):
        if math.isnan(each.mean):
            before = None
        elif each.mean != 0:
            if before is not None and (differences[before].mean > 0) != (each.mean > 0):
                at = _through_zero(x, differences, before, point)
                low, high = (_until_beyond_chance(x, differences, at, step) for step in (-1, 1))
                found.append(Crossing(at, low, high, each.mean > 0))
            before = point
    return found


def _through_zero(x: Sequence[float], differences: Sequence[Reading], left: int, right: int) -> float:
    if right > left + 1:  # zero all the way between
        return (x[left + 1] + x[right - 1]) / 2
    return _root(x[left], differences[left].mean, x[right], differences[right].mean)


def _root(x1: float, y1: float, x2: float, y2: float) -> float:
    """Where the line through two points, on different sides of 0, is 0."""
    return x1 + (x2 - x1) * (y1 / (y1 - y2))


def _until_beyond_chance(x: Sequence[float], differences: Sequence[Reading], at: float, step: int) -> float:
    """The nearest value below (step -1) or above (1) a crossing at which the difference is beyond chance; infinite
    if there is none before the curve ends; NaN if nothing is known of chance."""
    lows, highs = ([getattr(each, end) for each in differences] for end in ("ci_low", "ci_high"))
    previous = (at, float(np.interp(at, x, lows)), float(np.interp(at, x, highs)))
    if math.isnan(previous[1]):
        return math.nan
    points = [point for point in range(len(x)) if (x[point] - at) * step > 0]
    for point in sorted(points, key=lambda point: abs(x[point] - at)):
        here = (x[point], lows[point], highs[point])
        if math.isnan(here[1]):
            return step * math.inf
        if here[1] > 0:
            return _root(previous[0], previous[1], here[0], here[1])
        if here[2] < 0:
            return _root(previous[0], previous[2], here[0], here[2])
        previous = here
    return step * math.inf


def optimum(x: Sequence[float], values: FloatArray) -> Optimum | None:
    """The best point of a curve of which more is better, and its flat top; None if all points are the same, or no
    replication finished.

    x: the parameter's values, ascending, or the points' numbers where values have no order. values: shape
    (point, replication).
    """
    known = {str(point): row for point, row in enumerate(values) if not np.isnan(row).all()}
    complete = paired(*known.values()) if known else np.zeros(1, bool)
    if not complete.any() or all(np.array_equal(row, values[0], equal_nan=True) for row in values):
        return None
    found = compare("", known)
    means = list(found.means.values())
    at = [x[int(point)] for point in known]
    best = list(known).index(found.best)
    floor = means[best] - FLAT_SHARE * abs(means[best])
    return Optimum(
        int(found.best),
        means[best],
        tuple(sorted(int(point) for point in found.rivals)),
        _down_to(floor, at, means, best, -1),
        _down_to(floor, at, means, best, 1),
    )


def _down_to(floor: float, x: Sequence[float], means: Sequence[float], best: int, step: int) -> float:
    """How far from the best point a curve stays above a floor; infinite if to the end of the range."""
    at = best
    while 0 <= at + step < len(x):
        if means[at + step] < floor:
            return _root(x[at], means[at] - floor, x[at + step], means[at + step] - floor)
        at += step
    return step * math.inf
