"""`python -m studies`: one command a study, in words when something is wrong."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

PAGES = sorted(Path("docs/studies").glob("*.md"))
COMMAND = re.compile(r"^python -m studies (\w+)", re.MULTILINE)


def studies(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-m", "studies", *arguments], capture_output=True, text=True)


def test_a_study_is_written_whole(tmp_path: Path) -> None:
    done = studies("sizing", "-n", "2", "--seed", "7", "-o", str(tmp_path))
    assert done.returncode == 0, done.stderr
    folder = tmp_path / "study-sizing-n2-seed7"
    assert f"Files: {folder}" in done.stdout
    charts = {f"{name}.{kind}" for name in ("sizing_curve", "sizing_hiring") for kind in ("png", "svg")}
    assert {path.name for path in folder.iterdir()} == {"findings.md", *charts}
    assert "| 22" in (folder / "findings.md").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["sizes"], "'sizes' is not one of"),
        (["sizing", "-n", "1"], "1; must be a whole number from 2"),
        (["sizing", "--seed", "x"], "x; must be a whole number from 0"),
    ],
)
def test_what_makes_no_sense_is_refused(arguments: list[str], words: str) -> None:
    done = studies(*arguments)
    assert done.returncode == 2
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.skipif(os.geteuid() == 0 if hasattr(os, "geteuid") else True, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_is_told_before_anything_is_simulated(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    done = studies("sizing", "-o", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "no permission" in done.stderr


def test_a_file_where_the_folder_should_be_is_told(tmp_path: Path) -> None:
    (tmp_path / "out").write_text("")
    done = studies("sizing", "-o", str(tmp_path / "out"))
    assert done.returncode == 1
    assert "is a file, not a folder" in done.stderr


@pytest.mark.parametrize("page", [page for page in PAGES if page.stem != "README"], ids=lambda page: page.stem)
def test_each_page_tells_its_command(page: Path) -> None:
    assert page.stem in COMMAND.findall(page.read_text())
    assert Path(f"scenarios/{page.stem}.yaml").exists()
