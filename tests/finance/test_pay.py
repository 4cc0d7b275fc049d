"""Pay plans worked by hand, to the cent."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.engine.ledger import RepAmount
from channelsim.finance.pay import TeamPay, at_quota, is_proportional, team_pay
from channelsim.scenario.pay import Pay

HOURS = 730.0
"""Every month of these tests has as many."""
CENT = 0.005


def plan(**fields: Any) -> Pay:
    """A twelfth of 60,000 on target a month, for 600,000 of bookings a year: 10 cents a dollar."""
    return Pay.model_validate({"on_target_variable": 60_000.0, "annual_quota": 600_000.0, **fields})


def paid(pay: Pay, *reps: dict[RepAmount, list[float]], starts_ramped: bool = True) -> TeamPay:
    """What reps are paid by month. EMPLOYED and RAMPED are given in months; who has no RAMPED is fully
    productive."""
    months = max(len(values) for rep in reps for values in rep.values())
    amounts = np.zeros((len(RepAmount), len(reps), months))
    for row, rep in enumerate(reps):
        for what, values in rep.items():
            amounts[what, row] = values
        employed = rep.get(RepAmount.EMPLOYED_HOURS, [1.0] * months)
        amounts[RepAmount.EMPLOYED_HOURS, row] = np.array(employed) * HOURS
        amounts[RepAmount.RAMPED_HOURS, row] = np.array(rep.get(RepAmount.RAMPED_HOURS, employed)) * HOURS
    return team_pay(pay, amounts, np.zeros(len(reps), np.int64), np.full(months, HOURS), starts_ramped)


def periods_at_quota(pay: Pay, found: TeamPay, from_month: int = 0) -> tuple[float, float]:
    """Of the first rep."""
    reached, periods = at_quota(pay, found, from_month)
    return float(reached[0]), float(periods[0])


CLOSED, EMPLOYED, RAMPED = RepAmount.CLOSED_VALUE, RepAmount.EMPLOYED_HOURS, RepAmount.RAMPED_HOURS


def test_a_dollar_above_quota_earns_the_accelerated_rate_and_one_below_half_the_decelerated() -> None:
    # The quarter's quota is 150,000. 0 to 75,000 at 5 cents, to 150,000 at 10, above at 15.
    found = paid(plan(rates={"0%": 0.5, "50%": 1.0, "100%": 1.5}), {CLOSED: [60_000.0, 50_000.0, 80_000.0]})
    # March: 60,000 x 5c = 3,000. April: 15,000 x 5c + 35,000 x 10c = 4,250. May: 40,000 x 10c + 40,000 x 15c =
    # 10,000.
    assert found.commission[0] == pytest.approx([3_000.0, 4_250.0, 10_000.0], abs=CENT)


def test_a_rep_who_ramps_passes_quota_in_mid_quarter_and_leaves() -> None:
    # Ramping: half productive in month 1, three quarters in month 2, and gone after half of month 3, fully
    # productive until then. Quota of the quarter: 50,000 x (0.5 + 0.75 + 0.5) = 87,500.
    pay = plan(rates={"0%": 1.0, "100%": 2.0})
    rep = {
        EMPLOYED: [1.0, 1.0, 0.5, 0.0],
        RAMPED: [0.5, 0.75, 0.5, 0.0],
        CLOSED: [30_000.0, 70_000.0, 12_345.67, 9_000.0],
    }
    found = paid(pay, rep)
    assert found.quota[0] == pytest.approx([25_000.0, 37_500.0, 25_000.0, 0.0], abs=CENT)
    # Month 1: 30,000 x 10c = 3,000. Month 2: 57,500 x 10c up to 87,500 and 12,500 x 20c above = 8,250. Month 3:
    # 12,345.67 x 20c = 2,469.13. Month 4: a deal closed after leaving, in a quarter without a quota, at 10c = 900.
    assert found.commission[0] == pytest.approx([3_000.0, 8_250.0, 2_469.134, 900.0], abs=CENT)
    assert periods_at_quota(pay, found) == (1, 1)


def test_below_the_threshold_a_quarter_earns_nothing_and_once_reached_everything_counts() -> None:
    pay = plan(threshold=0.6)  # 90,000 of the quarter's 150,000
    found = paid(pay, {CLOSED: [40_000.0, 49_999.0, 0.0]}, {CLOSED: [40_000.0, 30_000.0, 20_000.0]})
    assert found.commission[0] == pytest.approx([0.0, 0.0, 0.0], abs=CENT)
    assert found.commission[1] == pytest.approx([0.0, 0.0, 9_000.0], abs=CENT)


def test_a_cap_is_a_multiple_of_what_the_period_pays_on_target() -> None:
    # 15,000 on target a quarter, at most 1.2 times that: 18,000; for somebody there for half of it, 9,000.
    pay = plan(cap=1.2)
    found = paid(
        pay, {CLOSED: [100_000.0, 100_000.0, 0.0]}, {EMPLOYED: [1.0, 0.5, 0.0], CLOSED: [100_000.0, 0.0, 0.0]}
    )
    assert found.commission[0] == pytest.approx([10_000.0, 8_000.0, 0.0], abs=CENT)
    assert found.commission[1] == pytest.approx([9_000.0, 0.0, 0.0], abs=CENT)


def test_a_recoverable_draw_is_taken_back_from_later_commission_above_it() -> None:
    # 2,000 a month is 6,000 a quarter. Quarter 1 earns 2,500: 3,500 are advanced. Quarter 2 earns 8,000: 2,000
    # above the draw are taken back. Quarter 3 earns 9,000: the last 1,500 are.
    pay = plan(draw={"per_month": 2_000.0})
    found = paid(pay, {CLOSED: [10_000.0, 15_000.0, 0.0, 0.0, 0.0, 80_000.0, 90_000.0, 0.0, 0.0]})
    assert found.draws[0] == pytest.approx([0, 0, 3_500.0, 0, 0, -2_000.0, 0, 0, -1_500.0], abs=CENT)
    assert found.paid()[0].sum() == pytest.approx(2_500 + 8_000 + 9_000, abs=CENT)


def test_a_draw_that_is_not_recoverable_is_a_floor() -> None:
    pay = plan(draw={"per_month": 2_000.0, "recoverable": False})
    found = paid(pay, {CLOSED: [10_000.0, 15_000.0, 0.0, 0.0, 0.0, 80_000.0]})
    assert found.draws[0] == pytest.approx([0, 0, 3_500.0, 0, 0, 0], abs=CENT)


def test_a_leaver_keeps_what_is_owed_and_is_advanced_by_time() -> None:
    # Gone after a month and a half: 3,000 of draw in all, settled in the last month on the payroll. A deal that
    # closes in the next quarter is paid in full.
    pay = plan(draw={"per_month": 2_000.0})
    found = paid(pay, {EMPLOYED: [1.0, 0.5, 0.0, 0.0], CLOSED: [0.0, 0.0, 0.0, 40_000.0]})
    assert found.draws[0] == pytest.approx([0.0, 3_000.0, 0.0, 0.0], abs=CENT)
    assert found.commission[0] == pytest.approx([0.0, 0.0, 0.0, 4_000.0], abs=CENT)


def test_a_draw_for_the_first_months_is_for_those_who_are_new() -> None:
    pay = plan(draw={"per_month": 1_000.0, "months": 2}, period="month")
    veteran: dict[RepAmount, list[float]] = {CLOSED: [0.0] * 4}
    hired = {CLOSED: [0.0] * 4, EMPLOYED: [0.0, 0.5, 1.0, 1.0], RepAmount.HIRES: [0.0, 1.0, 0.0, 0.0]}
    found = paid(pay, veteran, hired)
    assert found.draws.tolist() == [[0.0] * 4, [0.0, 500.0, 1_000.0, 500.0]]
    assert paid(pay, veteran, starts_ramped=False).draws[0].tolist() == [1_000.0, 1_000.0, 0.0, 0.0]


def test_the_team_bonus_is_for_all_once_the_team_has_reached_its_quota() -> None:
    # Together 300,000 a quarter. Quarter 1: 310,000. Quarter 2: 299,000, though one of them had a great time.
    pay = plan(team_bonus={"annual": 8_000.0})
    closed = [[300_000.0, 0.0, 0.0, 299_000.0, 0.0, 0.0], [0.0, 0.0, 10_000.0, 0.0, 0.0, 0.0]]
    found = paid(pay, *({CLOSED: each} for each in closed))
    assert found.bonus == pytest.approx(np.array([[8_000 / 12] * 3 + [0.0] * 3] * 2), abs=CENT)


def test_a_split_credits_who_handed_over_and_who_took_over() -> None:
    # 100,000 closed, 40,000 of them handed over by another team: the closer counts 60,000 + 70% x 40,000 = 88,000.
    closer = paid(plan(takeover_credit=0.7), {CLOSED: [100_000.0], RepAmount.TAKEN_VALUE: [40_000.0]})
    assert closer.commission[0] == pytest.approx([8_800.0], abs=CENT)
    # The qualifier counts 30% x 40,000 = 12,000, and is paid 25 for each of 7 leads.
    qualifier = paid(
        plan(handoff_credit=0.3, per_handoff=25.0),
        {RepAmount.HANDED_VALUE: [40_000.0], RepAmount.HANDED_LEADS: [7.0]},
    )
    assert (qualifier.commission[0, 0], qualifier.handoffs[0, 0]) == pytest.approx((1_200.0, 175.0), abs=CENT)


def test_without_a_quota_variable_pay_is_paid_by_time() -> None:
    found = paid(plan(annual_quota=None), {EMPLOYED: [1.0, 0.25], CLOSED: [0.0, 900_000.0]})
    assert found.commission[0] == pytest.approx([5_000.0, 1_250.0], abs=CENT)
    assert periods_at_quota(plan(annual_quota=None), found) == (0, 0)


def test_a_horizon_may_end_in_the_middle_of_a_period() -> None:
    # Two months of the second quarter: a quota of 100,000, which 120,000 pass.
    found = paid(plan(rates={"0%": 1.0, "100%": 2.0}), {CLOSED: [0.0, 0.0, 0.0, 60_000.0, 60_000.0]})
    assert found.commission[0] == pytest.approx([0.0, 0.0, 0.0, 6_000.0, 8_000.0], abs=CENT)


def test_attainment_of_periods_is_counted_from_the_end_of_the_warm_up() -> None:
    closed = [200_000.0, 0.0, 0.0, 10_000.0, 0.0, 0.0, 0.0, 0.0, 150_000.0]
    found = paid(plan(), {CLOSED: closed})
    assert periods_at_quota(plan(), found) == (2, 3)
    assert periods_at_quota(plan(), found, from_month=3) == (1, 2)


@given(
    closed=st.lists(st.floats(0, 500_000), min_size=1, max_size=14),
    rates=st.sampled_from([{"0%": 1.0}, {"0%": 0.5, "80%": 1.0, "120%": 2.5}, {"0%": 0.0, "100%": 1.0}]),
    threshold=st.sampled_from([0.0, 0.5, 1.0]),
    cap=st.none() | st.floats(0.5, 3.0),
    period=st.sampled_from(["month", "quarter", "year"]),
)
def test_commission_adds_up_over_a_period_and_is_never_taken_back(
    closed: list[float], rates: dict[str, float], threshold: float, cap: float | None, period: str
) -> None:
    pay = plan(rates=rates, threshold=threshold, cap=cap, period=period)
    by_month = paid(pay, {CLOSED: closed}).commission[0]
    assert (by_month >= -1e-6).all()
    months = {"month": 1, "quarter": 3, "year": 12}[period]
    for start in range(0, len(closed), months):
        part = closed[start : start + months]
        # The same value credited on the period's last day earns as much.
        late = [0.0] * (len(closed[:start]) + len(part) - 1) + [sum(part)] + [0.0] * len(closed[start + months :])
        assert by_month[start : start + months].sum() == pytest.approx(
            paid(pay, {CLOSED: late}).commission[0].sum()
        )
        if cap is not None:
            assert by_month[start : start + months].sum() <= cap * 5_000.0 * len(part) + 1e-6


@pytest.mark.parametrize(
    ("fields", "proportional"),
    [
        ({}, True),
        ({"handoff_credit": 0.2, "per_handoff": 20.0, "takeover_credit": 0.5}, True),
        ({"annual_quota": None}, True),
        ({"rates": {"0%": 0.5}}, False),  # a dollar after leaving still earns the rate at target
        ({"rates": {"0%": 1.0, "100%": 2.0}}, False),
        ({"threshold": 0.4}, False),
        ({"cap": 2.0}, False),
        ({"draw": {"per_month": 1000.0}}, False),
        ({"team_bonus": {"annual": 1000.0}}, False),
    ],
)
def test_a_plan_is_proportional_if_its_mean_is_that_of_the_mean(fields: dict[str, Any], proportional: bool) -> None:
    assert is_proportional(plan(**fields)) is proportional
    # One rep with all, one with nothing; and two with half of it each.
    unequal = paid(plan(**fields), {CLOSED: [90_000.0]}, {CLOSED: [0.0]}).paid().sum()
    equal = paid(plan(**fields), {CLOSED: [45_000.0]}, {CLOSED: [45_000.0]}).paid().sum()
    if proportional:
        assert unequal == pytest.approx(equal)
