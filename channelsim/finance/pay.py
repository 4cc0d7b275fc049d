"""Variable pay: what each rep of a team earns, month by month, under the team's pay plan.

A period (month, quarter or year, from the horizon's start) has a quota: the annual one, prorated by the rep's
time on the payroll and ramp. What a rep is credited is paid at `on_target_variable / annual_quota` a dollar times
the plan's rate at the attainment reached so far. A month's commission is what the period has earned so far less
what it had before the month, so that it stands where it was earned and a period adds up to what its attainment
pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import RepAmount
from channelsim.finance.quantities import summed
from channelsim.scenario.pay import MONTHS_IN, Draw, Pay, percent

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MONTHS_A_YEAR = 12
TOLERANCE = 1e-9
"""An attainment this close below a threshold has reached it."""


@dataclass(frozen=True)
class TeamPay:
    """The variable pay of a team's reps; all (rep, month).

    credited, quota: value that counts, and what there was to reach (0 without a quota). commission: earned by
    attainment, or by time where there is no quota. draws: advances paid out, less what was taken back. bonus: the
    team's. handoffs: paid by lead handed over.
    """

    credited: FloatArray
    quota: FloatArray
    commission: FloatArray
    draws: FloatArray
    bonus: FloatArray
    handoffs: FloatArray

    def paid(self) -> FloatArray:
        """All variable pay, (rep, month)."""
        total: FloatArray = self.commission + self.draws + self.bonus + self.handoffs
        return total


def team_pay(
    pay: Pay, amounts: FloatArray, groups: IntArray, month_hours: FloatArray, starts_ramped: bool
) -> TeamPay:
    """What a plan pays. amounts: (RepAmount, rep, month) of reps; groups: (rep,), those of the same number are one
    team. month_hours: (month,). starts_ramped: whether those on board when the horizon starts are past their first
    months."""
    employed = amounts[RepAmount.EMPLOYED_HOURS] / month_hours
    credited = (
        amounts[RepAmount.CLOSED_VALUE]
        - (1.0 - pay.takeover_credit) * amounts[RepAmount.TAKEN_VALUE]
        + pay.handoff_credit * amounts[RepAmount.HANDED_VALUE]
    )
    on_target = pay.on_target_variable * employed / MONTHS_A_YEAR
    nothing = np.zeros_like(employed)
    handoffs = pay.per_handoff * amounts[RepAmount.HANDED_LEADS]
    if pay.annual_quota is None:
        return TeamPay(credited, nothing, on_target, nothing, nothing, handoffs)
    quota = pay.annual_quota * amounts[RepAmount.RAMPED_HOURS] / month_hours / MONTHS_A_YEAR
    months = MONTHS_IN[pay.period]
    commission = _commission(pay, credited, quota, on_target, months)
    draws = nothing
    if pay.draw is not None:
        eligible = _under_the_draw(pay.draw, amounts, employed, starts_ramped)
        draws = _draws(pay.draw, commission, eligible, employed, months)
    bonus = nothing
    if pay.team_bonus is not None:
        count = int(groups.max(initial=-1)) + 1
        reached, to_reach = (over_period(summed(each, groups, count), months) for each in (credited, quota))
        is_paid = (to_reach > 0) & (reached >= pay.team_bonus.at * to_reach * (1.0 - TOLERANCE))
        bonus = pay.team_bonus.annual / MONTHS_A_YEAR * employed * is_paid[groups]
    return TeamPay(credited, quota, commission, draws, bonus, handoffs)


def is_proportional(pay: Pay) -> bool:
    """Whether variable pay is a rate times what is credited (or, without a quota, times time), whoever it is
    credited to and when: then the mean of the pay is the pay of the means."""
    if pay.annual_quota is None:
        return True
    return (
        list(pay.rates.values()) == [1.0]
        and not pay.threshold
        and pay.cap is None
        and pay.draw is None
        and pay.team_bonus is None
    )


def at_quota(pay: Pay, paid: TeamPay, from_month: int) -> tuple[FloatArray, FloatArray]:
    """Each rep's periods at or above quota, and all that had one, of the periods that end after the first
    months."""
    if pay.annual_quota is None:
        return np.zeros(len(paid.quota)), np.zeros(len(paid.quota))
    months = MONTHS_IN[pay.period]
    last = np.arange(paid.quota.shape[1]) % months == months - 1
    last[-1] = True
    last[:from_month] = False
    credited, quota = (over_period(each, months)[:, last] for each in (paid.credited, paid.quota))
    reached = (quota > 0) & (credited >= quota * (1.0 - TOLERANCE))
    return reached.sum(axis=1).astype(float), (quota > 0).sum(axis=1).astype(float)


def over_period(by_month: FloatArray, months: int) -> FloatArray:
    """The period's total in each of its months; along the last axis."""
    starts = np.arange(0, by_month.shape[-1], months)
    totals = np.add.reduceat(by_month, starts, axis=-1)
    spread: FloatArray = np.repeat(totals, months, axis=-1)[..., : by_month.shape[-1]]
    return spread


def _so_far(by_month: FloatArray, months: int) -> FloatArray:
    """The sum from the period's first month up to each of its months; along the last axis."""
    running = np.zeros_like(by_month)
    for start in range(0, by_month.shape[-1], months):
        running[..., start : start + months] = np.cumsum(by_month[..., start : start + months], axis=-1)
    return running


def _commission(
    pay: Pay, credited: FloatArray, quota: FloatArray, on_target: FloatArray, months: int
) -> FloatArray:
    """Commission by month, (rep, month)."""
    assert pay.annual_quota is not None
    so_far, to_reach = _so_far(credited, months), over_period(quota, months)
    earned = pay.on_target_variable / pay.annual_quota * _weighted(pay.rates, so_far, to_reach)
    earned[so_far < pay.threshold * to_reach * (1.0 - TOLERANCE)] = 0.0
    if pay.cap is not None:
        earned = np.minimum(earned, pay.cap * over_period(on_target, months))
    before = np.zeros_like(earned)
    before[:, 1:] = earned[:, :-1]
    before[:, ::months] = 0.0
    return earned - before


def _weighted(rates: dict[str, float], credited: FloatArray, quota: FloatArray) -> FloatArray:
    """Value credited, each part of it times the rate at its attainment. Where there was no quota to reach, as after
    a rep has left, it counts at the rate of 1."""
    steps = [percent(each) for each in rates]
    weighted = np.zeros_like(credited)
    for (low, high), rate in zip(pairwise([*steps, np.inf]), rates.values(), strict=True):
        above = np.maximum(credited - low * quota, 0.0)
        weighted += rate * (above if high == np.inf else np.minimum(above, (high - low) * quota))
    return np.where(quota > 0, weighted, credited)


def _under_the_draw(draw: Draw, amounts: FloatArray, employed: FloatArray, starts_ramped: bool) -> FloatArray:
    """Months on the payroll for which the draw holds, (rep, month)."""
    if draw.months is None:
        return employed
    before = np.cumsum(employed, axis=1) - employed
    first = np.clip(draw.months - before, 0.0, employed)
    if starts_ramped:
        started = amounts[RepAmount.HIRES].sum(axis=1) + amounts[RepAmount.PROMOTIONS].sum(axis=1) > 0
        first[~started] = 0.0
    return first


def _draws(
    draw: Draw, commission: FloatArray, eligible: FloatArray, employed: FloatArray, months: int
) -> FloatArray:
    """Advances less what was taken back, (rep, month): settled in the last month of a period on the payroll."""
    settled = np.zeros_like(commission)
    owed = np.zeros(len(commission))
    rows = np.arange(len(commission))
    for start in range(0, commission.shape[1], months):
        period = slice(start, start + months)
        worked = employed[:, period] > 0
        last = start + worked.shape[1] - 1 - np.argmax(worked[:, ::-1], axis=1)
        balance = commission[:, period].sum(axis=1) - draw.per_month * eligible[:, period].sum(axis=1)
        advance = np.maximum(-balance, 0.0)
        if draw.recoverable:
            taken_back = np.where(worked.any(axis=1), np.minimum(owed, np.maximum(balance, 0.0)), 0.0)
            advance -= taken_back
            owed += advance
        settled[rows, last] += advance
    return settled
