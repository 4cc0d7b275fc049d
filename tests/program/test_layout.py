"""Months, streams and seats of a horizon. Hand-worked."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from channelsim.program.layout import Layout, layout_of, month_starts
from channelsim.scenario.schema import Scenario
from worlds import program_of, source, step, team, world


def layout(**sections: Any) -> Layout:
    return layout_of(Scenario.model_validate(world(**sections)))


def seats(plan: Any, months: int = 12) -> list[tuple[int, int, int | None]]:
    found = layout(months=months, teams={"desk": team(plan)}).seats
    return [(seat.number, seat.from_month, seat.to_month) for seat in found]


def test_months_run_from_the_starts_day_even_through_a_short_february() -> None:
    assert month_starts(dt.date(2026, 12, 28), 3) == (
        dt.date(2026, 12, 28), dt.date(2027, 1, 28), dt.date(2027, 2, 28), dt.date(2027, 3, 28),
    )  # fmt: skip


@pytest.mark.parametrize(("year", "days"), [(2027, 28), (2028, 29), (2100, 28), (2000, 29)])
def test_february_has_its_leap_day(year: int, days: int) -> None:
    starts = month_starts(dt.date(year, 2, 1), 1)
    assert (starts[1] - starts[0]).days == days


def test_two_years_with_a_leap_day_have_731_days() -> None:
    program = program_of(world(start=dt.date(2027, 3, 15), months=24))
    assert program.horizon_hours == 731 * 24
    assert program.month_start_hours[-1] == program.horizon_hours
    assert program.month_start_hours[1] == 31 * 24
    # 2028-02-29, day 351, lies in the month from February 15 to March 15, which has 29 days.
    assert program.month_of_day[351] == 11
    assert program.month_start_hours[12] - program.month_start_hours[11] == 29 * 24


def test_every_day_has_its_month_and_the_day_after_the_end_the_last() -> None:
    program = program_of(world(months=2))
    assert program.month_of_day.tolist() == [0] * 31 + [1] * 30 + [1]


def test_a_fixed_headcount_is_as_many_seats_throughout() -> None:
    assert seats(3) == [(0, 0, None), (1, 0, None), (2, 0, None)]
    assert seats(0) == []


def test_a_growing_plan_opens_new_seats() -> None:
    assert seats({0: 1, 6: 3}) == [(0, 0, None), (1, 6, None), (2, 6, None)]


def test_a_shrinking_plan_closes_the_seats_opened_last() -> None:
    assert seats({0: 3, 4: 1}) == [(0, 0, None), (1, 0, 4), (2, 0, 4)]


def test_a_plan_that_shrinks_and_grows_again_opens_a_new_seat_with_a_new_number() -> None:
    # 2 seats, 3 from month 2, 1 from month 4, 2 from month 6: the fourth seat is new, with its own luck.
    assert seats({0: 2, 2: 3, 4: 1, 6: 2}) == [(0, 0, None), (1, 0, 4), (2, 2, 4), (3, 6, None)]


def test_a_plan_is_read_by_month_whatever_its_order_and_only_within_the_horizon() -> None:
    assert seats({6: 2, 0: 1, 12: 9}) == [(0, 0, None), (1, 6, None)]
    assert seats({6: 2, 0: 1, 12: 9}, months=6) == [(0, 0, None)]


def test_seats_begin_and_end_with_their_months() -> None:
    program = program_of(world(months=3, teams={"desk": team({0: 2, 1: 1, 2: 2})}))
    # March and April: 744 and 720 hours.
    assert program.seat_from.tolist() == [0.0, 0.0, 744.0 + 720.0]
    assert program.seat_to.tolist() == [float("inf"), 744.0, float("inf")]


def test_only_those_on_board_at_the_start_are_ramped_from_the_first_day() -> None:
    plan = {0: 1, 1: 2}
    assert program_of(world(months=2, teams={"desk": team(plan)})).seat_ramped.tolist() == [1, 0]
    unramped = team(plan, people={"starts_ramped": False})
    assert program_of(world(months=2, teams={"desk": unramped})).seat_ramped.tolist() == [0, 0]


def test_a_stream_is_a_source_and_a_segment_that_it_brings() -> None:
    found = layout(
        segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 2.0}},
        sources={"web": source(mix={"small": 1.0, "big": 0.0}), "fair": source(mix={"big": 0.7, "small": 0.3})},
        steps={"call": step()},
    )
    assert found.streams == (("web", "small"), ("fair", "small"), ("fair", "big"))
    assert found.stream_name(2) == "fair/big"
