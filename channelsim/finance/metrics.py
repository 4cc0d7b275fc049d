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
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
HOURS_A_DAY = 24.0


def ratio(numerator: float, denominator: float) -> float:
    """A quotient; NaN ("never happened", null in every output) where there is nothing to divide by."""
    return float(numerator) / float(denominator) if denominator > 0 else math.nan


def replication_metrics(
    ledger: Ledger, money: Money, prices: Prices, layout: Layout, warmup_months: int
) -> dict[str, float]:
    """Every metric of finance.definitions by name, over the months after the warm-up; NaN where undefined."""
    happened = physical_metrics(ledger, layout, prices.month_hours, warmup_months)
    return happened | money_metrics(happened, money, prices, layout, warmup_months)


def physical_metrics(
    ledger: Ledger, layout: Layout, month_hours: FloatArray, warmup_months: int
) -> dict[str, float]:
    """The metrics in which no price has a part."""
    window = slice(warmup_months, None)
    counts = {c: float(ledger.counts[c][window].sum()) for c in Count}
    amounts = {a: float(ledger.amounts[a][window].sum()) for a in Amount}
    reps = {r: float(ledger.rep_amounts[r][:, window].sum()) for r in RepAmount}
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
    happened: Mapping[str, float], money: Money, prices: Prices, layout: Layout, warmup_months: int
) -> dict[str, float]:
    """The metrics that depend on prices. happened: the others, of the same replication."""
    window = slice(warmup_months, None)
    leads, opportunities, won = (happened[name] for name in ("leads", "opportunities", "won"))
    costs = {category: float(money.cost(category)[window].sum()) for category in Category}
    margins = money.gross_margin[window]
    margin, cost = float(margins.sum()), sum(costs.values())
    churn = (prices.annual_churn * prices.churn_scale)[window]
    lifetime_margin = float(np.sum(np.where(margins > 0, margins / churn, 0.0))) if won > 0 else math.nan
    by_month = money.cost_total()
    metrics = {
        "gross_margin": margin,
        "cost_total": cost,
        **{f"cost.{category}": amount for category, amount in costs.items()},
        "contribution": margin - cost,
        "cost_per_lead": ratio(cost, leads),
        "cost_per_opportunity": ratio(cost, opportunities),
        "cost_per_deal": ratio(cost, won),
        "cac": ratio(cost, won),
        "payback_months": ratio(cost * MONTHS_A_YEAR, margin),
        "ltv": ratio(lifetime_margin, won),
        "ltv_to_cac": ratio(lifetime_margin, cost),
        "customer_value": ratio(float(present_value(money.gross_margin, prices)[window].sum()), won),
        "npv": net_present_value(money.gross_margin, by_month, prices, window),
        "magic_number": magic_number(recurring_revenue(money.bookings, prices).sum(axis=1), by_month, window),
        "expense_ratio": ratio(cost, happened["bookings"]),
    }
    credited, quota = money.credited()[window], money.quota()[window]
    for team, name in enumerate(layout.teams):
        reached, periods = at_quota(prices.pay[team], money.pay[team], warmup_months)
        metrics |= {
            f"attainment.{name}": ratio(credited[:, team].sum(), quota[:, team].sum()),
            f"at_quota.{name}": ratio(reached, periods),
            f"cost.{name}": float(sum(each[window, team].sum() for each in money.team_costs.values())),
        }
    return metrics


def team_hours(ledger: Ledger, layout: Layout) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Hours worked on leads, working hours of those on the payroll, and calendar hours on the payroll; each
    (month, team)."""
    work = ledger.amounts[Amount.WORK_HOURS].sum(axis=1)  # [month, motion, step]
    worked, staffed, employed = (np.zeros((layout.months, len(layout.teams))) for _ in range(3))
    for motion, step, team in layout.step_teams():
        worked[:, team] += work[:, motion, step]
    for rep, (seat, _) in enumerate(ledger.reps):
        team = layout.teams.index(layout.seats[seat].team)
        staffed[:, team] += ledger.rep_amounts[RepAmount.STAFFED_HOURS, rep]
        employed[:, team] += ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, rep]
    return worked, staffed, employed


def pipeline_by_month(ledger: Ledger) -> FloatArray:
    """Value of open opportunities at the end of each month, from what opened and closed so far."""
    change = ledger.amounts[Amount.PIPELINE_OPENED] - ledger.amounts[Amount.PIPELINE_CLOSED]
    open_value: FloatArray = np.maximum(np.cumsum(change.sum(axis=(1, 2, 3))), 0.0)
    return open_value


def monthly_series(ledger: Ledger, money: Money, layout: Layout) -> dict[str, FloatArray]:
    """Series over all months, warm-up included: bookings, cost_total, contribution, pipeline, utilization.<team>;
    NaN where nobody worked."""
    worked, staffed, _ = team_hours(ledger, layout)
    utilization = np.divide(worked, staffed, out=np.full_like(worked, np.nan), where=staffed > 0)
    return {
        "bookings": money.bookings.sum(axis=1),
        "cost_total": money.cost_total(),
        "contribution": money.gross_margin.sum(axis=1) - money.cost_total(),
        "pipeline": pipeline_by_month(ledger),
        **{f"utilization.{name}": utilization[:, team] for team, name in enumerate(layout.teams)},
    }
