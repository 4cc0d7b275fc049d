"""Targets: figures that a plan must reach, and how surely each strategy does."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.risk import Chance, chance
from channelsim.errors import UserError, suggest
from channelsim.finance.definitions import Metric, is_less_better


@dataclass(frozen=True)
class Target:
    """A metric's value to reach: at least, or at most where less is better."""

    metric: Metric
    value: float

    @property
    def at_most(self) -> bool:
        """Whether values below the target reach it."""
        return is_less_better(self.metric.name)

    def reached(self, values: NDArray[np.float64]) -> Chance:
        """How often it was reached, of the replications that define the metric."""
        defined = values[~np.isnan(values)]
        return chance(defined <= self.value if self.at_most else defined >= self.value)


def read_target(text: str, metrics: Sequence[Metric]) -> Target:
    """A target as people write it: `bookings=12e6`. Raises UserError that says what is wrong."""
    name, equals, value = text.partition("=")
    name = name.strip()
    if not equals:
        raise UserError(f"--target {text}: no '='; write METRIC=VALUE, for example bookings=12e6")
    known = {metric.name: metric for metric in metrics}
    if name not in known:
        raise UserError(f"--target {text}: no metric named '{name}'; {suggest(name, list(known))}")
    try:
        number = float(value.replace("_", ""))
    except ValueError:
        number = math.nan
    if not math.isfinite(number):
        raise UserError(f"--target {text}: '{value.strip()}' is not a number; write for example {name}=12e6")
    return Target(known[name], number)
