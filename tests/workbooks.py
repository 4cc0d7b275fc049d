"""Workbooks as a spreadsheet sees them: read cell by cell, and worked out anew by LibreOffice."""

from __future__ import annotations

import io
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import openpyxl
from openpyxl.workbook import Workbook
from openpyxl.worksheet.worksheet import Worksheet

from channelsim.experiment.result import Result
from channelsim.report.files import manifest
from channelsim.report.workbook.workbook import run_workbook

SOFFICE = shutil.which("soffice")
ALWAYS_RECALCULATE = """<?xml version="1.0" encoding="UTF-8"?>
<oor:items xmlns:oor="http://openoffice.org/2001/registry">
<item oor:path="/org.openoffice.Office.Calc/Formula/Load">
<prop oor:name="OOXMLRecalcMode" oor:op="fuse"><value>0</value></prop></item>
</oor:items>
"""


def workbook_of(result: Result) -> bytes:
    """The workbook of a run, as it is written."""
    return run_workbook(result, manifest(result))


def opened(written: bytes, *, values: bool = False) -> Workbook:
    """Its sheets: formulas, or the values that stand beside them."""
    return openpyxl.load_workbook(io.BytesIO(written), data_only=values)


def formulas(book: Workbook) -> Iterator[tuple[str, str, str]]:
    """(sheet, cell, formula) of every formula."""
    for sheet in book:
        for row in sheet.iter_rows():
            for cell in row:
                if cell.data_type == "f":
                    yield sheet.title, cell.coordinate, cell.value


def recalculated(books: Mapping[str, Workbook], folder: Path) -> dict[str, Workbook]:
    """The books worked out by LibreOffice, from which openpyxl has dropped all values of formulas."""
    assert SOFFICE is not None
    settings = folder / "profile" / "user"
    settings.mkdir(parents=True)
    (settings / "registrymodifications.xcu").write_text(ALWAYS_RECALCULATE)
    for name, book in books.items():
        book.save(folder / f"{name}.xlsx")
    subprocess.run(
        [
            SOFFICE,
            f"-env:UserInstallation={(folder / 'profile').as_uri()}",
            *("--headless", "--convert-to", "xlsx", "--outdir", str(folder / "done")),
            *(str(folder / f"{name}.xlsx") for name in books),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return {name: openpyxl.load_workbook(folder / "done" / f"{name}.xlsx", data_only=True) for name in books}


def row_of(sheet: Worksheet, *labels: Any) -> int:
    """The first row that begins with these."""
    for row in sheet.iter_rows(max_col=len(labels)):
        if tuple(cell.value for cell in row) == labels:
            return int(row[0].row)
    raise AssertionError(f"no row {labels} in {sheet.title}")
