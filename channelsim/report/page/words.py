"""What the page calls things, and how it writes figures: as the terminal does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.charts.monthly import MONTH_NAMES
from channelsim.report.explanation import is_beyond_chance
from channelsim.report.format import UNDEFINED, Known, mean_and_spread
from channelsim.report.page.blocks import Cell, Name, Swatch
from channelsim.report.style import strategy_colours, strategy_markers
from channelsim.report.tables import HEADLINES, TEAM_HEADLINES, unit_once
from channelsim.scenario.load import Study

MARKER_PATHS = {
    "o": "M-5.5 0a5.5 5.5 0 1 0 11 0a5.5 5.5 0 1 0-11 0Z",
    "s": "M-5-5h10v10h-10Z",
    "D": "M0-6.5 6.5 0 0 6.5-6.5 0Z",
    "^": "M0-6 6 5.5H-6Z",
    "v": "M0 6 6-5.5H-6Z",
    "P": "M-2-6h4v4h4v4h-4v4h-4v-4h-4v-4h4Z",
    "X": "M-6-3-3-6 0-3 3-6 6-3 3 0 6 3 3 6 0 3-3 6-6 3-3 0Z",
    "h": "M0-6 5.2-3v6L0 6-5.2 3v-6Z",
}
"""matplotlib's markers of the house style, as SVG."""
LABELS = {
    **dict(HEADLINES), "opportunity_win_rate": "Win rate (of opportunities)", "cac": "CAC",
    "ltv_to_cac": "LTV / CAC", "ltv": "LTV", "cost.variable": "Cost, variable pay",
    "cost.leads": "Cost, marketing",
}  # fmt: skip
TEAM_LABELS = {**dict(TEAM_HEADLINES), "queue_wait_hours": "Wait for a rep", "attainment": "Quota attainment"}
FULL_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip


def swatches(strategies: Sequence[str]) -> dict[str, Swatch]:
    """The colour and marker of each strategy, as in all charts."""
    colours, markers = strategy_colours(strategies), strategy_markers(strategies)
    return {name: Swatch(colours[name], MARKER_PATHS[markers[name]]) for name in strategies}


def headings(strategies: Sequence[str]) -> list[Name]:
    """Strategies as headings of a table's rows or columns."""
    return [Name(name, swatch) for name, swatch in swatches(strategies).items()]


def names(result: Result) -> list[Name]:
    """A run's strategies as headings."""
    return headings(result.strategies)


def label_of(metric: str) -> str:
    """A metric's name for readers: "Cost per deal", "Utilization, inside"."""
    if metric in LABELS:
        return LABELS[metric]
    kind, _, of = metric.partition(".")
    label = TEAM_LABELS.get(kind, _words(kind)) if of else _words(kind)
    return f"{label}, {of}" if of else label


def _words(name: str) -> str:
    return name.replace("_", " ").capitalize()


def cell(
    estimate: Known, unit: Unit, currency: str, *, signed: bool = False, mark: str = "", strong: bool = False
) -> Cell:
    """A mean and half of its interval."""
    mean, half = mean_and_spread(estimate, unit, currency, signed=signed)
    if half == UNDEFINED:
        return Cell(mean, mark=mark, strong=strong)
    return Cell(unit_once(mean, half), half, mark, strong)


def difference_cell(estimate: Estimate, unit: Unit, currency: str) -> Cell:
    """A paired difference, with a star where it is beyond chance."""
    return cell(estimate, unit, currency, signed=True, mark="*" if is_beyond_chance(estimate) else "")


def month_words(date: dt.date) -> str:
    """A month on an axis: "Jan 2027", in English whatever the locale."""
    return f"{MONTH_NAMES[date.month - 1]} {date.year}"


def count(number: int, noun: str) -> str:
    """A number of things: "1 month", "1,000 replications"."""
    return f"{number:,} {noun}{'s'[: number != 1]}"


def facts_of(study: Study, replications: str) -> list[str]:
    """What figures are of, in a line. replications: in words."""
    scenario, strategies = study.scenario, list(study.strategies)
    start = scenario.horizon.start
    warmup = scenario.horizon.warmup_months
    facts = [
        f"{len(strategies)} strategies" if len(strategies) > 1 else strategies[0],
        f"{count(scenario.horizon.months, 'month')} from {FULL_MONTHS[start.month - 1]} {start.year}",
        replications,
        f"money in {scenario.currency}",
    ]
    if warmup:
        facts.insert(2, f"the first {warmup} of them are warm-up" if warmup > 1 else "the first of them is warm-up")
    return facts


def in_words(figure: Cell) -> str:
    """A cell in a sentence."""
    return f"{figure.text} ± {figure.spread}" if figure.spread else figure.text


def as_sentence(note: str) -> str:
    """A note of the terminal's, with a capital and a full stop."""
    return f"{note[0].upper()}{note[1:]}{'' if note.endswith('.') else '.'}"
