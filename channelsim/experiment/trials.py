"""What is asked of an optimisation, and what is known of a point that was simulated."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.constraints import Constraint, Judged, Met, parse_constraint
from channelsim.analysis.intervals import CONFIDENCE
from channelsim.analysis.jackknife import pseudo_values
from channelsim.errors import UserError, suggest
from channelsim.finance.definitions import Metric, Ratio
from channelsim.scenario.decide import Point, Space

FloatArray = NDArray[np.float64]
Evaluate = Callable[[Sequence[Point], int], Mapping[Point, FloatArray | str]]
"""Points and a number of replications in; of each point (replication, figure), or why there is nothing."""
MOST_GOALS = 2


@dataclass(frozen=True)
class Goal:
    """A metric of which more, or less, is wanted."""

    metric: Metric
    maximize: bool

    @property
    def sign(self) -> float:
        """What makes more of it better."""
        return 1.0 if self.maximize else -1.0


@dataclass(frozen=True, eq=False)
class Question:
    """What is asked. figures: names of what a replication yields. evaluations: points that may be simulated,
    however often. replications: of points that no fewer rule out."""

    space: Space
    goals: tuple[Goal, ...]
    constraints: tuple[Constraint, ...]
    figures: tuple[str, ...]
    metrics: tuple[Metric, ...]
    evaluations: int
    replications: int
    seed: int

    @cached_property
    def _ratios(self) -> dict[str, Ratio]:
        return {metric.name: metric.ratio for metric in self.metrics if metric.ratio is not None}

    def lacks(self, point: Point) -> float:
        """By how much a point breaks constraints on decisions alone, which take no simulation to judge; at most 0
        where it breaks none."""
        values = self.space.values(point)
        worst = -math.inf
        for each in self.constraints:
            if each.share is None and all(term in values for term in each.terms):
                total = np.array([float(sum(values[term] for term in each.terms))])
                worst = max(worst, each.judge(total).violation)
        return worst if math.isfinite(worst) else 0.0

    def figure(self, name: str, point: Point, figures: FloatArray, *, as_means: bool) -> FloatArray:
        """One figure, a value a replication: of a decision its value. as_means: of a ratio what each replication
        contributes to the ratio of means, so that their mean is that ratio."""
        if name in self.space.names:
            return np.full(len(figures), float(self.space.values(point)[name]))
        ratio = self._ratios.get(name)
        if ratio is None or not as_means:
            own: FloatArray = figures[:, self.figures.index(name)]
            return own
        factors = np.array([figures[:, self.figures.index(each)] for each in ratio.of])
        product = np.where((factors == 0).any(axis=0), 0.0, factors.prod(axis=0))
        return _parts(ratio.times * product, figures[:, self.figures.index(ratio.over)])


def _parts(of: FloatArray, over: FloatArray) -> FloatArray:
    """Pseudo-values of a ratio of means, about it; NaN where there is nothing to divide by."""
    if not over.sum() > 0:
        return np.full(len(of), np.nan)
    value = float(of.sum() / over.sum())
    if len(of) == 1:
        return np.array([value])

    def divided(means: FloatArray) -> FloatArray:
        below = means[..., 1:]
        found: FloatArray = np.divide(means[..., :1], below, out=np.full(below.shape, value), where=below > 0)
        return found

    parts = pseudo_values(np.column_stack([of, over]), divided)[:, 0]
    about: FloatArray = parts - parts.mean() + value
    return about


@dataclass(frozen=True, eq=False)
class Trial:
    """A point and what it yielded: figures, (replication, figure), or why it could not be simulated."""

    question: Question
    point: Point
    figures: FloatArray
    failure: str | None = None

    @property
    def replications(self) -> int:
        """How often it was simulated."""
        return len(self.figures)

    def goals(self, upto: int | None = None) -> FloatArray:
        """(goal, replication), more is better, of the first replications or of all; NaN where undefined."""
        figures = self.figures[:upto]
        return np.array(
            [
                each.sign * self.question.figure(each.metric.name, self.point, figures, as_means=True)
                for each in self.question.goals
            ]
        )

    @cached_property
    def means(self) -> FloatArray:
        """The mean of each goal, more is better; -inf where some replication leaves it undefined."""
        means = self.goals().mean(axis=1) if self.replications else np.full(len(self.question.goals), -math.inf)
        return np.where(np.isnan(means), -math.inf, means)

    @cached_property
    def judged(self) -> tuple[Judged, ...]:
        """How it keeps to each constraint."""
        return self.judge(CONFIDENCE)

    def judge(self, confidence: float) -> tuple[Judged, ...]:
        """How it keeps to each constraint, by intervals of a confidence."""
        return tuple(
            each.judge(
                sum_of(
                    self.question.figure(term, self.point, self.figures, as_means=each.share is None)
                    for term in each.terms
                ),
                confidence,
            )
            for each in self.question.constraints
        )

    @property
    def is_feasible(self) -> bool:
        """Whether every constraint is met by its figure, and something came of it at all."""
        return bool(np.isfinite(self.means).all()) and all(each.is_met for each in self.judged)

    @property
    def violation(self) -> float:
        """By how much the worst constraint is broken, as a share of its limit; at most 0 where none is."""
        return max((each.violation for each in self.judged), default=0.0)

    def surely_breaks(self, confidence: float) -> bool:
        """Whether some constraint is broken beyond doubt, each interval of this confidence."""
        return any(each.met is Met.NO for each in self.judge(confidence))


def sum_of(values: Iterable[FloatArray]) -> FloatArray:
    """The sum of some figures, replication by replication."""
    total: FloatArray = np.sum(list(values), axis=0)
    return total


def goals_of(
    maximize: Sequence[str], minimize: Sequence[str], default: str, metrics: Sequence[Metric]
) -> tuple[Goal, ...]:
    """The goals that options mean; the default metric is to be maximised where there are none. Raises UserError for
    an unknown metric, or too many of them."""
    known = {metric.name: metric for metric in metrics}
    wanted = [(name, True) for name in maximize] + [(name, False) for name in minimize] or [(default, True)]
    for name, up in wanted:
        if name not in known:
            option = "--maximize" if up else "--minimize"
            raise UserError(f"{option} {name}: no metric named '{name}'; {suggest(name, known)}")
    names = [name for name, _ in wanted]
    if len(set(names)) < len(names):
        raise UserError(f"{names[0]} is a goal twice; name each once")
    if len(wanted) > MOST_GOALS:
        raise UserError(f"{len(wanted)} goals; at most {MOST_GOALS} make a front, so turn others into --subject-to")
    return tuple(Goal(known[name], up) for name, up in wanted)


def constraints_of(texts: Sequence[str], space: Space, metrics: Sequence[Metric]) -> tuple[Constraint, ...]:
    """The constraints that options mean, on metrics and on decisions that are numbers. Raises UserError for what
    makes none."""
    numbers = [name for name, each in zip(space.names, space.decisions, strict=True) if each.is_ordered]
    names = [*(metric.name for metric in metrics), *numbers]
    return tuple(parse_constraint(text, set(names), names) for text in texts)
