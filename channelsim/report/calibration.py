"""The files of a calibration's report: the page, tables, and charts. All of them appear, or none."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from channelsim.calibrate.checking.backtest import Backtest
from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.writing.write import Written
from channelsim.experiment.sensitivity import Sensitivity
from channelsim.report.calibration_estimates import estimate_lines
from channelsim.report.calibration_result import BACKTEST_COLUMNS, Calibration, backtest_rows
from channelsim.report.files import REPORT, csv_bytes, write_folder
from channelsim.report.sensitivity_files import FLIP_COLUMNS, TORNADO_COLUMNS, flip_rows, tornado_rows

ESTIMATE_COLUMNS = ("name", "value", "sd", "low", "high", "n", "note")
QUALITY_COLUMNS = ("what", "rows", "done", "examples")
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def write_calibration_report(
    folder: Path,
    fit: Fit,
    written: Written,
    backtest: Backtest | None = None,
    sensitivity: Sensitivity | None = None,
    *,
    command: str = "",
) -> Path:
    """Write report.html with its tables and charts to a folder, as `write_folder` does, and return it.

    written: the scenario and how it was settled. backtest: of `run_backtest`. sensitivity: of `what_to_measure`.
    command: makes the report again; "" where it was made otherwise. The same arguments give the same bytes. Raises
    RunError, with nothing left behind, if the disk is full or the like.
    """
    calibration = Calibration(fit, written, backtest, sensitivity, command)
    return write_folder(folder, lambda staging: _write_files(calibration, staging))


def _write_files(calibration: Calibration, folder: Path) -> None:
    from channelsim.report.charts.calibration import all_charts, kinds_of  # matplotlib is slow to import
    from channelsim.report.charts.sensitivity import tornado_chart
    from channelsim.report.page.calibration.page import calibration_page
    from channelsim.report.style import save

    kinds = kinds_of(calibration.fit, calibration.written.settled, calibration.backtest)
    (folder / "estimates.csv").write_bytes(csv_bytes(ESTIMATE_COLUMNS, estimate_rows(calibration.fit)))
    (folder / "quality.csv").write_bytes(csv_bytes(QUALITY_COLUMNS, quality_rows(calibration.fit)))
    if calibration.backtest is not None:
        (folder / "backtest.csv").write_bytes(csv_bytes(BACKTEST_COLUMNS, backtest_rows(calibration.backtest)))
    source = f"{calibration.files}   ·   {len(calibration.fit.export.deals):,} deals"
    for name, figure in all_charts(kinds, source):
        save(figure, folder / f"{name}.png", folder / f"{name}.svg")
    if calibration.sensitivity is not None:
        found = calibration.sensitivity
        (folder / "next.csv").write_bytes(csv_bytes(TORNADO_COLUMNS, tornado_rows(found)))
        (folder / "flips.csv").write_bytes(csv_bytes(FLIP_COLUMNS, flip_rows(found)))
        save(tornado_chart(found), folder / "next.png", folder / "next.svg")
    (folder / REPORT).write_bytes(calibration_page(calibration, kinds).encode("utf-8", "replace"))


def estimate_rows(fit: Fit) -> Iterator[tuple[str, float, float, float, float, int, str]]:
    """ESTIMATE_COLUMNS, a row an estimate."""
    for line in estimate_lines(fit):
        each = line.estimate
        yield (line.path, each.value, each.sd, each.low, each.high, each.n, plain(line.note))


def quality_rows(fit: Fit) -> Iterator[tuple[str, int, str, str]]:
    """QUALITY_COLUMNS, a row a kind of finding."""
    for each in fit.export.counts:
        yield (plain(each.what), each.rows, plain(each.done), plain(" ".join(each.examples)))


def plain(text: str) -> str:
    """Text of the export's that a spreadsheet does not take for a formula."""
    return f"'{text}" if text.startswith(FORMULA) else text
