"""The page of a sweep: what was found, the best points, where each strategy wins, and what went in."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from channelsim.experiment.sweep_results import SweepResults
from channelsim.report.page.blocks import Cell, Name, Picture, Prose, Row, Section, Table
from channelsim.report.page.page import as_numbered, html
from channelsim.report.page.sections.assumptions import inputs
from channelsim.report.page.words import cell, count, facts_of, headings, label_of
from channelsim.report.sensitivity import Known
from channelsim.report.style import period_of
from channelsim.report.sweep import best_sentence, factors_of, told, value_in_words
from channelsim.scenario.difference import in_words
from channelsim.version import VERSION

BEST = 20
ALSO = ("bookings", "cost_total", "won", "cost_per_deal", "payback_months")
MOST_VALUES = 12


def sweep_page(results: SweepResults, svg: bytes) -> str:
    """The page of a sweep. svg: its chart."""
    sweep = results.sweep
    study = sweep.study
    strategies = list(sweep.spec.strategies)
    each = f"{count(sweep.replications, 'replication')} of each at {sweep.points:,} points"
    return html(
        f"{study.scenario.name}: {count(sweep.points, 'point')}",
        [_found(results, svg), _best(results), _parameters(results), _inputs(results), _made(results)],
        description=study.scenario.description,
        facts=facts_of(study, each),
        currency=study.scenario.currency,
        strategies=as_numbered(strategies),
    )


def _found(results: SweepResults, svg: bytes) -> Section:
    first = best_sentence(results)
    others = [told(results)] if len(results.sweep.spec.strategies) > 1 else []
    picture = Picture(svg, " ".join([first, *others]))
    return Section("found", "What was found", [Prose([first], "strong"), Prose(others), picture, *_wins(results)])


def _wins(results: SweepResults) -> Iterator[Table]:
    """At how many points each strategy is best."""
    strategies = list(results.sweep.spec.strategies)
    if len(strategies) == 1:
        return
    winners = results.winners
    rows = []
    for name in headings(strategies):
        own = winners.filter(winners["best"] == name.text)
        settled = int(own["settled"].fill_null(False).sum())
        rows.append(Row(name, [Cell(f"{len(own):,}"), Cell(f"{settled:,}")]))
    note = "Beyond chance: its lead over every other, replication by replication, is above 0 with 95% at the point."
    yield Table("Where each strategy is best", "Strategy", [Name("Points"), Name("Beyond chance")], rows, note)


def _best(results: SweepResults) -> Section:
    """The best points with their figures."""
    decided = results.decided_by.name
    shown = {metric.name: metric for metric in results.metrics if metric.name in (decided, *ALSO)}
    factors = factors_of(results.sweep)
    currency = results.sweep.study.scenario.currency
    rows = []
    for row in results.best_points(BEST).iter_rows(named=True):
        values = [Cell(f"{'×' if path in factors else ''}{value_in_words(row[path])}") for path in results.paths]
        figures = [
            cell(_known(row, name), metric.unit, currency, strong=name == decided) for name, metric in shown.items()
        ]
        rows.append(Row(Name(row["strategy"]), [*values, *figures]))
    columns = [Name(path) for path in results.paths] + [Name(label_of(name)) for name in shown]
    period = period_of(results.sweep.study)
    note = f"Means of {period}, ± half of the 95% interval. The best of many is best partly by luck: run it with "
    note += "another seed before relying on its figure. summary.csv has all points."
    return Section("best", "The best points", [Table("By the deciding figure", "Strategy", columns, rows, note)])


def _known(row: dict[str, Any], name: str) -> Known:
    mean, low, high = (row[f"{name}{end}"] for end in ("", "_ci_low", "_ci_high"))
    return Known(*(math.nan if each is None else each for each in (mean, low, high)))


def _parameters(results: SweepResults) -> Section:
    plan = results.sweep.spec.plan
    if plan.ranges:
        rows = [
            Row(Name(each.path), [Cell(f"{'×' if each.multiplies else ''}{each.low:g} to {each.high:g}")])
            for each in plan.ranges
        ]
    elif plan.variations:
        rows = [
            Row(Name(each.path), [Cell(_listed([each.label(v) for v in each.values]))]) for each in plan.variations
        ]
    else:
        tried = {
            path: dict.fromkeys(in_words(dict(each).get(path)) for each in plan.combinations) for path in plan.paths
        }
        rows = [Row(Name(path), [Cell(_listed(list(values)))]) for path, values in tried.items()]
    how = {
        "grid": "Every combination of these values.",
        "list": "The combinations that the plan lists.",
        "latin_hypercube": "A Latin hypercube: each range in as many equal parts as there are points, one in each.",
        "sobol": "Sobol's points, which fill the ranges evenly.",
    }[plan.design]
    return Section(
        "parameters", "What was varied", [Table("Parameters", "Parameter", [Name("Values")], rows, how, words=True)]
    )


def _listed(values: list[str]) -> str:
    if len(values) <= MOST_VALUES:
        return ", ".join(values)
    return f"{', '.join(values[:3])}, ..., {values[-1]} ({len(values)} values)"


def _inputs(results: SweepResults) -> Section:
    study = results.sweep.study
    same = "Below are the inputs as the file says. At each point, what is varied takes its place."
    return Section("assumptions", "Assumptions", [Prose([same]), *inputs(study, next(iter(study.strategies)))])


def _made(results: SweepResults) -> Section:
    sweep = results.sweep
    told = {
        "Scenario": sweep.study.source,
        "Set for all points": ", ".join(sweep.study.sets) or "nothing",
        "Seed": f"{sweep.spec.seed}",
        "Replications": f"{sweep.replications:,} of each strategy at each point",
        "Decided by": results.decided_by.name,
        "Engine": sweep.spec.engine,
        "channelsim": VERSION,
    }
    rows = [Row(Name(name), [Cell(value)]) for name, value in told.items()]
    words = (
        "The rows of every replication are in parts/, for polars, pandas, DuckDB and Excel. The same command "
        "computes nothing again, and more points or replications add to what is there."
    )
    table = Table("How it was made", "", [Name("Value")], rows, words=True)
    return Section("manifest", "Manifest", [Prose([words]), table])
