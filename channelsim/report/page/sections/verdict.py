"""The verdict, and each strategy in short."""

from __future__ import annotations

import math

from channelsim.experiment.result import Result
from channelsim.report.page.blocks import Block, Card, Cards, Prose, Section
from channelsim.report.page.words import cell, count, difference_cell, names
from channelsim.report.risk import CAN_BE_LOST, is_worth_telling, percent
from channelsim.report.style import period
from channelsim.report.transient import warmup_sentences
from channelsim.report.verdict import DECIDED_BY, verdict


def verdict_section(result: Result) -> Section:
    """Which strategy is best, by how much, how surely; the best first."""
    found = verdict(result)
    blocks: list[Block] = [Prose([found.sentence], "strong")]
    if found.guarantee:
        blocks.append(Prose([found.guarantee]))
    if result.failures:
        made = len(result.strategies) * result.replications
        blocks.append(
            Prose(
                [
                    f"PARTIAL: {len(result.failures):,} of {made:,} replications failed. Figures are of those that "
                    "finished; the manifest names the others."
                ],
                "warning",
            )
        )
    blocks += [Prose([sentence], "warning") for sentence in warmup_sentences(result)]
    blocks.append(Cards(_cards(result)))
    return Section("verdict", "Verdict", blocks)


def _cards(result: Result) -> list[Card]:
    comparison = result.comparison
    words, unit = DECIDED_BY[comparison.metric]
    means = {name: result.estimate(name, comparison.metric).mean for name in result.strategies}
    ranked = sorted(
        names(result), key=lambda name: -means[name.text] if means[name.text] == means[name.text] else math.inf
    )
    currency = result.study.scenario.currency
    return [
        Card(
            heading=name,
            figure=cell(result.estimate(name.text, comparison.metric), unit, currency),
            label=f"{words} over {period(result)}",
            badge=_badge(result) if name.text == comparison.best else "",
            facts=list(_facts(result, name.text)),
        )
        for name in ranked
    ]


def _badge(result: Result) -> str:
    comparison = result.comparison
    if not comparison.leads or comparison.is_identical:
        return ""
    return "best" if comparison.is_settled else "ahead"


def _facts(result: Result, strategy: str) -> list[str]:
    comparison, currency = result.comparison, result.study.scenario.currency
    facts = []
    if strategy != result.baseline and comparison.leads:
        apart = difference_cell(
            result.differences(comparison.metric)[strategy], DECIDED_BY[comparison.metric][1], currency
        )
        spread = f" ± {apart.spread}" if apart.spread else ""
        facts.append(f"{apart.text}{spread} against {result.baseline}")
    elif comparison.leads:
        facts.append("the baseline")
    if comparison.leads and comparison.replications > 1:
        facts.append(
            f"on top in {comparison.best_share[strategy]:.0%} of {count(comparison.replications, 'replication')}"
        )
    if comparison.metric in CAN_BE_LOST and is_worth_telling(result):
        facts.append(f"a loss in {percent(result.risks[strategy].loss.share)}%")
    return facts
