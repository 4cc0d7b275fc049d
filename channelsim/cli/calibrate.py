"""`channelsim calibrate`: from a CRM's export to a scenario."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click
from rich.markup import escape

from channelsim.calibrate.checking.holdout import windows_of
from channelsim.calibrate.writing.template import DEFAULT_TEMPLATE, find_template
from channelsim.cli.options import quiet_option, workers_option
from channelsim.cli.output import write_file
from channelsim.cli.progress import progress_bar
from channelsim.cli.whole import Whole
from channelsim.errors import RunError, UserError
from channelsim.experiment.workers import default_workers
from channelsim.report.calibration_tables import (
    lines_of_assumed,
    print_columns,
    print_data,
    print_estimates,
    print_sentences,
    print_settled,
)
from channelsim.report.files import check_writable
from channelsim.report.tables import console_for

if TYPE_CHECKING:
    from channelsim.calibrate.reading.mapping import Mapping
    from channelsim.calibrate.reading.read import Reading

SCENARIO = "scenario.yaml"
MAP = "map.yaml"
MOST_HELD_OUT = 120
FILE = click.Path(path_type=Path)


@click.command("calibrate")
@click.argument("exports", metavar="EXPORT...", nargs=-1, required=True, type=FILE)
@click.option(
    "-o",
    "--output",
    type=FILE,
    default=Path(SCENARIO),
    show_default=True,
    metavar="FILE",
    help="Scenario to write.",
)
@click.option(
    "--replace", is_flag=True, help="Write over a scenario (or, with --write-map, a mapping) that exists."
)
@click.option("--map", "map_file", type=FILE, metavar="FILE", help="What columns and values are: a mapping file.")
@click.option(
    "--write-map",
    type=FILE,
    metavar="FILE",
    help="Write how the export is read as a mapping file to edit, and stop.",
)
@click.option(
    "--template",
    default=DEFAULT_TEMPLATE,
    show_default=True,
    metavar="NAME|FILE",
    help="Scenario from which comes what no export says: effort, pay, margins.",
)
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="YYYY-MM-DD",
    help="The day of the export. Default: the last day in it.",
)
@click.option(
    "--currency", metavar="CODE", help="Of the amounts, such as EUR. Default: as the export says, else USD."
)
@click.option(
    "--holdout",
    type=Whole(1, MOST_HELD_OUT),
    metavar="MONTHS",
    help="Test it: learn from what was known so many whole months before the end, predict them, and compare.",
)
@click.option(
    "--report",
    "report_folder",
    type=FILE,
    metavar="DIR",
    help="Write report.html there: every fit against the data, what was assumed, what to measure next.",
)
@workers_option
@click.option("--yes", is_flag=True, help="Do not ask whether the columns are read right.")
@quiet_option("what to do next")
def command(
    exports: tuple[Path, ...],
    output: Path,
    replace: bool,
    map_file: Path | None,
    write_map: Path | None,
    template: str,
    as_of: dt.datetime | None,
    currency: str | None,
    holdout: int | None,
    report_folder: Path | None,
    workers: int | None,
    yes: bool,
    quiet: bool,
) -> None:
    """Read a CRM's export (CSV, Excel or Parquet, one file or several) and write a scenario from it.

    Each figure carries its uncertainty; what no export says comes from a template and is marked "assumed". Days in
    the steps are corrected until simulated deals stay in them as long as those of the export.
    """
    target = write_map or output
    if target.exists() and not replace:
        raise RunError(f"{target} exists already and was left as it is; name another file, or add --replace")
    if report_folder is not None:
        check_writable(report_folder, "--report")
    find_template(template)  # a wrong name is not to be told after minutes
    day = as_of.date() if as_of else None
    mapping = _mapping(map_file)
    if write_map is not None:
        _write_map(exports, mapping, day, currency, write_map, replace)
        return
    reading = _read(exports, mapping, day, currency)
    if holdout is not None:
        windows_of(reading.export, holdout)  # too short an export is not to be told after minutes
    console = console_for()
    if not quiet:
        print_columns(console, reading.export.columns)
        print_data(console, reading.export)
    if not (yes or quiet) and _asks() and not click.confirm("Are the columns read right?", default=True):
        raise UserError(f"Nothing was written. Say how to read it: --write-map {MAP}, edit {MAP}, then --map {MAP}")
    from channelsim.calibrate.fitting.fit import estimate  # what fits is slow to import
    from channelsim.calibrate.writing.write import write_scenario

    fit = estimate(reading.export)
    if not quiet:
        print_estimates(console, fit)
        print_sentences(console, fit.sentences)
        click.echo("Settling: simulating until simulated deals take as long as the export's ...", err=True)
    written = write_scenario(fit, template, file=output.name)
    write_file(output, written.text.encode(), replace=replace, example=SCENARIO)
    if not quiet:
        print_settled(console, written.settled)
        print_sentences(console, written.notes)
        for line in lines_of_assumed(written.assumed, written.template):
            console.print(escape(line))
        console.print()
    click.echo(f'Wrote {output}. Put your own figures where it says "assumed", effort and pay first.')
    click.echo(f"Then: channelsim check {output}, and channelsim run {output}")
    backtest = None
    if holdout is not None:
        from channelsim.calibrate.checking.backtest import run_backtest
        from channelsim.report.backtest_table import print_backtest

        with progress_bar("predicting", hidden=quiet) as (show, _):
            backtest = run_backtest(
                reading.export,
                holdout,
                learn=estimate,
                write=lambda early, start: write_scenario(early, template, start=start).text,
                progress=show,
            )
        click.echo()
        print_backtest(console, backtest)
    if report_folder is not None:
        from channelsim.calibrate.checking.measure_next import what_to_measure
        from channelsim.report.calibration import write_calibration_report

        with progress_bar("looking for what to measure next", hidden=quiet) as (show, _):
            found = what_to_measure(
                fit, written.text, output.name, workers=workers or default_workers(), progress=show
            )
        words = [*(str(each) for each in exports), "-o", str(output), "--template", template]
        for option, value in (
            ("--map", map_file),
            ("--as-of", day),
            ("--currency", currency),
            ("--holdout", holdout),
        ):
            words += [option, str(value)] if value is not None else []
        told = shlex.join(["channelsim", "calibrate", *words, "--report", str(report_folder)])
        write_calibration_report(report_folder, fit, written, backtest, found, command=told)
        click.echo(f"Files: {report_folder}")


def _asks() -> bool:
    """Whether somebody is there to answer."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def _mapping(file: Path | None) -> Mapping | None:
    if file is None:
        return None
    from channelsim.calibrate.reading.mapping import read_mapping

    return read_mapping(file)


def _read(
    exports: tuple[Path, ...], mapping: Mapping | None, as_of: dt.date | None, currency: str | None
) -> Reading:
    from channelsim.calibrate.reading.read import read_with_mapping

    return read_with_mapping(exports, mapping, as_of=as_of, currency=currency)


def _write_map(
    exports: tuple[Path, ...],
    mapping: Mapping | None,
    as_of: dt.date | None,
    currency: str | None,
    target: Path,
    replace: bool,
) -> None:
    """Write how the export is read. One that cannot be read yet leaves the columns that were recognised, and says
    what is in the way."""
    from channelsim.calibrate.reading.mapping import mapping_text
    from channelsim.calibrate.reading.read import draft_mapping

    files = tuple(str(each) for each in exports)
    failure: UserError | None = None
    try:
        found = _read(exports, mapping, as_of, currency).mapping
    except UserError as error:
        found, failure = draft_mapping(exports, mapping), error
    write_file(target, mapping_text(found, files).encode(), replace=replace, example=MAP)
    click.echo(f"Wrote {target}. Edit it, then: channelsim calibrate {' '.join(files)} --map {target}")
    if failure is not None:
        raise failure
