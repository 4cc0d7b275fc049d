"""The backtest: what was predicted for the months held out, against what came."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from channelsim.calibrate.checking.backtest import Backtest
from channelsim.calibrate.checking.backtest import Row as Compared
from channelsim.calibrate.estimates import INTERVAL
from channelsim.report.calibration_result import Calibration, backtest_sentences, figure_words, number_of
from channelsim.report.charts.calibration import Kind
from channelsim.report.page.blocks import Block, Cell, Details, Name, Prose, Row, Section, Table
from channelsim.report.page.calibration.fits import pictures
from channelsim.report.page.words import month_words


def backtest_section(calibration: Calibration, kinds: Mapping[str, Kind]) -> Section | None:
    """In words, in pictures, and in tables; None where there was none."""
    backtest = calibration.backtest
    if backtest is None:
        return None
    blocks: list[Block] = [Prose([_what(backtest)]), Prose(list(backtest_sentences(backtest)))]
    whole = [row for row in backtest.rows if row.month is None]
    blocks.append(_table(backtest, f"All {backtest.windows.months} months together", whole))
    if "backtest" in kinds:
        blocks += pictures(kinds["backtest"])
    by_month = [row for row in backtest.rows if row.month is not None]
    blocks.append(Details("Every month", [_table(backtest, "By month", by_month)]))
    blocks.append(Prose(list(backtest.left_out), "quiet"))
    return Section("backtest", "Backtest", blocks)


def _what(backtest: Backtest) -> str:
    windows = backtest.windows
    known = len(backtest.fit.export.deals)
    return (
        f"Everything was learnt again from what was known on {windows.start}: {known:,} deals. The scenario of "
        f"that was simulated {backtest.replications:,} times, from {windows.warmup_start} on so that its pipeline "
        "is full on the day, with every uncertain number drawn anew. Deals created before "
        f"{windows.warmup_start} count on neither side. If the scenario is right, and the world did not change, "
        "nine figures in ten lie inside their intervals; figures of one month go together, and so do those of "
        "months that follow each other."
    )


def _table(backtest: Backtest, caption: str, rows: Sequence[Compared]) -> Table:
    currency = backtest.fit.export.currency
    made = []
    for row in rows:
        truth, mean, between = number_of(row, currency)
        label, _ = figure_words(row.figure)
        inside = Cell("yes") if row.is_inside else Cell("NO", strong=True)
        about = "" if row.month is None else month_words(row.month)
        made.append(Row(Name(label), [Cell(truth, strong=True), Cell(mean), Cell(between), inside], about))
    columns = [Name("Came"), Name("Predicted, mean"), Name(f"{INTERVAL:.0%} interval"), Name("Inside")]
    return Table(caption, "Figure", columns, made, words=True)
