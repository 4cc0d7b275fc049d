"""`channelsim check`: is a scenario sound, what does it describe, and how do its strategies differ?"""

from __future__ import annotations

import click
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.errors import Problem, ScenarioError
from channelsim.scenario.difference import Difference, differences, in_words, routing_in_words
from channelsim.scenario.load import Study, load
from channelsim.scenario.schema import Scenario

WIDEST = 100
WIDEST_PATH = 46


@click.command("check")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@click.option("--set", "sets", metavar="PATH=VALUE", multiple=True, help="Override a value; may be repeated.")
def command(scenarios: tuple[str, ...], sets: tuple[str, ...]) -> None:
    """Check scenario files and show how each one's strategies differ in what goes in.

    The exit status is 0 when all files are sound and 2 when any is not.
    """
    console = Console()
    console = Console(width=min(console.width, WIDEST), highlight=False)
    problems: list[Problem] = []
    for scenario in scenarios:
        try:
            study = load(scenario, sets)
        except ScenarioError as error:
            problems += error.problems
        else:
            _show(console, study)
    if problems:
        raise ScenarioError(problems)


def _show(console: Console, study: Study) -> None:
    first = next(iter(study.strategies.values()))
    console.print(f"[bold]{escape(study.source)}[/]: {escape(study.scenario.name)} is sound.")
    console.print(escape(_summary(study.scenario)))
    names = list(study.strategies)
    if len(names) == 1:
        console.print(f"One strategy, {names[0]}: {escape(routing_in_words(first.routing))}")
    for name in names[1:]:
        rows = differences(first, study.strategies[name])
        console.print(escape(f"\n{name} {'differs from' if rows else 'is the same as'} {names[0]}"))
        if rows:
            console.print(_table(rows, names[0], name))
    console.print()


def _summary(scenario: Scenario) -> str:
    """The scenario in three lines: how long, how many leads, who sells."""
    horizon = scenario.horizon
    warmup = f", of which {horizon.warmup_months} to warm up" if horizon.warmup_months else ""
    leads = [f"{name} {source.leads_per_month:,.10g}" for name, source in scenario.sources.items()]
    total = sum(source.leads_per_month for source in scenario.sources.values())
    teams = [f"{name} {_headcount(team.headcount)} ({team.channel})" for name, team in scenario.teams.items()]
    return "\n".join(
        (
            f"  horizon  {horizon.months} months from {horizon.start}{warmup}",
            f"  leads    {total:,.10g} a month: {', '.join(leads)}",
            f"  teams    {', '.join(teams)}",
        )
    )


def _headcount(headcount: int | dict[int, int]) -> str:
    if isinstance(headcount, int):
        return str(headcount)
    return ", ".join(f"{seats} from month {month}" for month, seats in sorted(headcount.items()))


def _table(rows: list[Difference], baseline: str, name: str) -> Table:
    """One row for each input in which a strategy differs from the first."""
    table = Table(box=None, header_style="dim", padding=(0, 0, 0, 2))
    longest = max(len(row.path) for row in rows)
    table.add_column("input", overflow="fold", min_width=min(longest, WIDEST_PATH))
    for strategy in (baseline, name):
        table.add_column(escape(strategy), overflow="fold")
    for row in rows:
        table.add_row(*(escape(text) for text in (row.path, in_words(row.a), in_words(row.b))))
    return table
