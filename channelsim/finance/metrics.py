"""The metrics of one replication, and its monthly series, from the ledger and its money."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import LOST, Amount, Count, Ledger, RepAmount
from channelsim.finance.costs import Category, Money
from channelsim.finance.customers import (
    magic_number,
    net_present_value,
    present_value,
    recurring_revenue,
    retention,
)
from channelsim.finance.pay import MONTHS_A_YEAR, at_quota
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import summed, teams_of
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
HOURS_A_DAY = 24.0
PRICED_BY = ("leads", "opportunities", "won", "bookings")
"""The physical metrics of which others are the price."""


def ratios(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
    """Quotients, one a replication; NaN where there is nothing to divide by."""
    found: FloatArray = np.divide(
        numerator, denominator, out=np.full(numerator.shape, math.nan), where=denominator > 0
    )
    return found


def replication_metrics(
    ledger: Ledger, money: Money, prices: Prices, layout: Layout, warmup_months: int
) -> dict[str, float]:
    """Every metric of finance.definitions by name, over the months after the warm-up; NaN where undefined. money:
    of this replication alone."""
    happened = physical_metrics([ledger], layout, prices.month_hours, warmup_months)
    priced = money_metrics(happened, money, prices, layout, warmup_months)
    return {name: float(values[0]) for name, values in (happened | priced).items()}


def physical_metrics(
    ledgers: Sequence[Ledger], layout: Layout, month_hours: FloatArray, warmup_months: int
) -> dict[str, FloatArray]:
    """The metrics in which no price has a part, (replication,) each. ledgers: of one layout, a replication each."""
    window = slice(warmup_months, None)
    cells, by_rep = (1, 2, 3, 4), (1, 2)
    counts = np.array([each.counts[:, window].sum(axis=cells) for each in ledgers], float).T
    amounts = np.array([each.amounts[:, window].sum(axis=cells) for each in ledgers]).T
    reps = np.array([each.rep_amounts[:, :, window].sum(axis=by_rep) for each in ledgers]).T
    leads, won, bookings = counts[Count.ARRIVED], counts[Count.WON], amounts[Amount.BOOKINGS]
    metrics = {
        "leads": leads,
        "contacted": counts[Count.CONTACTED],
        "opportunities": counts[Count.OPPORTUNITIES],
        "won": won,
        "win_rate": ratios(won, leads),
        "opportunity_win_rate": ratios(won, counts[Count.OPPORTUNITIES]),
        "bookings": bookings,
        "deal_size": ratios(bookings, won),
        "cycle_days": ratios(amounts[Amount.CYCLE_HOURS] / HOURS_A_DAY, won),
        "first_response_hours": ratios(amounts[Amount.RESPONSE_HOURS], counts[Count.RESPONDED]),
        "queue_wait_hours": ratios(amounts[Amount.WAIT_HOURS], counts[Count.WAITS]),
        "attempts": counts[Count.ATTEMPTS],
        "touches": counts[Count.TOUCHES],
        "visits": counts[Count.VISITS],
        "hires": reps[RepAmount.HIRES],
        "promotions": reps[RepAmount.PROMOTIONS],
        "departures": reps[RepAmount.DEPARTURES],
        **{f"lost.{reason.name.lower()}": counts[reason] for reason in LOST},
        "open_leads": np.array([each.open_leads.sum() for each in ledgers], float),
        "open_pipeline": np.array([pipeline_by_month(each)[-1] for each in ledgers]),
    }
    worked, staffed, employed = (each[:, window].sum(axis=1) for each in team_hours(ledgers, layout))
    waits = np.array([each.counts[Count.WAITS, window].sum(axis=(0, 1)) for each in ledgers], float)
    wait_hours = np.array([each.amounts[Amount.WAIT_HOURS, window].sum(axis=(0, 1)) for each in ledgers])
    waits, wait_hours = (_by_team(each, layout) for each in (waits, wait_hours))
    months = np.full(len(ledgers), month_hours[window].sum())
    for team, name in enumerate(layout.teams):
        metrics |= {
            f"utilization.{name}": ratios(worked[:, team], staffed[:, team]),
            f"queue_wait_hours.{name}": ratios(wait_hours[:, team], waits[:, team]),
            f"headcount.{name}": ratios(employed[:, team], months),
        }
    return metrics


def money_metrics(
    happened: Mapping[str, FloatArray], money: Money, prices: Prices, layout: Layout, warmup_months: int
) -> dict[str, FloatArray]:
    """The metrics that depend on prices, (replication,) each. happened: the physical metrics of PRICED_BY."""
    window = slice(warmup_months, None)
    leads, opportunities, won, bookings = (happened[name] for name in PRICED_BY)
    by_category = np.array([money.cost(category) for category in Category])[:, :, window]
    costs = dict(zip(Category, by_category.sum(axis=2), strict=True))
    margins = money.gross_margin[:, window]
    margin: FloatArray = margins.sum(axis=(1, 2))
    by_month = by_category.sum(axis=0)
    cost: FloatArray = by_month.sum(axis=1)
    churn = (prices.annual_churn * prices.churn_scale)[window]
    lifetime_margin = np.where(margins > 0, margins / churn, 0.0).sum(axis=(1, 2))
    left = retention(prices)
    value = present_value(money.gross_margin, prices, left).sum(axis=2)[:, window]
    recurring = recurring_revenue(money.bookings, prices, left).sum(axis=2)[:, window]
    metrics = {
        "gross_margin": margin,
        "cost_total": cost,
        **{f"cost.{category}": amount for category, amount in costs.items()},
        "contribution": margin - cost,
        "cost_per_lead": ratios(cost, leads),
        "cost_per_opportunity": ratios(cost, opportunities),
        "cost_per_deal": ratios(cost, won),
        "cac": ratios(cost, won),
        "payback_months": ratios(cost * MONTHS_A_YEAR, margin),
        "ltv": ratios(lifetime_margin, won),
        "ltv_to_cac": ratios(np.where(won > 0, lifetime_margin, math.nan), cost),
        "customer_value": ratios(value.sum(axis=1), won),
        "npv": net_present_value(value, by_month, prices.discount_rate),
        "magic_number": magic_number(recurring, by_month),
        "expense_ratio": ratios(cost, bookings),
    }
    credited, quota = (each[:, window].sum(axis=1) for each in (money.credited, money.quota))
    team_costs = np.sum(list(money.team_costs.values()), axis=0)[:, window].sum(axis=1)  # [replication, team]
    for team, name in enumerate(layout.teams):
        reached, periods = (
            summed(each[:, None], money.groups[team], len(leads))[:, 0]
            for each in at_quota(prices.pay[team], money.pay[team], warmup_months)
        )
        metrics |= {
            f"attainment.{name}": ratios(credited[:, team], quota[:, team]),
            f"at_quota.{name}": ratios(reached, periods),
            f"cost.{name}": team_costs[:, team],
        }
    return metrics


def team_hours(ledgers: Sequence[Ledger], layout: Layout) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hours worked on leads, working hours of those on the payroll, and calendar hours on the payroll; each
    (replication, month, team)."""
    work = np.array([each.amounts[Amount.WORK_HOURS].sum(axis=1) for each in ledgers])
    reps = np.concatenate([each.reps for each in ledgers])
    replication = np.repeat(np.arange(len(ledgers)), [len(each.reps) for each in ledgers])
    shape = (len(ledgers), len(layout.teams), layout.months)
    cells = replication * shape[1] + teams_of(reps, layout)
    staffed, employed = (
        np.swapaxes(
            summed(
                np.concatenate([each.rep_amounts[what] for each in ledgers]), cells, shape[0] * shape[1]
            ).reshape(shape),
            1,
            2,
        )
        for what in (RepAmount.STAFFED_HOURS, RepAmount.EMPLOYED_HOURS)
    )
    return _by_team(work, layout), staffed, employed


def _by_team(by_step: FloatArray, layout: Layout) -> FloatArray:
    """Sums over the steps of each team, (..., team). by_step: (..., motion, step)."""
    totals = np.zeros((*by_step.shape[:-2], len(layout.teams)))
    for motion, step, team in layout.step_teams:
        totals[..., team] += by_step[..., motion, step]
    return totals


def pipeline_by_month(ledger: Ledger) -> FloatArray:
    """Value of open opportunities at the end of each month, from what opened and closed so far."""
    change = ledger.amounts[Amount.PIPELINE_OPENED] - ledger.amounts[Amount.PIPELINE_CLOSED]
    open_value: FloatArray = np.maximum(np.cumsum(change.sum(axis=(1, 2, 3))), 0.0)
    return open_value


def monthly_series(ledger: Ledger, money: Money, layout: Layout) -> dict[str, FloatArray]:
    """Series over all months, warm-up included: bookings, cost_total, contribution, pipeline, utilization.<team>;
    NaN where nobody worked. money: of this replication alone."""
    worked, staffed, _ = (each[0] for each in team_hours([ledger], layout))
    utilization = np.divide(worked, staffed, out=np.full_like(worked, np.nan), where=staffed > 0)
    return {
        "bookings": money.bookings[0].sum(axis=1),
        "cost_total": money.cost_total()[0],
        "contribution": money.gross_margin[0].sum(axis=1) - money.cost_total()[0],
        "pipeline": pipeline_by_month(ledger),
        **{f"utilization.{name}": utilization[:, team] for team, name in enumerate(layout.teams)},
    }
