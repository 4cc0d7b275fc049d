"""`channelsim sweep`: many points, on a laptop or a cluster, and none of them lost."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from rich.console import Console, Group
from rich.live import Live
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from channelsim.cli.options import (
    json_option,
    quiet_option,
    seed_option,
    set_option,
    strategies_option,
    workers_option,
)
from channelsim.cli.whole import Whole
from channelsim.errors import UserError
from channelsim.experiment.executors import crew
from channelsim.experiment.replicate import DEFAULT_ENGINE, ENGINES
from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Outcome, Sweep, default_folder, run_sweep, sweep_of
from channelsim.experiment.sweep import Progress as Done
from channelsim.experiment.sweep_results import SweepResults
from channelsim.experiment.units import Unit, run_unit
from channelsim.experiment.workers import default_workers
from channelsim.report.files import DEFAULT_FOLDER, check_writable, file_stem
from channelsim.report.sweep import (
    best_sentence,
    best_table,
    duration,
    size_sentence,
    so_far_table,
    summary_as_json,
    told,
)
from channelsim.report.sweep_files import write_summary
from channelsim.report.tables import console_for
from channelsim.scenario.plan import plan_of, read_plan
from channelsim.scenario.schema import MAX_REPLICATIONS

PARTIAL = 1
TRIED = 3
"""Points and replications that --dry-run times."""
MOST_NAMED = 5
REDRAW_SECONDS = 0.5


@click.command("sweep")
@click.argument("scenario", metavar="SCENARIO")
@click.argument("plan", metavar="[PLAN]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--vary",
    "varied",
    metavar="PATH=VALUES",
    multiple=True,
    help="A parameter and its values, START:STOP:STEP or v1,v2,...; several make a grid. Instead of a PLAN.",
)
@set_option
@strategies_option("Simulate")
@click.option(
    "-n",
    "--replications",
    type=Whole(1, MAX_REPLICATIONS),
    metavar="N",
    help="How often to simulate each strategy at each point. Default: as the plan or the scenario says.",
)
@seed_option
@workers_option
@click.option(
    "--engine", type=click.Choice(list(ENGINES)), default=DEFAULT_ENGINE, show_default=True, help="Same results."
)
@click.option(
    "--cluster",
    metavar="ADDRESS|local:N",
    help="Run on a Dask cluster: its scheduler's address, or N processes here. Needs channelsim[cluster].",
)
@click.option(
    "--dry-run", is_flag=True, help="Say how much there is to do and about how long it takes; do nothing."
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The sweep's folder. Default: one for each scenario, seed and set of parameters, in outputs.",
)
@json_option
@quiet_option("the best point")
def command(
    scenario: str,
    plan: Path | None,
    varied: tuple[str, ...],
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    replications: int | None,
    seed: int | None,
    workers: int | None,
    engine: str,
    cluster: str | None,
    dry_run: bool,
    output: Path | None,
    as_json: bool,
    quiet: bool,
) -> int:
    """Simulate every point of a PLAN under every strategy.

    Whatever is finished is kept: the same command goes on where it was stopped, and more points or replications
    of the same parameters add to what is there. The exit status is 0, 1 if some points failed or nothing could be
    written, 2 if something is not sound.
    """
    if (plan is None) == (not varied):
        raise UserError("name a PLAN file or parameters with --vary, one of the two")
    sweep = sweep_of(
        scenario,
        plan_of(varied) if plan is None else read_plan(plan),
        sets=sets,
        strategies=strategies,
        replications=replications,
        seed=seed,
        engine=engine,
    )
    for note in sweep.study.notes:
        click.echo(note, err=True)
    count = workers or default_workers()
    folder = output or default_folder(sweep, Path(DEFAULT_FOLDER), file_stem(sweep.study.source))
    if not (as_json or quiet):
        click.echo(size_sentence(sweep))
    if dry_run:
        click.echo(f"About {duration(_estimate(sweep, count))} with {count} workers here; nothing was done.")
        return 0
    check_writable(folder)
    with Store(folder, sweep.told()) as store, _shown(sweep, hidden=as_json or quiet) as (show, tell):
        try:
            with crew(sweep.spec, count, cluster, tell) as workers_there:
                outcome = run_sweep(sweep, store, workers_there, show)
        except KeyboardInterrupt:
            click.echo("what is finished is kept; the same command goes on from there", err=True)
            raise
        results = SweepResults(sweep, folder)
        everything_failed = len(outcome.failed) and not list((folder / "parts").glob("*.parquet"))
        if not everything_failed:
            write_summary(results, folder)
    _tell_troubles(outcome)
    if everything_failed:
        return PARTIAL
    if as_json:
        click.echo(json.dumps(summary_as_json(results, str(folder), outcome.failed), indent=2))
        return PARTIAL if outcome.failed else 0
    console = console_for()
    if not quiet:
        if outcome.resumed:
            click.echo(f"{outcome.resumed:,} replications were there already.")
        console.print(best_table(results))
        console.print(f"[dim]means of {sweep.replications:,} replications, ± half of the 95% interval[/]\n")
        console.print(escape(told(results)))
    console.print(f"[bold]{escape(best_sentence(results))}[/]")
    click.echo(f"Files: {folder}")
    return PARTIAL if outcome.failed else 0


def _tell_troubles(outcome: Outcome) -> None:
    for name in outcome.broken:
        click.echo(f"{name} was not as it had been written: put aside, and its points simulated again", err=True)
    for point, strategy, reason in outcome.failed[:MOST_NAMED]:
        click.echo(f"point {point} of {strategy} failed: {reason}", err=True)
    if outcome.failed:
        more = len(outcome.failed) - MOST_NAMED
        also = f", {more:,} more of them not named" if more > 0 else ""
        click.echo(f"This sweep is partial{also}; the same command tries those again.", err=True)


def _estimate(sweep: Sweep, workers: int) -> float:
    """Seconds for all of it, from a few points."""
    spec = sweep.spec
    spent, made = 0.0, 0
    for point in sorted({0, sweep.points // 2, sweep.points - 1})[:TRIED]:
        for strategy in range(len(spec.strategies)):
            unit = Unit(point, strategy, 0, min(TRIED, sweep.replications))
            if not made:
                run_unit(spec, unit)  # compiles
            started = time.perf_counter()
            run_unit(spec.copy(), unit)
            spent += time.perf_counter() - started
            made += unit.stop
    return spent / made * sweep.total / workers


@contextmanager
def _shown(sweep: Sweep, *, hidden: bool) -> Iterator[tuple[Callable[[Done], None], Callable[[str], None]]]:
    """A bar with the time left and the best points so far, and a way to say a line above them."""
    console = Console(stderr=True)
    if hidden or not console.is_terminal:
        yield (lambda _: None), (lambda line: None if hidden else console.print(line))
        return
    bar = Progress(TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.description}"))
    task = bar.add_task("", total=sweep.total)
    drawn = 0.0
    with Live(bar, console=console, transient=True, auto_refresh=False) as live:

        def show(done: Done) -> None:
            nonlocal drawn
            if time.monotonic() - drawn < REDRAW_SECONDS:
                return
            drawn = time.monotonic()
            bar.update(task, completed=done.done, description=f"{duration(done.seconds_left)} left")
            live.update(Group(bar, so_far_table(sweep, done)), refresh=True)

        yield show, console.print
