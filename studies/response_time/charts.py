"""The findings in pictures."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import NullLocator

from channelsim.analysis.jackknife import Interval
from channelsim.finance.definitions import Unit
from channelsim.report.style import (
    INK,
    PALETTE,
    PANEL_SIZE,
    QUIET,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    beside,
    blank_page,
    chart,
    number_axis,
    strategy_colours,
    strategy_markers,
)
from studies.report import plus_minus
from studies.response_time.experiment import (
    COOLINGS,
    DAMPED,
    FACE_VALUE,
    FORCED_HOURS,
    World,
)
from studies.response_time.findings import (
    BUCKETS,
    CONTACTED,
    OPPORTUNITY,
    SALESUP,
    forced_rate,
    median_of_buckets,
    monthly,
    promise,
    rates,
    rates_by_mix,
)
from studies.response_time.tables import Study

RAW, HELD_EQUAL, TRUTH = PALETTE[4], PALETTE[1], INK
ONE_MINUTE = 1 / 60
AGES = {ONE_MINUTE: "1 min", 5 / 60: "5 min", 0.5: "30 min", 4.0: "4 h", 24.0: "24 h", 72.0: "3 d"}
ROW = 0.42
FEWEST_LEADS = 100
"""A bucket with fewer leads is not drawn."""


@chart
def emerging_rates(study: Study, provenance: str) -> Chart:
    """Contact and opportunity rates by response time: published, and as they come about."""
    figure = blank_page(
        "Rates by response time come about from queues and cooling, softer than published",
        "Share of leads with each response time, as the CRM shows it; bars are 95% intervals. Left: leads cool as "
        "in the scenario. Right: as if the published contact rates were all the work of response time.",
        provenance,
        5.6,
    )
    panels = figure.subplots(2, 2, sharex=True, sharey="row")
    colours, markers = strategy_colours(study.staffings), strategy_markers(study.staffings)
    at = np.arange(len(BUCKETS), dtype=float)
    for row, (outcome, words) in zip(
        panels, ((CONTACTED, "contacted"), (OPPORTUNITY, "opportunities")), strict=True
    ):
        for axes, cooling in zip(row, (DAMPED, FACE_VALUE), strict=True):
            axes.plot(at, SALESUP[outcome], "--", color=INK, linewidth=1.4, label="published (SalesUp)")
            for number, name in enumerate(study.staffings):
                found = rates(study.totals(name, cooling), outcome)
                keep = _enough(study.totals(name, cooling))
                offset = at + 0.09 * (number - (len(study.staffings) - 1) / 2)
                _with_bars(axes, offset, found, keep, colours[name], markers[name], name)
            axes.set_title(f"{words.capitalize()}, leads cool {_how(cooling)}")
            axes.set_ylim(0, 1.0 if outcome == CONTACTED else 0.4)
            number_axis(axes, "y", UnitFormatter(Unit.SHARE, ""), 5)
            axes.set_xticks(at, [name.replace("within ", "within\n").replace(" to ", " to\n") for name in BUCKETS])
    panels[0][1].legend(loc="upper right")
    return figure


def _how(cooling: str) -> str:
    return {DAMPED: "as in the scenario", FACE_VALUE: "as published, at face value"}.get(cooling, cooling)


@chart
def seen_and_true(study: Study, provenance: str) -> Chart:
    """Opportunity rates by response time: raw, by source, and the same leads called at set times."""
    shown = (study.staffings[0], study.staffings[-1])
    figure = blank_page(
        "What the CRM shows by response time is not what response time does",
        "Share of leads that became an opportunity. Dots: as the CRM has them, by time to the first dial. Line: "
        "every one of the same leads called after exactly that time. On the left leads do not cool at all: "
        "whatever falls there is not the work of response time.",
        provenance,
        5.6,
    )
    panels = figure.subplots(len(shown), len(COOLINGS), sharex=True, sharey=True, squeeze=False)
    for row, hours in zip(panels, shown, strict=True):
        for axes, cooling in zip(row, COOLINGS, strict=True):
            totals = study.totals(hours, cooling)
            at = np.maximum(median_of_buckets(study.crms[World(hours, cooling)]), ONE_MINUTE)
            keep = _enough(totals)
            _with_bars(axes, at / 1.06, rates(totals, OPPORTUNITY), keep, RAW, "o", "")
            _with_bars(axes, at * 1.06, rates_by_mix(totals, OPPORTUNITY), keep, HELD_EQUAL, "s", "")
            truth = [
                forced_rate(study.crms[World(cooling=cooling, forced_hours=hour)], OPPORTUNITY)
                for hour in FORCED_HOURS
            ]
            times = [max(hour, ONE_MINUTE) for hour in FORCED_HOURS]
            axes.fill_between(times, [t.low for t in truth], [t.high for t in truth], color=TRUTH, alpha=0.15, lw=0)
            axes.plot(times, [t.value for t in truth], color=TRUTH, linewidth=1.6)
            if hours == shown[0]:
                axes.set_title(f"Leads cool {_how(cooling)}")
            axes.set_xscale("log")
            axes.set_xticks(list(AGES), list(AGES.values()))
            axes.xaxis.set_minor_locator(NullLocator())
            axes.set_xlim(ONE_MINUTE / 1.5, 100)
            axes.set_ylim(0, 0.4)
            number_axis(axes, "y", UnitFormatter(Unit.SHARE, ""), 5)
        row[0].set_ylabel(hours, size=PANEL_SIZE, weight="bold", color=INK)
    panels[0][-1].legend(
        handles=[
            Line2D([], [], color=RAW, marker="o", linewidth=0, label="as the CRM has it"),
            Line2D([], [], color=HELD_EQUAL, marker="s", linewidth=0, label="sources held equal"),
            Line2D([], [], color=TRUTH, linewidth=1.6, label="truth: the same leads, called then"),
        ],
        loc="upper right",
    )
    return figure


@chart
def promised_and_kept(study: Study, provenance: str) -> Chart:
    """Opportunities a month more than the day team's: promised by the CRM, possible, and reached."""
    base = study.staffings[0]
    own = study.crms[World(base)]
    colours = strategy_colours(study.staffings)
    rows: list[tuple[str, Interval, str]] = [
        ("promised by the day team's CRM", promise(study.totals(base), study.months), RAW),
        ("all called at once, whatever it costs", monthly(study.at_once(DAMPED), study.months, own), TRUTH),
        *(
            (f"{name}, same hours of pay", monthly(study.crms[World(name)], study.months, own), colours[name])
            for name in study.staffings[1:]
        ),
    ]
    figure = blank_page(
        "What faster answers are worth: promised, possible, reached",
        f"Opportunities a month beyond the day team's {monthly(own, study.months).value:,.0f}; bars are 95% "
        "intervals, on the same leads. Promised: the rate of the leads called within 5 minutes, "
        "taken for that of all.",
        provenance,
        ROW * len(rows) + 0.6,
    )
    axes = figure.subplots()
    for row, (_, found, colour) in enumerate(rows):
        axes.plot([found.low, found.high], [row, row], color=colour, linewidth=3, alpha=0.45, solid_capstyle="butt")
        axes.plot([found.value], [row], "o", color=colour, markersize=6.5)
        beside(axes, row, plus_minus(found, 1, signed=True))
    axes.axvline(0, color=INK, linewidth=1, zorder=1)
    axes.set_yticks(range(len(rows)), [name for name, _, _ in rows])
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xlim(left=min(0, *(found.low for _, found, _ in rows)) - 1)
    number_axis(axes, "x", UnitFormatter(Unit.COUNT, "", signed=True), 6)
    axes.tick_params(axis="y", length=0)
    axes.set_xlabel("opportunities a month more", loc="left", size=SMALL_SIZE, color=QUIET)
    return figure


def _enough(totals: np.ndarray[tuple[int, ...], np.dtype[np.float64]]) -> list[bool]:
    """Which response times have enough leads to draw."""
    return [bool(leads >= FEWEST_LEADS) for leads in totals[..., 0].sum(axis=(0, 2))]


def _with_bars(
    axes: Axes,
    at: Sequence[float] | np.ndarray[tuple[int, ...], np.dtype[np.float64]],
    found: list[Interval],
    keep: list[bool],
    colour: str,
    marker: str,
    label: str,
) -> None:
    kept = [(x, each) for x, each, kept in zip(at, found, keep, strict=True) if kept and not math.isnan(each.value)]
    axes.errorbar(
        [x for x, _ in kept],
        [each.value for _, each in kept],
        yerr=[[e.value - e.low for _, e in kept], [e.high - e.value for _, e in kept]],
        fmt=marker, color=colour, markersize=4.5, linewidth=1.2, label=label or None,
    )  # fmt: skip


def charts(study: Study, provenance: str) -> dict[str, Figure]:
    """Every chart by the name of its files."""
    return {
        "response_time_rates": emerging_rates(study, provenance),
        "response_time_truth": seen_and_true(study, provenance),
        "response_time_worth": promised_and_kept(study, provenance),
    }
