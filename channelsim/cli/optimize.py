"""`channelsim optimize`: the best headcounts, thresholds, budgets and initiatives within bounds."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from channelsim.cli.options import json_option, output_option, quiet_option, seed_option, set_option, workers_option
from channelsim.cli.whole import Amount, Whole
from channelsim.experiment.finals import FINALISTS, MOST, FinalRule
from channelsim.experiment.optimize import EVALUATIONS, REPLICATIONS, Asked, optimize
from channelsim.experiment.search import FEWEST_REPLICATIONS, Step
from channelsim.experiment.workers import default_workers
from channelsim.report.files import check_writable, file_stem
from channelsim.report.optimum import print_optimum
from channelsim.report.optimum_files import optimum_as_json, run_command, write_optimum
from channelsim.report.optimum_words import best_so_far, optimum_sentences
from channelsim.report.tables import console_for
from channelsim.scenario.schema import MAX_REPLICATIONS

NOTHING_FOUND = 1
INTERRUPTED = 130
MOST_EVALUATIONS = 100_000


@click.command("optimize")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--decide",
    metavar="PATH=VALUES",
    multiple=True,
    required=True,
    help="What may be changed: LOW:HIGH, START:STOP:STEP or v1,v2,...; or rollout: each initiative in or out. It "
    "holds for the strategy, even where that has a value of its own. May be repeated.",
)
@click.option("--strategy", metavar="NAME", help="The strategy to improve. Default: the first.")
@click.option(
    "--maximize",
    metavar="METRIC",
    multiple=True,
    help="What is wanted. Default: the scenario's decision metric. Two goals make a front.",
)
@click.option("--minimize", metavar="METRIC", multiple=True, help="What is to be low.")
@click.option(
    "--subject-to",
    "subject_to",
    metavar="BOUND",
    multiple=True,
    help="A bound on a mean, a sum or a chance: 'cost_total<=3e6', 'headcount.inside+headcount.outside<=12', "
    "'P(bookings>=5e6)>=0.8'. May be repeated.",
)
@set_option
@click.option(
    "--evaluations",
    type=Whole(10, MOST_EVALUATIONS),
    default=EVALUATIONS,
    show_default=True,
    metavar="N",
    help="How many combinations to simulate at most.",
)
@click.option(
    "-n",
    "--replications",
    type=Whole(FEWEST_REPLICATIONS, MAX_REPLICATIONS),
    default=REPLICATIONS,
    show_default=True,
    metavar="N",
    help="Of promising combinations in the search; others stop sooner.",
)
@click.option("--minutes", type=Whole(1, 100_000), metavar="N", help="Stop after about so many minutes.")
@click.option(
    "--finalists",
    type=Whole(2, 50),
    default=FINALISTS,
    show_default=True,
    metavar="N",
    help="How many to simulate anew at the end, to select the best of them.",
)
@click.option(
    "--most",
    type=Whole(2, MAX_REPLICATIONS),
    default=MOST,
    show_default=True,
    metavar="N",
    help="The most replications of each finalist.",
)
@click.option(
    "--indifference",
    type=Amount(),
    metavar="AMOUNT",
    help="A difference that does not matter. Default: 2% of the best.",
)
@seed_option
@workers_option
@output_option("the optimum's own folder is")
@json_option
@quiet_option("the best")
def command(
    scenario: str,
    decide: tuple[str, ...],
    strategy: str | None,
    maximize: tuple[str, ...],
    minimize: tuple[str, ...],
    subject_to: tuple[str, ...],
    sets: tuple[str, ...],
    evaluations: int,
    replications: int,
    minutes: int | None,
    finalists: int,
    most: int,
    indifference: float | None,
    seed: int | None,
    workers: int | None,
    output: Path,
    as_json: bool,
    quiet: bool,
) -> int:
    """Find the best headcounts, thresholds, budgets and initiatives of a strategy within bounds.

    Such as: channelsim optimize my.yaml --decide teams.inside.headcount=2:12 --decide rollout --subject-to
    'cost_total<=3e6'. Writes all combinations, the finalists and the best scenario to
    DIR/<scenario>-optimum-<hash>. Ctrl-C ends the search and tells the best so far; the same command goes on from
    there. The exit status is 0, 1 if nothing keeps to the bounds or can be written, 2 if the scenario is not sound,
    130 after Ctrl-C.
    """
    check_writable(output)
    asked = Asked(
        decide=decide,
        strategy=strategy,
        maximize=maximize,
        minimize=minimize,
        subject_to=subject_to,
        sets=sets,
        evaluations=evaluations,
        replications=replications,
        seed=seed,
        minutes=minutes,
        rule=FinalRule(finalists, most, indifference),
    )
    with _progress(evaluations, hidden=as_json or quiet) as (on_step, on_finals, tell):
        optimum = optimize(
            scenario,
            asked,
            parent=output,
            stem=file_stem(scenario),
            workers=workers or default_workers(),
            on_step=on_step,
            on_finals=on_finals,
            tell=tell,
        )
    folder = write_optimum(optimum, scenario, output)
    if as_json:
        click.echo(json.dumps(optimum_as_json(optimum, folder), indent=2, allow_nan=False))
    else:
        console = console_for()
        if not quiet:
            print_optimum(console, optimum)
        first, *others = optimum_sentences(optimum)
        console.print(f"[bold]{escape(first)}[/]")
        for sentence in others if not quiet else others[:1]:
            console.print(escape(sentence))
        if line := run_command(optimum, folder):
            click.echo(f"Run it: {line}")
        click.echo(f"Files: {folder}")
    if optimum.is_interrupted:
        return INTERRUPTED
    return 0 if optimum.found.front else NOTHING_FOUND


@contextmanager
def _progress(
    evaluations: int, *, hidden: bool
) -> Iterator[tuple[Callable[[Step], None], Callable[[int], None], Callable[[str], None]]]:
    """How far the search is and the best so far, on standard error, gone when it is done."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("{task.description}"),
        BarColumn(bar_width=16),
        MofNCompleteColumn(),
        TextColumn("combinations; {task.fields[best]}"),
        console=console,
        transient=True,
        disable=hidden or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("searching", total=evaluations, best="nothing yet")
        yield (
            lambda step: bar.update(task, completed=step.evaluations, best=escape(best_so_far(step))),
            lambda count: bar.update(
                task, description="finalists", best=f"{count:,} replications of each finalist"
            ),
            lambda line: None if hidden else console.print(line),
        )
