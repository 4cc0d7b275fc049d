"""What went in, value by value, and what the run was made of."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from channelsim.errors import MADE_IN_PYTHON
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.page.sections.manifest import FIELDS, command_of
from channelsim.report.workbook.book import QUIET, Role, Sheet
from channelsim.scenario.difference import in_words, routing_in_words
from channelsim.scenario.schema import Scenario

CHANGES_FROM_RUN_TO_RUN = ("finished", "wall_seconds")
"""Of the manifest: left to manifest.json, so that the same run gives the same workbook."""
LOW, HIGH = 0.05, 0.95


def write_assumptions(sheet: Sheet, result: Result) -> None:
    """Every value of the scenario as resolved: a column for all strategies, and one for each where they differ."""
    strategies = result.study.strategies
    values = {name: dict(_leaves(scenario)) for name, scenario in strategies.items()}
    paths = list(dict.fromkeys(path for own in values.values() for path in own))
    several = len(strategies) > 1
    row = sheet.title(
        "Assumptions",
        "The scenario as resolved, defaults included."
        + (" Where strategies differ, each has its own value." if several else ""),
        *(
            ["What nobody knows stands at the middle of what is believed; the beliefs follow below."]
            * bool(result.beliefs)
        ),
    )
    heads = ["All strategies", *strategies] if several else list(strategies)
    sheet.heads(row, 0, ["Input", *heads], align="left")
    sheet.raw.freeze_panes(row + 1, 1)
    sheet.raw.repeat_rows(row)
    sheet.raw.set_column(0, 0, 52)
    sheet.raw.set_column(1, len(heads), 26)
    different = [path for path in paths if len({in_words(own.get(path)) for own in values.values()}) > 1]
    same = [path for path in paths if path not in different]
    for title, some in (("Where strategies differ", different), ("The same for all", same)):
        if different:
            row += 1
            sheet.band(row, 1 + len(heads), title)
        for path in some:
            row += 1
            sheet.text(row, 0, path)
            if some is same:
                _value(sheet, row, 1, values[result.baseline].get(path))
            else:
                for column, name in enumerate(strategies, start=2):
                    _value(sheet, row, column, values[name].get(path))
    if result.beliefs:
        _write_beliefs(sheet, row + 3, result)


def _write_beliefs(sheet: Sheet, row: int, result: Result) -> None:
    sheet.heads(row, 0, ["What nobody knows", "Believed", "9 in 10: from", "to"], align="left")
    for path, belief in result.beliefs.items():
        row += 1
        sheet.text(row, 0, path)
        sheet.text(row, 1, in_words(belief.belief.model_dump()))
        _value(sheet, row, 2, belief.value(LOW))
        _value(sheet, row, 3, belief.value(HIGH))


def write_manifest(sheet: Sheet, manifest: Mapping[str, Any], result: Result) -> None:
    """What makes the run again. manifest: as in manifest.json."""
    row = sheet.title(
        "Manifest", "The same scenario, seed and version give the same figures. More in manifest.json."
    )
    facts = [(label, manifest[field]) for field, label in FIELDS.items() if field not in CHANGES_FROM_RUN_TO_RUN]
    facts.append(("Libraries", ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())))
    if manifest["targets"]:
        facts.append(("Targets", in_words(manifest["targets"])))
    if manifest["stopping"]:
        facts.append(("How the number of replications was chosen", json.dumps(manifest["stopping"])))
    if result.study.source != MADE_IN_PYTHON:
        facts.append(("Command", command_of(result)))
    facts += [("Failed", str(failure)) for failure in result.failures]
    for name, changes in manifest["overrides"].items():
        facts += [(f"Changed by {name}: {path}", in_words(value)) for path, value in changes.items()]
    for label, value in facts:
        sheet.text(row, 0, label, font_color=QUIET, valign="top")
        sheet.text(row, 1, value, text_wrap=True, valign="top")
        row += 1
    sheet.raw.set_column(0, 0, 52)
    sheet.raw.set_column(1, 1, 90)


def _leaves(scenario: Scenario) -> Iterator[tuple[str, Any]]:
    yield from _walk("", scenario.model_dump(mode="json", exclude={"strategies", "routing"}))
    yield "routing", routing_in_words(scenario.routing)


def _walk(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Values by dotted path; a distribution, a list and a plan by month are one value each."""
    if isinstance(value, dict) and value and "dist" not in value and not all(key.isdigit() for key in value):
        for key, each in value.items():
            yield from _walk(f"{path}.{key}" if path else key, each)
    else:
        yield path, value


def _value(sheet: Sheet, row: int, column: int, value: Any, **style: Any) -> None:
    if isinstance(value, int | float) and not isinstance(value, bool):
        form = "#,##0.##########" if not float(value).is_integer() else "#,##0"
        sheet.number(row, column, value, Unit.COUNT, Role.READING, num_format=form, **(style | {"align": "left"}))
    else:
        sheet.text(row, column, in_words(value), text_wrap=True, valign="top", **style)
