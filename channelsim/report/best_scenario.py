"""A scenario file with one more strategy: what an optimisation found, beside what was there."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from channelsim.experiment.optimize import Optimum
from channelsim.scenario.decide import Point
from channelsim.scenario.load import load
from channelsim.scenario.overrides import Override
from channelsim.scenario.reader import read_file, read_text
from channelsim.scenario.schema import IMPLICIT_STRATEGY

WIDEST = 4096
"""Lines stay as long as they are."""


def best_scenario(optimum: Optimum, scenario: str, point: Point) -> str:
    """The file's text with what `--set` changed and a strategy <name>_optimum: the one that was improved with the
    values of a point. Comments are kept, unless the file's anchors would then say something else."""
    with_comments = _text(optimum, _reader().load(Path(scenario).read_text(encoding="utf-8-sig")), point)
    if _is_meant(optimum, scenario, point, with_comments):
        return with_comments
    return _text(optimum, read_file(scenario).data, point)


def name_of_best(optimum: Optimum) -> str:
    """The new strategy's name: one that the file does not have."""
    space = optimum.question.space
    name = f"{space.strategy}_optimum"
    while name in (space.tree.data.get("strategies") or {}):
        name += "_2"
    return name


def _reader() -> YAML:
    yaml = YAML(typ="rt")
    yaml.width = WIDEST
    yaml.preserve_quotes = True
    return yaml


def _text(optimum: Optimum, document: Any, point: Point) -> str:
    space = optimum.question.space
    said = space.tree.data
    for text in optimum.asked.sets:
        path = text.partition("=")[0].strip().split(".")
        if path[0] != "strategies":
            _put(document, path, _walk(said, path))
    own = (said.get("strategies") or {}).get(space.strategy) or {}
    if not document.get("strategies"):
        document["strategies"] = {IMPLICIT_STRATEGY: {}}
    for name, changes in (said.get("strategies") or {}).items():
        if any(text.strip().startswith(f"strategies.{name}.") for text in optimum.asked.sets):
            document["strategies"][name] = changes
    document["strategies"][name_of_best(optimum)] = own | {
        within(each, space.strategy): each.value.data for each in space.changes(point)
    }
    out = io.StringIO()
    _reader().dump(document, out)
    return out.getvalue()


def within(change: Override, strategy: str) -> str:
    """The path of a change as the strategy itself has it."""
    return change.path.removeprefix(f"strategies.{strategy}.")


def _put(document: Any, path: Sequence[str], value: Any) -> None:
    for part in path[:-1]:
        key: Any = int(part) if isinstance(document, list) else part
        if isinstance(document, dict) and document.get(key) is None:
            document[key] = {}
        document = document[key]
    document[int(path[-1]) if isinstance(document, list) else path[-1]] = value


def _walk(data: Any, path: Sequence[str]) -> Any:
    for part in path:
        data = data[int(part) if isinstance(data, list) else part]
    return data


def _is_meant(optimum: Optimum, scenario: str, point: Point, text: str) -> bool:
    """Whether the new file's strategy is the point that was simulated."""
    space, name = optimum.question.space, name_of_best(optimum)
    wanted = load(scenario, [*optimum.asked.sets, *space.changes(point)], [space.strategy])
    made = load(read_text(text, scenario), (), [name])
    return made.beliefs[name] == wanted.beliefs[space.strategy]
