"""What went into the curves: what is varied, and all that is the same at every value."""

from __future__ import annotations

from channelsim.experiment.curves import Curves
from channelsim.report.page.blocks import Cell, Name, Prose, Row, Section, Table
from channelsim.report.page.sections.assumptions import inputs
from channelsim.report.page.words import count
from channelsim.scenario.difference import in_words

MOST_PATHS = 40


def assumptions_section(curves: Curves) -> Section:
    """What the values change first, then the inputs as the file says."""
    study = curves.points.study
    same = "Below are the inputs as the file says. At each value, what is varied takes its place."
    return Section("assumptions", "Assumptions", [_varied(curves), Prose([same]), *inputs(study, curves.baseline)])


def _varied(curves: Curves) -> Table:
    """Each input that is varied, at the first value and at the last."""
    points = curves.points
    first, last = points.changes[0], points.changes[-1]
    rows = [
        Row(Name(low.path), [Cell(in_words(each.value.data)) for each in (low, high)])
        for low, high in zip(first[:MOST_PATHS], last, strict=False)
    ]
    note = f"{count(len(points), 'value')} in all: {_listed(points.labels)}."
    if len(first) > MOST_PATHS:
        note += f" {len(first) - MOST_PATHS:,} more inputs are varied, as manifest.json says."
    if points.variation.multiplies:
        note += " Values are times what the file says."
    columns = [Name(points.labels[0]), Name(points.labels[-1])]
    return Table("What is varied", "Input", columns, rows, note, words=True)


def _listed(labels: list[str]) -> str:
    few = 12
    return ", ".join(labels) if len(labels) <= few else f"{', '.join(labels[:3])}, ..., {labels[-1]}"
