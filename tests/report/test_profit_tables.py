"""The profit and loss of a run as tables: traceable from the ledger, and adding up whichever way it is cut."""

from __future__ import annotations

import datetime as dt

import numpy as np
import polars as pl
import pytest

from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.finance.costs import Category
from channelsim.report.profit import (
    COHORT_COLUMNS,
    ECONOMICS_COLUMNS,
    PNL_COLUMNS,
    cohort_rows,
    economics_rows,
    pay_table,
    pnl_rows,
)
from channelsim.scenario.load import load


@pytest.fixture(scope="module")
def result() -> Result:
    sets = (
        "teams.outside.pay.benefits_rate=0.2",
        "teams.inside.pay.manager_pay=150000",
        "finance.cost_of_capital=0.1",
    )
    return run_study(load("scenarios/quickstart.yaml", sets), replications=60)


@pytest.fixture(scope="module")
def pnl(result: Result) -> pl.DataFrame:
    return pl.DataFrame(list(pnl_rows(result)), PNL_COLUMNS, orient="row")


@pytest.fixture(scope="module")
def economics(result: Result) -> pl.DataFrame:
    return pl.DataFrame(list(economics_rows(result)), ECONOMICS_COLUMNS, orient="row")


def test_the_parts_of_every_cut_add_up_to_the_company_in_every_month_and_line(pnl: pl.DataFrame) -> None:
    sums = pnl.group_by("strategy", "cut", "line", "month").agg(pl.col("amount").sum())
    company = sums.filter(pl.col("cut") == "company").drop("cut")
    for cut in ("team", "channel", "motion", "segment", "source"):
        own = sums.filter(pl.col("cut") == cut)
        both = company.join(own, on=["strategy", "line", "month"], how="left", suffix="_cut").fill_null(0.0)
        assert np.abs(both["amount"] - both["amount_cut"]).max() < 1e-6, cut


def test_contribution_is_what_is_left_of_bookings(pnl: pl.DataFrame) -> None:
    whole = pnl.filter(pl.col("cut") == "company").group_by("strategy", "line").agg(pl.col("amount").sum())
    for strategy in ("inside_only", "outside_only", "hybrid"):
        amounts = dict(whole.filter(pl.col("strategy") == strategy).select("line", "amount").iter_rows())
        costs = sum(amounts[f"cost.{category}"] for category in Category)
        assert amounts["cost_total"] == pytest.approx(costs)
        assert amounts["bookings"] - amounts["delivery"] - costs == pytest.approx(amounts["contribution"])


def test_the_months_after_the_warm_up_add_up_to_the_metrics(result: Result, pnl: pl.DataFrame) -> None:
    after = result.layout("hybrid").month_starts[3]
    measured = pnl.filter((pl.col("cut") == "company") & (pl.col("month") >= after))
    for strategy in result.strategies:
        for metric in ("bookings", "gross_margin", "cost_total", "contribution", "cost.variable", "cost.capital"):
            amount = measured.filter((pl.col("strategy") == strategy) & (pl.col("line") == metric))["amount"].sum()
            assert amount == pytest.approx(result.estimate(strategy, metric).mean, rel=1e-9), metric


def test_every_dollar_of_variable_pay_stands_with_a_rep(result: Result) -> None:
    pay = pay_table(result).filter(pl.col("month") >= result.layout("hybrid").month_starts[3])
    paid = pay.with_columns(paid=pl.sum_horizontal("commission", "draws", "bonus", "handoffs"))
    for strategy in result.strategies:
        by_replication = (
            paid.filter(pl.col("strategy") == strategy).group_by("replication").agg(pl.col("paid").sum())
        )
        found = by_replication.sort("replication")["paid"].to_numpy()
        np.testing.assert_allclose(found, result.metric_values("cost.variable")[strategy], rtol=1e-9)


def test_unit_economics_of_the_company_are_its_metrics(result: Result, economics: pl.DataFrame) -> None:
    whole = economics.filter(pl.col("cut") == "company")
    for strategy in result.strategies:
        own = dict(whole.filter(pl.col("strategy") == strategy).select("figure", "value").iter_rows())
        for metric in ("leads", "won", "bookings", "gross_margin", "cost_total", "contribution"):
            assert own[metric] == pytest.approx(result.estimate(strategy, metric).mean, rel=1e-9), metric
        # Of means, so that who divides finds the same.
        assert own["cac"] == pytest.approx(own["cost_total"] / own["won"])
        assert own["payback_months"] == pytest.approx(12 * own["cost_total"] / own["gross_margin"])


def test_a_figure_lies_within_its_interval_and_the_channels_are_the_motions(economics: pl.DataFrame) -> None:
    known = economics.filter(pl.col("value").is_not_nan() & pl.col("ci_low").is_not_nan())
    assert ((known["ci_low"] <= known["value"]) & (known["value"] <= known["ci_high"])).all()
    hybrid = economics.filter((pl.col("strategy") == "hybrid") & (pl.col("figure") == "leads"))
    channels = dict(hybrid.filter(pl.col("cut") == "channel").select("part", "value").iter_rows())
    motions = dict(hybrid.filter(pl.col("cut") == "motion").select("part", "value").iter_rows())
    assert channels == {"inside": motions["phone"], "hybrid": motions["handoff"]}


def test_a_cohort_loses_customers_at_each_anniversary(result: Result) -> None:
    cohorts = pl.DataFrame(list(cohort_rows(result)), COHORT_COLUMNS, orient="row")
    first = cohorts.filter(
        (pl.col("strategy") == "hybrid")
        & (pl.col("segment") == "small")
        & (pl.col("cohort") == dt.date(2027, 4, 4))
    )
    churn = result.study.scenario.segments["small"].annual_churn
    assert churn is not None
    customers = first["customers"].to_numpy()
    assert first["year"].to_list() == [0, 1, 2, 3, 4]
    np.testing.assert_allclose(customers[1:] / customers[:-1], 1 - churn)
    won = cohorts.filter((pl.col("strategy") == "hybrid") & (pl.col("year") == 0))["customers"].sum()
    assert won == pytest.approx(result.estimate("hybrid", "won").mean)
