"""Events, counted alike for whatever simulates a scenario: instants at which something happens to a lead or a rep.

An arrival, a touch or attempt that ends, a touch that falls due, a buyer's answer, a hand-off that is complete, a
return from nurture, a buying window that closes on a lead that waits, a rep who comes or goes. What an engine does
within itself besides (dispatchers, opening hours, windows of leads served meanwhile, processes that start) is not
counted.
"""

from __future__ import annotations

from collections import Counter

from channelsim.engine.fast import simulate
from channelsim.engine.trace import Happening, Trace
from channelsim.program.arrays import Program

ENDS_OF_EVENTS = (
    Happening.ARRIVED,
    Happening.NOT_REACHED,
    Happening.TOUCH_DONE,
    Happening.ADVANCED,
    Happening.NURTURED,
    Happening.DECLINED,
    Happening.RETURNED,
    Happening.COOLED,
    Happening.HIRED,
    Happening.DEPARTED,
)


def model_events(program: Program, seed: int, replication: int) -> int:
    """Events of one replication; the same for both engines, whose traces are the same."""
    trace = Trace()
    simulate(program, seed, replication, trace)
    seen = Counter(event.happening for event in trace.events)
    touches_due = seen[Happening.QUEUED] - seen[Happening.ENTERED]  # others queue as they enter a step
    hand_offs = 0
    leaving: set[int] = set()
    for event in trace.events:
        if event.happening == Happening.HANDING_OFF:
            leaving.add(event.lead)
        elif event.happening == Happening.ENTERED and event.lead in leaving:
            leaving.remove(event.lead)
            hand_offs += 1
    return sum(seen[happening] for happening in ENDS_OF_EVENTS) + touches_due + hand_offs


def mean_events(program: Program, seed: int, replications: int) -> float:
    """Events of a replication on average."""
    return sum(model_events(program, seed, replication) for replication in range(replications)) / replications
