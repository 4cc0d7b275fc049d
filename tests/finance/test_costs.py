"""Money from a ledger, worked by hand to the cent."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount, cell_shape
from channelsim.finance.costs import Category, Money, price
from channelsim.finance.metrics import monthly_series, replication_metrics
from channelsim.finance.prices import prices_of
from channelsim.finance.quantities import quantities_of
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.scenario.schema import Scenario
from worlds import step, team, world

MARCH_HOURS = 31 * 24.0
APRIL_HOURS = 30 * 24.0


def company(**pay: Any) -> Scenario:
    """Two months (March and April 2027), a desk that qualifies and a field team that closes in person."""
    return Scenario.model_validate(
        world(
            months=2,
            segments={"all": {"deal_value": 1000.0, "gross_margin": 0.8, "annual_churn": 0.25}},
            sources={"web": {"leads_per_month": 10.0, "mix": {"all": 1.0}, "cost_per_lead": 50.0}},
            teams={
                "desk": team(
                    pay={"salary": 60_000.0, "overhead_rate": 0.25, "tool_seats_per_month": {"crm": 100.0}}
                ),
                "field": team(channel="outside", pay={"travel_per_visit": 300.0, **pay}),
            },
            steps={"qualify": step("desk"), "close": step("field", visit=True, opportunity=True)},
        )
    )


class Books:
    """An empty ledger to write in, and what it costs."""

    def __init__(self, scenario: Scenario, reps: list[int]) -> None:
        self.scenario = scenario
        shape = cell_shape(compile_program(scenario))
        self.ledger = Ledger(
            counts=np.zeros((len(Count), *shape), np.int64),
            amounts=np.zeros((len(Amount), *shape)),
            open_leads=np.zeros(shape[1:], np.int64),
            open_nurtured=np.zeros(shape[1:], np.int64),
            reps=np.array([(seat, 0) for seat in reps], np.int64).reshape(-1, 2),
            rep_amounts=np.zeros((len(RepAmount), len(reps), shape[0])),
        )

    def money(self) -> Money:
        layout = layout_of(self.scenario)
        return price(quantities_of([self.ledger], layout), prices_of(self.scenario, layout), layout)

    def metrics(self, warmup_months: int = 0) -> dict[str, float]:
        layout = layout_of(self.scenario)
        return replication_metrics(
            self.ledger, self.money(), prices_of(self.scenario, layout), layout, warmup_months
        )


def cost(money: Money, category: Category) -> Any:
    """Of the one replication, by month."""
    return money.cost(category)[0]


def test_salary_overhead_and_tools_are_paid_by_time_on_the_payroll() -> None:
    books = Books(company(), reps=[0])
    books.ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, 0] = [MARCH_HOURS, APRIL_HOURS / 2]
    money = books.money()
    # 60,000 / 12 = 5,000 for March, half of it for half of April; overhead a quarter of that; the seat 100 a month.
    assert cost(money, Category.SALARY) == pytest.approx([5_000.0, 2_500.0])
    assert cost(money, Category.OVERHEAD) == pytest.approx([1_250.0, 625.0])
    assert cost(money, Category.TOOLS) == pytest.approx([100.0, 50.0])


def test_variable_pay_is_in_proportion_to_quota() -> None:
    books = Books(company(on_target_variable=90_000.0, annual_quota=600_000.0), reps=[1])
    books.ledger.rep_amounts[RepAmount.CLOSED_VALUE, 0] = [40_000.0, 0.0]
    # 90,000 / 600,000 = 15% of what was closed.
    assert cost(books.money(), Category.VARIABLE) == pytest.approx([6_000.0, 0.0])


def test_variable_pay_without_a_quota_is_paid_by_time() -> None:
    books = Books(company(on_target_variable=24_000.0), reps=[1])
    books.ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, 0] = [MARCH_HOURS, 0.0]
    assert cost(books.money(), Category.VARIABLE) == pytest.approx([2_000.0, 0.0])


def test_a_rep_who_handed_a_deal_over_is_credited_with_a_share_of_it() -> None:
    books = Books(company(on_target_variable=90_000.0, annual_quota=600_000.0, handoff_credit=0.4), reps=[1])
    books.ledger.rep_amounts[RepAmount.HANDED_VALUE, 0] = [100_000.0, 0.0]
    # 40% of 100,000 counts: 40,000 x 15% = 6,000.
    assert cost(books.money(), Category.VARIABLE)[0] == pytest.approx(6_000.0)
    assert books.money().credited[0, 0] == pytest.approx([0.0, 40_000.0])


def test_travel_is_paid_by_visit_and_leads_by_arrival_and_hires_once() -> None:
    books = Books(company(hire_cost=7_000.0), reps=[1])
    books.ledger.counts[Count.VISITS, 0, 0, 0, 1] = 3
    books.ledger.counts[Count.ARRIVED, 1, 0, 0, 0] = 8
    books.ledger.rep_amounts[RepAmount.HIRES, 0] = [0.0, 1.0]
    money = books.money()
    assert cost(money, Category.TRAVEL) == pytest.approx([900.0, 0.0])
    assert cost(money, Category.LEADS) == pytest.approx([0.0, 400.0])
    assert cost(money, Category.RECRUITING) == pytest.approx([0.0, 7_000.0])


def test_the_parts_of_the_cost_add_up_to_the_total() -> None:
    books = Books(company(salary=100_000.0, hire_cost=500.0, overhead_rate=0.3), reps=[0, 1])
    books.ledger.rep_amounts[:] = 700.0
    books.ledger.counts[:] = 3
    money = books.money()
    metrics = books.metrics()
    by_category = sum(metrics[f"cost.{category}"] for category in Category)
    by_team = metrics["cost.desk"] + metrics["cost.field"] + metrics["cost.leads"]
    assert metrics["cost_total"] == pytest.approx(by_category)
    assert metrics["cost_total"] == pytest.approx(by_team)
    assert metrics["cost_total"] == pytest.approx(money.cost_total().sum())


def test_the_metrics_of_a_small_business_worked_by_hand() -> None:
    books = Books(company(), reps=[0])
    ledger = books.ledger
    ledger.counts[Count.ARRIVED, 0, 0, 0, 0] = 20  # 20 x 50 = 1,000 of marketing
    ledger.counts[Count.OPPORTUNITIES, 0, 0, 0, 1] = 10
    ledger.counts[Count.WON, 1, 0, 0, 1] = 4
    ledger.amounts[Amount.BOOKINGS, 1, 0, 0, 1] = 10_000.0  # margin 8,000
    ledger.amounts[Amount.CYCLE_HOURS, 1, 0, 0, 1] = 4 * 48.0
    ledger.counts[Count.VISITS, 1, 0, 0, 1] = 5  # 5 x 300 = 1,500 of travel
    ledger.counts[Count.WAITS, 0, 0, 0, 0] = 10
    ledger.amounts[Amount.WAIT_HOURS, 0, 0, 0, 0] = 25.0
    ledger.amounts[Amount.WORK_HOURS, 0, 0, 0, 0] = 186.0
    ledger.rep_amounts[RepAmount.STAFFED_HOURS, 0] = [MARCH_HOURS, 0.0]
    metrics = books.metrics()
    assert metrics["cost_total"] == pytest.approx(2_500.0)
    assert metrics["contribution"] == pytest.approx(8_000.0 - 2_500.0)
    assert metrics["cost_per_lead"] == pytest.approx(125.0)
    assert metrics["cost_per_opportunity"] == pytest.approx(250.0)
    assert metrics["cost_per_deal"] == metrics["cac"] == pytest.approx(625.0)
    # A customer leaves 2,000 of margin a year, 166.67 a month: 625 / 166.67 = 3.75 months.
    assert metrics["payback_months"] == pytest.approx(3.75)
    # At 25% churn a customer stays four years: 8,000 of margin for 625.
    assert metrics["ltv_to_cac"] == pytest.approx(12.8)
    assert metrics["expense_ratio"] == pytest.approx(0.25)
    assert metrics["win_rate"] == pytest.approx(0.2)
    assert metrics["cycle_days"] == pytest.approx(2.0)
    assert metrics["queue_wait_hours.desk"] == pytest.approx(2.5)
    assert metrics["utilization.desk"] == pytest.approx(0.25)


def test_what_never_happened_is_undefined_and_not_zero() -> None:
    metrics = Books(company(), reps=[]).metrics()
    undefined = ("cost_per_deal", "win_rate", "deal_size", "payback_months", "ltv_to_cac", "utilization.desk")
    assert all(math.isnan(metrics[name]) for name in undefined)
    assert metrics["won"] == metrics["bookings"] == 0


def test_the_warm_up_is_left_out() -> None:
    books = Books(company(), reps=[0])
    books.ledger.counts[Count.ARRIVED, :, 0, 0, 0] = [20, 30]
    books.ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, 0] = [MARCH_HOURS, APRIL_HOURS]
    metrics = books.metrics(warmup_months=1)
    assert metrics["leads"] == 30
    assert metrics["cost.salary"] == pytest.approx(5_000.0)
    assert metrics["headcount.desk"] == pytest.approx(1.0)


def test_contribution_by_month_adds_up_to_the_metric() -> None:
    books = Books(company(salary=60_000.0), reps=[1])
    books.ledger.amounts[Amount.BOOKINGS, :, 0, 0, 0] = [9_000.0, 4_000.0]
    series = monthly_series(books.ledger, books.money(), layout_of(books.scenario))
    assert series["contribution"].sum() == pytest.approx(books.metrics()["contribution"])
    assert series["contribution"][0] - series["contribution"][1] == pytest.approx(
        books.money().gross_margin[0, 0].sum()
        - books.money().gross_margin[0, 1].sum()
        - series["cost_total"][0]
        + series["cost_total"][1]
    )


def test_the_pipeline_of_a_month_is_what_opened_and_has_not_closed() -> None:
    books = Books(company(), reps=[])
    books.ledger.amounts[Amount.PIPELINE_OPENED, :, 0, 0, 1] = [5_000.0, 2_000.0]
    books.ledger.amounts[Amount.PIPELINE_CLOSED, :, 0, 0, 1] = [1_000.0, 4_500.0]
    series = monthly_series(books.ledger, books.money(), layout_of(books.scenario))
    assert series["pipeline"] == pytest.approx([4_000.0, 1_500.0])
    assert books.metrics()["open_pipeline"] == pytest.approx(1_500.0)


def test_attainment_is_measured_against_a_quota_prorated_for_the_ramp() -> None:
    books = Books(company(on_target_variable=90_000.0, annual_quota=600_000.0), reps=[1])
    # Half productive all March: a quota of 600,000 / 12 / 2 = 25,000, of which 20,000 was closed.
    books.ledger.rep_amounts[RepAmount.RAMPED_HOURS, 0] = [MARCH_HOURS / 2, 0.0]
    books.ledger.rep_amounts[RepAmount.CLOSED_VALUE, 0] = [20_000.0, 0.0]
    assert books.metrics()["attainment.field"] == pytest.approx(0.8)
