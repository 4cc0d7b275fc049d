"""The organisation: plans, freezes, promotions, hires, managers, ramps by segment. Hand-worked."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import numpy as np
import pytest

from channelsim.engine.ledger import RepAmount
from channelsim.engine.trace import Happening
from channelsim.rules.people import departure_time, first_day
from worlds import Happened, observe, program_of, source, step, team, world

MARCH, APRIL = 744.0, 720.0
APRIL_BEGINS, MAY_BEGINS = MARCH, MARCH + APRIL


def seen(tree: dict[str, Any], stays: dict[int, float]) -> Happened:
    """What happens when the reps of a team that is hired at the start stay so many hours; others stay for good."""

    def arranged(_program: Any, at_team: int, hired_at: float, _u: float) -> float:
        return hired_at + stays[at_team] if hired_at == 0.0 and at_team in stays else float("inf")

    with patch("channelsim.engine.reference.seat.departure_time", arranged):
        return observe(tree, [])


def test_nobody_starts_in_a_freeze() -> None:
    people = {"annual_attrition": 1.0, "hire_days": 5.0, "hiring_freezes": [{"from_month": 0, "months": 2}]}
    happened = seen(world(months=3, teams={"desk": team(people=people)}), {0: 100.0})
    # Gone at 100, to be replaced at 220, in the freeze: the first of May.
    assert happened.times(Happening.HIRED) == [0.0, MAY_BEGINS]


def test_a_seat_that_is_planned_for_a_freeze_is_filled_after_it() -> None:
    people = {"hiring_freezes": [{"from_month": 1, "months": 1}]}
    happened = observe(world(months=3, teams={"desk": team({0: 1, 1: 2}, people=people)}), [])
    assert happened.times(Happening.HIRED) == [0.0, MAY_BEGINS]
    assert first_day(happened.program, 0, APRIL_BEGINS + 5.0) == MAY_BEGINS
    assert first_day(happened.program, 0, MAY_BEGINS) == MAY_BEGINS


def test_a_freeze_to_the_end_leaves_seats_empty() -> None:
    people = {"annual_attrition": 1.0, "hire_days": 0.0, "hiring_freezes": [{"from_month": 0, "months": 99}]}
    happened = seen(world(months=3, teams={"desk": team(people=people)}), {0: 100.0})
    assert happened.times(Happening.HIRED) == [0.0]


def promoting(share: float = 1.0, **desk: Any) -> dict[str, Any]:
    inside = {"people": {"hire_days": 10.0, "skill_cv": 0.5}} | desk
    outside = {
        "people": {
            "annual_attrition": 1.0,
            "hire_days": 5.0,
            "ramp_months": 1.0,
            "ramp_start": 0.5,
            "promotion": {"team": "desk", "share": share, "ramp_share": 0.5},
        }
    }
    return world(
        months=2, teams={"desk": team(2, **inside), "field": team(1, **outside)}, steps={"call": step("desk")}
    )


def test_a_vacancy_is_filled_with_the_rep_longest_in_the_other_team() -> None:
    happened = seen(promoting(), {1: 100.0})
    # Seats 0 and 1 at the desk, 2 in the field. At 100 the field rep leaves; at 220 the desk's first seat moves up,
    # with its skill, and is filled from outside ten days later.
    promoted = happened.of(Happening.PROMOTED)
    assert [(event.time, event.seat) for event in promoted] == [(220.0, 2)]
    skill = {event.seat: event.value for event in happened.of(Happening.HIRED) if event.time == 0.0}
    assert promoted[0].value == skill[0] != skill[1]
    assert happened.times(Happening.DEPARTED, seat=0) == [220.0]
    assert happened.times(Happening.HIRED, seat=0) == [0.0, 460.0]
    assert happened.rep(RepAmount.PROMOTIONS) == [0.0, 0.0, 0.0, 1.0, 0.0]
    assert happened.rep(RepAmount.HIRES) == [0.0, 0.0, 0.0, 0.0, 1.0]


def test_those_promoted_ramp_for_the_share_of_the_ramp_that_is_left() -> None:
    happened = seen(promoting(), {1: 100.0})
    employed, ramped = (
        happened.ledger.rep_amounts[what][3] for what in (RepAmount.EMPLOYED_HOURS, RepAmount.RAMPED_HOURS)
    )
    # Half of 730.5 hours from 0.5 to 1: a quarter of 365.25 hours is lost.
    assert (employed - ramped).sum() == pytest.approx(365.25 / 4)


def test_a_busy_rep_moves_up_when_the_touch_in_hand_is_done() -> None:
    tree = promoting()
    tree["motions"] = {"sale": {"steps": {"call": step("desk", effort_hours=50.0)}}}
    tree["teams"]["desk"]["headcount"] = 1
    tree["teams"]["desk"]["people"] = {"hire_days": 10.0}

    def arranged(_program: Any, at_team: int, hired_at: float, _u: float) -> float:
        return 100.0 if at_team == 1 and hired_at == 0.0 else float("inf")

    with patch("channelsim.engine.reference.seat.departure_time", arranged):
        happened = observe(tree, [200.0])
    assert happened.times(Happening.PROMOTED) == [220.0]
    assert happened.times(Happening.DEPARTED, seat=0) == [250.0]


def test_without_anybody_to_promote_the_seat_is_filled_from_outside() -> None:
    tree = promoting()
    tree["teams"]["desk"]["headcount"] = 0
    happened = seen(tree, {1: 100.0})
    assert happened.times(Happening.PROMOTED) == []
    assert happened.times(Happening.HIRED) == [0.0, 220.0]


def test_a_share_of_the_vacancies_is_filled_by_promotion() -> None:
    tree = promoting(0.3)
    tree["horizon"] = tree["horizon"] | {"months": 24}
    tree["teams"]["field"]["headcount"] = 30
    tree["teams"]["field"]["people"]["annual_attrition"] = 3.0
    tree["teams"]["desk"]["headcount"] = 60
    happened = observe(tree, [])
    into_field = happened.program.seat_team[[int(seat) for seat, _ in happened.ledger.reps]] == 1
    hires, promotions = (happened.ledger.rep_amounts[what].sum(axis=1)[into_field].sum()
                         for what in (RepAmount.HIRES, RepAmount.PROMOTIONS))  # fmt: skip
    count = hires + promotions
    assert count > 100
    assert promotions / count == pytest.approx(0.3, abs=4 * (0.3 * 0.7 / count) ** 0.5)


def test_hires_are_as_good_as_the_scenario_says() -> None:
    people = {"annual_attrition": 1.0, "hire_days": 5.0, "hire_skill": 0.7}
    happened = seen(world(teams={"desk": team(people=people)}), {0: 100.0})
    assert [event.value for event in happened.of(Happening.HIRED)] == [1.0, pytest.approx(0.7)]


def test_reps_beyond_the_managers_span_are_less_productive() -> None:
    managers = {"headcount": 1, "span": 4, "unmanaged_productivity": 0.5}
    program = program_of(world(months=2, teams={"desk": team({0: 4, 1: 10}, people={"managers": managers})}))
    # 4 of 4 managed; 4 of 10, and six at half: (4 + 3) / 10.
    assert program.team_selling_share[0].tolist() == pytest.approx([1.0, 0.7])


def test_a_rep_ramps_for_each_segment_apart() -> None:
    tree = world(
        segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
        sources={"web": source(mix={"small": 0.5, "big": 0.5})},
        teams={
            "desk": team(
                1,
                people={"ramp_months": {"small": 0.0, "big": 2.0}, "ramp_start": 0.5, "starts_ramped": False},
            )
        },
    )
    happened = observe(tree, {0: [0.0], 1: [10.0]})
    started = happened.of(Happening.TOUCH_STARTED)
    # An hour of work takes an hour for the small lead; for the big one 1 / (0.5 + 0.5 x 10 / 1461).
    assert [event.value for event in started] == [1.0, pytest.approx(1 / (0.5 + 0.5 * 10 / 1461))]
    assert happened.program.team_quota_ramp_hours[0, 0] == 1461.0


def test_departures_keep_to_their_season() -> None:
    # Everybody leaves in April, at a rate of 3 in the month; nobody in March.
    factors = [0.0] * 12
    factors[3] = 3.0 * 8766 / 720
    people = {"annual_attrition": 1.0, "attrition_seasonality": factors}
    program = program_of(world(months=3, teams={"desk": team(people=people)}))
    assert program.team_departures_before_month[0].tolist() == pytest.approx([0.0, 0.0, 3.0, 3.0])
    # Half of them stay for less than log 2 of 3 expected departures: 720 x log(2) / 3 hours into April.
    assert departure_time(program, 0, 10.0, 0.5) == pytest.approx(APRIL_BEGINS + 720 * np.log(2) / 3)
    assert departure_time(program, 0, 10.0, 1 - np.exp(-3.1)) == float("inf")
