"""What an engine notes when somebody wants to see every event. Noting never changes what happens."""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

LEAD_SHIFT = 32
AT_ONCE = 100_000


class Happening(IntEnum):
    """What a trace record tells; `value` is explained beside each."""

    ARRIVED = 1  # deal value
    ENTERED = 2  # a step
    QUEUED = 3  # when its buying window closes (infinite: never)
    OWNED = 4  # given to a rep who owns it from now on
    TOUCH_STARTED = 5  # working hours that it takes
    NOT_REACHED = 6  # number of attempts made at the step
    TOUCH_DONE = 7  # number of touches done at the step
    DECIDING = 8  # hours until the buyer answers
    ADVANCED = 9
    HANDING_OFF = 10  # hours until the next team has it
    NURTURED = 11  # hours until it comes back
    RETURNED = 12
    WON = 13  # value booked
    DECLINED = 14
    UNREACHABLE = 15
    COOLED = 16
    DROPPED = 17
    ORPHANED = 18
    HIRED = 19  # skill; no lead
    DEPARTED = 20  # no lead
    REFERRING = 21  # hours until the lead that this customer refers arrives
    PROMOTED = 22  # to this seat from another team: skill; no lead


class Event(NamedTuple):
    """One thing that happened. `lead` and `seat` are NONE where there is none."""

    time: float
    happening: int
    lead: int
    motion: int
    step: int
    seat: int
    value: float


class Draw(NamedTuple):
    """One random draw of a lead: its purpose, its number k, the step's key, the uniform."""

    time: float
    lead: int
    purpose: int
    k: int
    step_key: int
    u: float


class Trace:
    """Collects events, and draws of one lead where asked for.

    `only_lead`: keep this lead's records alone (and its draws); None: every event, no draws.
    """

    def __init__(self, only_lead: int | None = None) -> None:
        self.only_lead = only_lead
        self.events: list[Event] = []
        self.draws: list[Draw] = []

    def event(self, event: Event) -> None:
        """Note an event."""
        if self.only_lead is None or event.lead == self.only_lead:
            self.events.append(event)

    def batch(self, records: NDArray[np.void]) -> None:
        """Note events in one array, a row each, with the fields of Event."""
        for at in range(0, len(records), AT_ONCE):  # as Python's objects they take many times the room
            for record in records[at : at + AT_ONCE].tolist():
                self.event(Event(*record))

    def draw(self, draw: Draw) -> None:
        """Note a draw."""
        if draw.lead == self.only_lead:
            self.draws.append(draw)


def lead_id(stream: int, ordinal: int) -> int:
    """A lead's identifier: its stream and which of the stream's arrivals it is, from 0."""
    return (stream << LEAD_SHIFT) | ordinal
