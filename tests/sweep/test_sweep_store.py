"""Nothing that is finished is lost or done twice, whatever happens."""

from __future__ import annotations

import errno
import math
import multiprocessing
import os
import random
import sys
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from sweeping import VARIED, company, data, small, swept, work

from channelsim.errors import RunError
from channelsim.experiment.run import run_study
from channelsim.experiment.store import Finished, Key, Store, missing
from channelsim.scenario.load import load
from channelsim.scenario.plan import Plan

KILLS = 50


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    folder = tmp_path_factory.mktemp("undisturbed")
    swept(folder, small())
    return data(folder)


def test_a_driver_killed_at_fifty_random_moments_leaves_what_an_undisturbed_one_does(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # A server that has all imported and compiled forks the drivers, so that they start at once.
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(sys.path))
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["sweeping"])
    driven(context, tmp_path / "whole", math.inf)  # the server starts
    expected = data(tmp_path / "whole")
    _, seconds = driven(context, tmp_path / "again", math.inf)
    assert data(tmp_path / "again") == expected
    moments = random.Random(1)
    kills = rounds = 0
    while kills < KILLS:
        folder = tmp_path / str(rounds)
        rounds += 1
        while not driven(context, folder, moments.uniform(0.0, 0.8 * seconds))[0]:
            kills += 1
            assert kills < 10 * KILLS
        assert data(folder) == expected
        assert not list((folder / "journal").iterdir())
    assert rounds < kills  # most were killed in the middle


def driven(context: Any, folder: Path, seconds: float) -> tuple[bool, float]:
    """Whether a driver came to its end within so many seconds, after which it is killed; and how long it took."""
    process = context.Process(target=work, args=(str(folder),))
    started = time.monotonic()
    process.start()
    process.join(min(seconds, 120.0))
    took = time.monotonic() - started
    if process.exitcode is None:
        process.kill()
        process.join()
        return False, took
    assert process.exitcode == 0
    return True, took


def test_the_same_bytes_on_any_number_of_workers(tmp_path: Path, undisturbed: dict[str, bytes]) -> None:
    swept(tmp_path, small(), workers=1)
    assert data(tmp_path) == undisturbed


def test_figures_are_those_of_a_run_at_the_point(tmp_path: Path) -> None:
    swept(tmp_path, small(replications=7))
    rows = pl.read_parquet(tmp_path / "parts" / "*.parquet")
    at = rows.filter((pl.col("teams.desk.headcount") == 3) & (pl.col("sources.web.leads_per_month") == 1.5))
    result = run_study(
        load(company(), ["teams.desk.headcount=3", "sources.web.leads_per_month=90"]), replications=7
    )
    for strategy in ("cheap", "dear"):
        own = at.filter(pl.col("strategy") == strategy).sort("replication")
        for metric in (
            "contribution",
            "won",
            "cost_per_deal",
            "utilization.desk",
            "cost.salary",
            "first_response_hours",
        ):
            expected = result.metric_values(metric)[strategy]
            np.testing.assert_allclose(own[metric].to_numpy(), expected, rtol=1e-12, err_msg=metric)


def test_a_second_run_has_nothing_to_do(tmp_path: Path) -> None:
    swept(tmp_path, small())
    before = data(tmp_path)
    outcome = swept(tmp_path, small())
    assert outcome.progress.here == 0
    assert outcome.resumed == small().total
    assert data(tmp_path) == before


def test_more_replications_and_more_points_add_to_what_is_there(tmp_path: Path) -> None:
    swept(tmp_path, small(replications=40))
    before = data(tmp_path)
    outcome = swept(tmp_path, small(replications=70))
    assert outcome.progress.here == small(replications=30).total
    wider = small(("teams.desk.headcount=1:5:1", VARIED[1]), replications=70)
    outcome = swept(tmp_path, wider)
    assert outcome.progress.here == 3 * 2 * 70
    assert before.items() <= data(tmp_path).items()
    rows = pl.read_parquet(tmp_path / "parts" / "*.parquet")
    assert len(rows) == wider.total
    assert not rows.select("point", "replication").is_duplicated().any()


def test_a_torn_or_changed_part_is_put_aside_and_computed_again(
    tmp_path: Path, undisturbed: dict[str, bytes]
) -> None:
    swept(tmp_path, small())
    torn, *_ = sorted((tmp_path / "parts").iterdir())
    content = torn.read_bytes()
    for spoilt in (content[: len(content) // 2], content[:-9] + b"x" + content[-8:], b""):
        torn.write_bytes(spoilt)
        outcome = swept(tmp_path, small())
        assert outcome.broken == (torn.name,)
        aside = torn.with_suffix(".broken")
        assert aside.read_bytes() == spoilt
        aside.unlink()
        assert data(tmp_path) == undisturbed


def test_a_half_written_entry_of_a_journal_is_left_out(tmp_path: Path) -> None:
    figures = np.arange(6.0).reshape(2, 3)
    with Store(tmp_path, {}) as store:
        store.note("block", Finished(Key("a", 0, 2), figures))
        store.note("block", Finished(Key("b", 0, 2), figures))
    journal = tmp_path / "journal" / "block"
    journal.write_bytes(journal.read_bytes()[:-5])
    with Store(tmp_path, {}) as store:
        [(block, found)] = list(store.noted(3))
        assert (block, found.key) == ("block", Key("a", 0, 2))
        np.testing.assert_array_equal(found.figures, figures)
        store.note("block", Finished(Key("c", 0, 2), figures))
    with Store(tmp_path, {}) as store:
        assert [finished.key.point for _, finished in store.noted(3)] == ["a", "c"]


def test_a_disk_that_fills_is_told_and_nothing_finished_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, undisturbed: dict[str, bytes]
) -> None:
    note, written = Store.note, []

    def full(store: Store, block: str, finished: Finished) -> None:
        if len(written) == 9:
            raise OSError(errno.ENOSPC, "No space left on device")
        written.append(finished.key)
        note(store, block, finished)

    monkeypatch.setattr(Store, "note", full)
    with pytest.raises(OSError, match="No space left"):
        swept(tmp_path, small())
    monkeypatch.undo()
    outcome = swept(tmp_path, small())
    assert outcome.resumed == sum(key.stop - key.start for key in written)
    assert data(tmp_path) == undisturbed


def test_two_drivers_do_not_work_in_one_folder(tmp_path: Path) -> None:
    sweep = small()
    with Store(tmp_path, sweep.told()), pytest.raises(RunError, match="another sweep is at work in this folder"):
        Store(tmp_path, sweep.told())
    Store(tmp_path, sweep.told()).close()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (lambda: small(seed=9), "another scenario, seed or --set"),
        (lambda: small(sets=["segments.all.gross_margin=0.5"]), "another scenario, seed or --set"),
        (lambda: small((VARIED[0],)), "another set of parameters"),
    ],
)
def test_a_folder_of_another_sweep_is_refused(tmp_path: Path, other: Any, words: str) -> None:
    Store(tmp_path, small().told()).close()
    with pytest.raises(RunError, match=words):
        Store(tmp_path, other().told())


def test_a_point_that_makes_no_sense_is_named_and_costs_no_other(tmp_path: Path) -> None:
    # The first and the last are sound, which is checked before anything runs; the middle one is not.
    chances = (0.5, 1.5, 0.9)
    plan = Plan("list", combinations=tuple((("motions.sale.steps.call.advance", chance),) for chance in chances))
    outcome = swept(tmp_path, small(plan=plan, replications=4))
    assert sorted((point, strategy) for point, strategy, _ in outcome.failed) == [(1, "cheap"), (1, "dear")]
    assert "1.5; must be a number from 0 to 1" in outcome.failed[0][2]
    assert len(pl.read_parquet(tmp_path / "parts" / "*.parquet")) == 2 * 2 * 4


def test_a_killed_worker_process_is_told_and_the_rest_goes_on_from_there(tmp_path: Path) -> None:
    sweep = small(engine="reference", replications=6)

    def kill() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if (tmp_path / "journal").is_dir() and any((tmp_path / "journal").iterdir()):
                multiprocessing.active_children()[0].kill()
                return
            time.sleep(0.02)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(RunError, match=r"the workers are gone .* the same command goes on from here"):
        swept(tmp_path, sweep)
    killer.join()
    outcome = swept(tmp_path, sweep)
    assert outcome.resumed > 0
    again = tmp_path / "again"
    swept(again, sweep)
    assert data(tmp_path) == data(again)


def test_what_is_missing_of_some_replications() -> None:
    assert missing([], 120, 50) == [(0, 50), (50, 100), (100, 120)]
    assert missing([(0, 120)], 120, 50) == []
    assert missing([(0, 30), (60, 70)], 75, 50) == [(30, 50), (50, 60), (70, 75)]
    assert missing([(0, 500)], 75, 50) == []
