"""The profit and loss of a run: each replication's ledger priced and cut, and the means of all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.quantities import quantities_in
from channelsim.experiment.replicate import Job, LedgerRows
from channelsim.finance.costs import Money, price
from channelsim.finance.customers import recurring_revenue, retention
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import Quantities
from channelsim.finance.statement import LINES, Statement, Total, statement
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
MONTHS_A_QUARTER = 3


@dataclass(frozen=True)
class Priced:
    """One replication, priced again."""

    replication: int
    quantities: Quantities
    prices: Prices
    money: Money


@dataclass(frozen=True)
class ProfitAndLoss:
    """A strategy's profit and loss. Lines are those of finance.statement.LINES; parts have one more at the end, for
    what belongs to none.

    Means over replications, warm-up included: whole (line, month), by_team (line, month, team + 1), by_cell
    (line, month, stream + 1, motion + 1), leads and won (month, stream, motion), recurring (month, stream):
    recurring revenue a month. Of the months after the warm-up, replication by replication: cells (replication,
    line, stream + 1, motion + 1), lifetime (replication, stream + 1, motion + 1): gross margin / annual churn,
    NaN without churn; leads_in, won_in (replication, stream, motion). replications: their numbers, and what each
    weighs. Cohorts, customers won by quarter after the warm-up: customers and margin (quarter, stream, year),
    what is left of them and their gross margin in each year.
    """

    layout: Layout
    warmup_months: int
    replications: NDArray[np.int64]
    weights: FloatArray
    whole: FloatArray
    by_team: FloatArray
    by_cell: FloatArray
    leads: FloatArray
    won: FloatArray
    recurring: FloatArray
    cells: FloatArray
    lifetime: FloatArray
    leads_in: FloatArray
    won_in: FloatArray
    customers: FloatArray
    margin: FloatArray


def priced(job: Job, seed: int, ledgers: list[LedgerRows | None]) -> Iterator[Priced]:
    """Every replication that finished, priced from its rows."""
    for replication, rows in enumerate(ledgers):
        if rows is not None:
            prices = job.prices if job.varies is None else job.world(seed, replication)[1]
            quantities = quantities_in(rows, job.layout)
            yield Priced(replication, quantities, prices, price(quantities, prices, job.layout))


def profit_and_loss(
    job: Job, seed: int, ledgers: list[LedgerRows | None], weights: FloatArray
) -> ProfitAndLoss | None:
    """A strategy's profit and loss, from its ledgers; None if no replication finished. weights: of each
    replication. Raises MoneyError if the parts of any replication do not add up to its whole."""
    done = [replication for replication, rows in enumerate(ledgers) if rows is not None]
    if not done:
        return None
    share = weights[done] / weights[done].sum()
    means: dict[str, FloatArray] = {}
    totals: dict[str, list[FloatArray]] = {}
    for weight, each in zip(share, priced(job, seed, ledgers), strict=True):
        found = statement(each.quantities, each.money, each.prices, job.layout)
        for name, figure in _by_month(found, each, job.warmup_months).items():
            means[name] = means.get(name, 0.0) + weight * figure
        for name, figure in _totals(found, each, job.warmup_months).items():
            totals.setdefault(name, []).append(figure)
    return ProfitAndLoss(
        layout=job.layout,
        warmup_months=job.warmup_months,
        replications=np.array(done),
        weights=share,
        **means,
        **{name: np.array(figures) for name, figures in totals.items()},
    )


def _by_month(found: Statement, each: Priced, warmup_months: int) -> dict[str, FloatArray]:
    won = found.won.sum(axis=2)
    left = retention(each.prices, each.prices.lifetime_years)
    return {
        "whole": found.whole,
        "by_team": found.by_team,
        "by_cell": found.by_cell,
        "leads": found.leads,
        "won": found.won,
        "recurring": recurring_revenue(each.money.bookings, each.prices),
        "customers": _by_quarter(won * left.customers, warmup_months),
        "margin": _by_quarter(each.money.gross_margin * left.payments, warmup_months),
    }


def _totals(found: Statement, each: Priced, warmup_months: int) -> dict[str, FloatArray]:
    window = slice(warmup_months, None)
    churn = each.prices.annual_churn * each.prices.churn_scale
    margin = found.by_cell[LINES.index(Total.GROSS_MARGIN), window, :-1, :-1]
    lifetime = np.zeros(found.by_cell.shape[2:])
    lifetime[:-1, :-1] = np.where(margin > 0, margin / churn[window, :, None], 0.0).sum(axis=0)
    return {
        "cells": found.by_cell[:, window].sum(axis=1),
        "lifetime": lifetime,
        "leads_in": found.leads[window].sum(axis=0),
        "won_in": found.won[window].sum(axis=0),
    }


def _by_quarter(left: FloatArray, warmup_months: int) -> FloatArray:
    """(quarter, stream, year) of what is left by (year, month won, stream): quarters begin after the warm-up."""
    after = left[:, warmup_months:]
    by_quarter = np.add.reduceat(after, np.arange(0, after.shape[1], MONTHS_A_QUARTER), axis=1)
    quarters: FloatArray = np.moveaxis(by_quarter, 0, -1)
    return quarters
