"""8. Reps: arrivals and departures, vacancies and successors, and what becomes of a leaver's leads.

March 2027 has 744 hours, April 720. A plan {0: 2, 1: 1} closes the second seat at hour 744.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from unittest.mock import patch

import numpy as np
import pytest
from scipy import stats

import worlds
from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import Happening
from channelsim.program.arrays import Program
from worlds import Happened, program_of, source, step, team, world

OWNED = {"assignment": "owned"}


@dataclass(frozen=True)
class Leaving:
    """A world whose reps each stay exactly `stay` hours."""

    program: Program
    stay: float


def leaving(
    headcount: Any = 1, stay: float = 100.0, hire_days: float = 5.0, months: int = 1, **fields: Any
) -> Leaving:
    """A team whose reps each stay exactly `stay` hours."""
    people = {"annual_attrition": 1.0, "hire_days": hire_days} | fields.pop("people", {})
    steps = fields.pop("steps", {"call": step()})
    tree = world(months=months, teams={"desk": team(headcount, people=people, **fields)}, steps=steps)
    return Leaving(program_of(tree), stay)


def observe(tree: Any, *arguments: Any, **options: Any) -> Happened:
    """As `worlds.observe`, also of a world whose reps leave when they are told to."""
    if not isinstance(tree, Leaving):
        return worlds.observe(tree, *arguments, **options)

    def arranged(_program: Any, _team: int, hired_at: float, _u: float) -> float:
        return hired_at + tree.stay

    with patch("channelsim.engine.reference.seat.departure_time", arranged):
        return worlds.observe(tree.program, *arguments, **options)


def test_a_seat_is_vacant_after_a_departure_until_its_successor_starts() -> None:
    # Stay 100 h, hire 120 h: 0-100, 220-320, 440-540, 660-(744).
    seen = observe(leaving(), [])
    assert seen.times(Happening.HIRED) == [0.0, 220.0, 440.0, 660.0]
    assert seen.times(Happening.DEPARTED) == [100.0, 320.0, 540.0]
    assert seen.ledger.reps.tolist() == [[0, 0], [0, 1], [0, 2], [0, 3]]
    assert seen.rep(RepAmount.EMPLOYED_HOURS) == [100.0, 100.0, 100.0, 84.0]
    # On board at the start is no hire; the last has not left.
    assert seen.rep(RepAmount.HIRES) == [0.0, 1.0, 1.0, 1.0]
    assert seen.rep(RepAmount.DEPARTURES) == [1.0, 1.0, 1.0, 0.0]
    assert seen.rep(RepAmount.LAID_OFF) == [0.0, 0.0, 0.0, 0.0]


def test_leads_wait_through_a_vacancy() -> None:
    assert observe(leaving(), [150.0]).times(Happening.TOUCH_STARTED) == [220.0]


def test_a_successor_ramps_though_the_predecessor_was_ramped() -> None:
    # Ramp 1 month from 0.5: at 10 the first rep works at full speed; the successor, on the first day, at half.
    seen = observe(leaving(people={"ramp_months": 1.0, "ramp_start": 0.5}), [10.0, 150.0])
    assert [event.value for event in seen.of(Happening.TOUCH_STARTED)] == [1.0, 2.0]


def test_ramped_hours_are_booked_by_month() -> None:
    # Starts 2027-03-01 unramped, ramp of 2 x 730.5 h from 0: mean of the ramp over March = 744 / 2 / 1461.
    desk = team(people={"ramp_months": 2.0, "ramp_start": 0.5, "starts_ramped": False})
    seen = observe(world(months=2, teams={"desk": desk}), [])
    in_march = 744 * (0.5 + 0.5 * 372 / 1461)
    # April: 717 h of ramp from 744 to 1461, whose middle is 1102.5; then 3 h in full.
    in_april = 717 * (0.5 + 0.5 * 1102.5 / 1461) + 3
    assert seen.ledger.rep_amounts[RepAmount.RAMPED_HOURS, 0].tolist() == pytest.approx([in_march, in_april])
    assert seen.ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, 0].tolist() == [744.0, 720.0]


def test_reps_leave_at_the_rate_of_attrition() -> None:
    # 60 seats a year, 0.5 leavers per filled year: vacancies of a day. Departures are Poisson with mean
    # 0.5 x filled years; counted within 99.9%.
    desk = team(60, people={"annual_attrition": 0.5, "hire_days": 1.0})
    seen = observe(world(months=12, teams={"desk": desk}), [])
    filled_years = sum(seen.rep(RepAmount.EMPLOYED_HOURS)) / 8766
    departures = int(sum(seen.rep(RepAmount.DEPARTURES)))
    low, high = stats.poisson(0.5 * filled_years).interval(0.999)
    assert low <= departures <= high
    assert departures > 10


def test_a_rep_whose_time_is_up_finishes_the_touch_in_hand_and_starts_no_other() -> None:
    # Stay 100 h; a touch of 10 h from 95 to 105; the lead of 97 waits for the successor, who comes 120 h after the
    # rep has gone: 225.
    seen = observe(leaving(steps={"call": step(effort_hours=10.0)}), [95.0, 97.0])
    assert seen.times(Happening.TOUCH_DONE)[0] == 105.0
    assert seen.times(Happening.DEPARTED)[0] == 105.0
    assert seen.times(Happening.TOUCH_STARTED) == [95.0, 225.0]
    assert seen.rep(RepAmount.EMPLOYED_HOURS)[0] == 105.0


def test_a_rep_who_leaves_at_the_instant_at_which_a_touch_ends_is_gone_at_that_instant() -> None:
    seen = observe(leaving(steps={"call": step(effort_hours=10.0)}), [90.0, 95.0])
    assert seen.times(Happening.DEPARTED)[0] == 100.0
    assert seen.times(Happening.TOUCH_STARTED) == [90.0, 220.0]


def test_a_seat_closes_when_its_plan_ends_and_has_no_successor() -> None:
    # 2 seats in March, 1 in April, 2 in May.
    seen = observe(world(months=3, teams={"desk": team({0: 2, 1: 1, 2: 2})}), [])
    assert [(event.time, event.seat) for event in seen.of(Happening.HIRED)] == [(0.0, 0), (0.0, 1), (1464.0, 2)]
    assert [(event.time, event.seat) for event in seen.of(Happening.DEPARTED)] == [(744.0, 1)]
    assert seen.rep(RepAmount.DEPARTURES) == seen.rep(RepAmount.LAID_OFF) == [0.0, 1.0, 0.0]


def test_a_planned_leaver_finishes_the_touch_in_hand() -> None:
    # Both seats are at it at 740; seat 1 closes at 744 and works until 750, on the payroll.
    tree = world(months=2, teams={"desk": team({0: 2, 1: 1})}, steps={"call": step(effort_hours=10.0)})
    seen = observe(tree, [740.0, 740.0, 745.0])
    assert seen.times(Happening.DEPARTED) == [750.0]
    assert [(event.time, event.seat) for event in seen.of(Happening.TOUCH_STARTED)] == [
        (740, 0),
        (740, 1),
        (750, 0),
    ]
    assert seen.ledger.rep_amounts[RepAmount.EMPLOYED_HOURS, 1].tolist() == [744.0, 6.0]
    assert seen.rep(RepAmount.LAID_OFF) == [0.0, 1.0]


def test_nobody_is_hired_into_a_seat_that_will_have_closed() -> None:
    # Stay 700 h, hire 120 h: the successor would start at 820, after the seat closes at 744.
    program = leaving({0: 1, 1: 0}, stay=700.0, months=2)
    assert observe(program, []).times(Happening.HIRED) == [0.0]


CYCLE = {"call": step(buyer_days=100.0), "close": step()}


def shrinking(
    orphan_share: float = 0.0, cap: int | None = None, plan: Any = None, **sections: Any
) -> dict[str, Any]:
    """An owned team that loses its second seat at 744; leads think for 100 days after their first touch."""
    queue = OWNED | ({} if cap is None else {"max_open_deals": cap})
    desk = team(plan or {0: 2, 1: 1}, queue=queue, people={"orphan_share": orphan_share})
    return world(**({"months": 6, "teams": {"desk": desk}, "steps": CYCLE} | sections))


def test_a_leavers_leads_go_to_the_colleague_with_the_fewest_open_deals() -> None:
    # Three seats; 7 leads are dealt 0 1 2 0 1 2 0. Seat 2 leaves with leads 2 and 5: lead 2 goes to seat 1 (2 open
    # against 3), lead 5 to seat 0 (3 and 3: the first seat).
    seen = observe(shrinking(plan={0: 3, 1: 2}), [float(10 * (i + 1)) for i in range(7)])
    given = [(event.lead, event.seat) for event in seen.of(Happening.OWNED)]
    assert given == [(0, 0), (1, 1), (2, 2), (3, 0), (4, 1), (5, 2), (6, 0), (2, 1), (5, 0)]


def test_a_lead_that_was_passed_on_is_worked_by_its_new_owner() -> None:
    seen = observe(shrinking(), [10.0, 20.0])
    # Lead 1: touch 20-21 by seat 1, decision 100 days later at 2421, then seat 0.
    assert [(event.time, event.seat) for event in seen.of(Happening.TOUCH_STARTED, lead=1)] == [(20, 1), (2421, 0)]


def test_a_waiting_lead_of_a_leaver_keeps_its_place_in_the_queue_and_its_window() -> None:
    # Seat 0: lead 0 from 700 to 800, then lead 2 of 702. Seat 1: lead 1 from 701 to 801; lead 3 of 703 waits for
    # it. At 744 seat 1's time is up, at 801 it leaves; lead 3 waits for seat 0, before lead 4 of 750.
    steps = {"call": step(effort_hours=100.0, buyer_days=1.0, patience_hours=500.0)}
    seen = observe(shrinking(steps=steps), [700.0, 701.0, 702.0, 703.0, 750.0])
    given = [(e.lead, e.seat) for e in seen.of(Happening.OWNED)]
    assert given == [(0, 0), (1, 1), (2, 0), (3, 1), (4, 0), (1, 0), (3, 0)]
    assert seen.times(Happening.TOUCH_STARTED) == [700.0, 701.0, 800.0, 900.0, 1000.0]
    assert seen.leads(Happening.TOUCH_STARTED) == [0, 1, 2, 3, 4]
    # Its window runs from 703 to 1203: with 150 h it is lost at 853.
    hasty = observe(
        shrinking(steps={"call": step(effort_hours=100.0, patience_hours=150.0)}), [700.0, 701.0, 702.0, 703.0]
    )
    assert hasty.times(Happening.COOLED, lead=3) == [853.0]


def test_a_lead_is_orphaned_with_its_probability() -> None:
    # One seat with 300 open leads closes, a second stays.
    desk = team({0: 2, 1: 1}, queue=OWNED, people={"orphan_share": 0.4})
    tree = world(months=2, teams={"desk": desk}, steps={"call": step(effort_hours=0.0, buyer_days=100.0)})
    seen = observe(tree, list(np.arange(600.0)))
    orphaned = seen.count(Count.ORPHANED)
    assert stats.binomtest(orphaned, 300, 0.4).pvalue > 1e-3
    assert seen.times(Happening.ORPHANED) == [744.0] * orphaned
    assert seen.ledger.open_leads.sum() == 600 - orphaned


def test_an_orphaned_lead_is_lost_for_good_even_while_it_waits() -> None:
    # Lead 3 waits for seat 1, whose time is up at 744 and which leaves after its touch, at 801.
    seen = observe(
        shrinking(orphan_share=1.0, steps={"call": step(effort_hours=100.0)}), [700.0, 701.0, 702.0, 703.0]
    )
    assert seen.life(3) == ["ARRIVED", "ENTERED", "QUEUED", "OWNED", "ORPHANED"]
    assert seen.times(Happening.ORPHANED, lead=3) == [801.0]


def test_a_leaver_is_gone_before_the_buyer_of_the_last_touch_answers() -> None:
    # The buyer would say yes at once; the departure comes first, so the lead was still the leaver's.
    seen = observe(shrinking(orphan_share=1.0, steps={"call": step(effort_hours=100.0)}), [700.0, 701.0])
    assert seen.life(1)[-3:] == ["TOUCH_DONE", "DECIDING", "ORPHANED"]


def test_an_orphaned_opportunity_leaves_the_pipeline() -> None:
    steps = {"call": step(buyer_days=100.0, opportunity=True)}
    seen = observe(shrinking(orphan_share=1.0, steps=steps), [10.0, 20.0])
    assert seen.amount(Amount.PIPELINE_OPENED) == 2000.0
    assert seen.amount(Amount.PIPELINE_CLOSED) == 2000.0  # one orphaned in April, one won in June
    assert (seen.count(Count.ORPHANED), seen.count(Count.WON)) == (1, 1)


def test_when_all_colleagues_are_full_a_leavers_lead_has_no_owner_until_it_needs_one() -> None:
    # Cap 1: lead 0 is seat 0's, lead 1 seat 1's, which closes. Lead 0: 10-11, decides at 2411, touched until 2412:
    # won. Lead 1 decides at 2421 and then gets seat 0.
    seen = observe(shrinking(cap=1), [10.0, 20.0])
    assert [(e.time, e.lead, e.seat) for e in seen.of(Happening.OWNED)] == [(10, 0, 0), (20, 1, 1), (2421, 1, 0)]
    assert seen.times(Happening.WON) == [2412.0, 2422.0]


def test_the_last_reps_leads_wait_for_whoever_comes() -> None:
    # The team is empty in April and has a rep again in May, hour 1464.
    steps = {"call": step(effort_hours=2000.0)}
    seen = observe(shrinking(plan={0: 1, 1: 0, 2: 1}, steps=steps), [10.0, 12.0])
    # The touch of 2000 h in hand is finished at 2010 by the leaver; only then do both leads go on.
    assert [(e.time, e.lead, e.seat) for e in seen.of(Happening.OWNED)] == [
        (10, 0, 0), (12, 1, 0), (2010, 0, 1), (2010, 1, 1)
    ]  # fmt: skip


def test_colleagues_who_leave_at_the_same_instant_inherit_nothing() -> None:
    # Seats 1 and 2 close at 744; lead 1 of seat 1 goes to seat 0 at once, though seat 2 has fewer open deals.
    seen = observe(shrinking(plan={0: 3, 1: 1}), [10.0, 20.0])
    assert [(e.lead, e.seat) for e in seen.of(Happening.OWNED)] == [(0, 0), (1, 1), (1, 0)]


def test_a_lead_is_at_risk_once_at_each_departure() -> None:
    # Three of four seats close at once: of the leads of the three, 40% are orphaned and no more.
    desk = team({0: 4, 1: 1}, queue=OWNED, people={"orphan_share": 0.4})
    tree = world(months=2, teams={"desk": desk}, steps={"call": step(effort_hours=0.0, buyer_days=100.0)})
    seen = observe(tree, list(np.arange(600.0)))
    assert stats.binomtest(seen.count(Count.ORPHANED), 450, 0.4).pvalue > 1e-3


def test_pooled_leads_do_not_care_who_leaves() -> None:
    desk = team({0: 2, 1: 1}, people={"orphan_share": 1.0})
    seen = observe(world(months=6, teams={"desk": desk}, steps=CYCLE), [10.0, 20.0])
    assert (seen.count(Count.WON), seen.count(Count.ORPHANED)) == (2, 0)


def test_a_deal_won_after_its_rep_has_left_is_still_credited_to_that_rep() -> None:
    # Seat 1 made the last touch in March and left on April 1st; the buyer says yes in June.
    steps = {"call": step(buyer_days=90.0)}
    seen = observe(shrinking(steps=steps), [10.0, 20.0])
    deals = seen.ledger.rep_amounts[RepAmount.DEALS]
    # 21 h + 2160 h = 2181 h: March 744, April 720, May 744 -> 2208: still May (index 2).
    assert deals[1].tolist() == [0, 0, 1, 0, 0, 0]


def test_a_stream_of_leads_meets_every_rep_of_a_growing_plan() -> None:
    tree = world(months=3, sources={"web": source(900.0)}, teams={"desk": team({0: 1, 1: 2, 2: 3})})
    seen = observe(tree)
    by_month = [
        {event.seat for event in seen.of(Happening.TOUCH_STARTED) if low <= event.time < high}
        for low, high in ((0, 744), (744, 1464), (1464, 2208))
    ]
    assert by_month == [{0}, {0, 1}, {0, 1, 2}]
