"""What could go wrong: bad years and good ones, chances, regret, dominance."""

from __future__ import annotations

from channelsim.experiment.result import Result
from channelsim.report.format import in_step
from channelsim.report.page.blocks import Block, Cell, Chart, Name, Prose, Row, Section, Table
from channelsim.report.page.numbers import all_rounded
from channelsim.report.page.words import as_sentence, names
from channelsim.report.risk import (
    CAN_BE_LOST,
    MONEY_ROWS,
    chance_in_words,
    dominance_sentence,
    is_worth_telling,
    risk_note,
    target_in_words,
)
from channelsim.report.verdict import DECIDED_BY

TABLE = "bad-years"


def risk_section(result: Result) -> Section | None:
    """Risk on the decision metric; None with too few replications to speak of bad years."""
    if not is_worth_telling(result):
        return None
    blocks: list[Block] = [_chart(result)]
    if told := dominance_sentence(result):
        blocks.append(Prose([told]))
    return Section("risk", "What could go wrong", blocks)


def _chart(result: Result) -> Chart:
    words, unit = DECIDED_BY[result.comparison.metric]
    currency = result.study.scenario.currency
    table = _table(result)
    points, texts = [], []
    for risk in result.risks.values():
        points.append(all_rounded((risk.p50, risk.p10, risk.p90, risk.worst)))
        low, high = in_step([risk.p10, risk.p90], unit, currency)
        texts.append(f"{low} to {high}")
    told = "; ".join(f"{name} {text}" for name, text in zip(result.risks, texts, strict=True))
    return Chart(
        id="bad-and-good-years",
        draw="dots",
        title=f"Bad and good years: {words}",
        caption="From a bad year (1 in 10 is worse) to a good one (1 in 10 is better); the mark is the median, the "
        "thin tick the mean of the worst tenth.",
        alt=f"{words.capitalize()} from a bad year to a good one: {told}.",
        data={
            "rows": [{"strategy": at} for at in range(len(result.risks))],
            "views": [{"label": words, "unit": str(unit), "sides": [points], "texts": texts}],
            "sides": [],
            "tables": [table.id],
        },
        tables=[table],
    )


def _table(result: Result) -> Table:
    currency = result.study.scenario.currency
    _, unit = DECIDED_BY[result.comparison.metric]
    risks = list(result.risks.values())
    rows = []
    for label, figure in MONEY_ROWS:
        if len(risks) > 1 or not label.startswith("Regret"):
            texts = in_step([figure(risk) for risk in risks], unit, currency)
            rows.append(Row(Name(label), [Cell(text) for text in texts]))
    if result.comparison.metric in CAN_BE_LOST:
        rows.append(Row(Name("Chance of a loss"), [Cell(chance_in_words(risk.loss)) for risk in risks]))
    for target in result.targets:
        reached = [Cell(chance_in_words(result.reached(target, name))) for name in result.strategies]
        rows.append(Row(Name(f"Chance of {target_in_words(target, currency)}"), reached))
    return Table("What could go wrong", "", names(result), rows, as_sentence(risk_note(result)), TABLE)
