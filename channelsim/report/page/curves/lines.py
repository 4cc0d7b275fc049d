"""The curves themselves: any metric over the values of the parameter, a line a strategy."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

import numpy as np

from channelsim.analysis.curves import Reading
from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.finance.definitions import Metric, is_less_better
from channelsim.report.curves import between, label_of, place, told_together
from channelsim.report.format import UNDEFINED
from channelsim.report.page.blocks import Cell, Chart, Name, Row, Section, Table
from channelsim.report.page.numbers import all_rounded, rounded
from channelsim.report.page.words import cell, headings, in_words
from channelsim.report.style import period_of
from channelsim.scenario.vary import TIMES

ANY = "What it costs and what it brings"
SHADED = 3
"""Bands of more strategies than this would hide each other; lines.js has the same limit."""


def lines_section(curves: Curves) -> Section:
    """One chart, with the metric that decides first."""
    metrics = sorted(curves.metrics, key=lambda metric: metric.name != curves.decided_by)
    tables = [_table(curves, metric, f"curve-{at}") for at, metric in enumerate(metrics, start=1)]
    views = [_view(curves, metric, table) for metric, table in zip(metrics, tables, strict=True)]
    variation = curves.points.variation
    chart = Chart(
        id="curves",
        draw="lines",
        title=f"{label_of(metrics[0]) if len(metrics) == 1 else ANY}, by {variation.path}",
        caption=_caption(curves),
        alt=f"{tables[0].caption}. At {tables[0].rows[-1].heading.text}: {_told(tables[0])}.",
        data={
            "values": {
                "title": variation.path,
                "before": TIMES if variation.multiplies else "",
                "labels": curves.points.labels,
                "places": curves.x,
                "isOrdered": variation.is_ordered,
            },
            "views": views,
            "sides": [],
        },
        tables=tables,
    )
    return Section("lines", "Cost curves", [chart])


def _caption(curves: Curves) -> str:
    is_ordered = curves.points.variation.is_ordered
    shapes = (
        "Lines are means, shaded: their 95% intervals." if is_ordered else "Marks are means, bars 95% intervals."
    )
    few = f" Bands are drawn for up to {SHADED} strategies at a time." if len(curves.strategies) > SHADED else ""
    circles = " Circles: where strategies break even, with the 95% interval of where." if curves.break_evens else ""
    return f"Totals of {period_of(curves.points.study)}. {shapes}{few if is_ordered else ''}{circles}"


def _told(table: Table) -> str:
    pairs = zip(table.columns, table.rows[-1].cells, strict=True)
    return "; ".join(f"{name.text} {in_words(each)}" for name, each in pairs)


def _view(curves: Curves, metric: Metric, table: Table) -> dict[str, Any]:
    """A metric's lines for the script; marginal costs stand midway between their points."""
    places = curves.x
    if metric.name == MARGINAL.name:
        places = [(curves.x[a] + curves.x[b]) / 2 for a, b in curves.steps]
    lines = [
        {"strategy": at}
        | {
            part: all_rounded(getattr(each, field) for each in curves.curve(name, metric.name))
            for part, field in (("mean", "mean"), ("low", "ci_low"), ("high", "ci_high"))
        }
        for at, name in enumerate(curves.strategies)
    ]
    meaning = metric.meaning.replace("_", " ")
    return {
        "label": label_of(metric),
        "about": f"{meaning}; less is better" if is_less_better(metric.name) else meaning,
        "unit": str(metric.unit),
        "places": places,
        "sides": [{"signed": False, "lines": lines, "table": table.id}],
        "crossings": _crossings(curves, metric),
    }


def _crossings(curves: Curves, metric: Metric) -> list[dict[str, Any]]:
    """A mark for each break-even point; one for several that chance cannot tell apart."""
    found = []
    for name, one, other in curves.differences:
        if name != metric.name:
            continue
        heights = [reading.mean for reading in curves.curve(one, name)]
        for group in told_together(curves.crossings_of(name, one, other)):
            low, high = group[0].low, group[0].high
            at = (group[0].at + group[-1].at) / 2
            is_known = not math.isnan(low)
            known = f" (95% interval {between(curves, low, high)})" if is_known else ""
            found.append(
                {
                    "of": [curves.strategies.index(each) for each in (one, other)],
                    "at": at,
                    "height": rounded(float(np.interp(at, curves.x, heights))),
                    "low": max(low, curves.x[0]) if is_known else None,
                    "high": min(high, curves.x[-1]) if is_known else None,
                    "label": place(curves, at),
                    "told": f"{one} and {other} break even at {place(curves, at)}{known}.",
                }
            )
    return found


def _table(curves: Curves, metric: Metric, id: str) -> Table:
    """A row a point, or of marginal costs a row a step; a column a strategy."""
    labels = curves.points.labels
    if metric.name == MARGINAL.name:
        labels = [f"{labels[a]} to {labels[b]}" for a, b in curves.steps]
    readings = [curves.curve(name, metric.name) for name in curves.strategies]
    currency = curves.points.study.scenario.currency
    rows = [
        Row(Name(label), [_cell(each, metric, currency) for each in at])
        for label, *at in zip(labels, *readings, strict=True)
    ]
    path = curves.points.variation.path
    return Table(f"{label_of(metric)}, by {path}", "Value", headings(curves.strategies), rows, _left_out(rows), id)


def _cell(reading: Reading, metric: Metric, currency: str) -> Cell:
    if math.isnan(reading.mean):
        return Cell(UNDEFINED, aside=str(reading.gap or ""))
    return cell(reading, metric.unit, currency)


def _left_out(rows: Sequence[Row]) -> str:
    is_left_out = any(each.text == UNDEFINED for row in rows for each in row.cells)
    return (
        f"{UNDEFINED} left out: a figure there would mean nothing, for the reason beside it." if is_left_out else ""
    )
