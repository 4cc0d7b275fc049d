"""What a run says about the numbers that nobody knows: how much they matter, and which the decision hinges on."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.ignorance import HIGH, LOW, Hinge
from channelsim.analysis.intervals import estimate
from channelsim.experiment.result import Result
from channelsim.report.format import in_step, number
from channelsim.report.verdict import DECIDED_BY

FloatArray = NDArray[np.float64]
MOST_ROWS = 8


@dataclass(frozen=True)
class Stake:
    """One uncertain number and what the decision has to do with it. low, high: its own 5% and 95% points."""

    path: str
    low: float
    high: float
    hinge: Hinge


@dataclass(frozen=True)
class Stakes:
    """What is at stake with the numbers that nobody knows.

    figure: what is looked at, in words. share: part of its variance over replications that comes from them.
    by_strategy: the same part of each strategy's own decision metric. numbers: the most important first.
    """

    figure: str
    mean: float
    share: float
    by_strategy: dict[str, float]
    numbers: list[Stake]


def stakes_of(result: Result) -> Stakes | None:
    """The stakes of a run: of the best strategy's lead over the runner-up, or of the metric where one runs alone.
    None without uncertain numbers, or with too few replications to tell luck from ignorance."""
    metric = result.comparison.metric
    values = result.metric_values(metric)
    best, other = result.comparison.best, result.comparison.runner_up
    figure = values[best] if other is None else values[best] - values[other]
    found = result.ignorance(figure)
    if found is None:
        return None
    words = DECIDED_BY[metric][0]
    by_strategy = {name: split.share for name, each in values.items() if (split := result.ignorance(each))}
    numbers = [
        Stake(path, each.value(LOW), each.value(HIGH), hinge)
        for (path, each), hinge in zip(result.beliefs.items(), found.hinges, strict=True)
    ]
    return Stakes(
        figure=f"{words} of {best}" if other is None else f"{best}'s lead over {other} in {words}",
        mean=estimate(figure, controls=result.controls).mean,
        share=found.share,
        by_strategy=by_strategy,
        numbers=sorted(numbers, key=lambda stake: -stake.hinge.share),
    )


def stakes_table(stakes: Stakes, result: Result) -> Table:
    """The numbers that matter most, with the decision's figure at the ends of each."""
    unit = DECIDED_BY[result.comparison.metric][1]
    currency = result.study.scenario.currency
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("what nobody knows", overflow="fold")
    table.add_column("5% to 95%", justify="right")
    table.add_column("share", justify="right")
    table.add_column("at 5%", justify="right")
    table.add_column("at 95%", justify="right")
    for stake in stakes.numbers[:MOST_ROWS]:
        ends = in_step([stake.hinge.at_low, stake.hinge.at_high], unit, currency, signed=True)
        mark = "!" if stake.hinge.flips else "*" if stake.hinge.matters else " "
        table.add_row(
            escape(stake.path), f"{stake.low:.3g} to {stake.high:.3g}", f"{stake.hinge.share:.0%}{mark}", *ends
        )
    return table


def stakes_note(stakes: Stakes) -> str:
    """How to read the table, and what it leaves out."""
    left_out = len(stakes.numbers) - MOST_ROWS
    more = f"; {left_out} more matter less" if left_out > 0 else ""
    return f"share of the variance; * beyond chance, ! could turn the decision{more}"


def stakes_sentences(stakes: Stakes, result: Result) -> list[str]:
    """Luck and ignorance in words, and what the decision hinges on."""
    unit = DECIDED_BY[result.comparison.metric][1]
    currency = result.study.scenario.currency
    shares = ", ".join(f"{share:.0%} under {name}" for name, share in stakes.by_strategy.items())
    sentences = [
        f"Of what differs from replication to replication, not knowing the inputs explains {shares}; luck the rest."
    ]
    flips = [stake for stake in stakes.numbers if stake.hinge.flips]
    if flips:
        first = flips[0]
        names = " and ".join(stake.path for stake in flips)
        ends = in_step([first.hinge.at_low, first.hinge.at_high], unit, currency, signed=True)
        sentences.append(
            f"The decision hinges on {names}: {stakes.figure} is {ends[0]} if {first.path} is {first.low:.3g}, "
            f"and {ends[1]} if it is {first.high:.3g}."
        )
    elif any(stake.hinge.matters for stake in stakes.numbers):
        sentences.append(
            f"No single one of them would turn the decision: {stakes.figure} is "
            f"{number(stakes.mean, unit, currency)} on average, and keeps its sign from the 5% to the 95% point of "
            "each."
        )
    else:
        sentences.append(f"None of them moves {stakes.figure} beyond chance.")
    return sentences
