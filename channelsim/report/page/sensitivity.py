"""The page of a sensitivity study: what could turn the verdict, and what knowing it is worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channelsim.analysis.indices import MORRIS
from channelsim.analysis.jackknife import Interval
from channelsim.experiment.sensitivity import Sensitivity
from channelsim.report.page.blocks import Block, Cell, Name, Picture, Prose, Row, Section, Table, Text
from channelsim.report.page.page import as_numbered, html
from channelsim.report.page.sections.assumptions import inputs
from channelsim.report.page.sections.manifest import manifest_table
from channelsim.report.page.words import cell, count, facts_of
from channelsim.report.sensitivity import Known, figure_in_words, mark, range_of, sentences, unit_of


def sensitivity_page(result: Sensitivity, manifest: Mapping[str, Any], tornado: bytes, indices: bytes) -> str:
    """The page. manifest: as in manifest.json. tornado, indices: the charts, as SVG."""
    study = result.question.study
    first, *others = sentences(result)
    found: list[Block] = [
        Prose([first], "strong"),
        Prose(others),
        Picture(tornado, f"What each parameter does to {figure_in_words(result)}, from end to end"),
        Picture(indices, "How much each parameter matters, and what knowing it is worth"),
    ]
    return html(
        f"{study.scenario.name}: what it hinges on",
        [
            Section("found", "What it hinges on", found),
            Section("parameters", "Every parameter", [_table(result)]),
            Section("assumptions", "Assumptions", inputs(study, next(iter(study.strategies)))),
            _manifest(result, manifest),
        ],
        description=study.scenario.description,
        facts=facts_of(study, f"{count(result.question.replications, 'replication')} at {result.points:,} points"),
        currency=study.scenario.currency,
        strategies=as_numbered(list(study.strategies)),
    )


def _table(result: Sensitivity) -> Table:
    """A row for each parameter, those that matter most first."""
    findings = result.findings
    unit, currency = unit_of(result)
    is_morris = findings.sample.method == MORRIS
    figure = next(iter(findings.figures))
    bars = {bar.parameter.name: bar for bar in findings.bars}
    shares = None if is_morris else findings.shares[figure]
    signed = bool(findings.rivals)
    rows = []
    for at in findings.order:
        parameter = findings.parameters[at]
        bar = bars[parameter.name]
        cells = [Cell(range_of(parameter))]
        if is_morris:
            cells.append(cell(_known(findings.effects[figure][at].size), unit, currency))
        elif shares is not None:
            cells += [_share(shares[at].first), _share(shares[at].total)]
        cells += [cell(bar.readings[end], unit, currency, signed=signed) for end in (0, 2)]
        cells.append(Cell("turns it" if bar.flips else "could" if mark(bar).strip() else "no"))
        if findings.knowledge is not None:
            cells.append(cell(_known(findings.knowledge.each[at]), unit, currency))
        rows.append(Row(Name(parameter.name), cells))
    measures = ["Moves it by"] if is_morris else ["Alone", "In all"] if shares is not None else []
    worth = ["Worth of knowing"] if findings.knowledge is not None else []
    columns = ["From, to", *measures, "At low", "At high", "Turns the verdict", *worth]
    how = (
        "Moves it by: mean size of the effect from end to end, wherever the others are."
        if is_morris
        else "Alone: share of its variance that goes if this alone is known; in all: what stays if all others are."
    )
    note = f"{how} At low, at high: all others as the file says. ± half of the 95% interval."
    caption = f"What moves {figure_in_words(result)}"
    return Table(caption, "Parameter", [Name(each) for each in columns], rows, note)


def _known(interval: Interval) -> Known:
    return Known(interval.value, interval.low, interval.high)


def _share(interval: Interval) -> Cell:
    return Cell(f"{interval.value:.0%}", f"{interval.high - interval.value:.0%}")


def _manifest(result: Sensitivity, manifest: Mapping[str, Any]) -> Section:
    blocks: list[Block] = [Prose([f"Parameters: {result.question.how}."]), manifest_table(manifest)]
    if result.failed:
        blocks.append(Text("\n".join(result.failed)))
    return Section("manifest", "Manifest", blocks)
