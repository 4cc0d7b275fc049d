"""Sampling by inverse transform: the value of a distribution at a uniform draw, always rising with the draw."""

from __future__ import annotations

import math
from typing import Any

from channelsim.program.arrays import LOGIT_LIMIT
from channelsim.program.codes import DistKind

CONSTANT = int(DistKind.CONSTANT)
UNIFORM = int(DistKind.UNIFORM)
TRIANGULAR = int(DistKind.TRIANGULAR)
EXPONENTIAL = int(DistKind.EXPONENTIAL)
LOGNORMAL = int(DistKind.LOGNORMAL)
WEIBULL = int(DistKind.WEIBULL)
TABLE = int(DistKind.TABLE)


def quantile(program: Any, dist: int, u: float) -> float:
    """The value below which the share `u` of the distribution lies."""
    kind = program.dist_kind[dist]
    a = program.dist_a[dist]
    if kind == CONSTANT:
        return a
    b = program.dist_b[dist]
    if kind == EXPONENTIAL:
        return -a * math.log1p(-u)
    if kind == LOGNORMAL:
        return math.exp(a + b * normal_quantile(u))
    if kind == WEIBULL:
        return a * (-math.log1p(-u)) ** b
    if kind == UNIFORM:
        return a + (b - a) * u
    if kind == TRIANGULAR:
        return triangular_quantile(a, b, program.dist_c[dist], u)
    if kind == TABLE:
        return tabulated_quantile(program, dist, u)
    return empirical_quantile(program, dist, u)


def triangular_quantile(low: float, mode: float, high: float, u: float) -> float:
    """Closed form: a square root on either side of the mode."""
    width = high - low
    if width == 0.0:
        return low
    if u * width < mode - low:
        return low + math.sqrt(u * width * (mode - low))
    return high - math.sqrt((1.0 - u) * width * (high - mode))


def tabulated_quantile(program: Any, dist: int, u: float) -> float:
    """Linear between the tabulated quantiles, which stand at equal steps of logit(u)."""
    first = program.dist_first[dist]
    intervals = program.dist_length[dist] - 1
    position = (math.log(u) - math.log1p(-u) + LOGIT_LIMIT) * (intervals / (2.0 * LOGIT_LIMIT))
    if position <= 0.0:
        return program.table_x[first]
    if position >= intervals:
        return program.table_x[first + intervals]
    below = int(position)
    left = program.table_x[first + below]
    return left + (position - below) * (program.table_x[first + below + 1] - left)


def empirical_quantile(program: Any, dist: int, u: float) -> float:
    """The first value whose cumulative weight exceeds `u`."""
    low = program.dist_first[dist]
    high = low + program.dist_length[dist] - 1
    while low < high:
        middle = (low + high) // 2
        if program.table_u[middle] > u:
            high = middle
        else:
            low = middle + 1
    return program.table_x[low]


def normal_quantile(u: float) -> float:
    """The standard normal quantile, to about 16 digits: algorithm AS 241 (PPND16), M. J. Wichura,
    Applied Statistics 37, 1988."""
    q = u - 0.5
    if abs(q) <= 0.425:
        r = 0.180625 - q * q
        return (
            q
            * (((((((2509.0809287301226727 * r + 33430.575583588128105) * r + 67265.770927008700853) * r
                   + 45921.953931549871457) * r + 13731.693765509461125) * r + 1971.5909503065514427) * r
                + 133.14166789178437745) * r + 3.387132872796366608)
            / (((((((5226.495278852545925 * r + 28729.085735721942674) * r + 39307.89580009271061) * r
                   + 21213.794301586595867) * r + 5394.1960214247511077) * r + 687.1870074920579083) * r
                + 42.313330701600911252) * r + 1.0)
        )  # fmt: skip
    r = math.sqrt(-math.log(u if q < 0.0 else 1.0 - u))
    if r <= 5.0:
        r -= 1.6
        z = (
            (((((((7.7454501427834140764e-4 * r + 0.0227238449892691845833) * r + 0.24178072517745061177) * r
                 + 1.27045825245236838258) * r + 3.64784832476320460504) * r + 5.7694972214606914055) * r
              + 4.6303378461565452959) * r + 1.42343711074968357734)
            / (((((((1.05075007164441684324e-9 * r + 5.475938084995344946e-4) * r + 0.0151986665636164571966) * r
                   + 0.14810397642748007459) * r + 0.68976733498510000455) * r + 1.6763848301838038494) * r
                + 2.05319162663775882187) * r + 1.0)
        )  # fmt: skip
    else:
        r -= 5.0
        z = (
            (((((((2.01033439929228813265e-7 * r + 2.71155556874348757815e-5) * r + 0.0012426609473880784386) * r
                 + 0.026532189526576123093) * r + 0.29656057182850489123) * r + 1.7848265399172913358) * r
              + 5.4637849111641143699) * r + 6.6579046435011037772)
            / (((((((2.04426310338993978564e-15 * r + 1.4215117583164458887e-7) * r + 1.8463183175100546818e-5) * r
                   + 7.868691311456132591e-4) * r + 0.0148753612908506148525) * r + 0.13692988092273580531) * r
                + 0.59983220655588793769) * r + 1.0)
        )  # fmt: skip
    return -z if q < 0.0 else z
