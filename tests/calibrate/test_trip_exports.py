"""Known worlds, exported: what the CRM holds is what happened, no more and no less."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from functools import cache
from itertools import chain
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from channelsim.calibrate.records import DEALS, LOST, NO, OPEN, STAGES, WON, YES, Export
from channelsim.engine.fast import simulate
from channelsim.engine.ledger import Count, Ledger
from channelsim.program.compile import compile_program
from studies.round_trip.crm import (
    CHANGES_FILE,
    CLEAN,
    DEALS_FILE,
    HUBSPOT,
    LEADS_FILE,
    SALESFORCE,
    WON_FILE,
    Dirt,
    crm_files,
    write_files,
)
from studies.round_trip.exporting import as_export, naive
from studies.round_trip.histories import History, history_of
from studies.round_trip.worlds import HISTORY, LEADS_AND_WON, REPORT, World, worlds

KNOWN = worlds(10)
SEED = 5


@cache
def history(number: int) -> History:
    return history_of(KNOWN[number].scenario, SEED, 0)


@cache
def ledger(number: int) -> Ledger:
    return simulate(compile_program(KNOWN[number].scenario), SEED, 0)


def export(number: int) -> Export:
    return as_export(KNOWN[number], history(number))


def clean_files(number: int) -> dict[str, pl.DataFrame]:
    return files(number, CLEAN)


def files(number: int, dirt: Dirt) -> dict[str, pl.DataFrame]:
    """Files of the export, their columns by what is in them."""
    names = {name: field for crm in (SALESFORCE, HUBSPOT) for field, name in crm.items()}
    found = crm_files(KNOWN[number], history(number), dirt)
    return {file: frame.rename({name: names[name] for name in frame.columns}) for file, frame in found.items()}


def first(shape: str) -> int:
    return next(world.number for world in KNOWN if world.shape == shape)


def moment(world: World, text: str) -> dt.datetime:
    date = "%d/%m/%Y" if world.is_day_first else "%m/%d/%Y"
    return dt.datetime.strptime(text, date + (" %H:%M:%S" if world.has_times else ""))


def days_before_the_end(world: World, text: str) -> float:
    return (history(world.number).end_day) - (
        moment(world, text) - dt.datetime.combine(world.scenario.horizon.start, dt.time())
    ).total_seconds() / 86400


every_world = pytest.mark.parametrize("world", KNOWN, ids=lambda world: world.name)


def test_worlds_are_the_same_ones_always() -> None:
    assert [world.scenario for world in worlds(3)] == [world.scenario for world in KNOWN[:3]]


def test_worlds_have_all_that_a_crm_may_hold() -> None:
    assert {world.shape for world in KNOWN} == {HISTORY, REPORT, LEADS_AND_WON}
    for question in (
        lambda world: world.has_times,
        lambda world: world.is_day_first,
        lambda world: world.answers_at_once,
        lambda world: any(source.seasonality for source in world.scenario.sources.values()),
        lambda world: any(source.annual_growth for source in world.scenario.sources.values()),
        lambda world: any(team.people.annual_attrition for team in world.scenario.teams.values()),
    ):
        assert {bool(question(world)) for world in KNOWN} == {True, False}


@every_world
def test_every_lead_is_in_the_export_exactly_once(world: World) -> None:
    deals = export(world.number).deals
    assert len(deals) == ledger(world.number).counts[Count.ARRIVED].sum()
    assert deals["deal"].to_list() == list(range(len(deals)))
    assert deals["key"].n_unique() == len(deals)
    assert set(deals["deal"]) == set(export(world.number).stages["deal"])


@every_world
def test_deals_end_in_the_export_as_they_did_in_the_simulation(world: World) -> None:
    ended = dict(history(world.number).deals["ending"].value_counts().iter_rows())
    books = ledger(world.number)
    assert ended[WON] == books.counts[Count.WON].sum()
    assert ended[LOST] == books.counts[Count.DECLINED].sum()
    assert ended[OPEN] == books.open_leads.sum()
    seen = dict(export(world.number).deals["ending"].value_counts().iter_rows())
    if world.shape == LEADS_AND_WON:
        assert seen == {WON: ended[WON], OPEN: ended[LOST] + ended[OPEN]}
    else:
        assert seen == ended


@every_world
def test_days_of_stages_add_up_to_the_deals_days(world: World) -> None:
    found = export(world.number)
    sums = found.stages.group_by("deal").agg(pl.col("days").sum()).sort("deal")["days"].to_numpy()
    assert sums == pytest.approx(found.deals["days"].to_numpy(), abs=1e-9)
    assert found.stages["days"].min() >= 0


@every_world
def test_stages_follow_one_another_and_the_last_one_ends_as_the_deal_does(world: World) -> None:
    found = export(world.number)
    stages = found.stages.group_by("deal", maintain_order=True).agg("step", "ending")
    ends = {WON: YES, LOST: NO, OPEN: OPEN}
    steps = {route.name: len(route.steps) for route in found.routes}
    for (_, step, ending), deal in zip(stages.iter_rows(), found.deals.iter_rows(named=True), strict=True):
        assert step == list(range(len(step)))
        assert ending == [YES] * (len(step) - 1) + [ends[deal["ending"]]]
        assert deal["ending"] != WON or len(step) == steps[deal["route"]]


@every_world
def test_nothing_in_the_export_is_after_the_cut_off(world: World) -> None:
    found = export(world.number)
    assert found.deals["created_day"].max() <= found.cutoff_day
    assert found.deals["closed_day"].max() <= found.cutoff_day
    assert (found.deals["created_day"] + found.deals["days"]).max() <= found.cutoff_day + 1e-9
    assert set(found.deals.filter(ending=OPEN)["closed_day"]) == {None}


@every_world
def test_frames_have_the_columns_that_the_fit_expects(world: World) -> None:
    found = export(world.number)
    assert found.deals.schema == pl.Schema(DEALS)
    assert found.stages.schema == pl.Schema(STAGES)
    assert set(found.deals["route"]) == {route.name for route in found.routes}


def test_dates_alone_are_those_of_the_times() -> None:
    world = next(world for world in KNOWN if world.has_times and world.shape == HISTORY)
    timed = as_export(world, history(world.number)).deals
    dated = as_export(replace(world, has_times=False), history(world.number)).deals
    assert np.floor(timed["closed_day"].fill_null(-1)).equals(dated["closed_day"].fill_null(-1))
    assert set((dated["days"] % 1).to_list()) == {0.0}


@every_world
def test_files_without_dirt_hold_every_deal_once(world: World) -> None:
    found = clean_files(world.number)
    rows = found[LEADS_FILE if world.shape == LEADS_AND_WON else DEALS_FILE]
    deals = history(world.number).deals
    assert rows["key"].n_unique() == len(rows) == len(deals)
    if world.shape == LEADS_AND_WON:
        won = found[WON_FILE]
        assert len(won) == len(deals.filter(ending=WON))
        assert won["amount"].cast(float).sum() == pytest.approx(deals.filter(ending=WON)["value"].sum(), abs=99)
    else:
        stages = dict(rows["stage"].value_counts().iter_rows())
        assert stages["Closed Won"] == len(deals.filter(ending=WON))
        assert stages["Closed Lost"] == len(deals.filter(ending=LOST))


@every_world
def test_files_tell_nothing_after_the_cut_off_but_hopes_for_open_deals(world: World) -> None:
    found = clean_files(world.number)
    said = list(
        chain.from_iterable(rows[c] for rows in found.values() for c in ("created", "changed") if c in rows)
    )
    if DEALS_FILE in found:
        is_open = ~pl.col("stage").is_in(["Closed Won", "Closed Lost"])
        said += found[DEALS_FILE].filter(~is_open)["closed"].to_list()
        hopes = found[DEALS_FILE].filter(is_open)["closed"].unique()
        assert all(days_before_the_end(world, text) < 0 for text in hopes)
    else:
        said += found[WON_FILE]["closed"].to_list()
    assert all(days_before_the_end(world, text) > 0 for text in set(said))


def test_changes_of_stage_lead_from_creation_to_where_the_deal_stands() -> None:
    found = clean_files(first(HISTORY))
    changes = found[CHANGES_FILE].group_by("key", maintain_order=True).agg("from", "to")
    stands = dict(found[DEALS_FILE].select("key", "stage").iter_rows())
    assert len(changes) == len(stands)
    for key, before, after in changes.iter_rows():
        assert before == ["", *after[:-1]]
        assert after[-1] == stands[key]


@every_world
def test_dirt_leaves_every_deal_in_the_files(world: World) -> None:
    name = LEADS_FILE if world.shape == LEADS_AND_WON else DEALS_FILE
    clean, dirty = clean_files(world.number)[name], files(world.number, Dirt())[name]
    assert len(dirty) > dirty["key"].n_unique() == len(clean) + Dirt().test_rows
    assert set(clean["key"]) < set(dirty["key"])
    assert dirty.unique()["key"].n_unique() == len(dirty.unique()), "rows that stand there twice are the same"
    once = dirty.unique().filter(pl.col("key").is_in(clean["key"].implode())).sort("key")
    for column in ("created", "route"):
        assert once[column].equals(clean.sort("key")[column])
    for column, share in (("source", 0.03), ("segment", 0.02), ("owner", 0.02)):
        assert (once[column].fill_null("") == "").mean() == pytest.approx(share, abs=0.015)


def test_amounts_are_missing_or_zero_for_some() -> None:
    amounts = files(first(REPORT), Dirt())[DEALS_FILE]["amount"]
    assert (amounts == "").mean() == pytest.approx(0.05, abs=0.015)
    assert (amounts == "0").mean() == pytest.approx(0.02, abs=0.01)


@pytest.mark.parametrize("shape", [HISTORY, REPORT, LEADS_AND_WON])
def test_the_same_history_gives_the_same_bytes(shape: str, tmp_path: Path) -> None:
    written = []
    for folder in (tmp_path / "one", tmp_path / "two"):
        folder.mkdir()
        paths = write_files(crm_files(KNOWN[first(shape)], history(first(shape)), Dirt()), folder)
        written.append([path.read_bytes() for path in paths])
    assert written[0] == written[1]


def test_the_naive_export_leaves_out_what_is_open_and_nothing_else() -> None:
    whole = export(first(HISTORY))
    left = naive(whole)
    closed = whole.deals.filter(pl.col("ending") != OPEN)
    assert left.deals["key"].equals(closed["key"])
    assert left.deals["deal"].to_list() == list(range(len(closed)))
    assert OPEN not in set(left.stages["ending"])
    days = left.stages.group_by("deal").agg(pl.col("days").sum()).sort("deal")["days"]
    assert days.to_numpy() == pytest.approx(closed["days"].to_numpy(), abs=1e-9)


def test_where_losses_are_not_seen_the_naive_export_takes_all_that_is_not_won_for_lost() -> None:
    whole = export(first(LEADS_AND_WON))
    left = naive(whole)
    assert not whole.losses_are_seen
    assert left.losses_are_seen
    assert len(left.deals.filter(ending=LOST)) == len(whole.deals.filter(ending=OPEN))
    assert len(left.deals) == len(whole.deals)
