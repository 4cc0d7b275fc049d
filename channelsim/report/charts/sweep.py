"""A sweep as a picture: lines over one parameter, a map of two with the region where each strategy wins, or all
parameters side by side and cost against bookings for more."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from numpy.typing import NDArray

from channelsim.experiment.sweep_results import SweepResults, ordered_paths
from channelsim.finance.definitions import Unit
from channelsim.report.charts.comparison import LABELS
from channelsim.report.style import (
    FAINT,
    GROUND,
    INK,
    QUIET,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    blank_page,
    chart,
    folded,
    number_axis,
    period_of,
    provenance,
    strategy_colours,
    strategy_markers,
)
from channelsim.report.sweep import factors_of, in_lines, told, value_in_words

if TYPE_CHECKING:
    import polars as pl  # slow to import

FloatArray = NDArray[np.float64]
HEIGHT = 4.2
TICKS = 6
MOST_TICKS = 12
MOST_LINES = 400
BEST_SHARE = 0.1
"""Of the points, drawn in front: the best tenth."""


@chart
def sweep_chart(results: SweepResults) -> Chart:
    """What fits the number of parameters."""
    paths = results.paths
    ordered = ordered_paths(results)
    figure = _page(results)
    if len(paths) == 1:
        _lines(figure.subplots(), results, paths[0])
    elif len(paths) == 2 and len(ordered) == 2:
        panels = figure.subplots(1, 2)
        _winners(panels[0], results, paths[0], paths[1])
        _values(panels[1], results, paths[0], paths[1], figure)
    else:
        panels = figure.subplots(1, 2, width_ratios=[1.6, 1])
        _side_by_side(panels[0], results)
        _cost_and_bookings(panels[1], results)
    return figure


def _page(results: SweepResults) -> Chart:
    sweep = results.sweep
    label = LABELS[results.decided_by.name]
    source = provenance(sweep.study, f"{sweep.replications:,} replications a point", sweep.spec.seed, 0)
    title = f"{label} at {sweep.points:,} points"
    if len(results.paths) <= 2:
        title = f"{label}, by {' and '.join(results.paths)}"
    how = f"Totals of {period_of(sweep.study)}."
    return blank_page(title, f"{told(results)} {how}", source, HEIGHT)


def _legend(axes: Axes, names: list[str], **where: Any) -> None:
    colours, markers = strategy_colours(names), strategy_markers(names)
    handles = [
        Line2D(
            [],
            [],
            color=colours[name],
            marker=markers[name],
            linestyle="none",
            markersize=6,
            label=folded(name, 30),
        )
        for name in names
    ]
    axes.legend(handles=handles, **where)


def _names(results: SweepResults) -> list[str]:
    return list(results.sweep.spec.strategies)


def _lines(axes: Axes, results: SweepResults, path: str) -> None:
    """The deciding metric over one parameter; dots where its values have no order."""
    import polars as pl

    metric, names = results.decided_by, _names(results)
    colours, markers = strategy_colours(names), strategy_markers(names)
    is_ordered = path in ordered_paths(results)
    for name in names:
        own = results.summary.filter(pl.col("strategy") == name)
        own = own.sort(path) if is_ordered else own
        x = own[path].to_numpy() if is_ordered else np.arange(len(own))
        mean, low, high = (own[f"{metric.name}{end}"].to_numpy() for end in ("", "_ci_low", "_ci_high"))
        if is_ordered:
            axes.fill_between(x, low, high, color=colours[name], alpha=0.2, linewidth=0)
        else:
            axes.vlines(x, low, high, color=colours[name], alpha=0.45, linewidth=3)
        style: dict[str, Any] = {
            "linewidth": 1.6 if is_ordered else 0.0,
            "marker": markers[name],
            "markersize": 4.5,
        }
        axes.plot(x, mean, color=colours[name], label=folded(name, 30), **style)
    if not is_ordered:
        values = results.summary.filter(pl.col("strategy") == names[0])[path].to_list()
        axes.set_xticks(range(len(values)), [folded(str(value)) for value in values])
    axes.set_xlabel(path, loc="left")
    number_axis(axes, "y", UnitFormatter(metric.unit, _currency(results)), TICKS)
    axes.legend(loc="best")


def _currency(results: SweepResults) -> str:
    return results.sweep.study.scenario.currency


def _grid(results: SweepResults, first: str, second: str) -> tuple[FloatArray, FloatArray] | None:
    """The values of two parameters if every pair of them is a point; None if points are scattered."""
    table = results.winners
    x, y = (np.unique(table[path].to_numpy()) for path in (first, second))
    return (x, y) if len(x) * len(y) == len(table) and min(len(x), len(y)) > 1 else None


def _winners(axes: Axes, results: SweepResults, first: str, second: str) -> None:
    """Which strategy is best where: a full cell or mark if beyond chance, an open one if it could be chance."""
    names, table = _names(results), results.winners
    colours, markers = strategy_colours(names), strategy_markers(names)
    grid = _grid(results, first, second)
    if grid is not None:
        x, y = grid
        axes.set_facecolor(GROUND)
        wide, tall = _edges(x), _edges(y)
    for name in names:
        own = table.filter(table["best"] == name)
        for settled in (True, False):
            part = own.filter(own["settled"].fill_null(True) == settled)
            if grid is None:
                face = colours[name] if settled else "white"
                axes.plot(
                    part[first],
                    part[second],
                    markers[name],
                    color=colours[name],
                    markerfacecolor=face,
                    markersize=5,
                )
                continue
            for at, up in zip(np.searchsorted(x, part[first]), np.searchsorted(y, part[second]), strict=True):
                axes.fill(
                    [wide[at], wide[at + 1], wide[at + 1], wide[at]],
                    [tall[up], tall[up], tall[up + 1], tall[up + 1]],
                    facecolor=colours[name], alpha=0.85 if settled else 0.35, hatch=None if settled else "////",
                    edgecolor="white", linewidth=0.6,
                )  # fmt: skip
    if grid is not None:
        _at_values(axes, results, (first, x), (second, y))
    doubtful = "open" if grid is None else "pale"
    axes.set_title(f"Which is best ({doubtful}: could be chance)")
    axes.set_xlabel(first, loc="left")
    axes.set_ylabel(second)
    _legend(axes, names, loc="upper left", bbox_to_anchor=(0, -0.12), ncols=3)


def _values(axes: Axes, results: SweepResults, first: str, second: str, figure: Chart) -> None:
    """The deciding metric of the best strategy."""
    table, metric = results.winners, results.decided_by
    grid = _grid(results, first, second)
    values = table[metric.name].to_numpy()
    largest = float(np.abs(values).max()) or 1.0
    low, high = (-largest, largest) if values.min() < 0 else (0.0, largest)
    colours = "RdBu" if values.min() < 0 else "Blues"
    if grid is not None:
        x, y = grid
        cells = np.full((len(y), len(x)), math.nan)
        cells[np.searchsorted(y, table[second]), np.searchsorted(x, table[first])] = values
        drawn: Any = axes.pcolormesh(
            _edges(x), _edges(y), cells, cmap=colours, vmin=low, vmax=high, rasterized=False
        )
    else:
        drawn = axes.scatter(
            table[first],
            table[second],
            c=values,
            cmap=colours,
            vmin=low,
            vmax=high,
            s=26,
            edgecolors=FAINT,
            linewidths=0.5,
        )
    bar = figure.colorbar(drawn, ax=axes, format=UnitFormatter(metric.unit, _currency(results)))
    bar.outline.set_visible(False)
    bar.ax.tick_params(length=0)
    bar.ax.set_ylim(min(float(values.min()), 0.0), max(float(values.max()), 0.0))
    axes.set_title(f"{LABELS[metric.name]} of the best")
    axes.set_xlabel(first, loc="left")


def _at_values(axes: Axes, results: SweepResults, *sides: tuple[str, FloatArray]) -> None:
    """Ticks at the values of two parameters, if they are few, and limits at the edges of the cells."""
    factors = factors_of(results.sweep)
    for (path, values), axis in zip(sides, (axes.xaxis, axes.yaxis), strict=True):
        if len(values) <= MOST_TICKS:
            marks = [f"{'x' if path in factors else ''}{value_in_words(float(each))}" for each in values]
            axis.set_ticks(list(values), marks)
    (_, x), (_, y) = sides
    axes.set_xlim(_edges(x)[0], _edges(x)[-1])
    axes.set_ylim(_edges(y)[0], _edges(y)[-1])


def _edges(values: FloatArray) -> FloatArray:
    """Half way between neighbours, and as far beyond the ends."""
    middles = (values[1:] + values[:-1]) / 2
    return np.concatenate(
        [[values[0] - (middles[0] - values[0])], middles, [values[-1] + (values[-1] - middles[-1])]]
    )


def _side_by_side(axes: Axes, results: SweepResults) -> None:
    """Parallel coordinates: each point a line through its values, the best tenth in the colour of its best
    strategy."""
    table, names, metric = results.winners.sort(results.decided_by.name), _names(results), results.decided_by
    colours = strategy_colours(names)
    paths = list(results.paths)
    columns = [_scaled(table, path, results) for path in paths]
    columns.append(_unit(table[metric.name].to_numpy().astype(float)))
    heights = np.array(columns)
    front = max(1, math.ceil(len(table) * BEST_SHARE))
    behind = np.linspace(0, len(table) - front - 1, min(MOST_LINES, len(table) - front)).astype(int)
    at = np.arange(len(columns))
    for row in behind:
        axes.plot(at, heights[:, row], color=FAINT, linewidth=0.6, alpha=0.6, zorder=1)
    for row in range(len(table) - front, len(table)):
        axes.plot(at, heights[:, row], color=colours[table["best"][row]], linewidth=1.3, alpha=0.75, zorder=2)
    for place, path in enumerate(paths):
        low, high = _ends(table, path, results)
        axes.annotate(
            low,
            (place, 0),
            (0, -4),
            textcoords="offset points",
            ha="center",
            va="top",
            size=SMALL_SIZE,
            color=QUIET,
        )
        axes.annotate(
            high,
            (place, 1),
            (0, 3),
            textcoords="offset points",
            ha="center",
            va="bottom",
            size=SMALL_SIZE,
            color=QUIET,
        )
    ends = UnitFormatter(metric.unit, _currency(results)).format_ticks(
        [float(table[metric.name][0]), float(table[metric.name][-1])]
    )
    for end, y, va, by in ((ends[0], 0, "top", -4), (ends[1], 1, "bottom", 3)):
        axes.annotate(
            end,
            (len(paths), y),
            (0, by),
            textcoords="offset points",
            ha="center",
            va=va,
            size=SMALL_SIZE,
            color=INK,
        )
    axes.vlines(at, 0, 1, color=FAINT, linewidth=1, zorder=0)
    axes.set_xticks(at, [*(in_lines(path, 16) for path in paths), LABELS[metric.name]])
    axes.tick_params(axis="x", length=0, pad=14, labelsize=SMALL_SIZE)
    axes.set_yticks([])
    axes.set_ylim(-0.02, 1.06)
    for side in ("left", "bottom"):
        axes.spines[side].set_visible(False)
    axes.set_title("All parameters; in front the best tenth of the points")
    _legend(axes, names, loc="upper left", bbox_to_anchor=(0, -0.16), ncols=3)


def _scaled(table: pl.DataFrame, path: str, results: SweepResults) -> FloatArray:
    if path in ordered_paths(results):
        return _unit(table[path].to_numpy().astype(float))
    kinds = {value: at for at, value in enumerate(sorted(set(table[path].to_list()), key=str))}
    return _unit(np.array([float(kinds[value]) for value in table[path]]))


def _ends(table: pl.DataFrame, path: str, results: SweepResults) -> tuple[str, str]:
    values = table[path].to_list()
    if path in ordered_paths(results):
        return f"{min(values):.3g}", f"{max(values):.3g}"
    kinds = sorted(set(values), key=str)
    return folded(str(kinds[0]), 12), folded(str(kinds[-1]), 12)


def _unit(values: FloatArray) -> FloatArray:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    scaled: FloatArray = (values - low) / (high - low) if high > low else np.full(len(values), 0.5)
    return scaled


def _cost_and_bookings(axes: Axes, results: SweepResults) -> None:
    """Every point and strategy; ringed where no other brings more for less."""
    table, names = results.summary, _names(results)
    colours, markers = strategy_colours(names), strategy_markers(names)
    for name in names:
        own = table.filter(table["strategy"] == name)
        axes.plot(own["cost_total"], own["bookings"], markers[name], color=colours[name], markersize=3.5, alpha=0.6)
    front = pareto(table["cost_total"].to_numpy(), table["bookings"].to_numpy())
    axes.plot(
        table["cost_total"].to_numpy()[front], table["bookings"].to_numpy()[front], color=INK, linewidth=1, zorder=3
    )
    currency = _currency(results)
    number_axis(axes, "x", UnitFormatter(Unit.MONEY, currency), 4)
    number_axis(axes, "y", UnitFormatter(Unit.MONEY, currency), TICKS)
    axes.set_xlabel("cost, all in", loc="left")
    axes.set_title("Bookings by cost; line: most for its cost")


def pareto(cost: FloatArray, bookings: FloatArray) -> NDArray[np.int64]:
    """Positions of those of which none costs less and brings as much, by rising cost."""
    order = np.lexsort((-bookings, cost))
    best = np.maximum.accumulate(bookings[order])
    before = np.concatenate([[-np.inf], best[:-1]])
    found: NDArray[np.int64] = order[bookings[order] > before]
    return found
