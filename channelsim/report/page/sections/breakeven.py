"""From which deal value on a strategy pays more than the baseline, segment by segment."""

from __future__ import annotations

import math
from collections.abc import Sequence

from channelsim.errors import RunError
from channelsim.experiment.breakeven import SegmentBreakEven, break_evens
from channelsim.experiment.economics import COMPANY
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.breakeven import (
    BOUGHT_ONCE,
    breakeven_sentences,
    is_beyond_chance,
    more_a_lead,
    when_it_pays,
)
from channelsim.report.format import number
from channelsim.report.page.blocks import Block, Cell, Name, Prose, Row, Section, Table

MOST_PAIRS = 3
WHAT_IT_IS = (
    "A lead sold one way costs more and is won more often than sold another way. From some deal value on, that is "
    "worth it. Costs are all in, with teams as large as they are, by the hours that each segment's leads took."
)


def breakeven_section(result: Result) -> Section | None:
    """A table for each strategy against the baseline, the best one first; None where they say nothing."""
    others = [name for name in result.strategies if name != result.baseline]
    others.sort(key=lambda name: name != result.comparison.best)
    blocks: list[Block] = []
    for name in others[:MOST_PAIRS]:
        try:
            found = break_evens(result, name, result.baseline)
        except RunError:  # too few replications of both finished
            continue
        if _says_something(found):
            blocks += [Prose(breakeven_sentences(found, name, result.baseline)), _table(result, found, name)]
    if not blocks:
        return None
    return Section("breakeven", "Break-even deal values", [Prose([WHAT_IT_IS], "quiet"), *blocks])


def _says_something(found: Sequence[SegmentBreakEven]) -> bool:
    segments = [each for each in found if each.segment != COMPANY]
    return len(segments) > 1 or any(math.isfinite(each.first_year.value) for each in found)


def _table(result: Result, found: Sequence[SegmentBreakEven], strategy: str) -> Table:
    years = result.study.scenario.finance.lifetime_years
    renews = any(each.for_life for each in found)
    over_years = [f"Pays, over {years} years"] if renews else []
    columns = ["Deal value", "Pays", *over_years, "More a lead", "Cost a lead", "Won"]
    note = (
        f"{result.baseline} → {strategy}. In brackets and after ±: 95% intervals, each by itself; * beyond chance. "
        "Pays: by the first year's margin, less commission."
    )
    if renews:
        note += f" Over {years} years: by the margin of all of a customer's years, discounted."
    return Table(
        f"From which deal value on {strategy} pays more than {result.baseline}",
        "Segment",
        [Name(text) for text in columns],
        [_row(each, result.study.scenario.currency, renews) for each in found],
        note,
    )


def _row(each: SegmentBreakEven, currency: str, renews: bool) -> Row:
    own, other = each.ways
    pays, interval = when_it_pays(each.first_year, currency)
    cells = [Cell(number(each.deal_value, Unit.MONEY, currency)), Cell(pays, strong=True, aside=interval)]
    if renews:
        pays, interval = when_it_pays(each.for_life, currency) if each.for_life else BOUGHT_ONCE
        cells.append(Cell(pays, aside=interval))
    mean, half = more_a_lead(each, currency)
    cells.append(Cell(mean, half, "*" if is_beyond_chance(each) else ""))
    for unit, before, after in (
        (Unit.MONEY, other.cost_per_lead, own.cost_per_lead),
        (Unit.SHARE, other.win_rate, own.win_rate),
    ):
        cells.append(Cell(f"{number(before, unit, currency)} → {number(after, unit, currency)}"))
    return Row(Name("all" if each.segment == COMPANY else each.segment), cells)
