"""Which kind of table each file is: deals, their history, leads, or durations without dates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from channelsim.calibrate.reading.columns import Recognised
from channelsim.calibrate.reading.notes import listed
from channelsim.errors import UserError

Role = Literal["deals", "history", "leads", "won deals", "durations"]
ROLE_WORDS: dict[Role, str] = {
    "deals": "one row per deal",
    "history": "one row per change of a deal's stage",
    "leads": "leads, whose deals stand in another file",
    "won deals": "deals, whose beginnings stand in another file",
    "durations": "one row per deal, with days in place of dates",
}
REPEATS_OF_A_HISTORY = 1.3
"""Rows per key from which on a table with a stage and a date is taken for a history."""
OUTCOMES = ("result", "stage", "is_won", "is_closed", "closed", "won_at", "lost_at")
WRITE_A_MAP = "write the headings under columns: in a mapping file (--write-map FILE writes a first one)"


@dataclass(frozen=True)
class Source:
    """A file whose kind is known."""

    recognised: Recognised
    role: Role


def sources_of(tables: Sequence[Recognised]) -> list[Source]:
    """What each file is. Raises UserError, saying what is missing, where one is none of them."""
    found = [_role(table) for table in tables]
    has_leads = any(role == "leads" for _, role in found)
    return [
        Source(
            table if role == "durations" else _without_days(table),
            "won deals" if has_leads and role == "deals" and _may_join(table) else role,
        )
        for table, role in found
    ]


def _without_days(table: Recognised) -> Recognised:
    """A table with dates, which say more than its days."""
    unused = {table.at.get("days_total"), *table.shares.values()}
    told = tuple(
        replace(each, field="", how="") if column in unused else each
        for column, each in zip(table.table.frame.columns, table.columns, strict=True)
    )
    at = {field: column for field, column in table.at.items() if field != "days_total"}
    return replace(table, at=at, shares={}, columns=told)


def _role(table: Recognised) -> tuple[Recognised, Role]:
    if table.has("to_stage") or (table.has("changed") and table.has("stage") and not table.has("closed", "result")):
        return _as_history(table), "history"
    if table.has("created") and table.has("stage") and _repeats(table):
        return _as_history(table), "history"
    if table.has("days_total") and not table.has("created") and table.has("result", "stage", "is_won"):
        return table, "durations"
    if table.has("created") or (table.has("won_at", "closed") and table.has("key")) or table.entered:
        is_lead = table.has("key") and not table.has(*OUTCOMES) and not table.entered
        return table, "leads" if is_lead else "deals"
    missing = "when deals were created" if table.has(*OUTCOMES) else "when deals were created, nor how they ended"
    headings = listed(table.table.headings)
    raise UserError(f"{table.table.file}: no column says {missing}; its columns are {headings}; {WRITE_A_MAP}")


def _may_join(table: Recognised) -> bool:
    return table.has("key") and not table.has("created")


def _repeats(table: Recognised) -> bool:
    """Whether a key stands in several rows, in other stages each."""
    if not table.has("key"):
        return False
    frame = table.table.frame.select(table.at["key"], table.at["stage"]).drop_nulls()
    keys = frame[table.at["key"]].n_unique()
    return keys > 0 and frame.unique().height > REPEATS_OF_A_HISTORY * keys


def _as_history(table: Recognised) -> Recognised:
    """With the fields of a history, taken from those of a report where they go by their names."""
    at = dict(table.at)
    for field, others in (("changed", ("modified", "created")), ("to_stage", ("stage",)), ("key", ("name",))):
        for other in others:
            if field not in at and other in at:
                at[field] = at.pop(other)
    for field, what in (("key", "which deal it is"), ("changed", "when"), ("to_stage", "which stage was entered")):
        if field not in at:
            raise UserError(
                f"{table.table.file}: a history of stages in which no column says {what}; its columns are "
                f"{listed(table.table.headings)}; {WRITE_A_MAP}"
            )
    at.pop("stage", None)
    renamed = {column: field for field, column in at.items()}
    told = tuple(
        replace(each, field=renamed.get(column, each.field))
        for column, each in zip(table.table.frame.columns, table.columns, strict=True)
    )
    return replace(table, at=at, columns=told)


def checked(sources: Sequence[Source]) -> None:
    """Raise UserError where the files do not belong together."""
    roles = [source.role for source in sources]
    if "leads" in roles and "won deals" not in roles and "deals" not in roles:
        file = sources[roles.index("leads")].recognised.table
        raise UserError(
            f"{file.file}: no column says how deals ended, and no other file does; its columns are "
            f"{listed(file.headings)}; {WRITE_A_MAP}, or name the file with the won deals, too"
        )
    if "durations" in roles and len(set(roles)) > 1:
        raise UserError("one file has days in place of dates and another has dates; read them one by one")
    if "won deals" in roles and "leads" not in roles:
        raise UserError("a file of won deals alone says nothing of those not won; name the file of leads, too")
