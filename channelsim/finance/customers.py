"""Customers after they were won: who renews, what they pay then, and what that is worth today.

A deal is a year's contract, paid as it begins. At each anniversary the share `annual_churn` does not renew, and
those who do pay `annual_expansion` more; initiatives move both by the month of the anniversary (that of the
horizon's last month holds beyond). Where a segment has no churn, a deal is paid once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.prices import Prices

FloatArray = NDArray[np.float64]
MONTHS_A_YEAR = 12
MONTHS_A_QUARTER = 3
MID_MONTH = 0.5


@dataclass(frozen=True)
class Retention:
    """What is left of the customers of each month of winning, year by year; all (year, month won, stream).

    customers: share who are still there in the year. payments: what a deal pays then, against its first year.
    """

    customers: FloatArray
    payments: FloatArray


def retention(prices: Prices) -> Retention:
    """Who is left after 0, 1, ... anniversaries, and what they pay: for the years that a customer counts, or those
    that are simulated, if they are more."""
    months, streams = prices.churn_scale.shape
    years = max(prices.lifetime_years, -(-months // MONTHS_A_YEAR))
    customers, payments = (np.zeros((years, months, streams)) for _ in range(2))
    customers[0] = payments[0] = 1.0
    recurring = ~np.isnan(prices.annual_churn)
    for year in range(1, years):
        then = np.minimum(np.arange(months) + MONTHS_A_YEAR * year, months - 1)
        churn = np.clip(np.where(recurring, prices.annual_churn, 1.0) * prices.churn_scale[then], 0.0, 1.0)
        renewed = np.where(recurring, 1.0 - churn, 0.0)
        grown = 1.0 + prices.annual_expansion * prices.expansion_scale[then]
        customers[year] = customers[year - 1] * renewed
        payments[year] = payments[year - 1] * renewed * grown
    return Retention(customers, payments)


def in_force(won: FloatArray, left: FloatArray) -> FloatArray:
    """What is in force at the end of each month, (..., month, stream): of what was won by month, of the same
    shape, the part that is left in its year, (year, month won, stream)."""
    months = won.shape[-2]
    total = np.zeros_like(won)
    for year in range(min(len(left), -(-months // MONTHS_A_YEAR))):
        running = np.cumsum(won * left[year], axis=-2)
        begins = MONTHS_A_YEAR * year
        ends = begins + MONTHS_A_YEAR
        total[..., begins:, :] += running[..., : months - begins, :]
        if ends < months:
            total[..., ends:, :] -= running[..., : months - ends, :]
    return total


def recurring_revenue(bookings: FloatArray, prices: Prices, left: Retention) -> FloatArray:
    """Recurring revenue a month, a twelfth of the contracts in force, without what is paid once. Both (..., month,
    stream)."""
    recurring = bookings * ~np.isnan(prices.annual_churn)
    return in_force(recurring, left.payments) / MONTHS_A_YEAR


def present_value(gross_margin: FloatArray, prices: Prices, left: Retention) -> FloatArray:
    """Of the deals won in each month, (..., month, stream): what all years of `lifetime_years` are worth as the
    deal is won. gross_margin: that of their first year."""
    discount = (1.0 + prices.discount_rate) ** -np.arange(prices.lifetime_years, dtype=float)
    payments = left.payments[: prices.lifetime_years]
    value: FloatArray = gross_margin * np.tensordot(discount, payments, axes=1)
    return value


def net_present_value(value: FloatArray, costs: FloatArray, discount_rate: float) -> FloatArray:
    """As the first month begins: what customers won are worth as they are won, less costs, both in the middle of
    their month. value, costs: (..., month)."""
    years = (np.arange(costs.shape[-1]) + MID_MONTH) / MONTHS_A_YEAR
    found: FloatArray = ((value - costs) / (1.0 + discount_rate) ** years).sum(axis=-1)
    return found


def magic_number(recurring: FloatArray, costs: FloatArray) -> FloatArray:
    """4 x the growth of quarterly recurring revenue / the cost of the quarter before, over whole quarters.
    recurring, costs: (..., month). NaN with fewer than two quarters, or without recurring revenue or cost."""
    quarters = costs.shape[-1] // MONTHS_A_QUARTER
    if quarters < 2:
        return np.full(costs.shape[:-1], np.nan)
    shape = (*costs.shape[:-1], quarters, MONTHS_A_QUARTER)
    whole = quarters * MONTHS_A_QUARTER
    revenue, cost = (each[..., :whole].reshape(shape).sum(axis=-1) for each in (recurring, costs))
    before = cost[..., :-1].sum(axis=-1)
    defined = (before > 0) & revenue.any(axis=-1)
    growth = revenue[..., -1] - revenue[..., 0]
    found: FloatArray = np.divide(4.0 * growth, before, out=np.full(before.shape, np.nan), where=defined)
    return found
