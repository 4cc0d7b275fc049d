"""A run at new prices beside the run as it was."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.intervals import Estimate, estimate
from channelsim.analysis.ratios import about
from channelsim.experiment.result import Result
from channelsim.finance.costs import Category
from channelsim.finance.definitions import Metric
from channelsim.report.format import UNDEFINED, mean_and_spread, number
from channelsim.report.tables import plain_table
from channelsim.report.verdict import verdict

ROWS = (
    ("contribution", "Contribution"),
    ("npv", "Net present value"),
    ("gross_margin", "Gross margin"),
    ("cost_total", "Cost, all in"),
    ("cost_per_deal", "Cost per deal"),
    ("payback_months", "Payback"),
    ("expense_ratio", "Cost / bookings"),
)


def print_repriced(console: Console, before: Result, after: Result, sets: Sequence[str]) -> None:
    """What new prices change, strategy by strategy, and what the verdict is."""
    for each in sets:
        console.print(f"[dim]{escape(each)}[/]")
    console.print()
    for strategy in after.strategies:
        if _is_nothing(_change(before, after, strategy, "cost_total")) and _is_nothing(
            _change(before, after, strategy, "npv")
        ):
            console.print(f"[bold]{escape(strategy)}[/] stays as it was\n")
            continue
        console.print(f"[bold]{escape(strategy)}[/]")
        console.print(_table(before, after, strategy))
        console.print()
    console.print(
        f"[dim]means of {after.replications:,} replications, as they happened; ± half of the 95% interval[/]\n"
    )
    old, new = verdict(before), verdict(after)
    if old.sentence != new.sentence:
        console.print(f"At the old prices: {escape(old.sentence)}\n")
    console.print(f"[bold]{escape(new.sentence)}[/]")
    if new.guarantee:
        console.print(escape(new.guarantee))


def _table(before: Result, after: Result, strategy: str) -> Table:
    table = plain_table()
    table.add_column("", min_width=18)
    for title in ("as it was", "at new prices", "change"):
        table.add_column(title, justify="right")
    by_name = {metric.name: metric for metric in after.metrics}
    costs = ((f"cost.{category}", f"  {category}") for category in Category)
    for name, label in [*ROWS, *costs]:
        change = _change(before, after, strategy, name)
        if name in dict(ROWS) or not _is_nothing(change):
            table.add_row(label, *_cells(before, after, strategy, by_name[name], change))
    return table


def _change(before: Result, after: Result, strategy: str, metric: str) -> Estimate:
    """Replication by replication: of the same history at two prices."""
    difference = after.metric_values(metric)[strategy] - before.metric_values(metric)[strategy]
    ratio = after.metrics[after.column(metric)].ratio
    if ratio is None:
        return estimate(difference, controls=after.controls)
    done = ~np.isnan(after.metric_values("leads")[strategy])
    new, old = (result.ratio_of_means(ratio, strategy, done) for result in (after, before))
    return about(new[0] - old[0], new[1] - old[1], difference, controls=after.controls)


def _is_nothing(change: Estimate) -> bool:
    return math.isnan(change.mean) or change.mean == change.p10 == change.p90 == 0


def _cells(before: Result, after: Result, strategy: str, metric: Metric, change: Estimate) -> tuple[str, str, str]:
    currency = after.study.scenario.currency
    means = [
        number(result.estimate(strategy, metric.name).mean, metric.unit, currency) for result in (before, after)
    ]
    if _is_nothing(change):
        return means[0], means[1], UNDEFINED
    mean, half = mean_and_spread(change, metric.unit, currency, signed=True)
    return means[0], means[1], mean if half == UNDEFINED else f"{mean} [dim]± {half}[/]"
