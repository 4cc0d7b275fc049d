"""Texts to dates and times, in whatever form a CRM or spreadsheet writes them.

Whether 03/04/2026 is March or April is decided once, from all date columns together, and said.
"""

from __future__ import annotations

import calendar
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

from channelsim.calibrate.reading.notes import Notes, plain
from channelsim.errors import UserError

Order = Literal["day_first", "month_first"]
ORDERS: tuple[Order, ...] = ("day_first", "month_first")
WORDS: dict[Order, str] = {"day_first": "day first", "month_first": "month first"}

TIME = (
    r"(?:[T\s,]+(?:um |at |à )?(?P<hour>\d{1,2})[:.h](?P<minute>\d{2})"
    r"(?:[:.](?P<second>\d{2})(?:[.,](?P<part>\d{1,9}))?)?"
    r"\s*(?P<half>[AaPp])?\.?\s?[Mm]?\.?\s*(?P<zone>Z|UTC|GMT|[A-Z]{2,5})?\s*(?P<offset>[+-]\d{2}:?\d{2})?)?$"
)
WEEKDAY = r"^(?i:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)[a-z]*\.?,?\s+"
YEAR = r"(?P<year>\d{4}|\d{2})"
FORMS: dict[str, str] = {
    "year first, as 2026-12-31": r"^(?P<year>\d{4})[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})" + TIME,
    "figures alone, as 3/4/2026": (
        r"^(?P<first>\d{1,2})(?P<sign>[-/. ])(?P<second_figure>\d{1,2})[-/. ]" + YEAR + TIME
    ),
    "the day before the month's name": (
        r"^(?P<day>\d{1,2})(?:st|nd|rd|th|er|\.)?[-/ ]*(?:de |of )?(?P<name>\p{L}{3,})\.?,?[-/ ]*(?:de |del )?"
        + YEAR + TIME
    ),
    "the month's name before the day": (
        r"^(?P<name>\p{L}{3,})\.?[-/ ]*(?P<day>\d{1,2})(?:st|nd|rd|th)?,?[-/ ]+" + YEAR + TIME
    ),
    "eight figures, as 20261231": r"^(?P<year>(?:19|20)\d{2})(?P<month>\d{2})(?P<day>\d{2})" + TIME,
    "a spreadsheet's day number": r"^(?P<serial>[2-7]\d{4}(?:\.\d+)?)$",
    "seconds since 1970": r"^(?P<seconds>\d{9,10})$",
    "milliseconds since 1970": r"^(?P<milliseconds>\d{12,13})$",
}  # fmt: skip
FIGURES = "figures alone, as 3/4/2026"
PARTS = (
    "year", "month", "day", "first", "sign", "second_figure", "name", "serial", "seconds", "milliseconds",
    "hour", "minute", "second", "part", "half", "zone", "offset",
)  # fmt: skip
SPREADSHEET_START = pl.date(1899, 12, 30)
LAST_TWO_FIGURES_OF_THIS_CENTURY = 69
MAX_MONTH = 12
YEARS = (1900, 2500)
"""Others are no dates of deals."""


def _month_names() -> dict[str, int]:
    """The first letters of months' names in English, German, French and Spanish, without accents."""
    names = {calendar.month_abbr[month].lower(): month for month in range(1, MAX_MONTH + 1)}
    names |= {"ene": 1, "jae": 1, "fev": 2, "mrz": 3, "mae": 3, "avr": 4, "abr": 4, "mai": 5, "aou": 8, "ago": 8}
    return names | {"set": 9, "okt": 10, "dez": 12, "dic": 12, "juin": 6, "juil": 7}


MONTH_NAMES = _month_names()


@dataclass(frozen=True)
class DateColumn:
    """A column of texts that should be dates."""

    label: str  # as sentences call it
    texts: pl.Series


@dataclass(frozen=True)
class Dates:
    """A column of dates, read."""

    times: pl.Series  # Datetime in microseconds, UTC where a zone's offset was given; null where no date
    has_times: bool  # whether times of day are known


def parse_dates(
    columns: Sequence[DateColumn], order: Order | None, notes: Notes
) -> tuple[list[Dates], Order | None]:
    """Read date columns. order: the mapping file's, else decided from all columns.

    Returns the columns, and the order, None where no date needs one.

    Raises UserError where figures alone can be read either way, or must be read both ways.
    """
    parsed = [_parts(column) for column in columns]
    if not any((parts["form"] == FIGURES).any() for parts in parsed):
        order = None
    elif order is None:
        order = _decided(columns, parsed, notes)
    read = [
        _dates(column, parts, order or "day_first", notes) for column, parts in zip(columns, parsed, strict=True)
    ]
    return read, order


def _parts(column: DateColumn) -> pl.DataFrame:
    """Each text once: how many rows have it, its form and the parts that stand in it."""
    distinct = column.texts.drop_nulls().value_counts().rename({column.texts.name: "text"}).sort("text")
    rest = distinct.with_columns(clean=pl.col("text").str.replace(WEEKDAY, "").str.replace_all(r"\s+", " "))
    found = []
    for form, pattern in FORMS.items():
        fits = rest["clean"].str.contains(pattern)
        here = rest.filter(fits).with_columns(pl.col("clean").str.extract_groups(pattern).alias("parts"))
        rest = rest.filter(~fits)
        if len(here):
            here = here.unnest("parts").with_columns(pl.lit(form).alias("form"))
            missing = [pl.lit(None, pl.String).alias(part) for part in PARTS if part not in here.columns]
            found.append(here.with_columns(missing).select("text", "count", "form", *PARTS))
    empty = dict.fromkeys(PARTS, pl.String)
    none = pl.DataFrame(schema={"text": pl.String, "count": pl.UInt32, "form": pl.String, **empty})
    unread = rest.select("text", "count", *(pl.lit(None, pl.String).alias(each) for each in ("form", *PARTS)))
    return pl.concat([none, *found, unread], how="vertical_relaxed")


def _decided(columns: Sequence[DateColumn], parsed: Sequence[pl.DataFrame], notes: Notes) -> Order:
    """Day first or month first, for all columns."""
    first, second = pl.col("first").cast(pl.Int32), pl.col("second_figure").cast(pl.Int32)
    evidence: dict[Order, list[tuple[str, int, str]]] = {"day_first": [], "month_first": []}
    either: list[tuple[str, int, str]] = []
    only_dots = True
    for column, parts in zip(columns, parsed, strict=True):
        figures = parts.filter(pl.col("form") == FIGURES)
        only_dots &= bool((figures["sign"] == ".").all())
        for where, found in (
            ((first > MAX_MONTH) & (second <= MAX_MONTH), evidence["day_first"]),
            ((second > MAX_MONTH) & (first <= MAX_MONTH), evidence["month_first"]),
            ((first <= MAX_MONTH) & (second <= MAX_MONTH), either),
        ):
            here = figures.filter(where).sort("text")
            if len(here):
                found.append((column.label, int(here["count"].sum()), here["text"][0]))
    rows = {order: sum(count for _, count, _ in found) for order, found in evidence.items()}
    if all(rows.values()):
        told = "; ".join(
            f"{label}: {count:,} can only be {WORDS[order]}, such as {plain(example)}"
            for order in ORDERS
            for label, count, example in evidence[order]
        )
        raise UserError(
            f"dates are written both ways: {told}. Put them into one form, or write dates: day_first or dates: "
            "month_first in the mapping file, and the others are counted as unreadable"
        )
    for order in ORDERS:
        if rows[order]:
            _, _, example = evidence[order][0]
            notes.say(
                f"Dates are read {WORDS[order]}: {rows[order]:,} of them can be nothing else, such as "
                f"{plain(example)}."
            )
            return order
    if not either or only_dots:
        if either:
            notes.say("Dates are read day first: with dots between the figures nobody writes the month first.")
        return "day_first"
    label, count, example = either[0]
    raise UserError(
        f"{label}: nothing says whether {plain(example)} begins with the day or the month, in any of {count:,} "
        "rows; write dates: day_first or dates: month_first in the mapping file"
    )


def _dates(column: DateColumn, parts: pl.DataFrame, order: Order, notes: Notes) -> Dates:
    day, month = ("first", "second_figure") if order == "day_first" else ("second_figure", "first")
    months = {name: _month(name) for name in parts["name"].unique().drop_nulls()}
    named = pl.col("name").replace_strict(months, default=None, return_dtype=pl.Int64)
    frame = parts.with_columns(
        day=pl.coalesce("day", day).cast(pl.Int64),
        month=pl.coalesce(pl.col("month").cast(pl.Int64), pl.col(month).cast(pl.Int64), named),
        year=_full_year(pl.col("year")),
    )
    text = pl.format(
        "{}-{}-{}",
        pl.col("year"),
        pl.col("month").cast(pl.String).str.zfill(2),
        pl.col("day").cast(pl.String).str.zfill(2),
    )
    midnight = text.str.to_date("%Y-%m-%d", strict=False).cast(pl.Datetime("us"))
    of_serial = SPREADSHEET_START.cast(pl.Datetime("us")) + pl.duration(
        milliseconds=(pl.col("serial").cast(pl.Float64) * 86_400_000).round()
    )
    at = pl.coalesce(
        midnight + _time_of_day() - _offset(),
        of_serial,
        pl.from_epoch(pl.col("seconds").cast(pl.Int64), "s").cast(pl.Datetime("us")),
        pl.from_epoch(pl.col("milliseconds").cast(pl.Int64), "ms").cast(pl.Datetime("us")),
    )
    usable = at.dt.year().is_between(*YEARS)
    read = frame.select("text", "count", "form", pl.when(usable).then(at).alias("at"), "offset", "zone")
    unread = read.filter(pl.col("at").is_null()).sort("count", "text", descending=[True, False])
    notes.count(f"{column.label}: not a date", int(unread["count"].sum()), "taken as not said", unread["text"])
    read = read.drop_nulls("at")
    _say_forms(column.label, read, notes)
    looked_up = column.texts.rename("text").to_frame().join(read, on="text", how="left", maintain_order="left")
    has_times = bool((read["at"].dt.time() != pl.Series([0]).cast(pl.Time)[0]).any())
    return Dates(looked_up["at"].rename(column.texts.name), has_times)


def _full_year(year: pl.Expr) -> pl.Expr:
    short = year.cast(pl.Int64)
    return (
        pl.when(year.str.len_chars() == 4)
        .then(short)
        .otherwise(short + pl.when(short <= LAST_TWO_FIGURES_OF_THIS_CENTURY).then(2000).otherwise(1900))
    )


def _month(name: str) -> int | None:
    letters = unicodedata.normalize("NFKD", name.lower()).encode("ascii", "ignore").decode()
    return MONTH_NAMES.get(letters[:4], MONTH_NAMES.get(letters[:3]))


def _time_of_day() -> pl.Expr:
    hour = pl.col("hour").cast(pl.Int64)
    half = pl.col("half").str.to_lowercase()
    hour = pl.when(half.is_null()).then(hour).otherwise(hour % 12 + pl.when(half == "p").then(12).otherwise(0))
    part = (pl.concat_str(pl.lit("0."), pl.col("part").fill_null("0")).cast(pl.Float64) * 1e6).round()
    return pl.duration(
        hours=hour.fill_null(0),
        minutes=pl.col("minute").cast(pl.Int64).fill_null(0),
        seconds=pl.col("second").cast(pl.Int64).fill_null(0),
        microseconds=part.cast(pl.Int64),
    )


def _offset() -> pl.Expr:
    figures = pl.col("offset").str.replace(":", "")
    minutes = figures.str.slice(1, 2).cast(pl.Int64) * 60 + figures.str.slice(3, 2).cast(pl.Int64)
    return pl.duration(minutes=(minutes * pl.when(figures.str.starts_with("-")).then(-1).otherwise(1)).fill_null(0))


def _say_forms(label: str, read: pl.DataFrame, notes: Notes) -> None:
    """Say which forms stand together in one column, and how zones are taken."""
    forms = read.group_by("form").agg(pl.col("count").sum(), pl.col("text").min())
    forms = forms.sort(["count", "form"], descending=[True, False])
    if len(forms) > 1:
        told = "; ".join(f"{count:,} {form} ({plain(text)})" for form, count, text in forms.iter_rows())
        notes.say(f"{label}: dates in {len(forms)} forms, each read as what it is: {told}.")
    if read["offset"].is_not_null().any():
        notes.say(f"{label}: times with an offset such as {read['offset'].drop_nulls()[0]} are read as UTC.")
    zones = read["zone"].drop_nulls()
    zones = zones.filter(~zones.is_in(["Z", "UTC", "GMT"]))
    if len(zones):
        notes.say(f"{label}: time zones by name, such as {plain(zones[0])}, are not converted.")
