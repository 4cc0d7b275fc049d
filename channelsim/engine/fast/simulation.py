"""One replication from its first arrival to its closed books, as `engine.reference.simulation`."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.experimental import structref

from channelsim.engine.fast.agenda import IDENTIFIER, KIND_SHIFT, schedule, schedule_windows, take_first
from channelsim.engine.fast.books import close_employment
from channelsim.engine.fast.lead import after_touch, answer, arrive, come_back, enter_step, lose, need_touch
from channelsim.engine.fast.seat import depart, fill, hire, time_is_up
from channelsim.engine.fast.state import EVENT, LEAD, RECORD, SEAT, STATE_TYPE, STREAM, TEAM
from channelsim.engine.fast.team import dispatch, finish_touch, give_up_waiting, request_dispatch
from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import LEAD_SHIFT, Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.arrivals import arrival_time, exponential_gap
from channelsim.rules.calendars import month_of
from channelsim.rules.draws import entity_words, uniform

ROWS_AT_FIRST = 64
EVENTS_BETWEEN_LOOKS = 4096
"""How many events pass before the kernel looks whether it is to stop."""
COUNTS = len(Count)
AMOUNTS = len(Amount)
REP_AMOUNTS = len(RepAmount)


@njit
def run(p: Any, seed: int, replication: int, is_traced: bool, stop: Any) -> Any:
    """Simulate to the horizon's end; what would happen at that very instant does not. Returns the state."""
    s = new_state(p, seed, replication, is_traced)
    for seat in range(len(p.seat_key)):
        fill(p, s, seat, p.seat_from[seat])
    for stream in range(len(p.stream_key)):
        expect_lead(p, s, stream)
    live(p, s, stop)
    s.now = p.horizon_hours
    for seat in range(len(p.seat_key)):
        if s.seats[seat].is_on_board:
            close_employment(p, s, s.seats[seat])
    return s


@njit
def live(p: Any, s: Any, stop: Any) -> None:
    """Everything that happens, in its order: events, and at the end of each instant the dispatchers."""
    while True:
        if s.pending > 0 and s.agenda[0].time <= s.now:
            happen(p, s)
            s.handled += 1
            if s.handled % EVENTS_BETWEEN_LOOKS == 0 and stop[0] != 0:
                return
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
            return


@njit
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
        time_is_up(p, s, row)
    elif s.leads[row].id == identifier:  # else the lead was lost meanwhile, and its row is free or another's
        if kind == EventKind.TOUCH_DUE:
            need_touch(p, s, row)
        elif kind == EventKind.DECISION:
            answer(p, s, row)
        elif kind == EventKind.HANDED_OFF:
            enter_step(p, s, row, s.leads[row].step + 1)
        elif kind == EventKind.RETURN:
            come_back(p, s, row)
        else:
            cool(p, s, row)


@njit
def cool(p: Any, s: Any, row: int) -> None:
    """A buying window closes: the lead is lost if it still waits in the same spell."""
    lead = s.leads[row]
    if lead.is_waiting and lead.window_closes == s.now:
        give_up_waiting(s, row)
        s.amounts[Amount.COOLED_WAIT_HOURS, s.month, lead.stream, lead.motion, lead.step] += s.now - lead.since
        lose(p, s, row, Count.COOLED, Happening.COOLED)


@njit
def expect_lead(p: Any, s: Any, index: int) -> None:
    """1. When the stream's next lead comes."""
    stream = s.streams[index]
    u = uniform(
        stream.word_low, stream.word_high, s.replication, stream.ordinal, Purpose.ARRIVAL.value, 0, 0
    )
    stream.expected += exponential_gap(u)
    schedule(s, arrival_time(p, index, stream.expected), EventKind.ARRIVAL, index, index)


@njit
def new_lead(s: Any, index: int) -> int:
    """1. The stream's next lead, in a row of its own."""
    if s.free_row == NONE:
        s.leads = with_more_rows(s.leads)
        s.free_row = len(s.leads) // 2
    row = s.free_row
    stream = s.streams[index]
    lead = s.leads[row]
    s.free_row = lead.next
    lead.id = (index << LEAD_SHIFT) | stream.ordinal
    lead.arrived_at = s.now
    lead.word_low = stream.word_low
    lead.word_high = stream.word_high
    lead.ordinal = stream.ordinal
    lead.stream = index
    lead.step = 0
    lead.cycle = 0
    lead.orphanings = 0
    lead.owner = NONE
    lead.last_rep = NONE
    lead.handed_by = NONE
    lead.is_waiting = False
    lead.responded = False
    lead.contacted = False
    lead.counted_as_opportunity = False
    lead.in_pipeline = False
    lead.nurtured = False
    stream.ordinal += 1
    return row


@njit
def with_more_rows(leads: Any) -> Any:
    """The table of leads with twice as many rows."""
    count = len(leads)
    more = free_rows(2 * count, count)
    for row in range(count):
        more[row] = leads[row]
    return more


@njit
def free_rows(count: int, first: int) -> Any:
    """A table for leads in which the rows from `first` on are free."""
    leads = np.empty(count, LEAD)
    for row in range(first, count):
        leads[row].id = NONE
        leads[row].next = row + 1
    leads[count - 1].next = NONE
    return leads


@njit
def new_state(p: Any, seed: int, replication: int, is_traced: bool) -> Any:
    """A replication before its first event."""
    s = structref.new(STATE_TYPE)
    _, motions, steps, months = p.advance.shape
    shape = (months, len(p.stream_key), motions, steps)
    s.now = 0.0
    s.month = 0
    s.horizon_hours = p.horizon_hours
    s.replication = replication
    s.agenda = np.empty(ROWS_AT_FIRST, EVENT)
    s.pending = 0
    s.dispatches_due = 0
    s.handled = 0
    s.leads = free_rows(ROWS_AT_FIRST, 0)
    s.free_row = 0
    s.windows = np.empty(ROWS_AT_FIRST, EVENT)
    s.windows_count = 0
    s.streams = new_streams(p, seed)
    s.teams = new_teams(p)
    s.seats = new_seats(p, seed)
    s.counts = np.zeros((COUNTS, *shape), np.int64)
    s.amounts = np.zeros((AMOUNTS, *shape))
    s.reps = np.zeros((len(p.seat_key) + 1, 2), np.int64)
    s.reps_count = 0
    s.rep_amounts = np.zeros((len(p.seat_key) + 1, REP_AMOUNTS, months))
    s.is_traced = is_traced
    s.records = np.zeros(ROWS_AT_FIRST if is_traced else 1, RECORD)
    s.records_count = 0
    return s


@njit
def new_streams(p: Any, seed: int) -> Any:
    """Streams before their first lead."""
    streams = np.empty(len(p.stream_key), STREAM)
    for index in range(len(streams)):
        stream = streams[index]
        stream.word_low, stream.word_high = entity_words(seed, p.stream_key[index])
        stream.ordinal = 0
        stream.expected = 0.0
    return streams


@njit
def new_teams(p: Any) -> Any:
    """Teams without reps and work. A team's seats stand side by side."""
    teams = np.empty(len(p.team_is_owned), TEAM)
    seat = 0
    for index in range(len(teams)):
        team = teams[index]
        team.first_seat = seat
        while seat < len(p.seat_team) and p.seat_team[seat] == index:
            seat += 1
        team.end_seat = seat
        team.line = NONE
        team.ready = NONE
        team.waiting = 0
        team.dispatch_is_due = False
        team.opening_is_due = False
    return teams


@njit
def new_seats(p: Any, seed: int) -> Any:
    """Seats in which nobody sits yet."""
    seats = np.empty(len(p.seat_key), SEAT)
    for index in range(len(seats)):
        seat = seats[index]
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
    return seats


@njit
def close_books(p: Any, s: Any) -> Any:
    """9. What is open is counted where it stands: leads, and those of them in nurture."""
    _, motions, steps, _ = p.advance.shape
    open_leads = np.zeros((len(p.stream_key), motions, steps), np.int64)
    open_nurtured = np.zeros((len(p.stream_key), motions, steps), np.int64)
    for row in range(len(s.leads)):
        lead = s.leads[row]
        if lead.id != NONE:
            open_leads[lead.stream, lead.motion, lead.step] += 1
            open_nurtured[lead.stream, lead.motion, lead.step] += lead.nurtured
    return open_leads, open_nurtured
