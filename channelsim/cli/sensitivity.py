"""`channelsim sensitivity`: what could turn the verdict, and what it would be worth to know it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

import click
from rich.markup import escape

from channelsim.analysis.indices import MORRIS, SOBOL
from channelsim.cli.options import (
    json_option,
    output_option,
    quiet_option,
    seed_option,
    set_option,
    strategies_option,
    workers_option,
)
from channelsim.cli.progress import progress_bar
from channelsim.cli.whole import Share, Whole
from channelsim.experiment.sensitivity import (
    BASE_POINTS,
    FAILURES_TOLD,
    REPLICATIONS,
    TRAJECTORIES,
    question_of,
    run_sensitivity,
)
from channelsim.experiment.workers import default_workers
from channelsim.report.files import check_writable, file_stem
from channelsim.report.sensitivity import print_sensitivity, sentences
from channelsim.report.sensitivity_files import sensitivity_as_json, write_sensitivity
from channelsim.report.tables import console_for
from channelsim.scenario.candidates import SPREAD
from channelsim.scenario.schema import MAX_REPLICATIONS

FEWEST = 2
MOST_SIZE = 100_000
PARTIAL = 1


@click.command("sensitivity")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--vary",
    "varied",
    metavar="PATH=LOW:HIGH",
    multiple=True,
    help="A parameter and its ends; may be repeated. x0.5:x2 multiplies what the file says; * in the path stands "
    "for any one name. Default: the scenario's uncertain numbers.",
)
@click.option(
    "--auto",
    is_flag=True,
    help="Vary what a sales leader would doubt: leads, chances, effort, people, pay. Default where nothing is "
    "declared or uncertain.",
)
@click.option(
    "--spread",
    type=Share(),
    metavar="SHARE",
    help=f"With --auto: by how much, up and down. Default: {SPREAD}.",
)
@click.option(
    "--method",
    type=click.Choice([MORRIS, SOBOL]),
    default=MORRIS,
    show_default=True,
    help="morris: which matter at all; sobol: each one's share of the variance, for more points.",
)
@click.option(
    "--size",
    type=Whole(FEWEST, MOST_SIZE),
    metavar="N",
    help=f"Trajectories of morris (default {TRAJECTORIES}), or base points of sobol, a power of 2 (default "
    f"{BASE_POINTS}).",
)
@set_option
@strategies_option("Compare")
@click.option(
    "-n",
    "--replications",
    type=Whole(FEWEST, MAX_REPLICATIONS),
    metavar="N",
    default=REPLICATIONS,
    show_default=True,
    help="How often to simulate each strategy at each point.",
)
@seed_option
@workers_option
@output_option("the study's own folders are")
@json_option
@quiet_option("the sentences")
def command(
    scenario: str,
    varied: tuple[str, ...],
    auto: bool,
    spread: float | None,
    method: Literal["morris", "sobol"],
    size: int | None,
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    replications: int,
    seed: int | None,
    workers: int | None,
    output: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Say which parameters could turn the verdict, and what it would be worth to know each exactly.

    Varies the scenario's uncertain numbers, or what --vary declares, or what a sales leader would doubt. Writes
    tables and charts to DIR/<scenario>-sensitivity-<hash>; stopped, the same command goes on from where it was. The
    exit status is 0, 1 if some points failed or nothing could be written, 2 if something is not sound.
    """
    question = question_of(
        scenario,
        varied=varied,
        auto=auto,
        spread=spread,
        sets=sets,
        strategies=strategies,
        method=method,
        size=size,
        replications=replications,
        seed=seed,
    )
    for note in question.study.notes:
        click.echo(note, err=True)
    check_writable(output)
    count = len(question.parameters)
    click.echo(
        f"{count} parameter{'s'[: count != 1]}: {question.how}; {question.points:,} points at most, "
        f"{replications:,} replications of each strategy",
        err=True,
    )
    with progress_bar(hidden=as_json or quiet) as (on_progress, tell):
        result = run_sensitivity(
            question,
            output,
            file_stem(question.study.source),
            workers=workers or default_workers(),
            progress=on_progress,
            tell=tell,
        )
    folder = write_sensitivity(result, output)
    if as_json:
        click.echo(json.dumps(sensitivity_as_json(result, folder), indent=2, allow_nan=False))
    else:
        console = console_for()
        if not quiet:
            print_sensitivity(console, result)
        for sentence in sentences(result):
            console.print(escape(sentence))
        click.echo(f"Files: {folder}")
    if result.failed:
        for line in result.failed[:FAILURES_TOLD]:
            click.echo(line, err=True)
        click.echo(
            f"This study is partial: {len(result.failed):,} simulations failed, and {result.findings.left_out:,} "
            "points are left out with them.",
            err=True,
        )
        return PARTIAL
    return 0
