"""How much of a sweep is simulation, and how many small points it does in a second."""

from __future__ import annotations

import resource
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from channelsim.engine.fast import simulate
from channelsim.experiment.executors import crew
from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Sweep, run_sweep, sweep_of
from channelsim.scenario.plan import Plan
from channelsim.scenario.vary import parse_range

SCENARIOS = Path(__file__).parents[1] / "scenarios"
RANGES = (
    "segments.enterprise.gross_margin=0.5:0.9",
    "sources.website.cost_per_lead=20:90",
    "teams.outside.pay.salary=60000:130000",
)


@dataclass(frozen=True)
class Sweeping:
    """A sweep in one process. points: of one strategy. each_ms: CPU milliseconds of simulation at a point. share:
    of all CPU time that is simulation. seconds: wall clock. megabytes: the process's peak."""

    points: int
    each_ms: float
    share: float
    seconds: float
    megabytes: float


def sweeping(points: int, replications: int, workers: int = 2, cluster: str | None = None) -> Sweeping:
    """Points of quickstart's hybrid, so many replications each."""
    plan = Plan("sobol", ranges=tuple(parse_range(each) for each in RANGES), points=points)
    sweep = sweep_of(
        str(SCENARIOS / "quickstart.yaml"), plan, strategies=["hybrid"], replications=replications, engine="fast"
    )
    simulation = _simulation(sweep, replications)
    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder), sweep.told()) as store,
        crew(sweep.spec, workers, cluster, lambda _: None) as there,
    ):
        before, started = time.process_time(), time.monotonic()
        run_sweep(sweep, store, there)
        cpu, wall = time.process_time() - before, time.monotonic() - started
    share = simulation * points / (cpu if cluster is None else wall * workers)
    return Sweeping(
        points, 1e3 * simulation, share, wall, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    )


def _simulation(sweep: Sweep, replications: int) -> float:
    """CPU seconds of a point's simulation alone. No parameter changes what happens, so all points are alike."""
    job = sweep.spec.job(0, 0)
    simulate(job.program, sweep.spec.seed, 0)
    before = time.process_time()
    rounds = max(1, 60 // replications)
    for _ in range(rounds):
        for replication in range(replications):
            simulate(job.program, sweep.spec.seed, replication)
    return (time.process_time() - before) / rounds
