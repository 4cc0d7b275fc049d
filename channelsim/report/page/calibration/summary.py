"""The calibration in short: what was read, how the backtest went, what it hinges on, and what to beware of."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.calibrate.records import OPEN, WON
from channelsim.finance.definitions import Unit
from channelsim.report.calibration_result import (
    CONFOUNDED,
    Calibration,
    backtest_sentences,
    deals_sentence,
    hinge_sentences,
)
from channelsim.report.format import number
from channelsim.report.page.blocks import Block, Card, Cards, Cell, Name, Prose, Section

HINGES_TOLD = 3


def summary_section(calibration: Calibration) -> Section:
    """Sentences and a few figures."""
    blocks: list[Block] = [Prose([deals_sentence(calibration)], "strong"), Cards(list(_cards(calibration)))]
    said = []
    if calibration.backtest is not None:
        said += list(backtest_sentences(calibration.backtest))
    if calibration.sensitivity is not None:
        said += hinge_sentences(calibration.sensitivity)[:HINGES_TOLD]
    if said:
        blocks.append(Prose(said))
    if len(calibration.fit.routes) > 1:
        blocks.append(Prose([CONFOUNDED], "warning"))
    return Section("summary", "In short", blocks)


def _cards(calibration: Calibration) -> Iterator[Card]:
    counts, fit = calibration.counts, calibration.fit
    ended = len(fit.export.deals) - counts[OPEN]
    yield Card(Name("Deals"), Cell(f"{len(fit.export.deals):,}"), "read", facts=[f"{counts[OPEN]:,} still open"])
    if fit.export.losses_are_seen and ended:
        won = number(counts[WON] / ended, Unit.SHARE, "")
        yield Card(Name("Won"), Cell(won), "of those that ended", facts=[f"{counts[WON]:,} of {ended:,}"])
    total = sum(source.per_month.value for source in fit.sources)
    if fit.sources:
        yield Card(Name("Come in"), Cell(f"{total:,.3g}"), "a month, at the end")
    if calibration.backtest is not None:
        rows = [row for row in calibration.backtest.rows if row.month is not None]
        inside = sum(row.is_inside for row in rows)
        share = number(inside / len(rows), Unit.SHARE, "") if rows else "–"
        facts = [f"{inside} of {len(rows)}; 90% would be right"]
        yield Card(Name("Backtest"), Cell(share), "of months' figures inside", facts=facts)
