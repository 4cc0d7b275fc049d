"""A file's fields with their types: dates as dates, amounts as numbers; exact duplicates left out."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from channelsim.calibrate.reading.dates import DateColumn, Order, parse_dates
from channelsim.calibrate.reading.fields import DATES
from channelsim.calibrate.reading.mapping import Mapping
from channelsim.calibrate.reading.notes import MAX_EXAMPLES, Notes
from channelsim.calibrate.reading.numbers import parse_numbers
from channelsim.calibrate.reading.shapes import Source

SHARE, ENTERED = "share:", "entered:"
"""What columns of a stage's share of the days, and of the day on which it was entered, begin with."""


class Typed:
    """A source's frame: `key` and its other fields, and whether its dates have times of day."""

    def __init__(self, source: Source, frame: pl.DataFrame) -> None:
        self.source = source
        self.frame = frame
        self.has_times: dict[str, bool] = {}


def typed_frames(sources: Sequence[Source], mapping: Mapping, notes: Notes) -> tuple[list[Typed], Order | None]:
    """All sources with their types, and the order of figures in dates: those of all files are read alike."""
    found = [Typed(source, _fields(source, notes)) for source in sources]
    places = [
        (typed, column)
        for typed in found
        for column in typed.frame.columns
        if column in DATES or column.startswith(ENTERED)
    ]
    texts = [DateColumn(_label(typed, column), typed.frame[column]) for typed, column in places]
    dates, order = parse_dates(texts, mapping.dates, notes)
    for (typed, column), read in zip(places, dates, strict=True):
        typed.frame = typed.frame.with_columns(read.times.alias(column))
        typed.has_times[column] = read.has_times
    for typed in found:
        separator = typed.source.recognised.table.separator
        for column in typed.frame.columns:
            if column in ("amount", "days_total") or column.startswith(SHARE):
                label = _label(typed, column)
                numbers = parse_numbers(typed.frame[column], label, mapping.decimal, separator, notes)
                typed.frame = typed.frame.with_columns(numbers.alias(column))
    return found, order


def _label(typed: Typed, column: str) -> str:
    recognised = typed.source.recognised
    place = (
        recognised.at.get(column)
        or {
            **{SHARE + stage: at for stage, at in recognised.shares.items()},
            **{ENTERED + stage: at for stage, at in recognised.entered.items()},
        }[column]
    )
    table = recognised.table
    return f"{table.file}, {table.headings[table.frame.columns.index(place)]}"


def _fields(source: Source, notes: Notes) -> pl.DataFrame:
    """The columns that are used, as texts, under their fields' names, with a `key` and each row once."""
    recognised = source.recognised
    table = recognised.table
    frame = _without_duplicates(source, notes)
    columns = [pl.col(column).alias(field) for field, column in recognised.at.items()]
    columns += [pl.col(column).alias(SHARE + stage) for stage, column in recognised.shares.items()]
    columns += [pl.col(column).alias(ENTERED + stage) for stage, column in recognised.entered.items()]
    frame = frame.select(columns)
    numbered = pl.format("row {}", pl.int_range(1, pl.len() + 1))
    if "key" not in frame.columns and "name" in frame.columns and frame["name"].is_unique().all():
        return frame.with_columns(key=pl.col("name").fill_null(numbered))
    if "key" not in frame.columns:
        notes.say(f"{table.file}: no column tells deals apart, so each row is a deal.")
        return frame.with_columns(key=numbered)
    missing = pl.col("key").is_null()
    if source.role in ("history", "won deals"):
        notes.count_where(frame, missing, f"{table.file}: no key", "dropped: nobody can say of which deal they are")
        return frame.filter(~missing)
    notes.count_where(frame, missing, f"{table.file}: no key", "kept, each as a deal of its own")
    return frame.with_columns(key=pl.col("key").fill_null(numbered))


def _without_duplicates(source: Source, notes: Notes) -> pl.DataFrame:
    """A table with each row once. A hash finds the few rows to be compared in full."""
    table = source.recognised.table
    frame = table.frame
    suspects = frame.hash_rows().is_duplicated()
    if not suspects.any():
        return frame
    numbered = frame.with_row_index("row").filter(suspects)
    repeats = numbered.filter(~numbered.select(pl.struct(frame.columns).is_first_distinct()).to_series())
    key = source.recognised.at.get("key") or source.recognised.at.get("name")
    what = f"{table.file}: exact duplicates"
    if key is None:
        notes.count(what, len(repeats), "kept: without a key they may be different deals")
        return frame
    notes.count(what, len(repeats), "dropped", repeats[key].fill_null("(no key)").head(MAX_EXAMPLES))
    keep = pl.Series(range(len(frame)), dtype=pl.UInt32).is_in(repeats["row"].implode())
    return frame.filter(~keep)
