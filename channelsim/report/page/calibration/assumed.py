"""What the export cannot say, and where it comes from; and the scenario itself."""

from __future__ import annotations

from channelsim.report.assumed_lines import assumed_in
from channelsim.report.calibration_result import Calibration
from channelsim.report.page.blocks import Block, Cell, Details, Name, Prose, Row, Section, Table, Text


def assumed_section(calibration: Calibration) -> Section:
    """In words first, then every line."""
    written = calibration.written
    lines = assumed_in(written.text)
    intro = (
        f'No export says these. They come from the template {written.template} and are marked "assumed" in the '
        "scenario: put your own figures in their place, effort and pay first."
    )
    blocks: list[Block] = [Prose([intro])]
    if written.assumed:
        blocks.append(Prose([f"{each[:1].upper()}{each[1:]}." for each in written.assumed]))
    if lines:
        rows = [Row(Name(each.path), [Cell(each.value), Cell(each.source)]) for each in lines]
        table = Table("Assumed", "In the scenario", [Name("Value"), Name("From")], rows, words=True)
        blocks.append(Details(f"Every number that is assumed: {len(lines)}", [table]))
    blocks.append(Details("The scenario as written", [Text(written.text)]))
    return Section("assumed", "What was assumed", blocks)
