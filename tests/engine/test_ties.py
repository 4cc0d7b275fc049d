"""Simultaneous events: the order is that of explicit keys, never that in which things were made."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

import pytest

from channelsim.engine.reference.seat import succession
from channelsim.engine.reference.simulation import Simulation
from channelsim.engine.trace import Happening
from channelsim.program.codes import EventKind
from worlds import NINE_TO_FIVE, Happened, observe, source, step, team, world


def backwards(tree: Any, arrivals: Any) -> Happened:
    """The same world with every seat and stream set up in the opposite order."""

    def run(self: Simulation) -> Any:
        for stream in reversed(range(len(self.program.stream_key))):
            self.agenda.process(self.arrivals(stream))
        for seat in reversed(range(len(self.program.seat_key))):
            self.agenda.process(succession(self, seat))
        self.agenda.run(until=self.program.horizon_hours)
        for each in self.teams:
            for rep in each.reps.values():
                self.close_employment(rep)
        return self.close_books()

    with patch.object(Simulation, "run", run):
        return observe(tree, arrivals)


@pytest.mark.parametrize("assignment", ["pooled", "owned"])
def test_the_order_in_which_streams_and_seats_are_set_up_does_not_matter(assignment: str) -> None:
    # Everything on whole hours, so that arrivals, touches, answers, openings and departures coincide all the time.
    tree = world(
        months=3,
        sources={name: source() for name in ("a", "b", "c")},
        teams={
            "desk": team({0: 3, 1: 1, 2: 4}, hours=NINE_TO_FIVE, queue={"assignment": assignment}),
            "field": team({0: 1, 1: 2}, queue={"assignment": assignment}, people={"orphan_share": 0.5}),
        },
        steps={
            "call": step(touches=2, touch_spacing_hours=1.0, patience_hours=20.0),
            "demo": step(advance=0.7, buyer_days=1.0),
            "meet": step("field", effort_hours=2.0, handoff={"delay_hours": 1.0, "leak": 0.1}),
        },
    )
    arrivals = {stream: [float(hour) for hour in range(8, 1500, 8)] for stream in range(3)}
    first, second = observe(tree, arrivals), backwards(tree, arrivals)
    assert first.events == second.events
    assert len(first.events) > 2000
    coinciding = len(first.events) - len({event.time for event in first.events})
    assert coinciding > 1000


def test_leads_that_come_at_one_instant_are_served_by_stream() -> None:
    tree = world(sources={name: source() for name in ("a", "b", "c")})
    seen = observe(tree, {2: [10.0], 0: [10.0], 1: [10.0]})
    assert [lead >> 32 for lead in seen.leads(Happening.TOUCH_STARTED)] == [0, 1, 2]


def test_among_leads_that_queue_at_one_instant_the_smaller_identifier_goes_first_even_under_newest() -> None:
    tree = world(
        sources={name: source() for name in ("a", "b")}, teams={"desk": team(queue={"discipline": "newest"})}
    )
    seen = observe(tree, {0: [10.0], 1: [10.0]})
    assert [lead >> 32 for lead in seen.leads(Happening.TOUCH_STARTED)] == [0, 1]


def test_all_who_wait_at_opening_are_dispatched_together_by_the_discipline() -> None:
    # Three wait overnight; a fourth comes exactly at 9:00. Two reps take the two newest.
    desk = team(2, hours=NINE_TO_FIVE, queue={"discipline": "newest"})
    seen = observe(world(teams={"desk": desk}), [1.0, 2.0, 3.0, 9.0])
    started = seen.of(Happening.TOUCH_STARTED)
    assert [(event.time, event.lead, event.seat) for event in started[:2]] == [(9.0, 3, 0), (9.0, 2, 1)]


def test_a_lead_that_comes_at_the_instant_at_which_a_rep_gets_free_can_be_the_newest() -> None:
    # Lead 0 until 11; lead 1 waits since 10.5; lead 2 comes at 11: under newest it goes first.
    seen = observe(world(teams={"desk": team(queue={"discipline": "newest"})}), [10.0, 10.5, 11.0])
    assert seen.leads(Happening.TOUCH_STARTED) == [0, 2, 1]


def test_reps_who_get_free_at_one_instant_are_taken_by_seat() -> None:
    seen = observe(world(teams={"desk": team(3)}), [10.0, 10.0, 10.0, 11.0, 11.0])
    assert [event.seat for event in seen.of(Happening.TOUCH_STARTED)] == [0, 1, 2, 0, 1]


def test_a_rep_who_leaves_takes_nothing_that_comes_at_that_instant_and_one_who_starts_does() -> None:
    # The plan changes seats at 744: seat 1 of the old team leaves; the new team's seat starts.
    teams = {"desk": team({0: 1, 1: 0, 2: 1})}
    leaver = observe(world(months=3, teams=teams), [744.0])
    assert leaver.times(Happening.TOUCH_STARTED) == [1464.0]
    starter = observe(world(months=3, teams={"desk": team({0: 0, 1: 1})}), [744.0])
    assert starter.times(Happening.TOUCH_STARTED) == [744.0]


def test_dispatchers_come_after_everything_else_that_is_due() -> None:
    assert max(EventKind) == EventKind.DISPATCH
    assert EventKind.COOLED < EventKind.DISPATCH
    assert EventKind.DEPARTURE < EventKind.START < EventKind.TOUCH_DONE


def test_what_is_due_at_the_very_end_does_not_happen() -> None:
    # March ends at 744. A touch from 743 would end there.
    seen = observe(world(), [743.0])
    assert seen.life(0) == ["ARRIVED", "ENTERED", "QUEUED", "TOUCH_STARTED"]
    assert seen.ledger.open_leads.sum() == 1
    # An answer due at 744 is not given, and a window that closes then has not closed.
    assert observe(world(steps={"call": step(buyer_days=1.0)}), [719.0]).life(0)[-1] == "DECIDING"
    closing = world(teams={"desk": team(0)}, steps={"call": step(patience_hours=10.0)})
    assert observe(closing, [734.0]).life(0)[-1] == "QUEUED"
    assert observe(closing, [733.99]).life(0)[-1] == "COOLED"
