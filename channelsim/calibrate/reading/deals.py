"""The rows of all files as one frame of deals, and beside it the history of their stages where there is one."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from channelsim.calibrate.reading.endings import ending_by_value, with_endings
from channelsim.calibrate.reading.fieldframes import ENTERED, Typed
from channelsim.calibrate.reading.mapping import Mapping
from channelsim.calibrate.reading.notes import Notes
from channelsim.calibrate.reading.shapes import OUTCOMES
from channelsim.calibrate.records import LOST, OPEN, WON
from channelsim.errors import UserError

COLUMNS: dict[str, pl.DataType] = {
    "key": pl.String(),
    "name": pl.String(),
    "created": pl.Datetime("us"),
    "closed": pl.Datetime("us"),
    "won_at": pl.Datetime("us"),
    "lost_at": pl.Datetime("us"),
    "stage": pl.String(),
    "result": pl.String(),
    "amount": pl.Float64(),
    "currency": pl.String(),
    "source": pl.String(),
    "segment": pl.String(),
    "route": pl.String(),
    "owner": pl.String(),
    "modified": pl.Datetime("us"),
    "days_total": pl.Float64(),
    "ending": pl.String(),
}
"""What every frame of deals has, filled or not."""
FIRST = ("created", "source", "segment", "route", "name")
"""What a deal's oldest row of a history knows best; of the rest, the latest does."""
ABOUT_A_CHANGE = ("changed", "to_stage", "from_stage", "changed_field")
OF_THE_STAGE = r"(?i)stage|phase|[eé]tape|etapa|fase"


@dataclass(frozen=True)
class Deals:
    """What the files say, before anything is judged."""

    rows: pl.DataFrame  # COLUMNS, then shares of days by stage if it has any
    history: pl.DataFrame | None  # key, at, stage, left: the stage before, null where not said
    losses_are_seen: bool
    has_times: bool  # of day, in all dates that count
    has_dates: bool


def deals_of(typed: Sequence[Typed], mapping: Mapping, notes: Notes) -> Deals:
    """Put the files together."""
    by_role = {
        role: [each.frame for each in typed if each.source.role == role]
        for role in ("deals", "history", "leads", "won deals", "durations")
    }
    history = _history(by_role["history"], typed, notes)
    has_dates = not by_role["durations"]
    ends_are_said = True
    if by_role["durations"]:
        rows = with_endings(_stacked(by_role["durations"]), mapping, notes)
    elif by_role["leads"]:
        rows = _joined(by_role["leads"], by_role["won deals"] + by_role["deals"], mapping, notes)
    elif by_role["deals"]:
        rows = _stacked(by_role["deals"])
        ends_are_said = any(field in rows.columns for field in OUTCOMES)
        rows = with_endings(rows, mapping, notes)
    else:
        rows = _from_history(_stacked(by_role["history"]))
        ends_are_said = False
    rows = _complete(rows)
    if history is not None:
        rows, history = _ended_by_history(rows, history, ends_are_said, mapping, notes)
    return Deals(
        rows=_with_one_close(rows),
        history=history,
        losses_are_seen=bool((rows["ending"] == LOST).any()),
        has_times=_has_times(typed),
        has_dates=has_dates,
    )


def _stacked(frames: Sequence[pl.DataFrame]) -> pl.DataFrame:
    return pl.concat(frames, how="diagonal_relaxed")


def _complete(rows: pl.DataFrame) -> pl.DataFrame:
    """With all of COLUMNS, in their order, then what else there is."""
    missing = [pl.lit(None, kind).alias(column) for column, kind in COLUMNS.items() if column not in rows.columns]
    rows = rows.with_columns(missing)
    kept = [column for column in rows.columns if column.startswith("share:")]
    return rows.select(*(pl.col(column).cast(kind) for column, kind in COLUMNS.items()), *kept)


def _with_one_close(rows: pl.DataFrame) -> pl.DataFrame:
    """With the day on which a deal ended in `closed`, null of one that is open: the day that a CRM shows for it is
    a hope."""
    ended = (
        pl.when(pl.col("ending") == WON)
        .then(pl.coalesce("won_at", "closed"))
        .when(pl.col("ending") == LOST)
        .then(pl.coalesce("lost_at", "closed"))
    )
    return rows.with_columns(closed=ended).drop("won_at", "lost_at")


def _has_times(typed: Sequence[Typed]) -> bool:
    """Whether all dates between which days are counted have times of day. Where there is a history, deals end at
    the last change in it."""
    fields = {column for each in typed for column in each.has_times}
    history = "changed" in fields or any(column.startswith(ENTERED) for column in fields)
    unused = {"modified"} | ({"closed", "won_at", "lost_at"} if history else set())
    if "closed" in fields:
        unused |= {"won_at", "lost_at"}
    told = [has for each in typed for column, has in each.has_times.items() if column not in unused]
    return bool(told) and all(told)


def _joined(
    leads: Sequence[pl.DataFrame], deals: Sequence[pl.DataFrame], mapping: Mapping, notes: Notes
) -> pl.DataFrame:
    """Leads with what became of them, by their keys. A lead without a deal was not won: nobody wrote down whether
    it is lost or still open."""
    began, became = _stacked(leads), _stacked(deals)
    if any(field in became.columns for field in ("result", "stage", "is_won")):
        became = with_endings(became, mapping, notes)
    else:
        became = became.with_columns(ending=pl.lit(WON))
        notes.say("A lead is won if it is in the file of deals.")
    became = became.unique("key", keep="last", maintain_order=True)
    without = became.join(began, on="key", how="anti")
    if len(without) == len(became):
        raise UserError(
            "the keys of leads and of deals have nothing in common; name the headings of the column that both have "
            "under columns: key: in a mapping file"
        )
    notes.count("deals whose lead is not in the other file", len(without), "dropped: nobody knows when they began",
                without["key"])  # fmt: skip
    both = began.join(became, on="key", how="left", suffix="_of_deal", maintain_order="left")
    merged = []
    for field in sorted({*began.columns, *became.columns} - {"key"}):
        own, other = field in began.columns, f"{field}_of_deal" in both.columns
        if own and other:
            order = (field, f"{field}_of_deal") if field == "created" else (f"{field}_of_deal", field)
            merged.append(pl.coalesce(*order).alias(field))
        else:
            merged.append(pl.col(field))
    rows = both.select("key", *merged).with_columns(pl.col("ending").fill_null(OPEN))
    lost = int((rows["ending"] == LOST).sum())
    if lost:
        notes.count("lost deals beside leads of which nobody wrote down that they were lost", lost,
                    "taken as not won, as those are")  # fmt: skip
    notes.say("Losses are not seen: of a lead that is not won nobody wrote down whether it is lost or still open.")
    return rows.with_columns(ending=pl.when(pl.col("ending") == WON).then(pl.lit(WON)).otherwise(pl.lit(OPEN)))


def _history(frames: Sequence[pl.DataFrame], typed: Sequence[Typed], notes: Notes) -> pl.DataFrame | None:
    """Changes of stages of all files: key, at, stage, left."""
    found = []
    for frame in frames:
        if "changed_field" in frame.columns:
            others = ~pl.col("changed_field").str.contains(OF_THE_STAGE).fill_null(False)
            notes.count_where(frame, others, "changes of other fields than the stage", "not used")
            frame = frame.filter(~others)
        if _is_newest_first(frame):
            frame = frame.reverse()
        left = pl.col("from_stage") if "from_stage" in frame.columns else pl.lit(None, pl.String)
        found.append(frame.select("key", pl.col("changed").alias("at"), pl.col("to_stage").alias("stage"),
                                  left.alias("left")))  # fmt: skip
    for each in typed:
        stages = [column for column in each.frame.columns if column.startswith(ENTERED)]
        if stages:
            long = (
                each.frame.select("key", *stages)
                .unpivot(stages, index="key", variable_name="stage", value_name="at")
                .drop_nulls("at")
            )
            long = long.with_columns(pl.col("stage").str.strip_prefix(ENTERED), left=pl.lit(None, pl.String))
            found.append(long.select("key", "at", "stage", "left"))
    if not found:
        return None
    history = pl.concat(found)
    unusable = pl.col("at").is_null() | pl.col("stage").is_null()
    notes.count_where(history, unusable, "changes without a date or a stage", "not used")
    history = history.filter(~unusable)
    return history.sort("key", "at", maintain_order=True)


def _is_newest_first(frame: pl.DataFrame) -> bool:
    """Whether most changes of a deal stand above its earlier ones. It matters for those of one day."""
    gap = frame.sort("key", maintain_order=True).select(pl.col("changed").diff().over("key").alias("gap"))["gap"]
    return bool((gap < dt.timedelta()).sum() > (gap > dt.timedelta()).sum())


def _from_history(history: pl.DataFrame) -> pl.DataFrame:
    """A deal for each key of a history: what its rows say of it, and its first change as its creation."""
    fields = [column for column in history.columns if column not in (*ABOUT_A_CHANGE, "key")]
    ordered = history.sort("changed", maintain_order=True)
    rows = ordered.group_by("key", maintain_order=True).agg(
        *(pl.col(field).drop_nulls().first() if field in FIRST else pl.col(field).drop_nulls().last()
          for field in fields),
        pl.col("changed").min().alias("first_change"),
    )  # fmt: skip
    created = pl.min_horizontal("created", "first_change") if "created" in fields else pl.col("first_change")
    return rows.with_columns(created=created).drop("first_change")


def _ended_by_history(
    rows: pl.DataFrame, history: pl.DataFrame, ends_are_said: bool, mapping: Mapping, notes: Notes
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Deals with their end as the history has it, where the report says no other; and the history with a column
    `ends`: WON or LOST at changes to such a stage."""
    ends = ending_by_value(history["stage"], mapping)
    ends = {stage: end if end in (WON, LOST) else None for stage, end in ends.items()}
    history = history.with_columns(ends=pl.col("stage").replace_strict(ends, default=None, return_dtype=pl.String))
    # of changes at one time, the one that ends the deal is the last
    history = history.sort("key", "at", pl.col("ends").is_not_null(), maintain_order=True)
    kind = pl.coalesce("ends", pl.lit("") + pl.col("stage"))
    repeated = (kind == kind.shift(1)) & (pl.col("key") == pl.col("key").shift(1))
    history = history.filter(~repeated.fill_null(False))
    last = history.group_by("key", maintain_order=True).agg(
        pl.col("ends").last().alias("history_ending"), pl.col("at").last().alias("history_closed")
    )
    known = rows.join(last, on="key", how="left", maintain_order="left")
    said = pl.col("ending") if ends_are_said else pl.coalesce("history_ending", pl.lit(OPEN))
    known = known.with_columns(ending=said)
    agrees = pl.col("ending") == pl.col("history_ending")
    if ends_are_said:
        notes.count_where(
            known,
            pl.col("history_ending").is_not_null() & ~agrees,
            "a history that ends otherwise than the report says",
            "taken as the report says",
        )
    else:
        reopened = history.filter(pl.col("ends").is_not_null() & (pl.col("key") == pl.col("key").shift(-1)))
        notes.count(
            "closed and opened again", reopened["key"].n_unique(), "kept, as they stand last", reopened["key"]
        )
    known = known.with_columns(
        pl.when(agrees).then(pl.col("history_closed")).otherwise(pl.col("closed")).alias("closed"),
        *(pl.when(agrees).then(None).otherwise(pl.col(field)).alias(field) for field in ("won_at", "lost_at")),
    )
    return known.drop("history_ending", "history_closed"), history
