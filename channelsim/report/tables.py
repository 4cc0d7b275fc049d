"""The run's tables on the terminal."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Metric, Unit
from channelsim.report.format import number, spread
from channelsim.scenario.difference import differences, in_words

HEADLINES = (
    ("contribution", "Contribution"),
    ("bookings", "Bookings"),
    ("cost_total", "Cost, all in"),
    ("won", "Deals won"),
    ("win_rate", "Win rate (of leads)"),
    ("cost_per_deal", "Cost per deal"),
    ("payback_months", "Payback"),
    ("expense_ratio", "Cost / bookings"),
    ("cycle_days", "Days to win"),
    ("first_response_hours", "First response"),
)
TEAM_HEADLINES = (("utilization", "Utilization"), ("headcount", "Reps"))
COMPARED = ("contribution", "bookings", "cost_total", "won", "cost_per_deal")
STRATEGIES_A_TABLE = 4
WIDEST = 110


def print_run(console: Console, result: Result) -> None:
    """What a run found: inputs that differ, results beside each other, and differences from the baseline."""
    for strategies in _groups(result.strategies):
        console.print(_comparison_table(result, strategies))
        console.print()
    if len(result.strategies) > 1:
        console.print(_difference_table(result))
        console.print()
        console.print(_inputs_table(result))
        console.print()


def _groups(strategies: Sequence[str]) -> Iterator[Sequence[str]]:
    for first in range(0, len(strategies), STRATEGIES_A_TABLE):
        yield strategies[first : first + STRATEGIES_A_TABLE]


def _table(title: str, caption: str = "") -> Table:
    return Table(
        title=title, title_justify="left", title_style="bold", caption=caption or None, caption_justify="left",
        box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False,
    )  # fmt: skip


def _comparison_table(result: Result, strategies: Sequence[str]) -> Table:
    horizon = result.study.scenario.horizon
    months = horizon.months - horizon.warmup_months
    after = f" after {_months(horizon.warmup_months)} of warm-up" if horizon.warmup_months else ""
    table = _table(
        f"Results over {_months(months)}{after}",
        f"means of {result.replications:,} replications, ± half of the 95% interval",
    )
    table.add_column("")
    for name in strategies:
        table.add_column(escape(name), justify="right", overflow="fold")
    best = result.comparison.best if result.comparison.is_settled else None
    for metric, label in _rows(result):
        estimates = {name: result.estimate(name, metric.name) for name in strategies}
        if all(math.isnan(e.mean) for e in estimates.values()):
            continue
        is_decision = metric.name == result.comparison.metric
        cells = [
            f"[bold]{_with_spread(e, metric, result)}[/]" if is_decision and name == best
            else _with_spread(e, metric, result)
            for name, e in estimates.items()
        ]  # fmt: skip
        table.add_row(escape(label), *cells)
    return table


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"


def _rows(result: Result) -> Iterator[tuple[Metric, str]]:
    by_name = {metric.name: metric for metric in result.metrics}
    labels = dict(HEADLINES)
    decided_by = result.comparison.metric
    for name in [decided_by, *(name for name in labels if name != decided_by)]:
        yield by_name[name], labels.get(name, _label(name))
    for name, label in TEAM_HEADLINES:
        for metric in result.metrics:
            if metric.name.startswith(f"{name}."):
                yield metric, f"{label}, {metric.name.removeprefix(f'{name}.')}"


def _label(name: str) -> str:
    return name.replace("_", " ").capitalize()


def _with_spread(e: Estimate, metric: Metric, result: Result) -> str:
    currency = result.study.scenario.currency
    mean = number(e.mean, metric.unit, currency)
    if math.isnan(e.ci_high) or math.isnan(e.mean):
        return mean
    return _joined(mean, spread(e.ci_high - e.mean, metric.unit, currency))


def _joined(mean: str, half_width: str) -> str:
    """A mean and what stands after its ±, with their unit once where it is the same."""
    _, _, unit = half_width.partition(" ")
    shared = bool(unit) and mean.endswith(f" {unit}")
    return f"{mean.removesuffix(f' {unit}') if shared else mean} [dim]± {half_width}[/]"


def _difference_table(result: Result) -> Table:
    """Paired differences from the baseline: the same leads, the same luck."""
    table = _table(
        f"Difference from {escape(result.baseline)}, lead for lead",
        "95% intervals that hold together in each column; * beyond chance",
    )
    table.add_column("")
    currency = result.study.scenario.currency
    by_name = {metric.name: metric for metric in result.metrics}
    columns = [by_name[name] for name in dict.fromkeys((result.comparison.metric, *COMPARED))]
    labels = dict(HEADLINES)
    for metric in columns:
        table.add_column(labels.get(metric.name, _label(metric.name)), justify="right")
    by_metric = {metric.name: result.differences(metric.name) for metric in columns}
    for name in result.strategies:
        if name != result.baseline:
            cells = [_signed(by_metric[metric.name][name], metric.unit, currency) for metric in columns]
            table.add_row(escape(name), *cells)
    return table


def _signed(e: Estimate, unit: Unit, currency: str) -> str:
    text = number(e.mean, unit, currency, signed=True)
    if math.isnan(e.ci_low) or math.isnan(e.mean):
        return text
    star = "*" if e.ci_low > 0 or e.ci_high < 0 else " "
    return f"{_joined(text, spread(e.ci_high - e.mean, unit, currency))}{star}"


def _inputs_table(result: Result) -> Table:
    """What goes in differently: the values of the baseline and of each strategy that differs."""
    table = _table(f"What each strategy changes against {escape(result.baseline)}")
    table.add_column("")
    table.add_column("input", overflow="fold")
    table.add_column(escape(result.baseline), overflow="fold")
    table.add_column("in its place", overflow="fold")
    base = result.study.strategies[result.baseline]
    for name in result.strategies:
        if name == result.baseline:
            continue
        rows = differences(base, result.study.strategies[name])
        for position, row in enumerate(rows):
            cells = (name if position == 0 else "", row.path, in_words(row.a), in_words(row.b))
            table.add_row(*(escape(cell) for cell in cells))
        if not rows:
            table.add_row(escape(name), "nothing", "", "")
    return table


def console_for(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, within reason."""
    console = Console(stderr=stderr, highlight=False)
    return Console(stderr=stderr, highlight=False, width=min(console.width, WIDEST))
