"""What a user is told when something is wrong: where it stands, what was read, and what is right."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass

MAX_NAMES_LISTED = 14
MADE_IN_PYTHON = "<mapping>"
"""What a scenario without a file has in place of a file's name."""
OPTION_MARK = "--"


@dataclass(frozen=True)
class Problem:
    """One thing to put right in what somebody wrote: in a file, or in an option such as `--set`. `line` and
    `column` count from 1; an option has neither.

    >>> str(Problem("a.yaml", 3, 5, "teams.inside.headcount", "-1; must be at least 0"))
    'a.yaml:3:5: teams.inside.headcount: -1; must be at least 0'
    >>> str(Problem("--set", None, None, "teams.inside.headcount", "-1; must be at least 0"))
    '--set teams.inside.headcount: -1; must be at least 0'
    """

    file: str
    line: int | None
    column: int | None
    path: str
    message: str

    def __str__(self) -> str:
        if self.file == MADE_IN_PYTHON:
            return f"{self.path}: {self.message}"
        if self.file.startswith(OPTION_MARK):
            return f"{self.file} {self.path}: {self.message}"
        where = self.file if self.line is None else f"{self.file}:{self.line}:{self.column}"
        return f"{where}: {self.path}: {self.message}"


class UserError(Exception):
    """Something that the user can put right. Shown as its message alone, without a traceback."""

    exit_status = 2


class ScenarioError(UserError):
    """Everything that is wrong with a scenario, one problem a line, in the order of the file."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(set(problems), key=_position))
        super().__init__("\n".join(str(problem) for problem in self.problems))


class RunError(UserError):
    """A run that could not be carried out or saved although its scenario is sound."""

    exit_status = 1


def suggest(name: object, known: Iterable[object]) -> str:
    """What to write in place of `name`: the nearest of the known names, or else the list of them.

    >>> suggest("insde", ["inside", "outside"])
    "did you mean 'inside'?"
    >>> suggest("zzz", ["inside", "outside"])
    'known are inside, outside'
    >>> suggest("zzz", [])
    'none are defined'
    """
    names = {str(each).lower(): str(each) for each in known}
    if not names:
        return "none are defined"
    near = difflib.get_close_matches(str(name).lower(), names, n=1)
    return f"did you mean '{names[near[0]]}'?" if near else f"known are {_listed(list(names.values()))}"


def _listed(names: list[str]) -> str:
    more = len(names) - MAX_NAMES_LISTED
    return ", ".join(names[:MAX_NAMES_LISTED]) + (f" and {more} more" if more > 0 else "")


def _position(problem: Problem) -> tuple[str, int, int, str, str]:
    return (problem.file, problem.line or 0, problem.column or 0, problem.path, problem.message)
