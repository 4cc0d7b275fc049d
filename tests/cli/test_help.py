"""The command as a whole: quick help, and an end in words whatever happens."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from channelsim.cli import main as program
from channelsim.errors import RunError

HEAVY = ("numpy", "pydantic", "matplotlib", "polars", "simpy", "rich", "scipy", "ruamel.yaml")
LOADED_AFTER_HELP = f"""
import sys
from channelsim.cli.main import main
try:
    main(["--help"])
except SystemExit as end:
    assert end.code == 0
print("loaded:", [name for name in {HEAVY} if name in sys.modules])
"""


def test_help_needs_none_of_the_heavy_libraries():
    done = subprocess.run([sys.executable, "-c", LOADED_AFTER_HELP], capture_output=True, text=True, check=True)
    assert done.stdout.splitlines()[-1] == "loaded: []"


def test_help_lists_every_verb_with_a_line_about_it():
    result = CliRunner().invoke(program.main, ["--help"])
    assert result.exit_code == 0
    for verb, (_, line) in program.VERBS.items():
        assert f"  {verb} " in result.stdout
        assert line in result.stdout


@pytest.mark.parametrize("verb", program.VERBS)
def test_the_help_of_a_verb_is_words_that_fit_a_narrow_terminal(verb: str):
    result = CliRunner().invoke(program.main, [verb, "--help"], env={"COLUMNS": "80"})
    assert result.exit_code == 0
    assert "<=x" not in result.stdout  # as click writes a range
    assert max(map(len, result.stdout.splitlines())) <= 80


def test_a_verb_that_is_not_there_is_answered_with_the_nearest():
    result = CliRunner().invoke(program.main, ["chek"])
    assert result.exit_code == 2
    assert "no command 'chek'; did you mean 'check'?" in result.stderr


@pytest.mark.parametrize(
    ("happens", "status", "words"),
    [
        (RunError("out/: not writable"), 1, "out/: not writable"),
        (KeyboardInterrupt(), 130, "stopped"),
        (MemoryError(), 1, "not enough memory"),
        (OSError(28, "No space left on device", "out/ledger.parquet"), 1, "out/ledger.parquet: the disk is full"),
        (PermissionError(13, "Permission denied", "out"), 1, "out: Permission denied"),
        (ZeroDivisionError("division by zero"), 1, "unforeseen ZeroDivisionError: division by zero"),
    ],
)
def test_whatever_ends_a_verb_is_told_in_one_line(happens, status: int, words: str, monkeypatch):
    @click.command("check")
    def failing() -> None:
        raise happens

    monkeypatch.setattr(program.Verbs, "get_command", lambda *_: failing)
    monkeypatch.delenv(program.DEBUG_VARIABLE, raising=False)
    result = CliRunner().invoke(program.main, ["check"])
    assert result.exit_code == status
    [line] = result.stderr.strip().splitlines()
    assert line.startswith(words)
    monkeypatch.setenv(program.DEBUG_VARIABLE, "1")
    traced = CliRunner().invoke(program.main, ["check"]).stderr
    assert ("Traceback" in traced) == (status == 1)


@pytest.mark.parametrize("closed", ["stdout", "stderr"])
def test_a_shell_that_closed_an_output_does_no_harm(closed: str):
    script = (
        f"import sys; sys.{closed} = None; from channelsim.cli.main import main; main(['check', 'nowhere.yaml'])"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 2
    assert "unforeseen" not in done.stderr
    assert ("no such file" in done.stderr) == (closed == "stdout")


@pytest.mark.parametrize("arguments", [["--help"], ["new"], ["schema"]])
def test_a_reader_that_goes_away_ends_it_without_a_word(arguments: list[str]):
    script = f"from channelsim.cli.main import main; main({arguments})"
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run([sys.executable, "-c", script], stdout=writing, stderr=subprocess.PIPE, text=True)
    os.close(writing)
    assert done.stderr == ""
