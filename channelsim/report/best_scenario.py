"""A scenario file with one more strategy: what an optimisation found, beside what was there."""

from __future__ import annotations

import io
import json
from pathlib import Path
from typing import Any

from channelsim.errors import ScenarioError
from channelsim.experiment.optimize import Optimum
from channelsim.scenario.decide import Point
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_file, read_text
from channelsim.scenario.schema import IMPLICIT_STRATEGY
from channelsim.scenario.tree import Tree

STRATEGIES = "strategies"


def best_scenario(optimum: Optimum, scenario: str, point: Point) -> str:
    """The file's text with a strategy <name>_optimum at the end of its strategies: the one that was improved, with
    the values of a point. All else stays as it is, comments too, unless the strategies are written in one line."""
    tree = read_file(scenario)
    changes = _changes(optimum, point)
    name = name_of_best(optimum)
    text = _inserted(Path(scenario).read_text(encoding="utf-8-sig"), tree, name, changes)
    return text if _is_meant(optimum, scenario, point, text) else _rewritten(tree, name, changes)


def name_of_best(optimum: Optimum) -> str:
    """The new strategy's name: one that the file does not have."""
    space = optimum.question.space
    name = f"{space.strategy}_optimum"
    while name in (space.tree.data.get(STRATEGIES) or {}):
        name += "_2"
    return name


def kept_sets(optimum: Optimum) -> list[str]:
    """What `--set` has to say when the new file is run: all but what it said of a strategy, which is in it."""
    return [each for each in optimum.asked.sets if not each.strip().startswith(f"{STRATEGIES}.")]


def _changes(optimum: Optimum, point: Point) -> dict[str, Any]:
    """Dotted path -> value: what the new strategy changes in the file."""
    space = optimum.question.space
    own = (space.tree.data.get(STRATEGIES) or {}).get(space.strategy) or {}
    prefix = f"{STRATEGIES}.{space.strategy}."
    return own | {each.path.removeprefix(prefix): each.value.data for each in space.changes(point)}


def _inserted(text: str, tree: Tree, name: str, changes: dict[str, Any]) -> str:
    """The strategy as lines behind the others. Values are in JSON, which is YAML, too."""
    lines = text.splitlines()
    there = tree.data.get(STRATEGIES) or {}
    indent = "  "
    if there:
        indent = " " * ((tree.key_place((STRATEGIES, next(iter(there)))).column or 1) - 1)
    added = [f"{indent}{name}:"]
    added += [f"{indent}  {path}: {json.dumps(value, default=str)}" for path, value in changes.items()]
    if not there:
        return "\n".join([*lines, "", f"{STRATEGIES}:", f"{indent}{IMPLICIT_STRATEGY}: {{}}", *added]) + "\n"
    start = tree.key_place((STRATEGIES,)).line or 1
    later = [place.line for at, place in tree.keys.items() if len(at) == 1 and place.line and place.line > start]
    end = min(later, default=len(lines) + 1) - 1
    while end > start and (not lines[end - 1].strip() or lines[end - 1].startswith("#")):
        end -= 1
    return "\n".join([*lines[:end], *added, *lines[end:]]) + "\n"


def _rewritten(tree: Tree, name: str, changes: dict[str, Any]) -> str:
    """The file's data, written anew."""
    from ruamel.yaml import YAML

    there = tree.data.get(STRATEGIES) or {IMPLICIT_STRATEGY: {}}
    yaml, out = YAML(), io.StringIO()
    yaml.dump(tree.data | {STRATEGIES: there | {name: changes}}, out)
    return out.getvalue()


def _is_meant(optimum: Optimum, scenario: str, point: Point, text: str) -> bool:
    """Whether the new file's strategy is the point that was simulated."""
    space, name = optimum.question.space, name_of_best(optimum)
    wanted = load(scenario, [*optimum.asked.sets, *space.changes(point)], [space.strategy])
    try:
        made = load(read_text(text, scenario), kept_sets(optimum), [name])
    except ScenarioError:
        return False
    return made.beliefs[name] == wanted.beliefs[space.strategy]
