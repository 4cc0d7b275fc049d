"""The profit and loss of a run: each replication's ledger priced and cut, and the means of all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.quantities import quantities_in
from channelsim.experiment.replicate import Job, LedgerRows
from channelsim.finance.costs import Money, price
from channelsim.finance.customers import MONTHS_A_QUARTER, present_value, recurring_revenue, retention
from channelsim.finance.pay import TeamPay
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import Quantities
from channelsim.finance.statement import LINES, Statement, Total, statement
from channelsim.program.arrays import Program
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
AT_ONCE = 32
"""Replications that are priced in one go: enough that arrays are long, few enough that they stay small."""


@dataclass(frozen=True)
class Priced:
    """Some replications, priced from what is stored. replications: their numbers; program, prices: those of all."""

    replications: IntArray
    quantities: Quantities
    program: Program
    prices: Prices
    money: Money


@dataclass(frozen=True)
class Paid:
    """Variable pay of some replications. by_team: each team's, rep by rep; of: by team, the position among the
    replications of each of its reps. reps, team_of_rep: of all reps, as in Quantities."""

    replications: IntArray
    of: tuple[IntArray, ...]
    reps: IntArray
    team_of_rep: IntArray
    by_team: tuple[TeamPay, ...]


@dataclass(frozen=True)
class ProfitAndLoss:
    """A strategy's profit and loss. Lines are those of finance.statement.LINES; parts have one more at the end, for
    what belongs to none.

    Means over replications, warm-up included: whole (line, month), by_team (line, month, team + 1), by_cell (line,
    month, stream + 1, motion + 1), leads and won (month, stream, motion), recurring (month, stream): recurring
    revenue a month.

    Of the months after the warm-up, replication by replication: cells (replication, line, stream + 1, motion +
    1); commission (of variable pay, what is paid against a quota), lifetime (gross margin / annual churn, NaN
    without churn) and value (gross margin of all years, discounted), all (replication, stream + 1, motion + 1);
    leads_in, offered_in, won_in (replication, stream, motion). replications: their numbers, and what each weighs.
    paid: variable pay, rep by rep.

    Cohorts, customers won by quarter after the warm-up: customers and margin (quarter, stream, year), what is left
    of them and their gross margin in each year.
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
    value: FloatArray
    commission: FloatArray
    leads_in: FloatArray
    offered_in: FloatArray
    won_in: FloatArray
    paid: tuple[Paid, ...]
    customers: FloatArray
    margin: FloatArray


def priced(job: Job, seed: int, ledgers: Sequence[LedgerRows | None]) -> Iterator[Priced]:
    """All replications that finished, priced from their rows: as many at once as have the same prices."""
    done = [(replication, rows) for replication, rows in enumerate(ledgers) if rows is not None]
    at_once = AT_ONCE if job.varies is None else 1
    for start in range(0, len(done), at_once):
        numbers, rows = zip(*done[start : start + at_once], strict=True)
        program, prices = job.world(seed, numbers[0])
        quantities = quantities_in(rows, job.layout)
        yield Priced(np.array(numbers), quantities, program, prices, price(quantities, prices, job.layout))


def profit_and_loss(
    job: Job, seed: int, ledgers: Sequence[LedgerRows | None], weights: FloatArray
) -> ProfitAndLoss | None:
    """A strategy's profit and loss, from its ledgers; None if no replication finished. weights: of each
    replication. Raises MoneyError if the parts of any replication do not add up to its whole."""
    done = np.array([replication for replication, rows in enumerate(ledgers) if rows is not None], np.int64)
    if not len(done):
        return None
    share = np.zeros(len(ledgers))
    share[done] = weights[done] / weights[done].sum()
    means: dict[str, FloatArray] = {}
    totals: dict[str, list[FloatArray]] = {}
    paid: list[Paid] = []
    for each in priced(job, seed, ledgers):
        found = statement(each.quantities, each.money, each.prices, job.layout)
        for name, figure in _by_month(found, each, job.warmup_months, share[each.replications]).items():
            means[name] = means.get(name, 0.0) + figure
        for name, figure in _totals(found, each, job.warmup_months).items():
            totals.setdefault(name, []).append(figure)
        paid.append(
            Paid(
                each.replications,
                each.money.groups,
                each.quantities.reps,
                each.quantities.team_of_rep,
                each.money.pay,
            )
        )
    return ProfitAndLoss(
        layout=job.layout,
        warmup_months=job.warmup_months,
        replications=done,
        weights=share[done],
        paid=tuple(paid),
        **means,
        **{name: np.concatenate(figures) for name, figures in totals.items()},
    )


def _by_month(found: Statement, each: Priced, warmup_months: int, weights: FloatArray) -> dict[str, FloatArray]:
    """Weighted sums over replications."""

    def weighted(figure: FloatArray, axis: int = 0) -> FloatArray:
        return np.tensordot(weights, figure, axes=(0, axis))

    won, margin = weighted(found.won.sum(axis=3)), weighted(each.money.gross_margin)
    left = retention(each.prices)
    years = each.prices.lifetime_years
    return {
        "whole": weighted(found.whole, 1),
        "by_team": weighted(found.by_team, 1),
        "by_cell": weighted(found.by_cell, 1),
        "leads": weighted(found.leads),
        "won": weighted(found.won),
        "recurring": recurring_revenue(weighted(each.money.bookings), each.prices, left),
        "customers": _by_quarter(won * left.customers[:years], warmup_months),
        "margin": _by_quarter(margin * left.payments[:years], warmup_months),
    }


def _totals(found: Statement, each: Priced, warmup_months: int) -> dict[str, FloatArray]:
    """Sums over the months after the warm-up, replication by replication."""
    window = slice(warmup_months, None)
    churn = (each.prices.annual_churn * each.prices.churn_scale)[window, :, None]
    margin = found.by_cell[LINES.index(Total.GROSS_MARGIN), :, window, :-1, :-1]
    lifetime, value = (np.zeros((len(each.replications), *found.by_cell.shape[3:])) for _ in range(2))
    lifetime[:, :-1, :-1] = np.where(margin > 0, margin / churn, 0.0).sum(axis=1)
    ones = np.ones(each.prices.churn_scale.shape)
    years = present_value(ones, each.prices, retention(each.prices))[window, :, None]
    value[:, :-1, :-1] = (margin * years).sum(axis=1)
    return {
        "cells": np.moveaxis(found.by_cell[:, :, window].sum(axis=2), 0, 1),
        "lifetime": lifetime,
        "value": value,
        "commission": found.commission[:, window].sum(axis=1),
        "leads_in": found.leads[:, window].sum(axis=1),
        "offered_in": found.offered[:, window].sum(axis=1),
        "won_in": found.won[:, window].sum(axis=1),
    }


def _by_quarter(left: FloatArray, warmup_months: int) -> FloatArray:
    """(quarter, stream, year) of what is left by (year, month won, stream): quarters begin after the warm-up."""
    after = left[:, warmup_months:]
    by_quarter = np.add.reduceat(after, np.arange(0, after.shape[1], MONTHS_A_QUARTER), axis=1)
    quarters: FloatArray = np.moveaxis(by_quarter, 0, -1)
    return quarters
