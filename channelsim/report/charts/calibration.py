"""The charts of a calibration, each a file: panels of one kind, and what they are about."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from matplotlib.figure import Figure

from channelsim.calibrate.checking.backtest import Backtest
from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.writing.settle import Settled
from channelsim.report.charts.backtest import backtest_panels
from channelsim.report.charts.calibrated_arrivals import arrival_panels
from channelsim.report.charts.calibrated_rates import rate_panels
from channelsim.report.charts.calibrated_spreads import duration_panels, value_panels
from channelsim.report.charts.panels import Panel, panels_chart
from channelsim.report.charts.settled import settled_panels

MOST_PANELS = 240
"""Of a kind; routes and steps of which there are more are in estimates.csv alone."""
PANELS_A_FILE = 30


@dataclass(frozen=True)
class Kind:
    """Panels of one kind. name: of the file; told: how to read them."""

    name: str
    title: str
    told: str
    panels: tuple[Panel, ...]
    left_out: int  # panels for which there is no room


DURATIONS = (
    "durations", "Days in each step, fitted against seen",
    "Black: the share still in the step after so many days (Kaplan-Meier, open deals counted until they were last "
    "seen) with its 95% interval. Blue: what was fitted.",
)  # fmt: skip
VALUES = (
    "values", "Deal values, fitted against seen",
    "Black: the share of deals that are worth more, with its 95% interval. Blue: what was fitted.",
)  # fmt: skip
RATES = (
    "win_rates", "Win rates by route and segment",
    "Blue: what is believed, with its 90% interval; hollow: won of those that ended, in brackets how many did. "
    "Small cells are drawn to the others, and open deals count by how old they are.",
)  # fmt: skip
ARRIVALS = (
    "arrivals", "Deals created by month",
    "Black: deals that came. Blue: what was fitted, and the band in which nine months in ten lie by chance.",
)  # fmt: skip
SETTLED = (
    "settled", "Days in each step, settled",
    "Bar: mean days of the export. Hollow: simulated with these as the buyers' own; filled: with what is written, "
    "red where they are apart.",
)  # fmt: skip
BACKTEST = (
    "backtest", "Backtest: predicted against what came",
    "Blue: what was predicted from what was known before, with the bands in which nine and five in ten lie. Black: "
    "what came; a red cross lies outside.",
)  # fmt: skip


def kinds_of(fit: Fit, settled: Settled, backtest: Backtest | None) -> dict[str, Kind]:
    """Every kind of which there is something to show, by name."""
    found: list[tuple[tuple[str, str, str], Sequence[Panel]]] = [
        (DURATIONS, list(duration_panels(fit))),
        (RATES, list(rate_panels(fit))),
        (VALUES, list(value_panels(fit))),
        (ARRIVALS, list(arrival_panels(fit))),
        (SETTLED, list(settled_panels(settled))),
        (BACKTEST, [] if backtest is None else list(backtest_panels(backtest))),
    ]
    return {
        words[0]: Kind(*words, tuple(panels[:MOST_PANELS]), max(len(panels) - MOST_PANELS, 0))
        for words, panels in found
        if panels
    }


def all_charts(kinds: Mapping[str, Kind], provenance: str) -> Iterator[tuple[str, Figure]]:
    """Every chart with the name of its file; many panels go on in a second, durations_2, and so on."""
    for name, kind in kinds.items():
        for first in range(0, len(kind.panels), PANELS_A_FILE):
            part = first // PANELS_A_FILE + 1
            panels = kind.panels[first : first + PANELS_A_FILE]
            yield (
                name if part == 1 else f"{name}_{part}",
                panels_chart(kind.title, kind.told, provenance, panels),
            )
