"""What a sweep says: its size before it starts, the best points so far and at the end, and where each strategy
wins."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.markup import escape
from rich.table import Table

from channelsim.experiment.sweep import Progress, Sweep
from channelsim.experiment.sweep_results import SweepResults
from channelsim.finance.definitions import Metric
from channelsim.report.format import number
from channelsim.report.tables import plain_table
from channelsim.report.verdict import DECIDED_BY
from channelsim.scenario.difference import in_words

BEST = 8
MOST_PARAMETERS = 4
HEADING = 11
HEADINGS = {"cost_total": "cost", "bookings": "bookings", "cost_per_deal": "cost\na deal"}


def size_sentence(sweep: Sweep) -> str:
    """How much there is to do."""
    strategies = len(sweep.spec.strategies)
    points = f"{sweep.points:,} point{'s'[: sweep.points != 1]}"
    each = f"{strategies} strategies" if strategies > 1 else "1 strategy"
    return f"{points} x {each} x {sweep.replications:,} replications: {sweep.total:,} in all"


def duration(seconds: float) -> str:
    """A time as people say it: "40 s", "12 min", "3.5 h", "2 days".

    >>> duration(12.3), duration(700), duration(9000)
    ('12 s', '12 min', '2.5 h')
    """
    if math.isnan(seconds):
        return "unknown"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 5400:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h" if seconds < 172_800 else f"{seconds / 86_400:.0f} days"


def values_in_words(values: Mapping[str, Any], factors: Sequence[str] = ()) -> str:
    """A point's values: "teams.inside.headcount=3, sources.*.leads_per_month=x1.5"."""
    return ", ".join(f"{path}={'x' * (path in factors)}{value_in_words(each)}" for path, each in values.items())


def value_in_words(value: Any) -> str:
    """A value of a parameter, of a number as many digits as matter.

    >>> value_in_words(1.928831355), value_in_words(12), value_in_words("oldest")
    ('1.929', '12', 'oldest')
    """
    return in_words(float(f"{value:.4g}") if isinstance(value, float) else value)


def in_lines(path: str, columns: int) -> str:
    """A dotted path on as many lines as it takes, broken at its dots.

    >>> in_lines("teams.inside.people.ramp_months", 14)
    'teams.inside.\\npeople.\\nramp_months'
    """
    lines = [""]
    for part in re.findall(r"[^.]+\.?", path):
        if lines[-1] and len(lines[-1]) + len(part) > columns:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def factors_of(sweep: Sweep) -> list[str]:
    """The parameters whose values multiply what the file says."""
    plan = sweep.spec.plan
    return [each.path for each in plan.variations if each.multiplies] + [
        each.path for each in plan.ranges if each.multiplies
    ]


def so_far_table(sweep: Sweep, progress: Progress) -> Table:
    """The best points so far."""
    metric = sweep.study.scenario.decision_metric
    words, unit = DECIDED_BY[metric]
    table = plain_table()
    table.add_column(f"best so far: {words}", justify="right")
    table.add_column("strategy")
    table.add_column("at", overflow="ellipsis", no_wrap=True)
    for mean, point, strategy in progress.best:
        values = values_in_words(sweep.spec.design.values(point), factors_of(sweep))
        cells = (number(mean, unit, sweep.study.scenario.currency), sweep.spec.strategies[strategy], values)
        table.add_row(*(escape(cell) for cell in cells))
    return table


def best_table(results: SweepResults) -> Table:
    """The best points and strategies."""
    table = plain_table()
    table.add_column("")
    table.add_column("strategy", no_wrap=True)
    shown = results.paths[:MOST_PARAMETERS]
    factors = factors_of(results.sweep)
    for path in shown:
        table.add_column(escape(in_lines(path, HEADING)), justify="right")
    table.add_column(DECIDED_BY[results.decided_by.name][0], justify="right", no_wrap=True)
    metrics = {metric.name: metric for metric in results.metrics}
    for name in HEADINGS:
        table.add_column(HEADINGS[name], justify="right", no_wrap=True)
    best = results.best_points(BEST)
    for place, row in enumerate(best.iter_rows(named=True), start=1):
        values = [f"{'x' if path in factors else ''}{value_in_words(row[path])}" for path in shown]
        figures = [_with_half(results, row, metrics[results.decided_by.name])]
        figures += [number(row[name], metrics[name].unit, _currency(results)) for name in HEADINGS]
        table.add_row(str(place), escape(row["strategy"]), *map(escape, values), *figures)
    return table


def _with_half(results: SweepResults, row: Mapping[str, Any], metric: Metric) -> str:
    mean, high = row[metric.name], row[f"{metric.name}_ci_high"]
    text = number(mean, metric.unit, _currency(results))
    return text if high is None else f"{text} [dim]± {number(high - mean, metric.unit, _currency(results))}[/]"


def _currency(results: SweepResults) -> str:
    return results.sweep.study.scenario.currency


def told(results: SweepResults) -> str:
    """Where each strategy wins, in a sentence; of one strategy, where it is best."""
    winners = results.winners
    if len(results.sweep.spec.strategies) == 1:
        return best_sentence(results)
    parts = []
    for name in results.sweep.spec.strategies:
        own = winners.filter(winners["best"] == name)
        if len(own):
            sure = int(own["settled"].fill_null(False).sum())
            beyond = "all beyond chance" if sure == len(own) else f"{sure:,} of them beyond chance"
            parts.append(f"{name} at {len(own):,} ({beyond})")
    return f"Of {len(winners):,} points, the best is {'; '.join(parts)}."


def best_sentence(results: SweepResults) -> str:
    """The best point of all."""
    row = results.best_points(1).row(0, named=True)
    words, unit = DECIDED_BY[results.decided_by.name]
    values = values_in_words(
        {path: row[path] for path in results.paths if row[path] is not None}, factors_of(results.sweep)
    )
    mean = number(row[results.decided_by.name], unit, _currency(results))
    return f"The highest mean {words} is {mean}: {row['strategy']} with {values}."


def summary_as_json(results: SweepResults, folder: str, failed: Sequence[tuple[int, str, str]]) -> dict[str, Any]:
    """The sweep as one object: size, best point, how many points each strategy wins, and where the files are."""
    winners = results.winners
    return {
        "scenario": results.sweep.study.source,
        "points": results.sweep.points,
        "strategies": list(results.sweep.spec.strategies),
        "replications": results.sweep.replications,
        "decided_by": results.decided_by.name,
        "best": results.best_points(1).row(0, named=True),
        "wins": {
            name: {
                "points": int((winners["best"] == name).sum()),
                "settled": int(winners.filter(winners["best"] == name)["settled"].fill_null(False).sum()),
            }
            for name in results.sweep.spec.strategies
        },
        "failed": [{"point": point, "strategy": strategy, "reason": reason} for point, strategy, reason in failed],
        "output": folder,
    }
