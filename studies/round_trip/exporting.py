"""A history as an `Export`, with nothing lost on the way through files: what the fit alone is tested with."""

from __future__ import annotations

from dataclasses import replace

import polars as pl

from channelsim.calibrate.records import DEALS, LOST, NO, OPEN, STAGES, WON, YES, Export, Route
from studies.round_trip.crm import LABELS
from studies.round_trip.histories import History
from studies.round_trip.worlds import LEADS_AND_WON, World

DATES_ALONE, TIMES = 1.0, 0.0


def as_export(world: World, history: History) -> Export:
    """What a reader makes of the world's export if its files are clean. Owners, values and dates are all there."""
    resolution = TIMES if world.has_times else DATES_ALONE
    # Between dates, days are counted: a deal that began yesterday is a day old all day long.
    last_day = history.end_day if world.has_times else history.end_day - 1
    losses_are_seen = world.shape != LEADS_AND_WON
    deals = history.deals.sort("created", "lead").with_columns(
        deal=pl.int_range(pl.len(), dtype=pl.UInt32),
        key=pl.format("D{}", pl.int_range(1, pl.len() + 1)),
        created=_day("created", resolution),
        ended=_day("ended", resolution),
    )
    stages = history.stages.with_columns(
        step=pl.col("step").cast(pl.UInt8),
        entered=_day("entered", resolution),
        ended=_day("ended", resolution),
    ).join(deals.select("lead", "deal"), on="lead", validate="m:1")
    if not losses_are_seen:
        deals, stages = _losses_unseen(deals, WON), _losses_unseen(stages, YES)
    until = pl.col("ended").fill_null(last_day)
    deals = deals.with_columns(created_day="created", closed_day="ended", days=until - pl.col("created"))
    stages = stages.with_columns(days=until - pl.col("entered"))
    scenario = world.scenario
    return Export(
        files=(f"{world.name}.csv",),
        deals=deals.select(pl.col(name).cast(kind) for name, kind in DEALS.items()),
        stages=stages.select(pl.col(name).cast(kind) for name, kind in STAGES.items()).sort("deal", "step"),
        routes=tuple(
            Route(name, LABELS[name], scenario.teams[f"{name}_team"].channel, tuple(motion.steps))
            for name, motion in scenario.motions.items()
        ),
        segments=tuple(scenario.segments),
        sources=tuple(scenario.sources),
        labels={name: LABELS[name] for name in (*scenario.segments, *scenario.sources)},
        origin=scenario.horizon.start,
        first_day=0.0,
        cutoff_day=history.end_day,
        resolution_days=resolution,
        losses_are_seen=losses_are_seen,
        currency=scenario.currency,
        columns=(),
        counts=(),
        sentences=(),
    )


def naive(export: Export) -> Export:
    """The export as many take it: what is open is left out, and whoever did not buy said no."""
    deals, stages = export.deals, export.stages
    if not export.losses_are_seen:
        deals, stages = (
            frame.with_columns(pl.col("ending").replace(OPEN, no)) for frame, no in ((deals, LOST), (stages, NO))
        )
        return replace(export, deals=deals, stages=stages, losses_are_seen=True)
    deals = deals.filter(pl.col("ending") != OPEN)
    number = deals.select("deal", number=pl.int_range(pl.len(), dtype=pl.UInt32))
    deals, stages = (
        frame.join(number, on="deal", maintain_order="left").with_columns(deal="number").drop("number")
        for frame in (deals, stages)
    )
    return replace(export, deals=deals, stages=stages)


def _day(column: str, resolution: float) -> pl.Expr:
    """Days with fractions, or the date alone."""
    day = pl.col(column)
    return day if resolution == TIMES else day.floor()


def _losses_unseen(frame: pl.DataFrame, good: str) -> pl.DataFrame:
    """Nobody wrote down who said no: whoever did not say yes may still do so."""
    is_good = pl.col("ending") == good
    return frame.with_columns(
        ended=pl.when(is_good).then("ended"), ending=pl.when(is_good).then("ending").otherwise(pl.lit(OPEN))
    )
