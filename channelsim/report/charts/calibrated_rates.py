"""Win rates by route and segment: as counted, and as estimated with what the other cells say."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from matplotlib.axes import Axes

from channelsim.calibrate.estimates import Estimate, Fit, RouteFit
from channelsim.finance.definitions import Unit
from channelsim.report.charts.panels import Panel
from channelsim.report.format import number
from channelsim.report.style import PALETTE, QUIET, SMALL_SIZE, UnitFormatter, folded, number_axis

POOLED, RAW = PALETTE[0], QUIET
ROOM = 1.08


@dataclass(frozen=True)
class Rate:
    """A segment's win rate on a route. raw: won / (won + lost), None where nobody ended; ended: how many did."""

    segment: str
    raw: float | None
    ended: int
    pooled: Estimate


def rates_of(fit: Fit, route: RouteFit) -> list[Rate]:
    """Every segment's win rate on a route. Where losses are not seen, raw is won / all."""
    found = []
    for segment, estimate in route.win_rate.items():
        won = route.steps[-1].advanced.get(segment, 0)
        lost = sum(step.lost.get(segment, 0) for step in route.steps)
        ended = won + lost if fit.export.losses_are_seen else route.steps[0].entered.get(segment, 0)
        found.append(Rate(segment, won / ended if ended else None, ended, estimate))
    return found


def rate_panels(fit: Fit) -> Iterator[Panel]:
    """One for each route."""
    shown = [(route, rates_of(fit, route)) for route in fit.routes]
    most = max((max(rate.pooled.high, rate.raw or 0.0) for _, rates in shown for rate in rates), default=1.0)
    for route, rates in shown:
        yield _panel(route.name, rates, min(most * ROOM, 1.0) if most < 1 else 1.0)


def _panel(route: str, rates: list[Rate], end: float) -> Panel:
    def draw(axes: Axes) -> None:
        for row, rate in enumerate(rates):
            pooled = rate.pooled
            axes.plot([pooled.low, pooled.high], [row, row], color=POOLED, linewidth=3, alpha=0.45)
            axes.plot([pooled.value], [row], "o", color=POOLED, markersize=6, zorder=3, clip_on=False)
            if rate.raw is not None:
                style: dict[str, Any] = {
                    "markerfacecolor": "white",
                    "markeredgecolor": RAW,
                    "markersize": 5,
                    "zorder": 4,
                    "clip_on": False,
                }
                axes.plot([rate.raw], [row], "D", **style)
        axes.set_xlim(0, end)
        axes.set_ylim(len(rates) - 0.5, -0.5)
        names = [f"{folded(rate.segment, 14)}\n({rate.ended:,})" for rate in rates]
        axes.set_yticks(range(len(rates)), names)
        axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE)
        axes.spines["left"].set_visible(False)
        number_axis(axes, "x", UnitFormatter(Unit.SHARE, ""), 4)

    told = "; ".join(
        f"{rate.segment} {number(rate.pooled.value, Unit.SHARE, '')}, as counted "
        f"{number(rate.raw, Unit.SHARE, '')} of {rate.ended:,}"
        for rate in rates
    )
    return Panel(route, "", f"Win rates of {route}: {told}.", draw, rows=round(1.4 * len(rates)))
