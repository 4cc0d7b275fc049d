"""Calendars: nights, weekends, holidays, and the edges of a working day. Hand-worked.

The horizon starts on Monday 2027-03-01, so day 4 is Friday the 5th and day 7 Monday the 8th. Nine to five is 8
hours a day.
"""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.program.arrays import Program, as_lists
from channelsim.rules.calendars import is_open, month_of, next_opening, work_end, worked_before
from worlds import NINE_TO_FIVE, hours, program_of, team, world

FRIDAY, SATURDAY, MONDAY, TUESDAY = 4, 5, 7, 8


def calendar(hours: Any, **sections: Any) -> Program:
    return program_of(world(teams={"desk": team(hours=hours)}, **sections))


OFFICE = calendar(NINE_TO_FIVE)
HOLIDAY = calendar(NINE_TO_FIVE | {"holidays": [dt.date(2027, 3, 8)]})


def test_work_within_a_day_ends_as_many_hours_later() -> None:
    assert work_end(OFFICE, 0, hours(0, 9.5), 2.25) == hours(0, 11.75)


def test_work_pauses_overnight() -> None:
    # Monday 16:00 + 3 h: one hour until 17:00, two more from Tuesday 9:00.
    assert work_end(OFFICE, 0, hours(0, 16), 3.0) == hours(1, 11)


def test_work_pauses_over_a_weekend() -> None:
    # Friday 16:00 + 3 h: one hour on Friday, two on Monday.
    assert work_end(OFFICE, 0, hours(FRIDAY, 16), 3.0) == hours(MONDAY, 11)


def test_work_pauses_over_a_weekend_and_a_holiday() -> None:
    # The Monday is a holiday, so the two hours are Tuesday's.
    assert work_end(HOLIDAY, 0, hours(FRIDAY, 16), 3.0) == hours(TUESDAY, 11)


def test_work_of_three_days_pauses_twice() -> None:
    # Monday 13:00 + 20 h: 4 on Monday, 8 on Tuesday, 8 on Wednesday, which end at closing.
    assert work_end(OFFICE, 0, hours(0, 13), 20.0) == hours(2, 17)


def test_work_that_ends_exactly_at_closing_ends_that_day() -> None:
    assert work_end(OFFICE, 0, hours(0, 16), 1.0) == hours(0, 17)


def test_work_of_no_length_ends_at_once() -> None:
    assert work_end(OFFICE, 0, hours(0, 9), 0.0) == hours(0, 9)


def test_work_that_outlasts_the_calendar_never_ends() -> None:
    # March 2027 has 23 working days of 8 hours = 184.
    assert work_end(OFFICE, 0, hours(0, 9), 184.0) == hours(30, 17)
    assert work_end(OFFICE, 0, hours(0, 9), 184.5) == math.inf


def test_a_team_is_open_from_its_first_minute_to_just_before_its_last() -> None:
    assert not is_open(OFFICE, 0, hours(0, 8.999))
    assert is_open(OFFICE, 0, hours(0, 9))
    assert is_open(OFFICE, 0, hours(0, 16.999))
    assert not is_open(OFFICE, 0, hours(0, 17))


@pytest.mark.parametrize(
    ("program", "at", "opens"),
    [
        (OFFICE, hours(0, 3), hours(0, 9)),
        (OFFICE, hours(0, 17), hours(1, 9)),
        (OFFICE, hours(FRIDAY, 17), hours(MONDAY, 9)),
        (OFFICE, hours(SATURDAY, 12), hours(MONDAY, 9)),
        (HOLIDAY, hours(SATURDAY, 12), hours(TUESDAY, 9)),
        (HOLIDAY, hours(MONDAY, 12), hours(TUESDAY, 9)),
        (OFFICE, hours(30, 17), math.inf),
    ],
)
def test_the_next_opening_skips_nights_weekends_and_holidays(program: Program, at: float, opens: float) -> None:
    assert next_opening(program, 0, at) == opens


@pytest.mark.parametrize(
    ("at", "worked"),
    [
        (hours(0, 0), 0.0),
        (hours(0, 9), 0.0),
        (hours(0, 12.5), 3.5),
        (hours(0, 20), 8.0),
        (hours(FRIDAY, 17), 40.0),
        (hours(SATURDAY, 12), 40.0),
        (hours(TUESDAY, 10), 41.0),  # the Monday is a holiday
        (hours(31, 0), 22 * 8.0),  # 23 working days in March 2027, less the holiday
    ],
)
def test_working_hours_add_up_over_nights_weekends_and_holidays(at: float, worked: float) -> None:
    assert worked_before(HOLIDAY, 0, at) == worked


def test_a_team_that_is_always_at_work_never_pauses() -> None:
    always = calendar("always")
    assert work_end(always, 0, hours(4, 22), 100.0) == hours(4, 122)
    assert is_open(always, 0, 0.0)
    assert is_open(always, 0, hours(SATURDAY, 23.5))
    assert worked_before(always, 0, hours(6, 6)) == hours(6, 6)
    assert work_end(always, 0, 0.0, 31 * 24.0) == 31 * 24.0


def test_six_days_include_saturday_and_seven_sunday() -> None:
    six, seven = (calendar(NINE_TO_FIVE | {"days": days}) for days in ("mon-sat", "mon-sun"))
    assert next_opening(six, 0, hours(FRIDAY, 18)) == hours(SATURDAY, 9)
    assert next_opening(six, 0, hours(SATURDAY, 18)) == hours(MONDAY, 9)
    assert next_opening(seven, 0, hours(SATURDAY, 18)) == hours(6, 9)


def test_days_that_touch_at_midnight_leave_no_gap() -> None:
    # Open from 0:00 to 24:00 every day is as good as always.
    days = calendar({"days": "mon-sun", "open": "00:00", "close": "24:00"})
    assert is_open(days, 0, hours(1, 0))
    assert work_end(days, 0, hours(0, 22), 30.0) == hours(2, 4)


def test_every_team_has_its_own_calendar() -> None:
    teams = {"desk": team(hours=NINE_TO_FIVE), "night": team(hours="always"), "late": team(hours={"open": "12:00"})}
    program = program_of(world(teams=teams))
    assert [is_open(program, index, hours(0, 10)) for index in range(3)] == [True, True, False]
    assert [worked_before(program, index, hours(1, 0)) for index in range(3)] == [8.0, 24.0, 5.0]


def test_a_calendar_without_working_days_never_opens() -> None:
    holidays = [dt.date(2027, 3, day) for day in range(1, 32)]
    closed = calendar(NINE_TO_FIVE | {"holidays": holidays})
    assert next_opening(closed, 0, 0.0) == math.inf
    assert not is_open(closed, 0, hours(0, 10))
    assert worked_before(closed, 0, hours(31, 0)) == 0.0


def test_an_hour_belongs_to_the_month_in_which_it_lies() -> None:
    # March has 31 days: April begins at hour 744.
    program = program_of(world(months=2))
    assert [month_of(program, at) for at in (0.0, 743.999, 744.0, 744.0 + 30 * 24 - 1e-9)] == [0, 0, 1, 1]


@given(st.floats(0, 29), st.floats(0, 24, exclude_max=True), st.floats(0, 60))
def test_work_takes_exactly_its_hours_of_the_calendar(day: float, clock: float, length: float) -> None:
    lists = as_lists(HOLIDAY)
    start = hours(int(day), clock)
    if not is_open(lists, 0, start):
        start = next_opening(lists, 0, start)
    end = work_end(lists, 0, start, length)
    if end < math.inf:
        assert worked_before(lists, 0, end) - worked_before(lists, 0, start) == pytest.approx(length, abs=1e-9)
        # It ends within a spell of work or at its closing, never in a pause.
        assert is_open(lists, 0, end) or end % 24 == 17 or length == 0
