"""Why one strategy is ahead of another, in tables and in words."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from rich.markup import escape
from rich.table import Table

from channelsim.analysis.decomposition import Decomposition, Part
from channelsim.analysis.intervals import Estimate
from channelsim.experiment.books import Waiting
from channelsim.experiment.causes import Cause
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import mean_and_spread, number
from channelsim.report.verdict import DECIDED_BY, in_a_row

LABELS = {
    "leads": "Leads", "win_rate": "Win rate (of leads)", "deal_mix": "Which segments' deals are won",
    "deal_size": "Value of a deal, by segment", "margin": "Gross margin rate",
}  # fmt: skip
UNITS = {"leads": Unit.COUNT, "win_rate": Unit.SHARE, "deal_size": Unit.MONEY, "margin": Unit.SHARE}
COST_LABELS = {"variable": "variable pay", "leads": "marketing"}
MOST_DRIVERS = 3
SAME = 1e-9
"""Parts this small beside the largest are the arithmetic's: the strategies do not differ in them."""
TOO_SMALL = 0.002
"""Parts this small beside the largest have no line of their own."""
WORTH_NAMING = 0.1
"""Parts smaller than this share of the largest are left to the table."""


def part_label(name: str) -> str:
    """What a part is called: "Win rate (of leads)", "Cost: salary"."""
    if name in LABELS:
        return LABELS[name]
    return f"Cost: {_category(name)}"


def _category(name: str) -> str:
    category = name.removeprefix("cost.")
    return COST_LABELS.get(category, category)


def decomposition_table(found: Decomposition, base: str, other: str, currency: str) -> Table:
    """Each part that counts with its figures and what it brings, what the others bring together, and the total."""
    unit = DECIDED_BY[found.metric][1]
    largest = max(abs(part.effect.mean) for part in found.parts)
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("")
    for name in (base, other, "brings"):
        table.add_column(escape(name), justify="right", overflow="fold")
    rest = 0.0
    for part in found.parts:
        if abs(part.effect.mean) <= TOO_SMALL * largest:
            rest += part.effect.mean
            continue
        own = UNITS.get(part.name, Unit.MONEY)
        figures = (number(figure, own, currency) for figure in (part.base, part.other))
        table.add_row(part_label(part.name), *figures, _effect(part.effect, unit, currency))
    if abs(rest) > SAME * largest:
        table.add_row("All else", "", "", f"{number(rest, unit, currency, signed=True)} ")
    table.add_row("[bold]Together[/]", "", "", f"[bold]{_effect(found.total, unit, currency)}[/]")
    return table


def is_beyond_chance(each: Estimate) -> bool:
    """Whether the interval leaves zero out."""
    return each.ci_low > 0 or each.ci_high < 0


def _effect(each: Estimate, unit: Unit, currency: str) -> str:
    mean, half = mean_and_spread(each, unit, currency, signed=True)
    mark = "*" if is_beyond_chance(each) else " "
    is_exact = math.isnan(each.ci_low) or each.ci_low == each.ci_high
    return f"{mean}{mark}" if is_exact else f"{mean} [dim]± {half}[/]{mark}"


def decomposition_sentence(found: Decomposition, base: str, other: str, currency: str) -> str:
    """The difference and the parts that make most of it."""
    name, unit = DECIDED_BY[found.metric]
    total = found.total.mean
    if all(part.effect.mean == 0 for part in found.parts):
        return f"{other} and {base} do not differ in {name}."
    more = "more" if total >= 0 else "less"
    chance = "" if is_beyond_chance(found.total) else ", which chance alone could explain"
    start = f"{other} has {number(abs(total), unit, currency)} {more} {name} than {base}{chance}:"
    drivers = sorted(found.parts, key=lambda part: -abs(part.effect.mean))
    least = WORTH_NAMING * abs(drivers[0].effect.mean)
    drivers = [part for part in drivers[:MOST_DRIVERS] if abs(part.effect.mean) >= least]
    named = [f"{number(part.effect.mean, unit, currency, signed=True)} from {_driver(part)}" for part in drivers]
    rest = total - sum(part.effect.mean for part in drivers)
    others = len(found.parts) - len(drivers)
    if others and number(rest, unit, currency) not in ("0", number(0.0, unit, currency)):
        named.append(f"{number(rest, unit, currency, signed=True)} from all else")
    return f"{start} {in_a_row(named)}."


def _driver(part: Part) -> str:
    words = {
        "leads": ("more leads", "fewer leads"),
        "win_rate": ("winning more of its leads", "winning fewer of its leads"),
        "deal_mix": ("winning in better segments", "winning in poorer segments"),
        "deal_size": ("larger deals", "smaller deals"), "margin": ("better margins", "poorer margins"),
    }  # fmt: skip
    if part.name in words:
        return words[part.name][part.effect.mean < 0]
    less = "less" if part.effect.mean > 0 else "more"
    return f"{less} spent on {_category(part.name)}"


def causes_table(causes: Sequence[Cause], metric: str, currency: str) -> Table:
    """What each group of overrides brings."""
    unit = DECIDED_BY[metric][1]
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("what is changed", overflow="fold")
    table.add_column("brings", justify="right")
    for cause in sorted(causes, key=lambda each: -abs(each.effect.mean)):
        table.add_row(escape(", ".join(cause.paths)), _effect(cause.effect, unit, currency))
    return table


def waiting_table(result: Result, waiting: Mapping[str, Sequence[Waiting]]) -> Table:
    """What waiting for each team costs under each strategy."""
    currency = result.study.scenario.currency
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("strategy", overflow="fold")
    table.add_column("team", overflow="fold")
    for column in ("busy", "mean wait", "leads lost waiting", "margin lost, at most"):
        table.add_column(column, justify="right")
    for strategy, teams in waiting.items():
        for each in teams:
            if result.estimate(strategy, f"headcount.{each.team}").mean == 0:
                continue
            busy = result.estimate(strategy, f"utilization.{each.team}").mean
            wait = result.estimate(strategy, f"queue_wait_hours.{each.team}").mean
            table.add_row(
                escape(strategy), escape(each.team), number(busy, Unit.SHARE, currency),
                number(wait, Unit.HOURS, currency), number(each.cooled, Unit.COUNT, currency),
                number(each.margin, Unit.MONEY, currency),
            )  # fmt: skip
    return table


def constraint_sentence(strategy: str, teams: Sequence[Waiting], currency: str) -> str:
    """Which team holds a strategy back."""
    worst = teams[0]
    if worst.margin <= 0:
        return f"{strategy} loses nothing that counts to waiting: no team holds it back."
    cooled, margin = number(worst.cooled, Unit.COUNT, currency), number(worst.margin, Unit.MONEY, currency)
    return (
        f"{strategy} is held back most by {worst.team}: {cooled} leads a replication cool while they wait for it, "
        f"worth up to {margin} in gross margin."
    )
