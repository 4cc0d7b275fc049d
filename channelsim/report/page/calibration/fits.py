"""Every fit against the data, in pictures, and all estimates in tables."""

from __future__ import annotations

from collections.abc import Mapping

from channelsim.calibrate.estimates import INTERVAL
from channelsim.report.calibration_estimates import Line, estimate_lines, people_sentence
from channelsim.report.calibration_result import Calibration
from channelsim.report.charts.calibration import Kind
from channelsim.report.charts.panels import panel_alone
from channelsim.report.format import in_step, number
from channelsim.report.page.blocks import Block, Cell, Details, Name, Picture, Pictures, Prose, Row, Section, Table
from channelsim.report.style import svg_bytes

FITS = ("durations", "win_rates", "values", "arrivals")
OF_ROWS = ("win_rates", "settled")
LONGEST = 40
"""Rows of a table that is open when the page is."""


def pictures(kind: Kind) -> Pictures:
    """A kind of panels as pictures of a page."""
    made = [Picture(each.title, each.note, each.alt, svg_bytes(panel_alone(each))) for each in kind.panels]
    more = f" {kind.left_out:,} more are in estimates.csv." if kind.left_out else ""
    return Pictures(kind.title, f"{kind.told}{more}", made, wide=kind.name in OF_ROWS)


def fits_section(kinds: Mapping[str, Kind]) -> Section:
    """Days, win rates, values and arrivals, each against what was seen."""
    return Section("fits", "Fits against the data", [pictures(kinds[name]) for name in FITS if name in kinds])


def settled_section(calibration: Calibration, kinds: Mapping[str, Kind]) -> Section | None:
    """The scenario's days in each step against the export's; None where nothing was simulated."""
    if "settled" not in kinds:
        return None
    why = (
        "An export's days hold waiting for a rep, the work, nights and weekends as well as the buyer's own time; a "
        "scenario takes the last alone. So the scenario was simulated, and the buyers' days corrected until "
        "simulated deals stay in each step as long as the export's did."
    )
    blocks: list[Block] = [Prose([why]), pictures(kinds["settled"])]
    if calibration.written.notes:
        blocks.append(Prose(list(calibration.written.notes), "quiet"))
    return Section("settled", "From the export's days to the buyers'", blocks)


def estimates_section(calibration: Calibration) -> Section:
    """A table for each group of estimates."""
    export = calibration.fit.export
    lines = estimate_lines(calibration.fit)
    blocks: list[Block] = [
        Prose([f"Intervals hold with {INTERVAL:.0%}. n: deals, or whatever is counted, behind a figure."], "quiet")
    ]
    for group in dict.fromkeys(line.group for line in lines):
        rows = [_row(line, export.currency) for line in lines if line.group == group]
        columns = [Name("Estimate"), Name(f"{INTERVAL:.0%} interval"), Name("n"), Name("Note")]
        table = Table(group, "What", columns, rows, words=True)
        blocks.append(table if len(rows) <= LONGEST else Details(f"{group}: {len(rows)} estimates", [table]))
    if calibration.fit.people:
        blocks.append(Prose([people_sentence(each) for each in calibration.fit.people]))
    return Section("estimates", "All estimates", blocks)


def _row(line: Line, currency: str) -> Row:
    estimate = line.estimate
    value = number(estimate.value, line.unit, currency)
    low, high = in_step([estimate.low, estimate.high], line.unit, currency)
    between = f"{low} to {high}" if estimate.high > estimate.low else "known"
    return Row(
        Name(line.words), [Cell(value, strong=True), Cell(between), Cell(f"{estimate.n:,}"), Cell(line.note)]
    )
