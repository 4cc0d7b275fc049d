"""The files of a sweep besides its parts: the summary, which strategy is best where, and the picture."""

from __future__ import annotations

import io
from pathlib import Path

from channelsim.experiment.store import write_whole
from channelsim.experiment.sweep_results import SweepResults
from channelsim.report.charts.sweep import sweep_chart
from channelsim.report.files import REPORT
from channelsim.report.page.sweep import sweep_page
from channelsim.report.style import png_bytes, svg_bytes


def write_summary(results: SweepResults, folder: Path) -> None:
    """summary.csv, summary.parquet, winners.csv, sweep.png, sweep.svg, report.html: each whole or not at all.

    Raises OSError."""
    buffer = io.BytesIO()
    results.summary.write_parquet(buffer, compression="zstd")
    figure = sweep_chart(results)
    svg = svg_bytes(figure)
    for name, content in (
        ("summary.parquet", buffer.getvalue()),
        ("summary.csv", results.summary.write_csv().encode()),
        ("winners.csv", results.winners.write_csv().encode()),
        ("sweep.png", png_bytes(figure)),
        ("sweep.svg", svg),
        (REPORT, sweep_page(results, svg).encode()),
    ):
        write_whole(folder / name, content)
