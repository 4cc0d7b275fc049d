"""The last phase: the finalists on leads that the search has not seen, and a selection with a guarantee.

Who picks the best of many by their means picks luck, too, so the finalists are simulated anew: their figures are
not flattered by having been picked. Selection is that of `analysis.comparison` (Clark and Yang, 1986), by paired
intervals that hold for all pairs and all looks at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import Comparison, compare, pairs_of
from channelsim.analysis.constraints import Judged, Met
from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import CONFIDENCE, Estimate, estimate
from channelsim.analysis.pareto import front
from channelsim.analysis.sequential import looks
from channelsim.experiment.controls import controls_of
from channelsim.experiment.search import Found
from channelsim.experiment.stopping import PRECISION, Reason, confidence_at
from channelsim.experiment.trials import Evaluate, Trial
from channelsim.experiment.units import LUCK

FloatArray = NDArray[np.float64]
FINALISTS = 6
SURE_ONES = 2
"""Finalists that met every constraint beyond chance in the search, if there are so many."""
MOST_OF_A_FRONT = 12
FRONT_REPLICATIONS = 200
MOST = 800


@dataclass(frozen=True)
class FinalRule:
    """When to stop. finalists, most replications of each. indifference: what does not matter, in the goal's unit;
    None: a share PRECISION of the best mean. is_time_up: asked after each look."""

    finalists: int = FINALISTS
    most: int = MOST
    indifference: float | None = None
    is_time_up: Callable[[], bool] = lambda: False


@dataclass(frozen=True, eq=False)
class Finals:
    """The finalists on new replications. trials: those, the best first. own: the file as it is, on the same ones.
    counts, look: as in `stopping`; of a front there is one look. reason: why no more were made."""

    found: Found
    trials: tuple[Trial, ...]
    own: Trial
    counts: tuple[int, ...]
    look: int
    reason: Reason
    indifference: float | None

    @property
    def replications(self) -> int:
        """Of each finalist."""
        return self.counts[self.look]

    @cached_property
    def confidence(self) -> float:
        """Of each interval, so that all comparisons at all looks hold with 95%; of several goals, all means."""
        goals = len(self.found.question.goals)
        compared = pairs_of(len(self.trials)) if goals == 1 else goals * len(self.trials)
        return confidence_at(self.counts, self.look, compared)

    def means(self, trial: Trial) -> FloatArray:
        """The mean of each goal, more is better, buyers' luck taken out."""
        goals = trial.goals()
        if self.controls is None or np.isnan(goals).any():
            return trial.means
        found: FloatArray = goals @ self.controls.weights
        return found

    def judge(self, trial: Trial) -> tuple[Judged, ...]:
        """How a finalist keeps to the constraints, by intervals each of which holds at all looks with 95%."""
        return trial.judge(confidence_at(self.counts, self.look, 1))

    def met(self, trial: Trial) -> Met:
        """The worst that may be said of a finalist's constraints."""
        order = list(Met)
        return max((each.met for each in self.judge(trial)), key=order.index, default=Met.YES)

    @cached_property
    def eligible(self) -> list[Trial]:
        """From whom the best is picked: those that meet all constraints beyond doubt or, if none does, that do so
        by their figures. The front is of all that do so by their figures."""
        is_front = len(self.found.question.goals) > 1
        for kept in ((Met.YES, Met.LIKELY),) if is_front else ((Met.YES,), (Met.YES, Met.LIKELY)):
            found = [each for each in self.trials if self.met(each) in kept and np.isfinite(each.means).all()]
            if found:
                return found
        return []

    @cached_property
    def controls(self) -> Controls | None:
        """What takes buyers' luck out of all means."""
        question = self.found.question
        at = [question.figures.index(name) for name in LUCK if name in question.figures]
        luck = {str(k): each.figures[:, at] for k, each in enumerate(self.trials)}
        decided = {str(k): each.goals()[0] for k, each in enumerate(self.trials)}
        return controls_of(decided, luck, "0") if at and self.replications > 1 else None

    @cached_property
    def comparison(self) -> Comparison | None:
        """The eligible on the goal, by their places in `trials`; signed so that more is better. None where there is
        none, or several goals."""
        if not self.eligible or len(self.found.question.goals) > 1:
            return None
        values = {str(self.trials.index(each)): each.goals()[0] for each in self.eligible}
        return compare(self.found.question.goals[0].metric.name, values, self.confidence, self.controls)

    @property
    def best(self) -> Trial | None:
        """The one to choose; of several goals None."""
        return None if self.comparison is None else self.trials[int(self.comparison.best)]

    @cached_property
    def ranked(self) -> list[Trial]:
        """All finalists: those that are compared, the best first, then the others; of several goals the front along
        the first goal, then the others."""
        if self.comparison is not None:
            first = [self.trials[int(name)] for name in (self.comparison.best, *self.comparison.leads)]
        else:
            first = self.front
        return first + [each for each in self.trials if each not in first]

    @cached_property
    def front(self) -> list[Trial]:
        """Of the eligible those that none dominates by its means, in the order of the first goal."""
        if not self.eligible:
            return []
        at = front(np.array([self.means(each) for each in self.eligible]))
        return sorted((self.eligible[k] for k in at), key=lambda each: -self.means(each)[0])

    def estimate(self, trial: Trial, goal: int) -> Estimate:
        """A goal's mean with its 95% interval, in the goal's own sign; of several goals intervals hold together."""
        sign = self.found.question.goals[goal].sign
        confidence = self.confidence if len(self.found.question.goals) > 1 else CONFIDENCE
        return estimate(sign * trial.goals()[goal], confidence, self.controls)

    def gain(self, trial: Trial, goal: int = 0) -> Estimate:
        """What a finalist has more than the file as it is, paired, in the goal's own sign, with a 95% interval."""
        sign = self.found.question.goals[goal].sign
        return estimate(sign * (trial.goals()[goal] - self.own.goals()[goal]), controls=self.controls)

    @property
    def is_answered(self) -> bool:
        """Whether more replications would change nothing that matters."""
        if self.comparison is None or self.best is None:
            return False
        in_doubt = [each for each in self.trials if self.met(each) in (Met.LIKELY, Met.UNLIKELY)]
        best = self.means(self.best)[0]
        if any(each is self.best or self.means(each)[0] > best for each in in_doubt):
            return False
        return len(self.eligible) == 1 or self.comparison.is_settled or self.comparison.shortfall <= self._matters

    @property
    def _matters(self) -> float:
        """A difference that is small enough not to matter."""
        if self.indifference is not None or self.best is None:
            return self.indifference or 0.0
        return PRECISION * abs(float(self.means(self.best)[0]))


def finals(found: Found, evaluate: Evaluate, rule: FinalRule) -> Iterator[Finals]:
    """Simulate the finalists of a search until the question is answered, and tell after each look how it stands;
    nothing where there are no finalists."""
    chosen = finalists(found, rule.finalists)
    before = found.question.replications
    is_front = len(found.question.goals) > 1
    counts = (min(FRONT_REPLICATIONS, rule.most),) if is_front else looks(rule.most)
    points = list(dict.fromkeys([*(each.point for each in chosen), found.own.point]))
    for look, count in enumerate(counts if chosen else ()):
        figures = evaluate(points, before + count)
        trials = {
            point: Trial(found.question, point, values[before:])
            for point, values in figures.items()
            if not isinstance(values, str)
        }
        ranked = [trials[each.point] for each in chosen if each.point in trials]
        if found.own.point not in trials or not ranked:
            return
        ranked.sort(key=lambda each: -each.means[0])
        at = Finals(found, tuple(ranked), trials[found.own.point], counts, look, Reason.MOST, rule.indifference)
        if at.is_answered:
            is_settled = at.comparison is not None and (at.comparison.is_settled or len(at.eligible) == 1)
            at = replace(at, reason=Reason.SETTLED if is_settled else Reason.CLOSE)
        elif rule.is_time_up() and count < counts[-1]:
            at = replace(at, reason=Reason.TIME)
        yield at
        if at.reason is not Reason.MOST:
            return


def finalists(found: Found, most: int) -> list[Trial]:
    """The best of a search: of one goal the highest means, some that meet all constraints beyond chance among them;
    of several points of the front, evenly along it."""
    if len(found.question.goals) > 1:
        along = sorted(found.front, key=lambda each: -each.means[0])
        if len(along) <= MOST_OF_A_FRONT:
            return along
        places = np.linspace(0, len(along) - 1, MOST_OF_A_FRONT).round().astype(int)
        return [along[at] for at in places]
    best = _without_twins(found.contenders)
    chosen = best[:most]
    sure = [each for each in best if all(judged.met is Met.YES for judged in each.judged)]
    lacking = min(SURE_ONES, most - 1) - len([each for each in chosen if each in sure])
    more = [each for each in sure if each not in chosen][: max(0, lacking)]
    return chosen[: most - len(more)] + more


def _without_twins(trials: list[Trial]) -> list[Trial]:
    """Without those that gave the same figures as one before: a threshold that no lead comes near changes none."""
    kept: dict[bytes, Trial] = {}
    for each in trials:
        kept.setdefault(each.figures.tobytes(), each)
    return list(kept.values())
