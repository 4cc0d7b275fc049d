"""How productive a rep is: ramp, its integral, skill and selling share. Hand-worked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.program.arrays import Program
from channelsim.rules.people import productivity, ramp, ramped_time, touch_hours
from worlds import program_of, team, world

MONTH = 8766 / 12  # 730.5 hours
RAMP = 3 * MONTH


def staff(**people: Any) -> Program:
    return program_of(world(teams={"desk": team(people=people)}))


RAMPING = staff(ramp_months=3.0, ramp_start=0.25, selling_share=0.5)


def test_the_ramp_is_as_long_as_the_scenario_says() -> None:
    assert RAMPING.team_ramp_hours[0, 0, 0] == RAMPING.team_quota_ramp_hours[0, 0] == RAMP


def test_a_new_rep_starts_at_ramp_start_and_rises_in_a_straight_line_to_1() -> None:
    # 0.25 on the first day; 0.25 + 0.75 / 3 after one month of three; 0.625 half-way; 1 at the end and ever after.
    assert ramp(RAMPING, 0, 0.0, RAMP) == 0.25
    assert ramp(RAMPING, 0, MONTH, RAMP) == pytest.approx(0.5)
    assert ramp(RAMPING, 0, RAMP / 2, RAMP) == 0.625
    assert ramp(RAMPING, 0, RAMP, RAMP) == 1.0
    assert ramp(RAMPING, 0, 10 * RAMP, RAMP) == 1.0


def test_a_rep_on_board_at_the_start_is_ramped_from_the_first_day() -> None:
    assert ramp(RAMPING, 0, 0.0, 0.0) == 1.0


def test_without_a_ramp_a_new_rep_is_fully_productive() -> None:
    assert ramp(staff(), 0, 0.0, staff().team_ramp_hours[0, 0, 0]) == 1.0


def test_productivity_is_ramp_times_skill_times_selling_share() -> None:
    # 0.625 x 1.2 x 0.5 = 0.375
    assert productivity(RAMPING, 0, 0, 1.2, RAMP / 2, RAMP) == pytest.approx(0.375)


def test_productivity_stretches_the_selling_hours_of_a_touch_and_not_the_road() -> None:
    # (0.1 + 0.8) / 0.5 + 2 = 3.8
    assert touch_hours(0.1, 0.8, 2.0, 0.5) == pytest.approx(3.8)


def test_ramped_time_is_the_area_under_the_ramp() -> None:
    # The whole ramp: mean of 0.25 and 1 = 0.625; then full.
    assert ramped_time(RAMPING, 0, 0.0, RAMP, RAMP) == pytest.approx(0.625 * RAMP)
    assert ramped_time(RAMPING, 0, 0.0, RAMP + 100, RAMP) == pytest.approx(0.625 * RAMP + 100)
    # Its middle third: from 0.5 to 0.75.
    assert ramped_time(RAMPING, 0, MONTH, 2 * MONTH, RAMP) == pytest.approx(0.625 * MONTH)
    assert ramped_time(RAMPING, 0, RAMP, RAMP + 7, RAMP) == 7.0
    assert ramped_time(RAMPING, 0, 0.0, 50.0, 0.0) == 50.0


@given(st.floats(0, 5000), st.floats(0, 5000))
def test_ramped_time_is_the_integral_of_the_ramp(since: float, length: float) -> None:
    at = np.linspace(since, since + length, 2001)
    curve = [ramp(RAMPING, 0, each, RAMP) for each in at]
    assert ramped_time(RAMPING, 0, since, since + length, RAMP) == pytest.approx(
        np.trapezoid(curve, at) if hasattr(np, "trapezoid") else np.trapz(curve, at), abs=0.01
    )


@given(st.lists(st.floats(0, 5000), min_size=3, max_size=3).map(sorted))
def test_ramped_time_adds_up_over_adjoining_spells(times: list[float]) -> None:
    a, b, c = times
    parts = ramped_time(RAMPING, 0, a, b, RAMP) + ramped_time(RAMPING, 0, b, c, RAMP)
    assert parts == pytest.approx(ramped_time(RAMPING, 0, a, c, RAMP), abs=1e-9)
