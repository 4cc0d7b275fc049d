"""What a CRM would hold of the simulated leads: one record a lead, as an analyst would find it."""

from __future__ import annotations

from dataclasses import dataclass, fields
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.fast import simulate
from channelsim.engine.trace import LEAD_SHIFT, Event, Happening, Trace
from channelsim.program.compile import compile_program
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.schema import Scenario

TIME, HAPPENING, LEAD, MOTION, STEP = range(5)
"""Columns of a trace."""

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
BoolArray = NDArray[np.bool_]


@dataclass(frozen=True)
class Records:
    """Leads in the order of their identifiers, each array of shape (lead,).

    lead: identifier, the same person under every strategy. source: position among the scenario's sources. arrived:
    hours from the horizon's start. response_hours: from arrival to the first dial, NaN if nobody ever called.
    reached_at_once: whether the first dial reached the buyer. contacted: whether any dial did. opportunity: whether
    the lead became one.
    """

    lead: IntArray
    source: IntArray
    arrived: FloatArray
    response_hours: FloatArray
    reached_at_once: BoolArray
    contacted: BoolArray
    opportunity: BoolArray

    def where(self, keep: BoolArray) -> Records:
        """The records of some leads."""
        return Records(*(getattr(self, each.name)[keep] for each in fields(self)))


def records_of(scenario: Scenario, replication: int, seed: int, dialling: str) -> Records:
    """Simulate one replication and write down its leads. dialling: the step with attempts."""
    trace = Trace()
    simulate(compile_program(scenario), seed, replication, trace)
    return records_from(trace, layout_of(scenario), list(scenario.sources), dialling, _opportunity_step(scenario))


def _opportunity_step(scenario: Scenario) -> str:
    return next(
        name for motion in scenario.motions.values() for name, step in motion.steps.items() if step.opportunity
    )


def records_from(trace: Trace, layout: Layout, sources: list[str], dialling: str, opportunity: str) -> Records:
    """The records that a trace amounts to."""
    events = np.fromiter(chain.from_iterable(trace.events), float).reshape(-1, len(Event._fields))
    happening = events[:, HAPPENING].astype(np.int64)
    came = events[happening == Happening.ARRIVED]
    lead, order = np.unique(came[:, LEAD].astype(np.int64), return_index=True)
    source_of_stream = np.array([sources.index(source) for source, _ in layout.streams])
    at_dialling, at_opportunity = (_at_step(events, layout, step) for step in (dialling, opportunity))

    def first(kinds: tuple[Happening, ...], at: BoolArray) -> tuple[IntArray, IntArray]:
        """Positions in the records and in the trace of each lead's first event of some kinds at a step."""
        rows = np.flatnonzero(np.isin(happening, kinds) & at)
        leads, index = np.unique(events[rows, LEAD].astype(np.int64), return_index=True)
        return np.searchsorted(lead, leads), rows[index]

    response = np.full(len(lead), np.nan)
    who, row = first((Happening.TOUCH_STARTED,), at_dialling)
    response[who] = events[row, TIME] - came[order, TIME][who]
    at_once, contacted, became = (np.zeros(len(lead), np.bool_) for _ in range(3))
    who, row = first((Happening.NOT_REACHED, Happening.TOUCH_DONE), at_dialling)
    at_once[who] = happening[row] == Happening.TOUCH_DONE
    contacted[first((Happening.TOUCH_DONE,), at_dialling)[0]] = True
    became[first((Happening.ENTERED,), at_opportunity)[0]] = True
    return Records(
        lead, source_of_stream[lead >> LEAD_SHIFT], came[order, TIME], response, at_once, contacted, became
    )


def _at_step(events: FloatArray, layout: Layout, step: str) -> BoolArray:
    """Which events of a trace are at a step of this name, in any motion."""
    is_step = np.zeros((len(layout.motions), layout.max_steps), np.bool_)
    for motion, names in enumerate(layout.steps):
        for position, name in enumerate(names):
            is_step[motion, position] = name == step
    at_motion, at_position = events[:, MOTION].astype(np.int64), events[:, STEP].astype(np.int64)
    here: BoolArray = is_step[at_motion, at_position] & (events[:, LEAD] >= 0)
    return here
