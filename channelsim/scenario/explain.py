"""The schema's complaints in words for the person who wrote the file: what was read, what is right."""

from __future__ import annotations

import datetime as dt
import math
import re
from typing import Any

from pydantic import ValidationError

from channelsim.errors import Problem, suggest
from channelsim.scenario.distributions import DISTRIBUTION_NAMES
from channelsim.scenario.expected import KEY_MARK, Spot, expected, fields_of, locate, unwrap
from channelsim.scenario.schema import Scenario
from channelsim.scenario.tree import Tree

MAX_SHOWN = 40
DID_YOU_MEAN = "did you mean"
YES_OR_NO = {"yes": "true", "on": "true", "no": "false", "off": "false"}


def validate(tree: Tree) -> tuple[Scenario | None, list[Problem]]:
    """The scenario that a tree describes, or everything that the schema finds wrong with it."""
    try:
        return Scenario.model_validate(tree.data), []
    except ValidationError as error:
        errors = error.errors(include_url=False)
        misspelt = {_meant(each) for each in errors if each["type"] == "extra_forbidden"}
        return None, [_explain(tree, each) for each in errors if each["loc"] not in misspelt]


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
        return f"the text '{_short(value)}'"
    if isinstance(value, float) and not math.isfinite(value):
        return "no number (.nan)" if math.isnan(value) else "a number without end (.inf)"
    if isinstance(value, int) and abs(value) >= 10**18:
        return "a whole number of 19 digits or more"
    if isinstance(value, dict):
        return f"a mapping with {_short(', '.join(map(str, value)))}" if value else "an empty mapping"
    if isinstance(value, list):
        return f"a list of {len(value)}" if value else "an empty list"
    if isinstance(value, dt.datetime):
        return f"the date and time {value}"
    return _short(str(value))


def _meant(error: Any) -> tuple[str | int, ...]:
    """The location of the field that an unknown field is taken for: that it is missing need not be said as well."""
    *around, name = error["loc"]
    fields = fields_of(locate(around).member)
    nearest = suggest(name, fields)
    return next(((*around, field) for field in fields if nearest == f"{DID_YOU_MEAN} '{field}'?"), ())


def _explain(tree: Tree, error: Any) -> Problem:
    spot = locate(error["loc"])
    path, kind = spot.path, error["type"]
    if kind == "missing":
        return tree.missing_place(path).problem(path, f"missing; add {path[-1]}: {_wanted(error['loc'])}")
    if kind == "extra_forbidden":
        known = fields_of(locate(error["loc"][:-1]).member)
        return tree.key_place(path).problem(path, f"unknown field '{path[-1]}'; {suggest(path[-1], known)}")
    if error["loc"][-1] == KEY_MARK:
        return tree.key_place(path).problem(path, f"the name {_named(path[-1])}; must be {expected(spot.member)}")
    if kind in ("union_tag_invalid", "union_tag_not_found") and "dist" in _keys(error["input"]):
        path, name = (*path, "dist"), error["input"]["dist"]
        message = f"no distribution named {_named(name)}; {suggest(name, DISTRIBUTION_NAMES)}"
    elif kind == "value_error":
        message = str(error["ctx"]["error"])
    else:
        message = _read_and_right(spot, error)
    return tree.value_place(path).problem(path, message)


def _read_and_right(spot: Spot, error: Any) -> str:
    value, kind = error["input"], error["type"]
    read = shown(value)
    if kind in ("too_short", "too_long"):
        count = error["ctx"]["actual_length"]
        read = f"{count} items" if count else "nothing in it"
    elif kind == "union_tag_not_found" and isinstance(value, dict):
        read += " but no dist"
    in_bounds = kind.endswith(("_type", "_error")) or value is None
    message = f"{read}; must be {expected(spot.declared if in_bounds else spot.member)}"
    hint = _hint(kind, value, spot.member)
    return f"{message}; {hint}" if hint else message


def _hint(kind: str, value: Any, member: Any) -> str:
    """What the writer may have meant, where that can be told."""
    if kind == "string_type":
        return "put it in quotes" if isinstance(value, int | float | dt.date) else ""
    if not isinstance(value, str):
        return ""
    if kind == "literal_error":
        near = suggest(value, getattr(unwrap(member)[0], "__args__", ()))
        return near if near.startswith(DID_YOU_MEAN) else ""
    if kind == "date_type" and re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        return "leave out the quotes" if _is_day(value) else "the calendar has no such day"
    if kind == "bool_type" and value.lower() in YES_OR_NO:
        return f"write {YES_OR_NO[value.lower()]}"
    if kind in ("int_type", "float_type"):
        return _number_meant(value)
    return ""


def _wanted(location: tuple[str | int, ...]) -> str:
    """What a missing field should hold; of a plain text, what the text is."""
    words = expected(locate(location).declared)
    field = fields_of(locate(location[:-1]).member).get(str(location[-1]))
    return f"{words} ({field.description})" if words == "text" and field and field.description else words


def _number_meant(text: str) -> str:
    """A number written the way people or spreadsheets write it, as this file needs it."""
    plain = text.strip().lstrip("$€£").rstrip("%")
    if re.fullmatch(r"\d{1,3}(,\d{3})+(\.\d*)?", plain):
        plain = plain.replace(",", "")
    if not re.fullmatch(r"-?\d+(\.\d*)?", plain):
        return ""
    if plain == text:
        return "leave out the quotes"
    return f"write {float(plain) / 100:.10g}" if "%" in text else f"write {plain}"


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


def _keys(value: Any) -> set[Any]:
    return set(value) if isinstance(value, dict) else set()


def _named(name: Any) -> str:
    return f"'{_short(name)}'" if isinstance(name, str) else shown(name)


def _short(text: str) -> str:
    return text if len(text) <= MAX_SHOWN else text[: MAX_SHOWN - 3] + "..."
