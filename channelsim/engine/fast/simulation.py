"""One replication from its first arrival to its closed books, as `engine.reference.simulation`."""

from __future__ import annotations

from typing import Any

from channelsim.engine.fast.agenda import IDENTIFIER, KIND_SHIFT, schedule, schedule_windows, take_first
from channelsim.engine.fast.books import close_employment
from channelsim.engine.fast.lead import (
    after_touch,
    answer,
    arrive,
    come_back,
    enter_step,
    free_rows,
    lose,
    need_touch,
    new_row,
)
from channelsim.engine.fast.seat import depart, fill, hire, time_is_up
from channelsim.engine.fast.structures import owned, release, structure
from channelsim.engine.fast.team import dispatch, finish_touch, give_up_waiting, request_dispatch
from channelsim.engine.jit import inner
from channelsim.engine.ledger import Amount, Count
from channelsim.engine.trace import LEAD_SHIFT, Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.arrivals import arrival_time, exponential_gap
from channelsim.rules.calendars import month_of
from channelsim.rules.draws import entity_words, uniform

EVENTS_BETWEEN_LOOKS = 4096
"""How many events pass before the kernel looks whether it is to stop."""


def run(program: Any, state: Any, seed: int, stop: Any) -> Any:
    """Simulate to the horizon's end; what would happen at that very instant does not.

    `program`, `state`: a Program and a State; those of the state's arrays that do not grow are filled in place.
    `stop`: an array of one number; the run ends early when another thread makes it 1.
    Returns what grew: reps, their amounts, and how many there are; the trace and its length.
    """
    p = structure(program)
    s = structure(state)
    open_streams(p, s, seed)
    open_teams(p, s)
    open_seats(p, s, seed)
    free_rows(s.leads, 0)
    for seat in range(len(s.seats)):
        fill(p, s, seat, p.seat_from[seat])
    for stream in range(len(s.streams)):
        expect_lead(p, s, stream)
    while True:
        if s.pending > 0 and s.agenda[0].time <= s.now:
            happen(p, s)
            s.handled += 1
            if s.handled % EVENTS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                break
        elif s.dispatches_due > 0:
            team = 0
            while not s.teams[team].dispatch_is_due:
                team += 1
            dispatch(p, s, team)
        elif s.windows_count > 0:
            schedule_windows(s)
        elif s.pending > 0:
            s.now = s.agenda[0].time
            s.month = month_of(p, s.now)
        else:
            break
    s.now = p.horizon_hours
    for seat in range(len(s.seats)):
        if s.seats[seat].is_on_board:
            close_employment(p, s, s.seats[seat])
    close_books(s)
    grown = owned(s, "reps"), owned(s, "rep_amounts"), s.reps_count, owned(s, "records"), s.records_count
    release(s)
    release(p)
    return grown


@inner
def happen(p: Any, s: Any) -> None:
    """The next event happens."""
    row = s.agenda[0].row
    kind = s.agenda[0].key >> KIND_SHIFT
    identifier = s.agenda[0].key & IDENTIFIER
    take_first(s)
    if kind == EventKind.TOUCH_DONE:
        finish_touch(p, s, row)
        after_touch(p, s, s.seats[row].lead, s.seats[row].reached)
        if s.seats[row].departs_when_free:
            depart(p, s, row)
    elif kind == EventKind.ARRIVAL:
        arrive(p, s, new_lead(s, row))
        expect_lead(p, s, row)
    elif kind == EventKind.OPENING:
        s.teams[row].opening_is_due = False
        request_dispatch(s, row)
    elif kind == EventKind.START:
        hire(p, s, row)
    elif kind == EventKind.DEPARTURE:
        if s.seats[row].is_on_board and s.seats[row].leaves_at == s.now:  # else promoted meanwhile
            time_is_up(p, s, row)
    elif s.leads[row].id == identifier:  # else the lead was lost meanwhile, and its row is free or another's
        if kind == EventKind.TOUCH_DUE:
            need_touch(p, s, row)
        elif kind == EventKind.DECISION:
            answer(p, s, row)
        elif kind == EventKind.HANDED_OFF:
            s.leads[row].step += 1
            enter_step(p, s, row)
        elif kind == EventKind.RETURN:
            come_back(p, s, row)
        elif kind == EventKind.REFERRED:
            s.leads[row].is_expected = False
            arrive(p, s, row)
        else:
            cool(p, s, row)


@inner
def cool(p: Any, s: Any, row: int) -> None:
    """A buying window closes: the lead is lost if it still waits in the same spell."""
    lead = s.leads[row]
    if lead.is_waiting and lead.window_closes == s.now:
        give_up_waiting(s, row)
        s.amounts[Amount.COOLED_WAIT_HOURS, s.month, lead.stream, lead.motion, lead.step] += s.now - lead.since
        lose(p, s, row, Count.COOLED, Happening.COOLED)


@inner
def expect_lead(p: Any, s: Any, index: int) -> None:
    """1. When the stream's next lead comes."""
    stream = s.streams[index]
    u = uniform(stream.word_low, stream.word_high, s.replication, stream.ordinal, Purpose.ARRIVAL.value, 0, 0)
    stream.expected += exponential_gap(u)
    schedule(s, arrival_time(p, index, stream.expected), EventKind.ARRIVAL, index, index)


@inner
def new_lead(s: Any, index: int) -> int:
    """1. The stream's next lead, in a row of its own."""
    stream = s.streams[index]
    ordinal = stream.ordinal
    stream.ordinal += 1
    return new_row(s, (index << LEAD_SHIFT) | ordinal, index, ordinal, stream.word_low, stream.word_high)


@inner
def open_streams(p: Any, s: Any, seed: int) -> None:
    """Streams before their first lead."""
    for index in range(len(s.streams)):
        stream = s.streams[index]
        stream.word_low, stream.word_high = entity_words(seed, p.stream_key[index])
        stream.ordinal = 0
        stream.referred = 0
        stream.expected = 0.0


@inner
def open_teams(p: Any, s: Any) -> None:
    """Teams without reps and work. A team's seats stand side by side."""
    seat = 0
    for index in range(len(s.teams)):
        team = s.teams[index]
        team.first_seat = seat
        while seat < len(p.seat_team) and p.seat_team[seat] == index:
            seat += 1
        team.end_seat = seat
        team.line = NONE
        team.ready = NONE
        team.waiting = 0
        team.dispatch_is_due = False
        team.opening_is_due = False


@inner
def open_seats(p: Any, s: Any, seed: int) -> None:
    """Seats in which nobody sits yet."""
    for index in range(len(s.seats)):
        seat = s.seats[index]
        seat.id = index
        seat.team = p.seat_team[index]
        seat.word_low, seat.word_high = entity_words(seed, p.seat_key[index])
        seat.incumbent = 0
        seat.line = NONE
        seat.owned = NONE
        seat.owned_count = 0
        seat.is_on_board = False
        seat.is_busy = False
        seat.is_ready = False
        seat.departs_when_free = False


@inner
def close_books(s: Any) -> None:
    """9. What is open is counted where it stands: leads, and those of them in nurture."""
    for row in range(len(s.leads)):
        lead = s.leads[row]
        if lead.id != NONE and not lead.is_expected:
            s.open_leads[lead.stream, lead.motion, lead.step] += 1
            s.open_nurtured[lead.stream, lead.motion, lead.step] += lead.nurtured
