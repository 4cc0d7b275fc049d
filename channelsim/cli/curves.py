"""`channelsim curves`: what the next deal costs, where strategies break even, how flat the top is."""

from __future__ import annotations

import json
from pathlib import Path

import click
from rich.markup import escape

from channelsim.cli.options import (
    baseline_option,
    json_option,
    output_option,
    quiet_option,
    seed_option,
    set_option,
    strategies_option,
    workers_option,
)
from channelsim.cli.progress import progress_bar
from channelsim.cli.whole import Whole
from channelsim.experiment.curves import DEFAULT_METRICS, replications_of, run_curves
from channelsim.experiment.workers import default_workers
from channelsim.report.curves import optimum_sentences, print_curves
from channelsim.report.curves_files import curves_as_json, write_curves
from channelsim.report.files import REPORT, check_writable
from channelsim.report.tables import console_for
from channelsim.scenario.points import load_points
from channelsim.scenario.schema import AUTO, MAX_REPLICATIONS

FEWEST = 2
PARTIAL = 1


@click.command("curves")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--vary",
    metavar="PATH=VALUES",
    required=True,
    help="The parameter and its values: START:STOP:STEP or v1,v2,...; x0.5 multiplies what the file says; * in the "
    "path stands for any one name.",
)
@click.option(
    "--metric",
    "metrics",
    metavar="NAME",
    multiple=True,
    help=f"A curve to draw; may be repeated. Default: {', '.join(DEFAULT_METRICS)}.",
)
@set_option
@strategies_option("Draw")
@click.option(
    "-n",
    "--replications",
    type=Whole(FEWEST, MAX_REPLICATIONS),
    metavar="N",
    help="How often to simulate each strategy at each value. Default: as the scenario says.",
)
@seed_option
@workers_option
@baseline_option
@output_option("the curves' own folder is")
@json_option
@quiet_option("the best points")
def command(
    scenario: str,
    vary: str,
    metrics: tuple[str, ...],
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    baseline: str | None,
    output: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Draw cost and contribution of each strategy over one parameter, on the same leads at all points.

    Such as: channelsim curves my.yaml --vary 'sources.*.leads_per_month=x0.5:x2:x0.1'. Says where strategies break
    even and where each is at its best, and writes a report and the curves to DIR/<scenario>-curves-<hash>. The exit
    status is 0, 1 if some replications failed or nothing could be written, 2 if the scenario is not sound.
    """
    points = load_points(scenario, vary, sets, strategies)
    for note in points.notes:
        click.echo(note, err=True)
    check_writable(output)
    if replications is None and points.study.scenario.replications == AUTO:
        click.echo(f"{replications_of(points)} replications at each value; choose another number with -n", err=True)
    with progress_bar(hidden=as_json or quiet) as (on_progress, tell):
        curves = run_curves(
            points,
            metrics=metrics,
            replications=replications,
            seed=seed,
            workers=workers or default_workers(),
            baseline=baseline,
            progress=on_progress,
            tell=tell,
        )
    folder = write_curves(curves, output)
    for failure in curves.failures:
        click.echo(str(failure), err=True)
    if as_json:
        click.echo(json.dumps(curves_as_json(curves, folder), indent=2, allow_nan=False))
    else:
        console = console_for()
        if not quiet:
            print_curves(console, curves)
        for sentence in optimum_sentences(curves):
            console.print(f"[bold]{escape(sentence)}[/]")
        click.echo(f"Report: {folder / REPORT}")
        click.echo(f"Files: {folder}")
    if curves.failures:
        failed = "1 replication" if len(curves.failures) == 1 else f"{len(curves.failures)} replications"
        click.echo(f"These curves are partial: {failed} failed, named above.", err=True)
        return PARTIAL
    return 0
