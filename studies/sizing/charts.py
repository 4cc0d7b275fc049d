"""The findings in pictures."""

from __future__ import annotations

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from channelsim.analysis.intervals import estimate
from channelsim.finance.definitions import Unit
from channelsim.report.style import (
    INK,
    PALETTE,
    QUIET,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    blank_page,
    chart,
    number_axis,
)
from studies.sizing.experiment import AS_IS, AT_ONCE, LARGEST, OLDEST, PHASED, SIZES, Force, Hiring, Simulated
from studies.sizing.findings import (
    ELASTICITY_HIGH,
    ELASTICITY_LOW,
    SYNTEX,
    a_year,
    ahead,
    elasticity,
    optimum,
    within,
)

COLOURS = {LARGEST: PALETTE[0], OLDEST: PALETTE[4]}
WORDS = {LARGEST: "the largest first", OLDEST: "the oldest first"}
NEAR = 0.02
FEWEST, MOST = 0.4, 1.8
"""Range of effort that is drawn, as a share of the best."""


@chart
def profit_curve(found: Simulated, provenance: str) -> Chart:
    """Contribution by size, and sales by effort beside what was published."""
    best = optimum(found.curves[Force()])
    low, high = within(found.curves[Force()], NEAR)
    figure = blank_page(
        f"Profit is flat around {best.size} reps, because reps work the largest enquiries first",
        f"From {low:.0f} to {high:.0f} reps contribution stays within {100 * NEAR:g}% of the best. Where nobody "
        "chooses among enquiries it is far less flat. Bands: the middle 80% of replications, two years each.",
        provenance,
        3.9,
    )
    left, middle, right = figure.subplots(1, 3, width_ratios=[1.25, 1, 1])
    left.axvspan(low, high, color="#E4E8EC", zorder=0, linewidth=0)
    for triage, colour in COLOURS.items():
        curve = found.curves[Force(triage)]
        values = [estimate(a_year(curve, size, "contribution")) for size in SIZES]
        left.fill_between(SIZES, [v.p10 for v in values], [v.p90 for v in values], color=colour, alpha=0.18, lw=0)
        left.plot(SIZES, [v.mean for v in values], color=colour, marker="o", markersize=3.5, linewidth=1.6,
                  label=WORDS[triage])  # fmt: skip
        _elasticities(middle, found, triage, colour)
        _response(right, found, triage, colour)
    left.set_title("Contribution a year")
    left.set_xlabel("reps", loc="left")
    left.set_ylim(bottom=0)
    left.legend(loc="lower right")
    number_axis(left, "y", UnitFormatter(Unit.MONEY, found.currency), 6)
    middle.axhspan(ELASTICITY_LOW, ELASTICITY_HIGH, color="#E4E8EC", zorder=0, linewidth=0)
    middle.annotate(
        f"published: {ELASTICITY_LOW:g} to {ELASTICITY_HIGH:g}", (0.03, ELASTICITY_LOW), va="bottom",
        size=SMALL_SIZE, color=QUIET, xycoords=middle.get_yaxis_transform(),
    )  # fmt: skip
    middle.set_title("Elasticity of sales to reps")
    middle.set_xlabel("reps", loc="left")
    middle.set_ylim(bottom=-0.05)
    number_axis(middle, "y", UnitFormatter(Unit.RATIO, ""), 6)
    shown = [effort for effort in SYNTEX if effort <= MOST]
    right.plot(shown, [SYNTEX[effort] for effort in shown], "--", color=INK, linewidth=1.4, label="Syntex (1988)")
    right.set_title("Sales by effort, best size = 100%")
    right.set_xlabel("reps", loc="left")
    right.set_xlim(0, MOST)
    right.set_ylim(0, 1.5)
    right.legend(loc="lower right")
    for which in ("x", "y"):
        number_axis(right, which, UnitFormatter(Unit.SHARE, ""), 5)
    return figure


def _elasticities(axes: Axes, found: Simulated, triage: str, colour: str) -> None:
    curve = found.curves[Force(triage)]
    values = [elasticity(curve, size) for size in SIZES[1:-1]]
    axes.fill_between(
        SIZES[1:-1], [v.low for v in values], [v.high for v in values], color=colour, alpha=0.25, lw=0
    )
    axes.plot(SIZES[1:-1], [v.value for v in values], color=colour, linewidth=1.6)


def _response(axes: Axes, found: Simulated, triage: str, colour: str) -> None:
    best = optimum(found.curves[Force()]).size
    curve = found.curves[Force(triage)]
    efforts = np.array(SIZES) / best
    sales = np.array([a_year(curve, size, "bookings").mean() for size in SIZES])
    keep = (efforts >= FEWEST - 0.05) & (efforts <= MOST)
    at_best = sales[SIZES.index(best)]
    axes.plot(efforts[keep], sales[keep] / at_best, color=colour, linewidth=1.6, label=WORDS[triage])


@chart
def hiring(found: Simulated, provenance: str) -> Chart:
    """Contribution so far of two plans to hire, and one against the other."""
    plans = found.plans[Hiring()]
    figure = blank_page(
        "Hiring at once loses the first year and wins three",
        "Contribution since the decision, from 16 reps to 22: against hiring nobody (left), and at once against "
        "phased (right), on the same enquiries. Bands are 95% intervals.",
        provenance,
        3.6,
    )
    left, right = figure.subplots(1, 2)
    months = np.arange(1, plans[AS_IS].shape[1] + 1)
    for name, colour, words in ((AT_ONCE, PALETTE[1], "22 at once"), (PHASED, PALETTE[2], "18, 20, then 22")):
        _gap(left, months, found, name, AS_IS, colour, words)
    _gap(right, months, found, AT_ONCE, PHASED, PALETTE[3], "at once - phased")
    left.set_title("Ahead of hiring nobody")
    left.legend(loc="upper left")
    right.set_title("At once, ahead of phased")
    for axes in (left, right):
        axes.axhline(0, color=INK, linewidth=1)
        axes.set_xlabel("months after the decision", loc="left")
        axes.set_xlim(0, months[-1])
        axes.set_xticks(range(0, int(months[-1]) + 1, 6))
        number_axis(axes, "y", UnitFormatter(Unit.MONEY, found.currency, signed=True), 6)
    return figure


def _gap(
    axes: Axes, months: np.ndarray[tuple[int, ...], np.dtype[np.int64]], found: Simulated, one: str, other: str,
    colour: str, words: str,
) -> None:  # fmt: skip
    gaps = ahead(found.plans[Hiring()], one, other)
    axes.fill_between(months, [g.ci_low for g in gaps], [g.ci_high for g in gaps], color=colour, alpha=0.22, lw=0)
    axes.plot(months, [g.mean for g in gaps], color=colour, linewidth=1.8, label=words)


def charts(found: Simulated, provenance: str) -> dict[str, Figure]:
    """Every chart by the name of its files."""
    return {"sizing_curve": profit_curve(found, provenance), "sizing_hiring": hiring(found, provenance)}
