"""`channelsim curves` as its users meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

import channelsim as cs
from channelsim.cli.main import main
from channelsim.experiment import workers
from channelsim.experiment.replicate import Job, Replication, replicate
from worlds import source, step, team, world

VARY = "strategies.*.teams.desk.headcount=1:4:1"
DATA = ["breakeven.csv", "curves.csv", "curves.png", "curves.svg"]
FILES = [*DATA, "manifest.json", "report.html"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a small scenario file: a cheap desk, and a dear one that closes better."""
    monkeypatch.chdir(tmp_path)
    tree = world(
        sources={"web": source(120.0)},
        teams={"desk": team(pay={"salary": 40_000.0})},
        steps={"call": step(effort_hours=8.0, advance=0.4, patience_hours=24.0)},
        strategies={
            "plain": {},
            "dear": {
                "motions.sale.steps.call.advance": 0.8,
                "teams.desk.pay.hire_cost": 0.0,
                "teams.desk.pay.salary": 150_000.0,
            },
        },
        segments={"all": {"deal_value": 300.0}},
        replications=6,
    )
    with Path("small.yaml").open("w") as out:
        YAML().dump(tree, out)
    return tmp_path


def curves(*arguments: str, columns: int = 100) -> Result:
    return CliRunner().invoke(
        main, ["curves", "small.yaml", "--workers", "1", *arguments], env={"COLUMNS": str(columns)}
    )


def written(parent: Path) -> Path:
    (found,) = parent.iterdir()
    return found


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_curves_are_told_in_tables_and_sentences_and_written(folder: Path) -> None:
    done = curves("--vary", VARY)
    assert done.exit_code == 0, done.output
    for words in (
        "Cost, all in, by strategies.*.teams.desk.headcount",
        "Marginal cost per deal, by",
        "1 to 2",
        "means of 6 replications of each",
        "plain: highest contribution at",
        "Report: outputs/small-curves-",
        "Files: outputs/small-curves-",
    ):
        assert words in done.stdout
    assert sorted(path.name for path in written(folder / "outputs").iterdir()) == FILES


def test_the_table_of_curves_has_a_row_a_strategy_metric_and_value(folder: Path) -> None:
    curves("--vary", VARY)
    table = rows(written(folder / "outputs") / "curves.csv")
    assert list(table[0]) == [
        "strategy", "metric", "unit", "value", "next_value", "mean", "ci_low", "ci_high", "replications", "gap",
    ]  # fmt: skip
    assert len(table) == 2 * (4 * 4 + 3)
    by_metric = {(row["strategy"], row["metric"], row["value"]): float(row["mean"]) for row in table if row["mean"]}
    for value in "1234":
        cost, per_deal = (by_metric["plain", name, value] for name in ("cost_total", "cost_per_deal"))
        assert cost / per_deal == pytest.approx(6 * round(cost / per_deal * 6) / 36)  # deals of six replications
    assert [row["next_value"] for row in table if row["metric"] == "marginal_cost_per_deal"] == ["2", "3", "4"] * 2


def test_the_same_curves_are_the_same_bytes_on_any_number_of_workers(folder: Path) -> None:
    curves("--vary", VARY, "-o", "one")
    curves("--vary", VARY, "-o", "two", "--workers", "2")
    one, two = written(folder / "one"), written(folder / "two")
    assert one.name == two.name
    for name in DATA:
        assert (one / name).read_bytes() == (two / name).read_bytes(), name


@pytest.mark.parametrize(
    "change",
    [
        ["--seed", "2"],
        ["-n", "3"],
        ["--metric", "won"],
        ["--baseline", "dear"],
        ["--set", "sources.web.leads_per_month=50"],
    ],
    ids=lambda change: change[0],
)
def test_another_question_has_another_folder(folder: Path, change: list[str]) -> None:
    curves("--vary", VARY)
    curves("--vary", VARY, *change)
    assert len(list((folder / "outputs").iterdir())) == 2


def test_the_manifest_says_what_was_varied_and_how_often(folder: Path) -> None:
    curves("--vary", VARY, "-n", "3", "--metric", "won")
    told = json.loads((written(folder / "outputs") / "manifest.json").read_text())
    assert told["vary"] == "strategies.*.teams.desk.headcount"
    assert told["points"][1] == {
        "strategies.plain.teams.desk.headcount": 2,
        "strategies.dear.teams.desk.headcount": 2,
    }
    assert (told["replications"], told["metrics"], told["baseline"]) == (3, ["won"], "plain")
    assert set(told["resolved"]) == {"plain", "dear"}


def test_json_is_one_object_with_null_where_undefined(folder: Path) -> None:
    told = json.loads(curves("--vary", "sources.web.leads_per_month=0,120", "--json").stdout)
    at_nothing = [row for row in told["curves"] if row["value"] == 0 and row["metric"] == "cost_per_deal"]
    assert [(row["mean"], row["gap"]) for row in at_nothing] == [(None, "nothing to divide by")] * 2
    assert told["values"] == [0, 120]
    assert {"break_evens", "optima", "sentences", "output"} <= set(told)
    assert Path(told["output"]).is_dir()


def test_break_evens_are_where_the_lines_cross(folder: Path) -> None:
    told = json.loads(curves("--vary", "sources.web.leads_per_month=0:120:40", "--json").stdout)
    contribution = {
        name: [row["mean"] for row in told["curves"] if (row["strategy"], row["metric"]) == (name, "contribution")]
        for name in ("plain", "dear")
    }
    gaps = [dear - plain for plain, dear in zip(*contribution.values(), strict=True)]
    crossed = [(40 * (at + a / (a - b)), b > 0) for at, (a, b) in enumerate(pairwise(gaps)) if a * b < 0]
    found = [each for each in told["break_evens"] if each["metric"] == "contribution"]
    assert crossed
    assert [(each["value"], each["better_above"] == "dear") for each in found] == [
        (pytest.approx(at), rises) for at, rises in crossed
    ]


def test_quiet_prints_the_best_points_and_the_folder_alone(folder: Path) -> None:
    done = curves("--vary", VARY, "--quiet")
    assert "Cost, all in" not in done.stdout
    assert "highest contribution" in done.stdout
    assert "Files: " in done.stdout


def test_metrics_are_chosen_by_name(folder: Path) -> None:
    done = curves("--vary", VARY, "--metric", "won", "--metric", "utilization.desk")
    assert "Deals won, by" in done.stdout
    assert "Utilization.desk, by" in done.stdout
    assert "Cost, all in" not in done.stdout


def test_wide_tables_become_several(folder: Path) -> None:
    text = Path("small.yaml").read_text()
    more = "".join(f"  a_rather_long_name_{each}:\n    teams.desk.pay.salary: {each}e4\n" for each in range(1, 6))
    Path("small.yaml").write_text(text.replace("strategies:\n", f"strategies:\n{more}"))
    done = curves("--vary", "sources.web.leads_per_month=x0.5,x1", "-n", "2")
    assert max(map(len, done.stdout.splitlines())) <= 100
    assert done.stdout.count("Contribution, by") >= 2


def test_of_many_points_a_few_are_shown_and_all_are_written(folder: Path) -> None:
    done = curves("--vary", "sources.web.leads_per_month=50:75:1", "-n", "2", "--metric", "won")
    assert "9 of 26 values are shown, all are in curves.csv" in " ".join(done.stdout.split())
    assert len(rows(written(folder / "outputs") / "curves.csv")) == 2 * 26


def test_a_flat_curve_is_told_and_so_is_a_number_of_replications_that_nobody_named(folder: Path) -> None:
    path = Path("small.yaml")
    path.write_text(path.read_text().replace("replications: 6", "replications: auto"))
    done = curves("--vary", "strategies.dear.teams.desk.headcount=1,2", "--metric", "won")
    assert "nothing changes with it in plain, so its curve is flat" in done.stderr
    assert "50 replications at each value; choose another number with -n" in done.stderr
    assert "means of 50 replications" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vary", "teams.desk.headcount=-1:2:1"], "--vary teams.desk.headcount: -1; must be a whole number"),
        (["--vary", "teams.desk.headcont=1,2"], "did you mean 'headcount'?"),
        (["--vary", "teams.desk.headcount=1:2:0"], "a step of 0"),
        ([], "Missing option '--vary'"),
        (["--vary", VARY, "--metric", "wonn"], "no metric named 'wonn'; did you mean 'won'?"),
        (["--vary", VARY, "--baseline", "x"], "no strategy named 'x' to compare with"),
        (["--vary", VARY, "--strategy", "plane"], "did you mean 'plain'?"),
        (["--vary", VARY, "-n", "1"], "1; must be a whole number from 2"),
        (["--vary", VARY, "--set", "teams.desk.headcount=x"], "--set teams.desk.headcount: the text 'x'"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    folder: Path, arguments: list[str], words: str
) -> None:
    done = curves(*arguments)
    assert done.exit_code == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "outputs").exists()


def test_a_failed_replication_makes_it_partial(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sometimes(job: Job, seed: int, replication: int, *engine: Any) -> Replication:
        if job.name.startswith("dear with") and job.name.endswith("=2") and replication == 1:
            raise RuntimeError("the roof came down")
        return replicate(job, seed, replication, *engine)

    monkeypatch.setattr(workers, "replicate", sometimes)
    done = curves("--vary", VARY)
    assert done.exit_code == 1
    assert "replication 1 of dear with strategies.*.teams.desk.headcount=2 (seed 1) failed" in done.stderr
    assert "partial: 1 replication failed" in done.stderr
    told = json.loads((written(folder / "outputs") / "manifest.json").read_text())
    assert told["failures"][0]["replication"] == 1


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal's Ctrl-C is a signal to a process group")
def test_ctrl_c_ends_it_in_a_word_and_leaves_nothing_behind(folder: Path) -> None:
    arguments = ["curves", "small.yaml", "--vary", "sources.web.leads_per_month=50:90:1", "-n", "100000"]
    command = [sys.executable, "-m", "channelsim", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(4)
    os.killpg(process.pid, signal.SIGINT)
    _, told = process.communicate(timeout=60)
    assert process.returncode == 130
    assert b"Traceback" not in told
    assert told.endswith(b"stopped\n")
    assert not (folder / "outputs").exists()


def test_python_has_the_same_as_frames(folder: Path) -> None:
    curves("--vary", VARY, "-o", "outputs")
    found = cs.curves("small.yaml", vary=VARY)
    table = rows(written(folder / "outputs") / "curves.csv")
    assert found.table["mean"].to_list() == [float(row["mean"]) if row["mean"] else None for row in table]
    assert found.break_evens.columns == list(rows_header(written(folder / "outputs") / "breakeven.csv"))
    assert set(found.optima["strategy"]) == {"plain", "dear"}
    assert any("highest contribution" in sentence for sentence in found.sentences)
    assert found.failures == []
    assert "strategies.*.teams.desk.headcount: 4 values" in repr(found)
    assert found.write("again").name == written(folder / "outputs").name


def rows_header(path: Path) -> list[str]:
    return path.read_text().splitlines()[0].split(",")
