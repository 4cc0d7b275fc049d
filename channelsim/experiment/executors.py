"""Where a sweep's units run: threads, processes, or a Dask cluster, all behind concurrent.futures.Executor."""

from __future__ import annotations

import multiprocessing
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError
from channelsim.experiment.replicate import FAST, Simulate
from channelsim.experiment.units import Spec, Unit, run_unit
from channelsim.experiment.workers import start_quietly
from channelsim.version import VERSION

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Bundle:
    """What a worker brings: each unit with its figures, (replication, figure), or why there are none; and how
    long it took."""

    done: list[tuple[Unit, FloatArray | str]]
    seconds: float


LOCAL = "local"
CONNECT_SECONDS = 15
BUNDLE_SECONDS, BUNDLES_A_SECOND = 0.5, 200
"""Of a cluster: how long a bundle takes, longer where there are so many workers that the scheduler would have more
bundles a second than that: driver and scheduler take some 2.3 ms for each (benchmarks/README.md)."""


@dataclass(frozen=True)
class Crew:
    """Who works on a sweep. submit: hands over some units. workers: how many there are. seconds_a_bundle: how
    long a bundle of units should take, so that handing it over does not matter. check: raises RunError if they are
    gone."""

    submit: Callable[[Sequence[Unit]], Future[Bundle]]
    workers: int
    seconds_a_bundle: float
    check: Callable[[], None] = lambda: None


def run_bundle(spec: Spec, units: Sequence[Unit], simulate: Simulate | None = None) -> Bundle:
    """Some units, one after the other. One that fails costs no other."""
    started = time.perf_counter()
    found: list[tuple[Unit, FloatArray | str]] = []
    for unit in units:
        try:
            found.append((unit, run_unit(spec, unit, simulate)))
        except Exception as error:  # a fault at one point is reported with it
            found.append((unit, f"{type(error).__name__}: {error}"))
    return Bundle(found, time.perf_counter() - started)


@contextmanager
def crew(spec: Spec, workers: int, cluster: str | None, tell: Callable[[str], None]) -> Iterator[Crew]:
    """Threads of the fast engine, processes of the reference engine, or the workers of a Dask cluster: `cluster` is
    its scheduler's address, or local:N for N processes here. Raises RunError for a cluster that cannot be had."""
    if cluster is not None:
        with _dask(spec, cluster, tell) as found:
            yield found
    elif spec.engine == FAST:
        with _threads(spec, workers, tell) as found:
            yield found
    else:
        with _processes(spec, workers) as found:
            yield found


@contextmanager
def _threads(spec: Spec, workers: int, tell: Callable[[str], None]) -> Iterator[Crew]:
    """The kernel works without the interpreter's lock. Each thread compiles points for itself."""
    from channelsim.engine.fast import new_stop, prepare, simulate

    prepare(spec.job(0, 0).program, tell)
    stop = new_stop()
    stoppable: Any = partial(simulate, stop=stop)
    own = threading.local()

    def work(units: Sequence[Unit]) -> Bundle:
        if not hasattr(own, "spec"):
            own.spec = spec.copy()
        return run_bundle(own.spec, units, stoppable)

    pool = ThreadPoolExecutor(workers)
    try:
        yield Crew(lambda units: pool.submit(work, units), workers, 0.1)
    finally:
        stop[0] = 1
        pool.shutdown(cancel_futures=True)


@contextmanager
def _processes(spec: Spec, workers: int) -> Iterator[Crew]:
    """Programs travel once per worker."""
    context = multiprocessing.get_context("spawn")
    pool: Executor = ProcessPoolExecutor(workers, context, initializer=_begin, initargs=(spec,))
    try:
        yield Crew(lambda units: pool.submit(_work, units), workers, 0.2)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


_spec: Spec | None = None


def _begin(spec: Spec) -> None:
    global _spec
    start_quietly()
    _spec = spec


def _work(units: Sequence[Unit]) -> Bundle:
    assert _spec is not None
    return run_bundle(_spec, units)


@contextmanager
def _dask(spec: Spec, cluster: str, tell: Callable[[str], None]) -> Iterator[Crew]:
    """The workers of a scheduler. All must have this version."""
    try:
        from distributed import Client
    except ImportError as error:
        raise RunError("a cluster needs dask: pip install 'channelsim[cluster]'") from error
    with _scheduler(cluster) as address:
        try:
            client = Client(address, timeout=CONNECT_SECONDS, set_as_default=False)
        except (OSError, ValueError) as error:
            raise RunError(f"no Dask scheduler answers at {address}: {error}") from error
        with client:
            versions = client.run(version_here, on_error="return")
            wrong = {where: version for where, version in versions.items() if version != VERSION}
            if wrong:
                where, version = next(iter(wrong.items()))
                has = f"channelsim {version}" if isinstance(version, str) else "no channelsim that fits"
                raise RunError(
                    f"the worker at {where} has {has}, this is {VERSION}; install the same on all workers"
                )
            if not versions:
                raise RunError(f"the Dask scheduler at {address} has no workers; start some, then try again")
            tell(f"{len(versions)} workers of the cluster at {address}")
            there = client.scatter(spec, broadcast=True)
            executor = client.get_executor(retries=2)
            threads = sum(client.nthreads().values())

            def check() -> None:
                if client.status != "running":
                    raise RunError(
                        f"the Dask scheduler at {address} is gone; what is finished is kept, and the same command "
                        "goes on from here"
                    )

            try:
                seconds = max(BUNDLE_SECONDS, threads / BUNDLES_A_SECOND)
                yield Crew(lambda units: executor.submit(run_bundle, there, units), threads, seconds, check)
            finally:
                executor.shutdown(wait=False)


def version_here() -> str:
    """The version of channelsim where this runs."""
    return VERSION


@contextmanager
def _scheduler(cluster: str) -> Iterator[str]:
    """A scheduler's address; of one that is started here for local:N."""
    kind, _, count = cluster.partition(":")
    if kind != LOCAL:
        yield cluster
        return
    from distributed import LocalCluster

    with LocalCluster(int(count), threads_per_worker=1, dashboard_address=None, silence_logs=50) as here:
        yield here.scheduler_address
