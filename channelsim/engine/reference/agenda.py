"""SimPy's clock with this project's order of simultaneous events."""

from __future__ import annotations

from heapq import heappush
from typing import Any

import simpy

from channelsim.program.codes import EventKind

KIND_SHIFT = 64


class Agenda(simpy.Environment):
    """At one instant, events come in the order of (kind, identifier).

    SimPy orders simultaneous events by an integer priority, then by creation. All of this project's events are
    created with a priority made of kind and identifier, so creation never decides. SimPy's own steps (starting a
    process, waking one that waits for a plain event) have priorities 0 and 1: they follow at once upon the event
    that caused them.
    """

    def at(self, time: float, kind: EventKind, identifier: int) -> simpy.Event:
        """An event that happens at exactly `time` (a timeout adds a delay to the clock and may miss by an ulp)."""
        event = simpy.Event(self)
        event._ok = True
        event._value = None
        queue: list[Any] = self._queue
        heappush(queue, (time, (kind << KIND_SHIFT) | identifier, next(self._eid), event))
        return event
