"""`channelsim breakeven` as finance uses it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from channelsim.cli.main import main

ARGUMENTS = ["breakeven", "scenarios/quickstart.yaml", "outside_only", "inside_only", "-n", "30"]


def test_every_segment_has_a_row_and_the_verdict_a_sentence() -> None:
    found = CliRunner().invoke(main, ARGUMENTS, env={"COLUMNS": "100"})
    assert found.exit_code == 0
    assert "From which deal value on outside_only pays more than inside_only" in found.output
    lines = found.output.splitlines()
    for segment, pays in (("small", "at no value"), ("enterprise", "from $"), ("all", "from $")):
        assert any(line.startswith(segment) and pays in line for line in lines), segment
    assert "In enterprise outside_only pays more than inside_only." in lines
    assert "In small outside_only pays less than inside_only." in lines


def test_json_has_null_for_what_is_not_there() -> None:
    told = json.loads(CliRunner().invoke(main, [*ARGUMENTS, "--json"]).output)
    small, enterprise, company = told["segments"]
    assert (small["segment"], enterprise["segment"], company["segment"]) == ("small", "enterprise", "company")
    assert small["first_year"] == {"pays": "never", "break_even": None, "ci_low": None, "ci_high": None}
    assert enterprise["first_year"]["ci_low"] < enterprise["first_year"]["break_even"]
    # A customer who stays is worth more, so a visit pays sooner.
    assert enterprise["all_years"]["break_even"] < enterprise["first_year"]["break_even"]


@pytest.mark.parametrize(
    ("names", "words"),
    [
        (["hybrid", "hybrid"], "hybrid twice; name two strategies to compare"),
        (["hybird", "inside_only"], "did you mean 'hybrid'?"),
    ],
)
def test_names_that_make_no_sense_are_told(
    names: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as stopped:
        main.main(["breakeven", "scenarios/quickstart.yaml", *names])
    assert stopped.value.code == 2
    assert words in capsys.readouterr().err
