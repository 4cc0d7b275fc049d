"""The smallest world in which something can be true, and ways to look at what happened in it.

The neutral world starts on Monday 2027-03-01 and lasts one month: one source, one segment, one rep who is always
at work and fully productive, one motion of one step that takes an hour and always succeeds at once. A test says
only what differs.
"""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, repeat
from typing import Any
from unittest.mock import patch

from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount
from channelsim.engine.reference import simulate
from channelsim.engine.trace import Event, Happening, Trace
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.schema import Scenario

MONDAY = dt.date(2027, 3, 1)
NINE_TO_FIVE = {"days": "mon-fri", "open": "09:00", "close": "17:00"}


def constant(value: float) -> dict[str, Any]:
    """A distribution that is always the same value."""
    return {"dist": "constant", "value": value}


def step(team: str = "desk", **fields: Any) -> dict[str, Any]:
    """A step of one touch of an hour, to which the buyer says yes at once."""
    return {"team": team, "effort_hours": 1.0, **fields}


def team(headcount: Any = 1, **fields: Any) -> dict[str, Any]:
    """A team that is always at work."""
    return {"channel": "inside", "headcount": headcount, "hours": "always", **fields}


def source(leads_per_month: float = 1.0, mix: Mapping[str, float] | None = None, **fields: Any) -> dict[str, Any]:
    """A source whose leads come at any hour alike."""
    return {"leads_per_month": leads_per_month, "mix": dict(mix or {"all": 1.0}), "arrivals": "flat", **fields}


def world(**sections: Any) -> dict[str, Any]:
    """The neutral world with some sections replaced; `steps` stands for the only motion's steps."""
    steps = sections.pop("steps", {"call": step()})
    months = sections.pop("months", 1)
    start = sections.pop("start", MONDAY)
    base: dict[str, Any] = {
        "channelsim": 1,
        "name": "a small world",
        "horizon": {"start": start, "months": months},
        "segments": {"all": {"deal_value": 1000.0}},
        "sources": {"web": source()},
        "teams": {"desk": team()},
        "motions": {"sale": {"steps": steps}},
        "routing": [{"motion": "sale"}],
    }
    return base | sections


def program_of(tree: Mapping[str, Any]) -> Program:
    """The program of a world."""
    return compile_program(Scenario.model_validate(dict(tree)))


@dataclass(frozen=True)
class Happened:
    """What happened in one replication."""

    program: Program
    ledger: Ledger
    events: list[Event]

    def of(self, *happenings: Happening, lead: int | None = None, seat: int | None = None) -> list[Event]:
        """Events of some kinds in their order, of one lead or one seat where given."""
        return [
            event
            for event in self.events
            if event.happening in happenings
            and (lead is None or event.lead == lead)
            and (seat is None or event.seat == seat)
        ]

    def times(self, happening: Happening, lead: int | None = None, seat: int | None = None) -> list[float]:
        """The hours at which something happened."""
        return [event.time for event in self.of(happening, lead=lead, seat=seat)]

    def leads(self, happening: Happening) -> list[int]:
        """The leads to which something happened, in its order."""
        return [event.lead for event in self.of(happening)]

    def life(self, lead: int) -> list[str]:
        """What happened to a lead, in words."""
        return [Happening(event.happening).name for event in self.events if event.lead == lead]

    def count(self, what: Count) -> int:
        """A count of the ledger over all cells."""
        return int(self.ledger.counts[what].sum())

    def amount(self, what: Amount) -> float:
        """An amount of the ledger over all cells."""
        return float(self.ledger.amounts[what].sum())

    def rep(self, what: RepAmount) -> list[float]:
        """A rep amount over all months, by rep in order of first day."""
        return [float(value) for value in self.ledger.rep_amounts[what].sum(axis=1)]


def observe(
    tree: Mapping[str, Any] | Program,
    arrivals: Sequence[float] | Mapping[int, Sequence[float]] | None = None,
    seed: int = 1,
    replication: int = 0,
) -> Happened:
    """Run a world and see everything that happens.

    `arrivals`: the hours at which the leads come (a list for the first stream, or one for each stream), in place
    of those that the Poisson processes would bring.
    """
    program = tree if isinstance(tree, Program) else program_of(tree)
    trace = Trace()
    if arrivals is None:
        return Happened(program, simulate(program, seed, replication, trace), trace.events)
    by_stream = arrivals if isinstance(arrivals, Mapping) else {0: arrivals}
    streams = range(len(program.stream_key))
    coming = {stream: chain(by_stream.get(stream, ()), repeat(math.inf)) for stream in streams}

    def arranged(_program: Any, stream: int, _expected: float) -> float:
        return next(coming[stream])

    with patch("channelsim.engine.reference.simulation.arrival_time", arranged):
        return Happened(program, simulate(program, seed, replication, trace), trace.events)


def hours(day: int, clock: float) -> float:
    """The hour of the horizon at a clock time of its day number (0 is the first)."""
    return 24.0 * day + clock
