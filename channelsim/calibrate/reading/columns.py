"""Which column of a file is which field: by the mapping file, or else by its name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from channelsim.calibrate.reading.fields import (
    HEADINGS,
    ROUTE_ONLY_IF_IT_SPEAKS_OF_SELLING,
    STAGE_DATES,
    STAGE_DAYS,
)
from channelsim.calibrate.reading.notes import plain
from channelsim.calibrate.reading.tables import Table
from channelsim.calibrate.reading.words import channel_words, is_yes_or_no
from channelsim.calibrate.records import Column

BY_NAME, BY_MAPPING, BY_VALUES = "by its name", "by the mapping file", "by its values"
SAMPLED = 1_000
CURRENCY_CODES = frozenset({
    "usd", "eur", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "huf", "cad", "aud", "nzd", "jpy", "cny", "inr",
    "brl", "mxn", "zar", "sgd", "hkd", "krw", "ils", "try", "aed",
})  # fmt: skip
PREFIXES = ("opportunity ", "deal ")


@dataclass(frozen=True)
class Recognised:
    """A table whose columns are known."""

    table: Table
    at: Mapping[str, str]  # field -> column of the table's frame
    shares: Mapping[str, str]  # stage's label -> column with its share of the total days
    entered: Mapping[str, str]  # stage's label -> column with the day on which it was entered
    currency: str | None  # that the amount's heading names
    columns: tuple[Column, ...]

    def has(self, *fields: str) -> bool:
        """Whether it has any of these."""
        return any(field in self.at for field in fields)

    def headings(self) -> dict[str, str]:
        """Field -> the heading of its column."""
        heading_of = dict(zip(self.table.frame.columns, self.table.headings, strict=True))
        return {field: heading_of[column] for field, column in self.at.items()}


def normal(heading: str) -> str:
    """A heading as it is compared.

    >>> normal("Opportunity: Close_Date"), normal("StageName"), normal("Date de création")
    ('opportunity close date', 'stage name', 'date de creation')
    """
    text = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", heading).replace("ß", "ss")
    text = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode().lower()
    text = re.sub(r"[^a-z0-9]+", " ", text).strip()
    return re.sub(r"\b(\w+) \1\b", r"\1", text)


def _spellings() -> dict[str, list[tuple[str, int]]]:
    """Heading -> the fields it may be, with its place among each one's headings."""
    found: dict[str, list[tuple[str, int]]] = {}
    for field, headings in HEADINGS.items():
        for place, heading in enumerate(headings):
            for spelling in (heading, *(prefix + heading for prefix in PREFIXES)):
                found.setdefault(spelling, []).append((field, place))
    return found


SPELLINGS = _spellings()


def split_currency(heading: str) -> tuple[str, str | None]:
    """A normal heading without the currency at its end.

    >>> split_currency("opportunity amount usd")
    ('opportunity amount', 'USD')
    """
    *words, last = heading.split() or [""]
    if words and last in CURRENCY_CODES:
        return " ".join(words), last.upper()
    return (" ".join(words), None) if words and last == "converted" else (heading, None)


def is_known(heading: str) -> bool:
    """Whether a heading is one of a field's."""
    text = normal(heading)
    return text in SPELLINGS or split_currency(text)[0] in HEADINGS["amount"] or _of_stage(text) is not None


def _of_stage(text: str) -> tuple[str, str] | None:
    """Of a column for each stage: "shares" or "entered", and the stage."""
    for kind, patterns in (("shares", STAGE_DAYS), ("entered", STAGE_DATES)):
        for pattern in patterns:
            if match := re.fullmatch(pattern, text):
                return kind, match.group(1)
    return None


def recognise(table: Table, wanted: Mapping[str, str | None]) -> Recognised:
    """Find the fields of a table.

    wanted: field -> heading, of the mapping file; None: the export has no such field.
    """
    at: dict[str, str] = {}
    how: dict[str, tuple[str, str]] = {}
    currency = None
    for field, heading in wanted.items():
        if heading is not None and (column := table.column_of(heading)):
            at[field] = column
            how[column] = (field, BY_MAPPING)
            if field == "amount":
                currency = split_currency(normal(heading))[1]
    best: dict[str, tuple[int, str, str, str | None]] = {}
    shares: dict[str, str] = {}
    entered: dict[str, str] = {}
    for column, heading in zip(table.frame.columns, table.headings, strict=True):
        if column in how:
            continue
        text = normal(heading)
        if of_stage := _of_stage(text):
            (shares if of_stage[0] == "shares" else entered)[_stage_label(heading, of_stage[1])] = column
            how[column] = (
                f"days in {of_stage[1]}" if of_stage[0] == "shares" else f"entered {of_stage[1]}",
                BY_NAME,
            )
            continue
        for field, place, by, code in _candidates(table, column, text):
            if field not in wanted and (field not in best or place < best[field][0]):
                best[field] = (place, column, by, code)
    for field, (_, column, by, code) in sorted(best.items(), key=lambda item: item[1][0]):
        if column not in how:
            at[field] = column
            how[column] = (field, by)
            currency = code if field == "amount" else currency
    return Recognised(table, at, shares, entered, currency, _told(table, how))


def _candidates(table: Table, column: str, text: str) -> list[tuple[str, int, str, str | None]]:
    """Fields that a column may be: with its place among their headings, how that is known, and a currency."""
    plain_text, code = split_currency(text)
    found: list[tuple[str, int, str, str | None]] = [
        (field, place, BY_NAME, None) for field, place in SPELLINGS.get(text, ())
    ]
    found += [
        ("amount", place, BY_NAME, code)
        for field, place in SPELLINGS.get(plain_text, ())
        if field == "amount" and plain_text != text
    ]
    if not any(field in ("closed", "is_won", "won_at", "route", "is_closed") for field, *_ in found):
        return found
    values = table.frame[column].drop_nulls().head(SAMPLED).unique(maintain_order=True).to_list()
    yes_or_no = is_yes_or_no(values)
    speaks = not _needs_words(text) or any(channel_words(value) for value in values)
    kept: list[tuple[str, int, str, str | None]] = []
    for field, place, by, code in found:
        if field == "closed" and yes_or_no:
            kept.append(("is_closed", place, BY_VALUES, None))
        elif (yes_or_no or field not in ("is_won", "is_closed")) and (speaks or field != "route"):
            kept.append((field, place, by, code))
    return kept


def _needs_words(text: str) -> bool:
    bare = next((text.removeprefix(prefix) for prefix in PREFIXES if text.startswith(prefix)), text)
    return text in ROUTE_ONLY_IF_IT_SPEAKS_OF_SELLING or bare in ROUTE_ONLY_IF_IT_SPEAKS_OF_SELLING


def _stage_label(heading: str, text: str) -> str:
    """A stage as its heading spells it, without the pipeline that HubSpot puts behind it."""
    quoted = re.search(r"[\"'“‘](.+?)[\"'”’]\s*$", heading)
    label = quoted.group(1) if quoted else text
    return re.sub(r"\s*\([^()]*\)\s*$", "", label).strip() or text


def _told(table: Table, how: Mapping[str, tuple[str, str]]) -> tuple[Column, ...]:
    """Every column and what it was taken for."""
    told = []
    for column, heading in zip(table.frame.columns, table.headings, strict=True):
        field, by = how.get(column, ("", ""))
        values = table.frame[column].drop_nulls().head(SAMPLED).unique(maintain_order=True).head(2)
        sample = ", ".join(plain(each, 24) for each in values) or "(empty)"
        told.append(Column(table.file, plain(heading), field, by, sample))
    return tuple(told)


def confirmation(columns: Sequence[Column]) -> tuple[tuple[str, str, str, str, str], ...]:
    """Rows of the table that shows what was understood: file, column, what it was taken for, how, a sample. Columns
    that are used stand first."""
    ordered = sorted(columns, key=lambda each: (each.file, not each.field))
    return tuple((each.file, each.column, each.field or "not used", each.how, each.sample) for each in ordered)
