"""Queues whose behaviour is known: what the engine gives, beside what theory says.

Each check is a scenario that anybody can run, `scenarios/theory/<check>.yaml`. A finding's interval is narrow, and
excludes what a plausible mistake would give: an engine that is wrong could not pass.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from channelsim.engine.ledger import Amount
from channelsim.engine.trace import Event, Happening
from channelsim.verification.measured import (
    HOURS_A_WEEK,
    FloatArray,
    Interval,
    Simulate,
    events_of,
    program_of,
    ratio,
    served,
)
from channelsim.verification.theory import erlang_a, erlang_c, pollaczek_khinchine

SEED = 1
"""Fixed, as the theory's checks are: one outcome, the same everywhere."""
LARGEST_QUEUE = 40


@dataclass(frozen=True)
class Finding:
    """A figure that theory knows.

    mistakes: what it would be if the engine were wrong in a plausible way, by the mistake's description.
    """

    what: str
    theory: float
    simulated: Interval
    narrow: float
    """what the half-width may be, as a share of the theory's value, for the finding to mean something"""
    mistakes: dict[str, float]

    @property
    def is_right(self) -> bool:
        """Whether simulation and theory agree, in an interval narrow enough to tell."""
        is_narrow = self.simulated.half_width <= self.narrow * abs(self.theory)
        excludes = not any(self.simulated.holds(wrong) for wrong in self.mistakes.values())
        return is_narrow and excludes and self.simulated.holds(self.theory)


def _finding(
    what: str, simulated: Interval, theory: float, narrow: float, mistakes: dict[str, float] | None = None
) -> Finding:
    return Finding(what, theory, simulated, narrow, mistakes or {})


def one_rep(simulate: Simulate) -> list[Finding]:
    """M/M/1: the time in the system is exponential."""
    leads = served(simulate, program_of("mm1"), SEED, replications=3)
    return [
        _finding("mean wait, hours", leads.mean(leads.waits), 0.1, 0.08, {"service is constant": 0.05}),
        _finding("P(wait)", leads.mean(leads.waits > 0), 0.5, 0.03),
        _finding("mean time in system, hours", leads.mean(leads.sojourns), 0.2, 0.04),
        _finding("P(in system > its mean)", leads.mean(leads.sojourns > 0.2), math.exp(-1), 0.03),
        _finding("P(in system > 3 means)", leads.mean(leads.sojourns > 0.6), math.exp(-3), 0.15),
    ]


def any_service(simulate: Simulate) -> list[Finding]:
    """M/G/1 with gamma service."""
    leads = served(simulate, program_of("mg1"), SEED, replications=2)
    wait = pollaczek_khinchine(5, 0.1, 0.5)
    mistakes = {"service is exponential": 0.1, "service is constant": 0.05}
    return [
        _finding("mean wait, hours", leads.mean(leads.waits), wait, 0.06, mistakes),
        _finding("P(wait)", leads.mean(leads.waits > 0), 0.5, 0.03),
        _finding("mean time in system, hours", leads.mean(leads.sojourns), wait + 0.1, 0.04),
    ]


def four_reps(simulate: Simulate) -> list[Finding]:
    """M/M/4: those who wait do so exponentially."""
    leads = served(simulate, program_of("mm4"), SEED, replications=2)
    chance = erlang_c(10, 3, 4)
    waiting = leads.waits > 0
    return [
        _finding("mean wait, hours", leads.mean(leads.waits), chance / 2, 0.12, {"half of it": chance / 4}),
        _finding("P(wait)", leads.mean(waiting), chance, 0.035),
        _finding("mean wait of those who wait, hours", leads.mean(leads.waits, of=waiting), 0.5, 0.1),
        _finding("mean time in system, hours", leads.mean(leads.sojourns), chance / 2 + 1 / 3, 0.06),
    ]


def largest_first(simulate: Simulate) -> list[Finding]:
    """M/M/4 with two priorities (A. Cobham, 1954): large deals gain what small ones lose."""
    leads = served(simulate, program_of("mm4_largest"), SEED, replications=2)
    chance, load = erlang_c(10, 3, 4), 10 / 12
    high, low = leads.stream == 0, leads.stream == 1
    of_low = chance / 12 / (1 - load / 2) / (1 - load)
    return [
        _finding("P(wait)", leads.mean(leads.waits > 0), chance, 0.035),
        _finding(
            "mean wait of large deals, hours", leads.mean(leads.waits, of=high), chance / 12 / (1 - load / 2), 0.06
        ),
        _finding("mean wait of small deals, hours", leads.mean(leads.waits, of=low), of_low, 0.16),
        _finding("mean wait of all, hours", leads.mean(leads.waits), chance / 2, 0.14, {"the small ones'": of_low}),
    ]


def newest_first(simulate: Simulate) -> list[Finding]:
    """M/M/1, last come first served: the same mean wait, more spread."""
    leads = served(simulate, program_of("mm1_newest"), SEED, replications=2)
    in_order = 2 * 0.3 / 7**2
    spread = leads.mean(leads.waits**2)
    return [
        _finding("mean wait, hours", leads.mean(leads.waits), 0.3 / 7, 0.1),
        _finding("P(wait)", leads.mean(leads.waits > 0), 0.3, 0.04),
        _finding("mean time in system, hours", leads.mean(leads.sojourns), 1 / 7, 0.04),
        _finding("mean squared wait", spread, in_order / 0.7, 0.25, {"first come, first served": in_order}),
    ]


def impatient_leads(simulate: Simulate) -> list[Finding]:
    """M/M/4+M at three loads: patience ends, the lead cools."""
    findings: list[Finding] = []
    for strategy, arrivals in (("ten_an_hour", 10), ("twelve_an_hour", 12), ("fifteen_an_hour", 15)):
        program = program_of("erlang_a", strategy, ["horizon.months=8"])
        leads = served(simulate, program, SEED, replications=1)
        theory = erlang_a(arrivals, 3, 4, 1)
        after_warmup = slice(1, None)
        worked = leads.ledger.amounts[Amount.WORK_HOURS].sum(axis=(1, 2, 3))[after_warmup]
        there = 4 * np.diff(program.month_start_hours)[after_warmup]
        findings += [
            _finding(f"P(wait), {arrivals} an hour", leads.mean(leads.waits > 0), theory.waits, 0.05),
            _finding(f"P(lost), {arrivals} an hour", leads.mean(np.isinf(leads.started_at)), theory.abandons, 0.1),
            _finding(f"utilization, {arrivals} an hour", ratio(worked, there), theory.utilization, 0.04),
        ]
    return findings


def two_desks(simulate: Simulate) -> list[Finding]:
    """Two M/M/1 in tandem: independent (J. R. Jackson, 1957), Poisson in between (P. J. Burke, 1956)."""
    program = program_of("tandem")
    warmup = float(program.month_start_hours[1])
    weeks = int((program.horizon_hours - warmup) // HOURS_A_WEEK) - 1
    _, events = events_of(simulate, program, SEED, 0)
    hours = _occupancy(events, warmup, weeks)
    total = hours.sum(axis=(1, 2))
    people = np.arange(LARGEST_QUEUE)
    # Little's law: 5 leads an hour x 0.2 h, x 1/3 h.
    findings = [
        _finding("mean number, first desk", ratio(hours.sum(axis=2) @ people, total), 1.0, 0.08),
        _finding("mean number, second desk", ratio(hours.sum(axis=1) @ people, total), 5 / 3, 0.1),
    ]
    for i in range(3):
        for j in range(3):
            product = 0.5 * 0.5**i * 0.375 * 0.625**j
            findings.append(_finding(f"P({i} and {j} there)", ratio(hours[:, i, j], total), product, 0.1))
    left = departures(events, after=warmup)
    batches = np.array_split(np.diff(left), weeks)
    sizes = [len(batch) for batch in batches]
    return [
        *findings,
        _finding("mean gap of what leaves, hours", ratio([batch.sum() for batch in batches], sizes), 0.2, 0.04),
        _finding("mean squared gap", ratio([(batch**2).sum() for batch in batches], sizes), 0.08, 0.08),
    ]


def departures(events: list[Event], after: float) -> FloatArray:
    """Hours at which leads leave the first desk."""
    return np.array(
        [e.time for e in events if e.happening == Happening.TOUCH_DONE and e.step == 0 and e.time > after]
    )


def _occupancy(events: list[Event], from_hour: float, weeks: int) -> FloatArray:
    """Hours in each week with i leads at the first and j at the second desk, shape (week, i, j)."""
    changes = [
        (event.time, event.step, 1 if event.happening == Happening.QUEUED else -1)
        for event in events
        if event.happening != Happening.TOUCH_STARTED
    ]
    hours = np.zeros((weeks, LARGEST_QUEUE, LARGEST_QUEUE))
    there = [0, 0]
    last = 0.0
    for time, desk, change in changes:
        i, j = min(there[0], LARGEST_QUEUE - 1), min(there[1], LARGEST_QUEUE - 1)
        while last < time:
            week = math.floor((last - from_hour) / HOURS_A_WEEK)
            until = min(time, from_hour + (week + 1) * HOURS_A_WEEK)
            if 0 <= week < weeks:
                hours[week, i, j] += until - last
            last = until
        there[desk] += change
    return hours


class Check(NamedTuple):
    """Figures of a queue that theory knows, and how they are simulated."""

    title: str
    findings: Callable[[Simulate], list[Finding]]


CHECKS = {
    "mm1": Check("M/M/1", one_rep),
    "mg1": Check("M/G/1", any_service),
    "mm4": Check("M/M/4", four_reps),
    "mm4_largest": Check("M/M/4, largest first", largest_first),
    "mm1_newest": Check("M/M/1, newest first", newest_first),
    "erlang_a": Check("M/M/4+M (Erlang A)", impatient_leads),
    "tandem": Check("tandem (Jackson)", two_desks),
}
"""By the name of the scenario in scenarios/theory."""
