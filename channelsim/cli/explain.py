"""`channelsim explain`: why is one strategy ahead of another?"""

from __future__ import annotations

import click
from rich.markup import escape

from channelsim.analysis.decomposition import FACTORS_OF, decompose
from channelsim.cli.notes import load_telling
from channelsim.cli.options import seed_option, set_option, workers_option
from channelsim.cli.progress import progress_bar
from channelsim.cli.whole import Whole
from channelsim.errors import RunError, UserError
from channelsim.experiment.books import books_of, waiting_for
from channelsim.experiment.causes import causes, groups_of
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import default_workers
from channelsim.report.explanation import (
    causes_table,
    constraint_sentence,
    decomposition_sentence,
    decomposition_table,
    waiting_table,
)
from channelsim.report.tables import console_for, print_inputs
from channelsim.report.verdict import DECIDED_BY
from channelsim.scenario.schema import MAX_REPLICATIONS

FEWEST = 2
PARTIAL = 1


@click.command("explain")
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
@click.option(
    "--by-cause/--no-by-cause",
    default=True,
    show_default=True,
    help="Split the difference by what the strategies change, too: up to 32 mixtures of both are simulated.",
)
@seed_option
@workers_option
def command(
    scenario: str,
    strategy: str,
    baseline: str,
    sets: tuple[str, ...],
    replications: int | None,
    by_cause: bool,
    seed: int | None,
    workers: int | None,
) -> int:
    """Explain why STRATEGY differs from BASELINE.

    Splits the difference of the decision metric into leads, win rate, deals and costs, which add up to it, then
    into what each change of the strategy brings, and says which team holds each strategy back.
    """
    if strategy == baseline:
        raise UserError(f"{strategy} twice; name two strategies to compare")
    study = load_telling(scenario, sets, only=(baseline, strategy))
    with progress_bar() as (on_progress, tell):
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
    if result.comparison.metric not in FACTORS_OF:
        raise UserError(
            f"{result.comparison.metric} is not split; add --set decision_metric=contribution, or another of "
            f"{', '.join(FACTORS_OF)}"
        )
    pair = (baseline, strategy)
    books = books_of(result, pair)
    if len(books[baseline].leads) < FEWEST:
        raise RunError("fewer than two replications of both strategies finished: there is nothing to explain")
    currency = study.scenario.currency
    found = decompose(result.comparison.metric, books[baseline], books[strategy], result.controls)
    console = console_for()
    print_inputs(console, study, baseline)
    console.print(f"[bold]Where the difference in {DECIDED_BY[found.metric][0]} comes from[/]")
    console.print(decomposition_table(found, baseline, strategy, currency))
    count = f"means of {len(books[baseline].leads):,} replications"
    console.print(f"[dim]{count}; ± half of the 95% interval, lead for lead; * beyond chance[/]\n")
    overrides = (study.overrides[baseline], study.overrides[strategy])
    groups = groups_of(*overrides)
    if by_cause and len(groups) > 1:
        with progress_bar("simulating mixtures of both") as (on_progress, _):
            found_causes = causes(
                scenario,
                sets,
                overrides,
                replications=result.replications,
                seed=result.seed,
                workers=workers or default_workers(),
                progress=on_progress,
                controls=result.controls,
            )
        console.print("[bold]Which change brings how much[/]")
        console.print(causes_table(found_causes, found.metric, currency))
        count = f"{2 ** len(groups)} mixtures simulated"
        console.print(f"[dim]averaged over all orders in which they could be made: {count}[/]\n")
    waiting = {name: waiting_for(result, name) for name in pair}
    console.print("[bold]What waiting costs[/]")
    console.print(waiting_table(result, waiting))
    console.print("[dim]at most: a lead that cooled counts what those served brought[/]\n")
    for name in pair:
        console.print(escape(constraint_sentence(name, waiting[name], currency)))
    console.print(f"[bold]{escape(decomposition_sentence(found, baseline, strategy, currency))}[/]")
    return PARTIAL if result.failures else 0
