"""From which deal value a strategy pays, on the terminal, in a table and in words."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from channelsim.analysis.breakeven import BreakEven, Pays
from channelsim.experiment.breakeven import SegmentBreakEven
from channelsim.experiment.economics import COMPANY
from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED, in_step, money, number
from channelsim.report.summary_json import statistics
from channelsim.report.tables import plain_table
from channelsim.report.verdict import in_a_row

COMPACT_FROM = 10_000
PAYS = "pays"
WIDEST_NAME = 16
BOUGHT_ONCE = (UNDEFINED, "bought once")
WORDS = {
    Pays.ALWAYS: "at every value",
    Pays.NEVER: "at no value",
}


def breakeven_table(found: Sequence[SegmentBreakEven], currency: str) -> Table:
    """One row a segment: what a lead costs and how often it is won, baseline > strategy; from which value on the
    strategy pays by the first year's margin; what it brings more at the segment's own value."""
    table = _table(found, "deal value", "cost a lead", "won", PAYS, "more a lead")
    for each in found:
        own, other = each.ways
        table.add_row(
            _name(each),
            number(each.deal_value, Unit.MONEY, currency),
            _from_to(other.cost_per_lead, own.cost_per_lead, Unit.MONEY, currency),
            _from_to(other.win_rate, own.win_rate, Unit.SHARE, currency),
            _joined(*when_it_pays(each.first_year, currency)),
            _difference(each, currency),
        )
    return table


def lifetime_table(found: Sequence[SegmentBreakEven], currency: str) -> Table | None:
    """From which value on the strategy pays by the margin of all years; None if nobody renews."""
    if not any(each.for_life for each in found):
        return None
    table = _table(found, "deal value, first year", PAYS)
    for each in found:
        pays = when_it_pays(each.for_life, currency) if each.for_life else BOUGHT_ONCE
        table.add_row(_name(each), number(each.deal_value, Unit.MONEY, currency), _joined(*pays))
    return table


def _table(found: Sequence[SegmentBreakEven], *titles: str) -> Table:
    """Where it is narrow, when it pays goes on below; nothing else does."""
    table = plain_table()
    longest = max(len(each.segment) for each in found)
    table.add_column("segment", overflow="fold", min_width=min(longest, WIDEST_NAME))
    for title in titles:
        table.add_column(title, justify="right", no_wrap=title != PAYS, ratio=1 if title == PAYS else None)
    return table


def _name(each: SegmentBreakEven) -> str:
    return "[bold]all[/]" if each.segment == COMPANY else escape(each.segment)


def _joined(text: str, aside: str) -> str:
    return f"{text} [dim]({aside})[/]" if aside else text


def _from_to(one: float, other: float, unit: Unit, currency: str) -> str:
    return f"{number(one, unit, currency)} > {number(other, unit, currency)}"


def _difference(each: SegmentBreakEven, currency: str) -> str:
    mean, half = more_a_lead(each, currency)
    return f"{mean} [dim]± {half}[/]{'*' if is_beyond_chance(each) else ' '}" if half else f"{mean} "


def more_a_lead(each: SegmentBreakEven, currency: str) -> tuple[str, str]:
    """What a lead brings more, and half of its interval, empty where there is none. In whole money: cents of a lead
    do not matter."""
    mean = each.contribution.mean
    half = each.contribution.ci_high - mean
    sign = "-" if mean < 0 else "+"
    if math.isnan(half):
        return f"{sign}{money(abs(mean), currency, compact=False)}", ""
    words = [money(amount, currency, compact=amount >= COMPACT_FROM) for amount in (abs(mean), half)]
    return f"{sign}{words[0]}", words[1]


def is_beyond_chance(each: SegmentBreakEven) -> bool:
    """Whether the contribution of a lead differs beyond chance."""
    return each.contribution.ci_low > 0 or each.contribution.ci_high < 0


def when_it_pays(found: BreakEven, currency: str) -> tuple[str, str]:
    """In words, and its interval: "from $16.3k" and "$16.0k to $16.7k", "at every value" and nothing."""
    if found.pays in WORDS:
        return WORDS[found.pays], ""
    words = f"{found.pays} {number(found.value, Unit.MONEY, currency)}"
    if math.isnan(found.low):
        return words, ""
    if math.isinf(found.high):
        return words, f"{number(found.low, Unit.MONEY, currency)} or more"
    low, high = in_step([found.low, found.high], Unit.MONEY, currency)
    return words, f"{low} to {high}"


def breakeven_sentences(found: Sequence[SegmentBreakEven], strategy: str, baseline: str) -> list[str]:
    """In which segments the strategy pays, in which not, and in which chance could decide."""
    segments = [each for each in found if each.segment != COMPANY]
    pays = [each.segment for each in segments if each.contribution.ci_low > 0]
    loses = [each.segment for each in segments if each.contribution.ci_high < 0]
    open_ = [each.segment for each in segments if each.segment not in (*pays, *loses)]
    words = []
    for names, verb in ((pays, "pays more than"), (loses, "pays less than"), (open_, "could as well be")):
        if names:
            words.append(f"In {in_a_row(list(names))} {strategy} {verb} {baseline}.")
    return words


def breakeven_as_json(found: Sequence[SegmentBreakEven], strategy: str, baseline: str) -> dict[str, Any]:
    """strategy, baseline, and a list of segments; undefined and endless figures are null."""
    return {"strategy": strategy, "baseline": baseline, "segments": [_segment(each) for each in found]}


def _segment(each: SegmentBreakEven) -> dict[str, Any]:
    own, other = each.ways
    return {
        "segment": each.segment,
        "leads": each.leads,
        "deal_value": each.deal_value,
        "cost_per_lead": own.cost_per_lead,
        "baseline_cost_per_lead": other.cost_per_lead,
        "win_rate": own.win_rate,
        "baseline_win_rate": other.win_rate,
        "first_year": _break_even(each.first_year),
        "all_years": _break_even(each.for_life) if each.for_life else None,
        "contribution_per_lead": statistics(each.contribution),
    }


def _break_even(found: BreakEven) -> dict[str, Any]:
    figures = {"break_even": found.value, "ci_low": found.low, "ci_high": found.high}
    return {"pays": str(found.pays)} | {
        name: value if math.isfinite(value) else None for name, value in figures.items()
    }
