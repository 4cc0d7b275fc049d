"""Every strategy at every value of one parameter, on the same leads with the same luck."""

from __future__ import annotations

import itertools
import math
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import WORTHWHILE
from channelsim.analysis.curves import (
    Crossing,
    Optimum,
    Reading,
    crossings,
    difference_of_means,
    difference_of_ratios,
    margin_of,
    mean_of,
    optimum,
    ratio_of,
    without_luck,
)
from channelsim.analysis.intervals import simultaneous
from channelsim.errors import UserError, suggest
from channelsim.experiment.replicate import FAST, Job, job_of
from channelsim.experiment.result import metrics_of
from channelsim.experiment.run import Progress
from channelsim.experiment.workers import Failure, Task, run_tasks
from channelsim.finance.definitions import COMPANY_METRICS, Metric, Ratio, Unit
from channelsim.scenario.points import Points
from channelsim.scenario.schema import AUTO

FloatArray = NDArray[np.float64]
REPLICATIONS = 50
"""Where a scenario leaves their number to be found out by the question that `run` asks."""
MARGINAL = Metric("marginal_cost_per_deal", Unit.MONEY, "change of cost_total / change of won, over a step")
MOST_STEPS = 11
"""Of marginal costs, and of the rows of a table."""
DEFAULT_METRICS = ("cost_total", "cost_per_deal", MARGINAL.name, "contribution", "expense_ratio")
FEWEST_FOR_LUCK = 20
"""Replications from which on a slope is known so well that what it costs does not matter."""
EVEN_ON = ("contribution", "cost_per_deal")
"""Metrics on which break-even points are looked for."""
RATIOS = {
    metric.name: metric.ratio
    for metric in COMPANY_METRICS
    if metric.ratio is not None and len(metric.ratio.of) == 1
}
"""Metrics that are one total divided by another: on curves, means by means."""


@dataclass(frozen=True)
class BreakEven:
    """Where two strategies' curves of a metric cross. The first is one that the user named first: the baseline, or
    the earlier one in the file."""

    metric: str
    strategy: str
    other: str
    crossing: Crossing


@dataclass(frozen=True)
class Curves:
    """What was simulated at all points. metrics: the curves that were asked for. kept: the metrics in `values`,
    shape (point, strategy, replication, metric), NaN where undefined or failed. luck: what it was worth in each
    replication, shape (point, strategy, replication)."""

    points: Points
    metrics: tuple[Metric, ...]
    kept: tuple[str, ...]
    values: FloatArray
    luck: FloatArray
    seed: int
    replications: int
    baseline: str
    failures: tuple[Failure, ...]
    wall_seconds: float

    @property
    def strategies(self) -> list[str]:
        """Names of the strategies, in order."""
        return list(self.points.study.strategies)

    @cached_property
    def x(self) -> list[float]:
        """Where the points stand on an axis: at their values, or one by one where these have no order."""
        if self.points.variation.is_ordered:
            return [float(value) for value in self.points.values]
        return [float(point) for point in range(len(self.points))]

    @cached_property
    def landmarks(self) -> list[int]:
        """A few points, evenly spaced, both ends among them: all, if there are few. Tables show these, and marginal
        costs are between them: from one point to the next of many, what changes is mostly chance."""
        last = len(self.points) - 1
        stride = math.ceil(last / MOST_STEPS)
        marks = list(range(0, last + 1, stride))
        if last - marks[-1] < stride / 2:
            marks.pop()
        return [*marks, last]

    @property
    def steps(self) -> list[tuple[int, int]]:
        """From one landmark to the next; none if values have no order."""
        return list(itertools.pairwise(self.landmarks)) if self.points.variation.is_ordered else []

    @cached_property
    def decided_by(self) -> str:
        """The metric of which each strategy's best point is looked for."""
        return self.points.study.scenario.decision_metric

    def simulated(self, strategy: str, metric: str) -> FloatArray:
        """One metric of a strategy as it was simulated, shape (point, replication)."""
        found: FloatArray = self.values[:, self.strategies.index(strategy), :, self.kept.index(metric)]
        return found

    def figures(self, strategy: str, metric: str) -> FloatArray:
        """One metric of a strategy, buyers' luck taken out if that helps: what all curves are made of. Shape
        (point, replication)."""
        if self.luck_taken_out is None:
            return self.simulated(strategy, metric)
        return self._without_luck[metric][:, self.strategies.index(strategy)]

    @cached_property
    def luck_taken_out(self) -> float | None:
        """How many times the replications it is worth, on average over points and strategies, for the decision
        metric; None where it is left in, for want of luck, of replications or of a gain."""
        if self.replications < FEWEST_FOR_LUCK:
            return None
        raw = self.values[..., self.kept.index(self.decided_by)]
        before, after = (float(np.nansum(each.var(axis=-1))) for each in (raw, without_luck(raw, self.luck)))
        return before / after if before > WORTHWHILE * after > 0 else None

    @cached_property
    def _without_luck(self) -> dict[str, FloatArray]:
        """metric -> (point, strategy, replication)."""
        return {name: without_luck(self.values[..., at], self.luck) for at, name in enumerate(self.kept)}

    def curve(self, strategy: str, metric: str) -> list[Reading]:
        """A metric at each point; the marginal cost over each of `steps`."""
        return self._curves[strategy, metric]

    @cached_property
    def _curves(self) -> dict[tuple[str, str], list[Reading]]:
        return {(name, m.name): self._curve(name, m.name) for name in self.strategies for m in self.metrics}

    def _curve(self, strategy: str, metric: str) -> list[Reading]:
        if metric == MARGINAL.name:
            cost, won = (self.figures(strategy, name) for name in ("cost_total", "won"))
            confidence = simultaneous(len(self.steps))
            return [margin_of(cost[[*step]].T, won[[*step]].T, confidence) for step in self.steps]
        if metric in RATIOS:
            return [ratio_of(*both) for both in zip(*self._divided(strategy, RATIOS[metric]), strict=True)]
        return [mean_of(row) for row in self.figures(strategy, metric)]

    def _divided(self, strategy: str, ratio: Ratio) -> tuple[FloatArray, FloatArray]:
        """What a ratio divides, and by what."""
        return ratio.times * self.figures(strategy, ratio.of[0]), self.figures(strategy, ratio.over)

    def difference(self, metric: str, strategy: str, other: str) -> list[Reading]:
        """A strategy's metric less another's at each point, paired by replication."""
        if metric not in RATIOS:
            both = (self.figures(name, metric) for name in (strategy, other))
            return [difference_of_means(*rows) for rows in zip(*both, strict=True)]
        parts = itertools.chain(*(self._divided(name, RATIOS[metric]) for name in (strategy, other)))
        return [difference_of_ratios((a, b), (c, d)) for a, b, c, d in zip(*parts, strict=True)]

    @property
    def pairs(self) -> list[tuple[str, str]]:
        """All pairs of strategies, those with the baseline first."""
        others = [name for name in self.strategies if name != self.baseline]
        return list(itertools.combinations([self.baseline, *others], 2))

    @cached_property
    def differences(self) -> dict[tuple[str, str, str], list[Reading]]:
        """(metric, strategy, other) -> at each point, the second less the first; for metrics of EVEN_ON."""
        return {(m, a, b): self.difference(m, b, a) for m in EVEN_ON for a, b in self.pairs}

    @cached_property
    def break_evens(self) -> list[BreakEven]:
        """Where contribution and cost per deal of any two strategies cross; nowhere if values have no order."""
        if not self.points.variation.is_ordered:
            return []
        return [
            BreakEven(*which, crossing)
            for which, readings in self.differences.items()
            for crossing in crossings(self.x, readings)
        ]

    def crossings_of(self, metric: str, strategy: str, other: str) -> list[Crossing]:
        """Where a metric of one pair of strategies crosses."""
        which = (metric, strategy, other)
        return [each.crossing for each in self.break_evens if (each.metric, each.strategy, each.other) == which]

    @cached_property
    def optima(self) -> dict[str, Optimum | None]:
        """Each strategy's best point on the decision metric; None where nothing changes or nothing finished."""
        return {name: optimum(self.x, self.figures(name, self.decided_by)) for name in self.strategies}


def run_curves(
    points: Points,
    *,
    metrics: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    workers: int = 1,
    baseline: str | None = None,
    progress: Progress | None = None,
    tell: Callable[[str], None] | None = None,
) -> Curves:
    """Simulate every strategy at every point with the same seed and the same replications.

    metrics: names of curves; the usual ones if empty. replications, seed: the scenario's own where None; where it
    says auto, REPLICATIONS. baseline: the strategy that is compared first; the first where None. workers, progress,
    tell: as in `run_study`. What a strategy in which nothing changes yields is simulated once.

    Raises UserError for an unknown metric or baseline, or for marginal costs of values without order. A replication
    that fails is in `failures`, with its seed.
    """
    study = points.study
    names = list(study.strategies)
    if baseline is not None and baseline not in names:
        raise UserError(f"no strategy named '{baseline}' to compare with; {suggest(baseline, names)}")
    if MARGINAL.name in metrics and not points.variation.is_ordered:
        raise UserError(
            f"no {MARGINAL.name} by {points.variation.path}: its values are no numbers, so none is next"
        )
    seed = study.scenario.seed if seed is None else seed
    count = replications or replications_of(points)
    started = time.monotonic()
    jobs = _Jobs(points)
    chosen = _metrics(metrics or usual_metrics(points), [jobs[at] for at in range(len(names))])
    kept = _kept(chosen, study.scenario.decision_metric)
    if jobs[0].engine == FAST:
        from channelsim.engine.fast import prepare

        prepare(jobs[0].program, tell)
    luck = np.full((len(points), len(names), count), np.nan)
    values = np.full((*luck.shape, len(kept)), np.nan)
    moving = [at for at, name in enumerate(names) if name not in points.flat]
    tasks = (
        Task(replication, point * len(names) + at)
        for point in range(len(points))
        for replication in range(count)
        for at in (moving if point else range(len(names)))
    )
    total = count * (len(points) * len(moving) + len(points.flat))
    failures: list[tuple[Task, Failure]] = []
    for done, (task, outcome) in enumerate(run_tasks(jobs, seed, tasks, workers), start=1):
        point, at = divmod(task.strategy, len(names))
        if isinstance(outcome, Failure):
            failures.append((task, outcome))
        else:
            everywhere = slice(None) if names[at] in points.flat else point
            values[everywhere, at, task.replication] = [outcome.metrics.get(name, math.nan) for name in kept]
            luck[everywhere, at, task.replication] = outcome.luck.sum()
        if progress is not None:
            progress(done, total)
    return Curves(
        points=points,
        metrics=chosen,
        kept=kept,
        values=values,
        luck=luck,
        seed=seed,
        replications=count,
        baseline=baseline or names[0],
        failures=tuple(failure for _, failure in sorted(failures, key=lambda each: (each[0].strategy, each[0]))),
        wall_seconds=time.monotonic() - started,
    )


def replications_of(points: Points) -> int:
    """How often each strategy is simulated at each point unless somebody says otherwise."""
    own = points.study.scenario.replications
    return REPLICATIONS if own == AUTO else own


def usual_metrics(points: Points) -> list[str]:
    """The names of the curves that are drawn unless somebody says otherwise."""
    return [name for name in DEFAULT_METRICS if name != MARGINAL.name or points.variation.is_ordered]


class _Jobs(Sequence[Job]):
    """The jobs of all points, point by point: compiled when their turn comes, and then let go."""

    def __init__(self, points: Points) -> None:
        self.points = points
        self.point = -1
        self.jobs: list[Job] = []

    def __len__(self) -> int:
        return len(self.points) * len(self.points.study.strategies)

    def __getitem__(self, index: Any) -> Any:
        """The job of a point and strategy, by their common number."""
        point, at = divmod(index, len(self.points.study.strategies))
        if point != self.point:
            study = self.points.study_at(point)
            where = f"{self.points.variation.path}={self.points.labels[point]}"
            self.jobs = [
                replace(job_of(name, scenario, beliefs=study.beliefs[name]), name=f"{name} with {where}")
                for name, scenario in study.strategies.items()
            ]
            self.point = point
        return self.jobs[at]


def _metrics(wanted: Sequence[str], jobs: Sequence[Job]) -> tuple[Metric, ...]:
    """The metrics of these names, each once. Raises UserError with the nearest name for one that is not there."""
    known = {metric.name: metric for metric in (MARGINAL, *metrics_of(jobs))}
    for name in wanted:
        if name not in known:
            raise UserError(f"no metric named '{name}'; {suggest(name, known)}")
    return tuple(known[name] for name in dict.fromkeys(wanted))


def _kept(chosen: Sequence[Metric], decided_by: str) -> tuple[str, ...]:
    """What has to be kept of each replication for these curves, break-even points and optima."""
    wanted = [metric.name for metric in chosen] + [*EVEN_ON, decided_by]
    return tuple(dict.fromkeys(itertools.chain.from_iterable(_made_of(name) for name in wanted)))


def _made_of(metric: str) -> tuple[str, ...]:
    if metric == MARGINAL.name:
        return "cost_total", "won"
    ratio = RATIOS.get(metric)
    return (metric,) if ratio is None else (*ratio.of, ratio.over)
