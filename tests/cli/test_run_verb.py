"""`channelsim run` as its users meet it."""

from __future__ import annotations

import errno
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from channelsim.cli.main import main
from channelsim.experiment import workers
from channelsim.experiment.replicate import ENGINES, Job, Replication, replicate
from worlds import source, step, team, world

DATA_FILES = (
    "cohorts.csv", "ledger.parquet", "monthly.csv", "pay.parquet", "pnl.csv", "replications.parquet", "risk.csv",
    "summary.csv", "unit_economics.csv",
)  # fmt: skip
CHARTS = ("ahead", "comparison", "funnel", "losses", "pipeline", "utilization")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a small scenario file."""
    monkeypatch.chdir(tmp_path)
    tree = world(
        sources={"web": source(60.0)},
        teams={"desk": team(pay={"salary": 50_000.0})},
        steps={"call": step(effort_hours=4.0, advance=0.5, opportunity=True)},
        strategies={"one": {}, "two": {"teams.desk.headcount": 2}},
        replications=3,
    )
    with Path("small.yaml").open("w") as out:
        YAML().dump(tree, out)
    return tmp_path


def channelsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def run_folder(parent: Path) -> Path:
    (found,) = (path for path in parent.iterdir() if path.is_dir())
    return found


def test_a_run_prints_the_comparison_the_verdict_and_where_the_files_are(folder: Path) -> None:
    done = channelsim("run", "small.yaml", "--workers", "1")
    assert done.exit_code == 0
    for words in (
        "Contribution",
        "Difference from one",
        "teams.desk.headcount",
        "Report: outputs",
        "Files: outputs",
    ):
        assert words in done.stdout
    assert sorted(path.name for path in run_folder(folder / "outputs").iterdir()) == sorted(
        [
            *DATA_FILES,
            "manifest.json",
            "report.html",
            *(f"{name}.{kind}" for name in CHARTS for kind in ("png", "svg")),
        ]
    )


def test_on_a_narrow_terminal_more_tables_are_made_rather_than_cells_broken(folder: Path) -> None:
    text = Path("small.yaml").read_text()
    more = "".join(f"  a_longer_name_{each}:\n    teams.desk.headcount: {each}\n" for each in range(3, 6))
    Path("small.yaml").write_text(text.replace("strategies:\n", f"strategies:\n{more}"))
    done = CliRunner().invoke(main, ["run", "small.yaml", "--workers", "1"], env={"COLUMNS": "80"})
    lines = done.stdout.splitlines()
    assert max(map(len, lines)) <= 80
    assert done.stdout.count("means of 3 replications") == 2
    for title, note in (("Results over", "means of"), ("Difference from", "95% intervals")):
        first = next(at for at, line in enumerate(lines) if line.startswith(title))
        last = next(at for at, line in enumerate(lines) if line.startswith(note))
        assert not [line for line in lines[first + 2 : last] if line.startswith(" ") or line.endswith("±")]


def test_one_replication_is_called_one(folder: Path) -> None:
    done = channelsim("run", "small.yaml", "-n", "1", "--workers", "1")
    assert "one replication, which does not show what is chance" in done.stdout
    assert "1 replications" not in done.stdout


def test_json_is_one_object_with_every_metric_of_every_strategy(folder: Path) -> None:
    done = channelsim("run", "small.yaml", "--json", "--workers", "1")
    told = json.loads(done.stdout)
    assert set(told["strategies"]) == {"one", "two"}
    assert set(told["strategies"]["one"]["bookings"]) == {"mean", "ci_low", "ci_high", "p10", "p50", "p90"}
    assert told["differences"]["two"]["won"]["mean"] == pytest.approx(
        told["strategies"]["two"]["won"]["mean"] - told["strategies"]["one"]["won"]["mean"]
    )
    assert told["verdict"]["sentence"]
    assert Path(told["output"]).is_dir()


def test_a_target_is_told_and_makes_a_question_of_its_own(folder: Path) -> None:
    channelsim("run", "small.yaml", "--quiet", "--workers", "1")
    done = channelsim("run", "small.yaml", "--workers", "1", "--target", "won=1", "--target", "cost_per_deal=1e9")
    assert "Chance of won ≥ 1 " in done.stdout
    assert "Chance of cost per deal ≤ $1B" in done.stdout
    folders = list((folder / "outputs").iterdir())
    assert len(folders) == 2
    figures = [set(pl.read_csv(each / "risk.csv")["figure"]) for each in folders]
    assert sorted("target.won" in each for each in figures) == [False, True]
    told = json.loads(channelsim("run", "small.yaml", "--json", "--workers", "1", "--target", "won=1").stdout)
    assert 0 <= told["risk"]["one"]["target.won"]["ci_low"] <= told["risk"]["one"]["target.won"]["value"] <= 1
    assert told["risk"]["one"]["p10"]["value"] <= told["risk"]["one"]["p90"]["value"]


def test_a_target_that_is_none_writes_nothing(folder: Path) -> None:
    done = channelsim("run", "small.yaml", "--target", "booking=1")
    assert done.exit_code == 2
    assert "did you mean 'bookings'?" in done.stderr
    assert not (folder / "outputs").exists()


def test_quiet_prints_the_verdict_and_the_folder_alone(folder: Path) -> None:
    done = channelsim("run", "small.yaml", "--quiet", "--workers", "1")
    assert "Contribution  " not in done.stdout
    assert "Files: " in done.stdout


def test_the_data_files_are_the_same_bytes_with_one_worker_and_with_two(folder: Path) -> None:
    for count in ("1", "2"):
        assert channelsim("run", "small.yaml", "--workers", count, "-o", count).exit_code == 0
    one, two = run_folder(folder / "1"), run_folder(folder / "2")
    assert one.name == two.name
    for name in DATA_FILES:
        assert (one / name).read_bytes() == (two / name).read_bytes()


def test_another_question_has_another_folder_and_the_same_question_the_same(folder: Path) -> None:
    for extra in ((), ("--seed", "7"), ("-n", "2"), ("--set", "teams.desk.people.selling_share=0.5"), ()):
        assert channelsim("run", "small.yaml", "--quiet", "--workers", "1", *extra).exit_code == 0
    assert len(list((folder / "outputs").iterdir())) == 4


def test_the_manifest_holds_what_is_needed_to_run_it_again(folder: Path) -> None:
    channelsim("run", "small.yaml", "--quiet", "--workers", "1", "--seed", "9")
    told = json.loads((run_folder(folder / "outputs") / "manifest.json").read_text())
    assert (told["seed"], told["replications"], told["engine"]) == (9, 3, "fast")
    assert told["resolved"]["two"]["teams"]["desk"]["headcount"] == 2
    assert told["overrides"]["two"] == {"teams.desk.headcount": 2}
    assert run_folder(folder / "outputs").name == f"small-{told['hash'][:8]}"


def test_the_months_add_up_to_the_summary(folder: Path) -> None:
    channelsim("run", "small.yaml", "--quiet", "--workers", "1")
    months = pl.read_csv(run_folder(folder / "outputs") / "monthly.csv")
    summary = pl.read_csv(run_folder(folder / "outputs") / "summary.csv")
    for name in ("one", "two"):
        of_it = months.filter((pl.col("strategy") == name) & (pl.col("series") == "contribution"))
        told = summary.filter((pl.col("strategy") == name) & (pl.col("metric") == "contribution"))["mean"].item()
        assert of_it["mean"].sum() == pytest.approx(told)  # small.yaml has no warm-up
        assert ((of_it["ci_low"] <= of_it["mean"]) & (of_it["mean"] <= of_it["ci_high"])).all()
    assert (months.filter(pl.col("strategy") == "one")["difference"].drop_nulls() == 0).all()


def test_the_summary_csv_has_the_documented_columns_and_reads_back(folder: Path) -> None:
    channelsim("run", "small.yaml", "--quiet", "--workers", "1")
    table = pl.read_csv(run_folder(folder / "outputs") / "summary.csv")
    assert table.columns == [
        "strategy", "metric", "unit", "mean", "ci_low", "ci_high", "p10", "p50", "p90", "replications",
    ]  # fmt: skip
    assert table.filter(pl.col("metric") == "visits")["mean"].to_list() == [0.0, 0.0]


def test_a_failed_replication_makes_the_result_partial_and_the_exit_status_1(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(job: Job, seed: int, replication: int, *engine: Any) -> Replication:
        if (job.name, replication) == ("two", 1):
            raise RuntimeError("the roof came down")
        return replicate(job, seed, replication, *engine)

    monkeypatch.setattr(workers, "replicate", sometimes)
    done = channelsim("run", "small.yaml", "--workers", "1")
    assert done.exit_code == 1
    assert "replication 1 of two (seed 1) failed: RuntimeError: the roof came down" in done.stderr
    assert "This result is partial: 1 replication failed, named above." in done.stderr
    assert (run_folder(folder / "outputs") / "summary.csv").exists()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--strategy", "won"), "no strategy named 'won'; did you mean"),
        (("--baseline", "tow"), "did you mean 'two'?"),
        (("--set", "teams.dsk.headcount=3"), "did you mean 'desk'?"),
        (("-n", "0"), "0; must be a whole number from 1 to 1,000,000"),
        (("-n", "abc"), "abc; must be a whole number from 1 to 1,000,000"),
        (("--seed", "-1"), "-1; must be a whole number from 0 to 9,223,372,036,854,775,807"),
    ],
)
def test_wrong_options_are_refused_in_words_and_write_nothing(
    folder: Path, arguments: tuple[str, ...], words: str
) -> None:
    done = channelsim("run", "small.yaml", *arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert not (folder / "outputs").exists()


def test_an_output_folder_that_is_a_file_is_one_clear_line_before_anything_runs(folder: Path) -> None:
    Path("taken").write_text("")
    for output, where in (("taken", ""), ("taken/results", "taken/results: ")):
        done = channelsim("run", "small.yaml", "-o", output)
        assert done.exit_code == 1
        assert done.stderr == f"{where}taken is a file, not a folder; choose another with --output\n"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_an_output_folder_without_permission_is_one_clear_line(folder: Path) -> None:
    locked = folder / "locked"
    locked.mkdir(mode=0o500)
    done = channelsim("run", "small.yaml", "-o", "locked/results")
    assert done.exit_code == 1
    assert "no permission to write in locked" in done.stderr


def test_a_full_disk_is_one_clear_line_and_leaves_nothing_behind(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    done = channelsim("run", "small.yaml", "--workers", "1")
    assert done.exit_code == 1
    assert done.stderr.count("\n") == 1
    assert "No space left on device" in done.stderr
    assert list((folder / "outputs").iterdir()) == []


def test_a_disk_that_fills_while_replacing_files_leaves_the_earlier_run_whole(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    channelsim("run", "small.yaml", "--workers", "1", "--quiet")
    before = {path.name: path.read_bytes() for path in run_folder(folder / "outputs").iterdir()}

    def full(*_: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_bytes", full)
    assert channelsim("run", "small.yaml", "--workers", "1", "--quiet").exit_code == 1
    assert before == {path.name: path.read_bytes() for path in run_folder(folder / "outputs").iterdir()}


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("count", ["1", "2"])
def test_ctrl_c_stops_the_run_and_leaves_no_half_file(folder: Path, count: str, engine: str) -> None:
    command = [sys.executable, "-m", "channelsim", "run", "small.yaml", "-n", "100000", "--workers", count]
    command += ["--engine", engine]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in told
    assert told.endswith(b"stopped\n")
    assert not (folder / "outputs").exists()
