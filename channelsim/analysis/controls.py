"""Control variates: what is known exactly about luck takes luck out of a mean.

A replication in which buyers happened to say yes more often than their chances has a better result for that reason
alone. How much better they answered is known, and 0 in expectation, so a mean can be read off where luck is 0: the
constant of a regression on it (Lavenberg and Welch, Management Science 27, 1981; of martingales: Henderson and
Glynn, Mathematics of Operations Research 27, 2002). That is the same as giving each replication a weight. All
figures of a run get the same weights, so whatever added up still does.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
REPLICATIONS_A_CONTROL = 10
"""Fewer, and what the regression costs is not worth it."""
WORTHWHILE = 1.05
"""Controls are used where the variance of what is decided becomes smaller by this factor at least."""


@dataclass(frozen=True)
class Controls:
    """Quantities of which the expectation is 0, (replication, control), that vary and do not repeat each other.

    factor: how many times as many replications would be needed without them, for what is decided.
    """

    table: FloatArray
    factor: float = 1.0

    @property
    def weights(self) -> FloatArray:
        """What each replication counts in a mean; they add up to 1. Some may be negative."""
        n = len(self.table)
        middle = self.table.mean(axis=0)
        from_middle = self.table - middle
        slopes = np.linalg.solve(from_middle.T @ from_middle, middle)
        weights: FloatArray = 1.0 / n - from_middle @ slopes
        return weights

    @property
    def degrees_of_freedom(self) -> int:
        """Of what is left of the variance."""
        return int(self.table.shape[0] - self.table.shape[1] - 1)

    def variance_left(self, values: FloatArray) -> float:
        """The variance of values, one a replication, about their regression on the controls."""
        design = np.column_stack([np.ones(len(values)), self.table])
        coefficients, *_ = np.linalg.lstsq(design, values, rcond=None)
        left = values - design @ coefficients
        return float(left @ left) / self.degrees_of_freedom


def controls_for(luck: Sequence[FloatArray], decided: Sequence[FloatArray]) -> Controls | None:
    """Controls from the luck of each strategy, shape (replication, kind), if they help to decide; else None.

    decided: figures on which the decision rests, one a replication each. Of too many kinds of luck for so few
    replications each strategy's sum is used.
    """
    for table in (np.column_stack(luck), np.column_stack([each.sum(axis=1) for each in luck])):
        independent = _independent(table)
        n, controls = independent.shape
        if not controls or n < REPLICATIONS_A_CONTROL * controls:
            continue
        found = Controls(independent)
        before = float(np.mean([values.var(ddof=1) for values in decided]))
        after = float(np.mean([found.variance_left(values) for values in decided]))
        weight = n * float(found.weights @ found.weights)
        factor = before / (after * weight) if after > 0 else 1.0
        return Controls(independent, factor) if factor >= WORTHWHILE else None
    return None


def _independent(table: FloatArray) -> FloatArray:
    """The columns that are no combination of those before them, on one scale: two strategies that do the same have
    the same luck."""
    spread = table.std(axis=0)
    kept: list[FloatArray] = []
    for column in (table[:, spread > 0] / spread[spread > 0]).T:
        tried = np.column_stack([*kept, column])
        if np.linalg.matrix_rank(tried - tried.mean(axis=0), tol=1e-6 * np.sqrt(len(table))) == len(kept) + 1:
            kept.append(column)
    return np.column_stack(kept) if kept else np.empty((len(table), 0))
