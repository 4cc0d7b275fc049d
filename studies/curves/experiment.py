"""What is simulated: the same curves twice, with random numbers that all points share, and with others at each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError
from channelsim.experiment.curves import Curves, run_curves
from channelsim.experiment.run import run_study
from channelsim.scenario.points import load_points

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "quickstart.yaml")
VOLUME = "sources.*.leads_per_month=x0.5:x3:x0.1"
HEADCOUNT = "strategies.*.teams.inside.headcount=1:8:1"
REACH = "motions.*.steps.contact.attempts.reach=x0.6:x1.6:x0.1"
VARIED = {
    "leads a month, of all sources": VOLUME,
    "inside reps": HEADCOUNT,
    "chance that a call reaches the buyer": REACH,
}
"""By what a reader calls it."""
FIGURES = ("contribution", "won")


@dataclass(frozen=True)
class Both:
    """The same curves with shared random numbers, and with a seed of its own at every point."""

    shared: Curves
    apart: Curves


def simulate_all(replications: int, seed: int, workers: int, progress: Progress) -> dict[str, Both]:
    """Everything of VARIED, by what a reader calls it."""
    of_all = {words: load_points(SCENARIO, vary) for words, vary in VARIED.items()}
    total = 2 * sum(len(points) for points in of_all.values())
    done = 0
    found = {}
    for words, points in of_all.items():
        shared = run_curves(points, metrics=FIGURES, replications=replications, seed=seed, workers=workers)
        if shared.failures:
            raise RunError(str(shared.failures[0]))
        done += len(points)
        progress(done, total)
        values, luck = np.empty_like(shared.values), np.empty_like(shared.luck)
        for point in range(len(points)):
            run = run_study(
                points.study_at(point), replications=replications, seed=seed + 1 + point, workers=workers
            )
            if run.failures:
                raise RunError(str(run.failures[0]))
            for at, name in enumerate(shared.strategies):
                values[point, at] = run.values[name][:, [run.column(metric) for metric in shared.kept]]
                luck[point, at] = run.luck[name].sum(axis=1)
            done += 1
            progress(done, total)
        found[words] = Both(shared, replace(shared, values=values, luck=luck))
    return found


def times_as_many(shared: FloatArray, apart: FloatArray) -> float:
    """How many times as many replications independent points take to know as well what changes from one point to
    the next: the ratio of the variances of that change. Both (point, replication)."""
    of_shared, of_apart = (np.diff(figure, axis=0).var(axis=1, ddof=1).mean() for figure in (shared, apart))
    return float(of_apart / of_shared)
