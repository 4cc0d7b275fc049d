"""What the schema would accept at a place, in words: the "what is right" of an error.

The words come from the schema's own types and bounds, so that they cannot disagree with what is checked.
"""

from __future__ import annotations

import datetime as dt
import types
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import Discriminator, Tag
from pydantic.fields import FieldInfo

from channelsim.scenario.base import DOTLESS_PATTERN, NAME_PATTERN, Record
from channelsim.scenario.distributions import DISTRIBUTION_NAMES
from channelsim.scenario.motion import AGE_PATTERN
from channelsim.scenario.pay import PERCENT_PATTERN
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import CLOCK_PATTERN
from channelsim.scenario.tree import Path

KEY_MARK = "[key]"
TEXTS = {
    NAME_PATTERN: "a name of letters, digits, - and _ that begins with a letter",
    DOTLESS_PATTERN: "a name without a dot, which would part it in a path such as teams.inside.headcount",
    AGE_PATTERN: "an age such as 30s, 5min, 4h, 7d or 2w",
    CLOCK_PATTERN: 'a time of day such as "08:00"',
    PERCENT_PATTERN: "a whole number of percent such as 0%, 50% or 100%",
    r"^[A-Z]{3}$": "a code of three capital letters such as USD",
}
DISTRIBUTION_EXAMPLE = "a distribution such as {dist: lognormal, mean: 5, cv: 1}"


@dataclass(frozen=True)
class Spot:
    """A place in the schema."""

    path: Path
    member: Any
    """the declared type that was tried there; of a union, the member with the shape of what was written"""
    declared: Any
    """all that is declared there"""


def locate(location: Iterable[str | int]) -> Spot:
    """The place in the schema for a location of pydantic's, which also holds names of union members."""
    path: list[str | int] = []
    declared: Any = Scenario
    whole: Any = Scenario
    key_type: Any = str
    for element in location:
        base, metadata = unwrap(declared)
        if _is_tagged(metadata) and (member := _member(base, element)) is not None:
            declared = member
        elif element == KEY_MARK:
            declared = whole = key_type
        else:
            path.append(element)
            arguments = get_args(base)
            key_type = arguments[0] if get_origin(base) is dict else str
            declared = whole = _child(base, element)
    return Spot(tuple(path), declared, whole)


def unwrap(declared: Any) -> tuple[Any, list[Any]]:
    """A type without `Annotated` and `| None`, and the metadata that stood around it."""
    metadata: list[Any] = []
    while True:
        if get_origin(declared) is Annotated:
            metadata += declared.__metadata__
            declared = declared.__origin__
        elif _is_union(declared) and type(None) in get_args(declared):
            declared = Union[tuple(each for each in get_args(declared) if each is not type(None))]  # noqa: UP007
        else:
            return declared, metadata


def fields_of(declared: Any) -> dict[str, FieldInfo]:
    """The fields of the record that is declared; none where something else is."""
    base, _ = unwrap(declared)
    return base.model_fields if isinstance(base, type) and issubclass(base, Record) else {}


def expected(declared: Any) -> str:
    """In words, what may stand where `declared` is declared."""
    base, metadata = unwrap(declared)
    origin, arguments = get_origin(base), get_args(base)
    if _is_union(base):
        return _one_of_several(arguments)
    if origin is Literal:
        choices = [str(choice) for choice in arguments]
        return choices[0] if len(choices) == 1 else f"one of {', '.join(choices)}"
    if origin is list:
        return _list(arguments[0], metadata)
    if origin is dict:
        return _mapping(arguments)
    if base is bool:
        return "true or false"
    if base in (int, float):
        return f"{'a whole number' if base is int else 'a number'}{_bounds(metadata)}"
    if base is dt.date:
        return "a date such as 2027-01-04"
    if base is str:
        pattern = _constraint(metadata, "pattern")
        return TEXTS.get(pattern, "text") if pattern else "text"
    required = [name for name, field in fields_of(base).items() if field.is_required()]
    names = required or list(fields_of(base))
    return f"a section with {', '.join(names)}"


def _one_of_several(members: tuple[Any, ...]) -> str:
    words: list[str] = []
    for member in members:
        metadata = unwrap(member)[1]
        tags = [each.tag for each in metadata if isinstance(each, Tag)]
        if "by_segment" in tags:
            words.append("one for each segment")
        elif tags and tags[0] in DISTRIBUTION_NAMES:
            words.append(DISTRIBUTION_EXAMPLE)
        else:
            words.append(expected(member))
    return ", or ".join(dict.fromkeys(words))


def _list(item: Any, metadata: list[Any]) -> str:
    least, most = _constraint(metadata, "min_length"), _constraint(metadata, "max_length")
    if least is not None and least == most:
        return f"a list of {least} items, each {expected(item)}"
    return f"a list, each item {expected(item)}"


def _mapping(arguments: tuple[Any, ...]) -> str:
    key, value = arguments
    if value is Any:
        return "a mapping of paths to values such as {teams.inside.headcount: 6}, or {} for no change"
    if unwrap(key)[0] is int:
        return "a plan by month such as {0: 8, 6: 10}"
    if _constraint(unwrap(key)[1], "pattern") == AGE_PATTERN:
        return "a mapping by age such as {5min: 1, 1h: 0.6, 7d: 0.1}"
    if _constraint(unwrap(key)[1], "pattern") == PERCENT_PATTERN:
        return "a mapping by attainment such as {0%: 1, 100%: 1.5}"
    return f"a mapping of names, each with {expected(value)}"


def _bounds(metadata: list[Any]) -> str:
    least, above = _constraint(metadata, "ge"), _constraint(metadata, "gt")
    most, below = _constraint(metadata, "le"), _constraint(metadata, "lt")
    if least is not None and most is not None:
        return f" from {least} to {most}"
    words = [
        f"{word} {bound}"
        for word, bound in (("of at least", least), ("above", above), ("at most", most), ("below", below))
        if bound is not None
    ]
    return f" {' and '.join(words)}" if words else ""


def _constraint(metadata: list[Any], name: str) -> Any:
    for each in metadata:
        parts = each.metadata if isinstance(each, FieldInfo) else [each]
        for part in parts:
            if getattr(part, name, None) is not None:
                return getattr(part, name)
    return None


def _child(base: Any, element: str | int) -> Any:
    if get_origin(base) in (list, dict):
        return get_args(base)[-1]
    if element in fields_of(base):
        return get_type_hints(base, include_extras=True)[str(element)]
    return Any


def _member(base: Any, tag: str | int) -> Any:
    for member in get_args(base):
        if any(isinstance(each, Tag) and each.tag == tag for each in unwrap(member)[1]):
            return member
    return None


def _is_tagged(metadata: list[Any]) -> bool:
    return any(isinstance(each, Discriminator) for each in metadata)


def _is_union(declared: Any) -> bool:
    return get_origin(declared) in (Union, types.UnionType)
