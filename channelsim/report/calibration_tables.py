"""What a calibration found, on the terminal: columns, the state of the data, the main estimates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.calibrate.estimates import Estimate, Fit, RouteFit, Spread
from channelsim.calibrate.records import Column, Export
from channelsim.calibrate.writing.figures import interval_alone, number
from channelsim.calibrate.writing.settle import Settled
from channelsim.report.tables import plain_table, print_table, that_fit

EXAMPLES = 2
NOT_USED = "not used"


def print_columns(console: Console, columns: Sequence[Column]) -> None:
    """What each column of each file was taken for."""
    for file in dict.fromkeys(column.file for column in columns):
        table = plain_table()
        for heading in ("column", "taken for", "how", "such as"):
            table.add_column(heading, overflow="fold")
        of_file = [column for column in columns if column.file == file]
        for column in sorted(of_file, key=lambda each: not each.field):
            style = "" if column.field else "dim"
            cells = (column.column, column.field or NOT_USED, column.how, column.sample)
            table.add_row(*(escape(cell) for cell in cells), style=style)
        print_table(console, escape(f"How {file} is read"), table)


def print_data(console: Console, export: Export) -> None:
    """What was found in the data, counted, and what was decided about it."""
    if export.counts:
        table = plain_table()
        table.add_column("rows", justify="right")
        for heading in ("what", "what became of them", "such as"):
            table.add_column(heading, overflow="fold")
        for count in export.counts:
            examples = ", ".join(count.examples[:EXAMPLES])
            table.add_row(f"{count.rows:,}", escape(count.what), escape(count.done), escape(examples))
        print_table(console, "What was found in the data", table)
    print_sentences(console, export.sentences)


def print_sentences(console: Console, sentences: Sequence[str]) -> None:
    """Sentences below each other."""
    for sentence in sentences:
        console.print(f"- {escape(sentence)}")
    if sentences:
        console.print()


def print_estimates(console: Console, fit: Fit) -> None:
    """Win rates, steps, deal values and what comes in a month, each with its 90% interval."""
    for table in that_fit(console, [route.name for route in fit.routes], partial(_win_rates, fit)):
        print_table(console, "Deals won, of those created", table)
    print_table(console, "Steps: deals that came, and days until they went on or were lost", _steps(fit))
    if fit.values:
        print_table(console, "Deal values", _values(fit))
    if fit.sources:
        print_table(console, "Deals a month, at the end of the export", _sources(fit))
    console.print("[dim]90% intervals in brackets[/]\n")


def print_settled(console: Console, settled: Settled) -> None:
    """How long simulated deals stay in steps, where that is not as long as in the export."""
    apart = [row for row in settled.rows if not row.is_close]
    close = len(settled.rows) - len(apart)
    console.print(
        f"Settled: {close} of {len(settled.rows)} mean times in steps are simulated as they are in the export."
    )
    if apart:
        table = plain_table()
        table.add_column("step", overflow="fold")
        for heading in ("export", "simulated"):
            table.add_column(heading, justify="right")
        for row in apart:
            cell = row.cell
            since = ", in all" if row.is_total else ""
            name = f"{cell.route}/{cell.step} until {cell.outcome}{since}: {', '.join(cell.segments)}"
            table.add_row(escape(name), f"{row.wanted_mean:.1f} d", f"{row.after_mean:.1f} d")
        print_table(console, "Times that differ", table)
    else:
        console.print()


def _win_rates(fit: Fit, routes: Sequence[str]) -> Table:
    table = plain_table()
    table.add_column("segment", overflow="fold")
    shown = [route for route in fit.routes if route.name in routes]
    for route in shown:
        table.add_column(escape(route.name), justify="right")
    for segment in fit.export.segments:
        table.add_row(escape(segment), *(_rate(route, segment) for route in shown))
    return table


def _rate(route: RouteFit, segment: str) -> str:
    rate = route.win_rate.get(segment)
    return "–" if rate is None else f"{100 * rate.value:.1f}% ({interval_alone(rate, 100)})"


def _steps(fit: Fit) -> Table:
    table = plain_table()
    table.add_column("step", overflow="fold")
    table.add_column("deals", justify="right")
    for heading in ("days until yes", "days until no"):
        table.add_column(heading, justify="right")
    for route in fit.routes:
        for step in route.steps:
            entered = f"{sum(step.entered.values()):,}"
            no = "–" if step.if_no is None else _days(step.if_no)
            table.add_row(escape(f"{route.name}/{step.step}"), entered, _days(step.if_yes), no)
    return table


def _days(spreads: Mapping[str, Spread]) -> str:
    """The mean, or the means of the quickest and of the slowest segment."""
    means = sorted({spread.mean.value: spread.mean for spread in spreads.values()}.items())
    if len(means) == 1:
        return _with_interval(means[0][1])
    return "" if not means else f"{number(means[0][0], 3)} to {number(means[-1][0], 3)} by segment"


def _values(fit: Fit) -> Table:
    table = plain_table()
    table.add_column("segment", overflow="fold")
    table.add_column("of deals", justify="right")
    table.add_column(f"mean, {fit.export.currency}", justify="right")
    for segment, spread in fit.values.items():
        share = fit.segment_shares.get(segment)
        table.add_row(escape(segment), "–" if share is None else f"{share.value:.1%}", _with_interval(spread.mean))
    return table


def _sources(fit: Fit) -> Table:
    table = plain_table()
    table.add_column("source", overflow="fold")
    for heading in ("a month", "growth a year"):
        table.add_column(heading, justify="right")
    for source in fit.sources:
        growth = source.annual_growth
        text = "–" if growth is None else f"{100 * growth.value:.0f}% ({interval_alone(growth, 100)})"
        table.add_row(escape(source.name), _with_interval(source.per_month), text)
    return table


def _with_interval(estimate: Estimate) -> str:
    known = interval_alone(estimate)
    return f"{_grouped(estimate)}{f' ({known})' if known else ''}"


def _grouped(estimate: Estimate) -> str:
    text = number(estimate.value, 3)
    return f"{int(text):,}" if text.lstrip("-").isdigit() else text


def lines_of_assumed(assumed: Sequence[str], template: str) -> Iterator[str]:
    """What was assumed, a line each."""
    yield f"Assumed, from the template {template}, because no export says it:"
    yield from (f"- {each}" for each in assumed)
