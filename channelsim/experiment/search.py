"""The search for the best point of a space: few replications for most points, many for the promising ones.

Its three phases are those of Industrial Strength COMPASS (Xu, Nelson and Hong, ACM Transactions on Modeling and
Computer Simulation 20(1), 2010): look everywhere (`proposals`), climb to where no neighbour is better, and then
select among the finalists with a guarantee (`finals`). All points meet the same leads with the same luck, so that
two are compared replication by replication.

A point is simulated a few times first. If by then it breaks a constraint, or another point beats it, beyond doubt,
it stops there; of those that are left a third goes on to three times the replications, and so on (successive
halving as in Hyperband: Li et al., Journal of Machine Learning Research 18(185), 2018). What is put aside in doubt
is taken up again before the search ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.pareto import front, is_beaten
from channelsim.errors import UserError
from channelsim.experiment.proposals import Proposer, even_points
from channelsim.experiment.trials import Evaluate, Question, Trial
from channelsim.scenario.decide import AS_IN_THE_FILE, Point

FloatArray = NDArray[np.float64]
FEWEST_REPLICATIONS = 10
THIRD = 3
BEYOND_DOUBT = 0.99
"""Of an interval that stops a point early."""
GENERATIONS = 25
FEWEST_AT_ONCE, MOST_AT_ONCE = 2, 16
EVEN_SHARE, FEWEST_EVEN = 0.2, 8
"""Points that are spread evenly before anything is proposed, as a share of the evaluations."""
PROPOSED_SHARE = 0.6
"""Of what is left of the evaluations, before neighbours have their turn."""
COARSE = 8
"""Neighbours are looked for this share of a range away at first, then ever nearer."""
MOST_CHECKED = 200_000
"""Points that are looked at one by one before anything is simulated."""
TAKEN_UP = 12
"""Points put aside in doubt that are taken up again, at most."""


class Ending(StrEnum):
    """Why a search ended."""

    ALL = "all"
    """every point of the space was simulated"""
    EVALUATIONS = "evaluations"
    """as many as were allowed"""
    TIME = "time"
    """the time was up"""
    INTERRUPTED = "interrupted"
    """the user wanted no more"""


@dataclass(frozen=True)
class Step:
    """How far a search is. best: what is best so far, None while nothing meets the constraints."""

    evaluations: int
    replications: int
    best: Trial | None
    front: int


@dataclass(frozen=True)
class Found:
    """What a search found. trials: every point, in the order in which they were tried. front: those that none
    dominates, of a single goal the best one; none where no point meets the constraints. own: the file as it is.
    history: (evaluations, mean of each goal) of the front's best by the first goal whenever that changed."""

    question: Question
    trials: tuple[Trial, ...]
    front: tuple[Trial, ...]
    own: Trial
    history: tuple[tuple[int, float], ...]
    ending: Ending

    @property
    def replications(self) -> int:
        """In all."""
        return sum(each.replications for each in self.trials)

    def worth(self, trial: Trial) -> FloatArray:
        """See `worth`."""
        return worth(trial, self.front[0] if self.front else None)

    @property
    def contenders(self) -> list[Trial]:
        """Points of the space with all replications that meet the constraints, the best by the first goal first."""
        full = [each for each in self.trials if each.replications >= self.question.replications]
        kept = [each for each in full if each.is_feasible and each.point != AS_IN_THE_FILE]
        return sorted(kept, key=lambda each: -each.means[0])


def worth(trial: Trial, reference: Trial | None) -> FloatArray:
    """A point's mean by each goal, more is better. Of fewer replications than the reference has: less the luck of
    these, as far as the point shares it with the reference (whose mean over all is known: a control variate)."""
    count = trial.replications
    if reference is None or not count or count >= reference.replications:
        return trial.means
    own, known = trial.goals(), reference.goals(count)
    spread = known.var(axis=1)
    together = ((own - own.mean(axis=1, keepdims=True)) * (known - known.mean(axis=1, keepdims=True))).mean(axis=1)
    slope = np.clip(np.divide(together, spread, out=np.zeros_like(spread), where=spread > 0), 0.0, 1.0)
    shifted = trial.means - slope * (known.mean(axis=1) - reference.means)
    return np.where(np.isnan(shifted), -math.inf, shifted)


class _Over(Exception):
    """Nothing more is to be simulated."""


def rungs(replications: int) -> list[int]:
    """The numbers of replications at which a point may be stopped: from a few on, three times as many each, up to
    all of them.

    >>> rungs(90)
    [10, 30, 90]
    """
    found = []
    count = FEWEST_REPLICATIONS
    while count * 1.5 < replications:
        found.append(count)
        count *= THIRD
    return [*found, replications]


class Search:
    """A search, step by step."""

    def __init__(
        self,
        question: Question,
        evaluate: Evaluate,
        on_step: Callable[[Step], None] | None = None,
        is_time_up: Callable[[], bool] = lambda: False,
    ) -> None:
        self.question, self.space = question, question.space
        self.evaluate, self.on_step, self.is_time_up = evaluate, on_step, is_time_up
        self.trials: dict[Point, Trial] = {}
        self.best: list[Trial] = []
        """The front so far: points of the space with all replications, feasible, none dominating another."""
        self.history: list[tuple[int, float]] = []
        self.rungs = rungs(question.replications)
        self.at_once = min(max(question.evaluations // GENERATIONS, FEWEST_AT_ONCE), MOST_AT_ONCE)
        goals, first = len(question.goals), max(FEWEST_EVEN, round(EVEN_SHARE * question.evaluations))
        self.proposer = Proposer(self.space, goals, question.seed, first)

    def run(self) -> Found:
        """Search until nothing is left of the evaluations, the time or the space. Ctrl-C ends it, too, and loses
        nothing. Raises UserError if constraints on decisions leave no point of the space, or none can be
        simulated."""
        self._check_space()
        ending = Ending.EVALUATIONS
        own = Trial(self.question, self.space.own, np.empty((0, len(self.question.figures))))
        try:
            self._simulate([own.point], self.question.replications)
            self._renew()
            if own.point != AS_IN_THE_FILE:
                self._tell(self.trials[own.point])
            if self.space.size - (own.point != AS_IN_THE_FILE) <= self.room:
                self._try_all()
                ending = Ending.ALL
            else:
                self._try_some()
            self._take_up()
        except _Over:
            ending = Ending.TIME
        except KeyboardInterrupt:
            ending = Ending.INTERRUPTED
        self._check()
        found = tuple(self.trials.values())
        own = self.trials.get(own.point, own)
        return Found(self.question, found, tuple(self.best), own, tuple(self.history), ending)

    @property
    def room(self) -> int:
        """Evaluations that are left."""
        return self.question.evaluations - len(self.trials)

    # phases

    def _try_all(self) -> None:
        points = [point for point in self.space.points() if self._is_open(point)]
        for at in range(0, len(points), self.at_once):
            self._race(points[at : at + self.at_once])

    def _try_some(self) -> None:
        """Proposals and climbs in turn."""
        while self.room > 0:
            before = len(self.trials)
            until = self.room - max(self.at_once, math.ceil(PROPOSED_SHARE * self.room))
            while self.room > max(until, 0) and self._propose():
                pass
            self._climb()
            if len(self.trials) == before:
                break

    def _propose(self) -> bool:
        """A generation of proposals; False where there are none."""
        count = min(self.at_once, self.room)
        points = self.proposer.ask(count, self._is_new, self.question.lacks)
        if len(points) < count:
            more = even_points(self.space, self.question.evaluations, self.question.seed + len(self.trials))
            fitting = (each for each in dict.fromkeys(more) if self._is_open(each) and self._is_new(each))
            points += [each for each in fitting if each not in points][: count - len(points)]
        self._race(points, leave=True)
        return bool(points)

    def _climb(self) -> None:
        """Go to better neighbours until there are none: first further away, then next to it (compass search: Kolda,
        Lewis and Torczon, SIAM Review 45, 2003)."""
        longest = max(len(each.values) for each in self.space.decisions)
        step = 2 ** max(0, int(math.log2(max(1, longest // COARSE))))
        while step >= 1:
            there = dict.fromkeys(near for trial in self._centres() for near in self._around(trial.point, step))
            left = [each for each in there if self._is_open(each) and (self.room > 0 or not self._is_new(each))]
            if left:
                self._race(left[: self.at_once])
            else:
                step //= 2

    def _centres(self) -> list[Trial]:
        """Where to climb from: the best points, or what is nearest to meeting the constraints."""
        whole = [each for each in self.trials.values() if not each.failure and each.point != AS_IN_THE_FILE]
        return self.best or sorted(whole, key=lambda each: each.violation)[:1]

    def _around(self, point: Point, step: int) -> list[Point]:
        return self.space.around(point, step) + (self.space.exchanges(point) if step == 1 else [])

    def _take_up(self) -> None:
        """What was put aside in doubt and still is in doubt."""
        doubtful = [each for each in self.trials.values() if self._is_open(each.point)]
        doubtful.sort(key=lambda each: (each.violation > 0, each.violation, -self._told(each)[0]))
        for at in range(0, min(len(doubtful), TAKEN_UP), self.at_once):
            self._race([each.point for each in doubtful[at : at + self.at_once]])

    # races

    def _race(self, points: Sequence[Point], *, leave: bool = False) -> None:
        """Simulate points until each has all replications or stops. leave: at each rung, put all but the better
        third aside."""
        new = [point for point in points if self._is_new(point)]
        running = [point for point in points if point not in new] + new[: self.room]
        new = new[: self.room]
        for rung, count in enumerate(self.rungs):
            self._simulate(running, count)
            running = [point for point in running if self._is_open(point)]
            if leave and rung + 1 < len(self.rungs):
                running = self._better_third(running, len(points))
        self._renew()
        for point in new:
            self._tell(self.trials[point])
        if self.on_step is not None:
            self.on_step(self.step)

    def _better_third(self, points: Sequence[Point], of: int) -> list[Point]:
        """Those that go on, of so many that began together: feasible ones first."""

        def rank(point: Point) -> tuple[float, float]:
            trial = self.trials[point]
            return max(0.0, trial.violation), -self._told(trial)[0]

        if len(self.question.goals) > 1 and points:
            return [points[at] for at in front(np.array([self.trials[point].means for point in points]))]
        return sorted(points, key=rank)[: math.ceil(of / THIRD)]

    def _simulate(self, points: Iterable[Point], count: int) -> None:
        """See to it that points have so many replications."""
        lacking = [point for point in points if self._is_new(point) or self.trials[point].replications < count]
        if not lacking:
            return
        if self.is_time_up():
            raise _Over
        found = self.evaluate(lacking, count)
        for point in lacking:
            figures = found[point]
            if isinstance(figures, str):
                nothing = np.empty((0, len(self.question.figures)))
                self.trials[point] = Trial(self.question, point, nothing, figures)
            else:
                self.trials[point] = Trial(self.question, point, figures)

    def _is_new(self, point: Point) -> bool:
        return point not in self.trials

    def _is_open(self, point: Point) -> bool:
        """Whether it is worth simulating (again)."""
        if self._is_new(point):
            return self.question.lacks(point) <= 0
        trial = self.trials[point]
        if trial.failure or trial.replications >= self.question.replications:
            return False
        return not (trial.surely_breaks(BEYOND_DOUBT) or self._is_beaten(trial))

    def _is_beaten(self, trial: Trial) -> bool:
        count = trial.replications
        return is_beaten(trial.goals(), [each.goals(count) for each in self.best], BEYOND_DOUBT)

    def _renew(self) -> None:
        """The front, of all points with all replications."""
        full = [
            each
            for each in self.trials.values()
            if each.replications >= self.question.replications
            and each.point != AS_IN_THE_FILE
            and each.is_feasible
            and self.question.lacks(each.point) <= 0
        ]
        if not full:
            return
        means = np.array([each.means for each in full])
        at = front(means) if len(self.question.goals) > 1 else [int(np.argmax(means[:, 0]))]
        self.best = [full[k] for k in at]
        top = max(float(each.means[0]) for each in self.best)
        if not self.history or self.history[-1][1] != top:
            self.history.append((len(self.trials), top))

    def _told(self, trial: Trial) -> FloatArray:
        return worth(trial, self.best[0] if self.best else None)

    def _tell(self, trial: Trial) -> None:
        values = self._told(trial)
        if trial.failure or not np.isfinite(values).all() or not math.isfinite(trial.violation):
            self.proposer.tell(trial.point, None, 0.0)
        else:
            self.proposer.tell(trial.point, values.tolist(), trial.violation)

    @property
    def step(self) -> Step:
        """How far it is."""
        best = max(self.best, key=lambda each: float(each.means[0]), default=None)
        count = sum(each.replications for each in self.trials.values())
        return Step(len(self.trials), count, best, len(self.best))

    def _check_space(self) -> None:
        """Raise UserError where no point keeps to what is known of decisions alone."""
        if self.space.size <= MOST_CHECKED and all(self.question.lacks(each) > 0 for each in self.space.points()):
            names = ", ".join(each.text for each in self.question.constraints)
            raise UserError(f"no combination of the decisions keeps to {names}; widen a range, or a constraint")

    def _check(self) -> None:
        """Raise UserError where there is nothing to tell of."""
        failed = [each for each in self.trials.values() if each.failure]
        if failed and len(failed) == len(self.trials):
            raise UserError(f"no point could be simulated: {failed[0].failure}")
