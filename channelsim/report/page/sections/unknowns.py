"""What nobody knows: the uncertain numbers, and what the decision has to do with them."""

from __future__ import annotations

from channelsim.experiment.result import Result
from channelsim.report.beliefs import Stakes, stakes_of, stakes_sentences
from channelsim.report.format import in_step
from channelsim.report.page.blocks import Cell, Chart, Name, Prose, Row, Section, Table
from channelsim.report.page.numbers import all_rounded
from channelsim.report.verdict import DECIDED_BY

MOST_BARS = 12
TABLE = "stakes"


def unknowns_section(result: Result) -> Section | None:
    """How much not knowing the inputs matters; None where they are known, or too few replications tell."""
    stakes = stakes_of(result)
    if stakes is None:
        return None
    return Section(
        "unknowns", "What nobody knows", [Prose(stakes_sentences(stakes, result)), _chart(stakes, result)]
    )


def _chart(stakes: Stakes, result: Result) -> Chart:
    unit = DECIDED_BY[result.comparison.metric][1]
    currency = result.study.scenario.currency
    signed = result.comparison.runner_up is not None
    rows, points, texts = [], [], []
    for stake in stakes.numbers:
        hinge = stake.hinge
        at_low, at_high = in_step([hinge.at_low, hinge.at_high], unit, currency, signed=signed)
        mark = "!" if hinge.flips else "*" if hinge.matters else ""
        figures = [f"{stake.low:.3g} to {stake.high:.3g}", f"{hinge.share:.0%}{mark}", at_low, at_high]
        rows.append(Row(Name(stake.path), [Cell(text) for text in figures]))
        points.append(all_rounded((stakes.mean, hinge.at_low, hinge.at_high)))
        texts.append(f"{at_low} to {at_high}")
    columns = [Name(text) for text in ("5% to 95%", "Share of the variance", "At its 5%", "At its 95%")]
    table = Table(
        f"What nobody knows, and {stakes.figure}", "Number", columns, rows,
        "* beyond chance, ! could turn the decision.", TABLE,
    )  # fmt: skip
    told = "; ".join(f"{row.heading.text} {text}" for row, text in zip(rows[:MOST_BARS], texts, strict=False))
    return Chart(
        id="what-it-hinges-on",
        draw="dots",
        title=f"What moves {stakes.figure}",
        caption="Where the mean would be if a number were known to be at its 5% or at its 95% point, the others as "
        "uncertain as they are. The mark is the mean as it stands.",
        alt=f"{stakes.figure}, with each number at its 5% and 95% point: {told}.",
        data={
            "rows": [{"name": stake.path} for stake in stakes.numbers[:MOST_BARS]],
            "views": [{"label": "", "unit": str(unit), "sides": [points[:MOST_BARS]], "texts": texts[:MOST_BARS]}],
            "sides": [],
            "tables": [table.id],
            "signed": signed,
        },
        tables=[table],
    )
