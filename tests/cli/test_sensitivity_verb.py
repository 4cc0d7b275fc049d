"""`channelsim sensitivity` as its users meet it."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

import channelsim as cs
from channelsim.cli.main import main
from channelsim.experiment import executors
from channelsim.experiment.units import Spec, Unit, run_unit
from channelsim.scenario.candidates import candidates
from channelsim.scenario.load import load
from worlds import source, step, team, world

CLOSE = "strategies.dear.motions.sale.steps.call.advance"
VARY = ("--vary", f"{CLOSE}=0.4:1.0", "--vary", "sources.*.leads_per_month=x0.5:x1.5")
FILES = [
    "flips.csv", "indices.png", "indices.svg", "manifest.json", "report.html", "sensitivity.csv", "tornado.csv",
    "tornado.png", "tornado.svg", "worth.csv",
]  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder to work in, with a small scenario file: a cheap desk, and a dear one that closes better."""
    monkeypatch.chdir(tmp_path)
    write(world_of_two())
    return tmp_path


def world_of_two(**more: Any) -> dict[str, Any]:
    return world(
        sources={"web": source(60.0)},
        teams={"desk": team(pay={"salary": 12_000.0})},
        steps={"call": step(effort_hours=4.0, advance=0.4)},
        strategies={
            "plain": {},
            "dear": {"motions.sale.steps.call.advance": 0.8, "teams.desk.pay.salary": 80_000.0, **more},
        },
        segments={"all": {"deal_value": 300.0}},
    )


def write(tree: dict[str, Any]) -> None:
    with Path("small.yaml").open("w") as out:
        YAML().dump(tree, out)


def sensitivity(*arguments: str, columns: int = 100) -> Result:
    usual = ["--workers", "1", "-n", "2", "--size", "4"]
    return CliRunner().invoke(
        main, ["sensitivity", "small.yaml", *usual, *arguments], env={"COLUMNS": str(columns)}
    )


def written(parent: Path) -> Path:
    (found,) = (each for each in parent.iterdir() if "sweep" not in each.name)
    return found


def rows(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_text())))


def test_declared_parameters_are_told_in_a_table_and_sentences_and_written(folder: Path) -> None:
    done = sensitivity(*VARY)
    assert done.exit_code == 0, done.output
    assert "2 parameters: declared ranges, anything in between equally likely" in done.stderr
    for words in (
        "What moves",
        "0.4 to 1",
        "x0.5 to x1.5",
        "As the file says, ",
        "Files: outputs/small-sensitivity-",
    ):
        assert words in done.stdout
    assert sorted(path.name for path in written(folder / "outputs").iterdir()) == FILES


def test_a_chance_that_decides_is_what_the_verdict_hinges_on(folder: Path) -> None:
    # The dear desk costs 68,000 / 12 more a month, which takes 19 more deals of 300: 0.72 of 60 leads, or so.
    told = json.loads(sensitivity(*VARY, "--json").stdout)
    [flip] = [each for each in told["flips"] if each["parameter"] == CLOSE]
    assert (flip["best_below"], flip["best_above"]) == ("plain", "dear")
    ends = {row["end"]: row["mean"] for row in told["tornado"] if row["parameter"] == CLOSE}
    assert 0.4 < flip["value"] < 1.0
    assert (ends["low"] > 0) != (ends["high"] > 0)
    assert any(sentence.startswith(f"The verdict hinges on {CLOSE}: below") for sentence in told["sentences"])
    worth = {row["parameter"]: row["worth"] for row in told["worth_of_knowing"]}
    assert worth[CLOSE] > 0
    assert worth["(all)"] >= max(worth.values())


def test_sobols_indices_share_the_variance_out(folder: Path) -> None:
    done = sensitivity(*VARY, "--method", "sobol", "--json")
    assert done.exit_code == 0, done.output
    told = json.loads(done.stdout)
    lead = {row["parameter"]: row for row in told["indices"] if row["figure"] == "lead"}
    assert lead[CLOSE]["total"] > lead["sources.*.leads_per_month"]["total"]
    assert lead[CLOSE]["effect"] is None
    table = rows(written(folder / "outputs") / "sensitivity.csv")
    assert [row["figure"] for row in table] == ["lead"] * 2 + ["plain"] * 2 + ["dear"] * 2


def test_the_same_question_is_the_same_bytes_on_any_number_of_workers(folder: Path) -> None:
    sensitivity(*VARY, "-o", "one")
    sensitivity(*VARY, "-o", "two", "--workers", "2")
    one, two = written(folder / "one"), written(folder / "two")
    assert one.name == two.name
    for name in FILES:
        if name not in ("manifest.json", "report.html"):
            assert (one / name).read_bytes() == (two / name).read_bytes(), name


def test_what_was_simulated_is_not_simulated_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = sensitivity(*VARY, "--json").stdout

    def never(*_: Any) -> None:
        raise AssertionError("simulated again")

    monkeypatch.setattr(executors, "run_unit", never)
    assert json.loads(sensitivity(*VARY, "--json").stdout) == json.loads(first)


def test_uncertain_numbers_are_the_parameters_of_a_scenario_that_has_them(folder: Path) -> None:
    belief = {"uncertain": {"dist": "beta", "mean": 0.7, "sd": 0.1}}
    write(world_of_two(**{"motions.sale.steps.call.advance": belief}))
    done = sensitivity()
    assert done.exit_code == 0, done.output
    assert "1 parameter: the scenario's uncertain numbers" in done.stderr
    assert "beliefs at their middle" in done.stdout
    assert "equally likely" not in done.stdout
    [low, middle, high] = rows(written(folder / "outputs") / "tornado.csv")
    assert low["parameter"] == "motions.sale.steps.call.advance"
    assert float(low["value"]) < float(middle["value"]) < float(high["value"])
    assert float(middle["value"]) == pytest.approx(0.706, abs=0.005)  # the median of that beta
    by_itself = sensitivity("--auto")
    assert "20% up and down" in by_itself.stderr


def test_where_nothing_is_declared_what_a_leader_would_doubt_is_varied(folder: Path) -> None:
    done = sensitivity("--spread", "0.1")
    assert done.exit_code == 0, done.output
    assert "what the scenario says, 10% up and down" in done.stderr
    names = {row["parameter"] for row in rows(written(folder / "outputs") / "tornado.csv")}
    assert names == {"leads per month", "deal value", "yes at call", "effort, desk", "pay, desk"}


def test_assumptions_that_are_one_are_one_parameter_within_bounds(folder: Path) -> None:
    found = {each.name: each for each in candidates(load(world_of_two()))}
    # Strategies' own chances differ: both are scaled, and a chance stays a chance.
    assert dict(found["yes at call"].values) == {
        "strategies.plain.motions.sale.steps.call.advance": 0.4,
        "strategies.dear.motions.sale.steps.call.advance": 0.8,
    }
    assert found["leads per month"].label(0.8) == "48"
    assert found["pay, desk"].label(1.2) == "x1.2"
    sure = {**world_of_two(), "segments": {"all": {"deal_value": 300.0, "gross_margin": 0.95}}}
    margin = next(each for each in candidates(load(sure)) if each.name == "gross margin")
    assert max(value for _, value in margin.changes(1.0)) == pytest.approx(1.0)
    assert margin.changes(margin.base) == []


def test_one_strategy_has_influences_and_no_decision(folder: Path) -> None:
    done = sensitivity("--strategy", "plain", "--vary", "sources.web.leads_per_month=30:90")
    assert done.exit_code == 0, done.output
    assert "It is the only strategy." in " ".join(done.stdout.split())
    assert "worth knowing" not in done.stdout
    assert len(rows(written(folder / "outputs") / "worth.csv")) == 0


def test_whole_numbers_stay_whole(folder: Path) -> None:
    sensitivity("--vary", "teams.desk.headcount=1:3")
    values = [row["value"] for row in rows(written(folder / "outputs") / "tornado.csv")]
    assert values == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--vary", "teams.desk.headcount=1:4:1"], "1:4:1; write LOW:HIGH"),
        (["--vary", "teams.desk.headcount"], "--vary teams.desk.headcount: nothing; write LOW:HIGH"),
        (["--vary", "teams.desk.headcount=4:1"], "the first end must be below the second"),
        (["--vary", "motions.sale.steps.call.advance=0.5:1.5"], "1.5"),
        (["--vary", "teams.desk.headcont=1:2"], "did you mean 'headcount'?"),
        (["--vary", "teams.desk.headcount=1:2", "--vary", "teams.desk.headcount=1:3"], "declared twice"),
        (["--vary", "strategies.plain.teams.desk.headcount=1:2", "--strategy", "dear"], "nothing changes with it"),
        (["--vary", "teams.desk.headcount=1:2", "--auto"], "--auto beside --vary"),
        (["--vary", "teams.desk.headcount=1:2", "--spread", "0.1"], "add --auto"),
        (["--method", "sobol", "--size", "5"], "5; a power of 2"),
        (["--strategy", "plane"], "did you mean 'plain'?"),
        (["-n", "1"], "1; must be a whole number from 2"),
    ],
)
def test_what_makes_no_sense_is_refused_and_nothing_is_written(
    folder: Path, arguments: list[str], words: str
) -> None:
    done = sensitivity(*arguments)
    assert done.exit_code == 2, done.output
    assert words in done.stderr
    assert "Traceback" not in done.stderr
    assert not (folder / "outputs").exists()


def test_a_failed_simulation_makes_it_partial(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def sometimes(spec: Spec, unit: Unit, simulate: Any) -> Any:
        if unit.point == 8 and unit.strategy == 1:
            raise RuntimeError("the roof came down")
        return run_unit(spec, unit, simulate)

    monkeypatch.setattr(executors, "run_unit", sometimes)
    done = sensitivity(*VARY)
    assert done.exit_code == 1, done.output
    assert "of dear failed: RuntimeError: the roof came down" in done.stderr
    assert "This study is partial: 1 simulations failed, and 3 points are left out" in done.stderr


def test_a_narrow_terminal_is_enough(folder: Path) -> None:
    assert max(map(len, sensitivity(*VARY, columns=80).stdout.splitlines())) <= 80


def test_python_has_the_same(folder: Path) -> None:
    sensitivity(*VARY, "-o", "outputs")
    found = cs.sensitivity("small.yaml", vary=[VARY[1], VARY[3]], size=4, replications=2)
    table = rows(written(folder / "outputs") / "sensitivity.csv")
    assert found.indices["effect"].to_list() == [float(row["effect"]) for row in table]
    assert found.tornado.height == 6
    assert found.worth["parameter"].to_list()[-1] == "(all)"
    assert any(sentence.startswith("As the file says") for sentence in found.sentences)
    assert found.write("again").name == written(folder / "outputs").name
