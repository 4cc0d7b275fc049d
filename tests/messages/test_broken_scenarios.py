"""Each broken scenario in `broken/` beside the exact text that its author is shown."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from channelsim.cli.main import main

BROKEN = Path(__file__).parent / "broken"
FILES = sorted(BROKEN.glob("*.yaml"))


def expected_text(file: Path) -> str:
    return file.with_suffix(".txt").read_text(encoding="utf-8")


def test_there_is_an_expected_text_for_every_broken_scenario_and_no_other():
    assert len(FILES) >= 44
    assert {file.stem for file in FILES} == {file.stem for file in BROKEN.glob("*.txt")}


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_the_author_of_a_broken_scenario_is_told_all_that_is_wrong_and_nothing_is_written(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    shutil.copy(file, tmp_path)
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(main, ["check", file.name])
    assert result.stderr == expected_text(file)
    assert result.exit_code == 2
    assert result.stdout == ""
    assert "Traceback" not in result.output
    assert os.listdir(tmp_path) == [file.name]


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_every_line_says_where_what_was_read_and_what_is_right(file: Path):
    lines = expected_text(file).splitlines()
    assert lines
    for line in lines:
        where, path, message = line.split(": ", 2)
        name, row, column = where.split(":")
        assert name == file.name
        assert int(row) >= 1
        assert int(column) >= 1
        assert path
        read, _, right = message.partition("; ")
        assert read
        assert right


def test_a_file_with_twelve_mistakes_is_answered_with_all_twelve_in_the_order_of_the_file():
    lines = expected_text(BROKEN / "many_at_once.yaml").splitlines()
    assert len(lines) == 12
    rows = [int(line.split(":")[1]) for line in lines]
    assert rows == sorted(rows)


@pytest.mark.parametrize("name", ["many_at_once", "python_tag", "latin1"])
def test_the_installed_command_says_the_same_from_a_shell(name: str, tmp_path: Path):
    shutil.copy(BROKEN / f"{name}.yaml", tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", "from channelsim.cli.main import main; main()", "check", f"{name}.yaml"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        encoding="utf-8",
    )
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == expected_text(BROKEN / f"{name}.yaml")
    assert os.listdir(tmp_path) == [f"{name}.yaml"]


def test_several_broken_files_are_all_answered_in_one_go(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.chdir(BROKEN)
    result = CliRunner().invoke(main, ["check", "a_list.yaml", "wrong_version.yaml", "nowhere.yaml", "."])
    assert result.exit_code == 2
    assert result.stderr.splitlines() == [
        ".: (file): a folder; give the path of a scenario file",
        *expected_text(BROKEN / "a_list.yaml").splitlines(),
        "nowhere.yaml: (file): no such file; give the path of a scenario file",
        *expected_text(BROKEN / "wrong_version.yaml").splitlines(),
    ]
