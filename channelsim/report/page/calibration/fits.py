"""Every fit against the data, in pictures, and all estimates in tables."""

from __future__ import annotations

import re
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
AT_ONCE = 24
PATH, DECIMALS = re.compile(rb' d="[^"]*"'), re.compile(rb"(\.\d\d)\d+")
LONGEST = 40
"""Rows of a table that is open when the page is."""


def pictures(kind: Kind) -> list[Block]:
    """A kind of panels as pictures of a page, many of them to be opened on demand."""
    made = [Picture(slim(svg_bytes(panel_alone(each))), each.alt, each.title, each.note) for each in kind.panels]
    wide = kind.name in OF_ROWS
    blocks: list[Block] = [Pictures(kind.title, kind.told, made[:AT_ONCE], wide)]
    if rest := made[AT_ONCE:]:
        note = f"{kind.left_out:,} more are in estimates.csv." if kind.left_out else ""
        blocks.append(Details(f"{len(rest)} more", [Pictures(f"{kind.title}, continued", note, rest, wide)]))
    return blocks


def slim(svg: bytes) -> bytes:
    """A drawing whose lines have two decimals, which is all that a screen shows: half the size."""
    return PATH.sub(lambda path: DECIMALS.sub(rb"\1", path[0]), svg)


def fits_section(kinds: Mapping[str, Kind]) -> Section:
    """Days, win rates, values and arrivals, each against what was seen."""
    blocks = [block for name in FITS if name in kinds for block in pictures(kinds[name])]
    return Section("fits", "Fits against the data", blocks)


def settled_section(calibration: Calibration, kinds: Mapping[str, Kind]) -> Section | None:
    """The scenario's days in each step against the export's; None where nothing was simulated."""
    if "settled" not in kinds:
        return None
    why = (
        "An export's days hold waiting for a rep, the work, nights and weekends as well as the buyer's own time; a "
        "scenario takes the last alone. So the scenario was simulated, and the buyers' days corrected until "
        "simulated deals stay in each step as long as the export's did."
    )
    blocks: list[Block] = [Prose([why]), *pictures(kinds["settled"])]
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
