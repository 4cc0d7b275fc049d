"""Scenarios of `scenarios/theory` as simulated: what became of each lead, and intervals for its mean."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import stdtrit

from channelsim.engine.ledger import Ledger
from channelsim.engine.trace import LEAD_SHIFT, Event, Happening, Trace
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load
from channelsim.scenario.templates import template_folder

CONFIDENCE = 0.999
HOURS_A_WEEK = 168.0

FloatArray = NDArray[np.float64]
Simulate = Callable[[Program, int, int, Trace], Ledger]


@dataclass(frozen=True)
class Interval:
    """A mean with the half-width of its interval at CONFIDENCE."""

    mean: float
    half_width: float

    def holds(self, value: float) -> bool:
        """Whether a value lies within."""
        return abs(self.mean - value) <= self.half_width


def ratio(numerators: ArrayLike, denominators: ArrayLike) -> Interval:
    """The interval of a ratio of two expectations from independent batches (delta method, Student's t)."""
    above, below = np.asarray(numerators, float).ravel(), np.asarray(denominators, float).ravel()
    batches = len(above)
    estimate = above.sum() / below.sum()
    deviations = above - estimate * below
    error = np.sqrt(batches / (batches - 1) * (deviations**2).sum()) / below.sum()
    return Interval(float(estimate), float(stdtrit(batches - 1, (1 + CONFIDENCE) / 2) * error))


@dataclass(frozen=True)
class Served:
    """What happened lead by lead, over whole weeks after the warm-up month.

    A week is many times as long as the queues here remember, so weeks serve as independent batches.
    `started_at` is infinite for leads that no rep ever served, `done_at` for those still at it at the end.
    """

    ledger: Ledger
    weeks: int
    week: NDArray[np.int64]
    stream: NDArray[np.int64]
    queued_at: FloatArray
    started_at: FloatArray
    done_at: FloatArray

    @property
    def waits(self) -> FloatArray:
        """Hours from queueing to the start of the touch."""
        return self.started_at - self.queued_at

    @property
    def sojourns(self) -> FloatArray:
        """Hours from queueing to the end of the touch."""
        return self.done_at - self.queued_at

    def mean(self, values: ArrayLike, of: ArrayLike | None = None) -> Interval:
        """The interval of the mean of a value by lead, of those leads that `of` marks."""
        among = np.ones(len(self.week), bool) if of is None else np.asarray(of)
        week = self.week[among]
        sums = np.bincount(week, np.asarray(values, float)[among], minlength=self.weeks)
        return ratio(sums, np.bincount(week, minlength=self.weeks))


def program_of(name: str, strategy: str = "as_is", sets: Sequence[str] = ()) -> Program:
    """The program of a scenario file of theory."""
    return compile_program(load(template_folder() / "theory" / f"{name}.yaml", sets).strategies[strategy])


class Wanted(Trace):
    """A trace of nothing but what theory speaks of."""

    KEPT = frozenset({Happening.QUEUED, Happening.TOUCH_STARTED, Happening.TOUCH_DONE})

    def event(self, event: Event) -> None:
        """Keep an event of a kept kind."""
        if event.happening in self.KEPT:
            self.events.append(event)


def events_of(simulate: Simulate, program: Program, seed: int, replication: int) -> tuple[Ledger, list[Event]]:
    """A replication and its kept events."""
    trace = Wanted()
    return simulate(program, seed, replication, trace), trace.events


def served(simulate: Simulate, program: Program, seed: int, replications: int) -> Served:
    """Replications of a scenario of one step, one after the other."""
    warmup = program.month_start_hours[1]
    weeks = int((program.horizon_hours - warmup) // HOURS_A_WEEK) - 1
    parts = []
    for replication in range(replications):
        ledger, events = events_of(simulate, program, seed, replication)
        times: dict[Happening, dict[int, float]] = {happening: {} for happening in Wanted.KEPT}
        for event in events:
            times[Happening(event.happening)][event.lead] = event.time
        queued = times[Happening.QUEUED]
        at = np.array(list(queued.values()))
        week = np.floor((at - warmup) / HOURS_A_WEEK).astype(int)
        kept = (week >= 0) & (week < weeks)
        later = [
            np.array([times[happening].get(lead, np.inf) for lead in queued])[kept]
            for happening in (Happening.TOUCH_STARTED, Happening.TOUCH_DONE)
        ]
        streams = np.array(list(queued))[kept] >> LEAD_SHIFT
        parts.append((week[kept] + replication * weeks, streams, at[kept], *later))
    return Served(ledger, replications * weeks, *(np.concatenate(column) for column in zip(*parts, strict=True)))
