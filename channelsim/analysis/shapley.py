"""Who of several brought what: the average, over all orders, of what each brings when its turn comes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import product
from math import factorial

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
Changed = tuple[int, ...]
"""For each of several things, 1 if it has changed."""


def combinations_of(count: int) -> list[Changed]:
    """Every way in which some of so many things have changed."""
    return list(product((0, 1), repeat=count))


def shapley(values: Mapping[Changed, FloatArray]) -> Iterator[FloatArray]:
    """What each change brings of the difference between all changed and none; the parts add up to it.

    values: what comes out, for every combination of changes. Each change's part is the mean, over all orders in
    which the changes could be made one after the other, of what it adds (Shapley 1953; for decompositions:
    Shorrocks, Journal of Economic Inequality 11, 2013).
    """
    count = len(next(iter(values)))
    for thing in range(count):
        part = np.zeros_like(next(iter(values.values())))
        for changed, value in values.items():
            if changed[thing]:
                before = changed[:thing] + (0,) + changed[thing + 1 :]
                others = sum(before)
                weight = factorial(others) * factorial(count - 1 - others) / factorial(count)
                part = part + weight * (value - values[before])
        yield part
