"""A scenario as it was read: plain data, and the place in the file where each part of it stands."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from channelsim.errors import Problem

Path = tuple[str | int | float, ...]
WHOLE_FILE = "(file)"


@dataclass(frozen=True)
class Place:
    """A position in a file, counted from 1; without a line for data that came from no text."""

    file: str
    line: int | None = None
    column: int | None = None

    def problem(self, path: Path, message: str) -> Problem:
        """What is wrong with `path`, reported here."""
        return Problem(self.file, self.line, self.column, dotted(path), message)


@dataclass(frozen=True)
class Tree:
    """Plain data with the place of every key and of every value, by path.

    `problems` are those that reading could step over, to be reported together with what is found later.
    """

    file: str
    data: Any
    keys: dict[Path, Place] = field(default_factory=dict)
    values: dict[Path, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def value_place(self, path: Path) -> Place:
        """Where the value at `path` stands, or failing that the nearest thing around it."""
        while path:
            if path in self.values:
                return self.values[path]
            path = path[:-1]
        return self.values.get((), Place(self.file))

    def key_place(self, path: Path) -> Place:
        """Where the name at the end of `path` stands; for an item of a list, where the item stands."""
        return self.keys.get(path) or self.value_place(path)

    def missing_place(self, path: Path) -> Place:
        """Where to point when nothing was written at `path`: at the section that should hold it."""
        return self.key_place(path[:-1])


def dotted(path: Path) -> str:
    """The path as people write it.

    >>> dotted(("routing", 0, "motion"))
    'routing.0.motion'
    """
    return ".".join(str(part) for part in path) or WHOLE_FILE


def look_up(data: Any, path: Path) -> Any:
    """What stands at `path` in plain data, or None where there is nothing."""
    for part in path:
        if isinstance(data, dict):
            data = data.get(part)
        elif isinstance(data, list) and isinstance(part, int) and part < len(data):
            data = data[part]
        else:
            return None
    return data
