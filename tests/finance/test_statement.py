"""The profit and loss, cut by team, source, segment and way of selling."""

from __future__ import annotations

import dataclasses
from typing import Any

import numpy as np
import pytest

from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount, cell_shape
from channelsim.finance.costs import Category, price
from channelsim.finance.prices import Prices, prices_of
from channelsim.finance.quantities import quantities_of
from channelsim.finance.statement import LINES, MoneyError, Statement, Total, check_adds_up, statement
from channelsim.program.compile import compile_program
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.schema import Scenario
from worlds import step, team, world

MARCH, APRIL = 744.0, 720.0
SMALL, BIG, NO_LEAD = 0, 1, 2
PHONE, HANDED, NO_WAY = 0, 1, 2
DESK, FIELD, NO_TEAM = 0, 1, 2


def company(**more: Any) -> Scenario:
    """Small and big deals; a desk that sells by phone or hands over to the field. March and April 2027."""
    desk = {"salary": 60_000.0, "on_target_variable": 12_000.0, "annual_quota": 120_000.0, "handoff_credit": 0.5}
    field = {"salary": 120_000.0, "travel_per_visit": 100.0, "benefits_rate": 0.2, "severance_months": 3.0}
    return Scenario.model_validate(
        world(
            months=2,
            segments={"small": {"deal_value": 1_000.0, "gross_margin": 0.5}, "big": {"deal_value": 9_000.0}},
            sources={"web": {"leads_per_month": 10.0, "mix": {"small": 0.5, "big": 0.5}, "cost_per_lead": 50.0}},
            teams={"desk": team(pay=desk), "field": team(channel="outside", pay=field)},
            motions={
                "phone": {"steps": {"call": step("desk")}},
                "handed": {"steps": {"call": step("desk"), "visit": step("field", visit=True)}},
            },
            routing=[{"when": {"segment": "big"}, "motion": "handed"}, {"motion": "phone"}],
            **more,
        )
    )


def books(scenario: Scenario) -> tuple[Ledger, Layout, Prices]:
    """An empty ledger with a rep in each team, on board in March and April."""
    shape = cell_shape(compile_program(scenario))
    ledger = Ledger(
        counts=np.zeros((len(Count), *shape), np.int64),
        amounts=np.zeros((len(Amount), *shape)),
        open_leads=np.zeros(shape[1:], np.int64),
        open_nurtured=np.zeros(shape[1:], np.int64),
        reps=np.array([(0, 0), (1, 0)], np.int64),
        rep_amounts=np.zeros((len(RepAmount), 2, shape[0])),
    )
    ledger.rep_amounts[RepAmount.EMPLOYED_HOURS] = ledger.rep_amounts[RepAmount.RAMPED_HOURS] = [MARCH, APRIL]
    layout = layout_of(scenario)
    return ledger, layout, prices_of(scenario, layout)


def made(ledger: Ledger, layout: Layout, prices: Prices) -> Statement:
    quantities = quantities_of([ledger], layout)
    return statement(quantities, price(quantities, prices, layout), prices, layout)


def line(found: Statement, name: str, month: int) -> Any:
    return found.by_cell[LINES.index(name), 0, month]


def test_a_teams_salary_is_shared_by_the_hours_it_worked_in_the_month() -> None:
    ledger, layout, prices = books(company())
    ledger.amounts[Amount.WORK_HOURS, 0, SMALL, PHONE, 0] = 30.0
    ledger.amounts[Amount.WORK_HOURS, 0, BIG, HANDED, 0] = 10.0
    found = made(ledger, layout, prices)
    # The desk's 5,000 in March: three quarters for small deals. April, without work, as over the whole horizon. The
    # field's 10,000 are for nobody.
    for month in (0, 1):
        salary = line(found, Category.SALARY, month)
        assert salary[SMALL, PHONE] == pytest.approx(3_750.0)
        assert salary[BIG, HANDED] == pytest.approx(1_250.0)
        assert salary[NO_LEAD, NO_WAY] == pytest.approx(10_000.0)
        assert salary.sum() == pytest.approx(15_000.0)


def test_commission_follows_the_deals_that_it_was_paid_for() -> None:
    ledger, layout, prices = books(company())
    # 2,000 closed by the desk itself in March, 12,000 handed over and won by the field in April, half of it
    # credited.
    ledger.rep_amounts[RepAmount.CLOSED_VALUE, 0, 0] = 2_000.0
    ledger.rep_amounts[RepAmount.HANDED_VALUE, 0, 1] = 12_000.0
    ledger.amounts[Amount.BOOKINGS, 0, SMALL, PHONE, 0] = 2_000.0
    ledger.amounts[Amount.BOOKINGS, 1, BIG, HANDED, 1] = 12_000.0
    ledger.amounts[Amount.WORK_HOURS, :, BIG, HANDED, 0] = 1.0
    found = made(ledger, layout, prices)
    # 10 cents a dollar: 200 in March and 600 in April, shared 1 : 3 over the quarter.
    march, april = (line(found, Category.VARIABLE, month) for month in (0, 1))
    assert (march[SMALL, PHONE], march[BIG, HANDED]) == pytest.approx((50.0, 150.0))
    assert (april[SMALL, PHONE], april[BIG, HANDED]) == pytest.approx((150.0, 450.0))


def test_travel_and_leads_stand_where_they_arose_and_bookings_with_who_closed() -> None:
    ledger, layout, prices = books(company())
    ledger.counts[Count.ARRIVED, 0, SMALL, PHONE, 0] = 6
    ledger.counts[Count.ARRIVED, 0, BIG, HANDED, 0] = 4
    ledger.counts[Count.VISITS, 1, BIG, HANDED, 1] = 7
    ledger.amounts[Amount.BOOKINGS, 1, BIG, HANDED, 1] = 9_000.0
    found = made(ledger, layout, prices)
    assert line(found, Category.LEADS, 0)[SMALL, PHONE] == pytest.approx(300.0)
    assert line(found, Category.LEADS, 0)[BIG, HANDED] == pytest.approx(200.0)
    assert line(found, Category.TRAVEL, 1)[BIG, HANDED] == pytest.approx(700.0)
    bookings = found.by_team[LINES.index(Total.BOOKINGS), 0, 1]
    assert bookings.tolist() == [0.0, 9_000.0, 0.0]
    assert found.by_team[LINES.index(Category.LEADS), 0, 0].tolist() == [0.0, 0.0, 500.0]


def test_benefits_severance_and_managers_by_hand() -> None:
    pay = {"manager_pay": 150_000.0, "reps_per_manager": 5.0, "overhead_rate": 0.1}
    scenario = company()
    field = scenario.teams["field"]
    scenario = scenario.model_copy(
        update={
            "teams": {**scenario.teams, "field": field.model_copy(update={"pay": field.pay.model_copy(update=pay)})}
        }
    )
    ledger, layout, prices = books(scenario)
    ledger.rep_amounts[RepAmount.LAID_OFF, 1, 1] = 1.0
    found = made(ledger, layout, prices)
    field_costs = {name: found.by_team[LINES.index(name), 0, 1, FIELD] for name in Category}
    assert field_costs[Category.SALARY] == pytest.approx(10_000.0)
    assert field_costs[Category.BENEFITS] == pytest.approx(2_000.0)
    assert field_costs[Category.OVERHEAD] == pytest.approx(1_000.0)
    assert field_costs[Category.SEVERANCE] == pytest.approx(30_000.0)
    # A fifth of a manager: 12,500 / 5 = 2,500, and 30% on top.
    assert field_costs[Category.MANAGEMENT] == pytest.approx(3_250.0)


def test_interest_is_paid_on_what_has_not_come_back_at_the_months_start() -> None:
    ledger, layout, prices = books(company(finance={"cost_of_capital": 0.12}))
    ledger.amounts[Amount.BOOKINGS, 0, BIG, HANDED, 1] = 7_000.0
    ledger.amounts[Amount.WORK_HOURS, 0, BIG, HANDED, :] = 1.0
    found = made(ledger, layout, prices)
    # March: salaries of 15,000, benefits of 2,000 on the field's, less a margin of 7,000: 10,000 at 1% in April.
    assert found.whole[LINES.index(Category.CAPITAL), 0] == pytest.approx([0.0, 100.0])
    assert line(found, Category.CAPITAL, 1)[BIG, HANDED] == pytest.approx(100.0)
    assert found.by_team[LINES.index(Category.CAPITAL), 0, 1].tolist() == pytest.approx([0.0, 0.0, 100.0])


def test_every_cut_of_a_random_ledger_adds_up_to_the_whole() -> None:
    ledger, layout, prices = books(company(finance={"cost_of_capital": 0.1}))
    numbers = np.random.default_rng(1)
    ledger.amounts[:] = numbers.exponential(1_000.0, ledger.amounts.shape)
    ledger.counts[:] = numbers.integers(0, 9, ledger.counts.shape)
    ledger.rep_amounts[:] = numbers.exponential(500.0, ledger.rep_amounts.shape)
    found = made(ledger, layout, prices)
    assert found.by_cell.sum(axis=(3, 4)) == pytest.approx(found.whole)
    assert found.by_team.sum(axis=3) == pytest.approx(found.whole)
    assert found.whole[LINES.index(Total.CONTRIBUTION)] == pytest.approx(
        found.whole[LINES.index(Total.GROSS_MARGIN)] - found.whole[LINES.index(Total.COST_TOTAL)]
    )


def test_parts_that_do_not_add_up_are_an_error_that_names_the_line_and_the_month() -> None:
    ledger, layout, prices = books(company())
    found = made(ledger, layout, prices)
    wrong = found.by_team.copy()
    wrong[LINES.index(Category.SALARY), 0, 1, DESK] += 1.0
    with pytest.raises(MoneyError, match=r"salary of month 1: 15000\.00 in all, 15001\.00 over teams"):
        check_adds_up(dataclasses.replace(found, by_team=wrong))
