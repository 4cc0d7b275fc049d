"""The verdict in one sentence, made from the numbers."""

from __future__ import annotations

import math
from dataclasses import dataclass

from channelsim.analysis.comparison import Comparison
from channelsim.analysis.intervals import CONFIDENCE, Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import number

DECIDED_BY = {
    "contribution": ("contribution", Unit.MONEY),
    "npv": ("net present value", Unit.MONEY),
    "gross_margin": ("gross margin", Unit.MONEY),
    "bookings": ("bookings", Unit.MONEY),
    "won": ("deals won", Unit.COUNT),
}
MOST_TIMES_MORE = 200
"""No way out is offered that takes more than this many times the replications."""
HARDLY_MATTERS = 0.01
"""A lead whose interval lies within this share of the best strategy's figure is called negligible."""


@dataclass(frozen=True)
class Verdict:
    """Which strategy is best, and whether the evidence is enough to say so.

    best: the strategy with the highest mean; None if no replication finished. is_settled: whether it beats every
    other one beyond chance at 95%, all pairs of strategies considered. leads: by how much, for each other one.
    guarantee: what may be relied on, in words; empty where nothing may. shortfall: by how much another strategy
    could still be better.
    """

    sentence: str
    guarantee: str
    shortfall: float
    best: str | None
    is_settled: bool
    leads: dict[str, Estimate]


def verdict(result: Result) -> Verdict:
    """The verdict of a run on its scenario's decision metric."""
    scenario = result.study.scenario
    months = scenario.horizon.months - scenario.horizon.warmup_months
    comparison = result.comparison
    own = result.estimate(comparison.best, comparison.metric)
    return Verdict(
        sentence=sentence(comparison, own, months, scenario.currency),
        guarantee=guarantee(comparison, months, scenario.currency),
        shortfall=comparison.shortfall,
        best=comparison.best if comparison.replications else None,
        is_settled=comparison.is_settled,
        leads=comparison.leads,
    )


def sentence(comparison: Comparison, own: Estimate, months: int, currency: str) -> str:
    """The comparison in words. `own`: the best strategy's decision metric; `months`: what it is measured over."""
    name, unit = DECIDED_BY[comparison.metric]
    metric = f"{name} over {months} months" if months > 1 else f"{name} over one month"

    def words(value: float) -> str:
        return number(value, unit, currency)

    best, runner_up = comparison.best, comparison.runner_up
    n = comparison.replications
    if n == 0:
        return "No replication of every strategy finished, so there is nothing to compare."
    if runner_up is None:
        chance = "" if n == 1 else f" (95% interval {words(own.ci_low)} to {words(own.ci_high)})"
        return f"{best}: {metric} is {words(own.mean)} on average{chance}. It is the only strategy."
    if comparison.is_identical:
        return f"{best} and {runner_up} give the same {metric} in every replication: neither is better."
    if n == 1:
        return (
            f"{best} is ahead of {runner_up} by {words(comparison.leads[runner_up].mean)} in {metric}, but one "
            "replication tells nothing about chance: run more, for example with -n 100."
        )
    rival, *more_rivals = comparison.rivals or [runner_up]
    lead = comparison.leads[rival]
    interval = f"95% interval {words(lead.ci_low)} to {words(lead.ci_high)}"
    if comparison.is_settled:
        return (
            f"{best} is best: it beats {rival} by {words(lead.mean)} in {metric} ({interval}), and comes out "
            f"on top in {comparison.best_share[best]:.0%} of {n} replications."
        )
    also = f" So it could for its lead over {in_a_row(more_rivals)}." if more_rivals else ""
    return (
        f"No strategy is clearly best: {best} is ahead of {rival} by {words(lead.mean)} in {metric}, but "
        f"chance alone could explain it ({interval}).{also} {_way_out(lead, own, n)}"
    )


def guarantee(comparison: Comparison, months: int, currency: str) -> str:
    """How far the best strategy can be relied on to be best; empty where there is nothing to tell."""
    shortfall = comparison.shortfall
    if math.isnan(shortfall) or comparison.is_identical:
        return ""
    name, unit = DECIDED_BY[comparison.metric]
    best = f"With a probability of at least {CONFIDENCE:.0%} {comparison.best} has the highest mean {name}"
    if comparison.is_settled:
        return f"{best}."
    over = f"over {months} months" if months > 1 else "over one month"
    return (
        f"{best} or falls short of the highest by at most {number(rounded_up(shortfall), unit, currency)} {over}."
    )


def rounded_up(value: float) -> float:
    """Rounded up to two digits that count, so that nothing is promised that is not known."""
    if value == 0:
        return 0.0
    digit = 10.0 ** (math.floor(math.log10(value)) - 1)
    return math.ceil(value / digit) * digit


def in_a_row(names: list[str]) -> str:
    """`a`, `a and b`, `a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last


def _way_out(lead: Estimate, own: Estimate, replications: int) -> str:
    """What would settle it: the interval shrinks with the square root of the replications."""
    if max(abs(lead.ci_low), abs(lead.ci_high)) <= HARDLY_MATTERS * abs(own.mean):
        return "The difference is so small that it hardly matters which one you choose."
    half_width = lead.ci_high - lead.mean
    times_more = (half_width / lead.mean) ** 2 if lead.mean > 0 else math.inf
    if times_more > MOST_TIMES_MORE:
        return f"More than {MOST_TIMES_MORE * replications:,} replications would be needed to tell them apart."
    needed = math.ceil(replications * times_more * 1.2)
    rounded = math.ceil(needed / 10) * 10
    return f"About {rounded:,} replications would settle a difference of this size."
