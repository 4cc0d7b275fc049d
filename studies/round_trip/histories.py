"""What happens in a world, deal by deal and stage by stage, before anybody exports it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np
import polars as pl

from channelsim.calibrate.records import LOST, NO, OPEN, WON, YES
from channelsim.engine.fast import simulate
from channelsim.engine.trace import LEAD_SHIFT, Event, Happening, Trace
from channelsim.program.compile import compile_program
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.schema import Scenario

HOURS_A_DAY = 24.0
LOSSES = (Happening.DECLINED, Happening.UNREACHABLE, Happening.COOLED, Happening.DROPPED, Happening.ORPHANED)


@dataclass(frozen=True)
class History:
    """All that happened until the horizon's end. Times are in days from its start.

    deals: lead, source, segment, route, owner (who last worked it, null: nobody yet), value, created, ended (null:
    open), ending. stages: lead, step (position), entered, answering (when the reps' work was done, null: not yet),
    ended, ending. reps: name, route's team, hired, departed (null: still there).
    """

    deals: pl.DataFrame
    stages: pl.DataFrame
    reps: pl.DataFrame
    end_day: float


def history_of(scenario: Scenario, seed: int, replication: int) -> History:
    """Simulate one replication of a scenario without nurture, and write down its deals."""
    trace = Trace()
    simulate(compile_program(scenario), seed, replication, trace)
    layout = layout_of(scenario)
    events = _frame(trace)
    steps = pl.DataFrame({"motion": range(len(layout.steps)), "steps": [len(names) for names in layout.steps]})
    steps = steps.with_columns(pl.col("motion").cast(pl.Int64))
    end_day = float((layout.month_starts[-1] - layout.month_starts[0]).days)
    stages = _stages(events.join(steps, on="motion", how="left"))
    reps = _reps(events, layout)
    return History(_deals(events, stages, reps, scenario, layout), stages, reps, end_day)


def _frame(trace: Trace) -> pl.DataFrame:
    """A trace's events: day, happening, lead, motion, step, seat, value."""
    numbers = np.fromiter(chain.from_iterable(trace.events), float).reshape(-1, len(Event._fields))
    whole = [name for name in Event._fields if name not in ("time", "value")]
    return pl.DataFrame(numbers, schema=list(Event._fields)).with_columns(
        pl.col(whole).cast(pl.Int64), day=pl.col("time") / HOURS_A_DAY
    )


def _of(events: pl.DataFrame, *happenings: Happening) -> pl.DataFrame:
    return events.filter(pl.col("happening").is_in([int(happening) for happening in happenings]))


def _stages(events: pl.DataFrame) -> pl.DataFrame:
    """A stage begins with the deal or with the yes to the one before, and ends with an answer."""
    first = _of(events, Happening.ARRIVED).select("lead", pl.lit(0, pl.Int64).alias("step"), entered="day")
    yes = _of(events, Happening.ADVANCED)
    later = yes.filter(pl.col("step") + 1 < pl.col("steps")).select("lead", pl.col("step") + 1, entered="day")
    no = _of(events, *LOSSES)
    ends = pl.concat([
        yes.select("lead", "step", ended="day", ending=pl.lit(YES)),
        no.select("lead", "step", ended="day", ending=pl.lit(NO)),
    ])  # fmt: skip
    answering = _of(events, Happening.DECIDING).select("lead", "step", answering="day")
    return (
        pl.concat([first, later])
        .join(answering, on=["lead", "step"], how="left", validate="1:1")
        .join(ends, on=["lead", "step"], how="left", validate="1:1")
        .with_columns(pl.col("ending").fill_null(OPEN))
        .sort("lead", "step")
    )


def _reps(events: pl.DataFrame, layout: Layout) -> pl.DataFrame:
    """Who sat in which seat, one after the other."""
    hired = _of(events, Happening.HIRED).sort("day", "seat").select("seat", hired="day")
    hired = hired.with_columns(name=pl.format("Rep {}", pl.int_range(1, pl.len() + 1).cast(pl.String)))
    departed = _of(events, Happening.DEPARTED).sort("day", "seat").select("seat", departed="day")
    nth = pl.int_range(pl.len()).over("seat").alias("nth")
    teams = pl.DataFrame({"seat": range(len(layout.seats)), "team": [seat.team for seat in layout.seats]})
    return (
        hired.with_columns(nth)
        .join(departed.with_columns(nth), on=["seat", "nth"], how="left", validate="1:1")
        .join(teams.with_columns(pl.col("seat").cast(pl.Int64)), on="seat", how="left")
        .select("name", "team", "seat", "hired", "departed")
        .sort("hired", "seat")
    )


def _deals(
    events: pl.DataFrame, stages: pl.DataFrame, reps: pl.DataFrame, scenario: Scenario, layout: Layout
) -> pl.DataFrame:
    owners = _last_workers(events, reps)
    came = _of(events, Happening.ARRIVED)
    stream = came["lead"].to_numpy() >> LEAD_SHIFT
    factor = [scenario.motions[name].deal_value_factor for name in layout.motions]
    motion = came["motion"].to_numpy()
    deals = pl.DataFrame({
        "lead": came["lead"],
        "source": np.array([source for source, _ in layout.streams])[stream],
        "segment": np.array([segment for _, segment in layout.streams])[stream],
        "route": np.array(layout.motions)[motion],
        "value": came["value"].to_numpy() * np.array(factor)[motion],
        "created": came["day"],
    })  # fmt: skip
    last = stages.group_by("lead").agg(pl.col("ended", "ending").sort_by("step").last())
    endings = {YES: WON, NO: LOST, OPEN: OPEN}
    return (
        deals.join(owners, on="lead", how="left", validate="1:1")
        .join(last, on="lead", how="left", validate="1:1")
        .with_columns(pl.col("ending").replace_strict(endings))
        .sort("created", "lead")
    )


def _last_workers(events: pl.DataFrame, reps: pl.DataFrame) -> pl.DataFrame:
    """By lead: the name of the rep who worked it last."""
    touches = _of(events, Happening.TOUCH_STARTED).sort("day").group_by("lead").agg(pl.col("seat", "day").last())
    reps = reps.sort("seat", "hired")
    length = float(events["day"].to_numpy().max()) + 1
    since, at = (
        frame["seat"].to_numpy() * length + frame[column].to_numpy()
        for frame, column in ((reps, "hired"), (touches, "day"))
    )  # each seat's time after the time of the seats before it
    who = np.searchsorted(since, at, side="right") - 1
    return touches.select("lead", owner=reps["name"].gather(who))
