"""What is simulated: the CRM of each way to staff, and the experiment that the CRM cannot do.

In the experiment every lead is called exactly so long after it came, by a team that is never short of people. The
leads are the same as in the CRM, each with the same luck at each dial, so that one lead can be looked at both ways.
"""

from __future__ import annotations

import multiprocessing
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.fast import prepare
from channelsim.errors import RunError
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario
from studies.crm import Records, records_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "response_time.yaml")
DIALLING = "contact"
HOURS_A_MONTH = 8760 / 12
TAIL_HOURS = 30 * 24.0
"""Leads of the last 30 days are left out: their dials and answers may lie beyond the horizon."""

NOT_COOLING, DAMPED, FACE_VALUE = "not at all", "damped", "at face value"
COOLINGS = {
    NOT_COOLING: "{}",
    DAMPED: "{5min: 1, 30min: 0.85, 1h: 0.75, 4h: 0.6, 24h: 0.45, 7d: 0.3}",
    FACE_VALUE: "{5min: 1, 12min: 0.82, 42min: 0.65, 2h: 0.49, 10h: 0.28, 48h: 0.12}",
}
"""How leads cool: a placebo; as in the scenario; and as if SalesUp's contact rates (78, 64, 51, 38, 22, 9%) were
wholly the work of response time, each near the middle of its bucket."""

NORMAL, BUSY, DOUBLE = "normal", "15% more leads", "twice the people"
DIALS = (2, 6)
AT_ONCE_HOURS = 0.0
FORCED_HOURS = (AT_ONCE_HOURS, 0.25, 0.75, 2.0, 8.0, 16.0, 48.0)
MANY_PEOPLE = 150
EXACT_HOURS = 1e-6


@dataclass(frozen=True)
class World:
    """A company: how it staffs (a strategy of the scenario), how leads cool, how busy it is, how often it dials.
    forced_hours: when every lead is called, in the experiment; None: when the queue comes to it."""

    hours: str = "day"
    cooling: str = DAMPED
    load: str = NORMAL
    dials: int = max(DIALS)
    forced_hours: float | None = None


def worlds(strategies: list[str]) -> list[World]:
    """All that the study simulates."""
    firsts = (AT_ONCE_HOURS, FORCED_HOURS[-1])
    return [
        *(World(hours, cooling) for cooling in COOLINGS for hours in strategies),
        *(World(hours, load=load) for load in (BUSY, DOUBLE) for hours in strategies),
        *(World(cooling=cooling, forced_hours=at) for cooling in COOLINGS for at in FORCED_HOURS),
        *(World(cooling=cooling, dials=min(DIALS), forced_hours=at) for cooling in COOLINGS for at in firsts),
    ]


def scenario_of(world: World) -> Scenario:
    """The world as a resolved scenario."""
    base = load(SCENARIO)
    attempts = [f"motions.{motion}.steps.{DIALLING}.attempts" for motion in ("phone", "on_time")]
    sets = [f"{path}.cooling={COOLINGS[world.cooling]}" for path in attempts]
    sets += [f"{path}.max={world.dials}" for path in attempts]
    if world.load == BUSY:
        sets += [
            f"sources.{name}.leads_per_month={1.15 * source.leads_per_month}"
            for name, source in base.scenario.sources.items()
        ]
    elif world.load == DOUBLE:
        seats = {name: _seats(strategy) for name, strategy in base.strategies.items()}
        sets.append(f"teams.responders.headcount={2 * _seats(base.scenario)}")
        sets += [
            f"strategies.{name}.teams.responders.headcount={2 * seats[name]}"
            for name, changes in base.overrides.items()
            if "teams.responders.headcount" in changes
        ]
    if world.forced_hours is not None:
        sets += [
            "routing=[{motion: on_time}]",
            f"motions.on_time.steps.{DIALLING}.handoff.delay_hours={world.forced_hours}",
            f"teams.responders.headcount={MANY_PEOPLE}",
            "teams.responders.hours=always",
        ]
    return load(SCENARIO, sets, only=[world.hours]).strategies[world.hours]


def _seats(scenario: Scenario) -> int:
    headcount = scenario.teams["responders"].headcount
    assert isinstance(headcount, int)
    return headcount


def simulate_worlds(
    replications: int, seed: int, workers: int, progress: Callable[[int, int], None]
) -> dict[World, list[Records]]:
    """Every world's CRM, replication by replication, leads in the same order in all that have the same leads."""
    wanted = worlds(list(load(SCENARIO).strategies))
    scenarios = {world: scenario_of(world) for world in wanted}
    prepare(compile_program(next(iter(scenarios.values()))))  # the workers find it compiled
    tasks = [(world, replication) for world in wanted for replication in range(replications)]
    found: dict[World, list[Records]] = {world: [] for world in wanted}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        jobs = (
            (world, pool.submit(measured, scenarios[world], replication, seed, world.forced_hours))
            for world, replication in tasks
        )
        for done, (world, job) in enumerate(list(jobs), start=1):
            found[world].append(job.result())
            progress(done, len(tasks))
    return found


def measured(scenario: Scenario, replication: int, seed: int, forced_hours: float | None) -> Records:
    """The leads of one replication that came after the warm-up and early enough for all to have happened."""
    records = records_of(scenario, replication, seed, DIALLING)
    first, last = _measured_hours(scenario)
    records = records.where((records.arrived >= first) & (records.arrived < last))
    if forced_hours is not None and not np.all(np.abs(records.response_hours - forced_hours) < EXACT_HOURS):
        raise RunError(f"some leads of the experiment were not called after exactly {forced_hours:g} hours")
    return records


def months_measured(scenario: Scenario) -> float:
    """How long leads are counted."""
    first, last = _measured_hours(scenario)
    return (last - first) / HOURS_A_MONTH


def _measured_hours(scenario: Scenario) -> tuple[float, float]:
    starts = layout_of(scenario).month_starts
    first, last = ((starts[month] - starts[0]).days * 24.0 for month in (scenario.horizon.warmup_months, -1))
    return first, last - TAIL_HOURS


def pairs(one: list[Records], other: list[Records]) -> Iterator[tuple[Records, Records]]:
    """The same leads in two worlds. Raises ValueError if they are not the same."""
    for a, b in zip(one, other, strict=True):
        if not np.array_equal(a.lead, b.lead):
            raise ValueError("two worlds with different leads cannot be paired")
        yield a, b
