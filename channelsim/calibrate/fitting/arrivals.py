"""How many deals come from where, and whether that grows or follows the season."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate, SourceFit
from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.records import DAYS_A_MONTH, Export

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MONTHS_A_YEAR = 12
GROWTH_NEEDS, SEASONS_NEED = 12, 24
"""Whole months, below which neither can be told from luck or from each other."""
LOG_GROWTH_SD = 0.5
"""Before any data, a year changes arrivals by less than a factor 2.3 in nine cases of ten."""
SEASON_SDS = tuple(np.geomspace(0.02, 0.8, 12))
"""How far month factors may be from 1: the one under which the counts are likeliest is used."""
BY_CHANCE = 0.01
"""Chance at which a pattern that is not there would be taken for one."""
NEWTON_STEPS = 50


@dataclass(frozen=True)
class Months:
    """Whole months of an export's window."""

    starts: Floats  # [months + 1] days
    calendar: Ints  # [months] 0 = January
    to_end: Floats  # [months] years from each month's place in the growth to the window's end


@dataclass(frozen=True)
class _LogRates:
    """A Poisson regression of counts by month: log(expected) = rows @ coefficients, with normal priors about 0."""

    coefficients: Floats  # level at the end, growth, then month factors where there are any
    covariance: Floats
    expected: Floats
    evidence: float  # logarithm of the likelihood with the coefficients integrated out (Laplace)


def source_fits(export: Export) -> tuple[tuple[SourceFit, ...], tuple[str, ...]]:
    """All sources, and what to say aloud; none where the export has no dates."""
    if export.origin is None:
        return (), ("The export has no dates: how many deals come a month, and whether it grows, is not in it.",)
    months = whole_months(export)
    known = export.deals.filter(pl.col("source").is_in(export.sources))
    told = []
    share_known = 1.0
    if export.deals.height and known.height < export.deals.height and known.height:
        share_known = known.height / export.deals.height
        missing = export.deals.height - known.height
        told.append(f"{missing} deals name no source; they are shared out among the sources as the others are.")
    fits = []
    for source in export.sources:
        deals = known.filter(pl.col("source") == source)
        fit, more = _source_fit(export, months, source, deals, share_known)
        fits.append(fit)
        told += more
    if len(months.calendar) < GROWTH_NEEDS:
        told.append(
            f"The window holds {len(months.calendar)} whole months: too few to tell growth or seasons "
            f"({GROWTH_NEEDS} and {SEASONS_NEED} are needed); arrivals are taken to go on as they were."
        )
    elif len(months.calendar) < SEASONS_NEED:
        told.append(
            f"The window holds {len(months.calendar)} whole months: too few to tell seasons from growth "
            f"({SEASONS_NEED} are needed)."
        )
    return tuple(fits), tuple(told)


def source_shares(export: Export) -> dict[str, Estimate]:
    """Shares of all deals by source, those that name none left out."""
    return _shares(export.deals, "source", export.sources)


def segment_shares(export: Export) -> dict[str, Estimate]:
    """Shares of all deals by segment, those that name none left out."""
    return _shares(export.deals, "segment", export.segments)


def whole_months(export: Export) -> Months:
    """The calendar months that lie wholly between the first day and the cut-off, whose day counts as whole."""
    assert export.origin is not None
    first = export.origin + dt.timedelta(days=math.ceil(export.first_day))
    number = first.year * MONTHS_A_YEAR + first.month - 1 + (first.day > 1)
    numbers, starts = [], []
    while True:
        start = (dt.date(number // 12, number % 12 + 1, 1) - export.origin).days
        starts.append(float(start))
        if (dt.date((number + 1) // 12, (number + 1) % 12 + 1, 1) - export.origin).days > math.ceil(
            export.cutoff_day
        ):
            break
        numbers.append(number)
        number += 1
    # a scenario's month m has growth^(m / 12); one that began at the window's end would have its month 0 there
    left_over = (export.cutoff_day - starts[-1]) / DAYS_A_MONTH
    to_end = (len(numbers) + left_over - np.arange(len(numbers))) / MONTHS_A_YEAR
    return Months(np.array(starts), np.array([n % 12 for n in numbers], np.int64), to_end)


def _source_fit(
    export: Export, months: Months, source: str, deals: pl.DataFrame, share_known: float
) -> tuple[SourceFit, list[str]]:
    created = deals["created_day"].drop_nulls().to_numpy()
    counts = (
        np.histogram(created, months.starts)[0].astype(np.int64) if len(months.calendar) else np.zeros(0, np.int64)
    )
    mix = _shares(deals, "segment", export.segments)
    n = len(months.calendar)
    total = int(counts.sum())
    if n < GROWTH_NEEDS:
        return _short(export, months, source, created, counts, mix, share_known)
    fit = _regression(counts, months, 0.0)
    seasonal = None
    if n >= SEASONS_NEED:
        best = max((_regression(counts, months, sd) for sd in SEASON_SDS), key=lambda each: each.evidence)
        # the factors' variance lies on the boundary of what it may be: half of a chi-square of 1 (Self and
        # Liang 1987)
        if 0.5 * _chi_square_tail(2 * (best.evidence - fit.evidence), 1) < BY_CHANCE:
            fit = seasonal = best
    told = []
    wider, note = _overdispersion(counts, fit)
    if note:
        told.append(f"{source}: {note}")
    level_sd = math.sqrt(fit.covariance[0, 0]) * wider
    growth_sd = math.sqrt(fit.covariance[1, 1]) * wider
    level = fit.coefficients[0]
    seasons = None
    if seasonal is not None:
        seasons, shift, level_sd = _seasons(fit, wider, n)
        level += shift
    growth = math.exp(fit.coefficients[1] + growth_sd**2 / 2) - 1
    return SourceFit(
        source,
        months.starts[:-1],
        counts,
        fit.expected,
        beliefs.positive(level - math.log(share_known), level_sd, total, note),
        _growth(float(fit.coefficients[1]), growth_sd, growth, total),
        seasons,
        mix,
    ), told


def _short(
    export: Export,
    months: Months,
    source: str,
    created: Floats,
    counts: Ints,
    mix: Mapping[str, Estimate],
    share_known: float,
) -> tuple[SourceFit, list[str]]:
    """A window too short for growth: the mean, over the days where there is not one whole month."""
    n = len(counts)
    events, exposure = (float(counts.sum()), float(n))
    if n == 0:
        days = max(export.cutoff_day - export.first_day, 1.0)
        events, exposure = float(len(created)), days / DAYS_A_MONTH
    rate = beliefs.rate(events, exposure * share_known, round(events))
    told = []
    if n >= 3 and events > 0:
        level = events / n
        flat = _LogRates(np.zeros(1), np.zeros((1, 1)), np.full(n, level), 0.0)
        wider, note = _overdispersion(counts, flat)
        if note:
            rate = beliefs.positive_by_moments(rate.value, rate.sd * wider, rate.n, note)
            told.append(f"{source}: {note}")
    expected = np.full(n, events / exposure if exposure else 0.0)
    return SourceFit(source, months.starts[:n], counts, expected, rate, None, None, mix), told


def _growth(log_growth: float, sd: float, mean: float, n: int) -> Estimate:
    """Growth over a year, from its logarithm's belief; a scenario takes it as normal."""
    spread = (1 + mean) * math.sqrt(math.expm1(sd**2))
    return beliefs.symmetric(mean, spread, n) if spread > 0 else beliefs.known(math.expm1(log_growth), n)


def _regression(counts: Ints, months: Months, season_sd: float) -> _LogRates:
    """Level, growth and, where `season_sd` is above 0, 12 month factors that are normal about 1 on the log
    scale."""
    columns = [np.ones(len(counts)), -months.to_end]
    precision = [0.0, LOG_GROWTH_SD**-2]
    if season_sd > 0:
        columns += [(months.calendar == month).astype(float) for month in range(MONTHS_A_YEAR)]
        precision += [season_sd**-2] * MONTHS_A_YEAR
    rows = np.array(columns).T
    prior = np.array(precision)
    level = math.log((counts.sum() + beliefs.JEFFREYS) / len(counts))
    beta = np.zeros(len(prior))
    beta[0] = level
    # Jeffreys' half count, so that a source that nobody came from has a rate all the same
    observed = counts + beliefs.JEFFREYS / len(counts)
    for _ in range(NEWTON_STEPS):
        expected = np.exp(rows @ beta)
        information = (rows.T * expected) @ rows + np.diag(prior)
        step = np.linalg.solve(information, rows.T @ (observed - expected) - prior * beta)
        beta = beta + np.clip(step, -2.0, 2.0)
        if float(np.abs(step).max()) < 1e-10:
            break
    expected = np.exp(rows @ beta)
    information = (rows.T * expected) @ rows + np.diag(prior)
    likelihood = float(observed @ np.log(expected) - expected.sum())
    proper = prior[1:]
    evidence = likelihood - 0.5 * float(prior @ beta**2) + 0.5 * float(np.log(proper).sum())
    evidence -= 0.5 * float(np.linalg.slogdet(information)[1])
    return _LogRates(beta, np.linalg.inv(information), expected, evidence)


def _seasons(fit: _LogRates, wider: float, n: int) -> tuple[tuple[Estimate, ...], float, float]:
    """Twelve factors of mean 1, what that adds to the level's logarithm, and the level's standard deviation."""
    logs = fit.coefficients[2:]
    factors = np.exp(logs)
    mean = float(factors.mean())
    part = factors / factors.sum()  # of each logarithm in the logarithm of the mean
    covariance = fit.covariance[2:, 2:] * wider**2
    turn = np.eye(MONTHS_A_YEAR) - part
    log_variance = np.diag(turn @ covariance @ turn.T)
    weights = np.concatenate([[1.0, 0.0], part])
    level_sd = math.sqrt(float(weights @ (fit.covariance * wider**2) @ weights))
    estimates = tuple(
        beliefs.positive(math.log(factor / mean), math.sqrt(max(variance, 0.0)), n)
        for factor, variance in zip(factors, log_variance, strict=True)
    )
    return estimates, math.log(mean), level_sd


def _overdispersion(counts: Ints, fit: _LogRates) -> tuple[float, str]:
    """By what to multiply standard deviations, and a note, where counts vary more than a Poisson process would:
    Pearson's statistic over its degrees of freedom (McCullagh and Nelder 1989)."""
    degrees = max(len(counts) - len(fit.coefficients), 1)
    pearson = float(((counts - fit.expected) ** 2 / np.maximum(fit.expected, 1e-9)).sum())
    if pearson <= degrees or _chi_square_tail(pearson, degrees) > BY_CHANCE:
        return 1.0, ""
    ratio = pearson / degrees
    wider = math.sqrt(ratio) * beliefs.small_sample(degrees)
    return wider, f"months vary {ratio:.1f} times as much as chance would; intervals are widened"


def _chi_square_tail(value: float, degrees: float) -> float:
    from scipy.special import gammaincc  # slow to import

    return float(gammaincc(degrees / 2, max(value, 0.0) / 2))


def _shares(deals: pl.DataFrame, column: str, names: tuple[str, ...]) -> dict[str, Estimate]:
    if len(names) == 1:
        return {names[0]: beliefs.known(1.0, deals.height)}
    counts = {str(name): count for name, count in deals[column].drop_nulls().value_counts().iter_rows()}
    found = beliefs.shares(np.array([counts.get(name, 0) for name in names], float))
    return dict(zip(names, found, strict=True))
