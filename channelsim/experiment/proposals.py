"""Which points to try next: Optuna's tree-structured Parzen estimator, told of all that is known.

It models where good points lie and where the others do, and proposes where the ratio of the two is highest
(Bergstra, Bardenet, Bengio and Kegl, NeurIPS 24, 2011); of several goals, what lies beyond the front counts as
good (Ozaki et al., Journal of Artificial Intelligence Research 73, 2022). It takes whole numbers, words and choices
alike, bears noise, and gets along with a hundred points.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from channelsim.experiment.designs import latin_hypercube
from channelsim.scenario.decide import Point, Space

TRIES = 16
"""Proposals in a row that were known already, after which an estimator is left alone."""
SEED_RANGE = 2**32


class Proposer:
    """Asks for points, and is told what they were worth."""

    def __init__(self, space: Space, goals: int, seed: int, first: int) -> None:
        """goals: how many, of all of which more is better. first: points that are spread evenly before it proposes
        anything."""
        import optuna  # slow to import
        from optuna.distributions import BaseDistribution, CategoricalDistribution, IntDistribution

        optuna.logging.set_verbosity(optuna.logging.ERROR)
        sampler = optuna.samplers.TPESampler(seed=seed % SEED_RANGE, n_startup_trials=first)
        self._study = optuna.create_study(sampler=sampler, directions=["maximize"] * goals)
        self._space = space
        self._names = [f"{k}" for k in range(len(space.decisions))]
        self._ranges: dict[str, BaseDistribution] = {
            name: IntDistribution(0, len(each.values) - 1) if each.is_ordered
            else CategoricalDistribution(range(len(each.values)))
            for name, each in zip(self._names, space.decisions, strict=True)
        }  # fmt: skip
        self._asked: dict[Point, Any] = {}
        self._even = list(even_points(space, first, seed))

    def ask(self, count: int, is_new: Callable[[Point], bool], lacks: Callable[[Point], float]) -> list[Point]:
        """So many new points, or fewer where it has no more. lacks: by how much a point breaks what is known of it
        without simulating it; such points are not proposed, and it learns to avoid them."""
        found: list[Point] = []
        while self._even and len(found) < count:
            point = self._even.pop(0)
            if is_new(point) and point not in found and lacks(point) <= 0:
                found.append(point)
        for _ in range(TRIES * count):
            if len(found) >= count:
                break
            trial = self._study.ask(self._ranges)
            point = tuple(int(trial.params[name]) for name in self._names)
            if lacks(point) > 0:
                self._tell(trial, [0.0] * len(self._study.directions), lacks(point))
            elif is_new(point) and point not in found:
                self._asked[point] = trial
                found.append(point)
            else:
                self._study.tell(trial, state=_failed())
        return found

    def tell(self, point: Point, values: Sequence[float] | None, violation: float) -> None:
        """What a point was worth by each goal, whoever proposed it; None: it could not be simulated. violation: of
        constraints, at most 0 where all are met."""
        trial = self._asked.pop(point, None)
        if trial is None:
            self._study.enqueue_trial(dict(zip(self._names, point, strict=True)))
            trial = self._study.ask(self._ranges)
        if values is None:
            self._study.tell(trial, state=_failed())
        else:
            self._tell(trial, values, violation)

    def _tell(self, trial: Any, values: Sequence[float], violation: float) -> None:
        trial.set_constraint("violation", violation)
        self._study.tell(trial, list(values))


def even_points(space: Space, count: int, seed: int) -> list[Point]:
    """Points spread evenly over a space: a Latin hypercube's."""
    cube = latin_hypercube(count, space.names, seed)
    sizes = [len(each.values) for each in space.decisions]
    return [tuple(int(share * size) for share, size in zip(row, sizes, strict=True)) for row in cube]


def _failed() -> Any:
    from optuna.trial import TrialState

    return TrialState.FAIL
