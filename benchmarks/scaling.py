"""How the fast engine's cost grows: with leads, and with reps."""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import peak_of
from channelsim.engine import fast
from channelsim.engine.ledger import Count
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load

FUNNEL = Path(__file__).parent / "funnel.yaml"
MONTH_HOURS = 730.5
INSIDE_REPS_AN_HOURLY_LEAD, OUTSIDE_REPS_AN_HOURLY_LEAD = 1.0, 0.84
LEADS = (1_000, 10_000, 100_000, 1_000_000)
REPS = (10, 100, 500, 2_000)
MONTHS = 12
MONTHS_OF_MANY_REPS = 2


@dataclass(frozen=True)
class Point:
    """One size. in_flight: leads open at the end."""

    leads: int
    reps: int
    events: int
    in_flight: int
    cpu_seconds: float

    @property
    def nanoseconds_an_event(self) -> float:
        """CPU time."""
        return 1e9 * self.cpu_seconds / self.events


def by_leads() -> list[Point]:
    """The funnel for a year, with as many reps as its leads keep equally busy."""
    return [_point(*_sized(leads / MONTHS / MONTH_HOURS, MONTHS)) for leads in LEADS]


def by_reps() -> list[Point]:
    """The funnel for two months, with as many leads as keep its reps equally busy."""
    rate = INSIDE_REPS_AN_HOURLY_LEAD + OUTSIDE_REPS_AN_HOURLY_LEAD
    return [_point(*_sized(reps / rate, MONTHS_OF_MANY_REPS)) for reps in REPS]


def million() -> None:
    """A replication of a million leads."""
    program, _ = _sized(LEADS[-1] / MONTHS / MONTH_HOURS, MONTHS)
    fast.simulate(program, 1, 0)


def megabytes_of_a_million() -> float:
    """The most memory that a process holds that does nothing else."""
    return peak_of("benchmarks.scaling", "million()")


def _sized(leads_an_hour: float, months: int) -> tuple[Program, int]:
    inside = max(1, round(leads_an_hour * INSIDE_REPS_AN_HOURLY_LEAD))
    outside = max(1, round(leads_an_hour * OUTSIDE_REPS_AN_HOURLY_LEAD))
    sets = [
        f"horizon.months={months}",
        f"sources.calls.leads_per_month={leads_an_hour * MONTH_HOURS}",
        f"teams.inside.headcount={inside}",
        f"teams.outside.headcount={outside}",
    ]
    return compile_program(load(FUNNEL, sets).strategies["as_is"]), inside + outside


def _point(program: Program, reps: int) -> Point:
    fast.simulate(program, 1, 0)
    seconds = []
    for replication in range(3):
        begun = time.process_time()
        ledger = fast.simulate(program, 1, replication)
        seconds.append(time.process_time() - begun)
    counts = ledger.counts.sum(axis=(1, 2, 3, 4))
    events = int(counts[Count.ENTERED] + counts[Count.TOUCHES] + counts[Count.COOLED])
    return Point(int(counts[Count.ARRIVED]), reps, events, int(ledger.open_leads.sum()), min(seconds))
