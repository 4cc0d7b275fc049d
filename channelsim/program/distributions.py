"""From distributions as people write them to rows of the program's distribution arrays."""

from __future__ import annotations

import math
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from channelsim.program.arrays import LOGIT_LIMIT
from channelsim.program.codes import DistKind
from channelsim.scenario.base import Record
from channelsim.scenario.distributions import (
    Constant,
    Distribution,
    Empirical,
    Exponential,
    Gamma,
    Lognormal,
    Pert,
    Triangular,
    Uniform,
    Weibull,
)

TABLE_INTERVALS = 4096
FloatArray = NDArray[np.float64]


class DistributionTable:
    """Collects distributions and hands out their row numbers; equal ones share a row."""

    def __init__(self) -> None:
        self._rows: dict[tuple[object, float], int] = {}
        self._known: dict[tuple[int | float, float], int] = {}
        self._kept: list[Distribution] = []  # an identity is another's once its owner is gone
        self.kind: list[int] = []
        self.a: list[float] = []
        self.b: list[float] = []
        self.c: list[float] = []
        self.first: list[int] = []
        self.length: list[int] = []
        self.tables: list[tuple[FloatArray, FloatArray]] = []  # cumulative weights and values
        self._entries = 0

    def add(self, distribution: Distribution, scale: float = 1.0) -> int:
        """The row of a distribution whose values are multiplied by `scale` (its unit in the program's unit)."""
        # Most distributions come up again and again, as the same object: to look at it is quicker than into it.
        known = (id(distribution) if isinstance(distribution, Record) else float(distribution), scale)
        if known not in self._known:
            key = (_spelt_out(distribution), scale)
            if key not in self._rows:
                self._rows[key] = len(self.kind)
                self._append(distribution, scale)
            self._known[known] = self._rows[key]
            self._kept.append(distribution)
        return self._known[known]

    def _append(self, d: Distribution, scale: float) -> None:
        match d:
            case Constant():
                self._row(DistKind.CONSTANT, d.value * scale)
            case Uniform():
                self._row(DistKind.UNIFORM, d.low * scale, d.high * scale)
            case Triangular():
                self._row(DistKind.TRIANGULAR, d.low * scale, d.mode * scale, d.high * scale)
            case Exponential():
                self._row(DistKind.EXPONENTIAL, d.mean * scale)
            case Lognormal():
                mu, sigma = lognormal_parameters(d)
                self._row(DistKind.LOGNORMAL, mu + math.log(scale), sigma)
            case Weibull():
                shape = weibull_shape(d.cv)
                self._row(DistKind.WEIBULL, d.mean * scale / math.gamma(1 + 1 / shape), 1 / shape)
            case Gamma():
                shape = d.cv**-2
                self._tabulate(gamma_quantiles(shape) * (d.mean * scale / shape))
            case Pert():
                if d.low == d.high:
                    self._row(DistKind.CONSTANT, d.low * scale)
                else:
                    peak = (d.mode - d.low) / (d.high - d.low)
                    self._tabulate((d.low + (d.high - d.low) * pert_quantiles(peak)) * scale)
            case Empirical():
                self._values(d, scale)
            case _:
                self._row(DistKind.CONSTANT, float(d) * scale)

    def _row(self, kind: DistKind, a: float = 0.0, b: float = 0.0, c: float = 0.0) -> None:
        self.kind.append(kind)
        self.a.append(a)
        self.b.append(b)
        self.c.append(c)
        self.first.append(self._entries)
        self.length.append(0)

    def _tabulate(self, quantiles: FloatArray) -> None:
        self._row(DistKind.TABLE)
        self._table(np.zeros(len(quantiles)), quantiles)

    def _values(self, d: Empirical, scale: float) -> None:
        self._row(DistKind.EMPIRICAL)
        order = np.argsort(d.values, kind="stable")
        values = np.asarray(d.values, float)[order] * scale
        weights = np.ones(len(values)) if d.weights is None else np.asarray(d.weights, float)[order]
        values, weights = values[weights > 0], weights[weights > 0]
        self._table(np.cumsum(weights) / weights.sum(), values)

    def _table(self, weights: FloatArray, values: FloatArray) -> None:
        self.length[-1] = len(values)
        self._entries += len(values)
        self.tables.append((weights, values))


def _spelt_out(distribution: Distribution) -> object:
    """What tells a distribution from others: its kind and its parameters."""
    if isinstance(distribution, Empirical):
        return repr(distribution)
    if isinstance(distribution, Record):
        return tuple(vars(distribution).values())
    return float(distribution)


def lognormal_parameters(d: Lognormal) -> tuple[float, float]:
    """Mean and standard deviation of the logarithm."""
    variance = math.log1p(d.cv**2)
    if d.median is not None:
        return math.log(d.median), math.sqrt(variance)
    assert d.mean is not None
    return math.log(d.mean) - variance / 2, math.sqrt(variance)


@lru_cache(maxsize=256)
def weibull_shape(cv: float) -> float:
    """The shape for which standard deviation / mean is `cv`."""
    from scipy.optimize import brentq  # slow to import

    def excess(log_shape: float) -> float:
        k = math.exp(log_shape)
        log_ratio = math.lgamma(1 + 2 / k) - 2 * math.lgamma(1 + 1 / k)
        return log_ratio - math.log1p(cv**2)

    return math.exp(float(brentq(excess, math.log(0.1), math.log(100.0), xtol=1e-14)))


def _logit_grid() -> tuple[FloatArray, FloatArray]:
    """Cumulative shares at equal steps of the logit, and what is left above them (exact in the upper tail)."""
    t = np.linspace(-LOGIT_LIMIT, LOGIT_LIMIT, TABLE_INTERVALS + 1)
    return 1 / (1 + np.exp(-t)), 1 / (1 + np.exp(t))


@lru_cache(maxsize=256)
def gamma_quantiles(shape: float) -> FloatArray:
    """Quantiles of the standard gamma distribution on the logit grid."""
    from scipy import special  # slow to import

    lower, upper = _logit_grid()
    quantiles: FloatArray = np.where(
        lower <= 0.5, special.gammaincinv(shape, lower), special.gammainccinv(shape, upper)
    )
    return quantiles


@lru_cache(maxsize=256)
def pert_quantiles(peak: float) -> FloatArray:
    """Quantiles of the PERT distribution on (0, 1) with its mode at `peak`, on the logit grid."""
    from scipy import special  # slow to import

    lower, upper = _logit_grid()
    alpha, beta = 1 + 4 * peak, 5 - 4 * peak
    quantiles: FloatArray = np.where(
        lower <= 0.5, special.betaincinv(alpha, beta, lower), special.betainccinv(alpha, beta, upper)
    )
    return quantiles
