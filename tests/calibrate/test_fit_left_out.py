"""What an export leaves out is said: open deals that must have been there, segments that are not named."""

from __future__ import annotations

from dataclasses import replace

import polars as pl
import pytest
from made_exports import MadeRoute, MadeStep, MadeWorld, made_export, without_open_deals

from channelsim.calibrate.fitting.fit import estimate
from channelsim.calibrate.records import Export

SAID = "it looks as if open deals were left out"


@pytest.fixture(scope="module")
def export() -> Export:
    values = {"small": ("lognormal", 1e3, 0.5), "large": ("lognormal", 1e4, 0.5)}
    step = MadeStep("close", {"small": 0.4, "large": 0.3}, ("gamma", 40.0, 0.8), ("gamma", 60.0, 0.8))
    world = MadeWorld(
        (MadeRoute("phone", (step,)),),
        values,
        {"small": 0.7, "large": 0.3},
        {"phone": 1.0},
        {"web": 40.0},
        months=9,
    )
    return made_export(world, 1)


def test_an_export_of_closed_deals_alone_is_said_to_lack_the_open_ones(export: Export) -> None:
    assert any(SAID in sentence for sentence in estimate(without_open_deals(export)).sentences)


def test_nothing_is_said_of_open_deals_where_there_are_some(export: Export) -> None:
    assert not any(SAID in sentence for sentence in estimate(export).sentences)


def test_nothing_is_said_where_all_deals_are_old_enough_to_have_ended(export: Export) -> None:
    closed = without_open_deals(export)
    old = closed.deals.filter(pl.col("created_day") < 100.0)
    stages = closed.stages.join(old.select("deal"), on="deal", how="semi")
    assert not any(SAID in sentence for sentence in estimate(replace(closed, deals=old, stages=stages)).sentences)


def test_deals_that_name_no_segment_are_counted_aloud(export: Export) -> None:
    unnamed = pl.when(pl.col("deal") < 30).then(None).otherwise(pl.col("segment")).alias("segment")
    told = estimate(replace(export, deals=export.deals.with_columns(unnamed))).sentences
    assert "30 deals name no segment: they count for how long things take, not for any segment's shares." in told
