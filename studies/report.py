"""A study's findings on the terminal and as files: tables in words, charts in the house style."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from matplotlib.figure import Figure
from rich.console import Console
from rich.markup import escape
from rich.table import Table as RichTable

from channelsim.analysis.jackknife import Interval
from channelsim.errors import RunError
from channelsim.report.format import UNDEFINED
from channelsim.report.style import png_bytes, svg_bytes


@dataclass(frozen=True)
class Table:
    """Cells as text: the first column names the row. note: what a reader must know, below the table."""

    title: str
    columns: Sequence[str]
    rows: list[Sequence[str]] = field(default_factory=list)
    note: str = ""

    def markdown(self) -> str:
        """The table as it stands in docs/studies."""
        lines = [self.columns, ["---", *["---:"] * (len(self.columns) - 1)], *self.rows]
        table = "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
        return "\n\n".join(part for part in (f"**{self.title}**", table, self.note) if part)


@dataclass(frozen=True)
class Findings:
    """What a study found: tables in order, charts by the name of their files."""

    tables: list[Table]
    charts: Mapping[str, Figure]


def print_tables(console: Console, tables: Sequence[Table]) -> None:
    """Tables as `channelsim run` prints them."""
    for table in tables:
        shown = RichTable(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
        for number, column in enumerate(table.columns):
            shown.add_column(escape(column), justify="right" if number else "left")
        for row in table.rows:
            shown.add_row(*(escape(cell) for cell in row))
        console.print(f"[bold]{escape(table.title)}[/]")
        console.print(shown)
        console.print(f"[dim]{escape(table.note)}[/]\n" if table.note else "")


def write_findings(findings: Findings, folder: Path) -> None:
    """findings.md, and each chart as PNG and SVG, in a folder. A file appears whole or not at all. Raises RunError
    if that cannot be done."""
    files = {"findings.md": "\n\n".join(table.markdown() for table in findings.tables).encode() + b"\n"}
    for name, figure in findings.charts.items():
        files |= {f"{name}.png": png_bytes(figure), f"{name}.svg": svg_bytes(figure)}
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in files.items():
            _write_whole(folder / name, content)
    except OSError as error:
        raise RunError(f"{folder}: {error.strerror or error}") from error


def _write_whole(path: Path, content: bytes) -> None:
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}-", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        os.chmod(beside, 0o644)
        os.replace(beside, path)
    except BaseException:
        os.unlink(beside)
        raise


def percent(interval: Interval, decimals: int = 1) -> str:
    """A share and half of its interval: "25.6 ± 0.4%"."""
    half = (interval.high - interval.low) / 2
    return f"{100 * interval.value:.{decimals}f} ± {100 * half:.{decimals}f}%"


def times(interval: Interval) -> str:
    """A ratio and its interval: "1.44 (1.38 to 1.50)"; 1 that is exact is bare."""
    if interval.value != interval.value:
        return UNDEFINED
    if interval.low == interval.high:
        return f"{interval.value:.2f}"
    return f"{interval.value:.2f} ({interval.low:.2f} to {interval.high:.2f})"


def plus_minus(interval: Interval, decimals: int = 0, *, signed: bool = False) -> str:
    """A number and half of its interval: "+12 ± 3"."""
    half = (interval.high - interval.low) / 2
    if half == 0:
        return f"{interval.value:{'+' if signed else ''},.{decimals}f}"
    return f"{interval.value:{'+' if signed else ''},.{decimals}f} ± {half:,.{decimals}f}"
