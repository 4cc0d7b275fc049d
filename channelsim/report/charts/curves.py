"""Curves over a parameter: a panel for each metric, a line with its band for each strategy."""

from __future__ import annotations

import math
import textwrap

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.finance.definitions import Metric, Unit
from channelsim.report.curves import (
    break_even_sentences,
    label_of,
    optimum_sentences,
    place,
    throughout_sentences,
    told_together,
)
from channelsim.report.style import (
    INK,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    blank_page,
    chart,
    folded,
    number_axis,
    period_of,
    printable,
    provenance,
    strategy_colours,
    strategy_markers,
)

FloatArray = NDArray[np.float64]
COLUMNS = 2
PANEL_HEIGHT, ONLY_PANEL_HEIGHT, LEGEND_HEIGHT = 2.5, 3.4, 0.26  # inches
NAMES_A_LINE = 4
TICKS = 6
HEADROOM = 0.05
MOST_ROOM = 0.5
"""For intervals beyond the means, as a share of what the means range over."""
BESIDE = 0.08
"""Between strategies at a value that has no order, as a share of the way to the next one."""
SIDE_ROOM = 0.02
CROSSINGS_NAMED = 3
WORDS_COLUMNS, WORDS_LINES = 74, 13


@chart
def curves_chart(curves: Curves) -> Chart:
    """Every metric that was asked for, by the parameter; circles mark where curves of different strategies cross,
    bars the 95% interval of where they do."""
    metrics = curves.metrics
    columns = min(COLUMNS, len(metrics))
    lines = math.ceil(len(metrics) / columns)
    spare = columns * lines - len(metrics)
    legend = LEGEND_HEIGHT * math.ceil(len(curves.strategies) / NAMES_A_LINE)
    source = provenance(
        curves.points.study, f"{curves.replications:,} replications a point", curves.seed, len(curves.failures)
    )
    what = label_of(metrics[0]) if len(metrics) == 1 else "What it costs and what it brings"
    height = ONLY_PANEL_HEIGHT if lines == 1 else PANEL_HEIGHT * lines
    figure = blank_page(
        f"{what}, by {curves.points.variation.path}",
        _subtitle(curves, is_told=spare > 0),
        source,
        legend + height,
    )
    upper, lower = figure.subfigures(2, 1, height_ratios=[legend, height], squeeze=False).flat
    colours, markers = strategy_colours(curves.strategies), strategy_markers(curves.strategies)
    handles = [
        Line2D([], [], color=colours[name], marker=markers[name], markersize=4.5, label=folded(name, 30))
        for name in curves.strategies
    ]
    upper.legend(handles=handles, loc="center left", ncols=NAMES_A_LINE, borderaxespad=0.0)
    panels = list(lower.subplots(lines, columns, squeeze=False).flat)
    for at, (axes, metric) in enumerate(zip(panels, metrics, strict=False)):
        _draw(axes, curves, metric)
        _mark_crossings(axes, curves, metric)
        is_lowest = at + columns >= len(metrics)
        axes.set_xlabel(curves.points.variation.path if is_lowest else "", loc="left")
    if spare:
        _words(panels[-1], curves)
    return figure


def _subtitle(curves: Curves, *, is_told: bool) -> str:
    """is_told: what the curves say stands in a panel of its own."""
    ahead = break_even_sentences(curves) or throughout_sentences(curves)
    said = [] if is_told else [*ahead[:1], *optimum_sentences(curves)[:1]]
    figures = "Lines are means, bands" if curves.points.variation.is_ordered else "Dots are means, bars"
    how = f"Totals of {period_of(curves.points.study)}. {figures} their 95% intervals."
    marks = "Circles and bars: break-even points and their 95% intervals." if curves.break_evens else ""
    return " ".join([*said, how, marks]).strip()


def _words(axes: Axes, curves: Curves) -> None:
    """What the curves say, where a panel is left over: as many sentences as there is room for."""
    axes.set_axis_off()
    axes.set_title("What they say")
    lines: list[str] = []
    for sentence in [*break_even_sentences(curves), *optimum_sentences(curves), *throughout_sentences(curves)]:
        more = textwrap.wrap(f"· {printable(sentence)}", WORDS_COLUMNS, subsequent_indent="  ")
        if len(lines) + len(more) > WORDS_LINES:
            break
        lines += more
    axes.annotate("\n".join(lines), (0, 1), (0, -2), xycoords="axes fraction", textcoords="offset points",
                  size=SMALL_SIZE, va="top", linespacing=1.35)  # fmt: skip


def _draw(axes: Axes, curves: Curves, metric: Metric) -> None:
    colours, markers = strategy_colours(curves.strategies), strategy_markers(curves.strategies)
    is_ordered, is_marginal = curves.points.variation.is_ordered, metric.name == MARGINAL.name
    at = np.array([(curves.x[a] + curves.x[b]) / 2 for a, b in curves.steps] if is_marginal else curves.x)
    shown = []
    for place_in_row, name in enumerate(curves.strategies):
        x = at if is_ordered else at + BESIDE * (place_in_row - (len(curves.strategies) - 1) / 2)
        figures = np.array([(each.mean, each.ci_low, each.ci_high) for each in curves.curve(name, metric.name)]).T
        mean, low, high = figures
        shown.append(figures)
        alone = _alone(mean) if is_ordered else ~np.isnan(mean)
        bars = [(mean - low)[alone], (high - mean)[alone]]
        axes.errorbar(x[alone], mean[alone], bars, fmt="none", ecolor=colours[name], alpha=0.45, linewidth=3)
        axes.plot(
            x, mean, color=colours[name], marker=markers[name], markersize=4.0, label=name, zorder=3,
            linewidth=1.6 if is_ordered else 0.0,
            markevery=curves.landmarks if is_ordered and not is_marginal else None,
        )  # fmt: skip
        if is_ordered:
            axes.fill_between(x, low, high, color=colours[name], alpha=0.2, linewidth=0, label=f"{name} band")
    axes.set_title(label_of(metric))
    _amounts(axes, curves, metric, np.concatenate(shown, axis=1))
    _values(axes, curves)


def _alone(mean: FloatArray) -> NDArray[np.bool_]:
    """Which figures have no neighbour to be joined to."""
    known = np.concatenate([[False], ~np.isnan(mean), [False]])
    alone: NDArray[np.bool_] = known[1:-1] & ~known[:-2] & ~known[2:]
    return alone


def _amounts(axes: Axes, curves: Curves, metric: Metric, figures: FloatArray) -> None:
    """The vertical axis. figures: (mean, low or high; point)."""
    mean, low, high = figures[:, ~np.isnan(figures[0])]
    if len(mean):
        # The interval of one point that is hardly known would flatten the whole curve.
        room = MOST_ROOM * (float(mean.max() - mean.min()) or abs(float(mean.max())) or 1.0)
        room = room if curves.points.variation.is_ordered else math.inf
        bottom = max(float(np.fmin(mean, low).min()), float(mean.min()) - room)
        top = min(float(np.fmax(mean, high).max()), float(mean.max()) + room)
        if mean.min() >= 0 and (bottom <= 0 or top - bottom >= bottom / 2):
            bottom = 0.0
        edge = HEADROOM * (top - bottom or abs(top) or 1.0)
        axes.set_ylim(bottom - (edge if bottom else 0.0), top + edge)
        if bottom < 0 < top:
            axes.axhline(0, color=INK, linewidth=0.8, zorder=1)
    number_axis(axes, "y", UnitFormatter(metric.unit, curves.points.study.scenario.currency), TICKS)


def _values(axes: Axes, curves: Curves) -> None:
    """The horizontal axis."""
    if not curves.points.variation.is_ordered:
        axes.set_xlim(-0.5, len(curves.x) - 0.5)
        axes.set_xticks(curves.x, [folded(label, 14) for label in curves.points.labels])
        return
    room = (curves.x[-1] - curves.x[0]) * SIDE_ROOM
    axes.set_xlim(curves.x[0] - room, curves.x[-1] + room)
    number_axis(axes, "x", UnitFormatter(Unit.COUNT, ""), TICKS)
    ticks = [float(tick) for tick in axes.get_xticks() if curves.x[0] <= tick <= curves.x[-1]]
    axes.set_xticks(ticks, [curves.points.variation.label(tick) for tick in ticks])
    axes.grid(visible=False, axis="x")


def _mark_crossings(axes: Axes, curves: Curves, metric: Metric) -> None:
    """A circle and a bar for each break-even point; one for several that chance cannot tell apart."""
    marks = [
        (one, group)
        for (name, one, other) in curves.differences
        if name == metric.name
        for group in told_together(curves.crossings_of(name, one, other))
    ]
    for one, group in marks:
        x = (group[0].at + group[-1].at) / 2
        y = float(np.interp(x, curves.x, [reading.mean for reading in curves.curve(one, metric.name)]))
        low, high = max(group[0].low, curves.x[0]), min(group[0].high, curves.x[-1])
        if not math.isnan(low):
            axes.plot([low, high], [y, y], color=INK, linewidth=2.2, alpha=0.75, zorder=4, solid_capstyle="butt")
        axes.plot([x], [y], "o", markersize=6.5, markerfacecolor="white", markeredgecolor=INK, zorder=5)
        if len(marks) <= CROSSINGS_NAMED:
            axes.annotate(
                place(curves, x), (x, y), (0, -7), textcoords="offset points", ha="center", va="top",
                size=SMALL_SIZE, zorder=6, bbox={"boxstyle": "square,pad=0.1", "facecolor": "white",
                                                 "edgecolor": "none", "alpha": 0.75},
            )  # fmt: skip
