"""The findings in pictures."""

from __future__ import annotations

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from channelsim.analysis.intervals import Estimate
from channelsim.finance.definitions import Unit
from channelsim.report.style import INK, PALETTE, QUIET, Chart, UnitFormatter, blank_page, chart, number_axis
from studies.year_of_execution.experiment import AS_IS, FEW, MANY, PLANS, WAYS, Simulated
from studies.year_of_execution.tables import gains

COLOURS = {FEW: PALETTE[0], MANY: PALETTE[1]}


@chart
def alone_and_together(found: Simulated, provenance: str) -> Chart:
    """What each initiative brings alone, and what plans of few and of many bring by way to sell."""
    alone = gains(found.alone, AS_IS)
    order = sorted(alone, key=lambda name: alone[name].mean)
    figure = blank_page(
        "Four of eleven pay for themselves; all at once do not",
        f"Contribution over {found.months} months against rolling out nothing, on the same leads. Lines: 95% "
        "intervals that hold together on the left, each by itself on the right.",
        provenance,
        4.3,
    )
    left, right = figure.subplots(1, 2, width_ratios=[1.15, 1])
    for row, name in enumerate(order):
        each = alone[name]
        beyond = each.ci_low > 0 or each.ci_high < 0
        _whisker(left, row, each, INK if beyond else QUIET)
    left.set_yticks(range(len(order)), [name.replace("_", " ") for name in order])
    left.set_title("One at a time, in the hybrid")
    rows = [(way, plan) for way in reversed(WAYS) for plan in (MANY, FEW)]
    for row, (way, plan) in enumerate(rows):
        worlds = {AS_IS: found.strategies[way], plan: found.strategies[f"{way}{PLANS[plan]}"]}
        _whisker(right, row, gains(worlds, AS_IS)[plan], COLOURS[plan])
    right.set_yticks(range(len(rows)), [f"{way}: {plan}" for way, plan in rows])
    right.set_title("Together")
    for axes in (left, right):
        axes.axvline(0, color=QUIET, linewidth=0.8, zorder=0)
        number_axis(axes, "x", UnitFormatter(Unit.MONEY, found.currency), 5)
        axes.tick_params(axis="y", length=0)
    return figure


def _whisker(axes: Axes, row: int, each: Estimate, colour: str) -> None:
    axes.plot([each.ci_low, each.ci_high], [row, row], color=colour, linewidth=1.4)
    axes.plot([each.mean], [row], "o", color=colour, markersize=5)


def charts(found: Simulated, provenance: str) -> dict[str, Figure]:
    """All charts by name."""
    return {"year_of_execution": alone_and_together(found, provenance)}
