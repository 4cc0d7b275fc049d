"""What each strategy brings and costs: means with their intervals, and the difference from the baseline."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.finance.definitions import Metric
from channelsim.report.format import UNDEFINED, mean_and_interval, number
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
    strategy_markers,
)
from channelsim.report.verdict import verdict

LABELS = {
    "contribution": "Contribution",
    "npv": "Net present value",
    "gross_margin": "Gross margin",
    "bookings": "Bookings",
    "won": "Deals won",
    "cost_total": "Cost of selling, all in",
    "win_rate": "Win rate (of leads)",
    "cost_per_deal": "Cost per deal",
    "cycle_days": "Days to win",
    "expense_ratio": "Cost / bookings",
}
KEY_METRICS = (
    "contribution", "bookings", "cost_total", "cost_per_deal", "win_rate", "cycle_days", "expense_ratio",
)  # fmt: skip
KEY_PANELS = 6
PANELS_A_ROW = 3
LESS_IS_BETTER = ("cost_per_deal", "cycle_days", "expense_ratio")
TICKS = 4
AROUND = 0.06
ROW_HEIGHT, TIGHT_ROW_HEIGHT = 0.42, 0.35
ONE_LINE = 24


@chart
def comparison(result: Result) -> Chart:
    """The decision metric and six others of every strategy with 95% intervals, and the paired difference of the
    decision metric from the baseline."""
    decided_by = result.comparison.metric
    others = [name for name in KEY_METRICS if name != decided_by][:KEY_PANELS]
    names = result.strategies
    lines = len(others) // PANELS_A_ROW
    row = ROW_HEIGHT if len(names) <= 4 else TIGHT_ROW_HEIGHT
    top, below = row * len(names) + 0.8, (row * len(names) + 0.75) * lines
    figure = page(result, f"{LABELS[decided_by]} over {period(result)}", _subtitle(result), top + below)
    upper, lower = figure.subfigures(2, 1, height_ratios=[top, below], squeeze=False).flat
    metrics = {metric.name: metric for metric in result.metrics}
    _decision(upper, result, metrics[decided_by])
    panels = lower.subplots(lines, PANELS_A_ROW, squeeze=False)
    for axes, name in zip(panels.flat, others, strict=True):
        estimates = {strategy: result.estimate(strategy, name) for strategy in names}
        _draw(axes, result, metrics[name], estimates)
        axes.set_title(LABELS[name])
        axes.set_xlabel("less is better" if name in LESS_IS_BETTER else "", loc="left")
        _values(axes, [number(e.mean, metrics[name].unit, _currency(result)) for e in estimates.values()])
    for left in panels[:, 0]:
        _names(left, names)
    return figure


def _decision(figure: SubFigure, result: Result, metric: Metric) -> None:
    """The decision metric, and beside it the differences if there is anything to differ from."""
    names, currency = result.strategies, _currency(result)
    panels = figure.subplots(1, 1 if len(names) == 1 else 2, squeeze=False)[0]
    estimates = {strategy: result.estimate(strategy, metric.name) for strategy in names}
    _draw(panels[0], result, metric, estimates)
    panels[0].set_title(LABELS[metric.name])
    _values(panels[0], *_in_full(list(estimates.values()), metric, currency))
    _names(panels[0], names)
    if len(names) == 1:
        return
    differences = result.differences(metric.name)
    _draw(panels[1], result, metric, differences, signed=True)
    panels[1].axvline(0, color=INK, linewidth=1, zorder=1, label="no difference")
    panels[1].set_title(f"Difference from {_on_one_line(result.baseline)}")
    panels[1].set_xlabel("replication by replication, on the same leads", loc="left")
    means, ends = _in_full(list(differences.values()), metric, currency, signed=True)
    at = names.index(result.baseline)
    _values(panels[1], [*means[:at], "baseline", *means[at:]], [*ends[:at], "", *ends[at:]])


def _subtitle(result: Result) -> str:
    dots = "Dots are means; bars are 95% intervals of the mean." if result.replications > 1 else "One replication."
    return f"{verdict(result).sentence} {dots}"


def _draw(
    axes: Axes, result: Result, metric: Metric, estimates: Mapping[str, Estimate], *, signed: bool = False
) -> None:
    """A dot with whiskers for each strategy, on its row."""
    colours, markers = strategy_colours(result.strategies), strategy_markers(result.strategies)
    for row, name in enumerate(result.strategies):
        e = estimates.get(name)
        if e is None or math.isnan(e.mean):
            continue
        if not math.isnan(e.ci_low):
            axes.plot(
                [e.ci_low, e.ci_high], [row, row], color=colours[name], linewidth=3, alpha=0.45,
                solid_capstyle="butt", label=f"{name} interval",
            )  # fmt: skip
        axes.plot([e.mean], [row], markers[name], color=colours[name], markersize=6.5, label=name)
    rows = len(result.strategies)
    axes.set_ylim(rows - 0.5, -0.5)
    axes.set_yticks([])
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    ends = [v for e in estimates.values() for v in (e.mean, e.ci_low, e.ci_high) if not math.isnan(v)]
    if not ends:
        axes.set_xticks([])
        return
    axes.set_xlim(*_limits(min(ends), max(ends), with_zero=signed))
    number_axis(axes, "x", UnitFormatter(metric.unit, _currency(result), signed=signed), TICKS)


def _limits(low: float, high: float, *, with_zero: bool) -> tuple[float, float]:
    """Room around the values; zero is in sight where that costs no more than half of the axis."""
    if with_zero or high - low >= max(abs(low), abs(high)) / 2 or low == high:
        low, high = min(low, 0.0), max(high, 0.0)
    width = high - low or 1.0
    return low - width * AROUND, high + width * AROUND


def _values(axes: Axes, strong: Sequence[str], quiet: Sequence[str] | None = None) -> None:
    """Figures right of the panel, a row a strategy: there they never run into the whiskers."""
    for row, (text, below) in enumerate(zip(strong, quiet or [""] * len(strong), strict=True)):
        beside(axes, row, text, below)


def _in_full(
    estimates: Sequence[Estimate], metric: Metric, currency: str, *, signed: bool = False
) -> tuple[list[str], list[str]]:
    """Means and the ends of their intervals, "" where there is none."""
    pairs = [mean_and_interval(e, metric.unit, currency, signed=signed) for e in estimates]
    return [mean for mean, _ in pairs], ["" if ends == UNDEFINED else ends for _, ends in pairs]


def _names(axes: Axes, names: Sequence[str]) -> None:
    """Strategies down the left side."""
    axes.set_yticks(range(len(names)), [folded(name) for name in names], va="center")


def _on_one_line(name: str) -> str:
    return name if len(name) <= ONE_LINE else f"{name[: ONE_LINE - 1]}…"


def _currency(result: Result) -> str:
    return result.study.scenario.currency
