"""Distributions as people write them: by mean and spread where that is how they are known.

A field that takes a distribution also takes a plain number, which means: always exactly this.
"""

from __future__ import annotations

import math
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, model_validator

from channelsim.scenario.base import NonNegative, Positive, Record


class Constant(Record):
    """Always the same value."""

    dist: Literal["constant"]
    value: NonNegative


class Uniform(Record):
    """Anything from `low` to `high`, equally likely."""

    dist: Literal["uniform"]
    low: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Uniform:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} and high {self.high:g}; low must not be above high")
        return self


class Triangular(Record):
    """Between `low` and `high`, most likely near `mode`, with straight sides."""

    dist: Literal["triangular"]
    low: NonNegative
    mode: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Triangular:
        _require_low_mode_high(self.low, self.mode, self.high)
        return self


class Pert(Record):
    """Like triangular with a smooth hump: the beta distribution of PERT, mean (low + 4 mode + high) / 6."""

    dist: Literal["pert"]
    low: NonNegative
    mode: NonNegative
    high: NonNegative

    @model_validator(mode="after")
    def _ordered(self) -> Pert:
        _require_low_mode_high(self.low, self.mode, self.high)
        return self


class Exponential(Record):
    """Memoryless, with this mean."""

    dist: Literal["exponential"]
    mean: Positive


class Lognormal(Record):
    """A long right tail. Centre: `mean` or `median`, one of them. Spread: `cv`, the standard deviation
    divided by the mean."""

    dist: Literal["lognormal"]
    mean: Positive | None = None
    median: Positive | None = None
    cv: Positive

    @model_validator(mode="after")
    def _one_centre(self) -> Lognormal:
        if (self.mean is None) == (self.median is None):
            given = "neither mean nor median" if self.mean is None else "both mean and median"
            raise ValueError(f"{given}; a lognormal needs exactly one of them")
        return self


class Gamma(Record):
    """Right-skewed with a lighter tail than lognormal, by `mean` and `cv`."""

    dist: Literal["gamma"]
    mean: Positive
    cv: Annotated[float, Field(ge=0.05, le=10)]


class Weibull(Record):
    """Right-skewed; with `cv` 1 it is exponential. By `mean` and `cv`."""

    dist: Literal["weibull"]
    mean: Positive
    cv: Annotated[float, Field(ge=0.05, le=10)]


class Empirical(Record):
    """One of the `values`, each as likely as its weight (equally likely if no weights are given)."""

    dist: Literal["empirical"]
    values: Annotated[list[NonNegative], Field(min_length=1)]
    weights: list[NonNegative] | None = None

    @model_validator(mode="after")
    def _weights_fit(self) -> Empirical:
        if self.weights is not None:
            if len(self.weights) != len(self.values):
                raise ValueError(f"{len(self.weights)} weights for {len(self.values)} values; must be one for each")
            if sum(self.weights) <= 0:
                raise ValueError("the weights add up to 0; at least one must be above 0")
        return self


def mean_of(distribution: Distribution) -> float:
    """The mean of a distribution, or the number that stands in its place."""
    match distribution:
        case Constant():
            return distribution.value
        case Uniform():
            return (distribution.low + distribution.high) / 2
        case Triangular():
            return (distribution.low + distribution.mode + distribution.high) / 3
        case Pert():
            return (distribution.low + 4 * distribution.mode + distribution.high) / 6
        case Lognormal():
            if distribution.mean is not None:
                return distribution.mean
            assert distribution.median is not None
            return float(distribution.median * math.sqrt(1 + distribution.cv**2))
        case Exponential() | Gamma() | Weibull():
            return distribution.mean
        case Empirical():
            weights = distribution.weights or [1.0] * len(distribution.values)
            return sum(w * v for w, v in zip(weights, distribution.values, strict=True)) / sum(weights)
        case _:
            return distribution


def _require_low_mode_high(low: float, mode: float, high: float) -> None:
    if not low <= mode <= high:
        raise ValueError(f"low {low:g}, mode {mode:g} and high {high:g}; they must rise in this order")


DISTRIBUTIONS = (
    Constant, Uniform, Triangular, Pert, Exponential, Lognormal, Gamma, Weibull, Empirical,
)  # fmt: skip
DISTRIBUTION_NAMES = tuple(str(cls.model_fields["dist"].annotation.__args__[0]) for cls in DISTRIBUTIONS)  # type: ignore[union-attr]


def _kind(value: Any) -> str | None:
    if isinstance(value, dict):
        name = value.get("dist")
        return name if isinstance(name, str) else None
    if isinstance(value, Record):
        return str(value.dist)  # type: ignore[attr-defined]
    return "number"


Distribution = Annotated[
    Annotated[NonNegative, Tag("number")]
    | Annotated[Constant, Tag("constant")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Triangular, Tag("triangular")]
    | Annotated[Pert, Tag("pert")]
    | Annotated[Exponential, Tag("exponential")]
    | Annotated[Lognormal, Tag("lognormal")]
    | Annotated[Gamma, Tag("gamma")]
    | Annotated[Weibull, Tag("weibull")]
    | Annotated[Empirical, Tag("empirical")],
    Discriminator(_kind),
]
"""A number, or one of the distributions above."""
