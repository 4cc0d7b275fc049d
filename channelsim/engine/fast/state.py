"""What the kernel works on: the program and the state of a replication, as structures that are passed by reference.

The program keeps the names of `program.arrays`; the state is tables of records, one row a lead in flight, a seat, a
team, a stream, a pending event. A number that points to a row is an index; NONE points nowhere.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import types
from numba.experimental import structref
from numba.np import numpy_support

from channelsim.program.arrays import Program

LEAD = np.dtype(
    [
        ("id", "i8"),  # NONE: the row is free
        ("place", "f8"),  # in its line: smaller goes first, then who queued first, then the smaller id
        ("since", "f8"),  # queued at
        ("window_closes", "f8"),
        ("arrived_at", "f8"),
        ("warm_at", "f8"),
        ("deal_value", "f8"),
        ("word_low", "i8"),  # key of its draws
        ("word_high", "i8"),
        ("ordinal", "i8"),
        ("stream", "i4"),
        ("motion", "i4"),
        ("step", "i4"),
        ("team", "i4"),
        ("cycle", "i4"),
        ("attempts", "i4"),
        ("touches", "i4"),
        ("spells", "i4"),
        ("orphanings", "i4"),
        ("owner", "i4"),  # seat
        ("last_rep", "i4"),  # row in the ledger
        ("handed_by", "i4"),  # row in the ledger
        ("child", "i4"),  # links of the line that it stands in; `next` also links free rows
        ("next", "i4"),
        ("previous", "i4"),
        ("owned_next", "i4"),  # links of its owner's leads
        ("owned_previous", "i4"),
        ("is_waiting", "?"),
        ("responded", "?"),
        ("contacted", "?"),
        ("counted_as_opportunity", "?"),
        ("in_pipeline", "?"),
        ("nurtured", "?"),
        ("says_yes", "?"),
    ],
    align=True,
)
SEAT = np.dtype(
    [
        ("id", "i8"),  # the seat's index
        ("place", "f8"),  # among the team's reps who could start: idle longest first
        ("since", "f8"),  # idle since
        ("child", "i4"),
        ("next", "i4"),
        ("previous", "i4"),
        ("team", "i4"),
        ("word_low", "i8"),
        ("word_high", "i8"),
        ("incumbent", "i8"),
        ("row", "i8"),  # the incumbent's, in the ledger
        ("hired_at", "f8"),
        ("leaves_at", "f8"),
        ("skill", "f8"),
        ("travel_hours", "f8"),  # of the touch in hand
        ("lead", "i8"),  # in hand
        ("line", "i8"),  # first of its own leads that wait (owned teams)
        ("owned", "i8"),  # first of its leads
        ("owned_count", "i8"),
        ("is_on_board", "?"),
        ("starts_ramped", "?"),
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
STREAM = np.dtype([("word_low", "i8"), ("word_high", "i8"), ("ordinal", "i8"), ("expected", "f8")], align=True)
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



@structref.register
class ProgramType(types.StructRef):  # type: ignore[misc]
    """Type of a Program in the kernel."""


@structref.register
class StateType(types.StructRef):  # type: ignore[misc]
    """Type of a replication's state in the kernel."""


def _table(dtype: Any, dimensions: int = 1) -> Any:
    return types.Array(numpy_support.from_dtype(np.dtype(dtype)), dimensions, "C")


STATE_FIELDS = {
    # the clock and the luck
    "now": types.float64,  # hours
    "month": types.int64,  # of now
    "horizon_hours": types.float64,
    "replication": types.int64,
    # what is pending: a binary heap
    "agenda": _table(EVENT),
    "pending": types.int64,  # events in it
    "dispatches_due": types.int64,  # teams whose dispatcher is to run at this instant
    "handled": types.int64,  # events so far
    # leads in flight
    "leads": _table(LEAD),
    "free_row": types.int64,  # first of the free rows
    "windows": _table(EVENT),  # buying windows of those who queued at this instant, not yet in the agenda
    "windows_count": types.int64,
    # the others
    "streams": _table(STREAM),
    "teams": _table(TEAM),
    "seats": _table(SEAT),
    # the ledger
    "counts": _table("i8", 5),
    "amounts": _table("f8", 5),
    "reps": _table("i8", 2),
    "reps_count": types.int64,
    "rep_amounts": _table("f8", 3),  # [rep, amount, month]
    # the trace
    "is_traced": types.boolean,
    "records": _table(RECORD),
    "records_count": types.int64,
}


def program_type(program: Program) -> Any:
    """The kernel's type for programs: the same for all, which differ in lengths only."""
    return ProgramType(
        [
            (name, _table(value.dtype, value.ndim) if isinstance(value, np.ndarray) else types.float64)
            for name, value in zip(program._fields, program, strict=True)
        ]
    )


STATE_TYPE = StateType(list(STATE_FIELDS.items()))
