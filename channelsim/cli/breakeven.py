"""`channelsim breakeven`: from which deal value on does a strategy pay more than another?"""

from __future__ import annotations

import json

import click
from rich.markup import escape

from channelsim.cli.notes import load_telling
from channelsim.cli.options import json_option, seed_option, set_option, workers_option
from channelsim.cli.progress import progress_bar
from channelsim.cli.whole import Whole
from channelsim.errors import UserError
from channelsim.experiment.breakeven import break_evens
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import default_workers
from channelsim.report.breakeven import breakeven_as_json, breakeven_sentences, breakeven_table, lifetime_table
from channelsim.report.tables import console_for, print_inputs
from channelsim.scenario.schema import MAX_REPLICATIONS

FEWEST = 2
PARTIAL = 1


@click.command("breakeven")
@click.argument("scenario", metavar="SCENARIO")
@click.argument("strategy", metavar="STRATEGY")
@click.argument("baseline", metavar="BASELINE")
@set_option
@click.option(
    "-n",
    "--replications",
    type=Whole(FEWEST, MAX_REPLICATIONS),
    metavar="N",
    help="How often to simulate both. Default: as the scenario says.",
)
@seed_option
@workers_option
@json_option
def command(
    scenario: str,
    strategy: str,
    baseline: str,
    sets: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    as_json: bool,
) -> int:
    """Say from which deal value on STRATEGY pays more than BASELINE, segment by segment.

    A lead sold the one way costs more and is won more often, or the other way round; from some deal value on,
    that is worth it. Costs are all in, by the hours that each segment's leads took.
    """
    if strategy == baseline:
        raise UserError(f"{strategy} twice; name two strategies to compare")
    study = load_telling(scenario, sets, only=(baseline, strategy))
    with progress_bar(hidden=as_json) as (on_progress, tell):
        result = run_study(
            study,
            replications=replications,
            seed=seed,
            workers=workers or default_workers(),
            baseline=baseline,
            progress=on_progress,
            tell=tell,
        )
    for failure in result.failures:
        click.echo(str(failure), err=True)
    found = break_evens(result, strategy, baseline)
    if as_json:
        click.echo(json.dumps(breakeven_as_json(found, strategy, baseline), indent=2, allow_nan=False))
        return PARTIAL if result.failures else 0
    console = console_for()
    print_inputs(console, study, baseline)
    console.print(f"[bold]From which deal value on {escape(strategy)} pays more than {escape(baseline)}[/]")
    console.print(breakeven_table(found, study.scenario.currency))
    notes = (
        f"means of {result.replications:,} replications, {baseline} > {strategy}; 95% intervals; * beyond chance. "
        "Commission counts against the margin, all other costs as they are."
    )
    console.print(f"[dim]{escape(notes)}[/]\n")
    for_life = lifetime_table(found, study.scenario.currency)
    if for_life is not None:
        years = study.scenario.finance.lifetime_years
        console.print(f"[bold]By the margin of {years} years of each customer, discounted[/]")
        console.print(for_life)
        console.print()
    for sentence in breakeven_sentences(found, strategy, baseline):
        console.print(f"[bold]{escape(sentence)}[/]")
    return PARTIAL if result.failures else 0
