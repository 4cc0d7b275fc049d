"""`channelsim verify`: what is right is called right, and what is wrong is found."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from channelsim.cli.main import main
from channelsim.engine import fast
from channelsim.engine.ledger import Ledger
from channelsim.engine.trace import Event, Trace
from channelsim.program.arrays import Program
from channelsim.verification.measured import Interval
from channelsim.verification.queues import CHECKS, Check, Finding

QUICKSTART = Path(__file__).parents[2] / "scenarios" / "quickstart.yaml"


RIGHT = Finding("mean wait, hours", 0.1, Interval(0.101, 0.005), 0.1, {})
WRONG = Finding("mean wait, hours", 0.1, Interval(0.2, 0.005), 0.1, {})


@pytest.fixture(autouse=True)
def _quick_theory(monkeypatch: pytest.MonkeyPatch) -> None:
    """The checks of theory have tests of their own; here their findings are given."""
    for name in list(CHECKS):
        if name in ("mm1", "mg1"):
            monkeypatch.setitem(CHECKS, name, Check(f"queue {name}", lambda _simulate: [RIGHT]))
        else:
            monkeypatch.delitem(CHECKS, name)


def verify(tmp_path: Path, *arguments: str) -> Result:
    command = ["verify", str(QUICKSTART), "-o", str(tmp_path), "--strategy", "hybrid", *arguments]
    return CliRunner().invoke(main, command, env={"COLUMNS": "100"})


def test_what_is_right_is_verified_with_a_chart_and_all_figures(tmp_path: Path) -> None:
    result = verify(tmp_path, "-n", "2")
    assert result.exit_code == 0, result.output
    assert "hybrid" in result.output
    assert "Verified: the engines agree on all " in result.output
    folder = tmp_path / "quickstart-verified"
    assert sorted(path.name for path in folder.iterdir()) == ["theory.csv", "verification.png", "verification.svg"]
    row = next(csv.DictReader((folder / "theory.csv").read_text().splitlines()))
    assert (row["check"], row["figure"], row["theory"], row["right"]) == ("mm1", "mean wait, hours", "0.1", "True")


class Altered(Trace):
    """A trace in which the hundredth event is a second late."""

    def __init__(self, kept: Trace) -> None:
        super().__init__()
        self.kept = kept

    def event(self, event: Event) -> None:
        self.kept.event(event._replace(time=event.time + 1 / 3600) if len(self.kept.events) == 99 else event)


def test_engines_that_part_are_found_at_their_first_different_event(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = fast.simulate

    def wrong(program: Program, seed: int, replication: int, trace: Trace) -> Ledger:
        return real(program, seed, replication, Altered(trace))

    monkeypatch.setattr(fast, "simulate", wrong)
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert "hybrid, replication 0, event 100:" in result.output
    assert "Not verified: the engines DISAGREE" in result.output
    assert "please report it" in result.output


def test_books_that_differ_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fast.simulate

    def wrong(*arguments: Any) -> Ledger:
        ledger = real(*arguments)
        return replace(ledger, amounts=ledger.amounts * 1.01)

    monkeypatch.setattr(fast, "simulate", wrong)
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert "hybrid, replication 0: the ledgers differ in amounts" in result.output


def test_an_engine_that_stops_early_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = fast.simulate

    def wrong(program: Program, seed: int, replication: int, trace: Trace) -> Ledger:
        ledger = real(program, seed, replication, trace)
        del trace.events[-1]
        return ledger

    monkeypatch.setattr(fast, "simulate", wrong)
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert "fast       has come to its end" in result.output


def test_a_figure_that_theory_does_not_give_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(CHECKS, "mm1", Check("queue mm1", lambda _simulate: [WRONG, RIGHT]))
    result = verify(tmp_path)
    assert result.exit_code == 1
    assert "1 of 2" in result.output
    assert "1 of 3 figures FAIL" in result.output


def test_a_folder_that_cannot_be_is_said_before_anything_is_simulated(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    result = verify(tmp_path / "file")
    assert result.exit_code == 1
    assert "is a file, not a folder" in result.output
    assert "Verified" not in result.output
