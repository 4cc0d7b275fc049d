"""`channelsim explain`: the run's own difference, split and told."""

from __future__ import annotations

import re

import pytest
from click.testing import CliRunner

from channelsim.analysis.decomposition import decompose
from channelsim.cli.main import main
from channelsim.experiment.books import books_of, waiting_for
from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load

PAIR = ("inside_only", "hybrid")


@pytest.fixture(scope="module")
def result() -> Result:
    return run_study(load("scenarios/quickstart.yaml", only=PAIR), replications=8)


def test_the_parts_add_up_to_the_runs_difference(result: Result) -> None:
    books = books_of(result, PAIR)
    found = decompose("contribution", books["inside_only"], books["hybrid"])
    difference = result.differences("contribution")["hybrid"]
    assert found.total.mean == pytest.approx(difference.mean, abs=0.005)
    assert found.total.ci_low == pytest.approx(difference.ci_low, rel=1e-6)
    assert sum(part.effect.mean for part in found.parts) == pytest.approx(difference.mean, abs=0.005)
    assert books["hybrid"].won.sum() == pytest.approx(result.metric_values("won")["hybrid"].sum())
    assert books["hybrid"].gross_margin.sum() == pytest.approx(result.metric_values("gross_margin")["hybrid"].sum())


def test_what_waiting_costs_counts_the_runs_cooled_leads(result: Result) -> None:
    teams = waiting_for(result, "hybrid")
    assert {each.team for each in teams} == {"inside", "outside"}
    assert sum(each.cooled for each in teams) == pytest.approx(result.metric_values("lost.cooled")["hybrid"].mean())
    assert teams[0].margin >= teams[1].margin > 0


def test_explain_tells_tables_and_a_sentence() -> None:
    arguments = ["explain", "scenarios/quickstart.yaml", "hybrid", "inside_only", "-n", "8", "--workers", "1"]
    done = CliRunner().invoke(main, arguments, env={"COLUMNS": "200"})
    assert done.exit_code == 0, done.output
    assert "Where the difference in contribution comes from" in done.stdout
    words = " ".join(done.stdout.split())
    assert re.search(r"hybrid has \$[\d.]+k (more|less) contribution than inside_only", words)
    assert "is held back most by" in done.stdout
    # No part is shown in which the two do not differ.
    assert "Gross margin rate" not in done.stdout


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (("hybrid", "hybrid"), "hybrid twice; name two strategies to compare"),
        (("hybrd", "inside_only"), "did you mean 'hybrid'?"),
    ],
)
def test_two_strategies_that_exist_must_be_named(names: tuple[str, str], words: str) -> None:
    done = CliRunner().invoke(main, ["explain", "scenarios/quickstart.yaml", *names])
    assert done.exit_code == 2
    assert words in done.stderr
