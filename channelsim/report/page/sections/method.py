"""How the figures were worked out, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.analysis.intervals import CONFIDENCE
from channelsim.experiment.result import Result
from channelsim.report.page.blocks import Cell, Name, Prose, Row, Section, Table
from channelsim.report.page.words import count

WHAT_IS_SIMULATED = (
    "channelsim follows every lead through the organisation: it arrives, waits for a rep, cools while it waits, is "
    "reached or not, passes from step to step, and is won, lost or still open at the end. Reps work in their "
    "hours, ramp up, leave and are replaced. What happened is counted first, and priced then."
)


def method_section(result: Result) -> Section:
    """A line for each idea that a reader needs to judge the figures."""
    rows = [Row(Name(title), [Cell(text)]) for title, text in _ideas(result)]
    table = Table("What the figures rest on", "Idea", [Name("In this run")], rows, words=True)
    return Section("method", "Method", [Prose([WHAT_IS_SIMULATED]), table])


def _ideas(result: Result) -> Iterator[tuple[str, str]]:
    warmup = result.study.scenario.horizon.warmup_months
    yield (
        "Replications",
        f"One replication is one possible course of events: other leads, other luck. There are "
        f"{result.replications:,}, and a figure is its mean over them."
        if result.replications > 1
        else "There is one, one possible course of events: it does not show what is chance.",
    )
    if len(result.strategies) > 1:
        yield (
            "The same leads, the same luck",
            "Within a replication every strategy meets the same leads with the same luck. Differences are taken "
            "replication by replication, so they are known better than either figure alone.",
        )
    if result.replications > 1:
        yield "Intervals", _intervals(result)
    if result.controls is not None:
        yield (
            "Luck taken out",
            "In some replications buyers say yes more often than their chances. By how much is known, and it is "
            "nothing on average, so means are read off where it is nothing. That is worth "
            f"{result.controls.factor:.1f} times the replications. Bad years, chances and regret are of the "
            "replications as they are.",
        )
    if result.stopping is not None:
        yield "When it stopped", result.stopping.sentence()
    if warmup:
        yield "Warm-up", f"The pipeline fills for {count(warmup, 'month')} that no total counts."
    if result.beliefs:
        numbers = "One number is" if len(result.beliefs) == 1 else f"{len(result.beliefs)} numbers are"
        yield (
            "What nobody knows",
            f"{numbers} drawn anew in each replication from what is believed, so that intervals and bad years hold "
            "luck and ignorance both.",
        )


def _intervals(result: Result) -> str:
    words = (
        f"± is half of an interval that holds the true mean with a probability of {CONFIDENCE:.0%} (Student's t)."
    )
    if len(result.strategies) > 2:
        words += (
            " Those of differences are widened so that all in a row hold at once, those of the verdict so that all "
            "pairs of strategies do (Bonferroni)."
        )
    return words
