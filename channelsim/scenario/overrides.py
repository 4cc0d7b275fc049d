"""A dotted path and a value: the one way to change a scenario, for strategies, `--set` and sweeps alike.

`teams.inside.headcount: 6` puts 6 where the path leads, in place of everything that stood there. Sections that may
be omitted are made on the way (`teams.inside.people.ramp_months`), items of a list go by number from 0
(`routing.0.motion`), and when two overrides meet, the later one wins.
"""

from __future__ import annotations

import datetime as dt
import numbers
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NoReturn

from channelsim.errors import MADE_IN_PYTHON, OPTION_MARK, Problem, ScenarioError, suggest
from channelsim.scenario.reader import read_value
from channelsim.scenario.tree import WHOLE_FILE, Path, Place, Tree, dotted

COMMAND_LINE = "--set"
NAMED_SECTIONS = {
    "segments": "segment", "sources": "source", "teams": "team", "motions": "motion", "initiatives": "initiative",
}  # fmt: skip
FIXED_IN_STRATEGIES = ("strategies", "channelsim")
EXAMPLE = "teams.inside.headcount=6"


@dataclass(frozen=True)
class Override:
    """A value to put at a dotted path, with the places where both were written."""

    path: str
    value: Tree
    place: Place

    @classmethod
    def of(cls, path: str, value: Any, file: str = MADE_IN_PYTHON) -> Override:
        """An override made by a program rather than written in a file."""
        return cls(path, plain_tree(value, file), Place(file))


def parse_assignment(text: str) -> Override:
    """The override that `--set PATH=VALUE` means. The value is read as YAML, so that lists and mappings work.

    >>> override = parse_assignment("teams.inside.headcount=6")
    >>> override.path, override.value.data
    ('teams.inside.headcount', 6)
    """
    path, equals, value = text.partition("=")
    place = Place(COMMAND_LINE)
    if not equals:
        raise ScenarioError([place.problem((text or "''",), f"no '=' in it; write PATH=VALUE, such as {EXAMPLE}")])
    path = path.strip()
    if not path:
        raise ScenarioError(
            [place.problem((text,), f"no path before the '='; write PATH=VALUE, such as {EXAMPLE}")]
        )
    try:
        tree = read_value(value.strip(), COMMAND_LINE)
    except ScenarioError as error:
        raise ScenarioError(_within(path, error.problems)) from None
    return Override(path, replace(tree, problems=_within(path, tree.problems)), place)


def _within(path: str, problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """Problems of an override's value, with their paths as they are once the value stands at `path`."""
    return tuple(
        replace(each, path=path if each.path == WHOLE_FILE else f"{path}.{each.path}") for each in problems
    )


def plain_tree(data: Any, file: str) -> Tree:
    """Data from Python as a tree without positions; tuples and numpy numbers become plain lists and numbers."""
    return Tree(file, _plain(data))


def strategy_overrides(tree: Tree, name: str) -> list[Override]:
    """What one strategy of a scenario changes, in the order of the file."""
    changes = tree.data["strategies"][name]
    if not isinstance(changes, dict):
        return []
    overrides = []
    for path in changes:
        at: Path = ("strategies", name, path)
        overrides.append(Override(str(path), _subtree(tree, at), tree.key_place(at)))
    return overrides


def apply(tree: Tree, overrides: Iterable[Override]) -> tuple[Tree, list[Problem]]:
    """The tree with each override that makes sense applied, and what is wrong with the others.

    `tree` itself is left as it was. In the result, what an override brought stands where the override was written,
    so that whatever is found wrong with it later is reported there.
    """
    problems: list[Problem] = []
    for override in overrides:
        try:
            tree = _apply_one(tree, override)
        except ScenarioError as error:
            problems += error.problems
    return tree, problems


def _apply_one(tree: Tree, override: Override) -> Tree:
    parts = _split(override)
    if parts[0] == "strategies" and override.place.file.startswith(OPTION_MARK):
        parts = _into_strategy(tree, parts, override)
    elif parts[0] in FIXED_IN_STRATEGIES:
        _refuse(override, f"'{parts[0]}' holds for the whole file; override something else")
    data, path = _put(tree.data, parts, override, (), tree.data)
    keys = {at: place for at, place in tree.keys.items() if at[: len(path)] != path}
    values = {at: place for at, place in tree.values.items() if at[: len(path)] != path}
    for length in range(1, len(path) + 1):
        keys.setdefault(path[:length], override.place)
        values.setdefault(path[:length], override.place)
    keys.update({path + at: place for at, place in override.value.keys.items()})
    values.update({path + at: place for at, place in override.value.values.items()})
    return Tree(tree.file, data, keys, values, (*tree.problems, *override.value.problems))


def _split(override: Override) -> list[str]:
    parts = override.path.split(".")
    if "" in parts:
        _refuse(override, f"an empty name in the path; write names joined by single dots, such as {EXAMPLE}")
    return parts


def _into_strategy(tree: Tree, parts: list[str], override: Override) -> list[str]:
    """`strategies.hybrid.teams.inside.headcount`: after the strategy's name comes one dotted path, which is its."""
    if len(parts) < 3:
        return parts
    strategies = tree.data.get("strategies")
    known = strategies if isinstance(strategies, dict) else {}
    if parts[1] not in known:
        _refuse(override, f"no strategy named '{parts[1]}'; {suggest(parts[1], known)}")
    return [*parts[:2], ".".join(parts[2:])]


def _put(data: Any, parts: list[str], override: Override, path: Path, root: Any) -> tuple[Any, Path]:
    """A copy of `data` with the value in it, sharing all that did not change, and the path that was set."""
    part, rest = parts[0], parts[1:]
    if isinstance(data, list):
        index = _index(data, part, override, path)
        child, full = data[index], (*path, index)
    elif isinstance(data, dict):
        key = int(part) if part.isdecimal() and part not in data else part
        child, full = data.get(key), (*path, key)
        if rest and child is None:
            _require_known(data, part, override, path)
            child = {}
    else:
        _refuse_single_value(data, part, override, path, root)
    if rest:
        value, end = _put(child, rest, override, full, root)
    else:
        value, end = override.value.data, full
    if isinstance(data, list):
        return [*data[:index], value, *data[index + 1 :]], end
    return {**data, key: value}, end


def _index(items: list[Any], part: str, override: Override, path: Path) -> int:
    if not part.isdecimal() or int(part) >= len(items):
        _refuse(override, f"'{part}' for an item of {dotted(path)}; write a number from 0 to {len(items) - 1}")
    return int(part)


def _require_known(data: dict[Any, Any], part: str, override: Override, path: Path) -> None:
    """In a section of names of the user's own, a path does not lead through a name that is not there."""
    kind = NAMED_SECTIONS.get(str(path[0])) if len(path) == 1 else None
    if len(path) == 3 and path[0] == "motions" and path[2] == "steps":
        kind = "step"
    if kind is not None:
        _refuse(override, f"no {kind} named '{part}'; {suggest(part, data)}")


def _refuse_single_value(data: Any, part: str, override: Override, path: Path, root: Any) -> NoReturn:
    at = dotted(path)
    segments = root.get("segments")
    if isinstance(segments, dict) and part in segments:
        each = ", ".join(f"{segment}: ..." for segment in segments)
        _refuse(override, f"{at} holds one value for everyone ({data}); set {at} to one for each segment, "
                          f"{{{each}}}")  # fmt: skip
    _refuse(override, f"{at} holds a single value ({data}); set {at} itself")


def _refuse(override: Override, message: str) -> NoReturn:
    raise ScenarioError([Problem(override.place.file, override.place.line, override.place.column,
                                 override.path or "(path)", message)])  # fmt: skip


def _subtree(tree: Tree, path: Path) -> Tree:
    def below(places: dict[Path, Place]) -> dict[Path, Place]:
        return {at[len(path) :]: place for at, place in places.items() if at[: len(path)] == path}

    keys = below(tree.keys)
    keys.pop((), None)
    data = tree.data
    for part in path:
        data = data[part]
    return Tree(tree.file, data, keys, below(tree.values))


def _plain(data: Any) -> Any:
    if isinstance(data, Mapping):
        return {key: _plain(value) for key, value in data.items()}
    if isinstance(data, list | tuple):
        return [_plain(value) for value in data]
    if isinstance(data, bool | str | dt.date) or data is None:
        return data
    if isinstance(data, numbers.Integral):
        return int(data)
    if isinstance(data, numbers.Real):
        return float(data)
    return data
