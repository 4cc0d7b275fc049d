"""`channelsim trace`: one lead, every strategy, the same luck."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from ruamel.yaml import YAML

from channelsim.cli.main import main
from worlds import source, step, team, world

EXAMPLE = "write for example web/all/3, the third lead of web in segment all"


@pytest.fixture(autouse=True)
def _scenario(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    attempts = {"max": 3, "reach": 0.5, "spacing_hours": 24.0, "effort_hours": 0.1}
    tree = world(
        sources={"web": source(100.0)},
        teams={"desk": team(2), "field": team(1, channel="outside")},
        motions={
            "phone": {"steps": {"contact": step("desk", attempts=attempts), "close": step("desk", advance=0.4)}},
            "visit": {"steps": {"contact": step("field", attempts=attempts), "close": step("field", advance=0.4)}},
        },
        routing=None,
        strategies={
            "by_phone": {"routing": [{"motion": "phone"}]},
            "in_person": {"routing": [{"motion": "visit"}]},
        },
    )
    del tree["routing"]
    with Path("two.yaml").open("w") as out:
        YAML().dump(tree, out)


def trace(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["trace", "two.yaml", *arguments], env={"COLUMNS": "110"})


def test_both_organisations_meet_the_same_person_with_the_same_luck() -> None:
    told = trace("--lead", "web/all/5").stdout
    assert "takes the motion phone" in told
    assert "takes the motion visit" in told
    assert "desk rep" in told
    assert "field rep" in told
    (line,) = (line for line in told.splitlines() if line.startswith("contact: reached at attempt 1"))
    assert line.endswith("every strategy")


@pytest.mark.parametrize("columns", [80, 100, 120])
def test_a_life_reads_well_however_wide_the_terminal_is(columns: int) -> None:
    told = (
        CliRunner().invoke(main, ["trace", "two.yaml", "--lead", "web/all/5"], env={"COLUMNS": str(columns)}).stdout
    )
    lines = told.splitlines()
    assert max(map(len, lines)) <= columns
    beside = [line for line in lines if line.startswith("when")]
    assert len(beside) == (1 if columns >= 106 else 2)
    assert "takes the motion phone" in " ".join(told.split())
    assert not [line for line in lines if line.endswith(" ")]
    continued = [line for line in lines if line.startswith(" " * 24)]
    assert len(continued) < len(lines) / 4


def test_the_lead_is_counted_from_1_and_the_last_is_named() -> None:
    told = trace("--lead", "web/all/100000")
    assert told.exit_code == 2
    assert "leads of web/all arrive in replication 0 under by_phone; write a number from 1 to" in told.stderr


@pytest.mark.parametrize(
    ("lead", "words"),
    [
        ("web/all", f"--lead web/all: no number after the segment; {EXAMPLE}\n"),
        ("web", f"--lead web: not of the form SOURCE/SEGMENT/N; {EXAMPLE}\n"),
        ("web/all/0", f"--lead web/all/0: '0' is not a number from 1 on; {EXAMPLE}\n"),
        ("web/all/x", f"--lead web/all/x: 'x' is not a number from 1 on; {EXAMPLE}\n"),
        ("web/all/", f"--lead web/all/: '' is not a number from 1 on; {EXAMPLE}\n"),
        ("wbe/all/1", "no source named 'wbe'; did you mean 'web'?"),
        ("web/al/1", "no segment named 'al'; did you mean 'all'?"),
    ],
)
def test_a_lead_that_cannot_be_is_refused_in_words(lead: str, words: str) -> None:
    told = trace("--lead", lead)
    assert told.exit_code == 2
    assert words in told.stderr


def test_tracing_tells_the_same_story_twice_and_another_seed_tells_another() -> None:
    first = trace("--lead", "web/all/5").stdout
    assert trace("--lead", "web/all/5").stdout == first
    assert trace("--lead", "web/all/5", "--seed", "2").stdout != first
