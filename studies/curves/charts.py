"""The same curves side by side."""

from __future__ import annotations

from matplotlib.axes import Axes

from channelsim.experiment.curves import Curves
from channelsim.finance.definitions import Unit
from channelsim.report.style import (
    Chart,
    UnitFormatter,
    blank_page,
    chart,
    number_axis,
    provenance,
    strategy_colours,
    strategy_markers,
)
from studies.curves.experiment import HEADCOUNT, VARIED, VOLUME, Both

SHOWN = (VOLUME, HEADCOUNT)
FIGURE = "contribution"
PANEL_HEIGHT = 2.7


@chart
def side_by_side(found: dict[str, Both]) -> Chart:
    """Contribution by volume and by headcount, with shared random numbers (left) and without (right)."""
    shown = {words: both for words, both in found.items() if VARIED[words] in SHOWN}
    curves = next(iter(shown.values())).shared
    study = curves.points.study
    figure = blank_page(
        "What common random numbers do for a curve",
        "Contribution over nine months, the same number of replications left and right. Left, all points meet the "
        "same leads with the same luck; right, each has a seed of its own. Bands are 95% intervals of each point.",
        provenance(study, f"{curves.replications:,} replications a point", curves.seed, 0),
        PANEL_HEIGHT * len(shown),
    )
    rows = figure.subplots(len(shown), 2, sharey="row", squeeze=False)
    for (left, right), (words, both) in zip(rows, shown.items(), strict=True):
        _curves(left, both.shared, words, "random numbers shared")
        _curves(right, both.apart, words, "random numbers of each point's own")
    rows[0, 0].legend(loc="upper left")
    return figure


def _curves(axes: Axes, curves: Curves, words: str, title: str) -> None:
    colours, markers = strategy_colours(curves.strategies), strategy_markers(curves.strategies)
    variation = curves.points.variation
    for name in curves.strategies:
        readings = curves.curve(name, FIGURE)
        lows, highs = [each.ci_low for each in readings], [each.ci_high for each in readings]
        axes.fill_between(curves.x, lows, highs, color=colours[name], alpha=0.16, linewidth=0)
        axes.plot(curves.x, [each.mean for each in readings], color=colours[name], marker=markers[name],
                  markersize=3.5, linewidth=1.6, label=name)  # fmt: skip
    number_axis(axes, "y", UnitFormatter(Unit.MONEY, curves.points.study.scenario.currency), 6)
    axes.tick_params(axis="y", labelleft=True)
    axes.set_xticks(axes.get_xticks(), [variation.label(round(tick, 6)) for tick in axes.get_xticks()])
    axes.set_xlim(curves.x[0], curves.x[-1])
    axes.set_title(title[0].upper() + title[1:])
    axes.set_xlabel(words, loc="left")
