"""`channelsim schema`: the scenario's JSON Schema, so that an editor completes and checks the YAML."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from channelsim.scenario.schema import Scenario

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@click.command("schema")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write to this file instead of the screen.")
def command(output: Path | None) -> None:
    """Write the JSON Schema of scenario files.

    Save it beside a scenario and begin the scenario with the line

    \b
    # yaml-language-server: $schema=./channelsim.schema.json

    and an editor that speaks YAML completes field names and marks mistakes while you type.
    """
    text = json.dumps(json_schema(), indent=2, ensure_ascii=False) + "\n"
    if output is None:
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def json_schema() -> dict[str, Any]:
    """The schema as an editor sees a scenario, in which keys are text and dates are written out."""
    schema: dict[str, Any] = _any_of(Scenario.model_json_schema())
    return {"$schema": DIALECT, **schema}


def _any_of(schema: Any) -> Any:
    """`oneOf` as `anyOf`: the program tells a union's members apart by shape, and JSON Schema, which does not
    know how, would refuse what two members happen to accept."""
    if isinstance(schema, dict):
        return {"anyOf" if key == "oneOf" else key: _any_of(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return [_any_of(each) for each in schema]
    return schema
