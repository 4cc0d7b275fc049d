"""How the curves were worked out, in plain words."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.analysis.curves import FLAT_SHARE
from channelsim.analysis.intervals import CONFIDENCE
from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.report.page.blocks import Cell, Name, Prose, Row, Section, Table
from channelsim.report.page.sections.method import WHAT_IS_SIMULATED
from channelsim.report.page.words import count


def method_section(curves: Curves) -> Section:
    """A line for each idea that a reader needs to judge the curves."""
    rows = [Row(Name(title), [Cell(text)]) for title, text in _ideas(curves)]
    table = Table("What the curves rest on", "Idea", [Name("In these curves")], rows, words=True)
    return Section("method", "Method", [Prose([WHAT_IS_SIMULATED]), table])


def _ideas(curves: Curves) -> Iterator[tuple[str, str]]:
    is_ordered = curves.points.variation.is_ordered
    yield (
        "The same leads at every value",
        f"Every strategy is simulated {curves.replications:,} times at each value, and replication for replication "
        "it meets the same leads with the same luck. What differs from one value to the next is what the parameter "
        "does.",
    )
    yield (
        "Intervals",
        f"± is half of an interval that holds the true figure at that value with a probability of {CONFIDENCE:.0%} "
        "(Student's t; the jackknife for figures that divide two totals).",
    )
    if curves.luck_taken_out is not None:
        yield (
            "Luck taken out",
            "In some replications buyers say yes more often than their chances. By how much is known, and it is "
            "nothing on average, so figures are read off where it is nothing. That is worth "
            f"{curves.luck_taken_out:.1f} times the replications.",
        )
    yield (
        "Averages",
        "Cost per deal is the mean cost divided by the mean number of deals, and so are other ratios of totals: a "
        "replication without a deal counts with its cost.",
    )
    if MARGINAL in curves.metrics:
        yield (
            "Marginal cost per deal",
            "What the next deal costs: by how much the mean cost rises from one value to the next, divided by how "
            "many deals come with it. It is left out where the change in deals could be chance, where deals do not "
            "change, and where more cost brings fewer deals; its intervals hold for all steps of a curve at once.",
        )
    if is_ordered and len(curves.strategies) > 1:
        yield (
            "Break-even points",
            "Where the mean difference of two strategies changes its sign, on a straight line between neighbouring "
            "values. The interval holds the places at which the difference could be nothing.",
        )
    yield (
        "Best points",
        "The value with the highest mean of all that were tried."
        + (f" The flat top is where the mean is at most {FLAT_SHARE:.0%} lower." if is_ordered else ""),
    )
    warmup = curves.points.study.scenario.horizon.warmup_months
    if warmup:
        yield "Warm-up", f"The pipeline fills for {count(warmup, 'month')} that no total counts."
    believed = {each.path for beliefs in curves.points.study.beliefs.values() for each in beliefs.uncertain}
    if believed:
        numbers = "One number is" if len(believed) == 1 else f"{len(believed)} numbers are"
        yield (
            "What nobody knows",
            f"{numbers} drawn anew in each replication from what is believed, the same at every value.",
        )
