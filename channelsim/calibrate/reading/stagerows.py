"""Which stages each deal went through, and how long it was in each: one row per deal and stage.

A deal counts as being in the furthest stage that it has reached. Stages that it skipped it passed in no time.
"""

from __future__ import annotations

from collections.abc import Mapping as MappingOf
from collections.abc import Sequence
from dataclasses import dataclass

import polars as pl

from channelsim.calibrate.reading.fieldframes import SHARE
from channelsim.calibrate.reading.mapping import Mapping
from channelsim.calibrate.reading.names import names_for
from channelsim.calibrate.reading.notes import Notes, listed, plain
from channelsim.calibrate.records import LOST, NO, OPEN, STAGES, WON, YES

ONE_STEP = "deal"
RARE = 0.01
"""Share of deals below which a stage that they visit is none of the steps."""
MIN_BEYOND = 20
"""Deals that must have come beyond a stage for it to be known as none of a route's."""
TYPES = pl.Schema(STAGES)
ORDERED_DEALS = 20_000
"""As many deals tell the order of stages."""


@dataclass(frozen=True)
class Staged:
    """Stages of all deals."""

    stages: pl.DataFrame  # columns STAGES
    steps: MappingOf[str, tuple[str, ...]]  # by route
    labels: MappingOf[str, tuple[str, ...]]  # step -> the export's values, in order of the steps; empty: no history


def whole(deals: pl.DataFrame, routes: Sequence[str]) -> Staged:
    """One step for the whole of a deal. deals: `deal`, `route`, `days`, `ending`."""
    rows = deals.select("deal", pl.lit(0).alias("step"), "days", _ending(pl.col("ending")).alias("ending"))
    return Staged(rows.cast(TYPES), dict.fromkeys(routes, (ONE_STEP,)), {})


def shared(deals: pl.DataFrame, routes: Sequence[str], notes: Notes) -> Staged:
    """Stages of deals of which the shares of their days in each are known, in columns SHARE + stage.

    A lost deal is lost in the last stage in which it spent time, or in the first if it spent none. Days that the
    shares leave over are in the stage in which it ended.
    """
    columns = [column for column in deals.columns if column.startswith(SHARE)]
    shares = deals.select(
        "deal", "days", "ending", *(pl.col(each).fill_null(0.0).clip(0.0, 1.0) for each in columns)
    )
    total = pl.sum_horizontal(columns)
    shares = shares.with_columns(*(pl.col(each) / pl.max_horizontal(total, 1.0) for each in columns))
    last = pl.lit(0)
    for position, column in enumerate(columns):
        last = pl.when(pl.col(column) > 0).then(position).otherwise(last)
    end = pl.when(pl.col("ending") == WON).then(len(columns) - 1).otherwise(last)
    shares = shares.with_columns(end=end, over=(1 - total).clip(0.0) * pl.col("days"))
    found = [
        shares.filter(pl.col("end") >= position).select(
            "deal",
            pl.lit(position).alias("step"),
            (
                pl.col(column) * pl.col("days") + pl.when(pl.col("end") == position).then("over").otherwise(0.0)
            ).alias("days"),
            pl.when(pl.col("end") > position)
            .then(pl.lit(YES))
            .otherwise(_ending(pl.col("ending")))
            .alias("ending"),
        )
        for position, column in enumerate(columns)
    ]
    names = names_for([column.removeprefix(SHARE) for column in columns], "stage")
    notes.say("A lost deal is lost in the last stage in which it spent time.")
    rows = pl.concat(found).cast(TYPES).sort("deal", "step")
    return Staged(rows, {route: tuple(names.values()) for route in routes}, {})


def _ending(ending: pl.Expr) -> pl.Expr:
    return ending.replace_strict({WON: YES, LOST: NO, OPEN: OPEN}, return_dtype=pl.String)


def from_history(
    deals: pl.DataFrame, history: pl.DataFrame, routes: Sequence[str], mapping: Mapping, notes: Notes
) -> tuple[Staged, pl.DataFrame]:
    """Stages of deals from their changes, and the deals without those that ended and of which no change is known.

    deals: `deal`, `key`, `route`, `stage`, `created_day`, `end_day`, `ending`. history: `key`, `day`, `stage`,
    `left`, `ends`.
    """
    strangers = history.join(deals, on="key", how="anti", maintain_order="left")
    notes.count(
        "changes of deals that are not used",
        len(strangers),
        "not used",
        strangers["key"].unique(maintain_order=True),
    )
    history = history.join(
        deals.select("key", "deal", "route", "end_day"), on="key", how="inner", maintain_order="left"
    )
    history = history.filter(pl.col("day") <= pl.col("end_day") + 1)
    going = history.filter(pl.col("ends").is_null())
    values = _values(going, mapping, notes) or {ONE_STEP: ()}
    order = {value: place for place, values_of in enumerate(values.values()) for value in values_of}
    going = going.with_columns(place=_looked_up("stage", order), came_from=_looked_up("left", order)).drop_nulls(
        "place"
    )
    deals = _with_history(deals, history, going, notes)
    going = going.join(deals.select("deal"), on="deal", how="semi", maintain_order="left").sort(
        "deal", "day", maintain_order=True
    )
    steps, positions = _steps_by_route(deals, going, tuple(values), routes)
    reached = _reached(deals, going, positions, order, notes)
    names = names_for([plain(value) for value in values], "stage")
    by_place = list(names.values())
    staged = Staged(
        _rows(deals, reached, {route: len(places) for route, places in steps.items()}),
        {route: tuple(by_place[place] for place in places) for route, places in steps.items()},
        {name: found for name, found in zip(by_place, values.values(), strict=True) if found},
    )
    return staged, deals


def _looked_up(column: str, order: MappingOf[str, int]) -> pl.Expr:
    folded = {value.casefold(): place for value, place in order.items()}
    return pl.col(column).str.to_lowercase().replace_strict(folded, default=None, return_dtype=pl.Int64)


def _values(going: pl.DataFrame, mapping: Mapping, notes: Notes) -> dict[str, tuple[str, ...]]:
    """Stages in their order, and the values of each: the mapping's, or in the order in which deals enter them."""
    if mapping.stages:
        known = {value.casefold() for values in mapping.stages.values() for value in values}
        unknown = going.filter(~pl.col("stage").str.to_lowercase().is_in(sorted(known)))
        notes.count(
            "changes to a stage that the mapping file does not name",
            len(unknown),
            "not used: the time counts to the stage before",
            unknown["stage"].unique(maintain_order=True),
        )
        return dict(mapping.stages)
    visits = going.group_by("stage").agg(pl.col("deal").n_unique().alias("deals")).sort("stage")
    few = visits.filter(pl.col("deals") < RARE * going["deal"].n_unique())
    if len(few) < len(visits):
        notes.count("changes to a stage that under 1 in 100 deals see", int(few["deals"].sum()),
                    "not used: the time counts to the stage before", few["stage"])  # fmt: skip
        visits = visits.join(few, on="stage", how="anti")
    ordered = _entered_in_order(going, visits["stage"].to_list())
    notes.say(f"Stages, in the order in which most deals enter them: {listed(ordered, 20)}.")
    return {value: (value,) for value in ordered}


def _entered_in_order(going: pl.DataFrame, stages: Sequence[str]) -> list[str]:
    """Stages by how often each is entered before the others: by the mean, over the others, of the share of deals
    that have both and enter it first (Borda's count)."""
    entries = (
        going.filter(pl.col("stage").is_in(list(stages)))
        .group_by("deal", "stage")
        .agg(pl.col("day").min())
        .sort("deal", "stage")
    )
    entries = entries.filter(pl.col("deal").is_in(entries["deal"].unique().sort().head(ORDERED_DEALS).implode()))
    pairs = entries.join(entries, on="deal", suffix="_other").filter(pl.col("stage") != pl.col("stage_other"))
    earlier = (pl.col("day") < pl.col("day_other")) + 0.5 * (pl.col("day") == pl.col("day_other"))
    shares = pairs.group_by("stage", "stage_other").agg(earlier.mean().alias("share"))
    score = shares.group_by("stage").agg(pl.col("share").mean().round(9))
    by_stage = dict(score.iter_rows())
    return sorted(stages, key=lambda stage: (-by_stage.get(stage, 0.5), stage))


def _with_history(deals: pl.DataFrame, history: pl.DataFrame, going: pl.DataFrame, notes: Notes) -> pl.DataFrame:
    """Without deals that ended and of which no change is known; an open one is where it began."""
    without = ~pl.col("deal").is_in(history["deal"].unique().implode()) & (pl.col("ending") != OPEN)
    notes.count_where(
        deals, without, "won or lost, but without a history", "dropped: nobody can say in which stage"
    )
    ended_at_once = ~pl.col("deal").is_in(going["deal"].unique().implode()) & (pl.col("ending") != OPEN) & ~without
    notes.count_where(
        deals, ended_at_once, "closed without having been in any stage", "kept, as closed from the first"
    )
    return deals.filter(~without)


def _steps_by_route(
    deals: pl.DataFrame, going: pl.DataFrame, stages: Sequence[str], routes: Sequence[str]
) -> tuple[dict[str, list[int]], pl.DataFrame]:
    """Places of the stages that are steps of each route, and a frame route, place, step. A stage is no step of a
    route if nearly all deals that came beyond it never were in it."""
    furthest = going.group_by("deal").agg(pl.col("place").max().alias("furthest"))
    ends = deals.join(furthest, on="deal", how="left").with_columns(
        furthest=pl.when(pl.col("ending") == WON).then(len(stages)).otherwise(pl.col("furthest"))
    )
    visits = going.select("deal", "place").unique().join(ends.select("deal", "route", "furthest"), on="deal")
    visited = visits.filter(pl.col("furthest") > pl.col("place")).group_by("route", "place").agg(pl.len())
    seen = {(route, place): count for route, place, count in visited.iter_rows()}
    steps = {}
    for route in routes:
        reached = ends.filter(pl.col("route") == route)["furthest"]
        beyond = [int((reached > place).sum()) for place in range(len(stages))]
        steps[route] = [
            place
            for place, passed in enumerate(beyond)
            if passed < MIN_BEYOND or seen.get((route, place), 0) >= RARE * passed
        ] or [0]
    rows = [
        (route, place, max([step for step, kept in enumerate(places) if kept <= place], default=0))
        for route, places in steps.items()
        for place in range(len(stages))
    ]
    return steps, pl.DataFrame(rows, schema={"route": pl.String, "place": pl.Int64, "step": pl.Int64}, orient="row")


def _reached(
    deals: pl.DataFrame, going: pl.DataFrame, positions: pl.DataFrame, order: MappingOf[str, int], notes: Notes
) -> pl.DataFrame:
    """Days of each deal at each step that it was in: `deal`, `step`, `days`; and what was skipped, counted."""
    at_first = going.group_by("deal", maintain_order=True).agg(pl.col("came_from").first())
    begin = deals.join(at_first, on="deal", how="left").with_columns(
        place=pl.when(pl.col("deal").is_in(going["deal"].unique().implode()))
        .then(pl.col("came_from"))
        .otherwise(_looked_up("stage", order))
        .fill_null(0)
    )
    entries = pl.concat(
        [
            begin.select(
                "deal", "route", "place", pl.col("created_day").alias("day"), "end_day", pl.lit(0).alias("n")
            ),
            going.select("deal", "route", "place", "day", "end_day", pl.lit(1).alias("n")),
        ],
        how="vertical_relaxed",
    )
    entries = entries.join(positions, on=["route", "place"], how="left", maintain_order="left").sort(
        "deal", "n", "day", maintain_order=True
    )
    first_day = pl.col("day").first().over("deal")
    entries = entries.with_columns(pl.min_horizontal(pl.max_horizontal("day", first_day), "end_day").alias("day"))
    furthest = pl.col("step").cum_max().over("deal")
    until = pl.col("day").shift(-1).over("deal").fill_null(pl.col("end_day"))
    entries = entries.with_columns(furthest=furthest, spent=until - pl.col("day"))
    keys = deals.select("deal", "key")
    back = entries.filter((pl.col("step") < pl.col("furthest")) & (pl.col("n") == 1))
    skipped = entries.filter(pl.col("furthest") - pl.col("furthest").shift(1).over("deal") > 1)
    for rows, what, done in (
        (back, "deals that went back a stage", "kept: the time counts to the furthest stage reached"),
        (skipped, "deals that skipped stages", "kept: passed in no time"),
    ):
        notes.count(what, rows["deal"].n_unique(), done, _keys(rows, keys))
    return entries.group_by("deal", pl.col("furthest").alias("step")).agg(
        pl.col("spent").sum().round(9).alias("days")
    )


def _keys(rows: pl.DataFrame, keys: pl.DataFrame) -> pl.Series:
    return rows.select("deal").unique(maintain_order=True).head(3).join(keys, on="deal")["key"]


def _rows(deals: pl.DataFrame, reached: pl.DataFrame, steps: MappingOf[str, int]) -> pl.DataFrame:
    """A row for each step up to the furthest, and for all steps of a deal that was won."""
    last = reached.group_by("deal").agg(pl.col("step").max().alias("last"))
    length = pl.col("route").replace_strict(dict(steps), return_dtype=pl.Int64)
    ends = deals.select("deal", "ending", "route").join(last, on="deal", how="left")
    ends = ends.with_columns(end=pl.when(pl.col("ending") == WON).then(length - 1).otherwise(pl.col("last")))
    rows = ends.with_columns(step=pl.int_ranges(0, pl.col("end") + 1)).explode("step")
    rows = rows.join(reached, on=["deal", "step"], how="left").with_columns(pl.col("days").fill_null(0.0))
    ending = pl.when(pl.col("step") < pl.col("end")).then(pl.lit(YES)).otherwise(_ending(pl.col("ending")))
    return rows.select("deal", "step", "days", ending.alias("ending")).cast(TYPES).sort("deal", "step")
