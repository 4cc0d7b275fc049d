"""What was read: columns, data quality, and what was decided on the way."""

from __future__ import annotations

from channelsim.report.calibration_result import Calibration
from channelsim.report.page.blocks import Block, Cell, Name, Prose, Row, Section, Table

UNUSED = "not used"
MOST_COLUMNS = 60


def reading_section(calibration: Calibration) -> Section:
    """What each column was taken for."""
    export = calibration.fit.export
    blocks: list[Block] = [Prose([f"Read from {calibration.files}. Money is in {export.currency}."])]
    used = [column for column in export.columns if column.field]
    shown = [*used, *(column for column in export.columns if not column.field)][:MOST_COLUMNS]
    if shown:
        several = len({column.file for column in shown}) > 1
        rows = [
            Row(
                Name(column.column),
                [Cell(column.field or UNUSED), Cell(column.how), Cell(column.sample)],
                column.file if several else "",
            )
            for column in shown
        ]
        left = len(export.columns) - len(shown)
        note = f"{left:,} more columns are not shown." if left else ""
        columns = [Name("Taken for"), Name("How"), Name("Sample")]
        blocks.append(Table("What columns were taken for", "Column", columns, rows, note, words=True))
    groups = [
        Row(Name(route.label), [Cell(route.name), Cell(route.channel), Cell(", ".join(route.steps))])
        for route in export.routes
    ]
    names = [Name("In the scenario"), Name("Channel"), Name("Steps")]
    blocks.append(Table("Routes", "As the export has it", names, groups, words=True))
    return Section("read", "What was read", blocks)


def quality_section(calibration: Calibration) -> Section:
    """What was found in the data and what became of it, and all that was decided, aloud."""
    export = calibration.fit.export
    blocks: list[Block] = []
    if export.counts:
        rows = [
            Row(Name(each.what), [Cell(f"{each.rows:,}"), Cell(each.done), Cell(", ".join(each.examples))])
            for each in export.counts
        ]
        columns = [Name("Rows"), Name("What became of them"), Name("Such as")]
        blocks.append(Table("What was found in the data", "What", columns, rows, words=True))
    else:
        blocks.append(Prose(["Nothing odd was found in the data."]))
    said = list(dict.fromkeys([*export.sentences, *calibration.fit.sentences]))
    if said:
        blocks.append(Prose(["Decided on the way:", *said], "quiet"))
    return Section("quality", "Data quality", blocks)
