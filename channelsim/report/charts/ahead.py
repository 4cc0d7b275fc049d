"""When does it pay? Contribution so far, against the baseline."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes

from channelsim.analysis.transient import Band, band
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.charts.monthly import dates_below
from channelsim.report.format import mean_and_spread
from channelsim.report.style import (
    INK,
    PANEL_SIZE,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    chart,
    folded,
    number_axis,
    page,
    strategy_colours,
)

MOST_DATES = 14
TITLE_COLUMNS = 80
SERIES = "contribution"


def so_far(result: Result, strategy: str) -> Band:
    """Contribution of a strategy since the end of the warm-up, less the baseline's (its own, where it is the only
    strategy), at the end of each month after it."""
    warmup = result.study.scenario.horizon.warmup_months
    values = result.by_month(strategy, SERIES)
    if len(result.strategies) > 1:
        values = values - result.by_month(result.baseline, SERIES)
    return band(np.cumsum(values[:, warmup:], axis=1), controls=result.controls)


@chart
def ahead(result: Result) -> Chart:
    """A panel for each strategy but the baseline, each with a scale of its own: one that is far behind would
    flatten all others."""
    names = [name for name in result.strategies if name != result.baseline] or result.strategies
    against = f", less that of {result.baseline} on the same leads" if len(result.strategies) > 1 else ""
    columns = len(names) if len(names) <= 3 else math.ceil(len(names) / 2)
    lines = math.ceil(len(names) / columns)
    known = " Shaded: a 95% band that holds for all months at once." if result.replications > 1 else ""
    figure = page(
        result,
        "When does it pay?",
        f"Contribution since the end of the warm-up{against}; lines are means.{known}"
        f"{' Each panel has its own scale.' if len(names) > 1 else ''}",
        (3.6 if lines == 1 else 2.6) * lines,
    )
    panels = list(figure.subplots(lines, columns, sharex=True, squeeze=False).flat)
    for spare in panels[len(names) :]:
        spare.remove()
    for axes, name in zip(panels, names, strict=False):
        _draw(axes, result, name, so_far(result, name))
        dates_below(axes, result, MOST_DATES // columns)
        signed = len(result.strategies) > 1
        number_axis(axes, "y", UnitFormatter(Unit.MONEY, result.study.scenario.currency, signed=signed), 6)
        axes.set_title(
            folded(name, TITLE_COLUMNS // columns), color=strategy_colours(result.strategies)[name],
            size=PANEL_SIZE, pad=15,
        )  # fmt: skip
    return figure


def _draw(axes: Axes, result: Result, strategy: str, own: Band) -> None:
    horizon = result.study.scenario.horizon
    starts = np.array([date.toordinal() for date in result.layout(strategy).month_starts], float)
    days = starts[horizon.warmup_months :]
    mean, low, high = (np.insert(values, 0, 0.0) for values in (own.mean, own.low, own.high))
    colour = strategy_colours(result.strategies)[strategy]
    axes.plot(days[[0, -1]], [0.0, 0.0], color=INK, linewidth=0.8, zorder=1)
    axes.margins(y=0.12)  # the warm-up's name stands above all lines
    if not np.isnan(low[1:]).any():
        axes.fill_between(days, low, high, color=colour, alpha=0.22, linewidth=0, label=f"{strategy} band")
    axes.plot(days, mean, color=colour, linewidth=1.8, label=strategy, zorder=3)
    metric = result.estimate(strategy, SERIES)
    if len(result.strategies) > 1:
        metric = result.differences(SERIES)[strategy]
    text, half = mean_and_spread(
        metric, Unit.MONEY, result.study.scenario.currency, signed=len(result.strategies) > 1
    )
    above = axes.annotate(
        f"{text} ± {half} at the end" if result.replications > 1 else f"{text} at the end", (0, 1), (0, 3),
        xycoords="axes fraction", textcoords="offset points", size=SMALL_SIZE, va="bottom",
    )  # fmt: skip
    above.set_in_layout(False)
