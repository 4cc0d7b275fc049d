"""`channelsim calibrate` on the terminal: what it shows, what it writes, and what it leaves alone."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import pytest
from click.testing import CliRunner
from made_fits import two_ways

from channelsim.calibrate.records import Column, Count
from channelsim.cli import calibrate
from channelsim.errors import RunError, UserError
from channelsim.scenario.load import load


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> None:
    """An export that is read and estimated at once."""
    fit = two_ways()
    export = replace(
        fit.export,
        columns=(
            Column("opportunities.csv", "Opportunity Name", "", "", "Acme, renewal of everything"),
            Column("opportunities.csv", "Created Date", "created", "by its name", "03/01/2024, 17/01/2024"),
        ),
        counts=(Count("exact duplicates", 12, "dropped", ("006A1", "006A2", "006A3")),),
        sentences=("Dates are read day first: 17 of them can be nothing else.",),
    )
    fit = replace(fit, export=export, sentences=("Small cells are drawn to the others.",))
    fitting = ModuleType("channelsim.calibrate.fitting.fit")
    fitting.estimate = lambda _: fit  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "channelsim.calibrate.fitting.fit", fitting)
    monkeypatch.setattr(calibrate, "_read", lambda *_: SimpleNamespace(export=export, mapping=None))


def run(*arguments: str, **environment: str) -> Any:
    return CliRunner().invoke(calibrate.command, [*arguments], env=environment, catch_exceptions=False)


@pytest.mark.parametrize("columns", ["80", "120"])
def test_it_shows_how_the_export_was_read_and_what_was_learnt_and_writes_a_scenario(
    learnt: None, tmp_path: Path, columns: str
) -> None:
    target = tmp_path / "ours.yaml"
    shown = run("opportunities.csv", "-o", str(target), COLUMNS=columns)
    assert shown.exit_code == 0
    assert set(load(target).strategies) == {"as_is", "only_phone", "only_field"}
    text = shown.output.replace("\n", " ")
    for words in (
        "How opportunities.csv is read",
        "Created Date",
        "exact duplicates",
        "Dates are read day first",
        "Small cells are drawn",
        "Deals won, of those created",
        "9 of 9 mean times in steps",
        "Assumed, from the template midmarket_software",
        "channelsim check",
    ):
        assert words in text
    written = [line for line in shown.output.splitlines() if str(target) not in line]
    assert max(len(line) for line in written if not line.startswith(("- ", "Settling", "Wrote"))) <= int(columns)


def test_a_scenario_that_exists_is_left_alone_unless_it_may_be_replaced(learnt: None, tmp_path: Path) -> None:
    target = tmp_path / "ours.yaml"
    target.write_text("mine")
    with pytest.raises(
        RunError, match=r"exists already and was left as it is; name another file, or add --replace"
    ):
        run("opportunities.csv", "-o", str(target))
    assert target.read_text() == "mine"
    assert run("opportunities.csv", "-o", str(target), "--replace", "--quiet").exit_code == 0
    assert load(target).scenario.name == "opportunities, calibrated"
    assert [each.name for each in tmp_path.iterdir()] == ["ours.yaml"]


def test_a_wrong_template_is_told_before_anything_is_read(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="--template midmarket: no template"):
        run("nowhere.csv", "-o", str(tmp_path / "ours.yaml"), "--template", "midmarket")


def test_who_says_that_the_columns_are_read_wrong_gets_no_scenario(
    learnt: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(calibrate, "_asks", lambda: True)
    monkeypatch.setattr(calibrate.click, "confirm", lambda *_, **__: False)
    with pytest.raises(UserError, match=r"Nothing was written\. Say how to read it: --write-map"):
        run("opportunities.csv", "-o", str(tmp_path / "ours.yaml"))
    assert not list(tmp_path.iterdir())


def test_the_same_export_gives_the_same_bytes(learnt: None, tmp_path: Path) -> None:
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        run("opportunities.csv", "-o", str(tmp_path / name / "ours.yaml"), "--quiet")
    assert (tmp_path / "a" / "ours.yaml").read_bytes() == (tmp_path / "b" / "ours.yaml").read_bytes()
