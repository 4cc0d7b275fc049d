"""The strategies side by side: key figures, differences from the baseline, and any figure to look at closer."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import numpy as np

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Metric, is_less_better
from channelsim.report.page.blocks import Block, Cell, Chart, Name, Row, Section, Table
from channelsim.report.page.numbers import point
from channelsim.report.page.words import as_sentence, cell, difference_cell, in_words, label_of, names
from channelsim.report.tables import COMPARED, basis, headline_rows, results_over

FIGURES, DIFFERENCES = "figures", "differences"


def comparison_section(result: Result) -> Section:
    """Tables of the key figures, and a chart of all figures."""
    blocks: list[Block] = [_key_figures(result)]
    if len(result.strategies) > 1:
        blocks.append(_key_differences(result))
    if metrics := list(_metrics(result)):
        blocks.append(_chart(result, metrics))
    return Section("comparison", "Comparison", blocks)


def _key_figures(result: Result) -> Table:
    comparison, currency = result.comparison, result.study.scenario.currency
    best = comparison.best if comparison.is_settled else None
    rows = []
    for metric, label in headline_rows(result):
        estimates = {name: result.estimate(name, metric.name) for name in result.strategies}
        if all(math.isnan(each.mean) for each in estimates.values()):
            continue
        decides = metric.name == comparison.metric
        cells = [
            cell(each, metric.unit, currency, strong=decides and name == best) for name, each in estimates.items()
        ]
        rows.append(Row(Name(label), cells))
    return Table(results_over(result), "", names(result), rows, as_sentence(basis(result)))


def _key_differences(result: Result) -> Table:
    metrics = {metric.name: metric for metric in result.metrics}
    others = [name for name in names(result) if name.text != result.baseline]
    rows = []
    for name in dict.fromkeys((result.comparison.metric, *COMPARED)):
        apart = result.differences(name)
        cells = [_apart(result, metrics[name], apart, other.text) for other in others]
        rows.append(Row(Name(label_of(name)), cells))
    return Table(f"Difference from {result.baseline}, lead for lead", "", others, rows, _together(result))


def _together(result: Result) -> str:
    return "95% intervals that hold together in each row; * beyond chance." if result.replications > 1 else ""


def _apart(result: Result, metric: Metric, apart: Mapping[str, Estimate], strategy: str) -> Cell:
    if strategy == result.baseline:
        return Cell("baseline")
    return difference_cell(apart[strategy], metric.unit, result.study.scenario.currency)


def _chart(result: Result, metrics: Sequence[tuple[Metric, str]]) -> Chart:
    """Metrics with their groups: each strategy's figures, and their differences from the baseline."""
    currency, strategies = result.study.scenario.currency, names(result)
    several = len(strategies) > 1
    views: list[dict[str, Any]] = []
    figures, differences = [], []
    for metric, group in metrics:
        estimates = {name: result.estimate(name, metric.name) for name in result.strategies}
        apart = result.differences(metric.name)
        label, meaning = Name(label_of(metric.name)), metric.meaning.replace("_", " ")
        figures.append(Row(label, [cell(each, metric.unit, currency) for each in estimates.values()], meaning))
        differences.append(Row(label, [_apart(result, metric, apart, name) for name in result.strategies]))
        sides = [[point(each) for each in estimates.values()]]
        if several:
            sides.append([point(apart[name]) if name in apart else None for name in result.strategies])
        about = f"{meaning}; less is better" if is_less_better(metric.name) else meaning
        views.append(
            {"label": label.text, "group": group, "about": about, "unit": str(metric.unit), "sides": sides}
        )
    tables = [Table("All figures", "", strategies, figures, id=FIGURES)]
    if several:
        caption = f"All differences from {result.baseline}"
        tables.append(Table(caption, "", strategies, differences, _together(result), DIFFERENCES))
    bars = " Bars are 95% intervals of the mean." if result.replications > 1 else ""
    told = zip(result.strategies, figures[0].cells, strict=True)
    return Chart(
        id="any-figure",
        draw="dots",
        title="Look closer at any figure",
        caption=f"Choose what to compare.{bars} What is 0 under every strategy is left out.",
        alt=f"{views[0]['label']}: {'; '.join(f'{name} {in_words(each)}' for name, each in told)}.",
        data={
            "rows": [{"strategy": at} for at in range(len(strategies))],
            "views": views,
            "sides": ["Each strategy", f"Difference from {result.baseline}"] if several else [],
            "tables": [table.id for table in tables],
        },
        tables=tables,
    )


def _metrics(result: Result) -> Iterator[tuple[Metric, str]]:
    """The metrics worth a line, with the group that a selector lists them in."""
    first = {metric.name: metric for metric, _ in headline_rows(result) if "." not in metric.name}
    rest = [metric for metric in result.metrics if metric.name not in first]
    teams = dict.fromkeys(team for name in result.strategies for team in result.layout(name).teams)
    for metric in [*first.values(), *rest]:
        if not any(np.nan_to_num(values).any() for values in result.metric_values(metric.name).values()):
            continue
        team = metric.name.partition(".")[2]
        group = "Key figures" if metric.name in first else f"Team {team}" if team in teams else "All else"
        yield metric, group
