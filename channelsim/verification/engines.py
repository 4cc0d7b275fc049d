"""The fast engine against the reference: same events at the same instants, same books, to the last bit."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Ledger
from channelsim.engine.trace import Event, Trace
from channelsim.program.arrays import Program
from channelsim.verification.measured import Simulate


@dataclass(frozen=True)
class Agreement:
    """Two engines on one replication of one program.

    reference_hours, fast_hours: when each event happened, in hours from the start. first_difference: the number
    of the first event that differs, from 0. different_books: the parts of the ledger that differ, by name.
    reference_seconds, fast_seconds: what each took, its trace included.
    """

    replication: int
    reference_hours: NDArray[np.float64]
    fast_hours: NDArray[np.float64]
    first_difference: tuple[int, Event | None, Event | None] | None
    different_books: list[str]
    reference_seconds: float
    fast_seconds: float

    @property
    def is_right(self) -> bool:
        """Whether the engines agree entirely."""
        return self.first_difference is None and not self.different_books


def compare_engines(
    program: Program, seed: int, replication: int, reference: Simulate, fast: Simulate
) -> Agreement:
    """Run a replication on both engines, tracing every event."""
    expected, books, reference_seconds = _traced(reference, program, seed, replication)
    found, other_books, fast_seconds = _traced(fast, program, seed, replication)
    return Agreement(
        replication=replication,
        reference_hours=np.array([event.time for event in expected]),
        fast_hours=np.array([event.time for event in found]),
        first_difference=_first_difference(expected, found),
        different_books=[
            name
            for name in Ledger.__dataclass_fields__
            if not np.array_equal(getattr(books, name), getattr(other_books, name))
        ],
        reference_seconds=reference_seconds,
        fast_seconds=fast_seconds,
    )


def _traced(simulate: Simulate, program: Program, seed: int, replication: int) -> tuple[list[Event], Ledger, float]:
    trace = Trace()
    begun = time.perf_counter()
    ledger = simulate(program, seed, replication, trace)
    return trace.events, ledger, time.perf_counter() - begun


def _first_difference(expected: list[Event], found: list[Event]) -> tuple[int, Event | None, Event | None] | None:
    for number, (one, other) in enumerate(zip(expected, found, strict=False)):
        if one != other:
            return number, one, other
    shorter = min(len(expected), len(found))
    if len(expected) == len(found):
        return None
    longer = expected if len(expected) > shorter else found
    event = longer[shorter]
    return (shorter, event, None) if longer is expected else (shorter, None, event)
