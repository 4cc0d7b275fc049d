"""The IBM sample "Sales Win Loss" against what is known of it."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import polars as pl
import pytest
from exports_on_disk import check_promises, counted

from channelsim.calibrate.reading.read import read_export
from channelsim.calibrate.records import Export

SAMPLE = Path(__file__).parents[2].parent / "shared" / "data" / "ibm_sales_win_loss.csv.zip"
pytestmark = pytest.mark.skipif(not SAMPLE.exists(), reason="the sample is not here")

# After dropping exact duplicates: opportunities, percent won, median days of won and lost
ROUTES = {
    "fields_sales": (37_230, 18.53, 6, 13, "outside"),
    "reseller": (34_738, 27.57, 4, 19, "hybrid"),
    "other": (2_853, 18.51, 4, 12, "hybrid"),
    "telesales": (2_530, 21.90, 3, 9, "inside"),
    "telecoverage": (619, 6.46, 6, 12, "inside"),
}
OUTSIDE_BY_SIZE = {1: (4_689, 40.0), 2: (4_224, 28.1), 3: (3_790, 25.8), 4: (6_312, 15.6), 5: (12_983, 8.5),
                   6: (3_590, 13.6), 7: (1_642, 17.7)}  # fmt: skip


@cache
def sample() -> Export:
    return read_export([SAMPLE])


def test_the_sample_keeps_what_records_promise() -> None:
    check_promises(sample())


def test_rows_win_rates_and_days_by_route_are_the_samples() -> None:
    export = sample()
    assert {route.name: route.channel for route in export.routes} == {name: row[4] for name, row in ROUTES.items()}
    for name, (rows, percent, won_days, lost_days, _) in ROUTES.items():
        deals = export.deals.filter(pl.col("route") == name)
        won = deals["ending"] == "won"
        assert len(deals) == rows
        assert round(100 * float(won.sum()) / rows, 2) == pytest.approx(percent, abs=0.011)
        assert (deals.filter(won)["days"].median(), deals.filter(~won)["days"].median()) == (won_days, lost_days)


def test_win_rates_by_size_are_the_samples() -> None:
    field = sample().deals.filter(pl.col("route") == "fields_sales")
    assert sample().segments == tuple(f"size_{size}" for size in OUTSIDE_BY_SIZE)
    for size, (rows, percent) in OUTSIDE_BY_SIZE.items():
        endings = field.filter(pl.col("segment") == f"size_{size}")["ending"]
        assert len(endings) == rows
        assert round(100 * float((endings == "won").sum()) / rows, 1) == percent


def test_what_is_odd_in_the_sample_is_counted() -> None:
    assert counted(sample(), "exact duplicates").rows == 55
    assert counted(sample(), "repeat a key").rows == 141
    assert counted(sample(), "amount of 0").rows == sample().deals["value"].null_count()


def test_stages_add_up_to_the_days_of_their_deal() -> None:
    days = sample().stages.group_by("deal").agg(pl.col("days").sum().alias("spent"))
    both = sample().deals.join(days, on="deal")
    assert both.select((pl.col("days") - pl.col("spent")).abs().max()).item() < 1e-6
