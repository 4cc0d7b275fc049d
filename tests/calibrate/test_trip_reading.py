"""Known worlds as a CRM's files, read again: what was simulated is what is read, dirt or not."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pytest

from channelsim.calibrate.reading.read import read_export
from channelsim.calibrate.records import OPEN, WON, Export
from studies.round_trip.crm import CLEAN, LABELS, Dirt, crm_files, write_files
from studies.round_trip.exporting import as_export
from studies.round_trip.histories import History, history_of
from studies.round_trip.worlds import LEADS_AND_WON, World, worlds

KNOWN = worlds(8)
SECOND = 1 / 86_400
HALF_A_DAY = 0.5

every_world = pytest.mark.parametrize("world", KNOWN, ids=lambda world: world.name)


@cache
def history(number: int) -> History:
    return history_of(KNOWN[number].scenario, 6, number)


def read(world: World, dirt: Dirt, folder: Path) -> Export:
    return read_export(write_files(crm_files(world, history(world.number), dirt), folder))


def in_the_crms_words(export: Export) -> pl.DataFrame:
    """Deals in the order of their creation, their segments, sources and routes as the CRM calls them."""
    labels = dict(export.labels) | {route.name: route.label for route in export.routes}
    columns = ["source", "route", *(["segment"] if len(export.segments) > 1 else [])]
    return export.deals.with_columns(pl.col(columns).replace_strict(labels, default=None))


@every_world
def test_files_without_dirt_are_read_as_what_happened(world: World, tmp_path: Path) -> None:
    expected, found = as_export(world, history(world.number)), read(world, CLEAN, tmp_path)
    before, after = in_the_crms_words(expected), in_the_crms_words(found)
    for column in ("source", "route", "owner", "ending", *(["segment"] if len(found.segments) > 1 else [])):
        assert after[column].equals(before[column]), column
    error = SECOND if world.has_times else 0.0
    assert (after["created_day"] - before["created_day"]).abs().max() <= error
    assert ((after["closed_day"] - before["closed_day"]).abs().max() or 0.0) <= error
    assert found.losses_are_seen == expected.losses_are_seen
    assert found.resolution_days == expected.resolution_days
    assert found.origin == expected.origin
    values = after.filter(ending=WON)["value"] - before.filter(ending=WON)["value"]
    assert values.abs().max() <= 0.005 + 1e-9


@every_world
def test_stages_are_read_with_the_days_that_they_took(world: World, tmp_path: Path) -> None:
    expected, found = as_export(world, history(world.number)).stages, read(world, CLEAN, tmp_path).stages
    assert found.select("deal", "step", "ending").equals(expected.select("deal", "step", "ending"))
    days = (found["days"] - expected["days"]).abs()
    ended = expected["ending"] != OPEN
    assert days.filter(ended).max() <= (2 * SECOND if world.has_times else 0.0)
    assert days.filter(~ended).max() <= HALF_A_DAY + 2 * SECOND


@every_world
def test_dirt_costs_no_deal_and_adds_none(world: World, tmp_path: Path) -> None:
    found = read(world, Dirt(), tmp_path)
    deals = history(world.number).deals
    assert len(found.deals) == len(deals)
    won = len(deals.filter(ending=WON))
    assert len(found.deals.filter(ending=WON)) == won
    if world.shape == LEADS_AND_WON:
        assert len(found.deals.filter(ending=OPEN)) == len(deals) - won
    else:
        assert found.deals["ending"].value_counts(sort=True).equals(deals["ending"].value_counts(sort=True))
    assert found.deals["created_day"].to_list() == read(world, CLEAN, tmp_path).deals["created_day"].to_list()


@every_world
def test_routes_and_their_steps_are_those_of_the_scenario(world: World, tmp_path: Path) -> None:
    found = read(world, Dirt(), tmp_path)
    motions = {LABELS[name]: motion for name, motion in world.scenario.motions.items()}
    assert {route.label for route in found.routes} == set(motions)
    for route in found.routes:
        motion = motions[route.label]
        assert len(route.steps) == len(motion.steps)
        teams = {step.team for step in motion.steps.values()}
        assert {world.scenario.teams[team].channel for team in teams} == {route.channel}
