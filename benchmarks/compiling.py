"""What it costs to compile a program, beside the run that it feeds."""

from __future__ import annotations

import statistics
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.measure import take_turns
from channelsim.experiment.replicate import Job, job_of, replicate
from channelsim.scenario.load import load

SCENARIOS = Path(__file__).parents[1] / "scenarios"
WORLDS = {"year_of_execution": "hybrid_many", "midmarket_software": "hybrid"}
"""Scenario -> strategy: every lever and a program of its own for each replication; none, and one for all."""


@dataclass(frozen=True)
class Compiling:
    """CPU milliseconds. once: a scenario's first program. each: a replication's program and prices. run: the whole
    replication with them, from the draws of what nobody knows to its figures."""

    scenario: str
    strategy: str
    once: float
    each: float
    run: float

    @property
    def share(self) -> float:
        """What compiling takes of a replication."""
        return self.each / self.run


def compiling(rounds: int) -> list[Compiling]:
    """Both worlds, in turns."""
    found = []
    for scenario, strategy in WORLDS.items():
        study = load(str(SCENARIOS / f"{scenario}.yaml"), only=[strategy])

        compiled = partial(job_of, strategy, study.strategies[strategy], beliefs=study.beliefs[strategy])
        timings, _ = take_turns(_contenders(compiled), rounds)
        seconds = {name: statistics.fmean(timing.seconds) for name, timing in timings.items()}
        found.append(Compiling(scenario, strategy, *(1e3 * seconds[name] for name in ("once", "each", "run"))))
    return found


def _contenders(compiled: Callable[[], Job]) -> dict[str, Callable[[int], object]]:
    job = compiled()
    return {
        "once": lambda _turn: compiled(),
        "each": lambda turn: job.world(1, turn),
        "run": lambda turn: replicate(job, 1, turn),
    }
