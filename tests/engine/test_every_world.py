"""What must hold in every world, whatever its scenario says: on worlds made up by hypothesis."""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from typing import Any

import numpy as np
import pytest
from generated import WORLDS
from hypothesis import given, settings

from channelsim.engine.ledger import LOST, Amount, Count, Ledger, RepAmount, check_conservation
from channelsim.engine.reference import simulate
from channelsim.engine.trace import Event, Happening
from channelsim.program.arrays import NONE, Program, as_lists
from channelsim.rules.calendars import is_open, month_of, work_end, worked_before
from worlds import observe, program_of

ENDS = {Happening.WON, *(Happening[reason.name] for reason in LOST)}
COUNTED = {  # what is counted once for each event of a kind
    Count.ARRIVED: Happening.ARRIVED,
    Count.ENTERED: Happening.ENTERED,
    Count.TOUCHES: Happening.TOUCH_DONE,
    Count.WAITS: Happening.TOUCH_STARTED,
    Count.ADVANCED: Happening.ADVANCED,
    Count.NURTURED: Happening.NURTURED,
    Count.WON: Happening.WON,
    **{reason: Happening[reason.name] for reason in LOST},
}
Touch = tuple[int, float, float, Event]  # seat, start, end (infinite if not done), its start's record


def touches(program: Program, events: list[Event]) -> list[Touch]:
    """Every touch and attempt that was started."""
    found: list[Touch] = []
    under_way: dict[int, Event] = {}
    for event in events:
        if event.happening == Happening.TOUCH_STARTED:
            assert event.seat not in under_way, "a rep starts a touch with another in hand"
            under_way[event.seat] = event
        elif event.happening in (Happening.TOUCH_DONE, Happening.NOT_REACHED):
            begun = under_way.pop(event.seat)
            assert begun.lead == event.lead, "a rep ends a touch that it did not begin"
            found.append((event.seat, begun.time, event.time, begun))
    return found + [(seat, begun.time, np.inf, begun) for seat, begun in under_way.items()]


def books_agree_with_the_trace(program: Program, ledger: Ledger, events: list[Event]) -> None:
    counted = {what: np.zeros(ledger.counts.shape[1:], np.int64) for what in COUNTED}
    wins = np.zeros(ledger.amounts.shape[1:])
    for event in events:
        for what, happening in COUNTED.items():
            if event.happening == happening:
                month = month_of(program, event.time)
                counted[what][month, event.lead >> 32, event.motion, event.step] += 1
        if event.happening == Happening.WON:
            wins[month_of(program, event.time), event.lead >> 32, event.motion, event.step] += event.value
    for what, again in counted.items():
        np.testing.assert_array_equal(ledger.counts[what], again, err_msg=what.name)
    np.testing.assert_allclose(ledger.amounts[Amount.BOOKINGS], wins)


def reps_work_one_touch_at_a_time_in_working_hours(program: Program, done: list[Touch]) -> None:
    for seat, start, end, begun in done:
        team = int(program.seat_team[seat])
        assert program.step_team[begun.motion, begun.step] == team
        assert is_open(program, team, start), "a touch starts outside working hours"
        assert work_end(program, team, start, begun.value) == end or (
            end == np.inf and work_end(program, team, start, begun.value) >= program.horizon_hours
        )


def hours_of_work_are_those_of_the_touches(program: Program, ledger: Ledger, done: list[Touch]) -> None:
    lists = as_lists(program)
    worked = np.zeros(ledger.amounts.shape[3:])
    by_team: dict[int, float] = defaultdict(float)
    for seat, start, end, begun in done:
        team = lists.seat_team[seat]
        until = min(end, program.horizon_hours)
        hours = worked_before(lists, team, until) - worked_before(lists, team, start)
        worked[begun.motion, begun.step] += hours
        by_team[team] += hours
    np.testing.assert_allclose(ledger.amounts[Amount.WORK_HOURS].sum(axis=(0, 1)), worked, atol=1e-6)
    staffed = ledger.rep_amounts[RepAmount.STAFFED_HOURS].sum(axis=1)
    for team, hours in by_team.items():
        there = sum(staffed[rep] for rep, (seat, _) in enumerate(ledger.reps) if lists.seat_team[seat] == team)
        assert hours <= there + 1e-6, "reps worked while they were not there"


def reps_are_there_when_they_work(program: Program, ledger: Ledger, events: list[Event], done: list[Touch]) -> None:
    there: dict[int, list[list[float]]] = defaultdict(list)
    for event in events:
        if event.happening in (Happening.HIRED, Happening.PROMOTED):
            there[event.seat].append([event.time, np.inf])
        elif event.happening == Happening.DEPARTED:
            there[event.seat][-1][1] = event.time
    for spells in there.values():
        assert all(a[1] <= b[0] for a, b in itertools.pairwise(spells)), "two reps in one seat"
    for seat, start, end, _ in done:
        assert any(since <= start and end <= until for since, until in there[seat])
    employed = sum(
        min(until, program.horizon_hours) - since for spells in there.values() for since, until in spells
    )
    assert ledger.rep_amounts[RepAmount.EMPLOYED_HOURS].sum() == pytest.approx(employed)
    assert len(ledger.reps) == sum(map(len, there.values()))
    ramped = ledger.rep_amounts[RepAmount.RAMPED_HOURS]
    assert (ramped <= ledger.rep_amounts[RepAmount.EMPLOYED_HOURS] + 1e-6).all()


def lives_are_possible(program: Program, ledger: Ledger, events: list[Event]) -> None:
    lives: dict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.lead != NONE:
            lives[event.lead].append(event)
    open_leads = np.zeros_like(ledger.open_leads)
    for lead, life in lives.items():
        assert life[0].happening == Happening.ARRIVED
        assert len({event.motion for event in life}) == 1, "a lead changes its motion"
        assert sum(event.happening in ENDS for event in life) <= 1
        if life[-1].happening in ENDS:
            continue
        assert not any(event.happening in ENDS for event in life), "something happens to a lead after its end"
        open_leads[lead >> 32, life[-1].motion, life[-1].step] += 1
        returns = sum(event.happening == Happening.RETURNED for event in life)
        assert returns <= program.nurture_max[life[0].motion]
    np.testing.assert_array_equal(ledger.open_leads, open_leads)


def windows_are_kept(events: list[Event]) -> None:
    waiting: dict[int, Event] = {}
    for event in events:
        if event.happening == Happening.QUEUED:
            waiting[event.lead] = event
        elif event.happening == Happening.TOUCH_STARTED:
            queued = waiting.pop(event.lead)
            assert queued.time <= event.time < queued.value or queued.value == np.inf
        elif event.happening == Happening.COOLED:
            assert event.time == waiting.pop(event.lead).value
        elif event.happening == Happening.ORPHANED:
            waiting.pop(event.lead, None)


def owners_are_kept(program: Program, events: list[Event]) -> None:
    """In owned teams every touch is by the present owner, and nobody owns more than the cap."""
    owner: dict[int, int] = {}
    load: Counter[int] = Counter()
    for event in events:
        if event.happening == Happening.OWNED:
            if event.lead in owner:
                load[owner[event.lead]] -= 1
            owner[event.lead] = event.seat
            load[event.seat] += 1
            assert load[event.seat] <= program.team_max_open[program.seat_team[event.seat]]
        elif event.happening == Happening.TOUCH_STARTED and program.team_is_owned[program.seat_team[event.seat]]:
            assert owner[event.lead] == event.seat
        elif event.happening in ENDS | {Happening.NURTURED, Happening.HANDING_OFF} and event.lead in owner:
            load[owner.pop(event.lead)] -= 1
        elif event.happening == Happening.DEPARTED:
            for lead in [lead for lead, seat in owner.items() if seat == event.seat]:
                load[owner.pop(lead)] -= 1


def nobody_idles_beside_a_queue(program: Program, events: list[Event]) -> None:
    """In pooled teams, when an instant of working time is over no lead waits while a rep is free."""
    waiting: Counter[int] = Counter()
    free: Counter[int] = Counter()
    busy: set[int] = set()
    pooled = [team for team in range(len(program.team_is_owned)) if not program.team_is_owned[team]]
    for time, together in itertools.groupby(events, key=lambda event: event.time):
        for event in together:
            seats_team = program.seat_team[event.seat] if event.seat != NONE else NONE
            if event.happening == Happening.QUEUED:
                waiting[program.step_team[event.motion, event.step]] += 1
            elif event.happening == Happening.COOLED:
                waiting[program.step_team[event.motion, event.step]] -= 1
            elif event.happening == Happening.TOUCH_STARTED:
                waiting[seats_team] -= 1
                free[seats_team] -= 1
                busy.add(event.seat)
            elif event.happening in (Happening.TOUCH_DONE, Happening.NOT_REACHED):
                free[seats_team] += 1
                busy.discard(event.seat)
            elif event.happening == Happening.HIRED:
                free[seats_team] += 1
            elif event.happening == Happening.DEPARTED:
                free[seats_team] -= 1
        for team in pooled:
            if is_open(program, team, time):
                assert waiting[team] == 0 or free[team] <= 0, f"team {team} at {time}"


def pipeline_balances(program: Program, ledger: Ledger, events: list[Event]) -> None:
    """Value opened = value closed + value of the opportunities that are open and not in nurture."""
    value = {event.lead: event.value for event in events if event.happening == Happening.ARRIVED}
    still: dict[int, float] = {}
    for event in events:
        if event.happening == Happening.ENTERED and program.step_is_opportunity[event.motion, event.step]:
            still[event.lead] = value[event.lead] * program.value_factor[event.motion]
        elif event.happening in ENDS | {Happening.NURTURED}:
            still.pop(event.lead, None)
    left = ledger.amounts[Amount.PIPELINE_OPENED].sum() - ledger.amounts[Amount.PIPELINE_CLOSED].sum()
    assert left == pytest.approx(sum(still.values()), abs=1e-6)
    assert ledger.counts[Count.OPPORTUNITIES].sum() <= ledger.counts[Count.ARRIVED].sum()


@settings(max_examples=80)
@given(WORLDS)
def test_whatever_a_scenario_says_its_books_balance_and_its_reps_are_human(tree: dict[str, Any]) -> None:
    program = program_of(tree)
    seen = observe(program, seed=7)
    ledger, events = seen.ledger, seen.events
    assert [event.time for event in events] == sorted(event.time for event in events)
    assert all(0 <= event.time < program.horizon_hours for event in events)
    check_conservation(ledger)
    books_agree_with_the_trace(program, ledger, events)
    done = touches(program, events)
    reps_work_one_touch_at_a_time_in_working_hours(program, done)
    hours_of_work_are_those_of_the_touches(program, ledger, done)
    reps_are_there_when_they_work(program, ledger, events, done)
    lives_are_possible(program, ledger, events)
    windows_are_kept(events)
    owners_are_kept(program, events)
    nobody_idles_beside_a_queue(program, events)
    pipeline_balances(program, ledger, events)
    for amount in set(Amount) - {Amount.ANSWER_LUCK, Amount.REACH_LUCK}:
        assert (ledger.amounts[amount] >= 0).all(), amount.name


@settings(max_examples=15)
@given(WORLDS)
def test_whatever_a_scenario_says_the_same_seed_gives_the_same_books_traced_or_not(tree: dict[str, Any]) -> None:
    seen = observe(tree, seed=11, replication=3)
    again = simulate(program_of(tree), 11, 3)
    for name in ("counts", "amounts", "open_leads", "open_nurtured", "reps", "rep_amounts"):
        np.testing.assert_array_equal(getattr(seen.ledger, name), getattr(again, name))


def test_made_up_worlds_reach_every_corner_of_a_leads_life() -> None:
    # A generator that never makes leads cool or owners leave would prove little.
    seen: Counter[int] = Counter()

    @settings(max_examples=60)
    @given(WORLDS)
    def look(tree: dict[str, Any]) -> None:
        seen.update({event.happening for event in observe(tree, seed=7).events})

    look()
    rare = {Happening(happening).name for happening in Happening if seen[happening] < 3}
    assert rare == set()
