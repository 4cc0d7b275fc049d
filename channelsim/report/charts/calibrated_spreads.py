"""What was fitted against what was seen: days in each step until yes and until no, and deal values."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Fit, Spread
from channelsim.calibrate.fitting.durations import survival_of
from channelsim.finance.definitions import Unit
from channelsim.report.charts.panels import Panel
from channelsim.report.format import number
from channelsim.report.style import INK, PALETTE, SMALL_SIZE, UnitFormatter, number_axis

Floats = NDArray[np.float64]

SEEN, FITTED = INK, PALETTE[0]
POINTS = 160
STEPS = 80
TENTHS_BELOW = 100.0
LEAST_SHARE = 0.02
"""The picture ends where so few are left, or where data do."""
ROOM = 1.03


def duration_panels(fit: Fit) -> Iterator[Panel]:
    """One for each route, step and outcome, and for each group of segments with days of their own."""
    resolution = fit.export.resolution_days
    for route in fit.routes:
        for step in route.steps:
            for outcome, spreads in (("yes", step.if_yes), ("no", step.if_no)):
                for spread, segments in groups(spreads or {}):
                    whose = "" if len(segments) == len(fit.export.segments) else f", {', '.join(segments)}"
                    title = f"{route.name}, {step.step}: days until {outcome}{whose}"
                    yield _panel(title, spread, resolution, Unit.DAYS, "")


def value_panels(fit: Fit) -> Iterator[Panel]:
    """One for each segment, or each group that has the same values."""
    for spread, segments in groups(fit.values):
        title = "Deal values" if len(segments) == len(fit.export.segments) > 1 else ", ".join(segments)
        yield _panel(title, spread, 0.0, Unit.MONEY, fit.export.currency)


def groups(spreads: Mapping[str, Spread]) -> Iterator[tuple[Spread, list[str]]]:
    """Spreads, each with the segments whose it is."""
    found: dict[int, tuple[Spread, list[str]]] = {}
    for segment, spread in spreads.items():
        found.setdefault(id(spread), (spread, []))[1].append(segment)
    yield from found.values()


def spread_note(spread: Spread, *, is_days: bool) -> str:
    """What a fit rests on and what else was tried: "310 ended, 40 open. weibull; AIC of gamma +2.1"."""
    going_on = f", {spread.censored:,} still open" if spread.censored else ""
    seen = f"{spread.observed:,} ended{going_on}" if is_days else f"{spread.observed:,} deals"
    if not spread.candidates:
        return f"{seen}. {spread.family}."
    best = spread.candidates[0]
    rivals = ", ".join(f"{each.family} {_behind(each.aic - best.aic)}" for each in spread.candidates[1:])
    if spread.family == "empirical":
        chosen = f"{len(spread.values)} equally likely values: no family is near. AIC: {best.family}"
        return f"{seen}. {chosen}{f', {rivals}' if rivals else ''}."
    return f"{seen}. {best.family}{f'; AIC of {rivals}' if rivals else ''}."


def _behind(aic: float) -> str:
    return f"+{aic:,.1f}" if aic < TENTHS_BELOW else f"+{aic:,.0f}"


def _panel(title: str, spread: Spread, resolution: float, unit: Unit, currency: str) -> Panel:
    def draw(axes: Axes) -> None:
        _draw(axes, spread, resolution, unit, currency)

    note = spread_note(spread, is_days=unit is Unit.DAYS)
    mean = number(spread.mean.value, unit, currency)
    return Panel(title, note, f"{title}: {spread.family}, mean {mean}. {note}", draw)


def _draw(axes: Axes, spread: Spread, resolution: float, unit: Unit, currency: str) -> None:
    end = _end(spread)
    at = np.linspace(0.0 if unit is Unit.DAYS else end / POINTS, end, POINTS)
    if len(spread.seen_at):
        keep = _few(spread.seen_survival)
        seen_at = np.concatenate([[0.0], spread.seen_at[keep]])
        low, seen, high = (
            np.concatenate([[1.0], each[keep]])
            for each in (spread.seen_low, spread.seen_survival, spread.seen_high)
        )
        axes.fill_between(seen_at, low, high, step="post", color=SEEN, alpha=0.15, linewidth=0)
        axes.step(seen_at, seen, where="post", color=SEEN, linewidth=1.0, label="seen")
    if spread.candidates or spread.values:
        axes.plot(at, survival_of(spread, at, resolution), color=FITTED, linewidth=1.8, label="fitted", alpha=0.9)
    axes.set_xlim(0, end)
    axes.set_ylim(0, ROOM)
    number_axis(axes, "x", UnitFormatter(unit, currency), 5)
    number_axis(axes, "y", UnitFormatter(Unit.SHARE, ""), 4)
    axes.tick_params(axis="y", labelsize=SMALL_SIZE)
    axes.legend(loc="upper right", handlelength=1.2, borderaxespad=0.0)


def _few(survival: Floats) -> NDArray[np.int64]:
    """Which points a small picture needs: at about equal falls."""
    levels = np.linspace(-survival[0], -survival[-1], STEPS)
    return np.unique(np.searchsorted(-survival, levels).clip(0, len(survival) - 1))


def _end(spread: Spread) -> float:
    """Where the picture ends: where hardly any are left, of the data and of the fit."""
    ends = [spread.mean.value * (1 + 3 * spread.cv.value)]
    if len(spread.seen_at):
        left = np.flatnonzero(spread.seen_survival >= LEAST_SHARE)
        last = int(left[-1]) + 1 if len(left) else 0
        ends = [float(spread.seen_at[min(last, len(spread.seen_at) - 1)]) * 1.1]
    if spread.values:
        ends.append(max(spread.values))
    return max([*ends, 1e-9])
