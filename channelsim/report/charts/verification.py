"""Right or wrong at a glance: two engines on top of each other, and each figure of theory inside its interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import FigureBase, SubFigure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from channelsim.report.style import (
    FAINT,
    INK,
    QUIET,
    SMALL_SIZE,
    Chart,
    beside,
    blank_page,
    chart,
    folded,
    strategy_colours,
)
from channelsim.verification.engines import Agreement
from channelsim.verification.queues import CHECKS, Finding

RIGHT, WRONG = "#14532D", "#B72619"
ROW, PANEL_FRAME, ENGINES_HEIGHT = 0.24, 0.62, 2.3  # inches
HOURS_A_MONTH = 730.5
ROOM = 1.35
LEAST_RANGE = 2.0  # per cent


@chart
def verification(
    agreements: Mapping[str, list[Agreement]], findings: Mapping[str, list[Finding]], source: str
) -> Chart:
    """A panel for the engines on the user's scenario, and one for each check of theory."""
    left, right = _columns(findings)
    tallest = max(_height(findings, column) for column in (left, right))
    everything = [each.is_right for found in agreements.values() for each in found]
    everything += [each.is_right for found in findings.values() for each in found]
    figure = blank_page(
        "Verified: both engines agree, and queues behave as theory says"
        if all(everything)
        else f"WRONG: {everything.count(False)} of {len(everything)} comparisons fail",
        "Above: events so far, counted by the reference engine (wide, pale) and by the fast engine (narrow, dark), "
        "which must cover each other. Below: simulated against theory, with 99.9% intervals that must reach the "
        "middle line; beside it the simulated figure (and the theory's). Green is right, red is wrong.",
        source,
        ENGINES_HEIGHT + tallest,
    )
    above, below = _split(figure, 2, 1, height_ratios=[ENGINES_HEIGHT, tallest])
    _engines(above.subplots(), agreements)
    for column, half in zip((left, right), _split(below, 1, 2), strict=True):
        rows = [_height(findings, [check]) for check in column]
        spare = tallest - sum(rows)
        grid = half.add_gridspec(len(column) + 1, 1, height_ratios=[*rows, max(spare, 0.01)])
        for place, check in enumerate(column):
            _check(half.add_subplot(grid[place]), CHECKS[check].title, findings[check])
    return figure


def _split(figure: FigureBase, rows: int, columns: int, **options: Any) -> list[SubFigure]:
    return list(np.atleast_1d(np.asarray(figure.subfigures(rows, columns, **options))).ravel())


def _columns(findings: Mapping[str, list[Finding]]) -> tuple[list[str], list[str]]:
    """Checks in two columns of about the same height, in their order."""
    names = list(findings)
    splits = [(names[:cut], names[cut:]) for cut in range(1, len(names))]
    return min(splits, key=lambda split: max(_height(findings, column) for column in split))


def _height(findings: Mapping[str, list[Finding]], checks: Sequence[str]) -> float:
    return sum(PANEL_FRAME + ROW * len(findings[check]) for check in checks)


def _engines(axes: Axes, agreements: Mapping[str, list[Agreement]]) -> None:
    """Events so far over the first replication of each strategy, by both engines."""
    colours = strategy_colours(list(agreements))
    for name, found in agreements.items():
        first = found[0]
        wide: dict[str, Any] = {"linewidth": 6.0, "alpha": 0.35}
        narrow: dict[str, Any] = {"linewidth": 1.2, "label": f"{folded(name)}: {len(first.fast_hours):,} events"}
        for hours, line in ((first.reference_hours, wide), (first.fast_hours, narrow)):
            axes.plot(hours / HOURS_A_MONTH, np.arange(1, len(hours) + 1), color=colours[name], **line)
        if first.first_difference is not None:
            number = first.first_difference[0]
            at = first.reference_hours[min(number, len(first.reference_hours) - 1)] / HOURS_A_MONTH
            axes.plot([at], [number], marker="x", color=WRONG, markersize=12, markeredgewidth=3)
    is_right = all(each.is_right for found in agreements.values() for each in found)
    _title(axes, "Reference and fast engine on this scenario", is_right)
    axes.legend(loc="upper left")
    axes.set_xlabel("month")
    axes.set_ylabel("events so far")
    axes.set_xlim(left=0)
    axes.set_ylim(bottom=0)
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
    axes.grid(visible=True, axis="y")


def _check(axes: Axes, title: str, findings: list[Finding]) -> None:
    """Each figure's distance from theory."""
    distances = [100 * (each.simulated.mean / each.theory - 1) for each in findings]
    half_widths = [100 * each.simulated.half_width / abs(each.theory) for each in findings]
    for row, (each, distance, half_width) in enumerate(zip(findings, distances, half_widths, strict=True)):
        colour = RIGHT if each.is_right else WRONG
        axes.errorbar(distance, row, xerr=half_width, fmt="o", color=colour, markersize=4, capsize=2, linewidth=1.4)
        beside(axes, row, f"{each.simulated.mean:.4f} ({each.theory:.4f})")
    axes.axvline(0, color=INK, linewidth=0.8, zorder=0)
    farthest = max(abs(distance) + width for distance, width in zip(distances, half_widths, strict=True))
    axes.set_xlim(-max(farthest, LEAST_RANGE) * ROOM, max(farthest, LEAST_RANGE) * ROOM)
    axes.set_ylim(len(findings) - 0.4, -0.6)
    axes.set_yticks(range(len(findings)), [each.what for each in findings])
    axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE)
    axes.xaxis.set_major_locator(MaxNLocator(4, symmetric=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:+.3g}%" if value else "theory"))
    axes.grid(visible=True, axis="x")
    axes.spines["left"].set_color(FAINT)
    _title(axes, title, all(each.is_right for each in findings))


def _title(axes: Axes, title: str, is_right: bool) -> None:
    axes.set_title(f"{title}: {'right' if is_right else 'WRONG'}", color=RIGHT if is_right else WRONG)
    axes.tick_params(axis="x", colors=QUIET)
