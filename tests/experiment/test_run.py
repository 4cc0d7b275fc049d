"""Running a study: workers do not matter, failures are named, nothing sinks the rest."""

from __future__ import annotations

import multiprocessing
import os
from dataclasses import replace
from typing import Any

import numpy as np
import polars as pl
import pytest

from channelsim.errors import UserError
from channelsim.experiment import workers
from channelsim.experiment.replicate import ENGINES, Job, Replication, replicate
from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import Failure, Task, run_tasks
from channelsim.scenario.load import Study, load
from worlds import source, step, team, world


def two_ways() -> dict[str, Any]:
    """A desk that can be one or two strong."""
    return world(
        sources={"web": source(120.0)},
        teams={"desk": team(pay={"salary": 50_000.0})},
        steps={"call": step(effort_hours=4.0, advance=0.5, opportunity=True)},
        strategies={"one": {}, "two": {"teams.desk.headcount": 2}},
    )


@pytest.fixture(scope="module")
def study() -> Study:
    return load(two_ways())


@pytest.fixture(scope="module")
def result(study: Study) -> Result:
    return run_study(study, replications=6)


def test_every_mean_is_the_weighted_sum_of_its_replications() -> None:
    result = run_study(load("scenarios/quickstart.yaml", only=["inside_only", "hybrid"]), replications=60)
    assert result.controls is not None
    assert result.controls.factor > 1.2
    table = result.replication_table
    for strategy in result.strategies:
        own = table.filter(table["strategy"] == strategy)
        assert own["weight"].sum() == pytest.approx(1.0)
        for metric in ("contribution", "bookings", "cost_total", "won", "queue_wait_hours"):
            mean = result.estimate(strategy, metric).mean
            assert float((own["weight"] * own[metric]).sum()) == pytest.approx(mean)
    difference = result.differences("contribution")["hybrid"].mean
    own = [result.estimate(strategy, "contribution").mean for strategy in ("inside_only", "hybrid")]
    assert difference == pytest.approx(own[1] - own[0])
    parts = result.estimate("hybrid", "gross_margin").mean - result.estimate("hybrid", "cost_total").mean
    assert parts == pytest.approx(own[1])


def test_a_replication_that_failed_leaves_luck_in() -> None:
    result = run_study(load("scenarios/quickstart.yaml", only=["inside_only", "hybrid"]), replications=60)
    values = {name: array.copy() for name, array in result.values.items()}
    values["hybrid"][3] = np.nan
    partial = replace(result, values=values)
    assert partial.controls is None
    assert partial.weights == pytest.approx(1 / 60)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", [1, 2])
def test_neither_the_engine_nor_the_number_of_workers_changes_anything(
    study: Study, result: Result, engine: str, count: int
) -> None:
    other = run_study(study, replications=6, workers=count, engine=engine)
    assert other.summary.equals(result.summary)
    assert other.replication_table.equals(result.replication_table)
    assert other.ledger.equals(result.ledger)


def test_a_run_of_fewer_replications_is_the_beginning_of_a_longer_one(study: Study, result: Result) -> None:
    shorter = run_study(study, replications=3)
    for name in shorter.strategies:
        np.testing.assert_array_equal(shorter.values[name], result.values[name][:3])


def test_another_seed_is_other_luck(study: Study, result: Result) -> None:
    other = run_study(study, replications=6, seed=99)
    assert not other.summary.equals(result.summary)


def test_strategies_meet_the_same_leads(result: Result) -> None:
    leads = result.metric_values("leads")
    np.testing.assert_array_equal(leads["one"], leads["two"])


def test_the_ledger_tells_what_the_metrics_count(result: Result) -> None:
    won = result.ledger.filter(pl.col("measure") == "won").group_by("strategy").agg(pl.col("value").sum())
    for strategy, total in won.iter_rows():
        assert total == result.metric_values("won")[strategy].sum()
    employed = result.ledger.filter((pl.col("measure") == "employed_hours") & (pl.col("strategy") == "two"))
    assert employed["seat"].unique().sort().to_list() == [1, 2]
    assert employed["step"].null_count() == len(employed)


def test_the_summary_holds_the_documented_columns(result: Result) -> None:
    expected = ["strategy", "metric", "unit", "mean", "ci_low", "ci_high", "p10", "p50", "p90", "replications"]
    assert result.summary.columns == expected


def test_a_replication_that_fails_is_named_with_its_seed_and_costs_no_other(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(job: Job, seed: int, replication: int, *engine: Any) -> Replication:
        if job.name == "two" and replication == 2:
            raise RuntimeError("the roof came down")
        return replicate(job, seed, replication, *engine)

    monkeypatch.setattr(workers, "replicate", sometimes)
    partial = run_study(study, replications=4, seed=5)
    assert partial.failures == (Failure("two", 2, 5, "RuntimeError: the roof came down"),)
    assert "replication 2 of two (seed 5) failed" in str(partial.failures[0])
    assert partial.comparison.replications == 3
    assert len(partial.replication_table) == 7


def test_all_failing_is_no_result_and_no_crash(study: Study, monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*_: object) -> Replication:
        raise RuntimeError("no")

    monkeypatch.setattr(workers, "replicate", never)
    nothing = run_study(study, replications=2)
    assert len(nothing.failures) == 4
    assert nothing.comparison.replications == 0
    assert nothing.ledger.is_empty()


def test_a_worker_that_is_killed_costs_nothing_that_can_be_done_again(
    study: Study, result: Result, monkeypatch: pytest.MonkeyPatch
) -> None:
    pools = []
    original = workers._run_in_pool

    def killing(jobs: Any, seed: int, tasks: Any, count: int) -> Any:
        for number, outcome in enumerate(original(jobs, seed, tasks, count)):
            if number == 1 and not pools:
                pools.append(True)
                for child in _children():
                    os.kill(child, 9)
            yield outcome

    monkeypatch.setattr(workers, "_run_in_pool", killing)
    again = run_study(study, replications=6, workers=2, engine="reference")
    assert pools
    assert not again.failures
    assert again.summary.equals(result.summary)


def test_workers_that_die_every_time_are_reported_and_the_run_ends(
    study: Study, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(workers, "_run_in_pool", lambda *_: iter(()))
    jobs = list(run_study(study, replications=1, engine="reference").jobs)
    outcomes = list(run_tasks(jobs, 1, [Task(0, 0), Task(0, 1)], 2))
    assert all(isinstance(outcome, Failure) and "worker process died" in outcome.reason for _, outcome in outcomes)


def test_an_unknown_baseline_is_refused_with_the_nearest_name(study: Study) -> None:
    with pytest.raises(UserError, match="did you mean 'two'"):
        run_study(study, replications=1, baseline="twoo")


def test_progress_counts_every_replication_of_every_strategy(study: Study) -> None:
    seen: list[tuple[int, int]] = []
    run_study(study, replications=2, progress=lambda done, total: seen.append((done, total)))
    assert seen == [(1, 4), (2, 4), (3, 4), (4, 4)]


def _children() -> list[int]:
    """Worker processes of this one."""
    return [child.pid for child in multiprocessing.active_children() if child.pid is not None]
