"""The main job: every strategy of a study, so many replications, and the result of it all."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.targets import read_target
from channelsim.errors import UserError, suggest
from channelsim.experiment.replicate import DEFAULT_ENGINE, FAST, Job, LedgerRows, Replication, job_of
from channelsim.experiment.result import Result, metrics_of
from channelsim.experiment.workers import Failure, Task, run_tasks
from channelsim.scenario.load import Study

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with replications done and replications in all."""


def run_study(
    study: Study,
    *,
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    baseline: str | None = None,
    engine: str = DEFAULT_ENGINE,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Result:
    """Simulate every strategy of a study.

    replications, seed: the scenario's own where None. workers: threads or processes, which the result does not
    depend on. baseline: the strategy that others are compared with; the first where None. engine: one of ENGINES.
    targets: figures to reach, such as "bookings=12e6". tell: called with a line for the user if the engine has to
    be compiled first. Raises UserError for an unknown baseline or target. A replication that fails is in the
    result's `failures`, with its seed.
    """
    names = list(study.strategies)
    if baseline is not None and baseline not in names:
        raise UserError(f"no strategy named '{baseline}' to compare with; {suggest(baseline, names)}")
    seed = study.scenario.seed if seed is None else seed
    count = study.scenario.replications if replications is None else replications
    started = time.monotonic()
    jobs = tuple(job_of(name, scenario, engine, study.beliefs[name]) for name, scenario in study.strategies.items())
    wanted = tuple(read_target(each, metrics_of(jobs)) for each in targets)
    if engine == FAST:
        from channelsim.engine.fast import prepare

        prepare(jobs[0].program, tell)
    tasks = [Task(replication, strategy) for replication in range(count) for strategy in range(len(jobs))]
    outcomes: dict[Task, Replication] = {}
    failures: list[Failure] = []
    for done, (task, outcome) in enumerate(run_tasks(jobs, seed, tasks, workers), start=1):
        if isinstance(outcome, Failure):
            failures.append(outcome)
        else:
            outcomes[task] = outcome
        if progress is not None:
            progress(done, len(tasks))
    by_strategy = {
        job.name: [outcomes.get(Task(replication, strategy)) for replication in range(count)]
        for strategy, job in enumerate(jobs)
    }
    return Result(
        study=study,
        jobs=jobs,
        seed=seed,
        replications=count,
        baseline=baseline or names[0],
        engine=engine,
        values={name: _values(replicated, jobs) for name, replicated in by_strategy.items()},
        monthly={name: _monthly(replicated) for name, replicated in by_strategy.items()},
        rows={name: [_rows(each) for each in replicated] for name, replicated in by_strategy.items()},
        failures=tuple(sorted(failures, key=lambda failure: (failure.replication, names.index(failure.strategy)))),
        wall_seconds=time.monotonic() - started,
        targets=wanted,
    )


def _values(replicated: Sequence[Replication | None], jobs: Sequence[Job]) -> FloatArray:
    names = [metric.name for metric in metrics_of(jobs)]
    values = np.full((len(replicated), len(names)), np.nan)
    for row, replication in zip(values, replicated, strict=True):
        if replication is not None:
            row[:] = [replication.metrics.get(name, np.nan) for name in names]
    return values


def _monthly(replicated: Sequence[Replication | None]) -> dict[str, FloatArray]:
    done = [replication for replication in replicated if replication is not None]
    names = done[0].monthly if done else {}
    return {name: np.array([replication.monthly[name] for replication in done]) for name in names}


def _rows(replication: Replication | None) -> LedgerRows | None:
    return None if replication is None else replication.rows
