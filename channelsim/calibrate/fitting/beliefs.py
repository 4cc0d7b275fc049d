"""Estimates from what is believed about a figure: the belief as a scenario takes it, and its central interval."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.estimates import INTERVAL, Estimate

Floats = NDArray[np.float64]

TAIL = (1 - INTERVAL) / 2
LOG_SD_HIGHEST = 1.5
"""What the data say less about than a factor of four either way is not known at all; its mean would be nonsense."""
JEFFREYS = 0.5
"""Counts that Jeffreys' prior adds to either side of a share, or to a Poisson count."""


def share(mean: float, sd: float, n: int, note: str = "") -> Estimate:
    """A share between 0 and 1: the beta distribution of this mean and standard deviation."""
    mean = min(max(mean, 1e-6), 1 - 1e-6)
    sd = min(sd, 0.98 * math.sqrt(mean * (1 - mean)))
    if sd <= 0:
        return Estimate(mean, 0.0, mean, mean, n, None, note)
    from scipy.special import betaincinv  # slow to import

    size = mean * (1 - mean) / sd**2 - 1
    low, high = (float(betaincinv(mean * size, (1 - mean) * size, u)) for u in (TAIL, 1 - TAIL))
    return Estimate(mean, sd, low, high, n, {"dist": "beta", "mean": mean, "sd": sd}, note)


def share_of_counts(yes: float, no: float, n: int, note: str = "") -> Estimate:
    """A share from counts, Jeffreys' prior added already: Beta(yes, no)."""
    total = yes + no
    mean = yes / total
    return share(mean, math.sqrt(mean * (1 - mean) / (total + 1)), n, note)


def shares(counts: Floats, note: str = "") -> list[Estimate]:
    """Shares that add up to 1, from counts [parts]: marginals of the Dirichlet posterior under Jeffreys' prior."""
    if len(counts) == 1:
        return [known(1.0, round(float(counts.sum())), note)]
    with_prior = np.asarray(counts, float) + JEFFREYS
    total = float(with_prior.sum())
    n = round(float(np.sum(counts)))
    return [share_of_counts(float(each), total - float(each), n, note) for each in with_prior]


def positive(log_centre: float, log_sd: float, n: int, note: str = "") -> Estimate:
    """A figure above 0: lognormal, by centre and standard deviation of its logarithm."""
    log_sd = min(log_sd, LOG_SD_HIGHEST)
    mean = math.exp(log_centre + log_sd**2 / 2)
    if log_sd <= 0:
        return Estimate(mean, 0.0, mean, mean, n, None, note)

    sd = mean * math.sqrt(math.expm1(log_sd**2))
    reach = z_of_interval() * log_sd
    low, high = math.exp(log_centre - reach), math.exp(log_centre + reach)
    return Estimate(mean, sd, low, high, n, {"dist": "lognormal", "mean": mean, "sd": sd}, note)


def positive_by_moments(mean: float, sd: float, n: int, note: str = "") -> Estimate:
    """A figure above 0: the lognormal belief of this mean and standard deviation."""
    variance = math.log1p((sd / mean) ** 2)
    return positive(math.log(mean) - variance / 2, math.sqrt(variance), n, note)


def rate(events: float, exposure: float, n: int, note: str = "") -> Estimate:
    """Events per unit of exposure, Poisson: the gamma posterior under Jeffreys' prior, as a lognormal belief."""
    from scipy.special import gammaincinv  # slow to import

    shape = events + JEFFREYS
    mean, sd = shape / exposure, math.sqrt(shape) / exposure
    low, high = (float(gammaincinv(shape, u)) / exposure for u in (TAIL, 1 - TAIL))
    if events == 0:  # nothing says that it ever happens
        low = 0.0
    return Estimate(mean, sd, low, high, n, {"dist": "lognormal", "mean": mean, "sd": sd}, note)


def symmetric(mean: float, sd: float, n: int, note: str = "") -> Estimate:
    """A figure of either sign: normal."""

    if sd <= 0:
        return Estimate(mean, 0.0, mean, mean, n, None, note)
    reach = z_of_interval() * sd
    return Estimate(mean, sd, mean - reach, mean + reach, n, {"dist": "normal", "mean": mean, "sd": sd}, note)


def known(value: float, n: int, note: str = "") -> Estimate:
    """A figure that is no question."""
    return Estimate(value, 0.0, value, value, n, None, note)


def z_of_interval() -> float:
    """Standard deviations from the middle of a normal belief to either end of its central interval."""
    from scipy.special import ndtri  # slow to import

    return float(ndtri(1 - TAIL))


def small_sample(degrees: float) -> float:
    """How much wider Student's interval is than the normal one: the factor for a standard deviation."""
    from scipy.special import ndtri, stdtrit  # slow to import

    return float(stdtrit(max(degrees, 2.0), 1 - TAIL) / ndtri(1 - TAIL))
