"""The shipped mid-market scenario: fast against reference, and the reference against SimPy by hand."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.measure import Timing, cpu_seconds_of, take_turns
from benchmarks.midmarket_in_simpy import Model
from channelsim.engine import fast, reference
from channelsim.engine.jit import CACHE_VARIABLE
from channelsim.engine.trace import Trace
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MIDMARKET = SCENARIOS / "midmarket_software.yaml"
QUICKSTART = SCENARIOS / "quickstart.yaml"
BY_HAND = "inside_only"


def programs() -> dict[str, Program]:
    """The scenario's strategies."""
    return {name: compile_program(each) for name, each in load(MIDMARKET).strategies.items()}


@dataclass(frozen=True)
class Duel:
    """Two ways to simulate the same thing; events: what happened in a replication, counted alike."""

    strategy: str
    events: dict[str, float]
    timings: dict[str, Timing]

    def microseconds(self, contender: str) -> float:
        """CPU time an event."""
        return 1e6 * self.timings[contender].median / self.events[contender]


def engines(rounds: int) -> list[Duel]:
    """Fast and reference engine on every strategy: one core each, same replications, equal ledgers."""
    duels = []
    for name, program in programs().items():
        events = _events(program)
        timings, ledgers = take_turns(
            {
                "fast": lambda turn, program=program: fast.simulate(program, 1, turn),  # type: ignore[misc]
                "reference": lambda turn, program=program: reference.simulate(program, 1, turn),  # type: ignore[misc]
            },
            rounds,
        )
        for one, other in zip(ledgers["fast"], ledgers["reference"], strict=True):
            np.testing.assert_array_equal(one.amounts, other.amounts)
        duels.append(Duel(name, {"fast": events, "reference": events}, timings))
    return duels


def by_hand(rounds: int) -> Duel:
    """The reference engine and a plain SimPy model of the phone strategy, an event being what the trace tells."""
    program = programs()[BY_HAND]
    hours = float(program.horizon_hours)
    timings, happened = take_turns(
        {
            "SimPy by hand": lambda turn: sum(Model(turn, hours).run().values()),
            "reference": lambda turn: reference.simulate(program, 1, turn),
        },
        rounds,
    )
    events = {"SimPy by hand": float(np.mean(happened["SimPy by hand"])), "reference": _events(program)}
    return Duel(BY_HAND, events, timings)


def _events(program: Program) -> float:
    """What happens in a replication on average, as the trace tells it."""
    traces = [Trace() for _ in range(3)]
    for replication, trace in enumerate(traces):
        fast.simulate(program, 1, replication + 1, trace)
    return float(np.mean([len(trace.events) for trace in traces]))


def threads(replications: int, rounds: int) -> dict[int, float]:
    """Threads -> least wall seconds for the same replications on the fast engine."""
    program = programs()[BY_HAND]
    fast.simulate(program, 1, 0)
    best = {1: float("inf"), 2: float("inf")}
    for _ in range(rounds):
        for workers in best:
            with ThreadPoolExecutor(workers) as pool:
                begun = time.perf_counter()
                for _ledger in pool.map(lambda turn: fast.simulate(program, 1, turn), range(replications)):
                    pass
                best[workers] = min(best[workers], time.perf_counter() - begun)
    return best


@dataclass(frozen=True)
class Start:
    """CPU seconds of a first run in a new installation, of later ones, and of `--help`."""

    first: float
    later: float
    help: float


def start() -> Start:
    """What `channelsim run scenarios/quickstart.yaml` costs before its first replication."""
    with tempfile.TemporaryDirectory() as folder:
        environment = os.environ | {CACHE_VARIABLE: folder}
        command = [sys.executable, "-m", "channelsim"]
        begin = [sys.executable, "-c", _FIRST_REPLICATION]
        first = cpu_seconds_of(begin, environment)
        later = min(cpu_seconds_of(begin, environment) for _ in range(3))
        asked = min(cpu_seconds_of([*command, "--help"], environment) for _ in range(3))
    return Start(first, later, asked)


_FIRST_REPLICATION = f"""
from channelsim.cli.run import command
from channelsim.engine import fast
prepare = fast.prepare
def prepare_and_stop(*arguments):
    prepare(*arguments)
    raise SystemExit
fast.prepare = prepare_and_stop
command.main(["{QUICKSTART}", "-n", "1", "--quiet"])
"""


def promise(replications: int) -> tuple[float, float]:
    """Three strategies of the scenario through the command line: wall seconds, and events a second."""
    events = sum(_events(program) for program in programs().values()) * replications
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "channelsim", "run", str(MIDMARKET), "-n", str(replications), "--quiet"]
        begun = time.perf_counter()
        cpu_seconds_of([*command, "-o", folder], os.environ)
        seconds = time.perf_counter() - begun
    return seconds, events / seconds
