"""The IBM sample, calibrated and simulated: deals are won as often, and take as long, as in the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl
import pytest

from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.fitting.fit import estimate
from channelsim.calibrate.reading.read import read_export
from channelsim.calibrate.records import LOST, WON
from channelsim.calibrate.writing.rehearsal import simulated
from channelsim.calibrate.writing.write import Written, scenario_text, write_scenario
from channelsim.engine.trace import Happening

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "ibm_sales_win_loss.csv.zip"
pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")

SHARES = (0.1, 0.25, 0.5, 0.75, 0.9)
FEWEST = 100
"""Deals of a cell, in the file and simulated, whose days are held against each other."""
DAYS, PART = 1.5, 0.15
"""By which quantiles may differ beyond chance, whichever is more: an office day and a night that the assumed work
takes at least, where the file has 0 days; and that of three steps, each right on its own, in the tail."""


@dataclass(frozen=True)
class Calibrated:
    """What came of the file, and simulated deals of it: columns route, segment, ending, days (in all)."""

    fit: Fit
    written: Written
    deals: pl.DataFrame


@pytest.fixture(scope="module")
def ibm() -> Calibrated:
    fit = estimate(read_export([SAMPLE]))
    written = write_scenario(fit, "auto_supply", file="ibm.yaml")
    stays = simulated(written.settled.draft, scenario_text).rows
    last = {route.name: route.steps[-1].step for route in fit.routes}
    went_on = pl.col("ending") == int(Happening.ADVANCED)
    is_last = pl.col("step") == pl.col("route").replace_strict(last)
    deals = (
        stays.filter(pl.col("ending").is_not_null(), ~went_on | is_last)
        .with_columns(
            ending=pl.when(went_on).then(pl.lit(WON)).otherwise(pl.lit(LOST)),
            days=(pl.col("days") + pl.col("before_days")).round(),
        )
        .select("route", "segment", "ending", "days")
    )
    return Calibrated(fit, written, deals)


def of(deals: pl.DataFrame, route: str, segment: str) -> pl.DataFrame:
    return deals.filter(pl.col("route") == route, pl.col("segment") == segment)


def test_each_size_on_each_route_is_won_as_often_as_is_believed_of_it(ibm: Calibrated) -> None:
    for route in ibm.fit.routes:
        for segment, believed in route.win_rate.items():
            found = of(ibm.deals, route.name, segment)["ending"] == WON
            chance = np.sqrt(believed.value * (1 - believed.value) / len(found))
            assert float(found.mean() or 0.0) == pytest.approx(believed.value, abs=4 * chance)
            in_file = of(ibm.fit.export.deals, route.name, segment)["ending"] == WON
            if len(in_file) >= 1_000:  # few are drawn to their neighbours
                assert believed.low <= float(in_file.mean() or 0.0) <= believed.high


def test_deals_won_and_lost_take_as_many_days_as_in_the_file(ibm: Calibrated) -> None:
    held = 0
    for route in ibm.fit.routes:
        for segment in ibm.fit.export.segments:
            for ending in (WON, LOST):
                seen, made = (
                    of(deals, route.name, segment).filter(pl.col("ending") == ending)["days"].to_numpy()
                    for deals in (ibm.fit.export.deals, ibm.deals)
                )
                if min(len(seen), len(made)) < FEWEST:
                    continue
                for share in SHARES:
                    wanted, found = np.quantile(seen, share), np.quantile(made, share)
                    room = max(DAYS, PART * wanted) + 3 * np.hypot(_error(seen, share), _error(made, share))
                    assert abs(found - wanted) <= room, (route.name, segment, ending, share, wanted, found, room)
                    held += 1
    assert held >= 200


def test_over_all_sizes_the_middle_and_the_mean_are_those_of_the_file(ibm: Calibrated) -> None:
    for route in ibm.fit.routes:
        for ending in (WON, LOST):
            seen = ibm.fit.export.deals.filter(pl.col("route") == route.name, pl.col("ending") == ending)["days"]
            made = ibm.deals.filter(pl.col("route") == route.name, pl.col("ending") == ending)["days"]
            chance = np.hypot(float(seen.std()) / np.sqrt(len(seen)), float(made.std()) / np.sqrt(len(made)))  # type: ignore[arg-type]
            assert made.mean() == pytest.approx(seen.mean(), abs=0.06 * float(seen.mean()) + 3 * chance)  # type: ignore[arg-type]
            assert abs(float(made.median()) - float(seen.median())) <= 1.0 + 3 * chance  # type: ignore[arg-type]


def _error(days: np.ndarray, share: float) -> float:
    """Standard error of a quantile, from the order statistics one standard error of its rank to either side."""
    apart = np.sqrt(share * (1 - share) / len(days))
    low, high = np.quantile(days, [max(share - apart, 0.0), min(share + apart, 1.0)])
    return float(high - low) / 2


def test_what_is_said_of_it_is_short_and_names_the_sizes(ibm: Calibrated) -> None:
    notes = ibm.written.notes
    assert any("Deals that were won went faster all the way" in each for each in notes)
    assert len(notes) == len(set(notes)) <= 12
    off = [row for row in ibm.written.settled.rows if not row.is_close]
    assert len(off) <= 0.05 * len(ibm.written.settled.rows)
