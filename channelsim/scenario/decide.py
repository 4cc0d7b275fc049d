"""What is to be decided: parameters with the values to choose from, and which initiatives are rolled out.

`--decide PATH=LOW:HIGH`, `PATH=START:STOP:STEP` or `PATH=v1,v2,...` names a parameter, `--decide rollout` makes
each initiative a decision of its own. All of them together make a space of points: a finite one, since nobody
decides between $3,017 and $3,018.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from typing import Any, NoReturn

from channelsim.errors import Problem, ScenarioError, UserError, suggest
from channelsim.scenario.difference import in_words
from channelsim.scenario.load import Study, load
from channelsim.scenario.overrides import NAMED_SECTIONS, Override
from channelsim.scenario.schema import IMPLICIT_STRATEGY
from channelsim.scenario.tree import Place, Tree
from channelsim.scenario.vary import Variation, overrides_at, parse_range, parse_variation

DECIDE = "--decide"
ROLLOUT = "rollout"
OUT, IN = "out", "in"
EXAMPLE = "teams.inside.headcount=2:12"
MOST_SINGLE_STEPS, MOST_ROUND_STEPS = 100, 50
"""Between the ends of LOW:HIGH. Whole numbers go up by 1; where that makes too many, and for other numbers, steps
are 1, 2 or 5 x a power of 10."""

SHORT_PARTS = 2
"""Of a path, at least, where only its end is told."""

Point = tuple[int, ...]
"""The place of each decision's value among its values. The empty one stands for the file as it is."""
AS_IN_THE_FILE: Point = ()


@dataclass(frozen=True)
class Decision:
    """One thing to decide and what there is to choose from: numbers in ascending order, or anything else in the
    order given. multiplies: the values are factors of what the file says. initiative: decided is whether this one
    is rolled out, False or True."""

    path: str
    values: tuple[Any, ...]
    multiplies: bool = False
    initiative: str | None = None

    @property
    def is_ordered(self) -> bool:
        """Whether the values are numbers, so that each has neighbours."""
        return self.initiative is None and Variation(self.path, self.values).is_ordered

    def label(self, at: int) -> str:
        """A value as people write it."""
        value = self.values[at]
        if self.initiative is not None:
            return IN if value else OUT
        if isinstance(value, int) and not isinstance(value, bool) and not self.multiplies:
            return f"{value:,}"
        return Variation(self.path, self.values, self.multiplies).label(value)


@dataclass(frozen=True)
class Space:
    """All combinations of what is decided, of one strategy. tree: the file with what is set for all points."""

    strategy: str
    decisions: tuple[Decision, ...]
    study: Study
    tree: Tree

    @property
    def size(self) -> int:
        """How many points there are."""
        return math.prod(len(each.values) for each in self.decisions)

    def points(self) -> Iterator[Point]:
        """All of them, the last decision changing fastest."""
        return itertools.product(*(range(len(each.values)) for each in self.decisions))

    def values(self, point: Point) -> dict[str, Any]:
        """Each decision's value, by its name; of the file where it is none of the space's points, what it has."""
        at = point or self.own
        if at:
            return {name: each.values[k] for name, each, k in zip(self.names, self.decisions, at, strict=True)}
        return {
            name: self._in_the_file(each) if each.initiative is None else each.initiative in self._rolled_out
            for name, each in zip(self.names, self.decisions, strict=True)
        }

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The decisions as the files have them: dotted paths, and rollout.<initiative>."""
        return tuple(
            each.path if each.initiative is None else f"{ROLLOUT}.{each.initiative}" for each in self.decisions
        )

    def changes(self, point: Point) -> list[Override]:
        """What a point changes in the file: of the strategy, so that its own values give way. Raises ScenarioError
        where a path has no names for `*`, or a factor finds no number."""
        if point == AS_IN_THE_FILE:
            return []
        found = []
        rolled_out: dict[str, bool] = {}
        for decision, at in zip(self.decisions, point, strict=True):
            if decision.initiative is not None:
                rolled_out[decision.initiative] = decision.values[at]
            else:
                found += self._overrides(decision, at)
        if rolled_out:
            names = [name for name in self._initiatives if rolled_out.get(name, name in self._rolled_out)]
            found.append(Override.of(self._path(ROLLOUT), names, DECIDE))
        return found

    def _overrides(self, decision: Decision, at: int) -> list[Override]:
        path = self._path(decision.path)
        return overrides_at(self.tree, path, decision.values[at], multiplies=decision.multiplies)

    def _path(self, path: str) -> str:
        is_implicit = self.strategy == IMPLICIT_STRATEGY and not self.tree.data.get("strategies")
        return path if is_implicit else f"strategies.{self.strategy}.{path}"

    @property
    def _initiatives(self) -> list[str]:
        return list(self.study.strategies[self.strategy].initiatives)

    @property
    def _rolled_out(self) -> list[str]:
        own = self.study.strategies[self.strategy].rollout
        return self._initiatives if own is None else own

    @cached_property
    def own(self) -> Point:
        """The point at which the file itself stands; AS_IN_THE_FILE if it is none of the space's."""
        found = [self._own_place(each) for each in self.decisions]
        return AS_IN_THE_FILE if any(at is None for at in found) else tuple(at for at in found if at is not None)

    def _own_place(self, decision: Decision) -> int | None:
        """Which of a decision's values the file has."""
        own = decision.initiative in self._rolled_out
        if decision.initiative is None:
            own = self._in_the_file(decision)
        return decision.values.index(own) if own in decision.values else None

    def _in_the_file(self, decision: Decision) -> Any:
        """What the file has where a decision is; None where that differs from one name to another."""
        if decision.multiplies:
            return 1
        paths = [each.path.removeprefix(self._path("")) for each in self._overrides(decision, 0)]
        found = [_bare(_walk(self._dumped, path.split("."))) for path in paths]
        return found[0] if all(each == found[0] for each in found) else None

    @cached_property
    def _dumped(self) -> Any:
        return self.study.strategies[self.strategy].model_dump(mode="json")

    def around(self, point: Point, step: int) -> list[Point]:
        """Its neighbours: one decision changed. Numbers move by `step` places, or to the end where that is nearer;
        everything else changes at step 1 only, to any other of its values."""
        found = []
        for k, (decision, at) in enumerate(zip(self.decisions, point, strict=True)):
            last = len(decision.values) - 1
            if decision.is_ordered:
                there = [min(at + step, last), max(at - step, 0)]
            else:
                there = [other for other in range(last + 1) if step == 1]
            found += [_moved(point, k, other) for other in there if other != at]
        return list(dict.fromkeys(found))

    def exchanges(self, point: Point) -> list[Point]:
        """One decision a place up and another one a place down, or one initiative in for another: what stays within
        a limit on a sum."""
        found = []
        for a, b in itertools.permutations(range(len(self.decisions)), 2):
            one, other = self.decisions[a], self.decisions[b]
            is_pair = (one.is_ordered and other.is_ordered) or (one.initiative and other.initiative)
            if is_pair and point[a] + 1 < len(one.values) and point[b] > 0:
                found.append(_moved(_moved(point, a, point[a] + 1), b, point[b] - 1))
        return found


def _bare(value: Any) -> Any:
    """A section as somebody would write it: without what is not given."""
    if isinstance(value, dict):
        return {key: _bare(each) for key, each in value.items() if each is not None}
    return value


def _moved(point: Point, k: int, at: int) -> Point:
    return (*point[:k], at, *point[k + 1 :])


def _walk(data: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        elif isinstance(data, dict):
            data = data.get(part)
        else:
            return None
    return data


def load_space(tree: Tree, decided: Sequence[str], sets: Sequence[str], said: Tree, strategy: str | None) -> Space:
    """The space that `--decide` options mean, of one strategy: the first where None. said: `tree` with `sets`.

    Raises ScenarioError for all that is wrong with them, and with the scenario at the ends of the space; UserError
    for an unknown strategy, or a decision that changes nothing.
    """
    study = load(tree, sets, [strategy] if strategy else [])
    name = strategy or next(iter(study.strategies))
    initiatives = list(study.strategies[name].initiatives)
    decisions: list[Decision] = []
    problems: list[Problem] = []
    for each in decided:
        try:
            decisions += parse_decision(each, initiatives)
        except ScenarioError as error:
            problems += error.problems
    space = Space(name, tuple(decisions), study, said)
    twice = [path for at, path in enumerate(space.names) if path in space.names[:at]]
    problems += [_problem(path, "decided twice; name it once") for path in dict.fromkeys(twice)]
    if problems:
        raise ScenarioError(problems)
    if not decisions:
        raise UserError(f"nothing to decide; name a parameter with {DECIDE}, such as {DECIDE} {EXAMPLE}")
    _check_ends(space, tree, sets)
    return space


def _check_ends(space: Space, tree: Tree, sets: Sequence[str]) -> None:
    """Load the file with each decision at both of its ends, so that a path or a value that makes no sense is told
    before anything runs."""
    problems: list[Problem] = []
    for k, decision in enumerate(space.decisions):
        alone = replace(space, decisions=(decision,))
        scenarios = []
        for at in (0, len(decision.values) - 1):
            try:
                study = load(tree, [*sets, *alone.changes((at,))], [space.strategy])
                scenarios.append(study.beliefs[space.strategy])
            except ScenarioError as error:
                where = f"with {space.names[k]}={decision.label(at)}: "
                problems += [
                    replace(each, file=DECIDE) if each.file.startswith("--vary") else
                    each if each.file == DECIDE else replace(each, message=where + each.message)
                    for each in error.problems
                ]  # fmt: skip
        if len(scenarios) == 2 and scenarios[0] == scenarios[1]:
            problems.append(_problem(space.names[k], f"changes nothing in {space.strategy}; leave it out"))
    if problems:
        raise ScenarioError(problems)


def parse_decision(text: str, initiatives: Sequence[str]) -> list[Decision]:
    """The decision that an option means; of `rollout`, one for each initiative, or for each that it names. Raises
    ScenarioError for what cannot be decided.

    >>> parse_decision("teams.inside.headcount=2:5", [])[0].values
    (2, 3, 4, 5)
    >>> parse_decision("sources.search.budget.per_month=0:20000", [])[0].values[:4]
    (0, 500, 1000, 1500)
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if path == ROLLOUT and (not equals or not written.startswith("[")):
        return _rollout(written, initiatives)
    if not equals:
        _refuse(text or "''", f"no '=' in it; write PATH=LOW:HIGH or PATH=v1,v2,..., such as {EXAMPLE}")
    if not path or "" in path.split("."):
        _refuse(path or text, f"an empty name in the path; write names joined by single dots, such as {EXAMPLE}")
    if path.startswith("strategies."):
        strategy, inner = path.split(".", 2)[1], path.split(".", 2)[-1]
        _refuse(path, f"what is decided is always a strategy's own; write {inner} and --strategy {strategy}")
    is_between = written.count(":") == 1 and not any(mark in written for mark in ",{[\"'")
    try:
        if is_between:
            return [_between(text)]
        found = parse_variation(text)
        return [Decision(found.path, found.values, found.multiplies)]
    except ScenarioError as error:
        raise ScenarioError([replace(each, file=DECIDE) for each in error.problems]) from None


def _rollout(written: str, initiatives: Sequence[str]) -> list[Decision]:
    names = [name.strip() for name in written.split(",")] if written else list(initiatives)
    if not names:
        _refuse(ROLLOUT, "the scenario has no initiatives to choose from; see channelsim new --list-initiatives")
    for name in names:
        if name not in initiatives:
            _refuse(ROLLOUT, f"no initiative named '{name}'; {suggest(name, initiatives)}")
    return [Decision(ROLLOUT, (False, True), initiative=name) for name in names]


def _between(text: str) -> Decision:
    """From LOW to HIGH in steps of 1, or in round ones; both ends are in."""
    found = parse_range(text)
    low, high = Decimal(repr(found.low)), Decimal(repr(found.high))
    step = Decimal(1) if found.whole and high - low <= MOST_SINGLE_STEPS else _round_step(high - low)
    count = int((high - low) / step) + 1
    exact = [low + step * at for at in range(count)]
    if exact[-1] != high:
        exact.append(high)
    is_whole = found.whole and all(value == value.to_integral_value() for value in exact)
    values = tuple(int(value) if is_whole else float(value) for value in exact)
    return Decision(found.path, values, found.multiplies)


def _round_step(width: Decimal) -> Decimal:
    """The smallest of 1, 2 or 5 x a power of 10 that makes at most MOST_ROUND_STEPS steps."""
    least = width / MOST_ROUND_STEPS
    power = Decimal(10) ** math.floor(math.log10(least))
    return next(step for times in (1, 2, 5, 10) if (step := times * power) >= least)


def in_short(space: Space, point: Point) -> str:
    """A point as people say it: "inside 7, outside 3, rollout training and dialler"."""
    if point == AS_IN_THE_FILE:
        return "as in the file"
    labels = short_names(space)
    words = [
        f"{label} {decision.label(at)}"
        for label, decision, at in zip(labels, space.decisions, point, strict=True)
        if decision.initiative is None
    ]
    if any(each.initiative for each in space.decisions):
        names = [each.initiative for each, at in zip(space.decisions, point, strict=True) if each.initiative and at]
        words.append(f"rollout {' + '.join(names) or 'of nothing'}")
    return ", ".join(words)


def short_names(space: Space) -> list[str]:
    """The decisions' names without what goes without saying: of teams.inside.headcount, inside; of a long path its
    end, as far as that tells it from others."""
    return [_short(space, k) for k in range(len(space.decisions))]


def _short(space: Space, k: int) -> str:
    decision = space.decisions[k]
    if decision.initiative is not None:
        return decision.initiative
    parts = decision.path.split(".")
    if parts[0] == "teams" and parts[-1] == "headcount" and len(parts) == 3:
        return parts[1]
    others = [each.path for at, each in enumerate(space.decisions) if at != k]
    own = parts[1:] if parts[0] in NAMED_SECTIONS else parts
    for kept in range(SHORT_PARTS, len(own)):
        end = ".".join(own[-kept:])
        if not own[-kept].isdecimal() and not any(other.endswith(f".{end}") for other in others):
            return end
    return ".".join(own)


def values_in_words(space: Space, point: Point) -> list[str]:
    """Each decision's value as people write it."""
    at = point or space.own
    if at:
        return [each.label(k) for each, k in zip(space.decisions, at, strict=True)]
    own = zip(space.decisions, space.values(point).values(), strict=True)
    return [in_words(value) if not each.initiative else IN if value else OUT for each, value in own]


def _problem(path: str, message: str) -> Problem:
    return Place(DECIDE).problem((path,), message)


def _refuse(path: str, message: str) -> NoReturn:
    raise ScenarioError([_problem(path, message)])
