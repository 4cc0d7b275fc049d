"""Numbers as people read them: three digits that count, a unit, and a dash for what never happened.

The minus is a plain hyphen, so that what is printed can be pasted into a spreadsheet.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Protocol, TypeGuard

from channelsim.finance.definitions import Unit

UNDEFINED = "–"
SYMBOLS = {
    "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "INR": "₹", "KRW": "₩",
    "AUD": "A$", "CAD": "C$", "NZD": "NZ$", "HKD": "HK$", "SGD": "S$", "BRL": "R$",
}  # fmt: skip
"""Currencies known by a sign of their own; any other is written with its code: CHF 1.2M."""

SIGNIFICANT = 3
SPREAD_SIGNIFICANT = 2
STEPS_IN_AN_INTERVAL = 4
"""An interval is written finely enough that it is at least this many units of its last digit wide."""
NEGLIGIBLE = 1e-6
"""A width this small beside the numbers themselves is the arithmetic's, not the world's."""
FINEST_DECIMALS = 6
MONEY_SCALES = ((1e9, "B"), (1e6, "M"), (1e3, "k"))
WHOLE_MONEY_BELOW = 10_000
CENTS = 2
DECIMALS = {
    Unit.COUNT: 1, Unit.SHARE: 1, Unit.RATIO: 2, Unit.HOURS: 1, Unit.DAYS: 1, Unit.MONTHS: 1, Unit.PEOPLE: 1,
}  # fmt: skip
"""Most decimals; a number of which these would leave but one digit gets one more."""
AFTER = {Unit.SHARE: "%", Unit.HOURS: " h", Unit.DAYS: " d", Unit.MONTHS: " months"}
POINTS = " pp"  # a difference of two shares is in percentage points: "+2%" could be read as "2% more"
FIXED = (Unit.SHARE, Unit.RATIO)
"""Units that keep zeros at the end: 23.0% beside 23.4%."""


class Known(Protocol):
    """A figure with its interval, however they were got."""

    @property
    def mean(self) -> float: ...
    @property
    def ci_low(self) -> float: ...
    @property
    def ci_high(self) -> float: ...


@dataclass(frozen=True)
class _Notation:
    """How a number is written: divided by a scale, with so many decimals, between a prefix and a suffix."""

    before: str = ""
    after: str = ""
    scale: float = 1.0
    decimals: int = 0

    def write(self, value: float, *, signed: bool = False) -> str:
        digits = f"{abs(value) / self.scale:,.{self.decimals}f}"
        if not digits.strip("0.,"):  # rounds to nothing: neither a sign nor a scale
            return f"{self.before}0{self.after.lstrip('kMB')}"
        sign = "-" if value < 0 else "+" if signed else ""
        return f"{sign}{self.before}{digits}{self.after}"

    def is_exact(self, value: float) -> bool:
        shown = value / self.scale
        return math.isclose(shown, round(shown, self.decimals), rel_tol=1e-9, abs_tol=1e-9)


def money(value: float | None, currency: str, compact: bool = True) -> str:
    """An amount: "$1.24M", "-$320k", "$9,400", "CHF 1.2M"; in full ("$1,240,312") if not compact."""
    if not compact and _is_defined(value):
        return _Notation(_symbol(currency)).write(value)
    return number(value, Unit.MONEY, currency)


def number(value: float | None, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """A figure with its unit: "23.4%", "6.5 h", "43 d", "11.2 months", "1,240", "$1.24M".

    signed: for a difference: "+$310k", "-2.1 pp".
    """
    if not _is_defined(value):
        return UNDEFINED
    notation = _notation([value], unit, currency, SIGNIFICANT, signed)
    if unit not in FIXED:
        notation = _shortest(notation, [value], unit)
    text = notation.write(value, signed=signed)
    return text.removesuffix("s") if text.lstrip("+-") == "1 months" else text


def spread(value: float | None, unit: Unit, currency: str) -> str:
    """Half the width of an interval, what stands after ±: two digits that count, shares in points."""
    if not _is_defined(value):
        return UNDEFINED
    notation = _notation([value], unit, currency, SPREAD_SIGNIFICANT, signed=True)
    return _shortest(notation, [value], unit).write(value)


def mean_and_spread(estimate: Known, unit: Unit, currency: str, *, signed: bool = False) -> tuple[str, str]:
    """A mean and half the width of its interval; of money in one scale: "$3k" and "$209k"."""
    mean, half = estimate.mean, estimate.ci_high - estimate.mean
    if unit is Unit.MONEY and _is_defined(half):
        notation = _money_notation(max(abs(mean), half), currency, SIGNIFICANT)
        if notation.scale > 1:
            return notation.write(mean, signed=signed), notation.write(half)
    return number(mean, unit, currency, signed=signed), spread(half, unit, currency)


def interval(estimate: Known, unit: Unit, currency: str, *, signed: bool = False) -> str:
    """The ends of a mean's interval, in step with each other: "$1.24M to $1.40M"."""
    return mean_and_interval(estimate, unit, currency, signed=signed)[1]


def mean_and_interval(estimate: Known, unit: Unit, currency: str, *, signed: bool = False) -> tuple[str, str]:
    """A mean and its interval with the same scale and decimals, fine enough to tell the ends apart."""
    mean, low, high = estimate.mean, estimate.ci_low, estimate.ci_high
    if not (_is_defined(low) and _is_defined(high)):
        return number(mean, unit, currency, signed=signed), UNDEFINED
    notation = _notation([mean, low, high], unit, currency, SIGNIFICANT, signed)
    if high - low > NEGLIGIBLE * max(abs(low), abs(high)):
        notation = _finer(notation, (high - low) / STEPS_IN_AN_INTERVAL, unit)
    at_mean, at_low, at_high = (notation.write(value, signed=signed) for value in (mean, low, high))
    return at_mean, f"{at_low} to {at_high}"


def in_step(values: Sequence[float], unit: Unit, currency: str, *, signed: bool = False) -> list[str]:
    """Numbers that stand beside each other, as on an axis: one scale, and no more decimals than tell them apart."""
    defined = [value for value in values if _is_defined(value)]
    if not defined:
        return [UNDEFINED for _ in values]
    places = sorted(set(defined))
    gaps = [b - a for a, b in pairwise(places) if b - a > NEGLIGIBLE * max(abs(a), abs(b))]
    notation = _finer(_notation(defined, unit, currency, SIGNIFICANT, signed), min(gaps, default=math.inf), unit)
    notation = _shortest(notation, defined, unit)
    return [notation.write(value, signed=signed) if _is_defined(value) else UNDEFINED for value in values]


def _is_defined(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _symbol(currency: str) -> str:
    return SYMBOLS.get(currency, f"{currency} " if currency else "")


def _notation(values: Iterable[float], unit: Unit, currency: str, significant: int, signed: bool) -> _Notation:
    """The notation for the largest of some numbers."""
    largest = max(abs(value) for value in values)
    if unit is Unit.MONEY:
        return _money_notation(largest, currency, significant)
    scale = 0.01 if unit is Unit.SHARE else 1.0
    after = POINTS if unit is Unit.SHARE and signed else AFTER.get(unit, "")
    shown = largest / scale
    most = DECIMALS[unit] + (shown < 10.0 ** (1 - DECIMALS[unit]))
    return _Notation("", after, scale, min(most, _decimals_for(shown, significant)))


def _money_notation(largest: float, currency: str, significant: int) -> _Notation:
    before = _symbol(currency)
    if round(largest) < WHOLE_MONEY_BELOW:
        return _Notation(before, decimals=CENTS if _decimals_for(largest, significant) else 0)
    # As it will be rounded: 999,950 is $1M, not $1,000k.
    rounded = float(f"{largest:.{significant - 1}e}")
    scale, suffix = next((scale, suffix) for scale, suffix in MONEY_SCALES if rounded >= scale)
    return _Notation(before, suffix, scale, _decimals_for(rounded / scale, significant))


def _decimals_for(value: float, significant: int) -> int:
    if value == 0:
        return 0
    magnitude = math.floor(math.log10(float(f"{value:.{significant - 1}e}")))
    return max(0, significant - 1 - magnitude)


def _finer(notation: _Notation, step: float, unit: Unit) -> _Notation:
    """With enough decimals to show a step of this size."""
    if not 0 < step < math.inf:
        return notation
    needed = max(0, -math.floor(math.log10(step / notation.scale)))
    if needed <= notation.decimals:
        return notation
    if unit is Unit.MONEY and notation.scale == 1:
        return replace(notation, decimals=CENTS)
    return replace(notation, decimals=min(needed, FINEST_DECIMALS))


def _shortest(notation: _Notation, values: Sequence[float], unit: Unit) -> _Notation:
    """Without decimals that are exactly zero in every number: 1.2M for 1,200,000, but 1.20M for 1,203,000."""
    fewer = (0,) if unit is Unit.MONEY and notation.scale == 1 else range(notation.decimals)
    for decimals in fewer:
        shorter = replace(notation, decimals=decimals)
        if all(shorter.is_exact(value) for value in values):
            return shorter
    return notation
