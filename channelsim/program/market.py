"""Streams of leads: expected arrivals by month, and the pattern of the week."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from channelsim.program.layout import Layout
from channelsim.scenario.market import HOURS_A_DAY, MONTHS_A_YEAR, PATTERNS, Source

FloatArray = NDArray[np.float64]
SATURDAY = 5


def expected_arrivals(source: Source, segment: str, layout: Layout) -> FloatArray:
    """Expected arrivals of a stream before each month, shape (months + 1,): the sum of leads per month x mix x
    the calendar month's seasonality x growth to that month."""
    months = np.arange(layout.months)
    seasonality = np.ones(layout.months)
    if source.seasonality is not None:
        seasonality = np.array([source.seasonality[start.month - 1] for start in layout.month_starts[:-1]])
    growth = (1 + source.annual_growth) ** (months / MONTHS_A_YEAR)
    by_month = source.leads_per_month * source.mix[segment] * seasonality * growth
    return np.concatenate([[0.0], np.cumsum(by_month)])


def pattern_weights(source: Source) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """24 weights for a weekday and 24 for a weekend day."""
    if isinstance(source.arrivals, str):
        weekday, weekend = PATTERNS[source.arrivals]
        return tuple(weekday), tuple(weekend)
    return tuple(source.arrivals.weekday), tuple(source.arrivals.weekend)


def cumulative_pattern(
    weights: tuple[tuple[float, ...], tuple[float, ...]], start: dt.date, days: int
) -> FloatArray:
    """Weight of the horizon's hours before each hour, shape (24 days + 1,)."""
    weekday, weekend = weights
    by_hour = np.empty((days, HOURS_A_DAY))
    for day in range(days):
        by_hour[day] = weekend if (start.weekday() + day) % 7 >= SATURDAY else weekday
    return np.concatenate([[0.0], np.cumsum(by_hour)])
