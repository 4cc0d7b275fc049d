"""Looking at results while they come in, without being fooled by looking often.

An interval that is looked at once misses the truth in 5% of cases; one that is looked at until it pleases misses it
far more often. So the error is *spent*: of the 5% so much at each look (Lan and DeMets, Biometrika 70, 1983; here
the same at each, looks being at doubling numbers of replications), and each look's critical value follows from the
joint distribution of all looks so far (Armitage, McPherson and Rowe, JRSS A 132, 1969).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
FIRST_LOOK = 50
GROWTH = 2
GRID_POINTS = 1001
WIDEST = 8.0
"""Standard deviations beyond which nothing is integrated."""
REFERENCE = "alpha spending (Lan and DeMets 1983), equal at each look"


def looks(most: int) -> tuple[int, ...]:
    """The numbers of replications at which results are looked at: 50, 100, 200 ... up to `most`."""
    return tuple(_doubling(min(FIRST_LOOK, most), most))


def _doubling(count: int, most: int) -> Iterator[int]:
    while count < most:
        yield count
        count = min(count * GROWTH, most)
    yield most


@lru_cache(maxsize=64)
def look_confidences(counts: tuple[int, ...], error: float) -> tuple[float, ...]:
    """The confidence of each look's interval, so that all of them together hold with `1 - error`.

    counts: replications at each look, rising. The critical value at look k solves P(first crossing at k) = error /
    looks for a Brownian motion seen at those times; the confidence is that of a normal deviate within it.
    """
    from scipy.optimize import brentq  # slow to import
    from scipy.special import ndtr, ndtri

    share = error / len(counts)
    critical = [float(-ndtri(share / 2))]
    grid, density = _start(counts[0], critical[0])
    for before, count in pairwise(counts):
        sums = _Sums(grid, density, math.sqrt(count - before), math.sqrt(count))
        c = float(brentq(lambda c, sums=sums: sums.crossing(c) - share, 0.0, WIDEST, xtol=1e-9))
        critical.append(c)
        grid, density = sums.onward(c)
    return tuple(float(2 * ndtr(c) - 1) for c in critical)


@dataclass(frozen=True)
class _Sums:
    """Sums that have crossed no bound yet, on a grid with their density, and how far the next look is: standard
    deviations of what is added until then (step) and of the whole sum then (scale)."""

    grid: FloatArray
    density: FloatArray
    step: float
    scale: float

    def crossing(self, c: float) -> float:
        """The chance to be beyond c standard deviations at the next look."""
        from scipy.special import ndtr  # slow to import

        bound = c * self.scale
        beyond = ndtr((self.grid - bound) / self.step) + ndtr((-bound - self.grid) / self.step)
        return float(np.trapezoid(self.density * beyond, self.grid))

    def onward(self, c: float) -> tuple[FloatArray, FloatArray]:
        """Those within c at the next look: a new grid and their density."""
        grid = np.linspace(-c * self.scale, c * self.scale, GRID_POINTS)
        kernel = np.exp(-(((grid[:, None] - self.grid) / self.step) ** 2) / 2)
        density = np.trapezoid(kernel * self.density, self.grid, axis=1) / (self.step * math.sqrt(2 * math.pi))
        return grid, np.asarray(density)


def _start(count: int, critical: float) -> tuple[FloatArray, FloatArray]:
    """The sum's density at the first look, within its bounds."""
    scale = math.sqrt(count)
    grid = np.linspace(-critical * scale, critical * scale, GRID_POINTS)
    return grid, np.exp(-((grid / scale) ** 2) / 2) / (scale * math.sqrt(2 * math.pi))
