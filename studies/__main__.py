"""`python -m studies STUDY`: simulate what a study needs, print its tables, write them and its charts."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from channelsim.cli.whole import Whole
from channelsim.errors import UserError
from channelsim.experiment.workers import default_workers
from channelsim.report.files import DEFAULT_FOLDER, check_writable
from channelsim.scenario.schema import MAX_REPLICATIONS, MAX_SEED
from studies import curves, response_time, round_trip, sizing, year_of_execution
from studies.report import Findings, print_tables, write_findings

OnProgress = Callable[[int, int], None]
FEWEST_REPLICATIONS = 2
WIDTH = 200
STOPPED = 130


@dataclass(frozen=True)
class Study:
    """find: from replications, seed, workers and progress to findings. replications: as in the study's page."""

    find: Callable[[int, int, int, OnProgress], Findings]
    replications: int


STUDIES = {
    "curves": Study(curves.find, curves.REPLICATIONS),
    "response_time": Study(response_time.find, response_time.REPLICATIONS),
    "round_trip": Study(round_trip.find, round_trip.REPLICATIONS),
    "sizing": Study(sizing.find, sizing.REPLICATIONS),
    "year_of_execution": Study(year_of_execution.find, year_of_execution.REPLICATIONS),
}


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("name", metavar="STUDY", type=click.Choice(list(STUDIES)))
@click.option(
    "-n",
    "--replications",
    type=Whole(FEWEST_REPLICATIONS, MAX_REPLICATIONS),
    metavar="N",
    help="How often each world is simulated. Default: as in the study's page.",
)
@click.option("--seed", type=Whole(0, MAX_SEED), default=1, show_default=True, metavar="N", help="Other luck.")
@click.option(
    "--workers",
    type=Whole(1, 1024),
    metavar="N",
    help="Processors to use; results do not depend on it. Default: all.",
)
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    metavar="DIR",
    help="Folder in which the study's own folder is made.",
)
def main(name: str, replications: int | None, seed: int, workers: int | None, output: Path) -> None:
    """Reproduce a study: response_time, sizing or year_of_execution, each with a page in docs/studies; curves, of
    docs/curves.md; or round_trip, of docs/calibrate.md."""
    study = STUDIES[name]
    count = replications or study.replications
    check_writable(output)
    with _progress() as on_progress:
        findings = study.find(count, seed, workers or default_workers(), on_progress)
    folder = output / f"study-{name}-n{count}-seed{seed}"
    print_tables(Console(highlight=False, width=WIDTH), findings.tables)
    write_findings(findings, folder)
    click.echo(f"Files: {folder}")


@contextmanager
def _progress() -> Iterator[OnProgress]:
    """A bar on standard error, gone when it is done."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn("simulating"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn(compact=True),
        TextColumn("left"), console=console, transient=True, disable=not console.is_terminal,
    )  # fmt: skip
    with bar:
        task = bar.add_task("", total=None)
        yield lambda done, total: bar.update(task, completed=done, total=total)


if __name__ == "__main__":
    try:
        main(standalone_mode=False)
    except UserError as error:
        click.echo(str(error), err=True)
        sys.exit(error.exit_status)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except (click.Abort, KeyboardInterrupt):
        click.echo("stopped; nothing was written", err=True)
        sys.exit(STOPPED)
