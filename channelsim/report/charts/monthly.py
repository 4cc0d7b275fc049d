"""How the months go: open pipeline, and how busy each team is, with the band in which most replications lie."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from channelsim.analysis.intervals import estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import number
from channelsim.report.style import (
    FAINT,
    GROUND,
    INK,
    PANEL_SIZE,
    QUIET,
    SMALL_SIZE,
    TEXT_SIZE,
    Chart,
    UnitFormatter,
    chart,
    folded,
    number_axis,
    page,
    strategy_colours,
)

FloatArray = NDArray[np.float64]
MONTHS_BETWEEN_TICKS = (1, 2, 3, 6, 12, 24, 60)
HEADROOM = 1.12  # the warm-up's name stands above all lines
MONTH_NAMES = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
TITLE_COLUMNS = 80  # letters across the page
MOST_DATES = 14
"""Dates that can be named side by side across a page."""


@dataclass(frozen=True)
class Series:
    """A monthly figure of one strategy: at which days (proleptic ordinals), its mean and its band."""

    days: FloatArray
    mean: FloatArray
    low: FloatArray
    high: FloatArray

    @property
    def is_empty(self) -> bool:
        """Whether it is undefined in every month."""
        return bool(np.isnan(self.mean).all())


def series_of(result: Result, strategy: str, name: str, *, at_month_end: bool) -> Series:
    """A monthly series over the replications that finished. NaN in months in which no replication defines it."""
    starts = np.array([date.toordinal() for date in result.layout(strategy).month_starts], float)
    days = starts[1:] if at_month_end else (starts[:-1] + starts[1:]) / 2
    values = result.by_month(strategy, name)
    mean, low, high = (np.full(len(days), np.nan) for _ in range(3))
    for month in range(values.shape[1]):
        found = estimate(values[:, month], controls=result.controls)
        mean[month], low[month], high[month] = found.mean, found.p10, found.p90
    series = Series(days, mean, low, high)
    return _from_nothing(series, starts[0]) if at_month_end and not series.is_empty else series


def _from_nothing(series: Series, start: float) -> Series:
    """With a point at the horizon's start, when nothing has come yet."""
    mean, low, high = (np.insert(values, 0, 0.0) for values in (series.mean, series.low, series.high))
    return Series(np.insert(series.days, 0, start), mean, low, high)


@chart
def pipeline(result: Result) -> Chart:
    """Value of open opportunities at the end of each month, a panel a strategy, the others in grey behind."""
    names = result.strategies
    columns = len(names) if len(names) <= 3 else math.ceil(len(names) / 2)
    lines = math.ceil(len(names) / columns)
    figure = page(
        result,
        "Open pipeline at the end of each month",
        _words("Value of open opportunities", result, names),
        (3.6 if lines == 1 else 2.6) * lines,
    )
    panels = list(figure.subplots(lines, columns, sharex=True, sharey=True, squeeze=False).flat)
    for spare in panels[len(names) :]:
        spare.remove()
    series = {name: series_of(result, name, "pipeline", at_month_end=True) for name in names}
    currency = result.study.scenario.currency
    for axes, name in zip(panels, names, strict=False):
        _draw(axes, result, name, series)
        dates_below(axes, result, MOST_DATES // columns)
        number_axis(axes, "y", UnitFormatter(Unit.MONEY, currency), 5)
        axes.set_ylim(0, _top(series))
        _title(axes, result, name, columns)
        _above(axes, f"{number(result.estimate(name, 'open_pipeline').mean, Unit.MONEY, currency)} at the end")
    return figure


@chart
def utilization(result: Result) -> Chart:
    """Hours worked on leads as a share of working hours by month: a row a team, a column a strategy, the other
    strategies in grey behind. A team that has nobody in any strategy has no row."""
    names = result.strategies
    teams = {
        team: {name: series_of(result, name, f"utilization.{team}", at_month_end=False) for name in names}
        for team in dict.fromkeys(team for name in names for team in result.layout(name).teams)
    }
    teams = {team: series for team, series in teams.items() if not all(each.is_empty for each in series.values())}
    figure = page(
        result,
        "How busy each team is, by month",
        _words("Hours worked on leads, travel included, as a share of the team's working hours", result, names),
        max(1, len(teams)) * (1.75 if len(teams) > 1 else 3.0) + 0.5,
    )
    if not teams:
        figure.text(0.5, 0.5, "No team has anybody.", ha="center", color=QUIET)
        return figure
    panels = figure.subplots(len(teams), len(names), sharex=True, sharey=True, squeeze=False)
    for row, (team, series) in enumerate(teams.items()):
        for axes, name in zip(panels[row], names, strict=True):
            _draw(axes, result, name, series)
            dates_below(axes, result, MOST_DATES // len(names))
            number_axis(axes, "y", UnitFormatter(Unit.SHARE, ""), 4)
            axes.set_ylim(0, max(HEADROOM, *(_top(each) for each in teams.values())))
            _mean_of(axes, result, name, team, is_empty=series[name].is_empty)
            axes.set_title(" ", size=SMALL_SIZE)  # keeps room for the figure above the panel
        panels[row][0].set_ylabel(folded(team, 16), size=PANEL_SIZE, weight="bold", color=INK)
    for axes, name in zip(panels[0], names, strict=True):
        _title(axes, result, name, len(names))
    return figure


def _mean_of(axes: Axes, result: Result, strategy: str, team: str, *, is_empty: bool) -> None:
    """The figure of the summary above its panel."""
    if is_empty:
        _above(axes, "nobody")
        return
    share = number(result.estimate(strategy, f"utilization.{team}").mean, Unit.SHARE, "")
    _above(axes, f"{share} average")


def _title(axes: Axes, result: Result, strategy: str, columns: int) -> None:
    """The strategy in its colour, above the line for a figure."""
    colour = strategy_colours(result.strategies)[strategy]
    axes.set_title(folded(strategy, TITLE_COLUMNS // columns), color=colour, size=_size(columns), pad=15)


def _size(columns: int) -> float:
    return PANEL_SIZE if columns <= 4 else TEXT_SIZE


def _above(axes: Axes, text: str) -> None:
    above = axes.annotate(
        text, (0, 1), (0, 3), xycoords="axes fraction", textcoords="offset points", size=SMALL_SIZE, va="bottom"
    )
    above.set_in_layout(False)  # it may reach beyond a narrow panel, into the gap to the next


def _words(what: str, result: Result, names: Sequence[str]) -> str:
    parts = [f"{what}. "]
    if result.replications > 1:
        parts.append("Lines are means; shaded bands hold the middle 80% of replications (10th to 90th percentile).")
    else:
        parts.append("One replication.")
    if len(names) > 1:
        parts.append(" Grey lines are the other strategies.")
    return "".join(parts)


def _draw(axes: Axes, result: Result, strategy: str, series: Mapping[str, Series]) -> None:
    """A strategy's mean and band in its colour, the others' means in grey."""
    for name, other in series.items():
        if name != strategy:
            axes.plot(other.days, other.mean, color=FAINT, linewidth=1, zorder=1.5)
    colour = strategy_colours(result.strategies)[strategy]
    own = series[strategy]
    has_band = ~np.isnan(own.mean)
    if result.replications > 1 and has_band.any():
        axes.fill_between(
            own.days, own.low, own.high, where=has_band.tolist(), color=colour, alpha=0.22, linewidth=0,
            label=f"{strategy} band",
        )  # fmt: skip
    axes.plot(own.days, own.mean, color=colour, linewidth=1.8, label=strategy, clip_on=False, zorder=3)


def _top(series: Mapping[str, Series]) -> float:
    """A little above everything that is drawn."""
    highest = max((float(np.nanmax(each.high)) for each in series.values() if not each.is_empty), default=0.0)
    return highest * HEADROOM or 1.0


def dates_below(axes: Axes, result: Result, most: int) -> None:
    """Months along the bottom, at most so many named, and the warm-up shaded."""
    horizons = [result.layout(name).month_starts for name in result.strategies]
    starts = max(horizons, key=len)
    gap = next((gap for gap in MONTHS_BETWEEN_TICKS if len(starts) / gap <= max(2, most)), MONTHS_BETWEEN_TICKS[-1])
    ticks = starts[::gap]
    axes.set_xlim(starts[0].toordinal(), starts[-1].toordinal())
    axes.set_xticks([date.toordinal() for date in ticks], _month_names(ticks))
    axes.tick_params(axis="x", length=3)
    warmup = result.study.scenario.horizon.warmup_months
    if warmup:
        first, end = starts[0].toordinal(), starts[warmup].toordinal()
        axes.axvspan(first, end, color=GROUND, zorder=0, linewidth=0, label="warm-up")
        axes.axvline(end, color=FAINT, linewidth=0.8, zorder=0.5)
        axes.annotate(
            "warm-up", (first, 1), xycoords=axes.get_xaxis_transform(), xytext=(3, -3),
            textcoords="offset points", va="top", size=SMALL_SIZE - 1, color=QUIET,
        )  # fmt: skip


def _month_names(dates: Sequence[dt.date]) -> list[str]:
    """Months, in English whatever the locale, with the year below the first of each."""
    years = [None, *(date.year for date in dates)]
    return [
        f"{MONTH_NAMES[date.month - 1]}\n{date.year if date.year != year_before else ' '}"
        for date, year_before in zip(dates, years, strict=False)
    ]
