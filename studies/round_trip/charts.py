"""The findings in a picture."""

from __future__ import annotations

from collections.abc import Sequence

from channelsim.calibrate.estimates import INTERVAL
from channelsim.finance.definitions import Unit
from channelsim.report.style import MARKERS, PALETTE, Chart, UnitFormatter, blank_page, chart, number_axis
from studies.round_trip.coverage import Trip, coverage
from studies.round_trip.tables import TOLERANCE, all_of, kinds_of

ROW_HEIGHT = 0.26
APART = 0.16


@chart
def coverage_by_kind(trips: Sequence[Trip], provenance: str) -> Chart:
    """How often the truth is inside, by kind of parameter, with the open deals and without them."""
    fitted, without_open = all_of(trips)
    kinds = [*kinds_of(fitted), "all"]
    whole, half = coverage(fitted), coverage(without_open)
    figure = blank_page(
        f"{100 * whole.value:.0f}% of truths lie inside their {100 * INTERVAL:g}% intervals; "
        f"{100 * half.value:.0f}% if open deals are left out",
        "Known worlds, simulated, exported as a CRM would and calibrated: the share of parameters whose true "
        "value is in the interval. Lines: 95% intervals, which count worlds. Grey: nominal, ± 3 points.",
        provenance,
        1.0 + ROW_HEIGHT * len(kinds),
    )
    axes = figure.subplots()
    axes.axvspan(INTERVAL - TOLERANCE, INTERVAL + TOLERANCE, color="#E4E8EC", zorder=0, linewidth=0)
    for number, (words, compared) in enumerate((("calibrate", fitted), ("without the open deals", without_open))):
        intervals = [coverage([each for each in compared if kind in (each.kind, "all")]) for kind in kinds]
        rows = [row + (number - 0.5) * 2 * APART for row in range(len(kinds))]
        values = [each.value for each in intervals]
        axes.errorbar(
            values, rows, xerr=[[each.value - each.low for each in intervals],
                                [each.high - each.value for each in intervals]],
            fmt=MARKERS[number], color=PALETTE[4 * number], markersize=4, linewidth=1.2, label=words,
        )  # fmt: skip
    axes.set_yticks(range(len(kinds)), kinds)
    axes.invert_yaxis()
    axes.set_xlim(0, 1.02)
    axes.legend(loc="lower left")
    number_axis(axes, "x", UnitFormatter(Unit.SHARE, ""), 6)
    return figure
