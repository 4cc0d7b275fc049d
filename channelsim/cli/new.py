"""`channelsim new`: scenarios to start from."""

from __future__ import annotations

from pathlib import Path

import click
from rich.markup import escape
from rich.table import Table

from channelsim.cli.output import write_file
from channelsim.errors import UserError, suggest
from channelsim.report.tables import console_for
from channelsim.scenario.templates import template_folder


@click.command("new")
@click.argument("template", metavar="[TEMPLATE]", required=False)
@click.argument("file", metavar="[FILE]", required=False, type=click.Path(path_type=Path))
@click.option("--list-initiatives", is_flag=True, help="List the catalogue of tools and programmes instead.")
def command(template: str | None, file: Path | None, list_initiatives: bool) -> None:
    """List the scenarios to start from, or write one to FILE (default: TEMPLATE.yaml), comments included.

    A folder that does not exist is made. An existing file is never overwritten.
    """
    if list_initiatives:
        if template is not None:
            raise UserError("--list-initiatives lists the catalogue and takes no template; leave one of them out")
        _list_initiatives()
        return
    templates = {path.stem: path for path in sorted(template_folder().glob("*.yaml"))}
    if template is None:
        _list(templates)
        return
    if template not in templates:
        raise UserError(f"no template named '{template}'; {suggest(template, templates)}")
    target = file or Path(f"{template}.yaml")
    write_file(target, templates[template].read_bytes(), replace=False, example=f"{template}.yaml")
    click.echo(f"Wrote {target}. Try: channelsim check {target}, then channelsim run {target}")


def _list_initiatives() -> None:
    from channelsim.scenario.catalogue import catalogue

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    for heading in ("initiative", "what it is", "changes"):
        table.add_column(heading, overflow="fold")
    for name, entry in catalogue().items():
        changes = ", ".join(effect["change"] for effect in entry["effects"])
        table.add_row(escape(name), escape(" ".join(entry["description"].split())), escape(changes))
    console = console_for()
    console.print(table)
    console.print(
        "\nTake one into a scenario with, for example: initiatives: {dialler: {catalogue: dialler, teams: "
        "\\[inside]}}\nTheir effects are assumptions, modest and uncertain; whatever you write beside catalogue "
        "stands in place of the entry's."
    )


def _list(templates: dict[str, Path]) -> None:
    from channelsim.scenario.load import load

    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("template")
    table.add_column("what it is")
    for name, path in templates.items():
        scenario = load(path).scenario
        table.add_row(escape(name), escape(scenario.description.strip() or scenario.name))
    console = console_for()
    console.print(table)
    console.print("\nWrite one with, for example: channelsim new quickstart my.yaml")
