"""Where the curves of two strategies cross, and how surely."""

from __future__ import annotations

import math
from collections.abc import Iterator

from channelsim.experiment.curves import EVEN_ON, Curves
from channelsim.finance.definitions import is_less_better
from channelsim.report.curves import LABELS, ahead_around, between, place, throughout_sentences, told_together
from channelsim.report.format import UNDEFINED
from channelsim.report.page.blocks import Block, Cell, Name, Prose, Row, Section, Table

NOTE = (
    "Strategies meet the same leads with the same luck, so where they cross is known better than the bands of the "
    "curves suggest. 95% intervals, each by itself; several crossings that chance cannot tell apart are in one row."
)


def breakeven_section(curves: Curves) -> Section | None:
    """A table for contribution and one for cost per deal; None for one strategy, or where values have no order."""
    if len(curves.strategies) == 1 or not curves.points.variation.is_ordered:
        return None
    blocks: list[Block] = [table for metric in EVEN_ON if (table := _table(curves, metric)) is not None]
    if blocks:
        blocks.append(Prose([NOTE], "quiet"))
    else:
        labels = curves.points.labels
        nowhere = f"No two strategies break even from {labels[0]} to {labels[-1]}."
        blocks.append(Prose([nowhere, *throughout_sentences(curves)]))
    return Section("breakeven", "Break-even points", blocks)


def _table(curves: Curves, metric: str) -> Table | None:
    rows = list(_rows(curves, metric))
    if not rows:
        return None
    better = "Cheaper" if is_less_better(metric) else "Ahead"
    columns = [Name(text) for text in ("Break even at", "95% interval", f"{better} below", f"{better} above")]
    return Table(f"{LABELS[metric]}: where strategies break even", "Strategies", columns, rows)


def _rows(curves: Curves, metric: str) -> Iterator[Row]:
    for one, other in curves.pairs:
        for group in told_together(curves.crossings_of(metric, one, other)):
            first, last = group[0], group[-1]
            at = place(curves, first.at)
            if len(group) > 1:
                at = f"{at} to {place(curves, last.at)}"
            known = UNDEFINED if math.isnan(first.low) else between(curves, first.low, first.high)
            below = ahead_around(metric, one, other, first)[0]
            above = ahead_around(metric, one, other, last)[1]
            cells = [Cell(at, strong=True), Cell(known), Cell(below), Cell(above)]
            yield Row(Name(f"{one} and {other}"), cells)
