"""How many replications are enough: until a question is answered, with the error of looking repeatedly paid for."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import compare, differences, pairs_of
from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import CONFIDENCE, Estimate, estimate
from channelsim.analysis.sequential import REFERENCE, look_confidences, looks

FloatArray = NDArray[np.float64]
MOST_REPLICATIONS = 3_200
PRECISION = 0.02


class Until(StrEnum):
    """What is waited for."""

    SETTLED = "settled"
    """the best strategy beats every other one, or falls short of none by more than a difference that matters"""
    PRECISE = "precise"
    """every difference from the baseline is known to the precision"""


class Reason(StrEnum):
    """Why no more replications were made."""

    SETTLED = "settled"
    CLOSE = "close"
    PRECISE = "precise"
    MOST = "most"
    TIME = "time"


@dataclass(frozen=True)
class Rule:
    """When to stop. precision: half the width of an interval, as a share of the baseline's mean. most:
    replications. indifference: what does not matter, in the decision metric's unit; None: the precision. seconds:
    looked at after each batch; None: no limit."""

    until: Until = Until.SETTLED
    precision: float = PRECISION
    most: int = MOST_REPLICATIONS
    indifference: float | None = None
    seconds: float | None = None


@dataclass(frozen=True)
class Stopping:
    """How a run of `replications: auto` ended. counts: replications at each look that was planned; look: the last
    one made, from 0."""

    rule: Rule
    counts: tuple[int, ...]
    look: int
    reason: Reason

    @property
    def looked_at(self) -> tuple[int, ...]:
        """Replications at the looks that were made."""
        return self.counts[: self.look + 1]

    def confidence(self, comparisons: int) -> float:
        """What each interval at this look needs for so many comparisons to hold, at all looks, with 95%."""
        return confidence_at(self.counts, self.look, comparisons)

    def sentence(self) -> str:
        """Why the run has as many replications as it has."""
        count = f"{self.counts[self.look]:,} replications"
        percent = f"{100 * self.rule.precision:g}%"
        matters = f"is below {percent} of the baseline's mean"
        if self.rule.indifference is not None:
            matters = "is less than what was called indifferent"
        why = {
            Reason.SETTLED: f"Stopped after {count}, for the best strategy was settled",
            Reason.CLOSE: f"Stopped after {count}, for what is open {matters}",
            Reason.PRECISE: f"Stopped after {count}, for intervals are within {percent} of the baseline's mean",
            Reason.MOST: f"Stopped after {count}, the most that were allowed",
            Reason.TIME: f"Stopped after {count}, for the time was up",
        }[self.reason]
        return f"{why}; intervals allow for looking after {_in_a_row(self.looked_at)}: {REFERENCE}."

    @staticmethod
    def from_dict(kept: Mapping[str, Any]) -> Stopping:
        """From what `as_dict` gave."""
        rule = Rule(Until(kept["until"]), kept["precision"], kept["most"], kept["indifference"])
        return Stopping(rule, planned(rule), len(kept["looks"]) - 1, Reason(kept["reason"]))

    def as_dict(self) -> dict[str, Any]:
        """For manifests and programs."""
        return {
            "until": str(self.rule.until),
            "precision": self.rule.precision,
            "indifference": self.rule.indifference,
            "most": self.rule.most,
            "looks": list(self.looked_at),
            "reason": str(self.reason),
        }


def planned(rule: Rule) -> tuple[int, ...]:
    """Replications at each look."""
    return looks(rule.most)


def confidence_at(counts: tuple[int, ...], look: int, comparisons: int) -> float:
    """See Stopping.confidence."""
    return look_confidences(counts, (1 - CONFIDENCE) / max(1, comparisons))[look]


def answered(
    rule: Rule,
    counts: tuple[int, ...],
    look: int,
    metric: str,
    values: Mapping[str, FloatArray],
    baseline: str,
    controls: Controls | None = None,
) -> Reason | None:
    """Whether the question is answered at a look; None: go on. values: strategy -> one a replication so far.
    controls: of these replications."""
    own = estimate(values[baseline], controls=controls)
    tolerated = rule.precision * abs(own.mean)
    if len(values) == 1:
        alone = estimate(values[baseline], confidence_at(counts, look, 1), controls)
        return Reason.PRECISE if _half_width(alone) <= tolerated else None
    if rule.until is Until.PRECISE:
        apart = differences(values, baseline, confidence_at(counts, look, len(values) - 1), controls)
        return Reason.PRECISE if all(_half_width(each) <= tolerated for each in apart.values()) else None
    found = compare(metric, values, confidence_at(counts, look, pairs_of(len(values))), controls)
    if not found.leads:
        return None
    if found.is_settled:
        return Reason.SETTLED
    matters = tolerated if rule.indifference is None else rule.indifference
    return Reason.CLOSE if found.shortfall <= matters else None


def _in_a_row(counts: tuple[int, ...]) -> str:
    *first, last = (f"{count:,}" for count in counts)
    return f"{', '.join(first)} and {last}" if first else last


def _half_width(each: Estimate) -> float:
    half = each.ci_high - each.mean
    return math.inf if math.isnan(half) else half
