"""`python -m benchmarks`: measure everything in one run, and print ratios."""

from __future__ import annotations

import json
import platform
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import click
from rich.console import Console
from rich.table import Table

from benchmarks import calibrating, compiling, coverage, deciding, midmarket, peers, scaling, sweeping

console = Console(highlight=False, width=110)


def _table(title: str, *columns: str) -> Table:
    table = Table(
        title=title, title_justify="left", title_style="bold", box=None, padding=(0, 2, 0, 0), pad_edge=False
    )
    for number, column in enumerate(columns):
        table.add_column(column, justify="right" if number else "left")
    return table


def show_peers(quick: bool) -> Any:
    """The same work on every tool."""
    for tool in peers.missing():
        console.print(f"{tool} is not installed and left out; pip install -e '.[benchmark]' brings it.")
    found = []
    for contest in peers.contests(rounds=3 if quick else 8):
        table = _table(
            f"{contest.work.name}, a month around the clock; events: stage entries, services, leads that give up",
            "tool", "events/s", "of SimPy", "s/replication", "from to", contest.work.figure, "peak MB",
        )  # fmt: skip
        for tool, timing in contest.timings.items():
            mean, half_width = contest.figures[tool]
            table.add_row(
                tool, f"{contest.rate(tool):,.0f}", f"{contest.rate(tool) / contest.rate('SimPy'):.3g}",
                f"{timing.median:.3g}", timing.spread, f"{mean:.4f} ± {half_width:.4f}",
                f"{contest.megabytes[tool]:.0f}",
            )  # fmt: skip
        console.print(table, "")
        for line in contest.disagreements():
            console.print(f"[bold red]Not the same work:[/] {line}")
            raise SystemExit(1)
        found.append({tool: contest.rate(tool) for tool in contest.timings})
    return found


def show_engines(quick: bool) -> Any:
    """The shipped mid-market scenario on both engines, and by hand in SimPy."""
    duels = midmarket.engines(rounds=2 if quick else 5)
    table = _table(
        "midmarket_software.yaml on both engines, one core; events: benchmarks/events.py",
        "strategy", "events", "fast, s", "reference, s", "fast, million events/s", "reference / fast",
    )  # fmt: skip
    for duel in duels:
        fast, reference = duel.timings["fast"].median, duel.timings["reference"].median
        table.add_row(
            duel.strategy, f"{duel.events['fast']:,.0f}", f"{fast:.4f}", f"{reference:.2f}",
            f"{duel.events['fast'] / fast / 1e6:.2f}", f"{reference / fast:.0f}",
        )  # fmt: skip
    console.print(table, "")
    ratios = {}
    table = _table(
        "The reference engine beside the same funnel in plain SimPy; events: benchmarks/events.py",
        "strategy", "events", "plain SimPy, µs/event", "reference, µs/event", "reference / plain",
    )  # fmt: skip
    for duel in midmarket.by_hand(rounds=3 if quick else 7):
        plain, reference = duel.microseconds(midmarket.PLAIN), duel.microseconds("reference")
        ratios[duel.strategy] = reference / plain
        events = f"{duel.events['reference']:,.0f}"
        table.add_row(duel.strategy, events, f"{plain:.1f}", f"{reference:.1f}", f"{reference / plain:.2f}")
    console.print(table, "")
    return {
        "reference / fast": {
            each.strategy: each.timings["reference"].median / each.timings["fast"].median for each in duels
        },
        "reference / plain SimPy, per event": ratios,
    }


def show_threads(quick: bool) -> Any:
    """Two threads against one."""
    seconds = midmarket.threads(replications=40 if quick else 200, rounds=3)
    console.print(
        "[bold]The phone strategy in threads[/]",
        f"1 thread {seconds[1]:.2f} s, 2 threads {seconds[2]:.2f} s: {seconds[1] / seconds[2]:.2f} times",
        "",
        sep="\n",
    )
    return {"2 threads / 1": seconds[1] / seconds[2]}


def show_compiling(quick: bool) -> Any:
    """Programs beside the runs that they feed."""
    table = _table(
        "A replication's program beside its run, one core",
        "what", "scenario", "first program, ms", "a replication's, ms", "of", "share",
    )  # fmt: skip
    found = compiling.compiling(rounds=20 if quick else 100)
    for each in found:
        table.add_row(
            each.what, each.scenario, f"{each.once:.1f}", f"{each.each:.2f}", f"{each.run:.1f}",
            f"{each.share:.1%}",
        )  # fmt: skip
    console.print(table, "")
    return {each.what: each.share for each in found}


def show_scaling(_quick: bool) -> Any:
    """How cost grows with leads and reps."""
    found = {}
    for title, points in (
        ("The funnel for a year, by leads", scaling.by_leads()),
        ("The funnel for two months, by reps", scaling.by_reps()),
    ):
        table = _table(title, "leads", "reps", "events", "leads in flight", "CPU s", "ns/event")
        for point in points:
            table.add_row(
                f"{point.leads:,}", f"{point.reps:,}", f"{point.events:,}", f"{point.in_flight:,}",
                f"{point.cpu_seconds:.4f}", f"{point.nanoseconds_an_event:.0f}",
            )  # fmt: skip
        console.print(table, "")
        found[title] = [point.nanoseconds_an_event for point in points]
    megabytes = scaling.megabytes_of_a_million()
    console.print(
        f"A process that simulates a million leads holds {megabytes:.0f} MB at most, Python and all.", "", sep="\n"
    )
    return found | {"MB of a million leads": megabytes}


def show_start(_quick: bool) -> Any:
    """What it costs to begin."""
    start = midmarket.start()
    console.print(
        "[bold]CPU seconds before the first replication of quickstart.yaml[/]",
        f"first run of an installation, compiling: {start.first:.1f} s; later runs: {start.later:.2f} s; "
        f"channelsim --help: {start.help:.2f} s",
        "", sep="\n",
    )  # fmt: skip
    return {"first": start.first, "later": start.later, "help": start.help}


def show_deciding(quick: bool) -> Any:
    """8 or 9 inside reps?"""
    found = deciding.deciding(rounds=3 if quick else 5, replications=100 if quick else 400)
    table = _table(
        f"8 or 9 inside reps, midmarket_software.yaml: a 95% interval of ±{deciding.HALF_WIDTH:,.0f} dollars",
        "", "replications", "CPU s each", "CPU s in all", "times less",
    )  # fmt: skip
    variances = (found.independent_variance, found.paired_variance, found.controlled_variance)
    alone, paired, controlled = (found.replications(variance) for variance in variances)
    first = alone * found.plain_seconds
    for name, count, seconds in (
        ("plain SimPy, a seed for each", alone, found.plain_seconds),
        ("channelsim's engine, a seed for each", alone, found.fast_seconds),
        ("channelsim: the same leads in both", paired, found.fast_seconds),
        ("channelsim: buyers' luck taken out, too", controlled, found.fast_seconds),
    ):
        total = count * seconds
        table.add_row(name, f"{count:,.0f}", f"{seconds:.3g}", f"{total:,.0f}", f"{first / total:,.0f}")
    console.print(
        table,
        f"engine {found.engine:.0f} x pairing {found.pairing:.1f} x controls {found.controls:.2f}",
        "",
        sep="\n",
    )
    return {"engine": found.engine, "pairing": found.pairing, "controls": found.controls}


def show_coverage(quick: bool) -> Any:
    """How often intervals and selections are right."""
    found = coverage.coverage(experiments=200 if quick else 2_000, selections=50 if quick else 500)
    table = _table(
        "How often what is promised at 95% is true, where the truth is known",
        "promise",
        "kept",
        "of",
        "replications",
    )
    for each in found:
        kept = f"{each.kept:.1%} ± {1.96 * each.standard_error:.1%}"
        table.add_row(each.promise, kept, f"{each.experiments:,}", f"{each.replications:,.0f}")
    console.print(table, "")
    return {each.promise: each.kept for each in found}


def show_promise(quick: bool) -> Any:
    """Three strategies, a thousand replications."""
    replications = 100 if quick else 1_000
    seconds, rate = midmarket.promise(replications)
    console.print(
        f"[bold]channelsim run scenarios/midmarket_software.yaml -n {replications}[/]",
        f"{seconds:.0f} s from start to written files, {rate / 1e6:.1f} million events/s", "", sep="\n",
    )  # fmt: skip
    return {"seconds": seconds, "events/s": rate}


def show_sweeping(quick: bool) -> Any:
    """Sweeps of points that take some milliseconds, in threads, on a cluster of two processes, and many small
    ones."""
    contenders = {
        "two threads, some 10 ms a point": sweeping.sweeping(200 if quick else 1_000, 6),
        "two threads, some 100 ms a point": sweeping.sweeping(40 if quick else 200, 60),
        "two processes of a cluster, some 10 ms": sweeping.sweeping(200 if quick else 1_000, 6, cluster="local:2"),
        "two threads, as small as can be": sweeping.sweeping(1_000 if quick else 100_000, 1),
    }
    table = _table(
        "Sweeps of quickstart's hybrid; shares of all workers' time",
        "how", "points", "engine, ms a point", "engine", "work on points", "points a second", "driver, peak MB",
        "driver, ms a point", "bytes a point",
    )  # fmt: skip
    for how, each in contenders.items():
        table.add_row(
            how, f"{each.points:,}", f"{each.each_ms:.1f}", f"{each.kernel:.0%}", f"{each.at_work:.0%}",
            f"{each.points / each.seconds:,.0f}", f"{each.megabytes:.0f}", f"{each.driver_ms:.2f}",
            f"{each.bytes_a_point:,.0f}",
        )  # fmt: skip
    console.print(table, "")
    return {
        how: {"at work": each.at_work, "points/s": each.points / each.seconds} for how, each in contenders.items()
    }


def show_calibrating(quick: bool) -> Any:
    """From a report of many opportunities to a scenario."""
    table = _table(
        "channelsim calibrate: a made-up report of opportunities of four years, one row each",
        "rows", "s", "CPU s", "peak MB",
    )  # fmt: skip
    found = [calibrating.calibrating(rows) for rows in ((100_000,) if quick else (100_000, 1_000_000))]
    for each in found:
        table.add_row(
            f"{each.rows:,}", f"{each.wall_seconds:.0f}", f"{each.cpu_seconds:.0f}", f"{each.megabytes:,.0f}"
        )
    console.print(table, "")
    return {f"{each.rows:,}": {"s": each.wall_seconds, "MB": each.megabytes} for each in found}


PARTS: dict[str, Callable[[bool], Any]] = {
    "start": show_start,
    "peers": show_peers,
    "engines": show_engines,
    "threads": show_threads,
    "compiling": show_compiling,
    "scaling": show_scaling,
    "deciding": show_deciding,
    "coverage": show_coverage,
    "promise": show_promise,
    "sweeping": show_sweeping,
    "calibrating": show_calibrating,
}


@click.command()
@click.option("--quick", is_flag=True, help="Fewer rounds: a few minutes in all, wider intervals.")
@click.option("--only", multiple=True, type=click.Choice(list(PARTS)), help="This part; may be repeated.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the ratios to this file, too.")
def main(quick: bool, only: tuple[str, ...], file: Path | None) -> None:
    """Measure the engines, peers and growth on this machine, in one run."""
    console.print(f"Python {platform.python_version()} on {platform.machine()}, {sys.platform}\n")
    found = {name: show(quick) for name, show in PARTS.items() if not only or name in only}
    if file is not None:
        file.write_text(json.dumps(found, indent=2) + "\n")


main()
