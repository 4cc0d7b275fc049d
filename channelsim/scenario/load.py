"""From what somebody wrote to the scenarios to simulate, or to everything that is wrong with it at once."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from os import PathLike
from typing import Any

from channelsim.errors import MADE_IN_PYTHON, Problem, ScenarioError, suggest
from channelsim.scenario.catalogue import with_catalogue
from channelsim.scenario.explain import validate
from channelsim.scenario.kept import kept_values
from channelsim.scenario.overrides import (
    Override,
    apply,
    parse_assignment,
    plain_tree,
    strategy_overrides,
)
from channelsim.scenario.reader import read_file
from channelsim.scenario.references import check_references, check_routing_given
from channelsim.scenario.schema import IMPLICIT_STRATEGY, Scenario
from channelsim.scenario.tree import Path, Place, Tree, look_up
from channelsim.scenario.uncertain import HIGHEST, LOWEST, Uncertain, at_draws, beliefs_in, with_value

SAME_FOR_ALL = (
    "name", "description", "currency", "horizon", "environment", "finance", "decision_metric", "replications",
    "seed",
)  # fmt: skip
"""What strategies could not be compared, or not run together, if they differed in."""
MIDDLE = 0.5


@dataclass(frozen=True)
class Beliefs:
    """A strategy's uncertain numbers, and its scenario at the middle of them."""

    middle: Scenario
    uncertain: tuple[Uncertain, ...]

    def scenario(self, draws: Mapping[Path, float]) -> Scenario:
        """The scenario with every uncertain number at its draw, uniform on (0, 1), by path. Nothing is checked
        again: the ends of all beliefs were."""
        scenario = self.middle
        for each in self.uncertain:
            scenario = with_value(scenario, each.at, each.value(draws[each.at]))
        return scenario


@dataclass(frozen=True)
class Study:
    """A scenario file as resolved: one complete scenario for each strategy, at the middle of its beliefs."""

    source: str
    """the file's name as people know it"""
    scenario: Scenario
    """the file with `--set` applied, before any strategy"""
    strategies: dict[str, Scenario]
    """in the file's order, each with its overrides applied, its routing filled in and no strategies of its own;
    a file without strategies has one, `as_is`"""
    overrides: dict[str, dict[str, Any]]
    """strategy -> dotted path -> value: what each strategy changes"""
    beliefs: dict[str, Beliefs]
    """strategy -> its uncertain numbers, and the scenario that any draw of them makes"""
    notes: tuple[str, ...] = ()
    """what the user should know although nothing is wrong, a line each"""
    sets: tuple[str, ...] = ()
    """what was changed by `--set`, as PATH=VALUE"""


def read(source: str | PathLike[str] | Mapping[str, Any]) -> Tree:
    """A scenario as somebody wrote it: a file, or a mapping of the same shape. Raises ScenarioError if it cannot be
    read."""
    return plain_tree(dict(source), MADE_IN_PYTHON) if isinstance(source, Mapping) else read_file(source)


def load(
    source: str | PathLike[str] | Mapping[str, Any] | Tree,
    sets: Sequence[str | Override] = (),
    only: Sequence[str] = (),
) -> Study:
    """Read a scenario file (or take a mapping of the same shape, or what `read` made of either), apply `sets`, and
    resolve its strategies.

    `sets` are overrides such as "teams.inside.headcount=6". They change the file before the strategies do, so
    where a strategy overrides the same path, the strategy's value holds for it, and a note says so. To change what
    a strategy overrides, name it: "strategies.hybrid.teams.inside.headcount=6". `only` names those to keep.

    Raises ScenarioError with every problem of the file and of all its strategies.
    """
    tree = source if isinstance(source, Tree) else read(source)
    overrides, problems = _parsed(sets)
    tree, found = with_catalogue(tree)
    base, unset = apply(tree, overrides)
    base, unknown = with_catalogue(base)
    problems += {*found, *unset, *unknown}
    scenario, _, found = _check(base)
    problems += [*base.problems, *found]
    changes = _changes(base)
    strategies: dict[str, Scenario] = {}
    beliefs: dict[str, Beliefs] = {}
    for name in changes:
        resolved, _, uncertain, found = _resolve(base, name, changes[name])
        problems += found
        if resolved is not None:
            strategies[name], beliefs[name] = resolved, Beliefs(resolved, uncertain)
    problems += _unknown_strategies(only, changes)
    if problems or scenario is None:
        raise ScenarioError(_without_consequences(problems, base.problems))
    kept = [name for name in strategies if not only or name in only]
    return Study(
        source=tree.file,
        scenario=scenario,
        strategies={name: strategies[name] for name in kept},
        overrides={name: {change.path: change.value.data for change in changes[name]} for name in kept},
        beliefs={name: beliefs[name] for name in kept},
        notes=kept_values(overrides, {name: changes[name] for name in kept}),
        sets=tuple(f"{each.path}={json.dumps(each.value.data, default=str)}" for each in overrides),
    )


@dataclass(frozen=True)
class Resolved:
    """One strategy's scenario, what it was made of, and which paths the strategy sets itself."""

    scenario: Scenario
    beliefs: Beliefs
    tree: Tree
    own: tuple[str, ...]


def load_strategy(tree: Tree, overrides: Sequence[Override], name: str) -> Resolved:
    """One strategy of a scenario that is known to be sound, with further overrides: as `load` resolves it,
    sooner, for nothing else is looked at. Raises ScenarioError with what is wrong with it."""
    tree, problems = with_catalogue(tree)
    base, unset = apply(tree, overrides)
    base, unknown = with_catalogue(base)
    changes = (
        [] if name == IMPLICIT_STRATEGY and not base.data.get("strategies") else strategy_overrides(base, name)
    )
    resolved, there, uncertain, found = _resolve(base, name, changes)
    problems += [*unset, *unknown, *base.problems, *found]
    if problems or resolved is None:
        raise ScenarioError(_without_consequences(problems, base.problems))
    return Resolved(resolved, Beliefs(resolved, uncertain), there, tuple(each.path for each in changes))


def _parsed(sets: Sequence[str | Override]) -> tuple[list[Override], list[Problem]]:
    overrides: list[Override] = []
    problems: list[Problem] = []
    for each in sets:
        try:
            overrides.append(parse_assignment(each) if isinstance(each, str) else each)
        except ScenarioError as error:
            problems += error.problems
    return overrides, problems


def _check(tree: Tree) -> tuple[Scenario | None, tuple[Uncertain, ...], list[Problem]]:
    """The scenario at the middle of its beliefs, if it is sound there and at both of their ends."""
    uncertain, problems = beliefs_in(tree)
    middle = at_draws(tree, uncertain, MIDDLE)
    scenario, found = validate(middle)
    found += check_references(middle)
    if uncertain and not found:
        for end in (LOWEST, HIGHEST):
            there = at_draws(tree, uncertain, end)
            found += [_at_an_end(each, end) for each in [*validate(there)[1], *check_references(there)]]
    return scenario, tuple(uncertain), problems + _not_about(problems, found)


def _at_an_end(problem: Problem, end: float) -> Problem:
    words = "lowest" if end == LOWEST else "highest"
    return replace(problem, message=f"at the {words} that is believed possible, {problem.message}")


def _not_about(misread: list[Problem], found: list[Problem]) -> list[Problem]:
    """Without what the schema says about a belief that is written wrongly."""
    return [each for each in found if not any(other.path.startswith(each.path) for other in misread)]


def _changes(base: Tree) -> dict[str, list[Override]]:
    strategies = look_up(base.data, ("strategies",))
    if strategies is None or strategies == {}:
        return {IMPLICIT_STRATEGY: []}
    if not isinstance(strategies, dict):
        return {}
    return {name: strategy_overrides(base, name) for name in strategies}


def _resolve(
    base: Tree, name: str, overrides: list[Override]
) -> tuple[Scenario | None, Tree, tuple[Uncertain, ...], list[Problem]]:
    """One strategy's scenario and its tree, and what is wrong with it, the base's own problems among them."""
    alone = {key: value for key, value in base.data.items() if key != "strategies"}
    tree, problems = apply(Tree(base.file, alone, base.keys, base.values), overrides)
    tree, unknown = with_catalogue(tree)
    problems += unknown
    at: Path = ("strategies", name)
    where = at if at in base.keys else ()
    problems += check_routing_given(tree, where)
    motions = look_up(tree.data, ("motions",))
    if look_up(tree.data, ("routing",)) is None and isinstance(motions, dict) and len(motions) == 1:
        tree.data["routing"] = [{"motion": next(iter(motions))}]
    problems += [
        each.place.problem((each.path,), "holds for all strategies alike; change it where the file gives it")
        for each in overrides
        if each.path.partition(".")[0] in SAME_FOR_ALL
    ]
    scenario, uncertain, found = _check(tree)
    return scenario, tree, uncertain, problems + found + _replaced_whole(base, overrides, found)


def _replaced_whole(base: Tree, overrides: list[Override], found: list[Problem]) -> list[Problem]:
    """A hint for who writes `teams: {inside: {headcount: 6}}` to change a value, which drops all other teams."""
    return [
        each.place.problem(
            (each.path,), f"replaces all of {each.path}; to change one value of it, write the dotted path to it"
        )
        for each in overrides
        if isinstance(look_up(base.data, (each.path,)), dict)
        and any(problem.path.startswith(f"{each.path}.") for problem in found)
    ]


def _unknown_strategies(only: Sequence[str], known: Mapping[str, Any]) -> list[Problem]:
    place = Place("--strategy")
    return [
        place.problem((name,), f"no strategy named '{name}'; {suggest(name, known)}")
        for name in only
        if name not in known
    ]


def _without_consequences(problems: list[Problem], reading: tuple[Problem, ...]) -> list[Problem]:
    """Without what the schema says about a path that could not even be read."""
    unread = {(problem.file, problem.path) for problem in reading}
    return [each for each in problems if each in reading or (each.file, each.path) not in unread]
