"""Customers, their renewals and what they are worth, worked by hand."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from channelsim.finance.customers import (
    in_force,
    magic_number,
    net_present_value,
    present_value,
    recurring_revenue,
    retention,
)
from channelsim.finance.prices import Prices, prices_of
from channelsim.program.layout import layout_of
from channelsim.scenario.schema import Scenario
from worlds import step, world


def prices(months: int = 30, **segment: Any) -> Prices:
    """Of one stream."""
    scenario = Scenario.model_validate(
        world(
            months=months,
            segments={"all": {"deal_value": 1200.0, "gross_margin": 0.5, **segment}},
            steps={"call": step()},
            finance={"discount_rate": 0.25, "lifetime_years": 3},
        )
    )
    return prices_of(scenario, layout_of(scenario))


def test_a_fifth_leave_at_each_anniversary_and_the_others_pay_a_tenth_more() -> None:
    left = retention(prices(annual_churn=0.2, annual_expansion=0.1))
    assert left.customers[:, 0, 0] == pytest.approx([1.0, 0.8, 0.64])
    assert left.payments[:, 0, 0] == pytest.approx([1.0, 0.88, 0.7744])


def test_a_deal_without_churn_is_paid_once() -> None:
    once = prices(annual_expansion=0.3)
    assert retention(once).payments[:, 0, 0].tolist() == [1.0, 0.0, 0.0]
    bookings = np.zeros((30, 1))
    bookings[0] = 1_200.0
    assert not recurring_revenue(bookings, once, retention(once)).any()


def test_initiatives_move_churn_and_expansion_from_the_month_of_the_anniversary() -> None:
    found = prices(annual_churn=0.2, annual_expansion=0.1)
    halved_from_18 = np.ones((30, 1))
    halved_from_18[18:] = 0.5
    found = dataclasses.replace(found, churn_scale=halved_from_18, expansion_scale=2.0 * np.ones((30, 1)))
    left = retention(found)
    # Won in month 0: anniversaries in months 12 (20% leave) and 24 (10%). In month 6: 18 and 30, both 10%.
    assert left.customers[:, 0, 0] == pytest.approx([1.0, 0.8, 0.72])
    assert left.customers[:, 6, 0] == pytest.approx([1.0, 0.9, 0.81])
    assert left.payments[1, 0, 0] == pytest.approx(0.8 * 1.2)


def test_recurring_revenue_is_a_twelfth_of_the_contracts_in_force() -> None:
    bookings = np.zeros((30, 1))
    bookings[2], bookings[3] = 1_200.0, 600.0
    renewed = prices(annual_churn=0.2)
    found = recurring_revenue(bookings, renewed, retention(renewed))[:, 0]
    assert found[:2].tolist() == [0.0, 0.0]
    assert found[2] == pytest.approx(100.0)
    assert found[3:14] == pytest.approx(np.full(11, 150.0))
    # The first contract is renewed in month 14, with four in five customers; the second a month later.
    assert found[14] == pytest.approx(80.0 + 50.0)
    assert found[15:26] == pytest.approx(np.full(11, 120.0))
    assert found[26] == pytest.approx(64.0 + 40.0)


def test_customers_in_force_end_when_nobody_renews() -> None:
    won = np.zeros((30, 1))
    won[1] = 10.0
    assert (
        in_force(won, retention(prices(annual_churn=1.0)).customers)[:, 0].tolist()
        == [0.0] + [10.0] * 12 + [0.0] * 17
    )


def test_what_a_customer_is_worth_today_is_a_discounted_sum_of_three_years() -> None:
    # 500 now, 400 in a year, 320 in two, at 25%: 500 + 320 + 204.80.
    margin = np.zeros((30, 1))
    margin[4] = 500.0
    renewed = prices(annual_churn=0.2)
    assert present_value(margin, renewed, retention(renewed)).sum() == pytest.approx(1_024.80)


def test_net_present_value_falls_in_the_middle_of_each_month() -> None:
    value, costs = np.zeros(25), np.zeros(25)
    value[0], costs[[1, 12]] = 1_024.80, (300.0, 100.0)
    found = net_present_value(value, costs, discount_rate=0.25)
    # 1,024.80 half a month after the warm-up, 300 a month later and 100 after a year and half a month.
    months = np.array([0.5, 1.5, 12.5])
    assert found == pytest.approx(np.sum(np.array([1_024.80, -300.0, -100.0]) * 1.25 ** (-months / 12)))


def test_the_magic_number_is_four_times_growth_over_the_cost_of_the_quarter_before() -> None:
    recurring = np.array([0.0, 0, 0, 10, 10, 10, 20, 30, 40, 99])
    costs = np.array([5.0, 5, 5, 20, 20, 20, 7, 7, 7, 7])
    # After a warm-up of three months: quarters of 30 and 90; 4 x 60 / 60 = 4.
    assert magic_number(recurring[3:], costs[3:]) == pytest.approx(4.0)
    assert np.isnan(magic_number(recurring[6:], costs[6:]))
    assert np.isnan(magic_number(np.zeros(10), costs))
