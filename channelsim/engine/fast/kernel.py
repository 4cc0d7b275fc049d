"""From Python into the compiled kernel and back."""

from __future__ import annotations

from typing import Any

import numpy as np
from numba import njit
from numba.extending import register_jitable

from channelsim.engine.fast.jit import OPTIONS
from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount, cell_shape, check_conservation
from channelsim.engine.trace import Event, Trace
from channelsim.program.arrays import Program
from channelsim.rules import arrivals, calendars, draws, outcomes, people, quantiles, queues, routing

for _module in (arrivals, calendars, draws, outcomes, people, quantiles, queues, routing):
    for _rule in vars(_module).values():
        if getattr(_rule, "__module__", None) == _module.__name__ and callable(_rule):
            register_jitable(**OPTIONS)(_rule)

from channelsim.engine.fast.simulation import run
from channelsim.engine.fast.state import (
    EVENT,
    LEAD,
    RECORD,
    SEAT,
    STREAM,
    TEAM,
    State,
)

ROWS_AT_FIRST = 64


entry = njit(nogil=True)(run)


def simulate(program: Program, seed: int, replication: int, trace: Trace | None = None) -> Ledger:
    stop = np.zeros(1, np.int64)
    seed = seed - (1 << 64) if seed >= 1 << 63 else seed
    program = Program(*(np.ascontiguousarray(v) if isinstance(v, np.ndarray) else float(v) for v in program))
    state = first_state(program, replication, trace is not None)
    reps, rep_amounts, reps_count, records, records_count, _ = entry(program, state, seed, stop)
    if trace is not None:
        for record in records[:records_count].tolist():
            trace.event(Event(*record))
    ledger = Ledger(
        state.counts,
        state.amounts,
        state.open_leads,
        state.open_nurtured,
        reps[:reps_count],
        rep_amounts[:reps_count].transpose(1, 0, 2),
    )
    check_conservation(ledger)
    return ledger


def first_state(program: Program, replication: int, is_traced: bool) -> State:
    months, *cell = shape = cell_shape(program)
    seats = len(program.seat_key)
    return State(
        now=0.0,
        month=0,
        replication=replication,
        horizon_hours=program.horizon_hours,
        is_traced=is_traced,
        agenda=np.empty(ROWS_AT_FIRST, EVENT),
        pending=0,
        windows=np.empty(ROWS_AT_FIRST, EVENT),
        windows_count=0,
        dispatches_due=0,
        handled=0,
        leads=np.empty(ROWS_AT_FIRST, LEAD),
        free_row=0,
        streams=np.empty(len(program.stream_key), STREAM),
        teams=np.empty(len(program.team_is_owned), TEAM),
        seats=np.empty(seats, SEAT),
        counts=np.zeros((len(Count), *shape), np.int64),
        amounts=np.zeros((len(Amount), *shape)),
        open_leads=np.zeros(cell, np.int64),
        open_nurtured=np.zeros(cell, np.int64),
        reps=np.zeros((seats + 1, 2), np.int64),
        rep_amounts=np.zeros((seats + 1, len(RepAmount), months)),
        reps_count=0,
        records=np.empty(ROWS_AT_FIRST, RECORD),
        records_count=0,
    )
