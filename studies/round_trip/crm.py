"""A history as the files of a CRM: its words, its dates, and its dirt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

from channelsim.calibrate.records import LOST, OPEN, WON, YES
from studies.round_trip.histories import History
from studies.round_trip.worlds import HISTORY, LEADS_AND_WON, SEED, World

LABELS = {
    "small": "Small business", "medium": "Mid-market", "large": "Enterprise", "website": "Web site",
    "referral": "Customer referral", "trade_fair": "Trade Show", "phone": "Phone", "field": "Field",
    "partner": "Partner", "qualification": "Qualification", "demonstration": "Demonstration",
    "proposal": "Proposal", "negotiation": "Negotiation",
}  # fmt: skip
"""What the CRM calls things."""
CLOSED_WON, CLOSED_LOST = "Closed Won", "Closed Lost"
DAY_FIRST, MONTH_FIRST = "%d/%m/%Y", "%m/%d/%Y"
TIME = " %H:%M:%S"
EXPECTED_TO_TAKE_DAYS = 90.0
"""After which an open deal's owner said that it would close."""
DEALS_FILE, CHANGES_FILE, LEADS_FILE, WON_FILE = "deals.csv", "stage_changes.csv", "leads.csv", "won.csv"

SALESFORCE = {
    "key": "Opportunity ID", "name": "Opportunity Name", "created": "Created Date", "closed": "Close Date",
    "stage": "Stage", "amount": "Amount", "owner": "Opportunity Owner", "source": "Lead Source",
    "segment": "Segment", "route": "Channel", "from": "From Stage", "to": "To Stage", "changed": "Edit Date",
}  # fmt: skip
HUBSPOT = {
    "key": "Record ID", "name": "Deal Name", "created": "Create Date", "closed": "Close Date",
    "stage": "Deal Stage", "amount": "Amount", "owner": "Deal owner", "source": "Original Source",
    "segment": "Segment", "route": "Channel", "from": "From Stage", "to": "To Stage", "changed": "Change Date",
}  # fmt: skip
"""Names of columns in two CRMs' exports."""
OF_LEADS = ("key", "name", "created", "source", "segment", "route", "owner")
OF_WON = ("key", "closed", "amount")


@dataclass(frozen=True)
class Dirt:
    """Shares of the rows in which something is wrong, and how many rows are somebody's tests."""

    duplicates: float = 0.02
    no_source: float = 0.03
    no_segment: float = 0.02
    no_owner: float = 0.02
    no_amount: float = 0.05
    zero_amount: float = 0.02
    test_rows: int = 6


CLEAN = Dirt(0, 0, 0, 0, 0, 0, 0)


def crm_files(world: World, history: History, dirt: Dirt) -> Mapping[str, pl.DataFrame]:
    """The world's export in its shape: a frame of text for each file, by its name, opportunities or leads first.
    The same history has the same dirt."""
    rng = np.random.default_rng([SEED, world.number, len(history.deals)])
    names = SALESFORCE if world.number % 2 == 0 else HUBSPOT
    deals = _spoilt(_deals(world, history), rng, dirt)
    tests = _tests(world, history, dirt.test_rows)
    if world.shape == LEADS_AND_WON:
        won = deals.filter(pl.col("stage") == CLOSED_WON)
        leads = pl.concat([deals.select(OF_LEADS), tests.select(OF_LEADS)])
        files = {LEADS_FILE: leads, WON_FILE: won.select(OF_WON)}
    else:
        files = {DEALS_FILE: pl.concat([deals, tests])}
    if world.shape == HISTORY:
        files[CHANGES_FILE] = _changes(world, history)
    return {
        file: _with_duplicates(frame, rng, dirt.duplicates).rename({old: names[old] for old in frame.columns})
        for file, frame in files.items()
    }


def write_files(files: Mapping[str, pl.DataFrame], folder: Path) -> list[Path]:
    """Write an export as CSV; where it is, in the order of its files."""
    paths = [folder / file for file in files]
    for path, frame in zip(paths, files.values(), strict=True):
        frame.write_csv(path)
    return paths


def _deals(world: World, history: History) -> pl.DataFrame:
    """A row of text for each deal, in the order of their creation. Whoever sells by steps writes down the present
    one; open deals have a date by which their owner hopes to close them."""
    at = history.stages.group_by("lead").agg(pl.col("step").max())
    deals = history.deals.join(at, on="lead", validate="1:1").sort("created", "lead")
    steps = pl.DataFrame(
        [
            {"route": route, "step": place, "at": step}
            for route, motion in world.scenario.motions.items()
            for place, step in enumerate(motion.steps)
        ]
    )
    hoped_for = pl.lit(history.end_day + EXPECTED_TO_TAKE_DAYS)
    ended = {WON: pl.lit(CLOSED_WON), LOST: pl.lit(CLOSED_LOST), OPEN: pl.col("at").replace_strict(LABELS)}
    stage = pl.coalesce(pl.when(pl.col("ending") == ending).then(words) for ending, words in ended.items())
    return deals.join(steps, on=["route", "step"], how="left").sort("created", "lead").select(
        key=_key(),
        name=pl.format("Customer {}", pl.int_range(1, pl.len() + 1)),
        created=_written(world, pl.col("created")),
        closed=_written(world, pl.col("ended").fill_null(hoped_for)),
        stage=stage,
        amount=pl.col("value").round(2).cast(pl.String),
        owner=pl.col("owner"),
        source=pl.col("source").replace_strict(LABELS),
        segment=pl.col("segment").replace_strict(LABELS),
        route=pl.col("route").replace_strict(LABELS),
    )  # fmt: skip


def _changes(world: World, history: History) -> pl.DataFrame:
    """A row for each change of stage, the creation first, in the order in which they were made."""
    keys = history.deals.sort("created", "lead").select("lead", "route", key=_key())
    steps = pl.DataFrame(
        [
            {"route": route, "step": place, "at": LABELS[step], "next": _next(list(motion.steps), place)}
            for route, motion in world.scenario.motions.items()
            for place, step in enumerate(motion.steps)
        ]
    )
    stages = history.stages.join(keys, on="lead", validate="m:1").join(steps, on=["route", "step"], how="left")
    created = stages.filter(pl.col("step") == 0).select(
        "key", pl.lit("").alias("from"), pl.col("at").alias("to"), pl.col("entered").alias("day")
    )
    to = pl.when(pl.col("ending") == YES).then("next").otherwise(pl.lit(CLOSED_LOST))
    moved = stages.filter(pl.col("ending") != OPEN).select(
        "key", pl.col("at").alias("from"), to.alias("to"), pl.col("ended").alias("day")
    )
    changes = pl.concat([created, moved]).sort("day", "key", maintain_order=True)
    return changes.select("key", "from", "to", changed=_written(world, pl.col("day")))


def _next(steps: list[str], place: int) -> str:
    return LABELS[steps[place + 1]] if place + 1 < len(steps) else CLOSED_WON


def _key() -> pl.Expr:
    return pl.format("006{}", pl.int_range(1, pl.len() + 1).cast(pl.String).str.zfill(7))


def _written(world: World, day: pl.Expr) -> pl.Expr:
    """A day as this CRM writes it."""
    seconds = (day * 24 * 3600).floor().cast(pl.Int64)
    moment = pl.lit(world.scenario.horizon.start).cast(pl.Datetime("ms")) + pl.duration(seconds=seconds)
    form = (DAY_FIRST if world.is_day_first else MONTH_FIRST) + (TIME if world.has_times else "")
    return moment.dt.strftime(form)


def _spoilt(deals: pl.DataFrame, rng: np.random.Generator, dirt: Dirt) -> pl.DataFrame:
    """Fields that nobody filled in, or that somebody filled in with 0."""
    for column, share, instead in (
        ("source", dirt.no_source, ""),
        ("segment", dirt.no_segment, ""),
        ("owner", dirt.no_owner, ""),
        ("amount", dirt.zero_amount, "0"),
        ("amount", dirt.no_amount, ""),
    ):
        hit = pl.Series(rng.random(len(deals)) < share)
        deals = deals.with_columns(pl.when(hit).then(pl.lit(instead)).otherwise(column).alias(column))
    return deals


def _tests(world: World, history: History, count: int) -> pl.DataFrame:
    """Rows that somebody made to try the CRM out, spread over the time."""
    deals = _deals(world, history)
    picked = np.linspace(0, len(deals) - 1, count).astype(int)
    return deals[picked].with_columns(
        key=pl.format("00T{}", pl.int_range(pl.len()).cast(pl.String).str.zfill(7)),
        name=pl.lit("TEST - please ignore"),
        owner=pl.lit("Administrator"),
    )


def _with_duplicates(rows: pl.DataFrame, rng: np.random.Generator, share: float) -> pl.DataFrame:
    """Some rows stand there twice, to the letter."""
    twice = np.repeat(np.arange(len(rows)), 1 + (rng.random(len(rows)) < share))
    return rows[twice]
