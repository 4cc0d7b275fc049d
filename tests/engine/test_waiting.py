"""3. Waiting: queues, owners, caps, patience, and who works."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.engine.ledger import Amount, Count
from channelsim.engine.trace import Happening
from worlds import observe, source, step, team, world

VALUES = {"tiny": 10.0, "small": 20.0, "large": 30.0}


def served(discipline: str, steps: dict[str, Any] | None = None) -> list[int]:
    """Streams in the order in which they are served: a first lead at 10 keeps the rep busy until 11; then come
    the large deal at 10.2, the tiny at 10.4 and the small at 10.6. Streams: tiny 0, small 1, large 2."""
    seen = observe(
        world(
            segments={name: {"deal_value": value} for name, value in VALUES.items()},
            sources={"web": source(mix={"tiny": 0.4, "small": 0.3, "large": 0.3})},
            teams={"desk": team(queue={"discipline": discipline})},
            steps=steps or {"call": step()},
        ),
        {0: [10.0, 10.4], 1: [10.6], 2: [10.2]},
    )
    return [lead >> 32 for lead in seen.leads(Happening.TOUCH_STARTED)]


@pytest.mark.parametrize(
    ("discipline", "order"),
    [
        ("oldest", [0, 2, 0, 1]),
        ("newest", [0, 1, 0, 2]),
        ("largest", [0, 2, 1, 0]),
        ("furthest_stage", [0, 2, 0, 1]),
    ],
)
def test_waiting_leads_are_served_in_the_order_of_the_discipline(discipline: str, order: list[int]) -> None:
    assert served(discipline) == order


def test_furthest_stage_finishes_a_lead_before_it_starts_the_next() -> None:
    # The first lead of stream 0 comes to its second step at 11, behind three that wait for their first.
    two = {"call": step(), "close": step()}
    assert served("furthest_stage", two)[:2] == [0, 0]
    assert served("oldest", two)[:2] == [0, 2]


def test_the_rep_idle_longest_works() -> None:
    # Seats 0 and 1 are idle since 0: seat 0 takes the lead at 10 (until 11), seat 1 the one at 20; then seat 0,
    # idle since 11, goes before seat 1, idle since 21.
    seen = observe(world(teams={"desk": team(2)}), [10.0, 20.0, 30.0, 30.5])
    assert [event.seat for event in seen.of(Happening.TOUCH_STARTED)] == [0, 1, 0, 1]


def test_waits_and_the_first_response_are_booked() -> None:
    # One rep: starts at 10 and 11; the second lead came at 10.25 and waited 0.75. Each has two steps; at the second
    # the leads queue again: at 11 (served at 12) and at 12 (served at 13).
    seen = observe(world(steps={"a": step(), "b": step()}), [10.0, 10.25])
    assert seen.times(Happening.TOUCH_STARTED) == [10.0, 11.0, 12.0, 13.0]
    assert seen.amount(Amount.WAIT_HOURS) == pytest.approx(0.0 + 0.75 + 1.0 + 1.0)
    assert (seen.count(Count.WAITS), seen.count(Count.RESPONDED)) == (4, 2)
    assert seen.amount(Amount.RESPONSE_HOURS) == pytest.approx(0.75)


def patient(hours: float, **fields: Any) -> dict[str, Any]:
    return world(steps={"call": step(patience_hours=hours, **fields)})


def test_a_lead_whose_window_closes_before_its_touch_is_lost_as_cooled() -> None:
    # The rep is busy from 10 to 11; the lead of 10.25 waits until 10.75.
    seen = observe(patient(0.5), [10.0, 10.25])
    assert seen.times(Happening.COOLED, lead=1) == [10.75]
    assert (seen.count(Count.COOLED), seen.count(Count.WON)) == (1, 1)
    assert seen.amount(Amount.COOLED_WAIT_HOURS) == 0.5
    assert seen.count(Count.WAITS) == 1


def test_a_window_that_closes_at_the_instant_of_the_touch_is_closed() -> None:
    # The rep is free again at 11, exactly when the window of the lead of 10.5 closes: everything due at an instant
    # happens before anyone is dispatched.
    assert observe(patient(0.5), [10.0, 10.5]).times(Happening.COOLED) == [11.0]
    assert observe(patient(0.50001), [10.0, 10.5]).times(Happening.COOLED) == []


def test_a_lead_without_patience_is_lost_even_if_a_rep_is_free() -> None:
    assert observe(patient(0.0), [10.0]).life(0) == ["ARRIVED", "ENTERED", "QUEUED", "COOLED"]


def test_a_window_that_closes_during_a_touch_does_no_harm() -> None:
    assert observe(patient(0.5), [10.0]).times(Happening.WON) == [11.0]


def test_patience_begins_anew_with_every_wait() -> None:
    # Two touches a step: the first wait lasts 0.8 of 1.0 hours, the second again 0.8.
    seen = observe(patient(1.0, touches=2, touch_spacing_hours=0.2), [10.0, 10.2])
    # Lead 0: 10-11; lead 1: waits 10.2-11, touched 11-12; lead 0 due at 11.2, waits to 12: 0.8.
    assert seen.times(Happening.TOUCH_STARTED) == pytest.approx([10.0, 11.0, 12.0, 13.0])
    assert seen.count(Count.COOLED) == 0


def test_a_lead_is_lost_in_calendar_time_while_the_team_is_closed() -> None:
    desk = team(hours={"open": "09:00", "close": "17:00"})
    tree = world(teams={"desk": desk}, steps={"call": step(patience_hours=4.0)})
    assert observe(tree, [20.0]).times(Happening.COOLED) == [24.0]


def test_the_segments_patience_holds_where_the_step_names_none() -> None:
    tree = world(segments={"all": {"deal_value": 1.0, "patience_hours": 0.5}})
    assert observe(tree, [10.0, 10.25]).times(Happening.COOLED) == [10.75]


def owned(headcount: int = 1, cap: int | None = None, discipline: str = "oldest", **fields: Any) -> dict[str, Any]:
    queue: dict[str, Any] = {"assignment": "owned", "discipline": discipline}
    if cap is not None:
        queue["max_open_deals"] = cap
    return team(headcount, queue=queue, **fields)


LONG_CYCLE = {"call": step(buyer_days=1.0), "close": step()}


def test_a_lead_stays_with_its_owner_even_when_another_rep_is_free() -> None:
    # Two reps; leads at 10, 10.1 go to seats 0, 1; the lead of 10.2 goes to seat 0 (one each: the first seat) and
    # waits for it until 11, though seat 1 ... is busy until 11.1. At the second step each returns to its own rep.
    seen = observe(world(teams={"desk": owned(2)}, steps=LONG_CYCLE), [10.0, 10.1, 10.2])
    seats = {event.lead: event.seat for event in seen.of(Happening.OWNED)}
    assert seats == {0: 0, 1: 1, 2: 0}
    assert all(event.seat == seats[event.lead] for event in seen.of(Happening.TOUCH_STARTED))
    assert seen.times(Happening.TOUCH_STARTED, lead=2) == pytest.approx([11.0, 36.0])


def test_an_owned_lead_waits_for_its_busy_owner_while_a_colleague_idles() -> None:
    # Seat 0 owns leads 0 and 2, seat 1 lead 1, which is won at once at 13 (one touch of 1 h). At 12 lead 2 waits
    # for seat 0 (busy until 20), with seat 1 idle.
    steps = {"call": step(effort_hours={"long": 10.0, "short": 1.0})}
    tree = world(
        segments={"long": {"deal_value": 1.0}, "short": {"deal_value": 1.0}},
        sources={"web": source(mix={"long": 0.5, "short": 0.5})},
        teams={"desk": owned(2)},
        steps=steps,
    )
    seen = observe(tree, {0: [10.0], 1: [10.5, 10.6]})
    short = 1 << 32
    assert seen.times(Happening.TOUCH_STARTED, lead=short) == [10.5]
    assert [event.seat for event in seen.of(Happening.OWNED)] == [0, 1, 0]
    assert seen.times(Happening.TOUCH_STARTED, lead=short | 1) == [20.0]


def test_the_owner_is_the_rep_with_the_fewest_open_deals() -> None:
    # Leads at 10 and 10.1 go to seats 0 and 1 and stay open for days. Lead 2 goes to seat 0. Lead 3: seat 1 has one
    # open deal, seat 0 has two.
    seen = observe(world(teams={"desk": owned(2)}, steps=LONG_CYCLE), [10.0, 10.1, 14.0, 15.0])
    assert [event.seat for event in seen.of(Happening.OWNED)] == [0, 1, 0, 1]


def test_when_every_rep_is_at_the_cap_a_lead_waits_for_an_owner_until_one_has_room() -> None:
    # Cap 1: lead 0 (touch 10-11, buyer a day, touch 35-36) is open until 36; lead 1 then gets its owner.
    seen = observe(world(teams={"desk": owned(cap=1)}, steps=LONG_CYCLE), [10.0, 12.0])
    assert seen.times(Happening.WON, lead=0) == [36.0]
    assert seen.times(Happening.OWNED, lead=1) == [36.0]
    assert seen.times(Happening.TOUCH_STARTED, lead=1) == [36.0, 61.0]


def test_a_lead_that_waits_for_an_owner_loses_patience() -> None:
    steps = {"call": step(buyer_days=1.0, patience_hours=5.0)}
    seen = observe(world(teams={"desk": owned(cap=1)}, steps=steps), [10.0, 12.0])
    assert seen.life(1) == ["ARRIVED", "ENTERED", "QUEUED", "COOLED"]
    assert seen.times(Happening.COOLED, lead=1) == [17.0]


def test_owners_are_given_in_the_order_of_the_discipline() -> None:
    # At 36 one place is free; `largest` gives it to the lead of 30 before the earlier one of 20.
    tree = world(
        segments={name: {"deal_value": value} for name, value in VALUES.items()},
        sources={"web": source(mix={"tiny": 0.4, "small": 0.3, "large": 0.3})},
        teams={"desk": owned(cap=1, discipline="largest")},
        steps={"call": step(buyer_days=1.0)},
    )
    seen = observe(tree, {0: [10.0], 1: [12.0], 2: [13.0]})
    assert [event.lead >> 32 for event in seen.of(Happening.OWNED)] == [0, 2, 1]


def test_an_owner_is_chosen_when_the_lead_comes_even_at_night() -> None:
    desk = owned(hours={"open": "09:00", "close": "17:00"})
    seen = observe(world(teams={"desk": desk}), [3.0])
    assert seen.times(Happening.OWNED) == [3.0]
    assert seen.times(Happening.TOUCH_STARTED) == [9.0]


def test_an_owner_has_room_again_when_the_lead_moves_to_another_team() -> None:
    # Cap 1. Lead 0's desk step ends at 11 and it moves on to the field for a long time; lead 1 is owned at 11.
    tree = world(
        teams={"desk": owned(cap=1), "field": team()},
        steps={"call": step(), "meet": step("field", effort_hours=100.0)},
    )
    seen = observe(tree, [10.0, 10.5])
    assert [(event.time, event.lead) for event in seen.of(Happening.OWNED)] == [(10.0, 0), (11.0, 1)]


def test_a_team_without_reps_lets_leads_wait_for_ever() -> None:
    seen = observe(world(teams={"desk": team(0)}), [10.0, 20.0])
    assert seen.count(Count.WAITS) == 0
    assert seen.ledger.open_leads.sum() == 2
