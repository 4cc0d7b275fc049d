"""`channelsim reprice`: new prices over a run that is stored."""

from __future__ import annotations

import json
from pathlib import Path

import click

from channelsim.errors import UserError
from channelsim.experiment.reprice import reprice
from channelsim.experiment.stored import open_run
from channelsim.report.files import write_repriced
from channelsim.report.reprice import print_repriced
from channelsim.report.summary_json import run_as_json
from channelsim.report.tables import console_for


@click.command("reprice")
@click.argument("run_dir", metavar="RUN_DIR", type=click.Path(path_type=Path))
@click.option(
    "--set",
    "sets",
    metavar="PATH=VALUE",
    multiple=True,
    help="A new price: teams.outside.pay.salary=130000; of one strategy, strategies.NAME.PATH. May be repeated.",
)
@click.option("--write", is_flag=True, help="Write the tables, too, to a folder in RUN_DIR.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object and nothing else.")
def command(run_dir: Path, sets: tuple[str, ...], write: bool, as_json: bool) -> int:
    """Put new prices on what happened in a run, without simulating again.

    RUN_DIR is the folder of a run. Pay plans, costs, margins, churn and interest are prices; what would change what
    people do is refused. The result is the one that a new run with the same seed would have.
    """
    if not sets:
        raise UserError("nothing to reprice; name a price with --set, such as teams.outside.pay.salary=130000")
    run = open_run(run_dir)
    before, after = reprice(run, ()), reprice(run, sets)
    for note in after.study.notes:
        click.echo(note, err=True)
    folder = write_repriced(after, run_dir) if write else run_dir
    if as_json:
        click.echo(json.dumps(run_as_json(after, folder), indent=2, allow_nan=False))
        return 0
    print_repriced(console_for(), before, after, sets)
    if write:
        click.echo(f"Files: {folder}")
    return 0
