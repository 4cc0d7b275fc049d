"""The charts of a run, one file each."""

from __future__ import annotations

from collections.abc import Callable

from matplotlib.figure import Figure

from channelsim.experiment.result import Result
from channelsim.report.charts.ahead import ahead
from channelsim.report.charts.comparison import comparison
from channelsim.report.charts.funnel import funnel
from channelsim.report.charts.losses import losses
from channelsim.report.charts.monthly import pipeline, utilization
from channelsim.report.style import save

__all__ = ["CHARTS", "save"]

CHARTS: dict[str, Callable[[Result], Figure]] = {
    "comparison": comparison,
    "ahead": ahead,
    "funnel": funnel,
    "pipeline": pipeline,
    "utilization": utilization,
    "losses": losses,
}
"""Every chart by the name of its files."""
