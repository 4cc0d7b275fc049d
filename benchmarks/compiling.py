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
BELIEFS = (
    "motions.phone.steps.qualify.advance={uncertain: {dist: beta, mean: 0.16, sd: 0.02}}",
    "motions.handoff.steps.qualify.advance={uncertain: {dist: beta, mean: 0.16, sd: 0.02}}",
    "teams.inside.people.selling_share={uncertain: {dist: uniform, low: 0.36, high: 0.46}}",
    "teams.outside.pay.travel_per_visit={uncertain: {dist: triangular, low: 400, mode: 600, high: 1100}}",
)
WORLDS: tuple[tuple[str, str, str, tuple[str, ...]], ...] = (
    ("nothing uncertain", "midmarket_software", "hybrid", ()),
    ("four beliefs", "midmarket_software", "hybrid", BELIEFS),
    ("every lever, twenty beliefs, a market", "year_of_execution", "hybrid_many", ()),
)
"""What it is, scenario, strategy, what is set: from one program for all replications to one for each."""


@dataclass(frozen=True)
class Compiling:
    """CPU milliseconds. once: a scenario's first program. each: a replication's program and prices. run: the whole
    replication with them, from the draws of what nobody knows to its figures."""

    what: str
    scenario: str
    once: float
    each: float
    run: float

    @property
    def share(self) -> float:
        """What compiling takes of a replication."""
        return self.each / self.run


def compiling(rounds: int) -> list[Compiling]:
    """Each world, in turns."""
    found = []
    for what, scenario, strategy, sets in WORLDS:
        study = load(str(SCENARIOS / f"{scenario}.yaml"), sets, only=[strategy])

        compiled = partial(job_of, strategy, study.strategies[strategy], beliefs=study.beliefs[strategy])
        timings, _ = take_turns(_contenders(compiled), rounds)
        seconds = {name: statistics.fmean(timing.seconds) for name, timing in timings.items()}
        found.append(Compiling(what, scenario, *(1e3 * seconds[name] for name in ("once", "each", "run"))))
    return found


def _contenders(compiled: Callable[[], Job]) -> dict[str, Callable[[int], object]]:
    job = compiled()
    return {
        "once": lambda _turn: compiled(),
        "each": lambda turn: job.world(1, turn),
        "run": lambda turn: replicate(job, 1, turn),
    }
