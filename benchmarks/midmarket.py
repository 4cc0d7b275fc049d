"""The shipped mid-market scenario: fast against reference, and the reference against SimPy by hand."""

from __future__ import annotations

import os
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import numpy as np
import simpy

from benchmarks.events import mean_events
from benchmarks.funnel_in_plain_simpy import PlainFunnel
from benchmarks.funnel_numbers import FunnelNumbers, numbers_of
from benchmarks.measure import Timing, cpu_seconds_of, take_turns
from channelsim.engine import fast, reference
from channelsim.engine.jit import CACHE_VARIABLE
from channelsim.engine.ledger import Count, Ledger
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
MIDMARKET = SCENARIOS / "midmarket_software.yaml"
QUICKSTART = SCENARIOS / "quickstart.yaml"
IN_THREADS = "inside_only"
PLAIN = "plain SimPy"
ENDS = ("arrived", "won", "declined", "unreachable", "cooled", "orphaned", "dropped")
ENGINE_RUNS = 100
ODD_LEADS = 3
"""By which a model may differ whatever the standard error: where an end is next to never met."""


class Disagreement(Exception):
    """A model does not do the same work."""


def programs() -> dict[str, Program]:
    """The scenario's strategies."""
    return {name: compile_program(each) for name, each in load(MIDMARKET).strategies.items()}


@dataclass(frozen=True)
class Duel:
    """Two ways to simulate the same thing; events: of a replication, counted as in `benchmarks.events`."""

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
        events = mean_events(program, 1, 3)
        timings, ledgers = take_turns(
            {
                "fast": lambda turn, program=program: fast.simulate(program, 1, turn),  # type: ignore[misc]
                "reference": lambda turn, program=program: reference.simulate(program, 1, turn),  # type: ignore[misc]
            },
            rounds,
        )
        for one, other in zip(ledgers["fast"], ledgers["reference"], strict=True):
            for part in Ledger.__dataclass_fields__:
                np.testing.assert_array_equal(getattr(one, part), getattr(other, part), err_msg=part)
        duels.append(Duel(name, {"fast": events, "reference": events}, timings))
    return duels


def by_hand(rounds: int) -> list[Duel]:
    """The reference engine and a plain SimPy model of the same funnel, on every strategy.

    Raises Disagreement if leads end otherwise in the plain model.
    """
    duels = []
    for name, scenario in load(MIDMARKET).strategies.items():
        program, numbers = compile_program(scenario), numbers_of(scenario)
        timings, outcomes = take_turns(
            {
                PLAIN: lambda turn, numbers=numbers: plain(numbers, turn),  # type: ignore[misc]
                "reference": lambda turn, program=program: reference.simulate(program, 1, turn),  # type: ignore[misc]
            },
            rounds,
        )
        models: list[PlainFunnel] = outcomes[PLAIN]
        _check_ends(name, program, models)
        events = {PLAIN: mean(model.events for model in models), "reference": mean_events(program, 1, rounds)}
        duels.append(Duel(name, events, timings))
    return duels


def plain(numbers: FunnelNumbers, seed: int) -> PlainFunnel:
    """One replication in plain SimPy."""
    model = PlainFunnel(numbers, seed, simpy.Environment())
    model.run()
    return model


def _check_ends(strategy: str, program: Program, models: list[PlainFunnel]) -> None:
    """Leads arrive and end alike in the plain model: within 5 standard errors of the engine's means."""
    ledgers = [fast.simulate(program, 1, number) for number in range(ENGINE_RUNS)]
    expected = np.array([ledger.counts.sum(axis=(1, 2, 3, 4)) for ledger in ledgers])
    for end in ENDS:
        found = mean(model.count[end] for model in models)
        engine = expected[:, Count[end.upper()]]
        error = engine.std(ddof=1) * (1 / len(models) + 1 / ENGINE_RUNS) ** 0.5
        if abs(found - engine.mean()) > max(5 * error, ODD_LEADS):
            here = f"{engine.mean():.1f} ± {error:.1f}"
            raise Disagreement(f"{strategy}: {found:.1f} {end} in plain SimPy, {here} in channelsim")


def threads(replications: int, rounds: int) -> dict[int, float]:
    """Threads -> least wall seconds for the same replications on the fast engine."""
    program = programs()[IN_THREADS]
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
    events = sum(mean_events(program, 1, 3) for program in programs().values()) * replications
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "channelsim", "run", str(MIDMARKET), "-n", str(replications), "--quiet"]
        begun = time.perf_counter()
        cpu_seconds_of([*command, "-o", folder], os.environ)
        seconds = time.perf_counter() - begun
    return seconds, events / seconds
