"""Deals created by month against the fitted line, and how far chance takes a month from it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from channelsim.calibrate.estimates import INTERVAL, Estimate, Fit, SourceFit
from channelsim.report.charts.monthly import MONTH_NAMES
from channelsim.report.charts.panels import Panel
from channelsim.report.style import INK, PALETTE, SMALL_SIZE

FITTED = PALETTE[0]
TICKS = 4


def arrival_panels(fit: Fit) -> Iterator[Panel]:
    """One for each source; none where the export has no dates."""
    for source in fit.sources:
        if fit.export.origin is not None and len(source.counts):
            yield _panel(source, fit.export.origin)


def arrivals_note(source: SourceFit) -> str:
    """What was fitted: "62 a month at the end, growing 12% a year, with seasons"."""
    at_end = f"{source.per_month.value:,.3g} a month at the end"
    growth = "" if source.annual_growth is None else f", {_grows(source.annual_growth)}"
    seasons = ", with seasons" if source.seasonality is not None else ""
    return f"{int(source.counts.sum()):,} deals. {at_end}{growth}{seasons}."


def _grows(growth: Estimate) -> str:
    verb = "growing" if growth.value >= 0 else "shrinking"
    return f"{verb} {abs(growth.value):.0%} a year ({growth.low:+.0%} to {growth.high:+.0%})"


def _panel(source: SourceFit, origin: dt.date) -> Panel:
    def draw(axes: Axes) -> None:
        from scipy.stats import poisson  # slow to import

        at = np.arange(len(source.counts))
        outside = (1 - INTERVAL) / 2
        low, high = (poisson.ppf(share, source.expected) for share in (outside, 1 - outside))
        axes.fill_between(at, low, high, color=FITTED, alpha=0.18, linewidth=0)
        axes.plot(at, source.expected, color=FITTED, linewidth=1.8, marker="o" if len(at) == 1 else "")
        axes.plot(at, source.counts, "o", color=INK, markersize=3.2, zorder=3)
        axes.set_ylim(0, max(float(high.max()), float(source.counts.max()), 1.0) * 1.06)
        axes.yaxis.set_major_locator(MaxNLocator(4, integer=True))
        axes.grid(visible=True, axis="y")
        axes.tick_params(length=0, labelsize=SMALL_SIZE)
        month_ticks(axes, [origin + dt.timedelta(days=float(day)) for day in source.month_starts])

    note = arrivals_note(source)
    return Panel(source.name, note, f"Deals created a month from {source.name}. {note}", draw)


def month_ticks(axes: Axes, months: list[dt.date]) -> None:
    """A few months named along the horizontal axis."""
    every = max(1, -(-len(months) // TICKS))
    at = list(range(0, len(months), every))
    axes.set_xticks(at, [f"{MONTH_NAMES[months[each].month - 1]}\n{months[each].year}" for each in at])
    axes.set_xlim(-0.5, len(months) - 0.5)
