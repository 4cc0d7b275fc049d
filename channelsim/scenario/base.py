"""What every part of a scenario shares: the strict record and the kinds of number."""

from __future__ import annotations

from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

NAME_PATTERN = r"^[A-Za-z][A-Za-z0-9_-]*$"

DOTLESS_PATTERN = r"^[^.]+$"

Name = Annotated[str, Field(pattern=NAME_PATTERN)]
Dotless = Annotated[str, Field(pattern=DOTLESS_PATTERN)]
"""A name of something outside the scenario, free but for dots, at which a path would part it."""
Share = Annotated[float, Field(ge=0, le=1)]
NonNegative = Annotated[float, Field(ge=0)]
Positive = Annotated[float, Field(gt=0)]


class Record(BaseModel):
    """A section of a scenario: unknown fields are errors, values are never coerced, nothing changes later."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True, allow_inf_nan=False)


def _shape(value: Any) -> str:
    return "mapping" if isinstance(value, dict | BaseModel) else "list" if isinstance(value, list) else "scalar"


BY_SHAPE = Discriminator(_shape)
"""Tells a union's members apart by the shape of what was written, so that an error speaks of that shape alone."""
SCALAR, LIST, MAPPING = Tag("scalar"), Tag("list"), Tag("mapping")


def _is_by_segment(value: Any) -> str:
    return "by_segment" if isinstance(value, dict) and "dist" not in value else "everyone"


T = TypeVar("T")
BySegment = Annotated[
    Annotated[T, Tag("everyone")] | Annotated[dict[str, T], Tag("by_segment")],
    Discriminator(_is_by_segment),
]
"""One value for everyone, or a mapping that names every segment and gives each its own."""


def for_segment(value: Any, segment: str) -> Any:
    """The value that holds for `segment`, whether it was given for everyone or segment by segment."""
    return value[segment] if isinstance(value, dict) else value
