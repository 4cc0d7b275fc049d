"""What a plan must keep to: `cost_total<=3e6`, `headcount.in+headcount.out<=12`, `P(bookings>=5e6)>=0.8`."""

from __future__ import annotations

import math
import re
from collections.abc import Container, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.intervals import CONFIDENCE, estimate
from channelsim.analysis.risk import chance
from channelsim.errors import UserError, suggest

FloatArray = NDArray[np.float64]
OPTION = "--subject-to"
EXAMPLES = "'cost_total<=3e6', 'headcount.inside+headcount.outside<=12' or 'P(bookings>=5e6)>=0.8'"
CHANCE = re.compile(r"[Pp]\s*\((?P<inner>[^()]*)\)\s*(?P<outer>.*)", re.DOTALL)
COMPARED = re.compile(r"(?P<left>[^<>=]*)(?P<sign><=|>=|<|>|==|=)(?P<right>[^<>=]*)", re.DOTALL)


class Met(StrEnum):
    """Whether a constraint is kept to, as far as its interval says."""

    YES = "yes"
    """the whole interval is on the right side"""
    LIKELY = "likely"
    """the figure is, its interval is not"""
    UNLIKELY = "unlikely"
    """the figure is not, a part of its interval is"""
    NO = "no"
    """the whole interval is on the wrong side"""


@dataclass(frozen=True)
class Bound:
    """At most, or at least, so much."""

    at_most: bool
    limit: float

    def holds(self, value: float) -> bool:
        """Whether a value keeps to it."""
        return value <= self.limit if self.at_most else value >= self.limit

    def beyond(self, value: float) -> float:
        """By how much a value is on the wrong side; at most 0 on the right one."""
        return value - self.limit if self.at_most else self.limit - value


@dataclass(frozen=True)
class Judged:
    """A constraint's figure with its interval, and what that says. violation: by how much the figure is on the
    wrong side, as a share of the limit; at most 0 where it is not."""

    value: float
    ci_low: float
    ci_high: float
    met: Met
    violation: float

    @property
    def is_met(self) -> bool:
        """Whether the figure itself is on the right side."""
        return self.met in (Met.YES, Met.LIKELY)


@dataclass(frozen=True)
class Constraint:
    """A bound on the sum of some figures: on its mean over replications or, with `share`, on the share of
    replications in which the sum keeps to the bound. text: as it was written."""

    text: str
    terms: tuple[str, ...]
    bound: Bound
    share: Bound | None = None

    def judge(self, sums: FloatArray, confidence: float = CONFIDENCE) -> Judged:
        """From the sum in each replication: NaN where a figure is undefined, which no chance counts as kept. Of a
        mean the interval is Student's; of a chance it is Wilson's."""
        if self.share is None:
            found = estimate(sums, confidence)
            value, low, high, bound = found.mean, found.ci_low, found.ci_high, self.bound
            if math.isnan(low):  # one replication: nothing is known of chance
                low, high = -math.inf, math.inf
        else:
            kept = sums <= self.bound.limit if self.bound.at_most else sums >= self.bound.limit
            of = chance(kept, confidence)
            value, low, high, bound = of.share, of.ci_low, of.ci_high, self.share
        return Judged(value, low, high, _met(bound, value, low, high), _violation(bound, value))


def _met(bound: Bound, value: float, low: float, high: float) -> Met:
    if math.isnan(value):
        return Met.NO
    if bound.holds(low) and bound.holds(high):
        return Met.YES
    if not (bound.holds(low) or bound.holds(high)):
        return Met.NO
    return Met.LIKELY if bound.holds(value) else Met.UNLIKELY


def _violation(bound: Bound, value: float) -> float:
    if math.isnan(value):
        return math.inf
    return bound.beyond(value) / (abs(bound.limit) or 1.0)


def parse_constraint(text: str, known: Container[str], names: Iterable[str]) -> Constraint:
    """A constraint as people write it. known: figures that a sum may be of; names: those to suggest from.

    Raises UserError that says what is wrong and what is right.

    >>> parse_constraint("P(bookings >= 5e6) >= 0.8", {"bookings"}, ["bookings"]).share
    Bound(at_most=False, limit=0.8)
    """
    written = text.strip().replace("≤", "<=").replace("≥", ">=")
    of_chance = CHANCE.fullmatch(written)
    if of_chance is None:
        left, bound = _compared(text, written)
        return Constraint(text.strip(), _terms(text, left, known, names), bound)
    left, inner = _compared(text, of_chance["inner"])
    nothing, outer = _compared(text, of_chance["outer"])
    if nothing:
        _refuse(text, f"'{nothing}' after P(...); write one figure and its share, such as P(bookings>=5e6)>=0.8")
    if not 0 <= outer.limit <= 1:
        _refuse(text, f"{outer.limit:g} for a share of replications; it must be from 0 to 1, such as 0.8")
    return Constraint(text.strip(), _terms(text, left, known, names), inner, outer)


def _compared(text: str, written: str) -> tuple[str, Bound]:
    """What stands left of <= or >=, and the bound."""
    found = COMPARED.fullmatch(written.strip())
    if found is None:
        what = "nothing to compare" if not re.search("[<>=]", written) else "more than one comparison"
        _refuse(
            text, f"{what} in '{written.strip()}'; write FIGURES<=NUMBER or FIGURES>=NUMBER, such as {EXAMPLES}"
        )
    sign, right = found["sign"], found["right"].strip()
    if sign not in ("<=", ">="):
        _refuse(text, f"'{sign}'; write <= for at most, >= for at least, such as {EXAMPLES}")
    try:
        limit = float(right)
    except ValueError:
        limit = math.nan
    if not math.isfinite(limit):
        _refuse(text, f"'{right}' right of {sign} is not a number; write for example 3e6 or 0.8")
    return found["left"].strip(), Bound(sign == "<=", limit)


def _terms(text: str, left: str, known: Container[str], names: Iterable[str]) -> tuple[str, ...]:
    terms = tuple(part.strip() for part in left.split("+"))
    for term in terms:
        if not term:
            _refuse(text, f"a figure is missing left of the comparison; write for example {EXAMPLES}")
        if term not in known:
            _refuse(text, f"no metric and no decision named '{term}'; {suggest(term, names)}")
    return terms


def _refuse(text: str, message: str) -> NoReturn:
    raise UserError(f"{OPTION} {text.strip() or repr('')}: {message}")
