"""A scenario at many values of one parameter: each is checked before any is simulated."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

from channelsim.errors import Problem, ScenarioError, UserError
from channelsim.scenario.difference import in_words
from channelsim.scenario.kept import is_within
from channelsim.scenario.load import Study, load, read
from channelsim.scenario.overrides import Override, apply, parse_assignment
from channelsim.scenario.tree import Tree
from channelsim.scenario.vary import VARY, Variation, parse_variation

MOST_NAMED = 4


@dataclass(frozen=True)
class Points:
    """A study at each value of a variation. A study is loaded when it is asked for: many points take no memory."""

    study: Study
    """as the file and `--set` say, at no value of the variation"""
    variation: Variation
    changes: tuple[tuple[Override, ...], ...]
    """by point: what the value changes"""
    flat: tuple[str, ...]
    """strategies in which nothing changes from the first value to the last"""
    notes: tuple[str, ...]
    """what the user should know although nothing is wrong, a line each"""
    _tree: Tree
    _sets: tuple[str | Override, ...]
    _only: tuple[str, ...]

    def __len__(self) -> int:
        return len(self.changes)

    def study_at(self, point: int) -> Study:
        """The study with a value of the variation."""
        return load(self._tree, [*self._sets, *self.changes[point]], self._only)

    @property
    def values(self) -> tuple[Any, ...]:
        """The variation's values, one a point."""
        return self.variation.values

    @property
    def labels(self) -> list[str]:
        """The values as people write them."""
        return [self.variation.label(value) for value in self.values]


def load_points(
    source: str | PathLike[str] | Mapping[str, Any],
    vary: str,
    sets: Sequence[str | Override] = (),
    only: Sequence[str] = (),
) -> Points:
    """The scenario at each value of `vary`, such as "teams.inside.headcount=2:12:1" (see scenario.vary).

    `sets`, `only`: as in `load`; they hold at all points, and `vary` comes after them. Raises ScenarioError with
    every problem of every point, UserError if no strategy changes from one value to another.
    """
    variation = parse_variation(vary)
    tree = read(source)
    study = load(tree, sets, only)
    said, _ = apply(tree, [parse_assignment(each) if isinstance(each, str) else each for each in sets])
    changes, left_alone = variation.changes(said)
    problems: list[Problem] = []
    first: Study | None = None
    moved: set[str] = set()
    for value, overrides in zip(variation.values, changes, strict=True):
        try:
            here = load(tree, [*sets, *overrides], only)
        except ScenarioError as error:
            problems += [_at_a_value(each, variation, value) for each in error.problems]
            continue
        first = first or here
        moved |= {name for name in here.strategies if here.beliefs[name] != first.beliefs[name]}
    if problems:
        raise ScenarioError(problems)
    flat = tuple(name for name in study.strategies if name not in moved)
    paths = [override.path for override in changes[0]]
    keepers = {name: kept for name in study.strategies if (kept := _own_values(study.overrides[name], paths))}
    if len(flat) == len(study.strategies):
        raise UserError(f"{VARY} {variation.path}: nothing changes with it{_because(keepers, paths)}")
    return Points(
        study,
        variation,
        tuple(tuple(overrides) for overrides in changes),
        flat,
        (*study.notes, *_notes(variation, flat, keepers, left_alone)),
        tree,
        tuple(sets),
        tuple(only),
    )


def _at_a_value(problem: Problem, variation: Variation, value: Any) -> Problem:
    """What is wrong elsewhere, or with a part of the value, is told with the value that brings it about."""
    if problem.file == VARY:
        return problem
    at = f"{variation.path}={variation.label(value)}"
    return replace(problem, message=f"with {at}: {problem.message}")


def _own_values(overrides: Mapping[str, Any], paths: Iterable[str]) -> dict[str, Any]:
    """A strategy's own values of what is varied, of what is around it or of a part of it."""
    return {
        own: value
        for own, value in overrides.items()
        if any(is_within(own, path) or is_within(path, own) for path in paths)
    }


def _because(keepers: Mapping[str, Mapping[str, Any]], paths: Sequence[str]) -> str:
    if not keepers:
        return "; vary something that a strategy uses"
    name = next(iter(keepers))
    who = "; ".join(f"{name} has {_listed(own)}" for name, own in keepers.items())
    return f", because strategies have values of their own ({who}); {_to_vary_it(name, paths)}"


def _notes(
    variation: Variation, flat: Sequence[str], keepers: Mapping[str, Mapping[str, Any]], left_alone: Sequence[str]
) -> list[str]:
    lines = []
    if left_alone:
        names = ", ".join(left_alone[:MOST_NAMED]) + (", ..." if len(left_alone) > MOST_NAMED else "")
        lines.append(f"{VARY} {variation.path}: left alone, as the file has no value there: {names}")
    for name, own in keepers.items():
        effect = "so its curve is flat" if name in flat else "which do not vary"
        lines.append(
            f"{VARY} {variation.path}: {name} has its own {_listed(own)}, {effect}; "
            f"{_to_vary_it(name, [variation.path])}"
        )
    unmoved = [name for name in flat if name not in keepers]
    if unmoved:
        curves = "its curve is" if len(unmoved) == 1 else "their curves are"
        lines.append(f"{VARY} {variation.path}: nothing changes with it in {', '.join(unmoved)}, so {curves} flat")
    return lines


def _listed(own: Mapping[str, Any]) -> str:
    words = [f"{path} ({in_words(value)})" if not isinstance(value, list | dict) else path
             for path, value in own.items()]  # fmt: skip
    return ", ".join(words[:MOST_NAMED]) + (", ..." if len(words) > MOST_NAMED else "")


def _to_vary_it(name: str, paths: Sequence[str]) -> str:
    return f"to vary it there, write {VARY} strategies.{name}.{paths[0]}=..."
