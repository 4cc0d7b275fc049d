"""`channelsim new`: every template can be listed, written, checked."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from channelsim.cli.main import main
from channelsim.scenario.catalogue import catalogue
from channelsim.scenario.templates import template_folder

TEMPLATES = sorted(path.stem for path in template_folder().glob("*.yaml"))


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def channelsim(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments))


def test_without_arguments_the_templates_are_listed() -> None:
    told = channelsim("new")
    assert told.exit_code == 0
    assert TEMPLATES
    assert all(name in told.stdout for name in TEMPLATES)


@pytest.mark.parametrize("name", TEMPLATES)
def test_a_template_is_written_with_its_comments_and_is_sound(name: str) -> None:
    assert channelsim("new", name).exit_code == 0
    assert Path(f"{name}.yaml").read_bytes() == (template_folder() / f"{name}.yaml").read_bytes()
    assert channelsim("check", f"{name}.yaml").exit_code == 0


def test_an_existing_file_is_left_as_it_is() -> None:
    Path("mine.yaml").write_text("my work")
    told = channelsim("new", "quickstart", "mine.yaml")
    assert told.exit_code == 1
    assert told.stderr == "mine.yaml exists already and was left as it is; name another file\n"
    assert Path("mine.yaml").read_text() == "my work"


def test_an_unknown_template_is_refused_with_the_nearest_name() -> None:
    told = channelsim("new", "quickstrat")
    assert told.exit_code == 2
    assert "did you mean 'quickstart'?" in told.stderr


def test_a_folder_that_does_not_exist_is_made() -> None:
    assert channelsim("new", "quickstart", "new/folder/mine.yaml").exit_code == 0
    assert channelsim("check", "new/folder/mine.yaml").exit_code == 0


@pytest.mark.parametrize(
    ("target", "words"),
    [
        ("taken/mine.yaml", "taken/mine.yaml: taken is a file, not a folder; name a file in another folder\n"),
        ("folder", "folder is a folder; name a file in it, such as folder/quickstart.yaml\n"),
        ("", ". is a folder; name a file in it, such as quickstart.yaml\n"),
    ],
)
def test_a_place_where_no_file_can_be_is_one_clear_line(target: str, words: str) -> None:
    Path("taken").write_text("")
    Path("folder").mkdir()
    told = channelsim("new", "quickstart", target)
    assert told.exit_code == 1
    assert told.stderr == words


def test_a_folder_without_permission_is_one_clear_line(monkeypatch: pytest.MonkeyPatch) -> None:
    def locked(path: Path, **_: object) -> None:
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "mkdir", locked)
    told = channelsim("new", "quickstart", "mine.yaml")
    assert told.exit_code == 1
    assert told.stderr == "mine.yaml: no permission to write there; name a file in another folder\n"


def test_the_catalogue_of_initiatives_is_listed() -> None:
    result = CliRunner().invoke(main, ["new", "--list-initiatives"])
    assert result.exit_code == 0
    for name in catalogue():
        assert name in result.stdout
    refused = CliRunner().invoke(main, ["new", "quickstart", "--list-initiatives"])
    assert refused.exit_code == 2
    assert "takes no template" in refused.stderr
