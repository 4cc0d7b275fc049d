"""`channelsim check`: is a scenario sound, what does it describe, and how do its strategies differ?"""

from __future__ import annotations

from collections.abc import Iterator
from textwrap import fill

import click
from rich.console import Console
from rich.markup import escape

from channelsim.cli.notes import load_telling
from channelsim.cli.options import set_option
from channelsim.errors import Problem, ScenarioError
from channelsim.program.marketing import leads_of_budget, leads_of_content
from channelsim.report.levers import belief_lines, has_buying_cycles, mapping_table, rollout_lines
from channelsim.report.tables import console_for, print_inputs
from channelsim.scenario.difference import routing_in_words
from channelsim.scenario.load import Study
from channelsim.scenario.market import Source
from channelsim.scenario.schema import Scenario

LABEL_WIDTH = len("horizon  ")


@click.command("check")
@click.argument("scenarios", metavar="SCENARIO...", nargs=-1, required=True)
@set_option
def command(scenarios: tuple[str, ...], sets: tuple[str, ...]) -> None:
    """Check scenario files and show how each one's strategies differ in what goes in.

    The exit status is 0 when all files are sound and 2 when any is not.
    """
    console = console_for()
    problems: list[Problem] = []
    for scenario in scenarios:
        try:
            study = load_telling(scenario, sets)
        except ScenarioError as error:
            problems += error.problems
        else:
            _show(console, study)
    if problems:
        raise ScenarioError(problems)


def _show(console: Console, study: Study) -> None:
    first = next(iter(study.strategies.values()))
    console.print(f"[bold]{escape(study.source)}[/]: {escape(study.scenario.name)} is sound.")
    for label, text in _summary(study.scenario):
        indent = f"  {label:<{LABEL_WIDTH}}"
        line = fill(text, console.width, initial_indent=indent, subsequent_indent=" " * len(indent))
        console.print(escape(line), soft_wrap=True)
    names = list(study.strategies)
    if len(names) == 1:
        console.print(f"One strategy, {names[0]}: {escape(routing_in_words(first.routing))}")
    console.print()
    print_inputs(console, study, names[0])
    _show_levers(console, study)


def _show_levers(console: Console, study: Study) -> None:
    rolled_out = rollout_lines(study)
    if rolled_out:
        console.print("[bold]What is rolled out[/]")
        _show_lines(console, rolled_out)
    if has_buying_cycles(study.scenario):
        console.print("[bold]How the sales process fits the buying cycle[/]")
        console.print(mapping_table(study.scenario))
        console.print()
    unknown = [*belief_lines(study)]
    if unknown:
        console.print("[bold]What nobody knows[/] (nine tenths of each belief lie between)")
        _show_lines(console, unknown)


def _show_lines(console: Console, lines: list[str]) -> None:
    for line in lines:
        indent = " " * (len(line) - len(line.lstrip()) + 2)
        text = fill(line.strip(), console.width, initial_indent=indent, subsequent_indent=f"{indent}  ")
        console.print(escape(text), soft_wrap=True)
    console.print()


def _summary(scenario: Scenario) -> Iterator[tuple[str, str]]:
    """The scenario in brief: how long, how many leads, who sells."""
    horizon = scenario.horizon
    warmup = f", of which {horizon.warmup_months} to warm up" if horizon.warmup_months else ""
    by_source = {name: _leads_a_month(source, scenario) for name, source in scenario.sources.items()}
    leads = [f"{name} {count:,.4g}" for name, count in by_source.items()]
    total = sum(by_source.values())
    teams = [f"{name} {_headcount(team.headcount)} ({team.channel})" for name, team in scenario.teams.items()]
    yield "horizon", f"{horizon.months} months from {horizon.start}{warmup}"
    yield "leads", f"{total:,.4g} a month: {', '.join(leads)}{_besides(scenario)}"
    yield "teams", ", ".join(teams)
    if scenario.environment.regimes:
        lasting = [
            f"{name} for {regime.lasts_months:g} months on average"
            for name, regime in scenario.environment.regimes.items()
        ]
        yield "market", ", ".join(lasting)
    if scenario.environment.shocks:
        shocks = [f"{name} in month {shock.month}" for name, shock in scenario.environment.shocks.items()]
        yield "shocks", ", ".join(shocks)


def _leads_a_month(source: Source, scenario: Scenario) -> float:
    """Leads in a month of seasonality 1: those that come by themselves, and on average what money brings."""
    months = scenario.horizon.months
    bought = leads_of_budget(source.budget, months).mean() if source.budget else 0.0
    read = leads_of_content(source.content, months).mean() if source.content else 0.0
    return float(source.leads_per_month + bought + read)


def _besides(scenario: Scenario) -> str:
    return f"; and what customers refer, in {scenario.referrals.source}" if scenario.referrals else ""


def _headcount(headcount: int | dict[int, int]) -> str:
    if isinstance(headcount, int):
        return str(headcount)
    return ", ".join(f"{seats} from month {month}" for month, seats in sorted(headcount.items()))
