"""The main job: every strategy of a study, so many replications, and the result of it all."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.targets import read_target
from channelsim.errors import UserError, suggest
from channelsim.experiment.controls import controls_of
from channelsim.experiment.replicate import DEFAULT_ENGINE, FAST, Job, LedgerRows, Replication, job_of
from channelsim.experiment.result import Result, metrics_of
from channelsim.experiment.stopping import Reason, Rule, Stopping, answered, planned
from channelsim.experiment.workers import Failure, Task, run_tasks
from channelsim.finance.luck import KINDS
from channelsim.scenario.load import Study
from channelsim.scenario.schema import AUTO

FloatArray = NDArray[np.float64]
Progress = Callable[[int, int], None]
"""Called with replications done and replications in all."""


def run_study(
    study: Study,
    *,
    replications: int | Literal["auto"] | None = None,
    rule: Rule | None = None,
    seed: int | None = None,
    workers: int = 1,
    baseline: str | None = None,
    engine: str = DEFAULT_ENGINE,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Result:
    """Simulate every strategy of a study.

    replications, seed: the scenario's own where None. "auto": as many as `rule` asks for. workers: threads or
    processes, which the result does not depend on. baseline: the strategy that others are compared with; the first
    where None. engine: one of ENGINES.
    targets: figures to reach, such as "bookings=12e6". tell: called with a line for the user if the engine has to
    be compiled first. Raises UserError for an unknown baseline or target. A replication that fails is in the
    result's `failures`, with its seed.
    """
    names = list(study.strategies)
    if baseline is not None and baseline not in names:
        raise UserError(f"no strategy named '{baseline}' to compare with; {suggest(baseline, names)}")
    seed = study.scenario.seed if seed is None else seed
    wanted_count = study.scenario.replications if replications is None else replications
    rule = rule or Rule()
    counts = planned(rule) if wanted_count == AUTO else (wanted_count,)
    baseline = baseline or names[0]
    started = time.monotonic()
    jobs = tuple(job_of(name, scenario, engine, study.beliefs[name]) for name, scenario in study.strategies.items())
    wanted = tuple(read_target(each, metrics_of(jobs)) for each in targets)
    if engine == FAST:
        from channelsim.engine.fast import prepare

        prepare(jobs[0].program, tell)
    outcomes: dict[Task, Replication | Failure] = {}
    stopping = None
    count = 0
    for look, upto in enumerate(counts):
        tasks = [Task(replication, s) for replication in range(count, upto) for s in range(len(jobs))]
        for task, outcome in run_tasks(jobs, seed, tasks, workers):
            outcomes[task] = outcome
            if progress is not None:
                progress(len(outcomes), upto * len(jobs))
        count = upto
        if wanted_count == AUTO:
            metric = study.scenario.decision_metric
            figures = {job.name: _figures(outcomes, s, count, metric) for s, job in enumerate(jobs)}
            luck = {job.name: _luck(outcomes, s, count) for s, job in enumerate(jobs)}
            controls = controls_of(figures, luck, baseline)
            reason = answered(rule, counts, look, metric, figures, baseline, controls)
            if reason is None and rule.seconds is not None and time.monotonic() - started >= rule.seconds:
                reason = Reason.TIME
            if reason is not None or upto == counts[-1]:
                stopping = Stopping(rule, counts, look, reason or Reason.MOST)
                break
    failures = [outcome for outcome in outcomes.values() if isinstance(outcome, Failure)]
    by_strategy = {
        job.name: [_finished(outcomes[Task(replication, strategy)]) for replication in range(count)]
        for strategy, job in enumerate(jobs)
    }
    return Result(
        study=study,
        jobs=jobs,
        seed=seed,
        replications=count,
        baseline=baseline,
        engine=engine,
        values={name: _values(replicated, jobs) for name, replicated in by_strategy.items()},
        monthly={name: _monthly(replicated) for name, replicated in by_strategy.items()},
        rows={name: [_rows(each) for each in replicated] for name, replicated in by_strategy.items()},
        luck={job.name: _luck(outcomes, s, count) for s, job in enumerate(jobs)},
        failures=tuple(sorted(failures, key=lambda failure: (failure.replication, names.index(failure.strategy)))),
        wall_seconds=time.monotonic() - started,
        targets=wanted,
        stopping=stopping,
    )


def _finished(outcome: Replication | Failure) -> Replication | None:
    return None if isinstance(outcome, Failure) else outcome


def _figures(outcomes: Mapping[Task, Replication | Failure], strategy: int, count: int, metric: str) -> FloatArray:
    """One metric of a strategy so far, NaN where a replication failed."""
    found = (_finished(outcomes[Task(replication, strategy)]) for replication in range(count))
    return np.array([math.nan if each is None else each.metrics[metric] for each in found])


def _luck(outcomes: Mapping[Task, Replication | Failure], strategy: int, count: int) -> FloatArray:
    """What luck was worth, (replication, kind), NaN where a replication failed."""
    found = (_finished(outcomes[Task(replication, strategy)]) for replication in range(count))
    return np.array([np.full(len(KINDS), np.nan) if each is None else each.luck for each in found])


def _values(replicated: Sequence[Replication | None], jobs: Sequence[Job]) -> FloatArray:
    names = [metric.name for metric in metrics_of(jobs)]
    values = np.full((len(replicated), len(names)), np.nan)
    for row, replication in zip(values, replicated, strict=True):
        if replication is not None:
            row[:] = [replication.metrics.get(name, np.nan) for name in names]
    return values


def _monthly(replicated: Sequence[Replication | None]) -> dict[str, FloatArray]:
    """Series by name, (replication, month), NaN where a replication failed."""
    done = next((replication for replication in replicated if replication is not None), None)
    if done is None:
        return {}
    return {
        name: np.array(
            [np.full(len(series), np.nan) if each is None else each.monthly[name] for each in replicated]
        )
        for name, series in done.monthly.items()
    }


def _rows(replication: Replication | None) -> LedgerRows | None:
    return None if replication is None else replication.rows
