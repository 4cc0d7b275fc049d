"""Month by month: when a strategy pays, and how bookings, cost, pipeline and teams go."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from channelsim.analysis.intervals import Estimate
from channelsim.analysis.transient import Band
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.charts.ahead import so_far
from channelsim.report.page.blocks import Cell, Chart, Name, Row, Section, Table
from channelsim.report.page.numbers import all_rounded
from channelsim.report.page.words import cell, in_words, label_of, month_words, names

FIRST = "contribution"
PIPELINE = "pipeline"
SHADED = 3
"""Bands of more strategies than this would hide each other; lines.js has the same limit."""


def months_section(result: Result) -> Section | None:
    """Contribution so far, and any monthly series; None if no replication finished."""
    if not any(result.monthly.values()):
        return None
    return Section("months", "Month by month", [_when_it_pays(result), _any_series(result)])


def _when_it_pays(result: Result) -> Chart:
    warmup = result.study.scenario.horizon.warmup_months
    starts = result.layout(result.baseline).month_starts[warmup:]
    several = len(result.strategies) > 1
    shown = [name for name in result.strategies if name != result.baseline or not several]
    bands = {name: so_far(result, name) for name in shown}
    after = " since the end of the warm-up" if warmup else ""
    against = f", less that of {result.baseline} on the same leads" if several else ""
    table = _table(
        result, f"Contribution so far{against}", "so-far", [month_words(date) for date in starts[:-1]], bands,
        Unit.MONEY, signed=several,
    )  # fmt: skip
    last = "; ".join(f"{name} {in_words(each)}" for name, each in zip(shown, table.rows[-1].cells, strict=True))
    side = _side(result, bands, table.id, signed=several)
    return Chart(
        id="when-it-pays",
        draw="lines",
        title="When does it pay?",
        caption=f"Contribution{after}{against}, at the end of each month. Lines are means.{_shading(result)}",
        alt=f"Contribution so far{against}. At the end: {last}.",
        data={
            "months": [month_words(date) for date in starts[:-1]],
            "warmup": 0,
            "views": [{"label": "Contribution so far", "unit": str(Unit.MONEY), "sides": [side]}],
            "sides": [],
        },
        tables=[table],
    )


def _any_series(result: Result) -> Chart:
    months = [month_words(date) for date in result.layout(result.baseline).month_starts[:-1]]
    bands = result.monthly_bands
    views: list[dict[str, Any]] = []
    tables: list[Table] = []
    for series in _series(bands):
        unit = Unit.SHARE if series.startswith("utilization.") else Unit.MONEY
        label = "Open pipeline at the month's end" if series == PIPELINE else label_of(series)
        own = {name: bands[name, series][0] for name in result.strategies if (name, series) in bands}
        id = f"months-{len(views) + 1}"
        tables.append(_table(result, label, id, months, own, unit, signed=False))
        sides = [_side(result, own, id, signed=False)]
        if len(result.strategies) > 1:
            apart = {name: bands[name, series][1] for name in own if name != result.baseline}
            caption = f"{label}: difference from {result.baseline}"
            tables.append(_table(result, caption, f"{id}-apart", months, apart, unit, signed=True))
            sides.append(_side(result, apart, f"{id}-apart", signed=True))
        views.append({"label": label, "unit": str(unit), "sides": sides})
    several = len(result.strategies) > 1
    return Chart(
        id="any-month",
        draw="lines",
        title="Look closer at any month",
        caption=f"Lines are means.{_shading(result)}",
        alt=f"{views[0]['label']} of {', '.join(result.strategies)} from {months[0]} to {months[-1]}.",
        data={
            "months": months,
            "warmup": result.study.scenario.horizon.warmup_months,
            "views": views,
            "sides": ["Each strategy", f"Difference from {result.baseline}"] if several else [],
        },
        tables=tables,
    )


def _series(bands: Mapping[tuple[str, str], tuple[Band, Band]]) -> list[str]:
    """The series that are something in some month of some strategy, contribution first."""
    found = dict.fromkeys(name for (_, name), (own, _) in bands.items() if np.nan_to_num(own.mean).any())
    return sorted(found, key=lambda name: name != FIRST)


def _shading(result: Result) -> str:
    if result.replications == 1:
        return ""
    few = f" Bands are drawn for up to {SHADED} strategies at a time." if len(result.strategies) > SHADED else ""
    return f" Shaded: a 95% band that holds for all months at once.{few}"


def _side(result: Result, bands: Mapping[str, Band], table: str, *, signed: bool) -> dict[str, Any]:
    """Lines and bands for the script. table: whose cells, row by month and column by line, are their words."""
    lines = [
        {"strategy": result.strategies.index(name)}
        | {part: all_rounded(getattr(each, part)) for part in ("mean", "low", "high")}
        for name, each in bands.items()
    ]
    return {"signed": signed, "lines": lines, "table": table}


def _table(
    result: Result,
    caption: str,
    id: str,
    months: Sequence[str],
    bands: Mapping[str, Band],
    unit: Unit,
    *,
    signed: bool,
) -> Table:
    """A row a month, a column a strategy."""
    columns = [name for name in names(result) if name.text in bands]
    rows = [
        Row(Name(month), [_cell(result, bands[name.text], at, unit, signed) for name in columns])
        for at, month in enumerate(months)
    ]
    return Table(caption, "Month", columns, rows, id=id)


def _cell(result: Result, band: Band, at: int, unit: Unit, signed: bool) -> Cell:
    mean, low, high = (float(part[at]) for part in (band.mean, band.low, band.high))
    nothing = (math.nan, math.nan, math.nan, result.replications)
    return cell(Estimate(mean, low, high, *nothing), unit, result.study.scenario.currency, signed=signed)
