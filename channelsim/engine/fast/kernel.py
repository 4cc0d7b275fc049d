"""From Python into the compiled kernel and back."""

from __future__ import annotations

from functools import cache
from typing import Any

import numpy as np
from numba import njit
from numba.experimental import structref
from numba.extending import register_jitable

from channelsim.engine.ledger import Ledger, check_conservation
from channelsim.engine.trace import Event, Trace
from channelsim.program.arrays import Program
from channelsim.rules import arrivals, calendars, draws, outcomes, people, quantiles, queues, routing

for _module in (arrivals, calendars, draws, outcomes, people, quantiles, queues, routing):
    for _rule in vars(_module).values():
        if getattr(_rule, "__module__", None) == _module.__name__ and callable(_rule):
            register_jitable(_rule)

from channelsim.engine.fast.simulation import close_books, run
from channelsim.engine.fast.state import ProgramType, program_type


class ProgramProxy(structref.StructRefProxy):
    pass

structref.define_constructor(ProgramProxy, ProgramType, Program._fields)

@njit(nogil=True)
def entry(program: Any, seed: int, replication: int, is_traced: bool, stop: Any) -> Any:
    p = ProgramProxy(*program)
    s = run(p, seed, replication, is_traced, stop)
    open_leads, open_nurtured = close_books(p, s)
    return (s.counts, s.amounts, open_leads, open_nurtured, s.reps[: s.reps_count], s.rep_amounts[: s.reps_count],
            s.records[: s.records_count], s.handled)


def simulate(program: Program, seed: int, replication: int, trace: Trace | None = None) -> Ledger:
    stop = np.zeros(1, np.int64)
    seed = seed - (1 << 64) if seed >= 1 << 63 else seed
    program = Program(*(np.ascontiguousarray(v) if isinstance(v, np.ndarray) else float(v) for v in program))
    counts, amounts, open_leads, open_nurtured, reps, rep_amounts, records, _ = entry(program, seed, replication, trace is not None, stop)
    if trace is not None:
        for record in records.tolist():
            trace.event(Event(*record))
    ledger = Ledger(counts, amounts, open_leads, open_nurtured, reps, rep_amounts.transpose(1, 0, 2))
    check_conservation(ledger)
    return ledger
