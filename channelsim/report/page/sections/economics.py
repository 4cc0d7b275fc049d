"""Unit economics: what a lead and a customer cost and bring, by segment, source and channel."""

from __future__ import annotations

import math
from collections.abc import Sequence

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.economics import FIGURES, Economics
from channelsim.experiment.result import Result
from channelsim.report.page.blocks import Block, Chart, Name, Row, Section, Table
from channelsim.report.page.numbers import point
from channelsim.report.page.words import as_sentence, cell, in_words, label_of, names
from channelsim.report.profit import economics_of
from channelsim.report.tables import basis

SHOWN = (
    "contribution_per_lead", "cost_per_lead", "win_rate", "cac", "payback_months", "ltv_to_cac", "deal_size",
    "contribution", "leads", "won",
)  # fmt: skip
CUTS = {"segment": "By segment", "source": "By source of leads", "channel": "By channel"}
CUSTOMERS = ("cac", "payback_months", "ltv", "ltv_to_cac", "customer_value", "npv", "magic_number")
MOST_ROWS = 36
"""Of a chart: more are left to unit_economics.csv."""


def economics_section(result: Result) -> Section | None:
    """Unit economics after the warm-up; None if no replication finished."""
    if not result.profit_and_loss:
        return None
    blocks: list[Block] = []
    if customers := _customers(result):
        blocks.append(customers)
    figures = {name: economics_of(result, name) for name in result.profit_and_loss}
    for cut, title in CUTS.items():
        if chart := _chart(result, figures, cut, title):
            blocks.append(chart)
    return Section("economics", "Customers and unit economics", blocks) if blocks else None


def _customers(result: Result) -> Table | None:
    """What a customer costs and brings, strategy by strategy."""
    currency = result.study.scenario.currency
    metrics = {metric.name: metric for metric in result.metrics}
    rows = []
    for name in CUSTOMERS:
        estimates = [result.estimate(strategy, name) for strategy in result.strategies]
        if not all(math.isnan(each.mean) for each in estimates):
            unit = metrics[name].unit
            rows.append(
                Row(Name(label_of(name)), [cell(each, unit, currency) for each in estimates], metrics[name].meaning)
            )
    if not rows:
        return None
    return Table("What a customer costs and brings", "", names(result), rows, as_sentence(basis(result)))


def _chart(result: Result, figures: dict[str, list[Economics]], cut: str, title: str) -> Chart | None:
    """A dot and its interval for each part under each strategy; None where there is but one part."""
    currency = result.study.scenario.currency
    found = {
        (each.part, strategy, each.figure): each
        for strategy, all_of in figures.items()
        for each in all_of
        if each.cut == cut
    }
    parts = list(dict.fromkeys(part for part, _, _ in found))
    pairs = [(part, strategy) for part in parts for strategy in figures if (part, strategy, "leads") in found]
    if len(parts) < 2 or len(pairs) > MOST_ROWS:
        return None
    headings = [Name(f"{part}: {strategy}" if len(figures) > 1 else part) for part, strategy in pairs]
    views, rows = [], []
    for figure in SHOWN:
        estimates = [_estimate(found[part, strategy, figure]) for part, strategy in pairs]
        if all(math.isnan(each.mean) for each in estimates):
            continue
        unit = FIGURES[figure]
        views.append({"label": label_of(figure), "unit": str(unit), "sides": [[point(each) for each in estimates]]})
        rows.append(Row(Name(label_of(figure)), [cell(each, unit, currency) for each in estimates]))
    table = Table(title, "", headings, rows, id=f"economics-{cut}")
    bars = " Bars are 95% intervals." if result.replications > 1 else ""
    return Chart(
        id=f"economics-of-{cut}",
        draw="dots",
        title=title,
        caption=f"A team's cost is shared by the hours that leads took, commission by what was credited.{bars}",
        alt=f"{title}, {_told(rows, headings)}",
        data={
            "rows": [{"name": heading.text} for heading in headings],
            "views": views,
            "sides": [],
            "tables": [table.id],
        },
        tables=[table],
    )


def _estimate(each: Economics) -> Estimate:
    return Estimate(each.value, each.ci_low, each.ci_high, math.nan, math.nan, math.nan, 0)


def _told(rows: Sequence[Row], headings: Sequence[Name]) -> str:
    first = rows[0]
    pairs = zip(headings, first.cells, strict=True)
    return f"{first.heading.text}: {'; '.join(f'{heading.text} {in_words(each)}' for heading, each in pairs)}."
