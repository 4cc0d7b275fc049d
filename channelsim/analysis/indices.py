"""Which inputs a figure depends on: Morris's screening and Sobol's variance-based indices, by SALib.

SALib draws from generators of its own, which are made of the seed given here and of nothing else. It is imported
where it is used: it takes a second.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.jackknife import Interval
from channelsim.program.keys import key64
from channelsim.rules.draws import MASK64, entity_words

FloatArray = NDArray[np.float64]
Method = Literal["morris", "sobol"]
MORRIS: Method = "morris"
SOBOL: Method = "sobol"
LEVELS = 4
EDGE = 1 / (2 * LEVELS)
"""Morris's levels stand in the middle of equal parts of the range, so that a parameter's values are spread as the
range is: what else is learnt from these points is then learnt of the range."""
RESAMPLES = 500


@dataclass(frozen=True)
class Sample:
    """Points in the unit cube, (point, parameter). block: how many points in a row belong together: a trajectory of
    Morris's, or a base point of Saltelli's with its exchanges."""

    method: Method
    points: FloatArray
    block: int

    @property
    def blocks(self) -> int:
        """How many there are."""
        return len(self.points) // self.block

    def without(self, points: NDArray[np.bool_]) -> tuple[Sample, NDArray[np.bool_]]:
        """The blocks in which no point is marked, and which points these have."""
        kept = np.repeat(~points.reshape(self.blocks, self.block).any(axis=1), self.block)
        return Sample(self.method, self.points[kept], self.block), kept


@dataclass(frozen=True)
class Effect:
    """What one parameter does to a figure, by Morris's screening, in the figure's unit and over the parameter's
    whole range. size: mean of the elementary effects' sizes, mu*. mean: their mean, mu. spread: their standard
    deviation, sigma: how much the effect depends on where all parameters are."""

    size: Interval
    mean: float
    spread: float


@dataclass(frozen=True)
class Share:
    """One parameter's share of a figure's variance. first: what knowing it alone would take away. total: what would
    be left if all others were known."""

    first: Interval
    total: Interval


def sample_of(method: Method, parameters: int, size: int, seed: int) -> Sample:
    """A sample of size x (parameters + 1) points for Morris (that many trajectories, Morris 1991), of size x
    (parameters + 2) for Sobol (that many base points, a power of 2; Saltelli et al. 2010)."""
    problem = _problem(parameters)
    own = _seed(seed, "sample")
    if method == MORRIS:
        from SALib.sample import morris

        points = morris.sample(problem, size, num_levels=LEVELS, seed=own)
        return Sample(method, EDGE + np.asarray(points, float) * (1 - 2 * EDGE), parameters + 1)
    from SALib.sample import sobol

    points = sobol.sample(problem, size, calc_second_order=False, seed=own)
    return Sample(method, np.asarray(points, float), parameters + 2)


def effects(sample: Sample, figure: FloatArray, seed: int) -> list[Effect]:
    """Morris's measures of each parameter (Morris, Technometrics 33, 1991; mu*: Campolongo, Cariboni and Saltelli,
    Environmental Modelling & Software 22, 2007). figure: (point,). The interval is SALib's bootstrap over
    trajectories."""
    from SALib.analyze import morris

    parameters = sample.points.shape[1]
    found = morris.analyze(
        _problem(parameters),
        sample.points,
        np.asarray(figure, float),
        num_resamples=RESAMPLES,
        num_levels=LEVELS,
        seed=_seed(seed, "resamples"),
    )
    stretched = {
        name: np.asarray(found[name], float) / (1 - 2 * EDGE)  # from between the levels to the whole range
        for name in ("mu_star", "mu_star_conf", "mu", "sigma")
    }
    return [
        Effect(Interval(size, max(0.0, size - half), size + half), mean, spread)
        for size, half, mean, spread in zip(*(each.tolist() for each in stretched.values()), strict=True)
    ]


def shares(sample: Sample, figure: FloatArray, seed: int) -> list[Share] | None:
    """Sobol's first-order and total indices of each parameter (first: Saltelli et al., Computer Physics
    Communications 181, 2010; total: Jansen, same journal 117, 1999). figure: (point,). The intervals are SALib's
    bootstrap over base points. None for a figure that does not vary."""
    figure = np.asarray(figure, float)
    if np.ptp(figure) <= 1e-12 * float(np.abs(figure).max()):
        return None
    from SALib.analyze import sobol

    found = sobol.analyze(
        _problem(sample.points.shape[1]),
        figure,
        calc_second_order=False,
        num_resamples=RESAMPLES,
        seed=_seed(seed, "resamples"),
    )
    return [Share(*each) for each in zip(_intervals(found, "S1"), _intervals(found, "ST"), strict=True)]


def _intervals(found: Any, name: str) -> Iterator[Interval]:
    for value, half in zip(found[name].tolist(), found[f"{name}_conf"].tolist(), strict=True):
        yield Interval(value, value - half, value + half)


def _problem(parameters: int) -> dict[str, Any]:
    """The unit cube as SALib has it."""
    names = [f"x{at}" for at in range(parameters)]
    return {"num_vars": parameters, "names": names, "bounds": [[0.0, 1.0]] * parameters}


def _seed(seed: int, what: str) -> int:
    """A seed for one of SALib's generators. Never 0, which SALib takes for none."""
    low, high = entity_words(seed, key64("sensitivity", what) & MASK64)
    return (high << 32 | low) or 1
