"""`channelsim run`: the main job."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click
from rich.markup import escape

from channelsim.cli.notes import load_telling
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
from channelsim.cli.whole import Amount, Share, Whole
from channelsim.experiment.replicate import DEFAULT_ENGINE, ENGINES
from channelsim.experiment.run import run_study
from channelsim.experiment.stopping import MOST_REPLICATIONS, PRECISION, Rule, Until
from channelsim.experiment.workers import default_workers
from channelsim.report.files import REPORT, WORKBOOK, check_writable, write_run
from channelsim.report.summary_json import run_as_json
from channelsim.report.tables import console_for, print_run
from channelsim.report.verdict import verdict
from channelsim.scenario.schema import AUTO, MAX_REPLICATIONS

PARTIAL = 1


@click.command("run")
@click.argument("scenario", metavar="SCENARIO")
@set_option
@strategies_option("Run")
@click.option(
    "-n",
    "--replications",
    type=Whole(1, MAX_REPLICATIONS, AUTO),
    metavar="N|auto",
    help="How often to simulate each strategy, or until the question is answered. Default: as the scenario says.",
)
@click.option(
    "--until",
    type=click.Choice([str(each) for each in Until]),
    default=str(Until.SETTLED),
    show_default=True,
    help="With auto: until the best strategy is settled, or until every difference is precise.",
)
@click.option(
    "--precision",
    type=Share(),
    default=PRECISION,
    show_default=True,
    metavar="SHARE",
    help="With auto: how precise is enough, as a share of the baseline's mean.",
)
@click.option(
    "--indifference",
    type=Amount(),
    metavar="AMOUNT",
    help="With auto: a difference that does not matter. Default: the precision's share of the baseline.",
)
@click.option(
    "--most",
    type=Whole(2, MAX_REPLICATIONS),
    default=MOST_REPLICATIONS,
    show_default=True,
    metavar="N",
    help="With auto: the most replications to make.",
)
@click.option(
    "--minutes",
    type=Whole(1, 100_000),
    metavar="N",
    help="With auto: stop at the next look once so many minutes have passed.",
)
@seed_option
@workers_option
@click.option(
    "--engine",
    type=click.Choice(list(ENGINES)),
    default=DEFAULT_ENGINE,
    show_default=True,
    help="The compiled engine, or the one written to be read: same results, a hundred times slower.",
)
@click.option(
    "--target",
    "targets",
    metavar="METRIC=VALUE",
    multiple=True,
    help="A figure to reach, such as bookings=12e6; how surely each strategy does. May be repeated.",
)
@baseline_option
@output_option("the run's own folder is")
@click.option("--excel", is_flag=True, help="Write costs.xlsx, too: the profit and loss as live formulas.")
@json_option
@quiet_option("the verdict")
def command(
    scenario: str,
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    replications: int | Literal["auto"] | None,
    until: str,
    precision: float,
    indifference: float | None,
    most: int,
    minutes: int | None,
    seed: int | None,
    workers: int | None,
    engine: str,
    targets: tuple[str, ...],
    baseline: str | None,
    output: Path,
    excel: bool,
    as_json: bool,
    quiet: bool,
) -> int:
    """Simulate a scenario's strategies many times over and say which is better, by how much, how surely.

    Writes a report, tables, charts and a manifest to DIR/<scenario>-<hash>. The exit status is 0, 1 if some
    replications failed or nothing could be written, 2 if the scenario is not sound.
    """
    study = load_telling(scenario, sets, only=strategies)
    check_writable(output)
    with progress_bar(hidden=as_json or quiet) as (on_progress, tell):
        result = run_study(
            study,
            replications=replications,
            rule=Rule(Until(until), precision, most, indifference, None if minutes is None else 60.0 * minutes),
            seed=seed,
            workers=workers or default_workers(),
            baseline=baseline,
            engine=engine,
            targets=targets,
            progress=on_progress,
            tell=tell,
        )
    folder = write_run(result, output, excel=excel)
    for failure in result.failures:
        click.echo(str(failure), err=True)
    if as_json:
        click.echo(json.dumps(run_as_json(result, folder), indent=2, allow_nan=False))
    else:
        console = console_for()
        if not quiet:
            print_run(console, result)
        found = verdict(result)
        console.print(f"[bold]{escape(found.sentence)}[/]")
        if found.guarantee:
            console.print(escape(found.guarantee))
        click.echo(f"Report: {folder / REPORT}")
        if excel:
            click.echo(f"Workbook: {folder / WORKBOOK}")
        click.echo(f"Files: {folder}")
    if result.failures:
        failed = "1 replication" if len(result.failures) == 1 else f"{len(result.failures)} replications"
        click.echo(f"This result is partial: {failed} failed, named above.", err=True)
        return PARTIAL
    return 0
