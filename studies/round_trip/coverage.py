"""The round trip: simulate, export, calibrate, and count how often the truth lies in the interval."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from channelsim.calibrate.fit import estimate
from channelsim.calibrate.read import read_export

from channelsim.analysis.jackknife import Interval, jackknife
from channelsim.calibrate.records import Export
from studies.round_trip.crm import Dirt, crm_files, write_files
from studies.round_trip.exporting import naive
from studies.round_trip.histories import History, history_of
from studies.round_trip.truth import Compared, compare, truth_of
from studies.round_trip.worlds import World

Progress = Callable[[int, int], None]
Reader = Callable[[World, History], Export]


@dataclass(frozen=True)
class Trips:
    """All parameters of all worlds, as calibrate finds them, and as a fit without the open deals does."""

    fitted: list[Compared]
    naive: list[Compared]


def through_files(world: World, history: History) -> Export:
    """Export as the CRM would, and read the files."""
    with tempfile.TemporaryDirectory() as folder:
        return read_export(write_files(crm_files(world, history, Dirt()), Path(folder)))


def round_trips(
    worlds: Sequence[World], replications: int, seed: int, progress: Progress, read: Reader = through_files
) -> Trips:
    """Each world several times, each time with other luck."""
    trips = Trips([], [])
    total = len(worlds) * replications
    for place, world in enumerate(worlds):
        truth = truth_of(world)
        for replication in range(replications):
            export = read(world, history_of(world.scenario, seed, replication))
            trips.fitted.extend(compare(truth, estimate(export)))
            trips.naive.extend(compare(truth, estimate(naive(export))))
            progress(place * replications + replication + 1, total)
    return trips


def coverage(compared: Sequence[Compared]) -> Interval:
    """The share of truths inside their intervals. Parameters of a world share its luck, so the 95% interval counts
    worlds, not parameters."""
    worlds = sorted({each.world for each in compared})
    totals = np.array([
        [sum(each.is_inside for each in compared if each.world == world),
         sum(each.world == world for each in compared)]
        for world in worlds
    ], float)  # fmt: skip
    (interval,) = jackknife(totals, lambda sums: sums[..., :1] / sums[..., 1:])
    return interval
