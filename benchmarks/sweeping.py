"""How much of a sweep is simulation, and how many small points it does in a second."""

from __future__ import annotations

import pickle
import resource
import tempfile
import time
from collections.abc import Sequence
from concurrent.futures import Future
from dataclasses import dataclass, replace
from pathlib import Path

from channelsim.engine.fast import simulate
from channelsim.experiment.executors import Bundle, crew
from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Sweep, run_sweep, sweep_of
from channelsim.experiment.units import Unit
from channelsim.scenario.plan import Plan
from channelsim.scenario.vary import parse_range

SCENARIOS = Path(__file__).parents[1] / "scenarios"
RANGES = (
    "segments.enterprise.gross_margin=0.5:0.9",
    "sources.website.cost_per_lead=20:90",
    "teams.outside.pay.salary=60000:130000",
)
MEASURED_BUNDLES = 20


@dataclass(frozen=True)
class Sweeping:
    """A sweep. points: of one strategy. each_ms: CPU milliseconds of simulation at a point. kernel: the part of all
    workers' time that the engine takes. at_work: the part in which they work on points (put them together,
    simulate, price); the rest is handing out, keeping and waiting. seconds: wall clock. megabytes: the driver's
    peak. bytes_a_point: what a worker sends back. driver_ms: CPU milliseconds of the driver, a point."""

    points: int
    each_ms: float
    kernel: float
    at_work: float
    seconds: float
    megabytes: float
    bytes_a_point: float
    driver_ms: float


def sweeping(points: int, replications: int, workers: int = 2, cluster: str | None = None) -> Sweeping:
    """Points of quickstart's hybrid, so many replications each."""
    plan = Plan("sobol", ranges=tuple(parse_range(each) for each in RANGES), points=points)
    sweep = sweep_of(
        str(SCENARIOS / "quickstart.yaml"), plan, strategies=["hybrid"], replications=replications, engine="fast"
    )
    simulation = _simulation(sweep, replications)
    busy: list[float] = []
    bytes_a_unit: list[float] = []

    def note(future: Future[Bundle]) -> None:
        bundle = future.result()
        busy.append(bundle.seconds)
        if len(bytes_a_unit) < MEASURED_BUNDLES:
            bytes_a_unit.append(len(pickle.dumps(bundle)) / len(bundle.done))

    with (
        tempfile.TemporaryDirectory() as folder,
        Store(Path(folder), sweep.told()) as store,
        crew(sweep.spec, workers, cluster, lambda _: None) as there,
    ):

        def submit(units: Sequence[Unit]) -> Future[Bundle]:
            future = there.submit(units)
            future.add_done_callback(note)
            return future

        driver, started = time.thread_time(), time.monotonic()
        run_sweep(sweep, store, replace(there, submit=submit))
        driver, wall = time.thread_time() - driver, time.monotonic() - started
    return Sweeping(
        points=points,
        each_ms=1e3 * simulation,
        kernel=simulation * points / (wall * workers),
        at_work=sum(busy) / (wall * workers),
        seconds=wall,
        megabytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        bytes_a_point=min(bytes_a_unit),
        driver_ms=1e3 * driver / points,
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
