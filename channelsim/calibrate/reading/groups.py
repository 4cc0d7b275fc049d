"""Routes, segments and sources: which there are, and their names in a scenario."""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from channelsim.calibrate.reading.mapping import CHANNELS, IGNORE, Mapping
from channelsim.calibrate.reading.names import names_for, slug
from channelsim.calibrate.reading.notes import Notes, listed, plain
from channelsim.calibrate.reading.words import channel_words
from channelsim.calibrate.records import WON, Channel
from channelsim.errors import suggest

ONE_ROUTE, ONE_SEGMENT = "sales", "all"
CHANNEL_OF: dict[str, Channel] = {channel: channel for channel in CHANNELS}
REST = "other"
NOT_SAID = "not said"
MAX_ROUTES, MAX_SEGMENTS, MAX_SOURCES = 8, 8, 12
SIZES = (
    "micro", "tiny", "very small", "small", "smb", "small business", "mid", "medium", "mid market", "midmarket",
    "mid size", "large", "corporate", "commercial", "enterprise", "very large", "strategic", "key",
)  # fmt: skip
"""Words for sizes from the smallest on, by which segments are put in order."""
KNOWN_AFTERWARDS = (0.1, 0.5)
"""A segment known of less than the first share of deals not won and of more than the second share of those won was
asked for when they were won: it tells nothing of chances."""


@dataclass(frozen=True)
class Groups:
    """Deals with names in place of what the export has."""

    rows: pl.DataFrame
    routes: MappingOf[str, tuple[str, Channel]]  # name -> label and channel
    segments: tuple[str, ...]
    sources: tuple[str, ...]
    labels: MappingOf[str, str]


def grouped(rows: pl.DataFrame, mapping: Mapping, headings: MappingOf[str, str], notes: Notes) -> Groups:
    """Name the groups. headings: field -> its column, as names of numbered groups need it."""
    rows, routes = _routes(rows, mapping, notes)
    rows, segments = _segments(rows, mapping, headings.get("segment", "segment"), notes)
    sources: dict[str, str] = {}
    if rows["source"].null_count() < len(rows):
        rows, sources = _named(rows, "source", "source", MAX_SOURCES, notes)
    labels = {name: label for named in (segments, sources) for label, name in named.items()}
    return Groups(rows, routes, tuple(segments.values()), tuple(sources.values()), labels)


def _routes(
    rows: pl.DataFrame, mapping: Mapping, notes: Notes
) -> tuple[pl.DataFrame, dict[str, tuple[str, Channel]]]:
    if rows["route"].null_count() == len(rows):
        if mapping.routes:
            raise mapping.problem(
                ("routes",), "no column is known to hold the route; name it under columns: route:"
            )
        notes.say("No column says how deals were sold, so there is one route, sales, of the channel hybrid.")
        return rows.with_columns(route=pl.lit(ONE_ROUTE)), {ONE_ROUTE: (ONE_ROUTE, "hybrid")}
    present = {plain(value).casefold(): value for value in rows["route"].drop_nulls().unique(maintain_order=True)}
    for value in mapping.routes:
        if plain(value).casefold() not in present:
            message = f"no deal has the route '{plain(value)}'; {suggest(value, present.values())}"
            raise mapping.problem(("routes", value), message)
    said = {plain(value).casefold(): channel for value, channel in mapping.routes.items()}
    ignored = [present[value] for value, channel in said.items() if channel == IGNORE]
    where = pl.col("route").is_in(ignored)
    notes.count_where(rows, where & pl.col("route").is_not_null(), "of a route that is to be ignored", "dropped")
    rows = rows.filter(~where.fill_null(False))
    notes.count_where(
        rows, pl.col("route").is_null(), "no route", f"kept, as a route of their own, {slug(NOT_SAID)}"
    )
    rows = rows.with_columns(pl.col("route").fill_null(NOT_SAID))
    rows, named = _named(rows, "route", "route", MAX_ROUTES, notes)
    routes: dict[str, tuple[str, Channel]] = {}
    for label, name in named.items():
        told, by_words = said.get(label.casefold()), channel_words(label)
        channel: Channel = CHANNEL_OF.get(told or "", by_words or "hybrid")
        if told is None and by_words is None:
            notes.say(f"The route '{label}' speaks of neither phone nor field, so its channel is hybrid; "
                      "routes: says otherwise.")  # fmt: skip
        routes[name] = (label, channel)
    return rows, routes


def _segments(
    rows: pl.DataFrame, mapping: Mapping, heading: str, notes: Notes
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Deals with segments' names, and label -> name in order."""
    if mapping.segments_by_value:
        return _bands(rows, mapping, notes)
    known = pl.col("segment").is_not_null()
    if rows["segment"].null_count() == len(rows):
        return rows.with_columns(segment=pl.lit(ONE_SEGMENT)), {ONE_SEGMENT: ONE_SEGMENT}
    won = pl.col("ending") == WON
    shares = rows.select(
        known.filter(~won).mean().fill_null(1.0).alias("not_won"), known.filter(won).mean().alias("won")
    )
    if shares["not_won"][0] < KNOWN_AFTERWARDS[0] and shares["won"][0] > KNOWN_AFTERWARDS[1]:
        notes.say(
            f"'{plain(heading)}' is known almost only of deals that were won, so segments cannot be made of it."
        )
        return rows.with_columns(segment=pl.lit(ONE_SEGMENT)), {ONE_SEGMENT: ONE_SEGMENT}
    return _named(rows, "segment", _prefix(heading), MAX_SEGMENTS, notes)


def _prefix(heading: str) -> str:
    """What numbered segments are called by: the word for a size in their heading, or its first word."""
    words = slug(heading).split("_")
    return next((word for word in ("size", "tier", "segment", "class") if word in words), words[0] or "segment")


def _bands(rows: pl.DataFrame, mapping: Mapping, notes: Notes) -> tuple[pl.DataFrame, dict[str, str]]:
    ends = mapping.segments_by_value
    if rows["amount"].null_count() == len(rows):
        raise mapping.problem(("segments_by_value",), "no deal has a value; name its column under columns: amount:")
    texts = [f"{end:,.12g}" for end in ends]
    names = [f"{end:.12g}".replace(".", "_").replace("+", "") for end in ends]
    middle = list(zip(range(len(ends)), range(1, len(ends)), strict=False))
    labels = [f"under {texts[0]}", *(f"{texts[a]} to {texts[b]}" for a, b in middle), f"{texts[-1]} and more"]
    made = [f"under_{names[0]}", *(f"from_{names[a]}_to_{names[b]}" for a, b in middle), f"from_{names[-1]}"]
    band = pl.sum_horizontal(pl.col("amount") >= end for end in ends)
    by_band = pl.when(pl.col("amount").is_not_null()).then(band.replace_strict(dict(enumerate(made))))
    rows = rows.with_columns(segment=by_band)
    notes.count_where(rows, pl.col("segment").is_null(), "no value, so no band of value", "kept, without a segment")
    present = set(rows["segment"].drop_nulls().unique())
    return rows, {label: name for label, name in zip(labels, made, strict=True) if name in present}


def _named(
    rows: pl.DataFrame, field: str, prefix: str, most: int, notes: Notes
) -> tuple[pl.DataFrame, dict[str, str]]:
    """Deals with names in place of a field's values, and label -> name in order. Of very many values the most
    frequent are kept and the rest put together. Capitals make no difference."""
    told = rows.with_columns(folded=pl.col(field).str.to_lowercase())
    counts = (
        told.drop_nulls("folded")
        .group_by("folded", field)
        .agg(pl.len().alias("rows"))
        .sort(["rows", field], descending=[True, False])
        .group_by("folded", maintain_order=True)
        .agg(pl.col(field).first(), pl.col("rows").sum())
        .sort(["rows", field], descending=[True, False])
    )
    kept = counts if len(counts) <= most else counts.head(most - 1)
    labels = {folded: plain(label) for folded, label in zip(kept["folded"], kept[field], strict=True)}
    if len(kept) < len(counts):
        rest = counts.tail(len(counts) - len(kept))
        notes.say(
            f"Of {len(counts):,} values of the {field} the {len(kept)} most frequent are kept; {len(rest):,} "
            f"others with {int(rest['rows'].sum()):,} rows are put together as '{REST}': {listed(rest[field], 5)}."
        )
    ordered = in_order(list(dict.fromkeys(labels.values())))
    if len(kept) < len(counts) and REST not in (label.casefold() for label in ordered):
        ordered.append(REST)
    names = names_for(ordered, prefix)
    rest_name = next((name for label, name in names.items() if label.casefold() == REST), REST)
    by_value = {folded: names[label] for folded, label in labels.items()}
    name = pl.col("folded").replace_strict(by_value, default=rest_name, return_dtype=pl.String)
    told = told.with_columns(pl.when(pl.col("folded").is_not_null()).then(name).alias(field))
    return told.drop("folded"), names


def in_order(labels: Sequence[str]) -> list[str]:
    """Numbers by size, sizes from the smallest on, anything else as it comes: most frequent first.

    >>> in_order(["Enterprise", "Small", "Mid-Market"]), in_order(["10", "9"])
    (['Small', 'Mid-Market', 'Enterprise'], ['9', '10'])
    """
    numbers = [_leading_number(label) for label in labels]
    if all(number is not None for number in numbers):
        return [label for _, label in sorted(zip(numbers, labels, strict=True), key=lambda each: each[0] or 0.0)]
    ranks = [_size_rank(label) for label in labels]
    if all(rank is not None for rank in ranks):
        return [label for _, label in sorted(zip(ranks, labels, strict=True), key=lambda each: each[0] or 0)]
    return list(labels)


def _leading_number(label: str) -> float | None:
    text = label.lstrip("<>≤≥$€£ ").replace(",", "").split("-")[0].split(" ")[0].rstrip("+")
    try:
        return float(text) - (0.5 if label.lstrip().startswith(("<", "≤")) else 0.0)
    except ValueError:
        return None


def _size_rank(label: str) -> int | None:
    text = slug(label).replace("_", " ")
    fits = [rank for rank, word in enumerate(SIZES) if text == word or text.startswith(f"{word} ")]
    return max(fits) if fits else None
