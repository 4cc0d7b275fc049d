"""What the kernel works on: the program and the state of a replication, as structures that are passed by reference.

The program keeps the names of `program.arrays`; the state is tables of records, one row a lead in flight, a seat, a
team, a stream, a pending event. A number that points to a row is an index; NONE points nowhere.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

LEAD = np.dtype(
    [
        ("id", "i8"),  # NONE: the row is free
        ("place", "f8"),  # in its line: smaller goes first, then who queued first, then the smaller id
        ("since", "f8"),  # queued at
        ("window_closes", "f8"),
        ("arrived_at", "f8"),
        ("warm_at", "f8"),
        ("deal_value", "f8"),
        ("fit", "f8"),
        ("score", "f8"),
        ("word_low", "i8"),  # key of its draws
        ("word_high", "i8"),
        ("ordinal", "i8"),
        ("stream", "i8"),
        ("motion", "i8"),
        ("step", "i8"),
        ("team", "i8"),
        ("cycle", "i8"),
        ("attempts", "i8"),
        ("touches", "i8"),
        ("spells", "i8"),
        ("orphanings", "i8"),
        ("owner", "i8"),  # seat
        ("last_rep", "i8"),  # row in the ledger
        ("handed_by", "i8"),  # row in the ledger
        ("child", "i8"),  # links of the line that it stands in; `next` also links free rows
        ("next", "i8"),
        ("previous", "i8"),
        ("owned_next", "i8"),  # links of its owner's leads
        ("owned_previous", "i8"),
        ("is_waiting", "?"),
        ("responded", "?"),
        ("contacted", "?"),
        ("counted_as_opportunity", "?"),
        ("in_pipeline", "?"),
        ("nurtured", "?"),
        ("is_expected", "?"),  # referred, and not yet here
        ("says_yes", "?"),
    ],
    align=True,
)
SEAT = np.dtype(
    [
        ("id", "i8"),  # the seat's index
        ("place", "f8"),  # among the team's reps who could start: idle longest first
        ("since", "f8"),  # idle since
        ("child", "i8"),
        ("next", "i8"),
        ("previous", "i8"),
        ("team", "i8"),
        ("word_low", "i8"),
        ("word_high", "i8"),
        ("incumbent", "i8"),
        ("row", "i8"),  # the incumbent's, in the ledger
        ("hired_at", "f8"),
        ("hired_in", "i8"),  # month
        ("leaves_at", "f8"),
        ("skill", "f8"),
        ("ramp_scale", "f8"),  # 0 if fully productive from the first day
        ("travel_hours", "f8"),  # of the touch in hand
        ("lead", "i8"),  # in hand
        ("line", "i8"),  # first of its own leads that wait (owned teams)
        ("owned", "i8"),  # first of its leads
        ("owned_count", "i8"),
        ("is_on_board", "?"),
        ("is_busy", "?"),
        ("departs_when_free", "?"),
        ("is_ready", "?"),  # stands among the team's reps who could start
        ("is_attempt", "?"),  # the touch in hand
        ("reached", "?"),
    ],
    align=True,
)
TEAM = np.dtype(
    [
        ("first_seat", "i8"),
        ("end_seat", "i8"),
        ("line", "i8"),  # pooled: first of all who wait; owned: of those who wait for an owner
        ("ready", "i8"),  # first of the reps who could start: free and, in an owned team, with somebody in line
        ("waiting", "i8"),
        ("dispatch_is_due", "?"),
        ("opening_is_due", "?"),
    ],
    align=True,
)
STREAM = np.dtype(
    [
        ("word_low", "i8"),
        ("word_high", "i8"),
        ("ordinal", "i8"),
        ("referred", "i8"),  # leads that wins referred to this stream
        ("expected", "f8"),
    ],
    align=True,
)
EVENT = np.dtype([("time", "f8"), ("key", "i8"), ("row", "i8")], align=True)  # key: kind and identifier
RECORD = np.dtype(
    [
        ("time", "f8"),
        ("happening", "i8"),
        ("lead", "i8"),
        ("motion", "i8"),
        ("step", "i8"),
        ("seat", "i8"),
        ("value", "f8"),
    ]
)
"""A row of a trace, as `engine.trace.Event`."""


class State(NamedTuple):
    """A replication's state, as it begins."""

    now: float  # hours
    month: int  # of now
    replication: int
    horizon_hours: float
    is_traced: bool

    # what is to happen
    agenda: Any  # EVENT: a binary heap; grows by need
    pending: int  # events in it
    windows: Any  # EVENT: buying windows of those who queued at this instant, not yet in the agenda; grows
    windows_count: int
    dispatches_due: int  # teams whose dispatcher is to run at this instant
    handled: int  # events so far

    # who there is
    leads: Any  # [row] LEAD: those in flight; other rows are free, and linked; grows
    free_row: int  # first of the free rows
    streams: Any  # [stream] STREAM
    teams: Any  # [team] TEAM
    seats: Any  # [seat] SEAT

    # the ledger
    counts: Any  # [count, month, stream, motion, step]
    amounts: Any  # [amount, month, stream, motion, step]
    open_leads: Any  # [stream, motion, step]
    open_nurtured: Any  # [stream, motion, step]
    reps: Any  # [rep, 2]: seat, and which of its incumbents; grows
    rep_amounts: Any  # [rep, amount, month]; grows
    reps_count: int

    # the trace
    records: Any  # RECORD; grows
    records_count: int
