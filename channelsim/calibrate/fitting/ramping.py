"""How long new reps take to get up to speed."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate
from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.fitting.at_work import Reps, counts_of
from channelsim.calibrate.records import DAYS_A_MONTH, Export

Floats = NDArray[np.float64]

SLICE = DAYS_A_MONTH / 2
"""Days in which a rep's pace is taken as one."""
FEWEST_JOINERS = 5
RAMP_START = 0.25
"""Productivity on the first day, as scenarios have it (`people.ramp_start`)."""
RAMPS = np.arange(0.0, 12.25, 0.25)
"""Months that are tried."""
BY_CHANCE = 2.706
"""Twice the gain in log-likelihood that chance alone exceeds in one case of twenty: half of a chi-square of one, as
there is no ramp below 0 (Self and Liang 1987)."""
MOST_ROUNDS, NEARLY = 50, 1e-6


def ramp(export: Export, deals: pl.DataFrame, reps: Reps) -> Estimate | None:
    """Months until a new rep takes on as many deals as others, in a straight line from RAMP_START; None where
    chance explains it, or fewer than FEWEST_JOINERS joined.

    Deals by rep and half month are Poisson with a level of the rep and one of the time, times the pace that the
    ramp gives: so neither reps who differ nor growth and seasons are taken for a ramp. Both levels are maximised
    over (iterative proportional fitting: Deming and Stephan 1940), and where counts vary more than chance would,
    the likelihood is flattened by as much (McCullagh and Nelder 1989, section 9.2). The estimate is the mean of
    the profile likelihood."""
    if int(reps.joined.sum()) < FEWEST_JOINERS:
        return None
    edges = np.arange(export.first_day, export.cutoff_day - SLICE / 2, SLICE)
    edges = np.append(edges, export.cutoff_day)
    # the deals that a rep is known to have come and gone by say nothing of the pace: it is reckoned between them
    after = np.where(reps.joined, reps.known, -math.inf)
    until = np.where(reps.left, reps.last, math.inf)
    counts = counts_of(deals, reps, edges, after, until)
    low = np.maximum(edges[:-1], np.maximum(after, reps.start)[:, None])
    high = np.minimum(edges[1:], np.minimum(until, reps.stop)[:, None])
    exposure = np.maximum(high - low, 0.0)
    tenure = np.where(reps.joined[:, None], (low + high) / 2 - reps.start[:, None], math.inf) / DAYS_A_MONTH
    gains = np.empty(len(RAMPS))
    wider = 1.0
    times = np.ones(counts.shape[1])
    for at, months in enumerate(RAMPS):
        weight = exposure * _pace(tenure, months)
        of_reps, times = _levels(counts, weight, times)
        expected = of_reps[:, None] * weight * times
        inside = expected > 0
        gains[at] = float((counts[inside] * np.log(expected[inside])).sum() - expected.sum())
        if at == int(gains[: at + 1].argmax()):
            free = int(inside.sum()) - sum(counts.shape)
            wider = max(1.0, float(((counts - expected)[inside] ** 2 / expected[inside]).sum()) / max(free, 1))
    gains /= wider
    if 2 * (gains.max() - gains[0]) < BY_CHANCE:
        return None
    belief = np.exp(gains - gains.max())
    belief /= belief.sum()
    mean = float(belief @ RAMPS)
    sd = max(math.sqrt(float(belief @ (RAMPS - mean) ** 2)), (RAMPS[1] - RAMPS[0]) / math.sqrt(12))
    joined = int(reps.joined.sum())
    return beliefs.positive_by_moments(
        mean, sd, round(float(counts[reps.joined].sum())), f"{joined} reps joined in the window"
    )


def _pace(tenure: Floats, months: float) -> Floats:
    if months == 0:
        return np.ones(tenure.shape)
    return np.minimum(1.0, RAMP_START + (1 - RAMP_START) * np.maximum(tenure, 0.0) / months)


def _levels(counts: Floats, weight: Floats, times: Floats) -> tuple[Floats, Floats]:
    """Levels of rows and of columns with which weight x row x column has the sums of the counts. times: levels of
    columns to begin with."""
    of_reps, of_times = counts.sum(axis=1), counts.sum(axis=0)
    for _ in range(MOST_ROUNDS):
        reps = _ratio(of_reps, weight @ times)
        before, times = times, _ratio(of_times, reps @ weight)
        if np.abs(times - before).max() <= NEARLY * times.max():
            break
    return reps, times


def _ratio(above: Floats, below: Floats) -> Floats:
    result: Floats = np.divide(above, below, out=np.zeros_like(above), where=below > 0)
    return result
