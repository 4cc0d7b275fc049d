"""One strategy at many points that differ in plain numbers: what they share is put together once.

Each point is checked as any other, by the same schema. What is saved is looking for the places of what was written,
and, further on, everything that is made of parts that did not change: they stay the same objects.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

from pydantic import ValidationError

from channelsim.scenario.base import Record
from channelsim.scenario.kept import is_within
from channelsim.scenario.load import Beliefs, Resolved, load_strategy
from channelsim.scenario.overrides import Override
from channelsim.scenario.references import check_rates
from channelsim.scenario.schema import Scenario
from channelsim.scenario.tree import Path, Tree
from channelsim.scenario.uncertain import with_value

KEPT = 32
"""Resolved strategies that are kept, each for other values of what is no plain number."""

RATES = frozenset({"mix", "advance", "source_factor", "value_factor"})
"""Of what the chances to advance are made, which have to be at most 1."""

Paths = dict[str, Path | None]
"""Where an override leads in a strategy's data; None: it changes nothing of it."""


class Varied:
    """A strategy of a scenario that is known to be sound. tree: the file, with what is set for all points."""

    def __init__(self, tree: Tree, name: str) -> None:
        self._tree, self._name = tree, name
        self._kept: OrderedDict[tuple[Any, ...], tuple[Resolved, Paths]] = OrderedDict()

    def at(self, overrides: Sequence[Override]) -> tuple[Scenario, Beliefs]:
        """As `load_strategy` resolves it. Raises ScenarioError with what is wrong with it."""
        key = tuple(
            (each.path, None if _is_number(each.value.data) else repr(each.value.data)) for each in overrides
        )
        kept = self._kept.get(key)
        if kept is not None:
            self._kept.move_to_end(key)
            scenario = _with_numbers(*kept, overrides)
            if scenario is not None:
                return scenario, Beliefs(scenario, ())
        resolved = load_strategy(self._tree, overrides, self._name)
        paths = None if kept is not None else _paths(resolved, overrides, self._name)
        if paths is not None:
            self._kept[key] = resolved, paths
            if len(self._kept) > KEPT:
                self._kept.popitem(last=False)
        return resolved.scenario, resolved.beliefs


def _with_numbers(resolved: Resolved, paths: Paths, overrides: Sequence[Override]) -> Scenario | None:
    """The strategy with other numbers, sharing all that did not change; None where it has to be resolved anew."""
    scenario: Scenario = resolved.scenario
    changed = [(at, each.value.data) for each in overrides if (at := paths.get(each.path)) is not None]
    try:
        for at, value in changed:
            scenario = _checked(scenario, at, value)
    except ValidationError:
        return None
    if not any(RATES.intersection(at) for at, _ in changed):
        return scenario
    data = resolved.tree.data
    for at, value in changed:
        data = with_value(data, at, value)
    return None if check_rates(Tree(resolved.tree.file, data)) else scenario


def _checked(scenario: Scenario, at: Path, value: Any) -> Scenario:
    """As `with_value`, with every record on the way checked by its schema. Raises ValidationError."""
    around = [depth for depth in range(len(at)) if isinstance(_at(scenario, at[:depth]), Record)]
    inner = around[-1]
    record, field = _at(scenario, at[:inner]), at[inner]
    found = _valid(record, str(field), with_value(_at(record, (field,)), at[inner + 1 :], value))
    scenario = with_value(scenario, at, _at(found, at[inner:]))
    for depth in reversed(around[:-1]):
        _valid(_at(scenario, at[:depth]), str(at[depth]), _at(scenario, at[: depth + 1]))
    return scenario


def _valid(record: Record, field: str, value: Any) -> Record:
    """A record with another value in a field, as its schema makes it."""
    return type(record).model_validate(dict(record) | {field: value})


def _paths(resolved: Resolved, overrides: Sequence[Override], name: str) -> Paths | None:
    """Where the numbers among some overrides lead; None if other numbers could change more than what stands
    there: beliefs about other numbers, or a strategy's own value around them."""
    if resolved.beliefs.uncertain:
        return None
    paths: Paths = {}
    for each in overrides:
        if not _is_number(each.value.data):
            continue
        section, _, rest = each.path.partition(".")
        owner, _, inner = rest.partition(".")
        if section == "strategies" and owner != name:
            paths[each.path] = None
            continue
        path = inner if section == "strategies" else each.path
        around = [own for own in resolved.own if own != path or section != "strategies"]
        around += [other.path for other in overrides if other is not each]
        if any(is_within(other, path) or is_within(path, other) for other in around):
            return None
        at = _place(resolved.tree.data, path)
        if at is None or _at(resolved.tree.data, at) != each.value.data:
            return None
        paths[each.path] = at
    return paths


def _place(data: Any, path: str) -> Path | None:
    """The place of a dotted path in plain data, if there is one."""
    at: list[Any] = []
    for part in path.split("."):
        key: Any = int(part) if part.isdecimal() and not (isinstance(data, dict) and part in data) else part
        if not (isinstance(data, dict) and key in data) and not (
            isinstance(data, list) and isinstance(key, int) and key < len(data)
        ):
            return None
        at.append(key)
        data = data[key]
    return tuple(at)


def _at(data: Any, at: Path) -> Any:
    """What stands at a place of plain data, or of records."""
    for part in at:
        data = getattr(data, str(part)) if isinstance(data, Record) else data[part]
    return data


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
