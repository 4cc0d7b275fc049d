"""`channelsim optimize` as its users meet it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from channelsim.cli.main import main
from channelsim.scenario.load import load
from worlds import NINE_TO_FIVE, source, step, team, world

DECIDE = ["--decide", "teams.desk.headcount=0:5", "--decide", "teams.field.headcount=0:5"]
QUICK = ["--evaluations", "20", "-n", "10", "--most", "50", "--finalists", "3"]
FILES = ["best.yaml", "finalists.csv", "manifest.json", "optimum.png", "optimum.svg", "report.html", "trials.csv"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a small scenario file of two strategies."""
    monkeypatch.chdir(tmp_path)
    tree = world(
        name="Two teams",
        segments={"small": {"deal_value": 900.0}, "large": {"deal_value": 4000.0}},
        sources={"web": source(90.0, {"small": 0.7, "large": 0.3})},
        teams={
            "desk": team(1, hours=NINE_TO_FIVE, pay={"salary": 45_000.0}),
            "field": team(1, channel="outside", hours=NINE_TO_FIVE, pay={"salary": 80_000.0}),
        },
        motions={
            "phone": {"steps": {"call": step(effort_hours=8.0, advance=0.5, patience_hours=60.0)}},
            "visit": {"steps": {"meet": step("field", effort_hours=14.0, advance=0.6, patience_hours=90.0)}},
        },
        routing=[{"when": {"segment": "large"}, "motion": "visit"}, {"motion": "phone"}],
        strategies={"plain": {}, "lean": {"teams.desk.headcount": 1, "teams.field.pay.salary": 70_000.0}},
    )
    with Path("small.yaml").open("w") as out:
        YAML().dump(tree, out)
        out.write("# the end\n")
    return tmp_path


def optimize(*arguments: str, columns: int = 110) -> Result:
    return CliRunner().invoke(
        main, ["optimize", "small.yaml", "--workers", "1", *arguments], env={"COLUMNS": str(columns)}
    )


def written(parent: Path, what: str = "optimum") -> Path:
    (found,) = parent.glob(f"small-{what}-*")
    return found


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_the_best_is_told_with_its_guarantee_and_written(folder: Path) -> None:
    done = optimize(*DECIDE, *QUICK)
    assert done.exit_code == 0, done.output
    for words in (
        "What is decided, in plain: 36 combinations",
        "contribution as high as possible, over 1 month",
        "Behind the best",
        "Best: desk ",
        "than as in the file (95% interval",
        "With a probability of at least 95% it has the highest mean contribution of the 3 finalists",
        "20 of 36 combinations were tried",
        "Run it: channelsim run outputs/small-optimum-",
    ):
        assert words in " ".join(done.stdout.split()), words
    assert sorted(path.name for path in written(folder / "outputs").iterdir()) == FILES
    assert max(map(len, done.stdout.splitlines())) <= 110


def test_the_best_scenario_is_the_file_with_one_more_strategy(folder: Path) -> None:
    told = json.loads(optimize(*DECIDE, *QUICK, "--strategy", "lean", "--json").stdout)
    best = written(folder / "outputs") / "best.yaml"
    study = load(best)
    assert list(study.strategies) == ["plain", "lean", "lean_optimum"]
    found = study.strategies["lean_optimum"]
    assert {f"teams.{name}.headcount": found.teams[name].headcount for name in found.teams} == told["best"]
    assert found.teams["field"].pay.salary == 70_000.0
    text = best.read_text()
    assert (
        text.replace(text[text.index("  lean_optimum:") : text.index("# the end")], "")
        == Path("small.yaml").read_text()
    )
    assert study.beliefs["lean_optimum"] == load("small.yaml", told["sets"]).beliefs["lean"]


def test_what_set_changed_is_in_the_command_that_runs_the_best(folder: Path) -> None:
    done = optimize(*DECIDE, *QUICK, "--set", "sources.web.leads_per_month=40", "--quiet")
    assert "best.yaml --set sources.web.leads_per_month=40" in done.stdout


def test_a_file_without_strategies_gets_two(folder: Path) -> None:
    path = Path("small.yaml")
    data = YAML(typ="safe").load(path.read_text())
    del data["strategies"]
    with path.open("w") as out:
        YAML().dump(data, out)
    assert optimize(*DECIDE, *QUICK).exit_code == 0
    assert list(load(written(folder / "outputs") / "best.yaml").strategies) == ["as_is", "as_is_optimum"]


def test_every_combination_is_in_a_table_and_so_are_the_finalists(folder: Path) -> None:
    optimize(*DECIDE, *QUICK, "--subject-to", "cost_total<=30000")
    trials = rows(written(folder / "outputs") / "trials.csv")
    assert list(trials[0]) == [
        "trial", "teams.desk.headcount", "teams.field.headcount", "replications", "contribution",
        "cost_total<=30000", "feasible", "failure",
    ]  # fmt: skip
    assert len({(row["teams.desk.headcount"], row["teams.field.headcount"]) for row in trials}) == len(trials) == 20
    assert all((float(row["cost_total<=30000"]) <= 30_000) == (row["feasible"] == "True") for row in trials)
    finalists = rows(written(folder / "outputs") / "finalists.csv")
    assert finalists[0]["which"] == "best"
    assert finalists[0]["cost_total<=30000 met"] == "yes"
    assert {row["replications"] for row in finalists} == {"50"}


def test_two_goals_make_a_front(folder: Path) -> None:
    done = optimize(*DECIDE, *QUICK, "--maximize", "bookings", "--minimize", "cost_total")
    assert "combinations make the front, from" in done.stdout
    front = [row for row in rows(written(folder / "outputs") / "finalists.csv") if row["which"] == "front"]
    assert len(front) > 1
    means = [(float(row["bookings"]), -float(row["cost_total"])) for row in front]
    assert not any(a[0] >= b[0] and a[1] >= b[1] and a != b for a in means for b in means)
    assert not (written(folder / "outputs") / "best.yaml").exists()


def test_the_same_question_gives_the_same_bytes_on_any_number_of_workers(folder: Path) -> None:
    optimize(*DECIDE, *QUICK, "-o", "one")
    optimize(*DECIDE, *QUICK, "-o", "two", "--workers", "2")
    one, two = written(folder / "one"), written(folder / "two")
    assert one.name == two.name
    for name in FILES:
        if name not in ("manifest.json", "report.html"):
            assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_another_question_has_another_folder_and_the_same_trials(folder: Path) -> None:
    optimize(*DECIDE, *QUICK)
    optimize(*DECIDE, *QUICK, "--subject-to", "cost_total<=30000")
    assert len(list((folder / "outputs").glob("small-optimum-*"))) == 2
    assert len(list((folder / "outputs").glob("small-trials-*"))) == 1


def test_bounds_that_nothing_keeps_to_are_told(folder: Path) -> None:
    done = optimize(*DECIDE, *QUICK, "--subject-to", "bookings>=1e9")
    assert done.exit_code == 1
    assert "None of the 20 combinations that were tried keeps to bookings>=1e9. Nearest is" in " ".join(
        done.stdout.split()
    )
    assert not (written(folder / "outputs") / "best.yaml").exists()


def test_json_is_one_object(folder: Path) -> None:
    told = json.loads(optimize(*DECIDE, *QUICK, "--subject-to", "P(bookings>=1000)>=0.5", "--json").stdout)
    assert told["decisions"]["teams.desk.headcount"] == [0, 1, 2, 3, 4, 5]
    assert (told["maximize"], told["minimize"]) == (["contribution"], [])
    assert told["evaluations_made"] == len(told["trials"]) == 20
    assert told["shortfall"] >= 0
    assert told["sentences"][0].startswith("Best: ")
    assert Path(told["output"]).is_dir()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Missing option '--decide'"),
        (["--decide", "teams.desk.headcont=1:3"], "did you mean 'headcount'?"),
        ([*DECIDE, "--maximize", "wonn"], "did you mean 'won'?"),
        ([*DECIDE, "--strategy", "plane"], "did you mean 'plain'?"),
        ([*DECIDE, "--subject-to", "cost_total=3"], "'='; write <= for at most"),
        ([*DECIDE, "--subject-to", "cost_totl<=3"], "did you mean 'cost_total'?"),
        ([*DECIDE, "--subject-to", "teams.desk.headcount<=-1"], "no combination of the decisions keeps to"),
        ([*DECIDE, "--set", "teams.desk.headcount=x"], "--set teams.desk.headcount: the text 'x'"),
        ([*DECIDE, "--set", "teams.desk.headcount"], "no '=' in it"),
        ([*DECIDE, "-n", "3"], "must be a whole number from 10"),
    ],
)
def test_what_makes_no_sense_is_refused(folder: Path, arguments: list[str], words: str) -> None:
    done = optimize(*arguments)
    assert done.exit_code == 2
    assert words in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="a terminal's Ctrl-C is a signal to a process group")
def test_ctrl_c_tells_the_best_so_far_and_the_same_command_goes_on(folder: Path) -> None:
    arguments = ["optimize", "small.yaml", *DECIDE, "-n", "50000", "--evaluations", "40", "--workers", "1"]
    command = [sys.executable, "-m", "channelsim", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, start_new_session=True)
    time.sleep(5)
    os.killpg(process.pid, signal.SIGINT)
    said, told = process.communicate(timeout=60)
    assert process.returncode == 130, told
    assert b"Traceback" not in told
    assert b"The same command goes on from here" in b" ".join(said.split())
    assert written(folder / "outputs", "trials").is_dir()
