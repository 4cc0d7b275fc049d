"""`channelsim trace`: the same person, the same luck, under every strategy."""

from __future__ import annotations

from textwrap import fill

import click
from rich.markup import escape
from rich.table import Table

from channelsim.cli.notes import load_telling
from channelsim.cli.options import seed_option, set_option, strategies_option
from channelsim.cli.whole import Whole
from channelsim.engine.ledger import Count
from channelsim.engine.reference import simulate
from channelsim.engine.trace import Draw, Trace, lead_id
from channelsim.errors import UserError, suggest
from channelsim.program.compile import compile_program
from channelsim.program.layout import Layout, layout_of
from channelsim.report.lead_story import draw_in_words, draw_key, has_ended, moment, scenes
from channelsim.report.tables import console_for
from channelsim.scenario.load import Study
from channelsim.scenario.schema import MAX_REPLICATIONS

WHEN_WIDTH = len("Mon 04 Jan 2027 09:12  ")
STORY_WIDTH = 40
"""What a strategy's story needs for most of it to fit on its lines; with less, they stand one below another."""
COLUMN_GAP = 2
CONTINUED = "  "


@click.command("trace")
@click.argument("scenario", metavar="SCENARIO")
@click.option(
    "--lead",
    required=True,
    metavar="SOURCE/SEGMENT/N",
    help="Which lead: web/small/3 is the third of source web in segment small.",
)
@click.option(
    "--replication",
    type=Whole(0, MAX_REPLICATIONS),
    default=0,
    show_default=True,
    metavar="N",
    help="In which replication; the first is 0.",
)
@set_option
@strategies_option("Follow")
@seed_option
def command(
    scenario: str,
    lead: str,
    replication: int,
    sets: tuple[str, ...],
    strategies: tuple[str, ...],
    seed: int | None,
) -> None:
    """Follow one lead through its life under every strategy, side by side where the terminal is wide enough.

    With dates, waits, who worked it, and each random draw: the same person, the same luck.
    """
    study = load_telling(scenario, sets, only=strategies)
    seed = study.scenario.seed if seed is None else seed
    stream, number = _parse(lead, study)
    traces: dict[str, Trace] = {}
    layouts: dict[str, Layout] = {}
    for name, resolved in study.strategies.items():
        layout = layouts[name] = layout_of(resolved)
        if stream not in layout.streams:
            raise UserError(f"--lead {lead}: strategy {name} has no leads of {'/'.join(stream)}")
        at = layout.streams.index(stream)
        traces[name] = Trace(only_lead=lead_id(at, number - 1))
        ledger = simulate(compile_program(resolved), seed, replication, traces[name])
        if not traces[name].events:
            arrived = ledger.counts[Count.ARRIVED, :, at].sum()
            raise UserError(
                f"--lead {lead}: only {arrived} leads of {'/'.join(stream)} arrive in replication {replication} "
                f"under {name}; write a number from 1 to {arrived}"
            )
    _show(study, lead, replication, seed, traces, layouts)


def _parse(lead: str, study: Study) -> tuple[tuple[str, str], int]:
    parts = lead.split("/")
    if len(parts) != 3 or not parts[2].isdecimal() or int(parts[2]) < 1:
        raise UserError(f"--lead {lead}: {_what_is_wrong(parts)}; {_what_is_right(study)}")
    source, segment, number = parts
    for name, known, what in (
        (source, study.scenario.sources, "source"),
        (segment, study.scenario.segments, "segment"),
    ):
        if name not in known and not any(name in getattr(s, f"{what}s") for s in study.strategies.values()):
            raise UserError(f"--lead {lead}: no {what} named '{name}'; {suggest(name, known)}")
    return (source, segment), int(number)


def _what_is_wrong(parts: list[str]) -> str:
    if len(parts) == 2:
        return "no number after the segment"
    if len(parts) == 3:
        return f"'{parts[2]}' is not a number from 1 on"
    return "not of the form SOURCE/SEGMENT/N"


def _what_is_right(study: Study) -> str:
    """An example from the scenario itself."""
    name, source = next(iter(study.scenario.sources.items()))
    segment = max(source.mix, key=lambda each: source.mix[each])
    return f"write for example {name}/{segment}/3, the third lead of {name} in segment {segment}"


def _show(
    study: Study, lead: str, replication: int, seed: int, traces: dict[str, Trace], layouts: dict[str, Layout]
) -> None:
    console = console_for()
    console.print(
        f"[bold]Lead {escape(lead)}[/] of {escape(study.scenario.name)}, replication {replication}, seed {seed}\n"
    )
    width = (console.width - WHEN_WIDTH) // len(traces) - COLUMN_GAP
    beside = [traces] if width >= STORY_WIDTH else [{name: trace} for name, trace in traces.items()]
    for each in beside:
        console.print(_life_table(study, each, layouts, console.width))
        console.print()
    console.print("[bold]The lead's luck[/]: draws between 0 and 1, the same wherever they are needed")
    console.print(_draw_table(traces, layouts))


def _life_table(study: Study, traces: dict[str, Trace], layouts: dict[str, Layout], width: int) -> Table:
    """A row for each moment at which something happens under any of these strategies, side by side."""
    table = Table(box=None, header_style="bold", padding=(0, COLUMN_GAP, 0, 0), pad_edge=False)
    table.row_styles = ["", "dim"]
    table.add_column("when", no_wrap=True)
    story_width = (width - WHEN_WIDTH) // len(traces) - COLUMN_GAP
    by_time: dict[float, dict[str, list[str]]] = {}
    for name, trace in traces.items():
        table.add_column(escape(name), width=story_width, overflow="fold")
        for scene in scenes(trace, layouts[name], study.scenario.currency):
            text = fill(scene.text, story_width, subsequent_indent=CONTINUED)
            by_time.setdefault(scene.time, {}).setdefault(name, []).append(text)
    layout = layouts[next(iter(traces))]
    for time, by_strategy in sorted(by_time.items()):
        cells = ["\n".join(by_strategy.get(name, [])) for name in traces]
        table.add_row(moment(layout, time), *(escape(cell) for cell in cells))
    if not all(has_ended(trace) for trace in traces.values()):
        cells = ["" if has_ended(trace) else "still open at the end" for trace in traces.values()]
        table.add_row(moment(layout, _end_hour(layout)), *cells)
    return table


def _end_hour(layout: Layout) -> float:
    return (layout.month_starts[-1] - layout.month_starts[0]).days * 24.0


def _draw_table(traces: dict[str, Trace], layouts: dict[str, Layout]) -> Table:
    """The lead's luck: each draw once, and the strategies under which it was drawn."""
    table = Table(box=None, header_style="bold", padding=(0, COLUMN_GAP, 0, 0), pad_edge=False)
    table.add_column("decides")
    table.add_column("draw", justify="right")
    table.add_column("needed by", overflow="fold")
    draws: dict[tuple[int, int, int], tuple[Draw, Layout]] = {}
    drawn: dict[str, set[tuple[int, int, int]]] = {}
    for name, trace in traces.items():
        drawn[name] = {draw_key(draw) for draw in trace.draws}
        for draw in trace.draws:
            draws.setdefault(draw_key(draw), (draw, layouts[name]))
    for key, (draw, layout) in draws.items():
        needed_by = [name for name in traces if key in drawn[name]]
        who = "every strategy" if len(needed_by) == len(traces) > 1 else ", ".join(needed_by)
        table.add_row(escape(draw_in_words(draw, layout)), f"{draw.u:.4f}", escape(who))
    return table
