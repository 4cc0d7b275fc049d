"""How long things take, or how large they are: the family that fits best, held against what was seen."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Candidate, Spread
from channelsim.calibrate.fitting import beliefs, families
from channelsim.calibrate.fitting.stage_likelihood import (
    YES_CV,
    YES_MEAN,
    Model,
    StageData,
    StageFit,
    Times,
    fit_stage,
)

Floats = NDArray[np.float64]

Belief = tuple[float, float]
"""Centre and standard deviation of a logarithm."""

EMPIRICAL = "empirical"
NEAR = 0.03
"""A family is near where its cumulative shares are nowhere farther than this from those seen, beyond chance."""
CHANCE = 1.36
"""By chance alone the distance from n observations exceeds this / sqrt(n) in 5% of cases (Kolmogorov 1933)."""
EMPIRICAL_VALUES = 20
FEW_AT_RISK = 5.0
"""Where fewer are left, what was seen is too ragged to hold a family against."""
PICTURE_POINTS = 200
SLICES = 50


@dataclass(frozen=True)
class Steps:
    """Kaplan and Meier's (1958) estimate: a survival function that falls at each of `at`."""

    at: Floats
    survival: Floats
    low: Floats  # pointwise 95% interval
    high: Floats
    at_risk: Floats


def kaplan_meier(
    ended: Floats, ended_weight: Floats, censored: Floats, censored_weight: Floats, z: float = 1.959964
) -> Steps:
    """The share that takes longer, from weighted times: those that ended and those seen so far.

    A deal that was censored when another ended counts as at risk then. Intervals are Greenwood's (1926) on the
    scale log(-log S), so that they stay between 0 and 1 (Kalbfleisch and Prentice 1980).
    """
    at, place = np.unique(ended, return_inverse=True)
    events = np.bincount(place, ended_weight, len(at))
    all_times = np.concatenate([ended, censored])
    order = np.argsort(all_times, kind="stable")
    weights = np.concatenate([ended_weight, censored_weight])[order]
    after = np.concatenate([np.cumsum(weights[::-1])[::-1], [0.0]])
    at_risk = after[np.searchsorted(all_times[order], at, side="left")]
    left = np.maximum(at_risk - events, 0.0)
    left[left < 1e-9 * at_risk] = 0.0
    survival = np.cumprod(left / at_risk)
    inside = (survival > 0) & (survival < 1)
    greenwood = np.cumsum(np.divide(events, at_risk * left, out=np.zeros(len(at)), where=left > 0))
    low, high = survival.copy(), survival.copy()
    log_s = np.log(survival[inside])
    reach = np.minimum(z * np.sqrt(greenwood[inside]) / np.abs(log_s), 700.0)
    low[inside] = np.exp(np.maximum(log_s * np.exp(reach), -700.0))
    high[inside] = np.exp(log_s * np.exp(-reach))
    if len(at) and survival[-1] == 0:
        low[-1] = 0.0
        high[-1] = high[-2] if len(at) > 1 else 1.0
    return Steps(at, survival, low, high, at_risk)


def average(fits: Sequence[StageFit], role: int, segment: int) -> tuple[float, float]:
    """Centre and standard deviation of a parameter over several models of the same data: each weighted by
    exp(-AIC/2) and its own variance added to what they differ by (Buckland, Burnham and Augustin 1997)."""
    aic = np.array([fit.aic for fit in fits])
    weight = np.exp(-0.5 * (aic - aic.min()))
    weight /= weight.sum()
    centres = np.array([fit.roles[role, segment] for fit in fits])
    variances = np.array([fit.variance[role, segment] for fit in fits])
    centre = float(weight @ centres)
    return centre, math.sqrt(float(weight @ (variances + (centres - centre) ** 2)))


def spread(
    fits: Mapping[str, StageFit],
    roles: tuple[int, int],
    segment: int,
    believed: tuple[Belief, Belief],
    ended: Times,
    censored: Times,
    resolution: float,
    note: str = "",
) -> Spread:
    """The family that AIC prefers, or 20 equally likely values where it is not near what was seen.

    fits: of the same data with each family in turn. roles: of mean and cv. believed: of their logarithms.
    ended, censored: those whose times the segment's parameters are to describe; the censored weigh by the
    chance that they belong here."""
    steps = kaplan_meier(ended.days, ended.weight, censored.days, censored.weight)
    ranked = sorted(fits.items(), key=lambda item: (item[1].aic, families.FAMILIES.index(item[0])))
    candidates = tuple(
        Candidate(name, fit.aic, math.exp(fit.roles[roles[0], segment]), math.exp(fit.roles[roles[1], segment]))
        for name, fit in ranked
    )
    best = candidates[0]
    observed = round(ended.count)
    mean = beliefs.positive(*believed[0], observed, note)
    cv = beliefs.positive(*believed[1], observed, note)
    shown = _thinned(steps)
    result = Spread(
        best.family, mean, cv, (), candidates, observed, round(censored.count),
        shown.at, shown.survival, shown.low, shown.high,
    )  # fmt: skip
    far = distance(steps, best, resolution)
    if far <= NEAR + CHANCE / math.sqrt(max(observed, 1)):
        return result
    return _empirical(result, steps, best, resolution, far)


def spread_of_values(values: Floats, weight: Floats, note: str = "") -> Spread:
    """The spread of values above 0, all of them known exactly."""
    times = Times(values, np.zeros(len(values), np.int64), weight)
    nothing = Times(np.zeros(0), np.zeros(0, np.int64), np.zeros(0))
    data = StageData(times, nothing, nothing, 1, 0.0, True)
    fits = {name: fit_stage(data, Model(name, name, (0,), (0,))) for name in families.FAMILIES}
    every = list(fits.values())
    widen = beliefs.small_sample(times.count - 2)
    (mean, mean_sd), (cv, cv_sd) = (average(every, role, 0) for role in (YES_MEAN, YES_CV))
    believed = ((mean, mean_sd * widen), (cv, cv_sd * widen))
    return spread(fits, (YES_MEAN, YES_CV), 0, believed, times, nothing, 0.0, note)


def survival_of(spread: Spread, at: Floats, resolution: float) -> Floats:
    """The share that takes longer than `at` under a fitted spread, counted as its data were."""
    if spread.family == EMPIRICAL:
        return 1.0 - np.searchsorted(np.array(spread.values), at, side="right") / len(spread.values)
    # the candidate's own mean and cv: what is believed about either is its centre and more
    best = spread.candidates[0]
    return _longer(best, np.asarray(at, float), resolution)


def distance(steps: Steps, candidate: Candidate, resolution: float) -> float:
    """The farthest that a candidate's cumulative share is from the one seen."""
    use = steps.at_risk >= FEW_AT_RISK
    if not use.any():
        return 0.0
    at = steps.at[use]
    fitted = _longer(candidate, at, resolution)
    if resolution > 0:
        return float(np.abs(fitted - steps.survival[use]).max())
    before = np.concatenate([[1.0], steps.survival[use][:-1]])
    return float(np.maximum(np.abs(fitted - steps.survival[use]), np.abs(fitted - before)).max())


def _longer(candidate: Candidate, at: Floats, resolution: float) -> Floats:
    """The share that takes longer than each of `at`."""
    size = np.ones(len(at))
    times = families.counts(at, np.zeros(len(at), np.int64), resolution)
    return families.longer(candidate.family, times, candidate.mean * size, candidate.cv * size)


def _empirical(result: Spread, steps: Steps, best: Candidate, resolution: float, far: float) -> Spread:
    """Twenty equally likely values: means of twentieths of what was seen, and beyond the last that ended (where
    some were still going on) of the best family's tail."""
    share = (np.arange(EMPIRICAL_VALUES * SLICES) + 0.5) / (EMPIRICAL_VALUES * SLICES)
    days = _seen_quantiles(steps, best, share, resolution)
    values = days.reshape(EMPIRICAL_VALUES, SLICES).mean(axis=1)
    mean = float(days.mean())
    sd = float(days.std())
    n = max(result.observed, 1)
    cv = sd / mean
    skew = float(((days - mean) ** 3).mean()) / sd**3
    kurtosis = float(((days - mean) ** 4).mean()) / sd**4
    # variance of log cv by the delta method from the first four moments
    log_cv_variance = max((kurtosis - 1) / 4 - skew * cv + cv**2, 0.01) / n
    centre = math.log(mean), math.log(cv)
    note = f"no family comes near: the best, {best.family}, is {far:.2f} off; 20 values in its place"
    return replace(
        result,
        family=EMPIRICAL,
        mean=beliefs.positive(centre[0], math.hypot(cv / math.sqrt(n), _tail_doubt(result, steps)), n, note),
        cv=beliefs.positive(centre[1], math.sqrt(log_cv_variance), n, note),
        values=tuple(float(f"{value:.4g}") for value in values),
    )


def _tail_doubt(result: Spread, steps: Steps) -> float:
    """Standard deviation of the logarithm of the mean that comes from the part that nobody saw end."""
    unseen = float(steps.survival[-1]) if len(steps.survival) else 1.0
    return unseen * result.mean.sd / result.mean.value


def _seen_quantiles(steps: Steps, best: Candidate, share: Floats, resolution: float) -> Floats:
    below = 1 - steps.survival
    if resolution > 0:
        # a count of days d stands for times about d, so half of it lies beyond d; what is counted 0 is above 0
        edges = np.concatenate(
            [[0.0], np.maximum(steps.at, resolution / 2) + np.where(steps.at > 0, resolution / 2, 0)]
        )
        days = np.interp(share, np.concatenate([[0.0], below]), edges)
        gap = np.concatenate([[True], np.diff(steps.at) > resolution])
        start = np.maximum(steps.at - resolution / 2, 0.0)
        inside = np.minimum(np.searchsorted(below, share, side="left"), len(below) - 1)
        before = np.concatenate([[0.0], below[:-1]])[inside]
        width = np.maximum(below[inside] - before, 1e-12)
        in_cell = start[inside] + (edges[1:][inside] - start[inside]) * np.clip((share - before) / width, 0, 1)
        days = np.where(gap[inside], in_cell, days)
    else:
        days = steps.at[np.minimum(np.searchsorted(below, share, side="left"), len(below) - 1)]
    days = np.asarray(days, float)
    beyond = share > below[-1] + 1e-9
    if beyond.any():
        last = steps.at[-1:]
        kept = float(_longer(best, last, resolution)[0])
        of_rest = (share[beyond] - below[-1]) / (1 - below[-1])
        days[beyond] = np.maximum(
            families.quantile(best.family, 1 - kept * (1 - of_rest), best.mean, best.cv), last
        )
    return days


def _thinned(steps: Steps) -> Steps:
    """As many points as a picture needs, at about equal falls."""
    if len(steps.at) <= PICTURE_POINTS:
        return steps
    levels = np.linspace(steps.survival[0], steps.survival[-1], PICTURE_POINTS)
    keep = np.unique(np.searchsorted(-steps.survival, -levels, side="left").clip(0, len(steps.at) - 1))
    return Steps(*(each[keep] for each in (steps.at, steps.survival, steps.low, steps.high, steps.at_risk)))
