"""The points of a plan, one after the other: which value each parameter has there."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.draws import uniform
from channelsim.program.codes import Purpose
from channelsim.program.keys import key64
from channelsim.rules.draws import entity_words
from channelsim.scenario.overrides import Override
from channelsim.scenario.plan import Plan
from channelsim.scenario.tree import Tree
from channelsim.scenario.vary import overrides_at

FloatArray = NDArray[np.float64]
MASK64 = 2**64 - 1


@dataclass(frozen=True)
class Design:
    """A plan's points by number, in a fixed order. seed: of what is drawn for a design that fills space."""

    plan: Plan
    seed: int

    def __len__(self) -> int:
        return len(self.plan)

    def values(self, point: int) -> dict[str, Any]:
        """Each parameter's value at a point: what overrides it, or multiplies it."""
        plan = self.plan
        if plan.design == "list":
            return dict(plan.combinations[point])
        if plan.design == "grid":
            found = {}
            for each in reversed(plan.variations):
                point, at = divmod(point, len(each.values))
                found[each.path] = each.values[at]
            return dict(reversed(found.items()))
        return {
            each.path: each.at(float(share)) for each, share in zip(plan.ranges, self._cube[point], strict=True)
        }

    @cached_property
    def kinds(self) -> dict[str, type]:
        """What each parameter's values are: int, float, or str for all else."""
        if self.plan.ranges:
            return {each.path: int if each.whole else float for each in self.plan.ranges}
        if self.plan.design == "grid":
            return {each.path: _kind(each.values) for each in self.plan.variations}
        combinations = [dict(each) for each in self.plan.combinations]
        return {path: _kind([each[path] for each in combinations if path in each]) for path in self.plan.paths}

    def overrides(self, tree: Tree, point: int) -> list[Override]:
        """What a point changes. tree: the file, with all that is set for every point. Raises ScenarioError where a
        factor finds nothing to multiply."""
        factors = {each.path for each in self.plan.variations if each.multiplies}
        factors |= {each.path for each in self.plan.ranges if each.multiplies}
        return [
            override
            for path, value in self.values(point).items()
            for override in overrides_at(tree, path, value, multiplies=path in factors)
        ]

    @cached_property
    def _cube(self) -> FloatArray:
        """A point in the unit cube for each point of the plan."""
        count, paths = len(self), self.plan.paths
        return (latin_hypercube if self.plan.design == "latin_hypercube" else sobol)(count, paths, self.seed)


def _kind(values: Sequence[Any]) -> type:
    if any(isinstance(value, bool) or not isinstance(value, int | float) for value in values):
        return str
    return int if all(isinstance(value, int) for value in values) else float


def latin_hypercube(count: int, names: Sequence[str], seed: int) -> FloatArray:
    """(count, name): in each column, one point in each of `count` equal parts, in an order drawn by its name
    (McKay, Beckman and Conover, Technometrics 21, 1979)."""
    cube = np.empty((count, len(names)))
    for column, name in enumerate(names):
        order = np.argsort(np.array(list(_draws(count, name, seed, 0))), kind="stable")
        within = np.array(list(_draws(count, name, seed, 1)))
        cube[order, column] = (np.arange(count) + within) / count
    return cube


def sobol(count: int, names: Sequence[str], seed: int) -> FloatArray:
    """(count, name): Sobol's points, moved by a draw for each name, round the edge (Cranley and Patterson, SIAM
    Journal on Numerical Analysis 13, 1976). Most even where count is a power of 2."""
    from scipy.stats import qmc  # slow to import

    points = qmc.Sobol(len(names), scramble=False).random_base2(max(0, math.ceil(math.log2(count))))[:count]
    shift = [next(_draws(1, name, seed, 2)) for name in names]
    moved: FloatArray = (points + shift) % 1.0
    return moved


def _draws(count: int, name: str, seed: int, k: int) -> Iterator[float]:
    words = entity_words(seed, key64("design", name) & MASK64)
    for ordinal in range(count):
        yield uniform(*words, 0, ordinal, Purpose.DESIGN.value, k, 0)
