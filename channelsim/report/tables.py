"""The run's tables on the terminal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import IO, Any, cast

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Metric, Unit
from channelsim.report.beliefs import stakes_note, stakes_of, stakes_sentences, stakes_table
from channelsim.report.format import UNDEFINED, Known, mean_and_spread
from channelsim.report.risk import dominance_sentence, is_worth_telling, risk_note, risk_table
from channelsim.report.transient import warmup_sentences
from channelsim.report.verdict import DECIDED_BY
from channelsim.scenario.difference import differences, in_words
from channelsim.scenario.load import Study

HEADLINES = (
    ("contribution", "Contribution"),
    ("npv", "Net present value"),
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
UNBOUNDED = 10_000
WIDEST_PATH = 46


def print_run(console: Console, result: Result) -> None:
    """What a run found: inputs that differ, results beside each other, and differences from the baseline."""
    for table in that_fit(console, result.strategies, partial(_comparison_table, result)):
        print_table(console, results_over(result), table, basis(result))
    for sentence in warmup_sentences(result):
        console.print(f"{escape(sentence)}\n")
    if len(result.strategies) > 1:
        others = [name for name in result.strategies if name != result.baseline]
        for table in that_fit(console, others, partial(_difference_table, result)):
            title = f"Difference from {result.baseline}, lead for lead"
            note = "95% intervals that hold together in each row; * beyond chance"
            print_table(console, title, table, note)
        print_inputs(console, result.study, result.baseline)
    if is_worth_telling(result):
        title = f"What could go wrong: {DECIDED_BY[result.comparison.metric][0]}"
        for table in that_fit(console, result.strategies, partial(risk_table, result)):
            print_table(console, title, table, risk_note(result))
        if told := dominance_sentence(result):
            console.print(f"{escape(told)}\n")
    if result.stopping is not None:
        console.print(f"{escape(result.stopping.sentence())}\n")
    stakes = stakes_of(result)
    if stakes is not None:
        title = f"What nobody knows, and {stakes.figure}"
        print_table(console, title, stakes_table(stakes, result), stakes_note(stakes))
        for sentence in stakes_sentences(stakes, result):
            console.print(escape(sentence))
        console.print()


def basis(result: Result) -> str:
    """What a table's figures are."""
    if result.replications == 1:
        return "one replication, which does not show what is chance"
    known = f"means of {result.replications:,} replications, ± half of the 95% interval"
    if result.controls is None:
        return known
    return f"{known}; buyers' luck is taken out, worth {result.controls.factor:.1f} times the replications"


def that_fit(
    console: Console, strategies: Sequence[str], table_of: Callable[[Sequence[str]], Table]
) -> list[Table]:
    """Tables of some strategies each: as many as fit beside each other without a cell that goes on below."""
    unbounded = console.options.update(width=UNBOUNDED)
    for columns in range(STRATEGIES_A_TABLE, 0, -1):
        tables = [table_of(strategies[at : at + columns]) for at in range(0, len(strategies), columns)]
        if all(console.measure(table, options=unbounded).maximum <= console.width for table in tables):
            break
    return tables


def print_table(console: Console, title: str, table: Table, note: str = "") -> None:
    """A table between its title and its note, which may be wider than the table."""
    console.print(f"[bold]{escape(title)}[/]")
    console.print(table)
    console.print(f"[dim]{note}[/]\n" if note else "")


def plain_table() -> Table:
    """An empty table without lines."""
    return Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)


def _comparison_table(result: Result, strategies: Sequence[str]) -> Table:
    table = plain_table()
    table.add_column("")
    for name in strategies:
        table.add_column(escape(name), justify="right", overflow="fold")
    currency = result.study.scenario.currency
    best = result.comparison.best if result.comparison.is_settled else None
    for metric, label in headline_rows(result):
        estimates = {name: result.estimate(name, metric.name) for name in strategies}
        if all(math.isnan(e.mean) for e in estimates.values()):
            continue
        is_decision = metric.name == result.comparison.metric
        cells = [
            f"[bold]{with_spread(e, metric.unit, currency)}[/]" if is_decision and name == best
            else with_spread(e, metric.unit, currency)
            for name, e in estimates.items()
        ]  # fmt: skip
        table.add_row(escape(label), *cells)
    return table


def results_over(result: Result) -> str:
    """The period, as a table's title."""
    horizon = result.study.scenario.horizon
    after = f" after {_months(horizon.warmup_months)} of warm-up" if horizon.warmup_months else ""
    return f"Results over {_months(horizon.months - horizon.warmup_months)}{after}"


def _months(count: int) -> str:
    return "1 month" if count == 1 else f"{count} months"


def headline_rows(result: Result) -> Iterator[tuple[Metric, str]]:
    """The metrics that a reader sees first, with what they are called: the one that decides before all others."""
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


def with_spread(e: Known, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """A mean and half of its interval, if there is one: "$3k ± $209"."""
    mean, half_width = mean_and_spread(e, unit, currency, signed=signed)
    return mean if half_width == UNDEFINED else _joined(mean, half_width)


def _joined(mean: str, half_width: str) -> str:
    return f"{unit_once(mean, half_width)} [dim]± {half_width}[/]"


def unit_once(mean: str, half_width: str) -> str:
    """A mean without its unit where what stands after its ± has the same."""
    _, _, unit = half_width.partition(" ")
    return mean.removesuffix(f" {unit}") if unit else mean


def _difference_table(result: Result, strategies: Sequence[str]) -> Table:
    """Paired differences from the baseline: the same leads, the same luck."""
    table = plain_table()
    table.add_column("")
    for name in strategies:
        table.add_column(escape(name), justify="right", overflow="fold")
    currency = result.study.scenario.currency
    by_name = {metric.name: metric for metric in result.metrics}
    labels = dict(HEADLINES)
    for name in dict.fromkeys((result.comparison.metric, *COMPARED)):
        metric = by_name[name]
        by_strategy = result.differences(name)
        cells = [_signed(by_strategy[strategy], metric.unit, currency) for strategy in strategies]
        table.add_row(escape(labels.get(name, _label(name))), *cells)
    return table


def _signed(e: Estimate, unit: Unit, currency: str) -> str:
    is_beyond_chance = e.ci_low > 0 or e.ci_high < 0
    return f"{with_spread(e, unit, currency, signed=True)}{'*' if is_beyond_chance else ' '}"


def print_inputs(console: Console, study: Study, baseline: str) -> None:
    """What goes in differently, strategy by strategy, against the baseline."""
    base = study.strategies[baseline]
    for name, scenario in study.strategies.items():
        if name == baseline:
            continue
        rows = differences(base, scenario)
        if not rows:
            console.print(escape(f"{name} has the same inputs as {baseline}\n"))
            continue
        table = plain_table()
        longest = max(len(row.path) for row in rows)
        table.add_column("input", overflow="fold", min_width=min(longest, WIDEST_PATH))
        for strategy in (baseline, name):
            table.add_column(escape(strategy), overflow="fold")
        for row in rows:
            table.add_row(*(escape(text) for text in (row.path, in_words(row.a), in_words(row.b))))
        print_table(console, f"What goes in differently: {name} against {baseline}", table)


def console_for(*, stderr: bool = False) -> Console:
    """A console as wide as the terminal, within reason; what is piped has no blanks at the end of its lines."""
    console = Console(stderr=stderr, highlight=False)
    width = min(console.width, WIDEST)
    if console.is_terminal:
        return Console(stderr=stderr, highlight=False, width=width)
    return Console(file=cast(IO[str], _Trimmed(console.file)), highlight=False, width=width)


class _Trimmed:
    """A text stream that leaves out the blanks with which rich fills up the lines of a table."""

    def __init__(self, stream: IO[str]) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        """Write whole lines, as rich does."""
        self._stream.write(re.sub(r" +$", "", text, flags=re.MULTILINE))
        return len(text)

    def flush(self) -> None:
        """Write out what the stream holds back."""
        self._stream.flush()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)
