"""The schema's complaints in words for the person who wrote the file: what was read, what is right."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Callable
from typing import Any

from pydantic import ValidationError

from channelsim.errors import Problem, suggest
from channelsim.scenario.distributions import DISTRIBUTION_NAMES
from channelsim.scenario.expected import KEY_MARK, expected, fields_of, locate, unwrap
from channelsim.scenario.schema import Scenario
from channelsim.scenario.tree import Path, Tree

MAX_SHOWN = 40


def validate(tree: Tree) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that a tree describes, or everything that the schema finds wrong with it."""
    try:
        return Scenario.model_validate(tree.data), []
    except ValidationError as error:
        return None, [_explain(tree, each) for each in error.errors(include_url=False)]


def shown(value: Any) -> str:
    """A value as an error repeats it: short, and in the file's own words rather than Python's.

    >>> shown("8"), shown(True), shown([1, 2]), shown(None)
    ("the text '8'", 'true', 'a list of 2', 'nothing')
    """
    if value is None:
        return "nothing"
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        text = value if len(value) <= MAX_SHOWN else value[: MAX_SHOWN - 3] + "..."
        return f"the text '{text}'"
    if isinstance(value, float) and not math.isfinite(value):
        return "no number (.nan)" if math.isnan(value) else "a number without end"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a whole number of 19 digits or more"
    if isinstance(value, dict):
        return f"a mapping with {_short(', '.join(map(str, value)))}" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dt.datetime):
        return f"the date and time {value}"
    return _short(str(value))


def _explain(tree: Tree, error: Any) -> Problem:
    location = error["loc"]
    path, declared = locate(location)
    if error["type"] == "missing":
        return tree.missing_place(path).problem(path, f"missing; add {path[-1]}: {expected(declared)}")
    if error["type"] == "extra_forbidden":
        known = fields_of(locate(location[:-1])[1])
        return tree.key_place(path).problem(path, f"unknown field '{path[-1]}'; {suggest(path[-1], known)}")
    if location[-1] == KEY_MARK:
        words = f"{_named(path[-1])} as a name here; must be {expected(declared)}"
        return tree.key_place(path).problem(path, words)
    explain = EXPLANATIONS.get(error["type"])
    if error["type"] == "value_error":
        message = str(error["ctx"]["error"])
    elif explain is None:
        message = f"{shown(error['input'])}; must be {expected(declared)}"
    else:
        path, message = explain(path, declared, error)
    return tree.value_place(path).problem(path, message)


def _wrong_type(path: Path, declared: Any, error: Any) -> tuple[Path, str]:
    value, right = error["input"], expected(declared)
    message = f"{shown(value)}; must be {right}"
    if isinstance(value, str):
        if error["type"] == "date_type":
            if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
                message = f"{shown(value)}; must be {right}, a day that exists, without quotes"
        elif _is_number(value):
            message += ", without quotes"
        elif error["type"] == "bool_type" and value.lower() in ("yes", "no", "on", "off"):
            message += f"; did you mean {'true' if value.lower() in ('yes', 'on') else 'false'}?"
    elif error["type"] == "string_type" and isinstance(value, int | float):
        message += ", in quotes"
    return path, message


def _wrong_choice(path: Path, declared: Any, error: Any) -> tuple[Path, str]:
    value = error["input"]
    choices = [str(choice) for choice in getattr(unwrap(declared)[0], "__args__", ())]
    hint = suggest(value, choices) if isinstance(value, str) else ""
    hint = f"; {hint}" if hint.startswith("did") and value not in choices else ""
    return path, f"{shown(value)}; must be {expected(declared)}{hint}"


def _wrong_member(path: Path, declared: Any, error: Any) -> tuple[Path, str]:
    value = error["input"]
    if isinstance(value, dict) and "dist" in value:
        name = value["dist"]
        return (*path, "dist"), f"{_named(name)} as a distribution; {suggest(name, DISTRIBUTION_NAMES)}"
    if isinstance(value, dict) and error["type"] == "union_tag_not_found":
        return path, f"{shown(value)} but no dist; must be {expected(declared)}"
    return path, f"{shown(value)}; must be {expected(declared)}"


def _wrong_length(path: Path, declared: Any, error: Any) -> tuple[Path, str]:
    count = error["ctx"]["actual_length"]
    if count == 0:
        return path, f"nothing in it; must have at least one entry: {expected(declared)}"
    return path, f"{count} items; must be {expected(declared)}"


EXPLANATIONS: dict[str, Callable[[Path, Any, Any], tuple[Path, str]]] = {
    "int_type": _wrong_type,
    "float_type": _wrong_type,
    "bool_type": _wrong_type,
    "date_type": _wrong_type,
    "string_type": _wrong_type,
    "literal_error": _wrong_choice,
    "union_tag_invalid": _wrong_member,
    "union_tag_not_found": _wrong_member,
    "too_short": _wrong_length,
    "too_long": _wrong_length,
}


def _named(name: Any) -> str:
    return f"'{_short(str(name))}'" if isinstance(name, str) else shown(name)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."


def _is_number(text: str) -> bool:
    try:
        return math.isfinite(float(text))
    except ValueError:
        return False
