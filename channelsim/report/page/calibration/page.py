"""Puts the chapters of a calibration together, a file each, as a run's page is."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from pathlib import PurePath

from channelsim.report.calibration_result import Calibration
from channelsim.report.charts.calibration import Kind
from channelsim.report.page.calibration.assumed import assumed_section
from channelsim.report.page.calibration.fits import estimates_section, fits_section, settled_section
from channelsim.report.page.calibration.hinges import hinges_section
from channelsim.report.page.calibration.later import backtest_section
from channelsim.report.page.calibration.method import method_section
from channelsim.report.page.calibration.reading import quality_section, reading_section
from channelsim.report.page.calibration.summary import summary_section
from channelsim.report.page.page import html
from channelsim.report.page.words import count


def calibration_page(calibration: Calibration, kinds: Mapping[str, Kind]) -> str:
    """The page of a calibration. kinds: its panels, by name."""
    sections = [
        summary_section(calibration),
        reading_section(calibration),
        quality_section(calibration),
        fits_section(kinds),
        backtest_section(calibration, kinds),
        hinges_section(calibration),
        assumed_section(calibration),
        settled_section(calibration, kinds),
        estimates_section(calibration),
        method_section(calibration),
    ]
    export = calibration.fit.export
    return html(
        f"{PurePath(export.files[0]).name if export.files else 'An export'}, calibrated",
        [section for section in sections if section is not None],
        description="What was learnt from an export of a CRM, how well it fits, and what was assumed.",
        facts=list(_facts(calibration)),
        currency=export.currency,
    )


def _facts(calibration: Calibration) -> list[str]:
    export = calibration.fit.export
    facts = [count(len(export.deals), "deal"), count(len(export.routes), "route")]
    facts.append(count(len(export.segments), "segment"))
    if export.origin is not None:
        first, last = (export.origin + dt.timedelta(days=day) for day in (export.first_day, export.cutoff_day))
        facts.append(f"{first} to {last}")
    return [*facts, f"money in {export.currency}"]
