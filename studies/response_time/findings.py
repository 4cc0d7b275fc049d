"""What the CRMs say, and what is true: rates, ratios and their parts, with intervals over replications.

All of it is made of one table of totals for each world: leads, and those with each outcome, by response time and
source.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.jackknife import Interval, jackknife
from studies.crm import Records
from studies.response_time.experiment import pairs

FloatArray = NDArray[np.float64]

BUCKETS = {
    "within 5 min": 5 / 60,
    "5 to 30 min": 0.5,
    "30 to 60 min": 1.0,
    "1 to 4 h": 4.0,
    "4 to 24 h": 24.0,
    "later": math.inf,
}
"""Response times by their upper ends in hours, as in SalesUp's table."""
FAST, SLOW = slice(0, 1), slice(4, 6)
"""Within five minutes, and later than four hours."""
AT_ONCE, CONTACTED, OPPORTUNITY = range(3)
OUTCOMES = {AT_ONCE: "reached by the first dial", CONTACTED: "contacted", OPPORTUNITY: "became an opportunity"}

LEADS, OBSERVED, IF_AT_ONCE = 0, slice(1, 4), slice(4, 7)
"""Of a table of totals, the last axis: leads, those with each outcome, and those who would have had it if called at
once."""
QUANTITIES = 7

# What was published (docs/studies/response_time.md names the sources).
SALESUP = {CONTACTED: (0.78, 0.64, 0.51, 0.38, 0.22, 0.09), OPPORTUNITY: (0.35, 0.22, 0.14, 0.09, 0.04, 0.01)}
AUDITED = {"within the hour": 0.37, "within 24 h": 0.16, "later": 0.24, "never": 0.23}


def totals_of(crm: list[Records], at_once: list[Records], sources: int) -> FloatArray:
    """Totals of a world, shape (replication, response time, source, quantity). at_once: the same leads, each called
    at once. Leads that nobody called count as called later than all others."""
    tables = []
    for seen, forced in pairs(crm, at_once):
        bucket = np.searchsorted(list(BUCKETS.values())[:-1], seen.response_hours)  # NaN sorts last
        table = np.zeros((len(BUCKETS), sources, QUANTITIES))
        quantities = np.column_stack([np.ones(len(seen.lead)), *_outcomes(seen), *_outcomes(forced)])
        np.add.at(table, (bucket, seen.source), quantities)
        tables.append(table)
    return np.array(tables)


def _outcomes(records: Records) -> list[NDArray[np.bool_]]:
    return [records.reached_at_once, records.contacted, records.opportunity]


def _over(totals: FloatArray, function: Callable[[FloatArray], FloatArray], *, in_logs: bool) -> list[Interval]:
    """Intervals of a function of a world's totals."""
    shape = totals.shape[1:]
    return jackknife(
        totals.reshape(len(totals), -1),
        lambda flat: function(flat.reshape(*flat.shape[:-1], *shape)),
        in_logs=in_logs,
    )


def shares(totals: FloatArray) -> list[Interval]:
    """Share of the leads with each response time."""

    def function(t: FloatArray) -> FloatArray:
        leads = t[..., LEADS].sum(axis=-1)
        return np.asarray(leads / leads.sum(axis=-1, keepdims=True))

    return _over(totals, function, in_logs=False)


def rates(totals: FloatArray, outcome: int) -> list[Interval]:
    """Share of the leads of each response time that had the outcome: what the CRM shows."""

    def function(t: FloatArray) -> FloatArray:
        sums = t.sum(axis=-2)
        return np.asarray(sums[..., 1 + outcome] / sums[..., LEADS])

    return _over(totals, function, in_logs=False)


def rates_by_mix(totals: FloatArray, outcome: int) -> list[Interval]:
    """The same if the leads of each response time came from all sources in the proportions of all leads."""

    def function(t: FloatArray) -> FloatArray:
        leads = t[..., LEADS].sum(axis=-2, keepdims=True)
        mix = leads / leads.sum(axis=-1, keepdims=True)
        return np.asarray((mix * t[..., 1 + outcome] / t[..., LEADS]).sum(axis=-1))

    return _over(totals, function, in_logs=False)


def overall(totals: FloatArray, outcome: int) -> Interval:
    """Share of all leads that had the outcome."""

    def function(t: FloatArray) -> FloatArray:
        sums = t.sum(axis=(-2, -3))
        return np.asarray(sums[..., 1 + outcome : 2 + outcome] / sums[..., :1])

    return _over(totals, function, in_logs=False)[0]


def group(t: FloatArray, which: slice) -> FloatArray:
    """Totals of all leads with some response times, shape (..., quantity)."""
    return np.asarray(t[..., which, :, :].sum(axis=(-2, -3)))


def mix(totals: FloatArray, which: slice) -> list[Interval]:
    """Of the leads with some response times, the share from each source."""

    def function(t: FloatArray) -> FloatArray:
        leads = t[..., which, :, LEADS].sum(axis=-2)
        return np.asarray(leads / leads.sum(axis=-1, keepdims=True))

    return _over(totals, function, in_logs=False)


def decomposition(totals: FloatArray, outcome: int) -> dict[str, Interval]:
    """What an analyst finds when the fast are compared with the slow, and what it is made of.

    raw = selection x cooling x rest. selection: the fast against the slow if both had been called at once: who
    they are. cooling: the slow, called at once, against the slow as they were called: what response time does to
    them. rest: the fast as they were called against the same called at once (a minute or two, and later dials,
    which wait for the team as all do). odds: the raw ratio in odds.
    """

    def function(t: FloatArray) -> FloatArray:
        fast, slow = group(t, FAST), group(t, SLOW)
        seen_fast, seen_slow = (g[..., 1 + outcome] / g[..., LEADS] for g in (fast, slow))
        if_fast, if_slow = (g[..., 4 + outcome] / g[..., LEADS] for g in (fast, slow))
        odds = seen_fast / (1 - seen_fast) / (seen_slow / (1 - seen_slow))
        return np.stack(
            [odds, seen_fast / seen_slow, if_fast / if_slow, if_slow / seen_slow, seen_fast / if_fast], axis=-1
        )

    names = ("odds", "raw", "selection", "cooling", "rest")
    return dict(zip(names, _over(totals, function, in_logs=True), strict=True))


def share_of_selection(totals: FloatArray, outcome: int) -> Interval:
    """How much of the raw ratio is selection, on the scale on which its parts add up: log selection / log raw."""

    def function(t: FloatArray) -> FloatArray:
        fast, slow = group(t, FAST), group(t, SLOW)
        raw = np.log(fast[..., 1 + outcome] / fast[..., LEADS] / (slow[..., 1 + outcome] / slow[..., LEADS]))
        chosen = np.log(fast[..., 4 + outcome] / fast[..., LEADS] / (slow[..., 4 + outcome] / slow[..., LEADS]))
        return np.asarray((chosen / raw)[..., None])

    return _over(totals, function, in_logs=False)[0]


def same_mix(totals: FloatArray, outcome: int) -> Interval:
    """Fast against slow as a careful analyst computes it: by source, each weighted as among the slow."""

    def function(t: FloatArray) -> FloatArray:
        fast, slow = (t[..., which, :, :].sum(axis=-3) for which in (FAST, SLOW))
        mix = slow[..., LEADS] / slow[..., LEADS].sum(axis=-1, keepdims=True)
        fast_as_slow = (mix * fast[..., 1 + outcome] / fast[..., LEADS]).sum(axis=-1)
        seen_slow = slow[..., 1 + outcome].sum(axis=-1) / slow[..., LEADS].sum(axis=-1)
        return np.asarray((fast_as_slow / seen_slow)[..., None])

    return _over(totals, function, in_logs=True)[0]


def forced_rate(crm: list[Records], outcome: int) -> Interval:
    """Share of all leads that have the outcome in a world."""
    totals = np.array([[len(each.lead), _outcomes(each)[outcome].sum()] for each in crm], float)
    return jackknife(totals, lambda t: np.asarray(t[..., 1:] / t[..., :1]))[0]


def forced_ratio(one: list[Records], other: list[Records], outcome: int) -> Interval:
    """The same leads in one world against another: a ratio of rates."""
    totals = np.array(
        [[_outcomes(a)[outcome].sum(), _outcomes(b)[outcome].sum()] for a, b in pairs(one, other)], float
    )
    return jackknife(totals, lambda t: np.asarray(t[..., :1] / t[..., 1:]), in_logs=True)[0]


def monthly(crm: list[Records], months: float, base: list[Records] | None = None) -> Interval:
    """Opportunities a month, or by how many more than in another world with the same leads."""
    found = np.array([float(each.opportunity.sum()) for each in crm])
    if base is not None:
        found = found - np.array([float(b.opportunity.sum()) for _, b in pairs(crm, base)])
    count = np.ones(len(found))
    return jackknife(np.column_stack([found / months, count]), lambda t: np.asarray(t[..., :1] / t[..., 1:]))[0]


def promise(totals: FloatArray, months: float) -> Interval:
    """Opportunities a month more, as promised by who takes the fast leads' rate for that of all leads."""

    def function(t: FloatArray) -> FloatArray:
        fast, everyone = group(t, FAST), group(t, slice(None))
        found = (
            fast[..., 1 + OPPORTUNITY] / fast[..., LEADS] * everyone[..., LEADS] - everyone[..., 1 + OPPORTUNITY]
        )
        return np.asarray(found[..., None])

    per_replication = _over(totals, function, in_logs=False)[0]
    scale = len(totals) * months
    return Interval(
        *(value / scale for value in (per_replication.value, per_replication.low, per_replication.high))
    )


def response_hours(crm: list[Records]) -> tuple[float, float]:
    """Mean and median hours to the first dial, of leads that were called."""
    hours = np.concatenate([each.response_hours for each in crm])
    return float(np.nanmean(hours)), float(np.nanmedian(hours))


def median_of_buckets(crm: list[Records]) -> FloatArray:
    """Median response time within each bucket, in hours, NaN where there is none: where a bucket is drawn."""
    hours = np.concatenate([each.response_hours for each in crm])
    bucket = np.searchsorted(list(BUCKETS.values())[:-1], hours)
    return np.array([np.median(hours[(bucket == each) & ~np.isnan(hours)]) if np.any(bucket == each) else math.nan
                     for each in range(len(BUCKETS))])  # fmt: skip
