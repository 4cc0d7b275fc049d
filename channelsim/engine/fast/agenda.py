"""What is pending, in the order (time, kind, identifier): a binary heap in a table."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.engine.fast.state import EVENT
from channelsim.engine.jit import inner
from channelsim.program.codes import EventKind

KIND_SHIFT = 52
"""Kinds stand above identifiers, the largest of which are leads': stream << 32 | ordinal."""
IDENTIFIER = (1 << KIND_SHIFT) - 1


@inner
def schedule(s: Any, time: float, kind: EventKind, identifier: int, row: int) -> None:
    """An event that happens at exactly `time`, unless the horizon ends first; `row` is where its subject stands."""
    if time >= s.horizon_hours:
        return
    place = s.pending
    if place == len(s.agenda):
        s.agenda = longer(s.agenda)
    s.pending = place + 1
    rise(s.agenda, place, time, (kind.value << KIND_SHIFT) | identifier, row)


@inner
def rise(agenda: Any, place: int, time: float, key: int, row: int) -> None:
    """Put an event into the heap, from a free place upwards."""
    while place > 0:
        above = (place - 1) >> 1
        other = agenda[above]
        if other.time < time or (other.time == time and other.key <= key):
            break
        move(other, agenda[place])
        place = above
    event = agenda[place]
    event.time = time
    event.key = key
    event.row = row


@inner
def take_first(s: Any) -> None:
    """Take the first event out of the agenda."""
    s.pending -= 1
    without_first_of(s.agenda, s.pending)


@inner
def without_first_of(agenda: Any, count: int) -> None:
    """Leave `count` events in the heap, all but the first: the last one takes its place and sinks."""
    last = agenda[count]
    time = last.time
    key = last.key
    place = 0
    below = 1
    while below < count:
        if below + 1 < count and is_before(agenda[below + 1], agenda[below]):
            below += 1
        other = agenda[below]
        if time < other.time or (time == other.time and key <= other.key):
            break
        move(other, agenda[place])
        place = below
        below = 2 * place + 1
    move(last, agenda[place])


@inner
def is_before(one: Any, other: Any) -> bool:
    """Whether one event comes before another."""
    return one.time < other.time or (one.time == other.time and one.key < other.key)


@inner
def move(event: Any, to: Any) -> None:
    """Copy an event."""
    to.time = event.time
    to.key = event.key
    to.row = event.row


@inner
def longer(events: Any) -> Any:
    """A table of twice as many events, the first half as they were."""
    count = len(events)
    grown = np.empty(2 * count, EVENT)
    for i in range(count):
        move(events[i], grown[i])
    return grown


@inner
def keep_window(s: Any, closes: float, lead: int, row: int) -> None:
    """A buying window closes then, if the lead still waits. One that closes later is set aside until the instant is
    over: most leads have found a rep by then."""
    if closes <= s.now:
        schedule(s, closes, EventKind.COOLED, lead, row)
        return
    place = s.windows_count
    if place == len(s.windows):
        s.windows = longer(s.windows)
    window = s.windows[place]
    window.time = closes
    window.key = lead
    window.row = row
    s.windows_count = place + 1


@inner
def schedule_windows(s: Any) -> None:
    """At the end of an instant: the windows of those who wait on."""
    for place in range(s.windows_count):
        window = s.windows[place]
        lead = s.leads[window.row]
        if lead.id == window.key and lead.is_waiting:
            schedule(s, window.time, EventKind.COOLED, window.key, window.row)
    s.windows_count = 0
