"""A backtest on the terminal: what was predicted for the months held out, and what came."""

from __future__ import annotations

from rich.console import Console
from rich.markup import escape

from channelsim.calibrate.checking.backtest import Backtest
from channelsim.calibrate.estimates import INTERVAL
from channelsim.report.calibration_result import backtest_sentences, figure_words, number_of
from channelsim.report.tables import plain_table, print_table


def print_backtest(console: Console, backtest: Backtest) -> None:
    """All months together as a table, then in words, months by month among them."""
    currency = backtest.fit.export.currency
    table = plain_table()
    table.add_column("what", overflow="fold")
    for name in ("came", "predicted", f"{INTERVAL:.0%} interval", "inside"):
        table.add_column(name, justify="right", no_wrap=True)
    for row in backtest.rows:
        if row.month is None:
            truth, mean, between = number_of(row, currency)
            inside = "yes" if row.is_inside else "[bold]NO[/]"
            table.add_row(escape(figure_words(row.figure)[0]), truth, mean, between, inside)
    windows = backtest.windows
    title = f"Backtest: {windows.months} months from {windows.start} on"
    note = (
        f"learnt from {len(backtest.fit.export.deals):,} deals known then; {backtest.replications:,} replications"
    )
    print_table(console, title, table, escape(note))
    for sentence in (*backtest_sentences(backtest), *backtest.left_out):
        console.print(escape(sentence))
    console.print()
