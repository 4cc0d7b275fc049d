"""Numbers of a scenario that may be other than the file says: declared ranges, beliefs, or what is varied unasked.

Each stands for an axis of the unit cube: its *share*, 0 to 1, says how far along the way from the lowest to the
highest value it is, or at which quantile of a belief.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from channelsim.errors import Problem, ScenarioError, UserError
from channelsim.scenario.load import Study, load
from channelsim.scenario.overrides import Override, apply, parse_assignment, plain_tree
from channelsim.scenario.schema import IMPLICIT_STRATEGY
from channelsim.scenario.tree import Place, Tree
from channelsim.scenario.uncertain import Uncertain
from channelsim.scenario.vary import VARY, Range, overrides_at, parse_range

LOW, HIGH = 0.05, 0.95
"""Shares of a belief that count as its ends."""
MIDDLE = 0.5
AS_THE_FILE_SAYS = math.nan
"""In place of a share: leave the parameter alone."""
Change = tuple[str, Any]
"""A dotted path and the value to put there."""


class Parameter(Protocol):
    """One axis of the unit cube."""

    @property
    def name(self) -> str:
        """What people call it."""

    @property
    def is_belief(self) -> bool:
        """Whether the file itself says that nobody knows it."""

    @property
    def base(self) -> float:
        """The share at which it is what the file says, or AS_THE_FILE_SAYS where no share is known to be that."""

    @property
    def ends(self) -> tuple[float, float]:
        """The shares that count as low and high."""

    def value(self, share: float) -> float:
        """The number at a share; a factor where that is what varies."""

    def label(self, value: float) -> str:
        """A value as people write it."""

    def changes(self, share: float) -> list[Change]:
        """What to override, so that it is at a share; nothing for AS_THE_FILE_SAYS."""


@dataclass(frozen=True)
class Declared:
    """What `--vary PATH=LOW:HIGH` declares: anything in between is equally likely. tree: the file, with `--set`."""

    range: Range
    tree: Tree
    is_belief = False
    base = AS_THE_FILE_SAYS
    ends = (0.0, 1.0)

    @property
    def name(self) -> str:
        """The path."""
        return self.range.path

    def value(self, share: float) -> float:
        """The number at a share."""
        return self.range.at(share)

    def label(self, value: float) -> str:
        """A number, or x and a factor."""
        return f"{'x' if self.range.multiplies else ''}{in_few_digits(value)}"

    def changes(self, share: float) -> list[Change]:
        """The value at every path that the pattern stands for."""
        if math.isnan(share):
            return []
        found = overrides_at(self.tree, self.range.path, self.value(share), multiplies=self.range.multiplies)
        return [(each.path, each.value.data) for each in found]


@dataclass(frozen=True)
class Believed:
    """A number that nobody knows. by_strategy: what each strategy that has it believes; all are at the same
    quantile."""

    path: str
    by_strategy: Mapping[str, Uncertain]
    is_belief = True
    base = MIDDLE
    ends = (LOW, HIGH)

    @property
    def name(self) -> str:
        """The path."""
        return self.path

    def value(self, share: float) -> float:
        """The first strategy's quantile."""
        return next(iter(self.by_strategy.values())).value(share)

    def label(self, value: float) -> str:
        """A number."""
        return in_few_digits(value)

    def changes(self, share: float) -> list[Change]:
        """The quantile in each strategy that has the number."""
        return [(within(strategy, self.path), belief.value(share)) for strategy, belief in self.by_strategy.items()]


@dataclass(frozen=True)
class Scaled:
    """Numbers that are multiplied together. values: path -> what stands there, each strategy's own. low, high:
    factors, 1 between them."""

    name: str
    values: Mapping[str, Any]
    low: float
    high: float
    is_belief = False
    ends = (0.0, 1.0)

    @property
    def base(self) -> float:
        """Where the factor is 1."""
        return (1.0 - self.low) / (self.high - self.low)

    def value(self, share: float) -> float:
        """The factor at a share."""
        return float(f"{self.low + share * (self.high - self.low):.12g}")

    @cached_property
    def _common(self) -> float | None:
        """The one number that is multiplied, in one place or several; None if there are others."""
        first = next(iter(self.values.values()))
        is_one_field = len({path.rpartition(".")[2] for path in self.values}) == 1
        is_one_value = isinstance(first, int | float) and all(each == first for each in self.values.values())
        return first if is_one_field and is_one_value else None

    def label(self, value: float) -> str:
        """The number that a factor makes, or x and the factor where several numbers are multiplied."""
        return f"x{in_few_digits(value)}" if self._common is None else in_few_digits(self._common * value)

    def changes(self, share: float) -> list[Change]:
        """All numbers times the factor; nothing where that is 1."""
        factor = self.value(share)
        return [] if factor == 1.0 else [(path, times(value, factor)) for path, value in self.values.items()]


LOCATION = ("value", "low", "mode", "high", "mean", "median", "values")
"""What of a distribution is multiplied when all that it draws is."""


def times(value: Any, factor: float) -> Any:
    """A number, numbers by segment, or a distribution, with all that it draws multiplied."""
    if isinstance(value, Mapping):
        is_distribution = "dist" in value
        return {
            key: times(each, factor) if not is_distribution or key in LOCATION else each
            for key, each in value.items()
            if each is not None
        }
    if isinstance(value, list):
        return [times(each, factor) for each in value]
    return float(f"{value * factor:.12g}")


def within(strategy: str, path: str) -> str:
    """A path of one strategy alone."""
    return path if strategy == IMPLICIT_STRATEGY else f"strategies.{strategy}.{path}"


def in_few_digits(value: float) -> str:
    """Three digits that count, no exponent.

    >>> in_few_digits(0.31267), in_few_digits(75000), in_few_digits(1.2)
    ('0.313', '75,000', '1.2')
    """
    rounded = float(f"{value:.3g}")
    return f"{rounded:,.0f}" if rounded == int(rounded) else f"{rounded:,.10g}"


def declared(tree: Tree, sets: Sequence[str], varied: Sequence[str]) -> list[Declared]:
    """The parameters that `--vary` options declare. Raises ScenarioError with what is wrong with any."""
    said = apply(tree, [parse_assignment(each) for each in sets])[0]
    found: list[Declared] = []
    problems: list[Problem] = []
    for text in varied:
        try:
            found.append(Declared(parse_range(text), said))
        except ScenarioError as error:
            problems += error.problems
    names = [each.name for each in found]
    problems += [
        Place(VARY).problem((name,), "declared twice; write each parameter once")
        for name in dict.fromkeys(names)
        if names.count(name) > 1
    ]
    if problems:
        raise ScenarioError(problems)
    return found


def believed(study: Study) -> list[Believed]:
    """The uncertain numbers of all strategies, in the order of the first that has each."""
    found: dict[str, dict[str, Uncertain]] = {}
    for strategy, beliefs in study.beliefs.items():
        for each in beliefs.uncertain:
            found.setdefault(each.path, {})[strategy] = each
    return [Believed(path, by_strategy) for path, by_strategy in found.items()]


def check_ends(tree: Tree, sets: Sequence[str], only: Sequence[str], parameters: Sequence[Parameter]) -> None:
    """Load the scenario at both ends of each parameter.

    Raises ScenarioError with everything that is wrong there, UserError for a parameter with which nothing changes.
    """
    problems: list[Problem] = []
    still: list[str] = []
    for each in parameters:
        found = []
        for share in each.ends:
            try:
                found.append(load(tree, [*sets, *as_overrides(each.changes(share))], only).beliefs)
            except ScenarioError as error:
                problems += error.problems
        if len(found) == len(each.ends) and found[0] == found[1]:
            still.append(each.name)
    if problems:
        raise ScenarioError(problems)
    if still:
        raise UserError(
            f"{VARY} {still[0]}: nothing changes with it; vary something that a strategy uses, or where it has a "
            f"value of its own, write {VARY} strategies.NAME.{still[0]}=..."
        )


def as_overrides(changes: Sequence[Change]) -> list[Override]:
    """Changes as overrides of the command line."""
    return [Override(path, plain_tree(value, VARY), Place(VARY)) for path, value in changes]
