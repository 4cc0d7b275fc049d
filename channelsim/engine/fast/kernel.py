"""From Python into the compiled kernel and back."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from numpy.typing import NDArray

from channelsim.engine import draws as _draws  # noqa: F401 - lets its rule into the kernel
from channelsim.engine.jit import entry_point, is_kept, let_into_the_kernel
from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount, cell_shape, check_conservation
from channelsim.engine.trace import Trace
from channelsim.program.arrays import Program
from channelsim.rules import arrivals, calendars, outcomes, people, quantiles, queues, referrals, routing

let_into_the_kernel(arrivals, calendars, outcomes, people, quantiles, queues, referrals, routing)

from channelsim.engine.fast.simulation import run  # noqa: E402 - compiled from the rules above
from channelsim.engine.fast.state import EVENT, LEAD, RECORD, SEAT, STREAM, TEAM, State  # noqa: E402

ROWS_AT_FIRST = 64
SIGN = 1 << 63
COMPILING = "Compiling the engine, on the first run only: about 20 seconds ..."

_entry = entry_point(run)
_compiling = threading.Lock()
_code: Any = None
"""The kernel's machine code itself: the dispatcher would work out the types of a hundred arrays at every call."""
_last = threading.local()
"""A thread's last program, and what the kernel takes of it."""
_kinds: set[tuple[Any, ...]] = set()
"""Types of programs that are known to be the kernel's."""


class Stopped(Exception):
    """A replication was stopped before its end."""


def new_stop() -> NDArray[np.int64]:
    """A flag that stops simulations when another thread makes it 1."""
    return np.zeros(1, np.int64)


def prepare(program: Program, tell: Callable[[str], None] | None = None) -> None:
    """Compile the kernel, or load what was compiled before. `tell` is told if that takes long.

    One compilation serves all programs: they differ in lengths only. Where nothing can be kept (a full disk, no
    home folder), the kernel serves this process alone.
    """
    global _entry, _code
    with _compiling:
        if _code is not None:
            return
        if tell is not None and not is_kept(run):
            tell(COMPILING)
        signature = tuple(numba.typeof(argument) for argument in _arguments(program, 0, 0, False, new_stop()))
        try:
            _entry.compile(signature)
        except OSError:
            _entry = entry_point(run, keep=False)
            _entry.compile(signature)
        _code = _entry.overloads[signature].entry_point


def simulate(
    program: Program,
    seed: int,
    replication: int,
    trace: Trace | None = None,
    stop: NDArray[np.int64] | None = None,
) -> Ledger:
    """Simulate one replication: the reference engine's ledger, to the last bit.

    seed: 64 bits; replication: 32 bits. `trace` collects events where given (draws are the reference engine's to
    tell). `stop`: from `new_stop`. Raises Stopped if it was stopped, ConservationError if leads are not conserved.
    """
    prepare(program)
    stop = new_stop() if stop is None else stop
    arguments = _arguments(program, seed, replication, trace is not None, stop)
    state: State = arguments[1]
    reps, rep_amounts, reps_count, records, records_count = _code(*arguments)
    if stop[0]:
        raise Stopped
    if trace is not None:
        trace.batch(records[:records_count])
    ledger = Ledger(
        counts=state.counts,
        amounts=state.amounts,
        open_leads=state.open_leads,
        open_nurtured=state.open_nurtured,
        reps=reps[:reps_count],
        rep_amounts=rep_amounts[:reps_count].transpose(1, 0, 2),
    )
    check_conservation(ledger)
    return ledger


def _arguments(
    program: Program, seed: int, replication: int, is_traced: bool, stop: NDArray[np.int64]
) -> tuple[Program, State, int, NDArray[np.int64]]:
    signed = seed - 2 * SIGN if seed >= SIGN else seed  # the same 64 bits
    return _of_the_kernels_types(program), _first_state(program, replication, is_traced), signed, stop


def _of_the_kernels_types(program: Program) -> Program:
    """The program as the compiled kernel takes it, which does not look at types again. Raises TypeError."""
    last: tuple[Program, Program] | None = getattr(_last, "typed", None)
    if last is not None and last[0] is program:
        return last[1]
    arrays: Any = (np.ascontiguousarray(v) if isinstance(v, np.ndarray) else float(v) for v in program)
    typed = Program(*arrays)
    if _code is not None:
        kinds = tuple((v.dtype, v.ndim, v.flags.writeable) if isinstance(v, np.ndarray) else type(v) for v in typed)
        if kinds not in _kinds:
            if numba.typeof(typed) != _entry.signatures[0][0]:
                raise TypeError("a program whose arrays are of other types than the kernel was compiled for")
            _kinds.add(kinds)
    _last.typed = program, typed
    return typed


def _first_state(program: Program, replication: int, is_traced: bool) -> State:
    """A replication before its first event: tables allocated, to be filled by the kernel."""
    months, *cell = shape = cell_shape(program)
    seats = len(program.seat_key)
    return State(
        now=0.0,
        month=0,
        replication=replication,
        horizon_hours=float(program.horizon_hours),
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
