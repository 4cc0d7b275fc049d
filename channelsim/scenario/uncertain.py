"""Numbers that nobody knows: `{uncertain: {dist: normal, mean: 0.45, sd: 0.03}}` in place of a number.

What is believed about each is drawn once per replication, the same for all strategies, so that results tell luck
from ignorance. A scenario is checked at the middle of its beliefs and at both of their ends.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, TypeAdapter, ValidationError, model_validator

from channelsim.errors import Problem, suggest
from channelsim.scenario.base import Record
from channelsim.scenario.tree import Path, Tree, dotted

MARK = "uncertain"
LOWEST, HIGHEST = 0.001, 0.999
"""Beliefs are cut off here: what lies beyond is drawn as these."""


class Normal(Record):
    """Symmetric about `mean`, with standard deviation `sd`."""

    dist: Literal["normal"]
    mean: float
    sd: Annotated[float, Field(ge=0)]

    def quantile(self, u: float) -> float:
        """The value below which the share `u` of the belief lies."""
        return NormalDist(self.mean, self.sd).inv_cdf(u) if self.sd > 0 else self.mean


class Range(Record):
    """Anything from `low` to `high`, equally likely."""

    dist: Literal["uniform"]
    low: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} and high {self.high:g}; low must not be above high")
        return self

    def quantile(self, u: float) -> float:
        """The value below which the share `u` of the belief lies."""
        return self.low + (self.high - self.low) * u


class Guess(Record):
    """Between `low` and `high`, most likely near `mode`, with straight sides."""

    dist: Literal["triangular"]
    low: float
    mode: float
    high: float

    @model_validator(mode="after")
    def _ordered(self) -> Guess:
        if not self.low <= self.mode <= self.high:
            raise ValueError(
                f"low {self.low:g}, mode {self.mode:g} and high {self.high:g}; they must rise in this order"
            )
        return self

    def quantile(self, u: float) -> float:
        """The value below which the share `u` of the belief lies."""
        width = self.high - self.low
        if u * width < self.mode - self.low:
            return self.low + math.sqrt(u * width * (self.mode - self.low))
        return self.high - math.sqrt((1.0 - u) * width * (self.high - self.mode))


class SkewedRight(Record):
    """Above 0 with a long right tail, by `mean` and `sd`."""

    dist: Literal["lognormal"]
    mean: Annotated[float, Field(gt=0)]
    sd: Annotated[float, Field(gt=0)]

    def quantile(self, u: float) -> float:
        """The value below which the share `u` of the belief lies."""
        variance = math.log1p((self.sd / self.mean) ** 2)
        mu = math.log(self.mean) - variance / 2
        return math.exp(NormalDist(mu, math.sqrt(variance)).inv_cdf(u))


class ShareBelief(Record):
    """A share between 0 and 1, by `mean` and `sd`, as 30 wins of 100 would leave one believing."""

    dist: Literal["beta"]
    mean: Annotated[float, Field(gt=0, lt=1)]
    sd: Annotated[float, Field(gt=0)]

    @model_validator(mode="after")
    def _possible(self) -> ShareBelief:
        if self.sd**2 >= self.mean * (1 - self.mean):
            most = math.sqrt(self.mean * (1 - self.mean))
            raise ValueError(f"sd {self.sd:g}; a share of mean {self.mean:g} has less than {most:.4g}")
        return self

    def quantile(self, u: float) -> float:
        """The value below which the share `u` of the belief lies."""
        from scipy.special import betaincinv  # slow to import

        size = self.mean * (1 - self.mean) / self.sd**2 - 1
        return float(betaincinv(self.mean * size, (1 - self.mean) * size, u))


Belief = Annotated[
    Annotated[Normal, Tag("normal")]
    | Annotated[Range, Tag("uniform")]
    | Annotated[Guess, Tag("triangular")]
    | Annotated[SkewedRight, Tag("lognormal")]
    | Annotated[ShareBelief, Tag("beta")],
    Discriminator(lambda value: value.get("dist") if isinstance(value, dict) else getattr(value, "dist", None)),
]
BELIEFS = ("normal", "uniform", "triangular", "lognormal", "beta")
_BELIEF: TypeAdapter[Any] = TypeAdapter(Belief)


def belief_schema() -> dict[str, Any]:
    """The JSON Schema of a distribution of belief."""
    return _BELIEF.json_schema()


@dataclass(frozen=True)
class Uncertain:
    """What is believed about the number at a path."""

    at: Path
    belief: Normal | Range | Guess | SkewedRight | ShareBelief

    @property
    def path(self) -> str:
        """The dotted path."""
        return dotted(self.at)

    def value(self, u: float) -> float:
        """The number at a uniform draw."""
        return self.belief.quantile(min(max(u, LOWEST), HIGHEST))


def beliefs_in(tree: Tree) -> tuple[list[Uncertain], list[Problem]]:
    """Every uncertain number of a tree, in its order, and what is wrong with how they are written."""
    found: list[Uncertain] = []
    problems: list[Problem] = []
    for at, written in _marked(tree.data, ()):
        if set(written) != {MARK}:
            others = ", ".join(str(key) for key in written if key != MARK)
            problems.append(tree.value_place(at).problem(at, f"{others} beside {MARK}; it must stand alone"))
            continue
        inner = (*at, MARK)
        try:
            found.append(Uncertain(at, _BELIEF.validate_python(written[MARK])))
        except ValidationError as error:
            problems.append(tree.value_place(inner).problem(inner, _what_is_wrong(written[MARK], error)))
    return found, problems


def at_draws(tree: Tree, uncertain: Sequence[Uncertain], u: float) -> Tree:
    """The tree with a number in the place of each belief: its value at the uniform `u`."""
    data = tree.data
    for each in uncertain:
        data = with_value(data, each.at, each.value(u))
    return Tree(tree.file, data, tree.keys, tree.values, tree.problems)


def with_value(data: Any, at: Path, value: Any) -> Any:
    """A copy of plain data, or of records, with a value at a path, sharing all that did not change."""
    if not at:
        return value
    first = at[0]
    if isinstance(data, Record):
        inner = with_value(getattr(data, str(first)), at[1:], value)
        return data.model_copy(update={str(first): inner})
    changed = with_value(data[first], at[1:], value)
    if isinstance(data, list):
        return [changed if index == first else item for index, item in enumerate(data)]
    return {**data, first: changed}


def _marked(data: Any, at: Path) -> Iterator[tuple[Path, dict[Any, Any]]]:
    if isinstance(data, dict):
        if MARK in data:
            yield at, data
            return
        for key, value in data.items():
            if at or key != "strategies":  # a strategy's are found where it puts them
                yield from _marked(value, (*at, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from _marked(value, (*at, index))


def _what_is_wrong(written: Any, error: ValidationError) -> str:
    example = "write {uncertain: {dist: normal, mean: 0.45, sd: 0.03}}"
    if not isinstance(written, dict) or not isinstance(written.get("dist"), str):
        return f"no distribution of belief; {example}"
    if written["dist"] not in BELIEFS:
        return f"no distribution of belief named '{written['dist']}'; {suggest(written['dist'], BELIEFS)}"
    first = error.errors(include_url=False)[0]
    name = first["loc"][-1]
    words: dict[str, Callable[[], str]] = {
        "missing": lambda: f"no {name}; it must be given",
        "extra_forbidden": lambda: f"unknown field '{name}'",
        "value_error": lambda: str(first["ctx"]["error"]),
    }
    return words.get(first["type"], lambda: f"{name}: {first['msg'].lower()}")()
