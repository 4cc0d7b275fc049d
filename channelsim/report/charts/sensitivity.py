"""A sensitivity study drawn: the tornado, and the measures of influence beside what knowing is worth."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from channelsim.analysis.indices import MORRIS
from channelsim.analysis.jackknife import Interval
from channelsim.analysis.sensitivity import Bar
from channelsim.experiment.sensitivity import Sensitivity
from channelsim.finance.definitions import Unit
from channelsim.report.format import number
from channelsim.report.sensitivity import (
    MOST_ROWS,
    figure_in_words,
    is_worth_something,
    range_of,
    sentences,
    unit_of,
)
from channelsim.report.style import (
    INK,
    QUIET,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    beside,
    blank_page,
    chart,
    number_axis,
    period_of,
    printable,
    provenance,
)

LOW_END, HIGH_END, INDEX, WORTH = "#C9A66B", "#3E5C76", "#3E5C76", "#4F7A5B"
"""None of these is a strategy's."""
ROW_HEIGHT, AROUND = 0.4, 1.0  # inches
LEGEND_HEIGHT = 0.28
NAME_COLUMNS = 30
TICKS = 6
ROOM = 0.04
MOST_ROOM = 0.6
"""For intervals beyond the means, as a share of what the means range over."""


@chart
def tornado_chart(result: Sensitivity) -> Chart:
    """What one parameter at a time does to the figure, the widest swing first: from its value at the parameter's
    low end to that at the high one."""
    bars = result.findings.bars[:MOST_ROWS]
    unit, currency = unit_of(result)
    said = sentences(result)
    how = "Bars: one parameter at its low and high end, all others as the file says; lines are 95% intervals."
    figure = blank_page(
        f"{_sentence_case(figure_in_words(result))}, {period_of(result.question.study)}",
        printable(" ".join([*said[:2], how])),
        _source(result),
        LEGEND_HEIGHT + AROUND * 0.6 + ROW_HEIGHT * len(bars),
    )
    upper, lower = figure.subfigures(
        2, 1, height_ratios=[LEGEND_HEIGHT, AROUND * 0.6 + ROW_HEIGHT * len(bars)], squeeze=False
    ).flat
    handles = [
        Patch(color=LOW_END, label="towards the low end"),
        Patch(color=HIGH_END, label="towards the high end"),
        Line2D([], [], color=INK, linestyle=(0, (3, 2)), linewidth=1, label="as the file says"),
    ]
    if result.findings.rivals:
        handles.append(Line2D([], [], color=INK, linewidth=1.2, label="another strategy is best left of here"))
    upper.legend(handles=handles, loc="center left", ncols=len(handles), borderaxespad=0.0)
    axes = lower.subplots()
    base = result.findings.base.mean
    for row, bar in enumerate(bars):
        _draw_bar(axes, row, bar, base)
    axes.axvline(base, color=INK, linestyle=(0, (3, 2)), linewidth=1, zorder=4)
    if result.findings.rivals:
        axes.axvline(0, color=INK, linewidth=1.2, zorder=4)
    axes.set_xlim(*_limits(bars, base, with_zero=bool(result.findings.rivals)))
    number_axis(axes, "x", UnitFormatter(unit, currency, signed=bool(result.findings.rivals)), TICKS)
    _rows(axes, [bar.parameter.name for bar in bars])
    for row, bar in enumerate(bars):
        strong = "; ".join(f"flips at {bar.parameter.label(flip.value)}" for flip in bar.flips[:2])
        open_one = "could flip, by chance" if bar.could_flip else ""
        beside(axes, row, strong or range_of(bar.parameter), range_of(bar.parameter) if strong else open_one)
    return figure


def _limits(bars: Sequence[Bar], base: float, *, with_zero: bool) -> tuple[float, float]:
    """Room for all means, and for their intervals as far as they do not flatten the bars."""
    ends = [each for bar in bars for each in (bar.readings[0], bar.readings[2]) if not math.isnan(each.mean)]
    means = [base, *(each.mean for each in ends)]
    low, high = min(means), max(means)
    if with_zero and low <= abs(high) / 2:
        low, high = min(low, 0.0), max(high, 0.0)
    room = MOST_ROOM * ((high - low) or abs(base) or 1.0)
    known = [each for each in ends if not math.isnan(each.ci_low)]
    low = min([low, *(max(each.ci_low, low - room) for each in known)])
    high = max([high, *(min(each.ci_high, high + room) for each in known)])
    edge = ROOM * ((high - low) or 1.0)
    return low - edge, high + edge


def _draw_bar(axes: Axes, row: int, bar: Bar, base: float) -> None:
    low, high = bar.readings[0], bar.readings[2]
    for reading, colour, offset in ((low, LOW_END, -0.17), (high, HIGH_END, 0.17)):
        if math.isnan(reading.mean):
            continue
        axes.barh(row + offset, reading.mean - base, 0.32, left=base, color=colour, zorder=2)
        axes.plot([reading.ci_low, reading.ci_high], [row + offset] * 2, color=QUIET, linewidth=1, zorder=3)


@chart
def indices_chart(result: Sensitivity) -> Chart:
    """How much each parameter matters by the study's method, and what knowing it exactly would be worth."""
    findings = result.findings
    order = findings.order[:MOST_ROWS]
    is_morris = findings.sample.method == MORRIS
    knowledge = findings.knowledge
    if knowledge is not None and not any(is_worth_something(result, each) for each in knowledge.each):
        knowledge = None  # the words above say so; a panel of zeros would say nothing more
    names = [findings.parameters[at].name for at in order]
    what = "Morris's screening" if is_morris else "Sobol's indices"
    if is_morris:
        how = "Filled: mean size of a parameter's effect from end to end (mu*), with 95% intervals; hollow: how "
        how += "much that effect depends on all others (sigma)."
    else:
        how = "Filled: share of the variance that a parameter brings alone (first order); hollow: together with "
        how += "others (total). Bars are 95% intervals."
    told = [sentence for sentence in sentences(result) if sentence.startswith("Knowing")]
    figure = blank_page(
        f"What matters, by {what}",
        printable(" ".join([f"For {figure_in_words(result)}.", *told, how])),
        _source(result),
        AROUND + ROW_HEIGHT * len(order),
    )
    panels = figure.subplots(1, 1 if knowledge is None else 2, squeeze=False)[0]
    unit, currency = unit_of(result)
    left = panels[0]
    name = next(iter(findings.figures))
    if is_morris:
        found = [findings.effects[name][at] for at in order]
        _dots(left, [each.size for each in found], INDEX, [each.spread for each in found])
        number_axis(left, "x", UnitFormatter(unit, currency), TICKS)
        left.set_title("Moves the lead by" if findings.rivals else "Moves it by")
    else:
        indices = findings.shares[name]
        if indices is not None:
            _dots(left, [indices[at].first for at in order], INDEX, [], -0.12)
            _hollow(left, [indices[at].total for at in order], 0.12)
        number_axis(left, "x", UnitFormatter(Unit.SHARE, ""), TICKS)
        left.set_title("Share of the lead's variance" if findings.rivals else "Share of its variance")
    reach = left.get_xlim()
    left.set_xlim(min(-ROOM / 2 * reach[1], reach[0]), reach[1])
    _rows(left, names)
    if knowledge is not None:
        right = panels[1]
        worth = [knowledge.each[at] for at in order]
        _dots(right, worth, WORTH, [])
        number_axis(right, "x", UnitFormatter(unit, currency), TICKS)
        right.set_title("Worth of knowing it exactly")
        most = max(each.high for each in worth)
        right.set_xlim(-ROOM / 2 * most, (1 + ROOM) * most)
        _rows(right, [""] * len(names))
        for row, each in enumerate(worth):
            beside(right, row, number(each.value, unit, currency) if is_worth_something(result, each) else "–")
    return figure


def _dots(axes: Axes, found: Sequence[Interval], colour: str, hollow: Sequence[float], offset: float = 0.0) -> None:
    for row, each in enumerate(found):
        axes.plot([each.low, each.high], [row + offset] * 2, color=colour, linewidth=3, alpha=0.45, zorder=2)
        axes.plot([each.value], [row + offset], "o", color=colour, markersize=6, zorder=3)
    for row, value in enumerate(hollow):
        axes.plot([value], [row], "o", markerfacecolor="none", markeredgecolor=QUIET, markersize=7, zorder=3)


def _hollow(axes: Axes, found: Sequence[Interval], offset: float) -> None:
    for row, each in enumerate(found):
        axes.plot([each.low, each.high], [row + offset] * 2, color=QUIET, linewidth=3, alpha=0.35, zorder=2)
        axes.plot([each.value], [row + offset], "o", markerfacecolor="white", markeredgecolor=QUIET, zorder=3)


def _rows(axes: Axes, names: Sequence[str]) -> None:
    """Names down the left side, the first on top."""
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [_on_two_lines(name) for name in names], va="center")
    axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE + 0.5)
    axes.spines["left"].set_visible(False)


def _on_two_lines(name: str) -> str:
    """Words are broken between them, a path at its dots."""
    lines = textwrap.wrap(printable(name).replace(".", ". "), NAME_COLUMNS)
    return "\n".join(line.replace(". ", ".") for line in lines[:2])


def _source(result: Sensitivity) -> str:
    how = f"{result.points:,} points, {result.question.replications:,} replications of each"
    return provenance(result.question.study, how, result.question.seed, len(result.failed))


def _sentence_case(text: str) -> str:
    """A strategy's name stays as it is; a word gets its capital."""
    first = text.split(" ", 1)[0]
    return text if "_" in first or first.endswith("'s") else text[:1].upper() + text[1:]
