"""Streams of leads: expected arrivals by month, and the pattern of the week."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from channelsim.program.layout import Layout
from channelsim.program.marketing import leads_of_budget, leads_of_content
from channelsim.scenario.market import HOURS_A_DAY, MONTHS_A_YEAR, PATTERNS, Source

FloatArray = NDArray[np.float64]
SATURDAY = 5


def leads_by_month(source: Source, layout: Layout) -> FloatArray:
    """Expected leads of a source in each month, all segments: leads per month x growth to that month + what budget
    and content bring, x the calendar month's seasonality."""
    months = np.arange(layout.months)
    seasonality = np.ones(layout.months)
    if source.seasonality is not None:
        seasonality = np.array([source.seasonality[start.month - 1] for start in layout.month_starts[:-1]])
    growth = (1 + source.annual_growth) ** (months / MONTHS_A_YEAR)
    leads = source.leads_per_month * growth
    if source.budget is not None:
        leads = leads + leads_of_budget(source.budget, layout.months)
    if source.content is not None:
        leads = leads + leads_of_content(source.content, layout.months)
    by_month: FloatArray = leads * seasonality
    return by_month


def pattern_weights(source: Source) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """24 weights for a weekday and 24 for a weekend day."""
    if isinstance(source.arrivals, str):
        weekday, weekend = PATTERNS[source.arrivals]
        return tuple(weekday), tuple(weekend)
    return tuple(source.arrivals.weekday), tuple(source.arrivals.weekend)


@lru_cache(maxsize=64)
def cumulative_pattern(
    weights: tuple[tuple[float, ...], tuple[float, ...]], start: dt.date, days: int
) -> FloatArray:
    """Weight of the horizon's hours before each hour, shape (24 days + 1,)."""
    weekday, weekend = weights
    by_hour = np.empty((days, HOURS_A_DAY))
    for day in range(days):
        by_hour[day] = weekend if (start.weekday() + day) % 7 >= SATURDAY else weekday
    return np.concatenate([[0.0], np.cumsum(by_hour)])
