"""An optimum as a picture: how the best so far rose and who the finalists are, or the front between two goals."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import SubFigure

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.finals import Finals
from channelsim.experiment.optimize import Optimum
from channelsim.experiment.trials import Goal, Trial
from channelsim.finance.definitions import Unit
from channelsim.report.format import mean_and_interval, number
from channelsim.report.optimum import FILE, decision_cells, decision_columns, goal_label
from channelsim.report.optimum_words import SURELY, bounds_in_words, goal_name, optimum_sentences
from channelsim.report.style import (
    FAINT,
    INK,
    PALETTE,
    QUIET,
    SMALL_SIZE,
    Chart,
    UnitFormatter,
    beside,
    blank_page,
    chart,
    number_axis,
    provenance,
)

FULL, EARLY, BROKEN, OWN = PALETTE[0], "#9DB4C8", "#E3B7A0", PALETTE[4]
SEARCH_HEIGHT, FRONT_HEIGHT, ROW_HEIGHT = 3.0, 4.6, 0.42  # inches
LEGEND_ROOM = 1.18
TICKS = 6
LABEL_COLUMNS, NUMBERED_COLUMNS = 34, 54
NUMBERED_HEIGHT = 0.42  # inches


@chart
def optimum_chart(optimum: Optimum) -> Chart:
    """Of one goal: every combination in the order in which it was tried, the best so far, and the finalists. Of
    two: the front, with intervals."""
    question = optimum.question
    tried = f"{len(optimum.found.trials):,} combinations, {optimum.found.replications:,} replications"
    source = provenance(question.space.study, tried, question.seed, 0)
    is_front = len(question.goals) > 1
    goals = " against ".join([goal_label(question.goals[0]), *(goal_name(each) for each in question.goals[1:])])
    finalists = len(_shown(optimum.finals)) if optimum.finals else 0
    below = 0.0 if is_front or not finalists else ROW_HEIGHT * finalists + 0.8
    height = max(FRONT_HEIGHT, NUMBERED_HEIGHT * finalists) if is_front else SEARCH_HEIGHT + below
    first, *others = optimum_sentences(optimum)
    said = " ".join([first, *(each for each in others if each.startswith(SURELY) and not is_front)])
    figure = blank_page(f"{goals}: the best of {question.space.strategy}", said + _bounds(optimum), source, height)
    if is_front:
        panel, words = figure.subfigures(1, 2, width_ratios=[3, 2], squeeze=False).flat
        _front(panel.subplots(), optimum)
        _numbered(words, optimum)
        return figure
    if not finalists:
        _search(figure.subplots(), optimum)
        return figure
    upper, lower = figure.subfigures(2, 1, height_ratios=[SEARCH_HEIGHT, below], squeeze=False).flat
    _search(upper.subplots(), optimum)
    assert optimum.finals is not None
    _finalists(lower.subplots(), optimum.finals)
    return figure


def _bounds(optimum: Optimum) -> str:
    return f" Bounds: {bounds_in_words(optimum.question)}." if optimum.question.constraints else ""


def _currency(optimum: Optimum) -> str:
    return optimum.question.space.study.scenario.currency


def _kinds(optimum: Optimum) -> list[tuple[str, str, float, list[tuple[int, Trial]]]]:
    """Label, colour, size and the trials, numbered, of each kind of dot; the others could not be simulated."""
    full = optimum.question.replications
    numbered = [
        (at, each) for at, each in enumerate(optimum.found.trials, start=1) if np.isfinite(each.means).all()
    ]
    broken = [(at, each) for at, each in numbered if not each.is_feasible]
    early = [(at, each) for at, each in numbered if each.is_feasible and each.replications < full]
    whole = [(at, each) for at, each in numbered if each.is_feasible and each.replications >= full]
    kinds = [
        ("breaks a bound", BROKEN, 3.5, broken),
        ("stopped early", EARLY, 3.5, early),
        (f"{full} replications", FULL, 4.5, whole),
    ]
    return [kind for kind in kinds if kind[3]]


def _search(axes: Axes, optimum: Optimum) -> None:
    goal = optimum.question.goals[0]
    shown = []
    for label, colour, size, trials in _kinds(optimum):
        means = [goal.sign * float(optimum.found.worth(each)[0]) for _, each in trials]
        marker = "x" if colour == BROKEN else "o"
        axes.plot([at for at, _ in trials], means, marker, color=colour, markersize=size, label=label)
        shown += means
    if optimum.found.history:
        at = [count for count, _ in optimum.found.history] + [len(optimum.found.trials)]
        tops = [goal.sign * top for _, top in optimum.found.history]
        axes.step(at, [*tops, tops[-1]], where="post", color=INK, linewidth=1.6, label="best so far")
        shown += tops
    own = optimum.found.own
    if np.isfinite(own.means).all():
        level = goal.sign * float(own.means[0])
        axes.axhline(level, color=OWN, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1, label=FILE)
        shown.append(level)
    axes.set_title(f"{goal_label(goal)} of what was tried, in order")
    axes.set_xlabel("combinations tried", loc="left")
    if shown:
        low, high = _in_sight(shown, goal)
        axes.set_ylim(low, high + (LEGEND_ROOM - 1) * (high - low))
    number_axis(axes, "y", UnitFormatter(goal.metric.unit, _currency(optimum)), TICKS)
    number_axis(axes, "x", UnitFormatter(Unit.COUNT, ""), TICKS)
    axes.grid(visible=False, axis="x")
    axes.grid(visible=True, axis="y")
    axes.set_xlim(0, len(optimum.found.trials) * 1.02 + 1)
    axes.legend(loc="upper left", ncols=5, borderaxespad=0.1, handletextpad=0.5, columnspacing=1.4)


def _in_sight(values: Sequence[float], goal: Goal) -> tuple[float, float]:
    """Ends of an axis: the good side whole, of the bad side what is not far out."""
    middle = float(np.median(values))
    low, high = min(values), max(values)
    if goal.maximize:
        low = max(low, middle - 2 * (high - middle)) if high > middle else low
    else:
        high = min(high, middle + 2 * (middle - low)) if middle > low else high
    room = 0.06 * (high - low or abs(high) or 1.0)
    return low - room, high + room


def _shown(finals: Finals) -> list[Trial]:
    """The finalists, and the file as it is if it is none of them."""
    ranked = finals.ranked
    return ranked if finals.own in ranked else [*ranked, finals.own]


def _label(finals: Finals, trial: Trial, columns: int) -> str:
    """A finalist's decisions, on two lines at most; the rest of them is "…"."""
    space = finals.found.question.space
    pairs = zip(decision_columns(space), decision_cells(space, trial.point), strict=True)
    words = [f"{name} {value}" for name, value in pairs] + ["(file)"] * (trial is finals.own)
    words += ["(may break a bound)"] * (trial in finals.trials and trial not in finals.eligible)
    lines = [""]
    for word in words:
        longer = f"{lines[-1]}, {word}".replace(", (", " (") if lines[-1] else word
        if len(longer) <= columns or not lines[-1]:
            lines[-1] = longer
        else:
            lines.append(word)
    shown = lines if len(lines) <= 2 else [lines[0], f"{lines[1]} …"]
    return "\n".join(line if len(line) <= columns + 4 else f"{line[: columns + 3]}…" for line in shown)


def _finalists(axes: Axes, finals: Finals) -> None:
    goal = finals.found.question.goals[0]
    currency = finals.found.question.space.study.scenario.currency
    rows = _shown(finals)
    ends = []
    for row, trial in enumerate(rows):
        found = finals.estimate(trial, 0)
        colour = OWN if trial is finals.own else FULL if trial in finals.eligible else BROKEN
        axes.plot([found.ci_low, found.ci_high], [row, row], color=colour, linewidth=3, alpha=0.45)
        axes.plot([found.mean], [row], "D" if trial is finals.own else "o", color=colour, markersize=6.5)
        mean, interval = mean_and_interval(found, goal.metric.unit, currency)
        beside(axes, row, mean, interval)
        ends.append(found)
    axes.set_xlim(*_around(ends))
    number_axis(axes, "x", UnitFormatter(goal.metric.unit, currency), TICKS)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_yticks(range(len(rows)), [_label(finals, each, LABEL_COLUMNS) for each in rows], va="center")
    axes.tick_params(axis="y", length=0)
    axes.spines["left"].set_visible(False)
    axes.set_title(f"Finalists, {finals.replications:,} new replications each")
    if finals.best is not None:
        axes.axhspan(-0.5, 0.5, color=FAINT, alpha=0.3, linewidth=0, zorder=0)


def _front(axes: Axes, optimum: Optimum) -> None:
    up, across = optimum.question.goals
    currency = _currency(optimum)
    finals = optimum.finals
    finalists = {each.point: each for each in finals.trials} if finals else {}

    def place(trial: Trial) -> tuple[float, float]:
        anew = finalists.get(trial.point)
        worth = optimum.found.worth(trial) if anew is None or finals is None else finals.means(anew)
        return across.sign * float(worth[1]), up.sign * float(worth[0])

    for label, colour, size, trials in _kinds(optimum):
        x, y = zip(*(place(each) for _, each in trials), strict=True)
        marker = "x" if colour == BROKEN else "o"
        soft = EARLY if colour == FULL else colour
        axes.plot(x, y, marker, color=soft, markersize=size - 1, alpha=0.8, label=label, zorder=1)
    if finals is not None:
        ends = [(finals.estimate(each, 1), finals.estimate(each, 0)) for each in finals.front]
        at_x, at_y = [x.mean for x, _ in ends], [y.mean for _, y in ends]
        own_x, own_y = (finals.estimate(finals.own, k) for k in (1, 0))
        axes.set_xlim(*_around([*(x for x, _ in ends), own_x]))
        axes.set_ylim(*_around([*(y for _, y in ends), own_y]))
        axes.plot(at_x, at_y, "-", color=FULL, linewidth=1.4, zorder=2)
        axes.errorbar(
            at_x, at_y, [y.ci_high - y.mean for _, y in ends], [x.ci_high - x.mean for x, _ in ends],
            fmt="o", color=FULL, ecolor=FULL, elinewidth=1.4, markersize=6, zorder=3, label="front, 95% intervals",
        )  # fmt: skip
        for rank, place_of_it in enumerate(zip(at_x, at_y, strict=True), start=1):
            axes.annotate(
                str(rank), place_of_it, (-6, 5), textcoords="offset points", ha="right", weight="bold",
                size=SMALL_SIZE, color=INK, zorder=4,
            )  # fmt: skip
        axes.plot([own_x.mean], [own_y.mean], "D", color=OWN, markersize=10, fillstyle="none", zorder=5, label=FILE)
    axes.set_title(goal_label(up))
    axes.set_xlabel(goal_label(across), loc="left")
    formatter = UnitFormatter(across.metric.unit, currency)
    number_axis(axes, "x", formatter, TICKS)
    number_axis(axes, "y", UnitFormatter(up.metric.unit, currency), TICKS)
    axes.grid(visible=True, axis="both")
    axes.legend(loc="lower right", borderaxespad=0.4)


def _around(estimates: Sequence[Estimate]) -> tuple[float, float]:
    """Ends of an axis with all intervals in sight."""
    low, high = min(each.ci_low for each in estimates), max(each.ci_high for each in estimates)
    room = 0.08 * (high - low or abs(high) or 1.0)
    return low - room, high + room


def _numbered(figure: SubFigure, optimum: Optimum) -> None:
    """What the numbers on the front stand for."""
    axes = figure.subplots()
    axes.set_axis_off()
    finals, question = optimum.finals, optimum.question
    if finals is None:
        return
    axes.set_title("On the front")
    lines = []
    for place, trial in enumerate(finals.front, start=1):
        means = [finals.estimate(trial, k).mean for k in range(len(question.goals))]
        both = [
            number(mean, goal.metric.unit, _currency(optimum))
            for mean, goal in zip(means, question.goals, strict=True)
        ]
        words = _label(finals, trial, NUMBERED_COLUMNS).replace("\n", "\n      ")
        lines.append(f"{place}   {' for '.join(both)}\n      {words}")
    axes.annotate("\n".join(lines), (0, 1), (0, -2), xycoords="axes fraction", textcoords="offset points",
                  size=SMALL_SIZE, va="top", linespacing=1.5, color=QUIET)  # fmt: skip
