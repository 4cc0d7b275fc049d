"""Curves in words: tables on the terminal, break-even points, best points and gaps as sentences."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from functools import partial
from itertools import groupby

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.curves import FLAT_SHARE, Crossing, Gap, Optimum, Reading
from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.finance.definitions import Metric, is_less_better
from channelsim.report.format import NEGLIGIBLE, UNDEFINED, number
from channelsim.report.style import period_of
from channelsim.report.tables import HEADLINES, plain_table, print_table, that_fit, with_spread
from channelsim.report.verdict import DECIDED_BY, in_a_row

LABELS = dict(HEADLINES) | {MARGINAL.name: "Marginal cost per deal", "cac": "Cost per customer won"}
DIGITS_A_STEP = 10
"""A place between two points is written so finely that this many fit between them."""


def print_curves(console: Console, curves: Curves) -> None:
    """A table for each metric, then what they say."""
    for metric in curves.metrics:
        for table in that_fit(console, curves.strategies, partial(_table, curves, metric)):
            print_table(console, f"{label_of(metric)}, by {curves.points.variation.path}", table)
    console.print(f"[dim]{escape(_basis(curves))}[/]\n")
    for sentences in (gap_sentences(curves), [*break_even_sentences(curves), *throughout_sentences(curves)]):
        for sentence in sentences:
            console.print(escape(sentence))
        if sentences:
            console.print()


def label_of(metric: Metric) -> str:
    """A metric's name for a title."""
    return LABELS.get(metric.name, metric.name.replace("_", " ").capitalize())


def _basis(curves: Curves) -> str:
    shown, points = len(curves.landmarks), len(curves.points)
    factor = curves.luck_taken_out
    luck = f"; buyers' luck is taken out, worth {factor:.1f} times the replications" if factor else ""
    note = luck if shown == points else f"{luck}; {shown} of {points:,} values are shown, all are in curves.csv"
    is_any_undefined = any(
        math.isnan(each.mean)
        for name in curves.strategies
        for metric in curves.metrics
        for each in curves.curve(name, metric.name)
    )
    note += f"; {UNDEFINED} nothing to divide by, or told below" if is_any_undefined else ""
    return (
        f"totals of {period_of(curves.points.study)}, means of {curves.replications:,} replications of each, "
        f"± half of the 95% interval{note}"
    )


def _table(curves: Curves, metric: Metric, strategies: Sequence[str]) -> Table:
    table = plain_table()
    table.add_column("", justify="right")
    for name in strategies:
        table.add_column(escape(name), justify="right", overflow="fold")
    labels = curves.points.labels
    rows = [(labels[at], at) for at in curves.landmarks]
    if metric.name == MARGINAL.name:
        rows = [(f"{labels[a]} to {labels[b]}", at) for at, (a, b) in enumerate(curves.steps)]
    currency = curves.points.study.scenario.currency
    for label, at in rows:
        cells = [_cell(curves.curve(name, metric.name)[at], metric, currency) for name in strategies]
        table.add_row(escape(label), *cells)
    return table


def _cell(reading: Reading, metric: Metric, currency: str) -> str:
    return UNDEFINED if math.isnan(reading.mean) else with_spread(reading, metric.unit, currency)


def place(curves: Curves, x: float) -> str:
    """A place on the axis as people write it, no finer than the points allow."""
    variation = curves.points.variation
    if not variation.is_ordered:
        return curves.points.labels[round(x)]
    if x in curves.x:
        return curves.points.labels[curves.x.index(x)]
    step = float(np.diff(curves.x).min()) / DIGITS_A_STEP
    return variation.label(round(x, max(0, math.ceil(-math.log10(step) - NEGLIGIBLE))))


def between(curves: Curves, low: float, high: float) -> str:
    """From one place to another, either of which may be beyond the range."""
    first, last = curves.points.labels[0], curves.points.labels[-1]
    start = f"below {first}" if math.isinf(low) else place(curves, low)
    end = f"above {last}" if math.isinf(high) else place(curves, high)
    return f"{start} to {end}"


def break_even_sentences(curves: Curves) -> list[str]:
    """Where contribution and cost per deal of two strategies cross."""
    return [
        f"{LABELS[metric]}: {each}"
        for metric, one, other in curves.differences
        for each in _crossings(curves, metric, one, other, curves.crossings_of(metric, one, other))
    ]


def throughout_sentences(curves: Curves) -> list[str]:
    """Who is ahead of the baseline where nothing crosses; nothing where values have no order."""
    if not curves.points.variation.is_ordered:
        return []
    return [
        f"{LABELS[metric]}: {each}"
        for (metric, one, other), readings in curves.differences.items()
        if one == curves.baseline and not curves.crossings_of(metric, one, other)
        for each in _throughout(metric, one, other, readings)
    ]


def _crossings(curves: Curves, metric: str, one: str, other: str, found: Sequence[Crossing]) -> Iterator[str]:
    better = "cheaper" if is_less_better(metric) else "ahead"
    for together in told_together(found):
        first, last = together[0], together[-1]
        where = f"at {place(curves, first.at)}"
        if len(together) > 1:
            where = f"between {place(curves, first.at)} and {place(curves, last.at)}, where chance has them cross "
            where += f"{len(together)} times"
        known = "" if math.isnan(first.low) else f" (95% interval {between(curves, first.low, first.high)})"
        below, above = ahead_around(metric, one, other, first)[0], ahead_around(metric, one, other, last)[1]
        who = f"{below} is {better} below, {above} above"
        if below == above:
            who = f"{below} is {better} on both sides"
        yield f"{one} and {other} break even {where}{known}; {who}."


def told_together(found: Sequence[Crossing]) -> list[list[Crossing]]:
    """Crossings of two curves by what chance cannot tell apart: neighbours with the same interval."""
    return [list(group) for _, group in groupby(found, key=lambda each: (each.low, each.high))]


def ahead_around(metric: str, one: str, other: str, crossing: Crossing) -> tuple[str, str]:
    """Which of two strategies is better below a crossing of the second less the first, and which above it."""
    return (one, other) if crossing.rises != is_less_better(metric) else (other, one)


def _throughout(metric: str, one: str, other: str, readings: Sequence[Reading]) -> Iterator[str]:
    """Who is ahead where nothing crosses."""
    known = [each for each in readings if not math.isnan(each.mean)]
    if not known:
        return
    if all(each.mean == 0 for each in known):
        yield f"{one} and {other} are the same at all values."
        return
    is_higher = sum(each.mean for each in known) > 0
    better, worse = (other, one) if is_higher != is_less_better(metric) else (one, other)
    word = "is cheaper than" if is_less_better(metric) else "is ahead of"
    surely = all(each.ci_low > 0 or each.ci_high < 0 for each in known)
    where = "at all values" if len(known) == len(readings) else "wherever both have deals"
    yield f"{better} {word} {worse} {where}{'' if surely else ', though not everywhere beyond chance'}."


def optimum_sentences(curves: Curves) -> list[str]:
    """Each strategy's best point on the decision metric, and how flat its top is."""
    return [_best(curves, name, best) for name, best in curves.optima.items() if best is not None]


def _best(curves: Curves, name: str, best: Optimum) -> str:
    what, unit = DECIDED_BY[curves.decided_by]
    amount = number(best.mean, unit, curves.points.study.scenario.currency)
    labels = curves.points.labels
    if not curves.points.variation.is_ordered:
        also = could_be_as_good(curves, best)
        chance = f"; {also} could be as good" if also else ""
        return f"{name}: highest {what} with {labels[best.point]}, {amount}{chance}."
    is_end = best.point in (0, len(labels) - 1)
    where = f"{labels[best.point]}, the end of the range" if is_end else labels[best.point]
    also = could_be_as_good(curves, best)
    chance = f" (as far as chance goes, anywhere from {also})" if also else ""
    near = f"within {FLAT_SHARE:.0%} of that {flat_top(curves, best)}"
    return f"{name}: highest {what} at {where}, {amount}{chance}; {near}."


def could_be_as_good(curves: Curves, best: Optimum) -> str:
    """Where else chance leaves the best point: "x1.5 to x2.3", or words in a row; nothing where it is no wider than
    the flat top."""
    if not curves.points.variation.is_ordered:
        return in_a_row([curves.points.labels[point] for point in best.rivals]) if best.rivals else ""
    rivals = [point for point in best.rivals if not best.flat_low <= curves.x[point] <= best.flat_high]
    if not rivals:
        return ""
    low, high = (place(curves, curves.x[end]) for end in (min(*rivals, best.point), max(*rivals, best.point)))
    return f"{low} to {high}"


def flat_top(curves: Curves, best: Optimum) -> str:
    """Where the mean is as good as at the best point, all but FLAT_SHARE: "from x1.67 to x1.8"."""
    low, high = best.flat_low, best.flat_high
    own = place(curves, curves.x[best.point])
    if {place(curves, end) for end in (low, high) if math.isfinite(end)} == {own}:
        return "nowhere else"
    if math.isinf(low) and math.isinf(high):
        return "at all values"
    if math.isinf(low):
        return f"up to {place(curves, high)}"
    if math.isinf(high):
        return f"from {place(curves, low)} on"
    return f"from {place(curves, low)} to {place(curves, high)}"


def gap_sentences(curves: Curves) -> list[str]:
    """Where the marginal cost per deal is left out, and why."""
    if MARGINAL not in curves.metrics:
        return []
    sentences = []
    for name in curves.strategies:
        readings = curves.curve(name, MARGINAL.name)
        if name in curves.points.flat or all(each.gap is None for each in readings):
            continue
        for gap in Gap:
            spans = [
                f"{curves.points.labels[curves.steps[first][0]]} to {curves.points.labels[curves.steps[last][1]]}"
                for first, last in _spans([each.gap == gap for each in readings])
            ]
            if spans:
                where = in_a_row(spans)
                sentences.append(f"Marginal cost per deal of {name} is left out from {where}: {_why(gap)}.")
    return sentences


def _why(gap: Gap) -> str:
    return f"there, {gap}{' (take larger steps, or more replications)' if gap is Gap.MAYBE_CHANCE else ''}"


def _spans(marks: Sequence[bool]) -> Iterator[tuple[int, int]]:
    """The first and the last of each row of steps that are marked."""
    for is_marked, group in groupby(enumerate(marks), key=lambda each: each[1]):
        steps = [at for at, _ in group]
        if is_marked:
            yield steps[0], steps[-1]
