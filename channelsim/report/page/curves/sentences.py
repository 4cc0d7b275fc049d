"""What the curves say: who is ahead where, each strategy's best point, and what is left out."""

from __future__ import annotations

from channelsim.analysis.curves import FLAT_SHARE, Optimum, mean_of
from channelsim.experiment.curves import Curves
from channelsim.report.curves import (
    break_even_sentences,
    could_be_as_good,
    flat_top,
    gap_sentences,
    throughout_sentences,
)
from channelsim.report.page.blocks import Block, Card, Cards, Prose, Section
from channelsim.report.page.words import as_sentence, cell, headings
from channelsim.report.verdict import DECIDED_BY

FIRST = "Contribution: "
"""How sentences begin that finance reads first."""
MOST_CARDS = 6


def sentences_section(curves: Curves) -> Section:
    """Contribution first, then cost per deal, then the best points."""
    said = [*break_even_sentences(curves), *throughout_sentences(curves)]
    blocks: list[Block] = []
    if failed := len(curves.failures):
        blocks.append(Prose([f"PARTIAL: {failed:,} replications failed; the manifest names them."], tone="warning"))
    said.sort(key=lambda sentence: not sentence.startswith(FIRST))
    blocks += [Prose(part, tone) for part, tone in ((said[:1], "strong"), (said[1:], "plain")) if part]
    best = [
        (name, found) for name in headings(curves.strategies) if (found := curves.optima[name.text]) is not None
    ]
    if 0 < len(best) <= MOST_CARDS:
        blocks.append(Cards([_card(curves, name.text, each) for name, each in best]))
    if aside := [*gap_sentences(curves), *(as_sentence(note) for note in curves.points.notes)]:
        blocks.append(Prose(aside, "quiet"))
    return Section("sentences", "What the curves say", blocks)


def _card(curves: Curves, strategy: str, best: Optimum) -> Card:
    """A strategy at its best value."""
    what, unit = DECIDED_BY[curves.decided_by]
    labels = curves.points.labels
    amount = mean_of(curves.figures(strategy, curves.decided_by)[best.point])
    also = could_be_as_good(curves, best)
    if not curves.points.variation.is_ordered:
        where = f"with {labels[best.point]}"
        facts = [f"{also} could be as good"] if also else []
    else:
        where = f"at {labels[best.point]}"
        is_end = best.point in (0, len(labels) - 1)
        facts = ["the end of the range: the best may lie beyond"] if is_end else []
        facts.append(f"within {FLAT_SHARE:.0%} of that {flat_top(curves, best)}")
        if also:
            facts.append(f"as far as chance goes, best anywhere from {also}")
    (heading,) = (each for each in headings(curves.strategies) if each.text == strategy)
    figure = cell(amount, unit, curves.points.study.scenario.currency)
    return Card(heading, figure, f"highest {what}, {where}", facts=facts)
