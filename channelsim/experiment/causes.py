"""Which of the overrides that tell two strategies apart brings how much."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import paired
from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import Estimate, estimate
from channelsim.analysis.shapley import Changed, combinations_of, shapley
from channelsim.experiment.replicate import Job, job_of
from channelsim.experiment.workers import Failure, Task, run_tasks
from channelsim.scenario.load import load
from channelsim.scenario.overrides import COMMAND_LINE, Override

FloatArray = NDArray[np.float64]
MOST_GROUPS = 5
"""Two to this power strategies are simulated."""
MIXTURE = "mixture"
Changes = Mapping[str, Any]
"""Dotted path -> value."""


@dataclass(frozen=True)
class Cause:
    """What one group of overrides brings: their paths, and the paired effect on the decision metric."""

    paths: tuple[str, ...]
    effect: Estimate


def groups_of(base: Changes, other: Changes) -> list[tuple[str, ...]]:
    """The paths in which two strategies' overrides differ, in the file's order; grouped by what their names begin
    with where there would be too many."""
    paths = [path for path in dict.fromkeys([*base, *other]) if base.get(path, ...) != other.get(path, ...)]
    for parts in (None, 3, 2, 1):
        by_start: dict[str, list[str]] = {}
        for path in paths:
            by_start.setdefault(".".join(path.split(".")[:parts]), []).append(path)
        if len(by_start) <= MOST_GROUPS:
            break
    groups = [tuple(group) for group in by_start.values()]
    if len(groups) > MOST_GROUPS:
        rest = tuple(path for group in groups[MOST_GROUPS - 1 :] for path in group)
        groups = [*groups[: MOST_GROUPS - 1], rest]
    return groups


def mixture(base: Changes, other: Changes, groups: Sequence[tuple[str, ...]], changed: Changed) -> dict[str, Any]:
    """The overrides of `base` with those groups that have changed as they are in `other`."""
    moved = {path for group, is_changed in zip(groups, changed, strict=True) if is_changed for path in group}
    of_each = {path: other if path in moved else base for path in [*base, *other]}
    return {path: source[path] for path, source in of_each.items() if path in source}


def causes(
    source: str,
    sets: Sequence[str],
    overrides: tuple[Changes, Changes],
    *,
    replications: int,
    seed: int,
    workers: int,
    progress: Callable[[int, int], None],
    controls: Controls | None = None,
) -> list[Cause]:
    """What each group of overrides brings to the decision metric, from the first strategy to the second: Shapley's
    split over all mixtures of both, on the same leads. The parts add up to the difference. controls: see
    `estimate`; of a run of both strategies with the same seed. Raises ScenarioError if a mixture is not sound.
    """
    groups = groups_of(*overrides)
    combinations = combinations_of(len(groups))
    strategies = {f"{MIXTURE}_{at}": mixture(*overrides, groups, each) for at, each in enumerate(combinations)}
    study = load(source, [*sets, Override.of("strategies", strategies, COMMAND_LINE)])
    jobs = tuple(job_of(name, each, beliefs=study.beliefs[name]) for name, each in study.strategies.items())
    values = _values(jobs, study.scenario.decision_metric, replications, seed, workers, progress)
    complete = paired(*values)
    parts = shapley({changed: row[complete] for changed, row in zip(combinations, values, strict=True)})
    return [Cause(group, estimate(part, controls=controls)) for group, part in zip(groups, parts, strict=True)]


def _values(
    jobs: tuple[Job, ...],
    metric: str,
    replications: int,
    seed: int,
    workers: int,
    progress: Callable[[int, int], None],
) -> FloatArray:
    """One metric, (job, replication), NaN where a replication failed; ledgers are not kept."""
    table = np.full((len(jobs), replications), np.nan)
    tasks = [Task(replication, job) for replication in range(replications) for job in range(len(jobs))]
    for done, (task, outcome) in enumerate(run_tasks(jobs, seed, tasks, workers), start=1):
        if not isinstance(outcome, Failure):
            table[task.strategy, task.replication] = outcome.metrics[metric]
        progress(done, len(tasks))
    return table
