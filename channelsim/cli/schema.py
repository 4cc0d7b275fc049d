"""`channelsim schema`: the scenario's JSON Schema, so that an editor completes and checks the YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from channelsim.cli.output import write_file
from channelsim.scenario.schema import Scenario
from channelsim.scenario.uncertain import MARK, belief_schema

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command("schema")
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Write to this file instead of the screen; one that exists is replaced.",
)
def command(output: Path | None) -> None:
    """Write the JSON Schema of scenario files.

    Save it beside a scenario and begin the scenario with the line

    \b
    # yaml-language-server: $schema=./channelsim.schema.json

    and an editor that speaks YAML completes field names and marks mistakes while you type.
    """
    text = json.dumps(editor_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        write_file(output, text.encode(), replace=True, example="channelsim.schema.json")
        click.echo(f"Wrote {output}")


def json_schema() -> dict[str, Any]:
    """The schema as an editor sees a scenario, in which keys are text and dates are written out."""
    schema: dict[str, Any] = _as_checked(Scenario.model_json_schema())
    return {"$schema": DIALECT, **schema}


def editor_schema() -> dict[str, Any]:
    """The schema of what may be written: wherever a number may stand, what is believed about it may."""
    schema: dict[str, Any] = _or_uncertain(json_schema())
    belief = _as_checked(belief_schema())
    definitions = belief.pop("$defs")
    named = {f"Belief{name}": each for name, each in definitions.items()}
    text = json.dumps(belief).replace("#/$defs/", "#/$defs/Belief")
    uncertain = {
        "type": "object",
        "description": "a number that nobody knows: drawn once per replication",
        "properties": {MARK: json.loads(text)},
        "required": [MARK],
        "additionalProperties": False,
    }
    return {**schema, "$defs": {**schema["$defs"], **named, "Uncertain": uncertain}}


def _or_uncertain(schema: Any) -> Any:
    """The schema with a belief allowed beside every number that is not a whole one."""
    if isinstance(schema, list):
        return [_or_uncertain(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "number":
        about = {key: value for key, value in schema.items() if key in ("default", "description", "title")}
        number = {key: value for key, value in schema.items() if key not in about}
        return {**about, "anyOf": [number, {"$ref": "#/$defs/Uncertain"}]}
    return {key: _or_uncertain(value) for key, value in schema.items()}


def _as_checked(schema: Any) -> Any:
    """The schema without what JSON Schema would read otherwise than the program does.

    `oneOf` becomes `anyOf`, because the program tells a union's members apart by shape, where JSON Schema would
    refuse what two members happen to accept. A mapping whose names follow a pattern takes no other names.
    """
    if isinstance(schema, list):
        return [_as_checked(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    checked = {"anyOf" if key == "oneOf" else key: _as_checked(value) for key, value in schema.items()}
    return {"additionalProperties": False, **checked} if "patternProperties" in checked else checked
