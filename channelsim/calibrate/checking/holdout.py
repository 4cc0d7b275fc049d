"""An export as it would have been on an earlier day, and which months are left to test what was learnt from it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, replace

import polars as pl

from channelsim.calibrate.records import OPEN, STAGES, Export
from channelsim.errors import UserError

HALF_A_DAY = 0.5
MONTHS_A_YEAR = 12
FEWEST_EARLY_MONTHS = 3
MOST_WARMUP_MONTHS = 36
"""Hardly a deal stays open for longer, and what is older has been won or lost by the day of the test."""


@dataclass(frozen=True)
class Windows:
    """The time before a day, and the whole months after it. All are the first days of calendar months."""

    warmup_start: dt.date  # deals created from here on are looked at
    start: dt.date  # what is learnt is from before it, the test is from here on
    warmup_months: int
    months: int  # of the test

    @property
    def month_starts(self) -> tuple[dt.date, ...]:
        """[months + 1] first days of the test's months, and the day after the last."""
        return tuple(months_after(self.start, each) for each in range(self.months + 1))


def months_after(day: dt.date, months: int) -> dt.date:
    """The first day of the month that is so many months after a day's.

    >>> months_after(dt.date(2024, 11, 5), 2)
    datetime.date(2025, 1, 1)
    """
    month = day.year * MONTHS_A_YEAR + day.month - 1 + months
    return dt.date(month // MONTHS_A_YEAR, month % MONTHS_A_YEAR + 1, 1)


def windows_of(export: Export, months: int) -> Windows:
    """The last whole months of an export, held out, and what is before them.

    Raises UserError for an export without dates, or one that is too short.
    """
    if export.origin is None:
        raise UserError(
            "the export has durations and no dates: nobody can say what was known on an earlier day. A backtest "
            "needs the day on which each deal was created"
        )
    if months < 1:
        raise UserError(f"{months} months to hold out; hold out at least one, such as 6")
    end = months_after(export.origin + dt.timedelta(days=export.cutoff_day), 0)
    first = export.origin + dt.timedelta(days=export.first_day)
    first = first if first.day == 1 else months_after(first, 1)
    start = months_after(end, -months)
    early = (start.year - first.year) * MONTHS_A_YEAR + start.month - first.month
    if early < FEWEST_EARLY_MONTHS:
        whole = max(early + months, 0)
        most = whole - FEWEST_EARLY_MONTHS
        instead = f"hold out {most} or fewer" if most >= 1 else "a backtest needs a longer export"
        raise UserError(
            f"{months} months to hold out, but the export has {whole} whole months and at least "
            f"{FEWEST_EARLY_MONTHS} are needed to learn from; {instead}"
        )
    warmup = min(early, MOST_WARMUP_MONTHS)
    return Windows(months_after(start, -warmup), start, warmup, months)


def day_of(export: Export, date: dt.date) -> float:
    """A date as days since the export's origin."""
    assert export.origin is not None, "an export with dates"
    return float((date - export.origin).days)


def as_known_at(export: Export, day: float) -> Export:
    """The export as it would have been at midnight at the start of an earlier day.

    Deals that were created later are not in it; stages that ended later are still open, with the days spent in them
    by then (less half a day where dates alone are known: a deal was created at some time of its day); later stages
    are not in it. Values, owners and segments are those of the export: nobody knows what they were then.

    day: since the export's origin. Raises UserError for an export without dates, or a day before its first.
    """
    if export.origin is None:
        raise UserError("the export has durations and no dates: nobody can say what was known on an earlier day")
    if day >= export.cutoff_day:
        return export
    if day <= export.first_day:
        raise UserError(
            f"nothing was known on {export.origin + dt.timedelta(days=day)}: the export begins on "
            f"{export.origin + dt.timedelta(days=export.first_day)}"
        )
    last_look = day - (HALF_A_DAY if export.resolution_days else 0.0)
    known = export.deals.filter(pl.col("created_day") < day)
    stages = _known_stages(export.stages, known, day, last_look)
    last = stages.group_by("deal").agg(pl.col("ending").last().alias("last"))
    is_over = pl.col("last") != OPEN
    deals = known.join(last, on="deal", how="left", maintain_order="left").with_columns(
        pl.when(is_over).then("closed_day").alias("closed_day"),
        pl.when(is_over).then("days").otherwise(_age(pl.col("created_day"), last_look)).alias("days"),
        pl.when(is_over).then("ending").otherwise(pl.lit(OPEN)).alias("ending"),
    )
    number = deals.select("deal", number=pl.int_range(pl.len(), dtype=pl.UInt32))
    stages, deals = (
        frame.join(number, on="deal", maintain_order="left").with_columns(deal="number")
        for frame in (stages, deals)
    )
    return replace(
        export,
        deals=deals.select(export.deals.columns),
        stages=stages.select(export.stages.columns),
        cutoff_day=day,
    )


def _known_stages(stages: pl.DataFrame, deals: pl.DataFrame, day: float, last_look: float) -> pl.DataFrame:
    """The stages that had begun, in order; those that ended later are open. A stage begins when the one before it
    has ended; the last of a deal that is over ends on the day on which the deal was closed."""
    is_last = pl.col("step") == pl.col("step").max().over("deal")
    spent = pl.col("days").cum_sum().over("deal")
    timed = (
        stages.join(deals.select("deal", "created_day", "closed_day"), on="deal", how="inner")
        .sort("deal", "step")
        .with_columns(start=pl.col("created_day") + spent - pl.col("days"))
        .with_columns(
            end=pl.when(is_last & pl.col("closed_day").is_not_null())
            .then("closed_day")
            .otherwise(pl.col("start") + pl.col("days"))
        )
    )
    was_over = (pl.col("ending") != OPEN) & (pl.col("end") < day)
    began = (pl.col("start") < day) & was_over.shift(1, fill_value=True).over("deal")
    return (
        timed.with_columns(was_over=was_over)
        .filter(began)
        .with_columns(
            pl.when("was_over").then("days").otherwise(_age(pl.col("start"), last_look)).alias("days"),
            pl.when("was_over").then("ending").otherwise(pl.lit(OPEN)).alias("ending"),
        )
        .select(list(STAGES))
    )


def _age(start: pl.Expr, last_look: float) -> pl.Expr:
    return (last_look - start).clip(0.0)
