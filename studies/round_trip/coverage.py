"""The round trip: simulate, export, calibrate, and count how often the truth lies in the interval."""

from __future__ import annotations

import multiprocessing
import tempfile
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np

from channelsim.analysis.jackknife import Interval, jackknife
from channelsim.calibrate.fitting.fit import estimate
from channelsim.calibrate.reading.read import read_export
from channelsim.calibrate.records import OPEN, Export
from studies.round_trip.crm import Dirt, crm_files, write_files
from studies.round_trip.exporting import naive
from studies.round_trip.histories import History, history_of
from studies.round_trip.truth import Compared, Truth, compare, truth_of
from studies.round_trip.worlds import WORLDS, World

Progress = Callable[[int, int], None]
Reader = Callable[[World, History], Export]


@dataclass(frozen=True)
class Trip:
    """A world once through: all parameters as calibrate finds them, and as a fit without the open deals does."""

    world: World
    deals: int
    open_share: float
    fitted: list[Compared]
    naive: list[Compared]


def through_files(world: World, history: History) -> Export:
    """Export as the CRM would, and read the files."""
    with tempfile.TemporaryDirectory() as folder:
        return read_export(write_files(crm_files(world, history, Dirt()), Path(folder)))


def luck_of(world: World, replication: int) -> int:
    """The replication to simulate. The same lead has the same luck under every scenario, so worlds of one
    replication would be right and wrong together."""
    return world.number + WORLDS * replication


def round_trip(truth: Truth, seed: int, replication: int, read: Reader = through_files) -> Trip:
    """Simulate a world once, export it, read it, and estimate everything twice."""
    history = history_of(truth.world.scenario, seed, luck_of(truth.world, replication))
    export = read(truth.world, history)
    fitted, without_open = (compare(truth, estimate(each)) for each in (export, naive(export)))
    deals = history.deals
    still_open = len(deals.filter(ending=OPEN))
    return Trip(truth.world, len(deals), still_open / len(deals), fitted, without_open)


def round_trips(
    worlds: Sequence[World], replications: int, seed: int, workers: int, progress: Progress
) -> list[Trip]:
    """Each world several times, each time with other luck. What comes of it does not depend on the workers."""
    trips = []
    tasks = len(worlds) * replications
    for trip in _trips(worlds, replications, seed, workers):
        trips.append(trip)
        progress(len(trips), tasks)
    return trips


def _trips(worlds: Sequence[World], replications: int, seed: int, workers: int) -> Iterator[Trip]:
    if workers == 1:
        for world in worlds:
            truth = truth_of(world)
            for replication in range(replications):
                yield round_trip(truth, seed, replication)
        return
    # Polars does not survive a fork.
    with ProcessPoolExecutor(workers, multiprocessing.get_context("spawn")) as pool:
        truths = list(pool.map(truth_of, worlds))
        once = list(product(truths, range(replications)))
        yield from pool.map(round_trip, *zip(*((t, seed, r) for t, r in once), strict=True))


def coverage(compared: Sequence[Compared]) -> Interval:
    """The share of truths inside their intervals. Parameters of a world share its luck, so the 95% interval counts
    worlds, not parameters; NaN for one world."""
    worlds = sorted({each.world for each in compared})
    by_world = [[each.is_inside for each in compared if each.world == world] for world in worlds]
    totals = np.array([[sum(inside), len(inside)] for inside in by_world], float)
    (interval,) = jackknife(totals, lambda sums: sums[..., :1] / sums[..., 1:])
    return interval
