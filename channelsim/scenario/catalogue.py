"""The shipped catalogue of initiatives, from which a scenario takes what it does not say itself."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

from channelsim.errors import Problem, suggest
from channelsim.scenario.reader import read_file
from channelsim.scenario.tree import Tree, look_up

FILE = Path(__file__).with_name("catalogue.yaml")


@cache
def catalogue() -> dict[str, dict[str, Any]]:
    """The entries by name, each the fields of an initiative."""
    entries: dict[str, dict[str, Any]] = read_file(FILE).data
    return entries


def with_catalogue(tree: Tree) -> tuple[Tree, list[Problem]]:
    """The tree with the catalogue's fields in every initiative that names an entry and does not give them."""
    initiatives = look_up(tree.data, ("initiatives",))
    if not isinstance(initiatives, dict):
        return tree, []
    problems: list[Problem] = []
    filled = dict(initiatives)
    for name, fields in initiatives.items():
        entry = fields.get("catalogue") if isinstance(fields, dict) else None
        if not isinstance(entry, str):
            continue
        if entry not in catalogue():
            at = ("initiatives", name, "catalogue")
            message = f"no entry '{entry}' in the catalogue; {suggest(entry, catalogue())}"
            problems.append(tree.value_place(at).problem(at, message))
            continue
        filled[name] = {**catalogue()[entry], **fields}
    return Tree(tree.file, {**tree.data, "initiatives": filled}, tree.keys, tree.values, tree.problems), problems
