"""`channelsim sweep` as planners use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML
from sweeping import company

from channelsim.cli.main import main

VARY = ("--vary", "teams.desk.headcount=1:3:1", "--vary", "sources.web.leads_per_month=x0.5,x1")
PLAN = (
    "design: {design}\npoints: 8\nreplications: 3\n"
    "vary: {{teams.desk.headcount: 1:3, segments.all.gross_margin: 0.4:0.9}}\n"
)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    with Path("small.yaml").open("w") as out:
        YAML().dump(company(replications=4), out)
    return tmp_path


def sweep(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["sweep", "small.yaml", *arguments], env={"COLUMNS": "100"})


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, str]:
    with pytest.raises(SystemExit) as stopped:
        main.main(["sweep", "small.yaml", *arguments])
    return int(stopped.value.code or 0), capsys.readouterr().err


def test_a_grid_is_swept_told_and_written(folder: Path) -> None:
    found = sweep(*VARY)
    assert found.exit_code == 0, found.output
    assert "6 points x 2 strategies x 4 replications: 48 in all" in found.output
    assert "Of 6 points, the best is cheap at 6" in found.output
    assert "The highest mean contribution is" in found.output
    [there] = (folder / "outputs").iterdir()
    assert there.name.startswith("small-sweep-")
    files = {path.name for path in there.iterdir()}
    assert files == {
        "sweep.json", "parts", "journal", ".lock", "summary.csv", "summary.parquet", "winners.csv", "sweep.png",
        "sweep.svg", "report.html",
    }  # fmt: skip
    summary = pl.read_csv(there / "summary.csv")
    assert len(summary) == 12
    rows = pl.read_parquet(there / "parts" / "*.parquet")
    by_hand = rows.group_by("teams.desk.headcount", "sources.web.leads_per_month", "strategy").agg(
        pl.col("contribution").mean(), (pl.col("cost_total").sum() / pl.col("won").sum()).alias("cost_per_deal")
    )
    both = summary.join(by_hand, on=by_hand.columns[:3], suffix="_by_hand")
    assert len(both) == 12
    for name in ("contribution", "cost_per_deal"):
        assert (both[name] - both[f"{name}_by_hand"]).abs().max() < 1e-6
    winners = pl.read_csv(there / "winners.csv")
    assert winners["best"].to_list() == ["cheap"] * 6


def test_a_dry_run_says_how_much_and_does_nothing(folder: Path) -> None:
    found = sweep(*VARY, "--dry-run")
    assert "48 in all" in found.output
    assert "nothing was done" in found.output
    assert not (folder / "outputs").exists()


def test_the_same_command_goes_on_and_more_replications_add(folder: Path) -> None:
    sweep(*VARY)
    assert "48 replications were there already." in sweep(*VARY).output
    assert "48 replications were there already." in sweep(*VARY, "-n", "6").output


@pytest.mark.parametrize("design", ["latin_hypercube", "sobol"])
def test_a_plan_fills_the_space_between_ends(folder: Path, design: str) -> None:
    Path("plan.yaml").write_text(PLAN.format(design=design))
    found = sweep("plan.yaml", "--json")
    told = json.loads(found.output)
    assert (told["points"], told["replications"]) == (8, 3)
    rows = pl.read_parquet(Path(told["output"]) / "parts" / "*.parquet")
    margins = rows["segments.all.gross_margin"].unique()
    assert len(margins) == 8
    # One in each eighth of the way, whatever the design.
    assert sorted(((margins - 0.4) / 0.5 * 8).cast(int).to_list()) == list(range(8))
    assert set(rows["teams.desk.headcount"].unique()) == {1, 2, 3}


def test_a_list_of_combinations_may_leave_parameters_as_they_are(folder: Path) -> None:
    Path("plan.yaml").write_text(
        "design: list\ncombinations:\n  - {teams.desk.headcount: 2}\n"
        "  - {teams.desk.headcount: 3, teams.desk.queue.discipline: newest}\nstrategies: [cheap]\n"
    )
    found = sweep("plan.yaml", "-o", "here")
    assert found.exit_code == 0, found.output
    rows = pl.read_parquet(folder / "here" / "parts" / "*.parquet")
    assert rows["teams.desk.queue.discipline"].unique().to_list() in ([None, "newest"], ["newest", None])
    assert rows["strategy"].unique().to_list() == ["cheap"]


@pytest.mark.parametrize(
    ("plan", "words"),
    [
        (
            "design: grd\nvary: {a.b: 1:2:1}\n",
            "plan.yaml:1:9: design: 'grd'; must be grid, list, latin_hypercube or sobol",
        ),
        ("vary: {}\n", "plan.yaml:1:7: vary: nothing in it"),
        (
            "design: sobol\nvary: {teams.desk.headcount: 1:3}\n",
            "points: missing; design: sobol needs to know how many",
        ),
        ("design: sobol\npoints: 4\nvary: {teams.desk.headcount: 1:3:1}\n", "1:3:1; write LOW:HIGH"),
        ("points: 4\nvary: {teams.desk.headcount: 1:3:1}\n", "points: only with latin_hypercube or sobol"),
        ("vari: {}\n", "unknown field 'vari'; did you mean 'vary'?"),
        ("vary: {teams.desk.headcout: 1:3:1}\n", "unknown field 'headcout'; did you mean 'headcount'?"),
        ("design: list\nvary: {a.b: 1:2:1}\n", "combinations: nothing in it"),
    ],
)
def test_plans_that_make_no_sense_are_refused_in_words(
    folder: Path, capsys: pytest.CaptureFixture[str], plan: str, words: str
) -> None:
    Path("plan.yaml").write_text(plan)
    status, err = refused(capsys, "plan.yaml")
    assert status == 2
    assert words in err
    assert not (folder / "outputs").exists()


def test_what_else_is_refused(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert refused(capsys) == (2, "name a PLAN file or parameters with --vary, one of the two\n")
    assert "no such file" in refused(capsys, "nowhere.yaml")[1].lower()
    assert "an error" not in refused(capsys, "--vary", "teams.desk.headcount")[1]
    assert refused(capsys, *VARY, "--cluster", "tcp://127.0.0.1:1")[0] == 1


def test_ctrl_c_keeps_what_is_finished_and_says_so(folder: Path) -> None:
    arguments = [
        sys.executable,
        "-m",
        "channelsim",
        "sweep",
        "small.yaml",
        *VARY,
        "-n",
        "4000",
        "--quiet",
        "-o",
        "here",
    ]
    process = subprocess.Popen(arguments, stderr=subprocess.PIPE, text=True, env=os.environ | {"COLUMNS": "100"})
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not any((folder / "here").glob("journal/*")):
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    assert "what is finished is kept; the same command goes on from there" in err
    assert any((folder / "here").glob("journal/*")) or any((folder / "here").glob("parts/*"))
