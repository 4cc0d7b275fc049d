"""From leads to deals: how many come to each stage under each strategy, and what share goes on."""

from __future__ import annotations

import math

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patheffects import withStroke

from channelsim.analysis.intervals import Estimate, estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import number
from channelsim.report.style import (
    INK,
    Chart,
    UnitFormatter,
    beside,
    chart,
    folded,
    number_axis,
    page,
    period,
    strategy_colours,
)

STAGES = {"leads": "Leads", "contacted": "Contacted", "opportunities": "Opportunities", "won": "Won"}
BAR = 0.62
ROW_HEIGHT = 0.5
OUTLINE = withStroke(linewidth=2.4, foreground="white")  # an interval shows on a bar of any colour


@chart
def funnel(result: Result) -> Chart:
    """Leads, contacted, opportunities and deals won of every strategy, with conversion from stage to stage.

    Opportunities are left out where no motion marks the step at which a lead becomes one.
    """
    stages = [name for name in STAGES if name != "opportunities" or ever(result, name)]
    figure = page(
        result,
        f"From leads to deals over {period(result)}",
        _subtitle(result),
        ROW_HEIGHT * len(result.strategies) + 0.75,
    )
    panels = figure.subplots(1, len(stages), sharey=True, squeeze=False)[0]
    for i, (axes, stage) in enumerate(zip(panels, stages, strict=True)):
        _stage(axes, result, stage, stages[i - 1] if i else None)
    names = result.strategies
    panels[0].set_yticks(range(len(names)), [folded(name) for name in names], va="center")
    panels[0].set_ylim(len(names) - 0.5, -0.5)
    return figure


def _subtitle(result: Result) -> str:
    drawn = "means, thin lines are 95% intervals" if result.replications > 1 else "one replication"
    return (
        f"Leads at each stage ({drawn}), and what share of the stage before they are. Each stage has its own scale."
    )


def ever(result: Result, metric: str) -> bool:
    """Whether a metric is ever above 0."""
    return any(np.nansum(values) > 0 for values in result.metric_values(metric).values())


def conversion(result: Result, strategy: str, stage: str, before: str) -> Estimate:
    """Share of the leads of one stage that came to the next, replication by replication."""
    reached = result.metric_values(stage)[strategy]
    came_from = result.metric_values(before)[strategy]
    share = np.divide(reached, came_from, out=np.full_like(reached, np.nan), where=came_from > 0)
    return estimate(share)


def _stage(axes: Axes, result: Result, stage: str, before: str | None) -> None:
    colours = strategy_colours(result.strategies)
    highest = 0.0
    for row, name in enumerate(result.strategies):
        e = result.estimate(name, stage)
        share = number(conversion(result, name, stage, before).mean, Unit.SHARE, "") if before else ""
        beside(axes, row, number(e.mean, Unit.COUNT, ""), share)
        if math.isnan(e.mean):
            continue
        axes.barh(row, e.mean, BAR, color=colours[name], label=name)
        if not math.isnan(e.ci_low):
            ends = [e.ci_low, e.ci_high]
            axes.plot(ends, [row, row], color=INK, linewidth=1, path_effects=[OUTLINE], label=f"{name} interval")
        highest = max(highest, e.mean, 0.0 if math.isnan(e.ci_high) else e.ci_high)
    axes.set_xlim(0, highest * 1.02 or 1)
    number_axis(axes, "x", UnitFormatter(Unit.COUNT, result.study.scenario.currency), 3)
    axes.tick_params(axis="y", length=0)
    axes.set_title(STAGES[stage])
    axes.set_xlabel(f"and % of {STAGES[before].lower()}" if before else " ", loc="left")
