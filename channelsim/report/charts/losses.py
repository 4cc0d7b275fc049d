"""What becomes of leads, and where those that are lost are lost: by reason, and by step of the motion."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from matplotlib.axes import Axes
from matplotlib.patches import Patch

from channelsim.experiment.result import Result
from channelsim.finance.definitions import LOST_MEANING, Unit
from channelsim.report.format import number
from channelsim.report.style import (
    INK,
    QUIET,
    SMALL_SIZE,
    TEXT_SIZE,
    Chart,
    UnitFormatter,
    chart,
    folded,
    ink_on,
    number_axis,
    page,
    period,
    strategy_colours,
)


@dataclass(frozen=True)
class End:
    """A way for a lead to end: the metric that counts it, and how it is drawn."""

    metric: str
    label: str
    colour: str
    hatch: str = ""


WON = End("won", "Won", "#14532D")
OPEN = End("open_leads", "Still open", "#E4E8EC")
REASONS = {
    "declined": End("lost.declined", "Declined", "#8795A1"),
    "unreachable": End("lost.unreachable", "Unreachable", "#BCC5CE", "...."),
    "cooled": End("lost.cooled", "Cooled", "#E07B39", "////"),
    "dropped": End("lost.dropped", "Dropped", "#F2C14E", "\\\\\\\\"),
    "orphaned": End("lost.orphaned", "Orphaned", "#8C2F39", "xxxx"),
}
"""Greys are the buyer's doing, warm colours the seller's. None is a strategy's colour."""
ENDS = (WON, OPEN, *REASONS.values())

BAR = 0.66
LEAST_LABELLED = 0.045
SHARE_ROW, STEP_ROW = 0.42, 0.27
STEP_COLUMNS = 4
TITLE_COLUMNS = 76  # letters across the page
STEP_NAME_COLUMNS = 30


@chart
def losses(result: Result) -> Chart:
    """Shares of all leads that were won, lost for each reason or still open, by strategy; and the steps at which
    they were lost, as losses per 100 leads."""
    names = result.strategies
    by_step = losses_by_step(result)
    columns = min(len(names), STEP_COLUMNS)
    lines = -(-len(names) // columns)
    top = SHARE_ROW * len(names) + 0.95
    below = (STEP_ROW * max(1, len(by_step.steps)) + 0.75) * lines
    figure = page(
        result,
        f"What becomes of leads over {period(result)}, and where they are lost",
        meanings(result),
        top + below,
    )
    grid = figure.add_gridspec(1 + lines, columns, height_ratios=[top] + [below / lines] * lines)
    _shares(figure.add_subplot(grid[0, :]), result)
    first: Axes | None = None
    for i, name in enumerate(names):
        line, column = divmod(i, columns)
        axes = figure.add_subplot(grid[1 + line, column], sharex=first, sharey=first)
        first = first or axes
        _steps(axes, result, name, by_step, column, columns)
    return figure


def meanings(result: Result) -> str:
    """Of which leads the shares are, and what each reason to lose one means."""
    has_warmup = result.study.scenario.horizon.warmup_months > 0
    in_play = "that arrive, and of those open when the warm-up ends" if has_warmup else "that arrive"
    reasons = shown(result, REASONS.values())
    words = [f"{end.label}: {LOST_MEANING[reason]}" for reason, end in REASONS.items() if end in reasons]
    return f"Shares of all leads {in_play}. {'; '.join(words)}{'.' if words else ''}"


def shown(result: Result, ends: Iterable[End]) -> list[End]:
    """The ends that come to any lead under any strategy."""
    return [end for end in ends if any(by_end.get(end.metric) for by_end in shares(result).values())]


def shares(result: Result) -> dict[str, dict[str, float]]:
    """strategy -> metric -> share of the leads in play that ended so, over all replications together.

    Leads in play after the warm-up (those open as it ends and those that arrive) are those that end after it and
    those open at the end. Empty for a strategy of which no replication finished.
    """
    counts = {end.metric: result.metric_values(end.metric) for end in ENDS}
    found: dict[str, dict[str, float]] = {}
    for name in result.strategies:
        totals = {metric: float(np.nansum(values[name])) for metric, values in counts.items()}
        in_play = sum(totals.values())
        found[name] = {metric: total / in_play for metric, total in totals.items()} if in_play else {}
    return found


@dataclass(frozen=True)
class LossesByStep:
    """steps: (motion, step) at which any strategy loses a lead, in order. per_100: strategy -> reason -> losses at
    each of the steps for 100 leads in play."""

    steps: list[tuple[str, str]]
    per_100: dict[str, dict[str, list[float]]]


def losses_by_step(result: Result) -> LossesByStep:
    """Where leads are lost after the warm-up, from the ledger."""
    lost = result.lost_leads
    known = dict.fromkeys(
        (motion, step)
        for name in result.strategies
        for motion, steps in zip(result.layout(name).motions, result.layout(name).steps, strict=True)
        for step in steps
    )
    steps = [
        at for at in known if any(lost.get((name, *at, reason)) for name in result.strategies for reason in REASONS)
    ]
    in_play = {
        name: sum(float(np.nansum(result.metric_values(end.metric)[name])) for end in ENDS)
        for name in result.strategies
    }
    per_100 = {
        name: {
            reason: [
                100 * lost.get((name, *at, reason), 0.0) / in_play[name] if in_play[name] else 0.0 for at in steps
            ]
            for reason in REASONS
        }
        for name in result.strategies
    }
    return LossesByStep(steps, per_100)


def _shares(axes: Axes, result: Result) -> None:
    """One bar a strategy, all of its leads, won first."""
    names = result.strategies
    by_strategy = shares(result)
    left = np.zeros(len(names))
    for end in ENDS:
        widths = np.array([by_strategy[name].get(end.metric, 0.0) for name in names])
        axes.barh(
            range(len(names)), widths, BAR, left=left, color=end.colour, hatch=end.hatch, edgecolor="white",
            linewidth=0.8, label=end.label,
        )  # fmt: skip
        for row, width in enumerate(widths):
            if width >= LEAST_LABELLED:
                _label_inside(axes, left[row] + width / 2, row, number(width, Unit.SHARE, ""), end)
        left += widths
    axes.set_xlim(0, 1)
    axes.set_ylim(len(names) - 0.5, -0.5)
    axes.set_yticks(range(len(names)), [folded(name) for name in names])
    axes.tick_params(axis="y", length=0, labelsize=TEXT_SIZE)
    axes.spines["left"].set_visible(False)
    number_axis(axes, "x", UnitFormatter(Unit.SHARE, ""), 5)
    handles = [
        Patch(facecolor=end.colour, hatch=end.hatch, edgecolor="white", label=end.label)
        for end in shown(result, ENDS)
    ]
    axes.legend(
        handles=handles,
        loc="lower right",
        bbox_to_anchor=(1, 1),
        ncols=len(ENDS),
        borderaxespad=0.3,
        handlelength=1.6,
    )


def _label_inside(axes: Axes, x: float, y: float, text: str, end: End) -> None:
    # A plate under the figure keeps it readable on a hatch.
    plate = {"facecolor": end.colour, "edgecolor": "none", "pad": 1.2} if end.hatch else None
    axes.text(x, y, text, ha="center", va="center", size=SMALL_SIZE, color=ink_on(end.colour), bbox=plate)


def _steps(axes: Axes, result: Result, strategy: str, by_step: LossesByStep, column: int, columns: int) -> None:
    """Losses of one strategy at each step, by reason; in a column of the page."""
    rows = range(len(by_step.steps))
    left = np.zeros(len(rows))
    for reason, end in REASONS.items():
        widths = np.array(by_step.per_100[strategy][reason])
        axes.barh(
            rows, widths, BAR, left=left, color=end.colour, hatch=end.hatch, edgecolor="white", linewidth=0.6,
            label=end.label,
        )  # fmt: skip
        left += widths
    for row, total in enumerate(left):
        if total > 0:
            axes.annotate(
                number(total, Unit.COUNT, ""), (total, row), xytext=(3, 0), textcoords="offset points", va="center",
                size=SMALL_SIZE, color=INK,
            )  # fmt: skip
    axes.set_ylim(max(1, len(rows)) - 0.5, -0.5)
    axes.set_yticks(rows, [_fitted(f"{motion}: {step}") for motion, step in by_step.steps])
    axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE, labelleft=column == 0)
    largest = max(
        (sum(at) for each in by_step.per_100.values() for at in zip(*each.values(), strict=True)), default=0
    )
    axes.set_xlim(0, largest * 1.25 or 1)
    number_axis(axes, "x", UnitFormatter(Unit.COUNT, ""), 4)
    axes.set_title(folded(strategy, TITLE_COLUMNS // columns), color=strategy_colours(result.strategies)[strategy])
    axes.set_xlabel("lost per 100 leads", color=QUIET)


def _fitted(text: str) -> str:
    return text if len(text) <= STEP_NAME_COLUMNS else text[: STEP_NAME_COLUMNS - 1] + "…"
