"""Files of a CRM -> `Export`."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import polars as pl

from channelsim.calibrate.reading.columns import SAMPLED, Recognised, confirmation, is_known, normal, recognise
from channelsim.calibrate.reading.deals import Deals, deals_of
from channelsim.calibrate.reading.endings import values_of
from channelsim.calibrate.reading.fieldframes import SHARE, typed_frames
from channelsim.calibrate.reading.groups import ONE_ROUTE, Groups, grouped
from channelsim.calibrate.reading.mapping import Mapping, mapping_text
from channelsim.calibrate.reading.notes import Notes, plain
from channelsim.calibrate.reading.quality import Window, clean
from channelsim.calibrate.reading.shapes import ROLE_WORDS, Source, checked, sources_of
from channelsim.calibrate.reading.stagerows import Staged, from_history, shared, whole
from channelsim.calibrate.reading.tables import read_table
from channelsim.calibrate.records import DEALS, LOST, WON, Export, Route
from channelsim.errors import UserError, suggest

__all__ = ["Reading", "confirmation", "draft_mapping", "mapping_text", "read_export", "read_with_mapping"]

DEFAULT_CURRENCY = "USD"
CURRENCY_SIGNS = {"€": "EUR", "£": "GBP"}
MAX_FILES = 100
ONE_DAY = 1.0
SECONDS_A_DAY = 86_400


@dataclass(frozen=True)
class Reading:
    """An export, and the mapping file that says all that was found out about it."""

    export: Export
    mapping: Mapping


def read_export(
    paths: Sequence[str | os.PathLike[str]],
    mapping: Mapping | None = None,
    *,
    as_of: dt.date | None = None,
    currency: str | None = None,
) -> Export:
    """Read an export: one file or several that belong together.

    as_of: the last day that the export covers; what came later is not known yet. Else the mapping's, else the last
    day in the export. currency: of the amounts, where neither the mapping nor the export says it.

    Raises UserError, in words, for what cannot be read or not be told.
    """
    return read_with_mapping(paths, mapping, as_of=as_of, currency=currency).export


def read_with_mapping(
    paths: Sequence[str | os.PathLike[str]],
    mapping: Mapping | None = None,
    *,
    as_of: dt.date | None = None,
    currency: str | None = None,
) -> Reading:
    """Read an export as `read_export` does, and say how it was read as a mapping, for `mapping_text` to write."""
    wanted = mapping or Mapping()
    notes = Notes()
    sources = sources_of(_tables(paths, wanted, notes))
    checked(sources)
    for source in sources:
        notes.say(f"{source.recognised.table.file}: {ROLE_WORDS[source.role]}.")
    typed, order = typed_frames(sources, wanted, notes)
    deals = deals_of(typed, wanted, notes)
    rows, window = clean(deals, wanted, as_of, notes)
    groups = grouped(rows, wanted, _columns_of(sources), notes)
    frame, staged = _frames(groups, deals, window, wanted, notes)
    code = wanted.currency or currency or _currency(sources, deals)
    if code is None:
        notes.say(f"No currency is named, so amounts are taken for {DEFAULT_CURRENCY}; currency: says otherwise.")
    export = Export(
        files=tuple(source.recognised.table.file for source in sources),
        deals=frame,
        stages=staged.stages,
        routes=tuple(
            Route(name, label, channel, staged.steps[name]) for name, (label, channel) in groups.routes.items()
        ),
        segments=groups.segments,
        sources=groups.sources,
        labels=groups.labels,
        origin=window.origin if window else None,
        first_day=0.0,
        cutoff_day=_cutoff_day(window),
        resolution_days=0.0 if deals.has_dates and deals.has_times else 1.0,
        losses_are_seen=deals.losses_are_seen,
        currency=code or DEFAULT_CURRENCY,
        columns=tuple(column for source in sources for column in source.recognised.columns),
        counts=tuple(notes.counts),
        sentences=tuple(notes.sentences),
    )
    found = replace(
        wanted,
        columns={**_columns_of(sources), **wanted.columns},
        stages=wanted.stages or staged.labels,
        won=wanted.won or _values_of(WON, rows, deals, wanted),
        lost=wanted.lost or _values_of(LOST, rows, deals, wanted),
        routes={**_channels(groups), **wanted.routes},
        dates=order,
        currency=export.currency,
        as_of=as_of or wanted.as_of,
    )
    return Reading(export, found)


def draft_mapping(paths: Sequence[str | os.PathLike[str]], mapping: Mapping | None = None) -> Mapping:
    """The columns that are recognised, as a mapping to complete, even of an export that cannot be read whole."""
    wanted = mapping or Mapping()
    tables = _tables(paths, wanted, Notes())
    columns: dict[str, str | None] = {}
    for table in tables:
        columns = {**table.headings(), **columns}
    return replace(wanted, columns={**columns, **wanted.columns})


def _tables(paths: Sequence[str | os.PathLike[str]], mapping: Mapping, notes: Notes) -> list[Recognised]:
    """All files as tables whose columns are known."""
    if not paths:
        raise UserError("no file is named; give the path of an export")
    if len(paths) > MAX_FILES:
        raise UserError(f"{len(paths):,} files, more than {MAX_FILES}; put those of one shape together")
    own = {normal(heading) for heading in mapping.columns.values() if heading}

    def is_heading(text: str) -> bool:
        return is_known(text) or normal(text) in own

    found = [
        recognise(read_table(Path(path), notes, is_heading, mapping.encoding, mapping.sheet), mapping.columns)
        for path in paths
    ]
    for field, heading in mapping.columns.items():
        if heading is not None and not any(table.table.column_of(heading) for table in found):
            headings = [each for table in found for each in table.table.headings]
            message = f"no file has a column '{plain(heading)}'; {suggest(heading, headings)}"
            raise mapping.problem(("columns", field), message)
    return found


def _values_of(ending: str, rows: pl.DataFrame, deals: Deals, mapping: Mapping) -> tuple[str, ...]:
    """Values of the report's result or stage, and of the history's stages, that mean an ending."""
    found = list(values_of(ending, rows, mapping))
    if deals.history is not None:
        found += deals.history.filter(pl.col("ends") == ending)["stage"].unique().sort().to_list()
    return tuple(dict.fromkeys(found))


def _channels(groups: Groups) -> dict[str, str]:
    """Channel by the export's own value of the route."""
    return {label: channel for name, (label, channel) in groups.routes.items() if name != ONE_ROUTE}


def _columns_of(sources: Sequence[Source]) -> dict[str, str]:
    """Field -> heading, over all files."""
    columns: dict[str, str] = {}
    for source in sources:
        columns = {**source.recognised.headings(), **columns}
    return columns


def _currency(sources: Sequence[Source], deals: Deals) -> str | None:
    """The currency that a column says, or a heading, or a sign that no two currencies have."""
    said = deals.rows["currency"].drop_nulls().value_counts(sort=True, name="rows")
    if len(said):
        code = str(said.sort(["rows", "currency"], descending=[True, False])["currency"][0]).upper()
        if code.isalpha() and len(code) == 3:
            return code
    for source in sources:
        if source.recognised.currency:
            return source.recognised.currency
        if (column := source.recognised.at.get("amount")) is not None:
            texts = source.recognised.table.frame[column].drop_nulls().head(SAMPLED)
            for sign, code in CURRENCY_SIGNS.items():
                if texts.str.contains(sign, literal=True).any():
                    return code
    return None


def _cutoff_day(window: Window | None) -> float:
    if window is None:
        return 0.0
    return (window.cutoff - dt.datetime.combine(window.origin, dt.time())).total_seconds() / SECONDS_A_DAY


def _frames(
    groups: Groups, deals: Deals, window: Window | None, mapping: Mapping, notes: Notes
) -> tuple[pl.DataFrame, Staged]:
    """The frames of an `Export`. An open deal's days end with the export: where dates alone are known, they are
    the days between its first date and the last date at which it was looked at."""
    rows = groups.rows
    routes = list(groups.routes)
    if window is None:
        days = pl.col("days_total")
        none = pl.lit(None, pl.Float64)
        rows = rows.with_columns(created_day=none, closed_day=none, days=days).sort("key", maintain_order=True)
    else:
        cutoff = _cutoff_day(window)
        rows = rows.with_columns(created_day=_day("created", window), closed_day=_day("closed", window))
        last = cutoff if deals.has_times else cutoff - ONE_DAY
        end = pl.col("closed_day").fill_null(last)
        rows = rows.with_columns(end_day=end, days=(end - pl.col("created_day")).clip(0.0))
        rows = rows.sort("created_day", "key", maintain_order=True)
    rows = rows.with_row_index("deal")
    if deals.history is not None and window is not None:
        history = deals.history.with_columns(day=_day("at", window))
        if not deals.has_times:
            history = history.with_columns(pl.col("day").floor())
        staged, rows = from_history(rows, history, routes, mapping, notes)
        staged, rows = _renumbered(staged, rows)
    elif any(column.startswith(SHARE) for column in rows.columns):
        staged = shared(rows, routes, notes)
    else:
        staged = whole(rows, routes)
        notes.say("The export has no history of stages, so each deal is one step from its creation to its end.")
    frame = rows.with_columns(value=pl.col("amount")).select(
        pl.col(column).cast(kind) for column, kind in DEALS.items()
    )
    return frame, staged


def _day(column: str, window: Window) -> pl.Expr:
    """Days since the origin's midnight."""
    since = pl.col(column) - pl.lit(dt.datetime.combine(window.origin, dt.time()))
    return since.dt.total_microseconds() / (1e6 * SECONDS_A_DAY)


def _renumbered(staged: Staged, rows: pl.DataFrame) -> tuple[Staged, pl.DataFrame]:
    """With deals numbered without gaps, after some were left out."""
    numbers = rows.select(pl.col("deal"), pl.int_range(pl.len(), dtype=pl.UInt32).alias("new"))
    stages = staged.stages.join(numbers, on="deal", how="inner", maintain_order="left")
    stages = stages.with_columns(deal=pl.col("new")).drop("new")
    return replace(staged, stages=stages), rows.with_columns(deal=pl.int_range(pl.len(), dtype=pl.UInt32))
