"""2. Touches: working hours, pauses, productivity, visits and travel. Day 0 is Monday 2027-03-01."""

from __future__ import annotations

import datetime as dt

import pytest

from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import Happening
from worlds import NINE_TO_FIVE, hours, observe, step, team, world


def test_a_touch_pauses_overnight_over_a_weekend_and_a_holiday() -> None:
    # Begun on Friday at 16:00, 3 h: one on Friday; Monday the 8th is a holiday; two on Tuesday, until 11:00.
    desk = team(hours=NINE_TO_FIVE | {"holidays": [dt.date(2027, 3, 8)]})
    seen = observe(world(teams={"desk": desk}, steps={"call": step(effort_hours=3.0)}), [hours(4, 16)])
    assert seen.times(Happening.TOUCH_STARTED) == [hours(4, 16)]
    assert seen.times(Happening.TOUCH_DONE) == [hours(8, 11)]
    assert seen.amount(Amount.WORK_HOURS) == 3.0


def test_a_lead_that_comes_at_night_is_served_when_the_day_begins() -> None:
    # Saturday 3:00 to Monday 9:00 are 54 hours.
    seen = observe(world(teams={"desk": team(hours=NINE_TO_FIVE)}), [hours(5, 3)])
    assert seen.times(Happening.TOUCH_STARTED) == [hours(7, 9)]
    assert seen.amount(Amount.WAIT_HOURS) == 54.0


def test_a_lead_that_comes_exactly_at_opening_is_served_and_at_closing_waits() -> None:
    desk = world(teams={"desk": team(hours=NINE_TO_FIVE)})
    assert observe(desk, [hours(0, 9)]).times(Happening.TOUCH_STARTED) == [hours(0, 9)]
    assert observe(desk, [hours(0, 17)]).times(Happening.TOUCH_STARTED) == [hours(1, 9)]


def test_a_touch_that_ends_exactly_at_closing_is_done_that_day_and_the_next_begins_in_the_morning() -> None:
    seen = observe(world(teams={"desk": team(hours=NINE_TO_FIVE)}), [hours(0, 16), hours(0, 16.5)])
    assert seen.times(Happening.TOUCH_DONE, lead=0) == [hours(0, 17)]
    assert seen.times(Happening.TOUCH_STARTED, lead=1) == [hours(1, 9)]


def test_the_selling_share_stretches_a_touch() -> None:
    # 1 h of selling at a share of 0.4 takes 2.5 h of work.
    seen = observe(world(teams={"desk": team(people={"selling_share": 0.4})}), [10.0])
    assert seen.times(Happening.TOUCH_DONE) == [12.5]


def test_a_new_rep_takes_longer_and_speed_is_that_of_the_touchs_start() -> None:
    # Ramp 2 months = 1461 h from 0.5 to 1. At 292.2 h a fifth of it is over: 0.5 + 0.5 / 5 = 0.6; 3 h take 5 h.
    desk = team(people={"ramp_months": 2.0, "ramp_start": 0.5, "starts_ramped": False})
    seen = observe(world(teams={"desk": desk}, steps={"call": step(effort_hours=3.0)}), [0.0, 292.2])
    assert [event.value for event in seen.of(Happening.TOUCH_STARTED)] == pytest.approx([6.0, 5.0])
    assert seen.times(Happening.TOUCH_DONE) == pytest.approx([6.0, 297.2])


def test_a_ramped_rep_at_the_start_works_at_full_speed() -> None:
    seen = observe(world(teams={"desk": team(people={"ramp_months": 6.0})}), [5.0])
    assert seen.times(Happening.TOUCH_DONE) == [6.0]


def test_skill_is_the_reps_own_and_stays() -> None:
    desk = team(people={"skill_cv": 0.5})
    seen = observe(world(teams={"desk": desk}), [10.0, 50.0])
    skill = seen.of(Happening.HIRED)[0].value
    assert skill != 1.0
    assert [event.value for event in seen.of(Happening.TOUCH_STARTED)] == pytest.approx([1 / skill, 1 / skill])


def test_travel_is_added_as_it_is_and_a_visit_is_counted() -> None:
    # 2 h of selling at a share of 0.5 take 4, and 3 on the road: 7.
    field = team(people={"selling_share": 0.5})
    meet = step(effort_hours=2.0, travel_hours=3.0, visit=True)
    seen = observe(world(teams={"desk": field}, steps={"meet": meet}), [10.0])
    assert seen.times(Happening.TOUCH_DONE) == [17.0]
    assert seen.count(Count.VISITS) == seen.count(Count.TOUCHES) == 1
    assert (seen.amount(Amount.TRAVEL_HOURS), seen.amount(Amount.WORK_HOURS)) == (3.0, 7.0)


def test_a_touch_by_phone_is_no_visit() -> None:
    seen = observe(world(), [10.0])
    assert (seen.count(Count.TOUCHES), seen.count(Count.VISITS)) == (1, 0)


def test_a_step_of_several_touches_makes_them_at_their_spacing() -> None:
    # Touches of 1 h, 24 h from the end of one to the next: 10-11, 35-36, 60-61.
    seen = observe(world(steps={"call": step(touches=3, touch_spacing_hours=24.0)}), [10.0])
    assert seen.times(Happening.TOUCH_STARTED) == [10.0, 35.0, 60.0]
    assert seen.times(Happening.WON) == [61.0]
    assert (seen.count(Count.TOUCHES), seen.count(Count.WAITS), seen.count(Count.CONTACTED)) == (3, 3, 1)


def test_touches_without_spacing_go_through_the_queue_one_by_one() -> None:
    # Both leads need two touches; oldest first: lead 0 is done at 11 and queues again behind lead 1.
    seen = observe(world(steps={"call": step(touches=2)}), [10.0, 10.5])
    assert seen.leads(Happening.TOUCH_STARTED) == [0, 1, 0, 1]
    assert seen.times(Happening.WON) == [13.0, 14.0]


def test_a_touch_of_no_length_is_done_at_the_same_instant() -> None:
    seen = observe(world(steps={"a": step(effort_hours=0.0), "b": step(effort_hours=0.0)}), [10.0, 10.0])
    assert seen.times(Happening.WON) == [10.0, 10.0]
    assert seen.amount(Amount.WORK_HOURS) == 0.0


def test_work_is_booked_in_the_months_in_which_it_falls() -> None:
    # March has 744 hours. A touch of 10 h from 740 on: 4 in March, 6 in April; it is counted done in April.
    seen = observe(world(months=2, steps={"call": step(effort_hours=10.0)}), [740.0])
    assert seen.ledger.amounts[Amount.WORK_HOURS, :, 0, 0, 0].tolist() == [4.0, 6.0]
    assert seen.ledger.counts[Count.TOUCHES, :, 0, 0, 0].tolist() == [0, 1]
    assert seen.ledger.counts[Count.WAITS, :, 0, 0, 0].tolist() == [1, 0]


def test_work_beyond_the_horizon_is_not_booked() -> None:
    # March ends at 744: of a touch of 10 h from 740 on, 4 are worked and none is done.
    seen = observe(world(steps={"call": step(effort_hours=10.0)}), [740.0])
    assert seen.amount(Amount.WORK_HOURS) == 4.0
    assert seen.count(Count.TOUCHES) == 0
    assert seen.ledger.open_leads.sum() == 1


def test_the_ledger_knows_how_long_reps_were_there() -> None:
    # March 2027 has 23 working days of 8 hours; 744 hours on the payroll.
    seen = observe(world(teams={"desk": team(2, hours=NINE_TO_FIVE)}), [])
    assert seen.rep(RepAmount.EMPLOYED_HOURS) == [744.0, 744.0]
    assert seen.rep(RepAmount.STAFFED_HOURS) == [184.0, 184.0]
    assert seen.rep(RepAmount.RAMPED_HOURS) == [744.0, 744.0]
    assert seen.rep(RepAmount.HIRES) == [0.0, 0.0]
