"""Each strategy's best value of the parameter, and how flat the top around it is."""

from __future__ import annotations

from channelsim.analysis.curves import FLAT_SHARE, Optimum, mean_of
from channelsim.experiment.curves import Curves
from channelsim.report.curves import could_be_as_good, flat_top
from channelsim.report.format import UNDEFINED
from channelsim.report.page.blocks import Cell, Name, Row, Section, Table
from channelsim.report.page.words import cell, headings
from channelsim.report.verdict import DECIDED_BY


def optima_section(curves: Curves) -> Section | None:
    """A row a strategy that changes with the parameter; None where nothing finished."""
    found = [(name, best) for name in headings(curves.strategies) if (best := curves.optima[name.text]) is not None]
    if not found:
        return None
    what, _ = DECIDED_BY[curves.decided_by]
    is_ordered = curves.points.variation.is_ordered
    columns = ["Best at", what.capitalize(), "As far as chance goes"]
    if is_ordered:
        columns.append(f"Within {FLAT_SHARE:.0%} of the best")
    rows = [Row(name, _cells(curves, name.text, best)) for name, best in found]
    note = _note(curves) if is_ordered else "As far as chance goes: values that could be as good."
    title = "Best points and flat tops" if is_ordered else "Best values"
    table = Table(f"Where {what} is highest", "", [Name(text) for text in columns], rows, note)
    return Section("optima", title, [table])


def _note(curves: Curves) -> str:
    words = (
        "As far as chance goes: between the values whose distance to the best could be chance, in intervals that "
        f"hold for all pairs of values. Within {FLAT_SHARE:.0%}: where one loses next to nothing against the best."
    )
    ends = (0, len(curves.points) - 1)
    if any(best is not None and best.point in ends for best in curves.optima.values()):
        words += " A best value at an end of the range may not be the best there is."
    return words


def _cells(curves: Curves, strategy: str, best: Optimum) -> list[Cell]:
    labels = curves.points.labels
    is_ordered = curves.points.variation.is_ordered
    is_end = is_ordered and best.point in (0, len(labels) - 1)
    mean = mean_of(curves.figures(strategy, curves.decided_by)[best.point])
    also = could_be_as_good(curves, best)
    cells = [
        Cell(labels[best.point], strong=True, aside="end of the range" if is_end else ""),
        cell(mean, DECIDED_BY[curves.decided_by][1], curves.points.study.scenario.currency),
        Cell(also or ("no wider" if is_ordered else UNDEFINED)),
    ]
    return [*cells, Cell(flat_top(curves, best))] if is_ordered else cells
