"""How each deal stands: won, lost or open, by its result, its stage, or a yes or no."""

from __future__ import annotations

import polars as pl

from channelsim.calibrate.reading.mapping import Mapping
from channelsim.calibrate.reading.notes import Notes, listed
from channelsim.calibrate.reading.words import YES_WORDS, ending_of
from channelsim.calibrate.records import LOST, OPEN, WON


def ending_by_value(values: pl.Series, mapping: Mapping) -> dict[str, str | None]:
    """What each value of a stage or result says: WON, LOST, OPEN, or None where it says none of them."""
    won = {each.casefold() for each in mapping.won}
    lost = {each.casefold() for each in mapping.lost}
    steps = {value.casefold() for values in mapping.stages.values() for value in values}
    found: dict[str, str | None] = {}
    for value in values.drop_nulls().unique(maintain_order=True):
        folded = value.casefold()
        if folded in won or folded in lost:
            found[value] = WON if folded in won else LOST
        elif folded in steps:
            found[value] = OPEN
        else:
            says = ending_of(value)
            found[value] = None if (says == WON and won) or (says == LOST and lost) else says
    return found


def with_endings(frame: pl.DataFrame, mapping: Mapping, notes: Notes) -> pl.DataFrame:
    """With a column `ending` of WON, LOST and OPEN. What is neither won nor lost is open."""
    said: list[pl.Expr] = []
    unknown: pl.Expr | None = None
    for field in ("result", "stage"):
        if field in frame.columns:
            found = ending_by_value(frame[field], mapping)
            says = pl.col(field).replace_strict(found, default=None, return_dtype=pl.String)
            said.append(says)
            if field == "result":
                unknown = says.is_null()
    yes = {field: pl.col(field).str.to_lowercase().is_in(sorted(YES_WORDS)) for field in ("is_won", "is_closed")}
    if "is_won" in frame.columns:
        said.append(pl.when(yes["is_won"]).then(pl.lit(WON)))
    if "is_closed" in frame.columns and "is_won" in frame.columns:
        said.append(pl.when(yes["is_closed"] & ~yes["is_won"]).then(pl.lit(LOST)))
    for field, ending in (("won_at", WON), ("lost_at", LOST)):
        if field in frame.columns:
            said.append(pl.when(pl.col(field).is_not_null()).then(pl.lit(ending)))
    frame = frame.with_columns(ending=pl.coalesce(*said, pl.lit(OPEN)) if said else pl.lit(OPEN))
    if unknown is not None and frame.select((unknown & (pl.col("ending") == OPEN)).any()).item():
        rows = frame.filter(unknown & (pl.col("ending") == OPEN))
        notes.count("a result that says neither won nor lost", len(rows), "taken as open",
                    rows["result"].fill_null("(empty)").unique(maintain_order=True))  # fmt: skip
    _say(frame, mapping, notes)
    return frame


def _say(frame: pl.DataFrame, mapping: Mapping, notes: Notes) -> None:
    """Which values mean what."""
    for ending in (WON, LOST):
        values = values_of(ending, frame, mapping)
        if values:
            notes.say(f"A deal is {ending} if it is {listed(values, 5)}.")


def values_of(ending: str, frame: pl.DataFrame, mapping: Mapping) -> tuple[str, ...]:
    """Values of the result and the stage that mean an ending by themselves."""
    found: dict[str, None] = {}
    for field in ("result", "stage"):
        if field in frame.columns:
            says = ending_by_value(frame[field], mapping)
            found |= {value: None for value in sorted(says) if says[value] == ending}
    return tuple(found)
