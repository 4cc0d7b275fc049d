"""The verdict, and each strategy in short."""

from __future__ import annotations

import numpy as np

from channelsim.experiment.result import Result
from channelsim.report.page.blocks import Block, Card, Cards, Prose, Section
from channelsim.report.page.words import cell, count, difference_cell, in_words, names
from channelsim.report.risk import CAN_BE_LOST, is_worth_telling, percent
from channelsim.report.style import period
from channelsim.report.transient import warmup_sentences
from channelsim.report.verdict import DECIDED_BY, verdict

MOST_CARDS = 4


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
    if len(result.strategies) > MOST_CARDS:
        blocks.append(Prose([f"All {len(result.strategies)} strategies are in the comparison below."], "quiet"))
    return Section("verdict", "Verdict", blocks)


def _cards(result: Result) -> list[Card]:
    """The best strategies first; the baseline is always among them."""
    comparison, currency = result.comparison, result.study.scenario.currency
    words, unit = DECIDED_BY[comparison.metric]
    own = {name: result.estimate(name, comparison.metric) for name in result.strategies}
    ranked = sorted(names(result), key=lambda name: -np.nan_to_num(own[name.text].mean, nan=-np.inf))
    shown = ranked[:MOST_CARDS]
    shown[-1] = next((name for name in ranked[MOST_CARDS:] if name.text == result.baseline), shown[-1])
    return [
        Card(
            heading=name,
            figure=cell(own[name.text], unit, currency),
            label=f"{words} over {period(result)}",
            badge=_badge(result) if name.text == comparison.best else "",
            facts=_facts(result, name.text),
        )
        for name in shown
    ]


def _badge(result: Result) -> str:
    comparison = result.comparison
    if not comparison.leads or comparison.is_identical:
        return ""
    return "best" if comparison.is_settled else "ahead"


def _facts(result: Result, strategy: str) -> list[str]:
    comparison, currency = result.comparison, result.study.scenario.currency
    facts = []
    if comparison.leads:
        if strategy == result.baseline:
            facts.append("the baseline")
        else:
            apart = result.differences(comparison.metric)[strategy]
            unit = DECIDED_BY[comparison.metric][1]
            facts.append(f"{in_words(difference_cell(apart, unit, currency))} against {result.baseline}")
        if comparison.replications > 1:
            share = comparison.best_share[strategy]
            facts.append(f"on top in {share:.0%} of {count(comparison.replications, 'replication')}")
    if comparison.metric in CAN_BE_LOST and is_worth_telling(result):
        facts.append(f"a loss in {percent(result.risks[strategy].loss.share)}% of them")
    return facts
