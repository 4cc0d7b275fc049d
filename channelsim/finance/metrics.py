"""The metrics of one replication, and its monthly series, from the ledger and its money."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import LOST, Amount, Count, Ledger, RepAmount
from channelsim.finance.costs import Category, Money
from channelsim.finance.customers import magic_number, net_present_value, present_value, recurring_revenue
from channelsim.finance.pay import MONTHS_A_YEAR, at_quota
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import summed, teams_of
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
HOURS_A_DAY = 24.0
PRICED_BY = ("leads", "opportunities", "won", "bookings")
"""The physical metrics of which others are the price."""


def ratio(numerator: float, denominator: float) -> float:
    """A quotient; NaN ("never happened", null in every output) where there is nothing to divide by."""
    return float(numerator) / float(denominator) if denominator > 0 else math.nan


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
    happened = physical_metrics(ledger, layout, prices.month_hours, warmup_months)
    counts = {name: np.array([happened[name]]) for name in PRICED_BY}
    priced = money_metrics(counts, money, prices, layout, warmup_months)
    return happened | {name: float(values[0]) for name, values in priced.items()}


def physical_metrics(
    ledger: Ledger, layout: Layout, month_hours: FloatArray, warmup_months: int
) -> dict[str, float]:
    """The metrics in which no price has a part."""
    window = slice(warmup_months, None)
    counts = dict(zip(Count, ledger.counts[:, window].sum(axis=(1, 2, 3, 4)).astype(float).tolist(), strict=True))
    amounts = dict(zip(Amount, ledger.amounts[:, window].sum(axis=(1, 2, 3, 4)).tolist(), strict=True))
    reps = dict(zip(RepAmount, ledger.rep_amounts[:, :, window].sum(axis=(1, 2)).tolist(), strict=True))
    leads, won, bookings = counts[Count.ARRIVED], counts[Count.WON], amounts[Amount.BOOKINGS]
    metrics = {
        "leads": leads,
        "contacted": counts[Count.CONTACTED],
        "opportunities": counts[Count.OPPORTUNITIES],
        "won": won,
        "win_rate": ratio(won, leads),
        "opportunity_win_rate": ratio(won, counts[Count.OPPORTUNITIES]),
        "bookings": bookings,
        "deal_size": ratio(bookings, won),
        "cycle_days": ratio(amounts[Amount.CYCLE_HOURS] / HOURS_A_DAY, won),
        "first_response_hours": ratio(amounts[Amount.RESPONSE_HOURS], counts[Count.RESPONDED]),
        "queue_wait_hours": ratio(amounts[Amount.WAIT_HOURS], counts[Count.WAITS]),
        "attempts": counts[Count.ATTEMPTS],
        "touches": counts[Count.TOUCHES],
        "visits": counts[Count.VISITS],
        "hires": reps[RepAmount.HIRES],
        "promotions": reps[RepAmount.PROMOTIONS],
        "departures": reps[RepAmount.DEPARTURES],
        **{f"lost.{reason.name.lower()}": counts[reason] for reason in LOST},
        "open_leads": float(ledger.open_leads.sum()),
        "open_pipeline": float(pipeline_by_month(ledger)[-1]),
    }
    worked, staffed, employed = team_hours(ledger, layout)
    waits = ledger.counts[Count.WAITS][window].sum(axis=(0, 1))  # [motion, step]
    wait_hours = ledger.amounts[Amount.WAIT_HOURS][window].sum(axis=(0, 1))
    months = month_hours[window].sum()
    for team, name in enumerate(layout.teams):
        steps = [(motion, step) for motion, step, of_team in layout.step_teams() if of_team == team]
        metrics |= {
            f"utilization.{name}": ratio(worked[window, team].sum(), staffed[window, team].sum()),
            f"queue_wait_hours.{name}": ratio(sum(wait_hours[at] for at in steps), sum(waits[at] for at in steps)),
            f"headcount.{name}": ratio(employed[window, team].sum(), months),
        }
    return metrics


def money_metrics(
    happened: Mapping[str, FloatArray], money: Money, prices: Prices, layout: Layout, warmup_months: int
) -> dict[str, FloatArray]:
    """The metrics that depend on prices, (replication,) each. happened: the physical metrics of PRICED_BY."""
    window = slice(warmup_months, None)
    leads, opportunities, won, bookings = (happened[name] for name in PRICED_BY)
    costs = {category: money.cost(category)[:, window].sum(axis=1) for category in Category}
    margins = money.gross_margin[:, window]
    margin: FloatArray = margins.sum(axis=(1, 2))
    cost: FloatArray = np.sum(list(costs.values()), axis=0)
    churn = (prices.annual_churn * prices.churn_scale)[window]
    lifetime_margin = np.where(margins > 0, margins / churn, 0.0).sum(axis=(1, 2))
    by_month = money.cost_total()[:, window]
    value = present_value(money.gross_margin, prices).sum(axis=2)[:, window]
    recurring = recurring_revenue(money.bookings, prices).sum(axis=2)[:, window]
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
    credited, quota = money.credited[:, window], money.quota[:, window]
    for team, name in enumerate(layout.teams):
        reached, periods = (
            summed(each[:, None], money.groups[team], len(leads))[:, 0]
            for each in at_quota(prices.pay[team], money.pay[team], warmup_months)
        )
        team_cost = sum(each[:, window, team].sum(axis=1) for each in money.team_costs.values())
        metrics |= {
            f"attainment.{name}": ratios(credited[:, :, team].sum(axis=1), quota[:, :, team].sum(axis=1)),
            f"at_quota.{name}": ratios(reached, periods),
            f"cost.{name}": np.asarray(team_cost),
        }
    return metrics


def team_hours(ledger: Ledger, layout: Layout) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hours worked on leads, working hours of those on the payroll, and calendar hours on the payroll; each
    (month, team)."""
    work = ledger.amounts[Amount.WORK_HOURS].sum(axis=1)  # [month, motion, step]
    worked = np.zeros((layout.months, len(layout.teams)))
    for motion, step, team in layout.step_teams():
        worked[:, team] += work[:, motion, step]
    of_team = teams_of(ledger.reps, layout)
    staffed, employed = (
        summed(ledger.rep_amounts[what], of_team, len(layout.teams)).T
        for what in (RepAmount.STAFFED_HOURS, RepAmount.EMPLOYED_HOURS)
    )
    return worked, staffed, employed


def pipeline_by_month(ledger: Ledger) -> FloatArray:
    """Value of open opportunities at the end of each month, from what opened and closed so far."""
    change = ledger.amounts[Amount.PIPELINE_OPENED] - ledger.amounts[Amount.PIPELINE_CLOSED]
    open_value: FloatArray = np.maximum(np.cumsum(change.sum(axis=(1, 2, 3))), 0.0)
    return open_value


def monthly_series(ledger: Ledger, money: Money, layout: Layout) -> dict[str, FloatArray]:
    """Series over all months, warm-up included: bookings, cost_total, contribution, pipeline, utilization.<team>;
    NaN where nobody worked. money: of this replication alone."""
    worked, staffed, _ = team_hours(ledger, layout)
    utilization = np.divide(worked, staffed, out=np.full_like(worked, np.nan), where=staffed > 0)
    return {
        "bookings": money.bookings[0].sum(axis=1),
        "cost_total": money.cost_total()[0],
        "contribution": money.gross_margin[0].sum(axis=1) - money.cost_total()[0],
        "pipeline": pipeline_by_month(ledger),
        **{f"utilization.{name}": utilization[:, team] for team, name in enumerate(layout.teams)},
    }
