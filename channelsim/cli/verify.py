"""`channelsim verify`: can these figures be trusted?"""

from __future__ import annotations

from pathlib import Path

import click
from rich.console import Console
from rich.markup import escape

from channelsim.cli.notes import load_telling
from channelsim.cli.options import output_option, seed_option, set_option, strategies_option
from channelsim.cli.whole import Whole
from channelsim.errors import RunError
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.report.files import check_writable, file_stem
from channelsim.report.tables import console_for
from channelsim.report.verification import agreement_table, findings_csv, print_differences, theory_table
from channelsim.scenario.load import Study
from channelsim.scenario.schema import MAX_REPLICATIONS
from channelsim.verification.engines import Agreement, compare_engines
from channelsim.verification.queues import CHECKS, Finding

WRONG = 1


@click.command("verify")
@click.argument("scenario", metavar="SCENARIO")
@set_option
@strategies_option("Check")
@click.option(
    "-n",
    "--replications",
    type=Whole(1, MAX_REPLICATIONS),
    default=1,
    show_default=True,
    metavar="N",
    help="How many replications of each strategy both engines simulate.",
)
@seed_option
@output_option("the folder of the report is")
def command(
    scenario: str,
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    replications: int,
    seed: int | None,
    output: Path,
) -> int:
    """Check that the figures of a scenario can be trusted.

    Simulates it with the fast engine and with the reference engine, which is written to be read, and compares every
    event and every entry of the ledger, to the last bit. Then simulates queues whose behaviour mathematics knows.

    Writes a chart and all figures to DIR/<scenario>-verified. The exit status is 0, or 1 if anything is wrong.
    """
    from channelsim.engine import fast, reference  # the compiler is slow to import

    study = load_telling(scenario, sets, only=strategies)
    check_writable(output)
    seed = study.scenario.seed if seed is None else seed
    console = console_for()
    programs = {name: compile_program(resolved) for name, resolved in study.strategies.items()}
    fast.prepare(next(iter(programs.values())), lambda line: click.echo(line, err=True))
    console.print(f"[bold]Both engines on {escape(study.source)}, event for event[/]")
    agreements = {
        name: [
            compare_engines(program, seed, replication, reference.simulate, fast.simulate)
            for replication in range(replications)
        ]
        for name, program in programs.items()
    }
    console.print(agreement_table(agreements))
    print_differences(console, agreements, {name: layout_of(each) for name, each in study.strategies.items()})
    console.print("\n[bold]Queues that theory knows, on the fast engine[/] (± half of the 99.9% interval)")
    findings = {name: check.findings(fast.simulate) for name, check in CHECKS.items()}
    console.print(theory_table(findings))
    folder = _write(study, agreements, findings, seed, output)
    return _conclude(console, agreements, findings, folder)


def _conclude(
    console: Console, agreements: dict[str, list[Agreement]], findings: dict[str, list[Finding]], folder: Path
) -> int:
    compared = [each for found in agreements.values() for each in found]
    figures = [each for found in findings.values() for each in found]
    events = sum(len(each.reference_hours) for each in compared)
    engines_agree = all(each.is_right for each in compared)
    wrong = sum(not each.is_right for each in figures)
    is_right = engines_agree and not wrong
    engines = f"the engines agree on all {events:,} events" if engines_agree else "the engines DISAGREE"
    queues = (
        f"all {len(figures)} figures of theory hold" if not wrong else f"{wrong} of {len(figures)} figures FAIL"
    )
    console.print(f"\n[bold]{'Verified' if is_right else 'Not verified'}: {engines}, and {queues}.[/]")
    click.echo(f"Files: {folder}")
    if not is_right:
        click.echo("This is a fault of channelsim; please report it with the scenario and the files.", err=True)
    return 0 if is_right else WRONG


def _write(
    study: Study,
    agreements: dict[str, list[Agreement]],
    findings: dict[str, list[Finding]],
    seed: int,
    output: Path,
) -> Path:
    from channelsim.report.charts.verification import verification  # matplotlib is slow to import
    from channelsim.report.style import save

    folder = output / f"{file_stem(study.source)}-verified"
    source = f"{study.scenario.name}   ·   seed {seed}   ·   theory: scenarios/theory"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        save(verification(agreements, findings, source), folder / "verification.png", folder / "verification.svg")
        (folder / "theory.csv").write_bytes(findings_csv(findings))
    except OSError as error:
        raise RunError(f"{folder}: not all could be written: {error.strerror or error}") from error
    return folder
