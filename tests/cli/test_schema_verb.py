"""`channelsim schema`: what an editor makes of a scenario."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from click.testing import CliRunner

from channelsim.cli.main import main
from channelsim.scenario.reader import read_file, read_text

SHIPPED = sorted((Path(__file__).parents[2] / "scenarios").glob("*.yaml"))
RICH = """\
channelsim: 1
name: Everything that has more than one shape
horizon: {start: 2027-01-04, months: 12}
segments:
  small: {deal_value: {dist: lognormal, mean: 9000, cv: 0.7}, patience_hours: 48}
  large: {deal_value: 80000}
sources:
  web: {leads_per_month: 100, mix: {small: 0.8, large: 0.2}, arrivals: office}
teams:
  inside: {channel: inside, headcount: {0: 3, 6: 5}, hours: always}
  outside: {channel: outside, headcount: 2, hours: {open: "08:00", holidays: [2027-12-24]}}
motions:
  phone:
    steps:
      contact:
        team: inside
        attempts: {max: 8, reach: {small: 0.1, large: 0.2}, cooling: {5min: 1, 1h: 0.6}}
      close:
        team: inside
        attempts: {max: 2, reach: 1, cooling: {fast_share: 0.5, fast_half_life_hours: 1, slow_half_life_hours: 90}}
        advance: {small: 0.4, large: 0.1}
        value_factor: {10000: 1.2, 100000: 0.8}
        buyer_days: {small: 3, large: {dist: gamma, mean: 5, cv: 1}}
strategies:
  hybrid:
    routing: [{when: {segment: [small, large], deal_value: {below: 5}}, motion: phone}, {motion: phone}]
    teams.inside.headcount: 6
"""


def as_an_editor_sees_it(data: Any) -> Any:
    return json.loads(json.dumps(data, default=str))


@pytest.fixture(scope="module")
def editor() -> jsonschema.Draft202012Validator:
    result = CliRunner().invoke(main, ["schema"])
    assert result.exit_code == 0
    schema = json.loads(result.stdout)
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def test_an_editor_accepts_every_shape_that_a_value_may_have(editor):
    editor.validate(as_an_editor_sees_it(read_text(RICH, "rich.yaml").data))


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: file.stem)
def test_an_editor_accepts_every_shipped_scenario(editor, file: Path):
    editor.validate(as_an_editor_sees_it(read_file(file).data))


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("headcount: 2", "headcuont: 2"),
        ("headcount: 2", "headcount: two"),
        ("hours: always", "hours: never"),
        ("small: 0.4", "small: 1.4"),
        ("dist: gamma", "dist: gama"),
        ("5min: 1", "5minutes: 1"),
        ("name: Every", "named: Every"),
    ],
)
def test_an_editor_marks_a_mistake(editor, right: str, wrong: str):
    assert right in RICH
    broken = as_an_editor_sees_it(read_text(RICH.replace(right, wrong), "rich.yaml").data)
    assert not editor.is_valid(broken)


def test_the_schema_can_be_written_to_a_file(tmp_path: Path):
    file = tmp_path / "channelsim.schema.json"
    assert CliRunner().invoke(main, ["schema", "-o", str(file)]).exit_code == 0
    assert json.loads(file.read_text(encoding="utf-8"))["title"] == "Scenario"


def test_the_schemas_folder_is_made_and_an_earlier_schema_replaced(tmp_path: Path):
    file = tmp_path / "new" / "folder" / "file.json"
    for _ in range(2):
        assert CliRunner().invoke(main, ["schema", "-o", str(file)]).exit_code == 0
        assert json.loads(file.read_text(encoding="utf-8"))["title"] == "Scenario"
        file.write_text("an earlier one")


def test_a_schema_that_cannot_be_written_is_one_line(tmp_path: Path):
    (tmp_path / "taken").write_text("")
    result = CliRunner().invoke(main, ["schema", "-o", str(tmp_path / "taken" / "file.json")])
    assert result.exit_code == 1
    assert result.stderr.endswith("taken is a file, not a folder; name a file in another folder\n")
