"""Families of distributions by mean and cv, as a scenario has them, for arrays of both: densities, chances of
whole-day counts, shares that take longer, quantiles.

A count of days between two dates is not a time: of a time t that begins at any hour, d dates lie between with
chance 1 - |t - d| (0 where negative). So with H(x), the mean time beyond x, the chance of d is H(d + r) - 2
H(d) + H(d - r) for dates r apart, and the chance that it is more than d is (H(d) - H(d + r)) / r: they add up
to 1."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

EXPONENTIAL, LOGNORMAL, GAMMA, WEIBULL = "exponential", "lognormal", "gamma", "weibull"
FAMILIES = (EXPONENTIAL, LOGNORMAL, GAMMA, WEIBULL)
CV_LOWEST, CV_HIGHEST = 0.05, 10.0
"""Of gamma and weibull in a scenario."""
SMOOTH = 64.0
"""From so many resolutions on, a density does not change over one of them, even with the smallest cv."""
SAME = 1e-6
"""Of a resolution: times as near as this are the same."""
FLOOR = 1e-15
"""No row, however odd, is held less likely than this: one typing error must not bend a fit."""


@dataclass(frozen=True)
class Counts:
    """Times known to within a resolution, [points], and the fewest places at which their chances have to be worked
    out: the same count and its neighbours serve many points of a group, which shares a mean and a cv."""

    x: Floats
    resolution: float  # 0: exact, and above 0
    far: NDArray[np.bool_]  # so far from 0 that a density does for a chance
    at: Floats  # [places]
    whose: Ints  # [places] a point of the place's group
    below: Ints  # [near points] the place of x - resolution
    here: Ints
    above: Ints


def counts(x: Floats, group: Ints, resolution: float) -> Counts:
    """Times and the group of each."""
    far = x > SMOOTH * resolution
    near = np.flatnonzero(~far)
    shifted = np.concatenate([x[near] - resolution, x[near], x[near] + resolution])
    points = np.tile(near, 3)
    step = resolution * SAME if resolution > 0 else 1.0
    _, first, place = np.unique(
        np.stack([group[points].astype(float), np.round(shifted / step)]),
        axis=1,
        return_index=True,
        return_inverse=True,
    )
    below, here, above = place.reshape(3, len(near))
    return Counts(x, resolution, far, shifted[first], points[first], below, here, above)


def log_chance(family: str, times: Counts, mean: Floats, cv: Floats) -> Floats:
    """Logarithm of how likely each time is, to within a factor that no parameter changes. mean, cv: [points]."""
    x, resolution = times.x, times.resolution
    if resolution == 0.0:
        exact: Floats = np.maximum(_log_density(family, x, mean, cv), -700.0)
        return exact
    result = np.empty(len(x))
    far = times.far
    result[far] = _log_density(family, x[far], mean[far], cv[far]) + math.log(resolution)
    beyond = _beyond(family, times.at, mean[times.whose], cv[times.whose])
    chance = beyond[times.above] - 2 * beyond[times.here] + beyond[times.below]
    result[~far] = np.log(np.maximum(chance / resolution, FLOOR))
    floored: Floats = np.maximum(result, math.log(FLOOR))
    return floored


def longer(family: str, times: Counts, mean: Floats, cv: Floats) -> Floats:
    """Share that takes longer than each time, as it is counted. mean, cv: [points]."""
    x, resolution = times.x, times.resolution
    if resolution == 0.0:
        return np.maximum(survival(family, x, mean, cv), 1e-300)
    result = np.empty(len(x))
    far = times.far
    result[far] = survival(family, x[far] + resolution / 2, mean[far], cv[far])
    beyond = _beyond(family, times.at, mean[times.whose], cv[times.whose])
    result[~far] = (beyond[times.here] - beyond[times.above]) / resolution
    return np.clip(result, 1e-300, 1.0)


def survival(family: str, x: Floats, mean: Floats, cv: Floats) -> Floats:
    """Share above `x`, which are at least 0."""
    special = _special()
    if family == LOGNORMAL:
        mu, sigma = _lognormal(mean, cv)
        return _array(special.ndtr((mu - _log(x)) / sigma))
    if family == GAMMA:
        shape = cv**-2
        return _array(special.gammaincc(shape, x * shape / mean))
    if family == WEIBULL:
        shape, scale = _weibull(mean, cv)
        return _array(np.exp(-((x / scale) ** shape)))
    return _array(np.exp(-x / mean))


def quantile(family: str, share: Floats, mean: float, cv: float) -> Floats:
    """The values below which `share` lie."""
    special = _special()
    if family == LOGNORMAL:
        mu, sigma = _lognormal(np.array(mean), np.array(cv))
        return _array(np.exp(mu + sigma * special.ndtri(share)))
    if family == GAMMA:
        return _array(special.gammaincinv(cv**-2, share) * mean * cv**2)
    if family == WEIBULL:
        shape, scale = _weibull(np.array(mean), np.array(cv))
        return _array(scale * (-np.log1p(-share)) ** (1 / shape))
    return _array(-mean * np.log1p(-share))


def _log_density(family: str, x: Floats, mean: Floats, cv: Floats) -> Floats:
    log_x = _log(x)
    if family == LOGNORMAL:
        mu, sigma = _lognormal(mean, cv)
        return _array(-0.5 * ((log_x - mu) / sigma) ** 2 - np.log(sigma) - log_x - 0.5 * math.log(2 * math.pi))
    if family == GAMMA:
        shape = cv**-2
        rate = shape / mean
        return _array(shape * np.log(rate) + (shape - 1) * log_x - rate * x - _special().gammaln(shape))
    if family == WEIBULL:
        shape, scale = _weibull(mean, cv)
        reduced = log_x - np.log(scale)
        return _array(np.log(shape) - log_x + shape * reduced - np.exp(np.minimum(shape * reduced, 700.0)))
    return _array(-np.log(mean) - x / mean)


def _beyond(family: str, x: Floats, mean: Floats, cv: Floats) -> Floats:
    """The mean of max(T - x, 0): mean x (size-biased share above x) - x (share above x); mean - x below 0."""
    special = _special()
    at = np.maximum(x, 0.0)
    if family == LOGNORMAL:
        mu, sigma = _lognormal(mean, cv)
        biased = special.ndtr((mu - _log(at)) / sigma + sigma)
    elif family == GAMMA:
        # Q(a + 1, y) = Q(a, y) + y^a e^-y / gamma(a + 1): the share above x is wanted, too, and slow to come by
        shape = cv**-2
        y = at * shape / mean
        more = np.exp(shape * _log(y) - y - special.gammaln(shape + 1))
        return _array((mean - at) * special.gammaincc(shape, y) + mean * more + (at - x))
    elif family == WEIBULL:
        shape, scale = _weibull(mean, cv)
        return _array(mean * special.gammaincc(1 / shape, (at / scale) ** shape) + (at - x))
    else:
        return _array(mean * np.exp(-at / mean) + (at - x))
    return _array(mean * biased - at * survival(family, at, mean, cv) + (at - x))


def _lognormal(mean: Floats, cv: Floats) -> tuple[Floats, Floats]:
    variance = np.log1p(cv**2)
    return np.log(mean) - variance / 2, np.sqrt(variance)


def _weibull(mean: Floats, cv: Floats) -> tuple[Floats, Floats]:
    shape = np.exp(_shape_curve()(np.log(cv)))
    return shape, mean / _special().gamma(1 + 1 / shape)


@lru_cache(maxsize=1)
def _shape_curve() -> Any:
    """Logarithm of a Weibull's shape by that of its cv: 1 + cv^2 = gamma(1 + 2/k) / gamma(1 + 1/k)^2."""
    from scipy.interpolate import CubicSpline  # slow to import

    log_shape = np.linspace(math.log(40.0), math.log(0.15), 2001)
    shape = np.exp(log_shape)
    gammaln = _special().gammaln
    cv = np.sqrt(np.expm1(gammaln(1 + 2 / shape) - 2 * gammaln(1 + 1 / shape)))
    return CubicSpline(np.log(cv), log_shape)


def _log(x: Floats) -> Floats:
    return _array(np.log(np.maximum(x, 1e-300)))


def _array(x: Any) -> Floats:
    return np.asarray(x, float)


def _special() -> Any:
    from scipy import special  # slow to import

    return special
