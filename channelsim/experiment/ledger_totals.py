"""What a strategy's replications add up to, month by month: mean quantities, mean costs, and the prices between
them, so that who multiplies the one by the other finds the third."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import RepAmount
from channelsim.experiment.result import Result
from channelsim.experiment.statements import Priced, priced
from channelsim.finance.costs import Category
from channelsim.finance.pay import is_proportional
from channelsim.finance.prices import Prices
from channelsim.finance.quantities import summed
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
Name = TypeVar("Name", str, Category)

OF_TEAM = (
    "salary", "benefits_rate", "overhead_rate", "manager_pay", "managers", "reps_per_manager", "tools_per_month",
    "hire_cost", "severance_months",
)  # fmt: skip
OF_PLAN = ("on_target_variable", "annual_quota", "per_handoff", "travel_per_visit")
OTHERS = (
    "cost_per_lead", "gross_margin", "annual_churn", "annual_expansion", "initiative_seats", "initiative_costs",
    "marketing_spend", "discount_rate", "cost_of_capital",
)  # fmt: skip
PRICES = (*OF_TEAM, *OF_PLAN, *OTHERS)


@dataclass(frozen=True)
class Price:
    """A price, as finance.prices.Prices has it (of a pay plan: by team; of the company: (1,)): its mean over
    replications, NaN where there is none, and whether it is the same in all of them."""

    mean: FloatArray
    is_fixed: BoolArray


@dataclass(frozen=True)
class LedgerTotals:
    """Weighted means over a strategy's replications, warm-up included.

    by_team, (month, team): reps (months on the payroll), hires, laid_off, visits, credited (value that counts for
    variable pay), handed_leads; of variable pay, in money: commission, draws, bonus, handoffs. costs: each category
    of a team's in money, (month, team). by_stream, (month, stream): leads, won, bookings; in money: gross_margin,
    lead_costs. tied_up, (month,): what was spent by the month's start and had not come back, where above 0.

    prices: by name of PRICES. pays_in_proportion, (team,): whether variable pay is proportional in all
    replications.
    """

    by_team: dict[str, FloatArray]
    by_stream: dict[str, FloatArray]
    costs: dict[Category, FloatArray]
    tied_up: FloatArray
    prices: dict[str, Price]
    pays_in_proportion: BoolArray


def ledger_totals(result: Result, strategy: str) -> LedgerTotals:
    """What a strategy's ledgers add up to, with the weights of its profit and loss. Raises KeyError for a strategy
    of which no replication finished."""
    found = result.profit_and_loss[strategy]
    job = next(job for job in result.jobs if job.name == strategy)
    share = dict(zip(found.replications.tolist(), found.weights.tolist(), strict=True))
    by_team: dict[str, FloatArray] = {}
    by_stream: dict[str, FloatArray] = {}
    costs: dict[Category, FloatArray] = {}
    tied_up = np.zeros(job.layout.months)
    first: dict[str, FloatArray] = {}
    means: dict[str, FloatArray] = {}
    fixed: dict[str, BoolArray] = {}
    proportional = np.ones(len(job.layout.teams), bool)
    for each in priced(job, result.seed, result.rows[strategy]):
        weights = np.array([share[number] for number in each.replications.tolist()])
        _add(by_team, weights, _by_team(each, job.layout))
        _add(by_stream, weights, _by_stream(each))
        _add(costs, weights, each.money.team_costs)
        tied_up += weights @ _tied_up(each)
        for name, price in _price_table(each.prices).items():
            same = np.isclose(price, first.setdefault(name, price), rtol=0, atol=0, equal_nan=True)
            fixed[name] = fixed.get(name, np.ones(price.shape, bool)) & same
            means[name] = means.get(name, np.zeros(price.shape)) + weights.sum() * price
        proportional &= [is_proportional(plan) for plan in each.prices.pay]
    # As it was written where it never changes: a weighted mean of it would differ in the last digit.
    prices = {name: Price(np.where(fixed[name], first[name], means[name]), fixed[name]) for name in first}
    return LedgerTotals(by_team, by_stream, costs, tied_up, prices, proportional)


def _add(totals: dict[Name, FloatArray], weights: FloatArray, figures: Mapping[Name, FloatArray]) -> None:
    """Add weighted sums over replications, the first axis of each figure."""
    for name, figure in figures.items():
        totals[name] = totals.get(name, 0.0) + np.tensordot(weights, figure, axes=1)


def _by_team(each: Priced, layout: Layout) -> dict[str, FloatArray]:
    """(replication, month, team)."""
    quantities, money = each.quantities, each.money
    amounts, of_team = quantities.rep_amounts, quantities.team_of_rep
    count = quantities.replications

    def of_reps(amount: RepAmount) -> FloatArray:
        by_rep = amounts[amount]
        teams = [summed(by_rep[of_team == team], of, count) for team, of in enumerate(money.groups)]
        return np.stack(teams, axis=-1)

    def of_pay(part: str) -> FloatArray:
        teams = [summed(getattr(pay, part), of, count) for pay, of in zip(money.pay, money.groups, strict=True)]
        return np.stack(teams, axis=-1)

    visits = np.zeros((count, layout.months, len(layout.teams)))
    for motion, step, team in layout.step_teams:
        visits[:, :, team] += quantities.visits[:, :, :, motion, step].sum(axis=2)
    return {
        "reps": of_reps(RepAmount.EMPLOYED_HOURS) / each.prices.month_hours[:, None],
        "hires": of_reps(RepAmount.HIRES),
        "laid_off": of_reps(RepAmount.LAID_OFF),
        "handed_leads": of_reps(RepAmount.HANDED_LEADS),
        "visits": visits,
        "credited": money.credited,
        **{part: of_pay(part) for part in ("commission", "draws", "bonus", "handoffs")},
    }


def _by_stream(each: Priced) -> dict[str, FloatArray]:
    """(replication, month, stream)."""
    return {
        "leads": each.quantities.arrived.sum(axis=(3, 4)),
        "won": each.quantities.won.sum(axis=(3, 4)),
        "bookings": each.money.bookings,
        "gross_margin": each.money.gross_margin,
        "lead_costs": each.money.lead_costs,
    }


def _tied_up(each: Priced) -> FloatArray:
    """What interest is on, (replication, month); that it is not what costs of capital are added to."""
    outlay = each.money.cost_total() - each.money.capital - each.money.gross_margin.sum(axis=2)
    before: FloatArray = np.cumsum(outlay, axis=1) - outlay
    return np.maximum(before, 0.0)


def _price_table(prices: Prices) -> dict[str, FloatArray]:
    table = {name: np.atleast_1d(np.asarray(getattr(prices, name), float)) for name in (*OF_TEAM, *OTHERS)}
    for name in OF_PLAN:
        values = [getattr(plan, name) for plan in prices.pay]
        table[name] = np.array([np.nan if value is None else value for value in values])
    return table
