"""Which lead goes which way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from channelsim.scenario.base import BY_SHAPE, LIST, SCALAR, NonNegative, Record, Share

Names = Annotated[Annotated[str, SCALAR] | Annotated[Annotated[list[str], Field(min_length=1)], LIST], BY_SHAPE]


class ValueRange(Record):
    """Deal values from `at_least` to just under `below`."""

    at_least: NonNegative = 0.0
    below: NonNegative | None = None

    @model_validator(mode="after")
    def _some_value_fits(self) -> ValueRange:
        if self.below is not None and self.below <= self.at_least:
            raise ValueError(f"at_least {self.at_least:g} and below {self.below:g}; below must be the larger")
        return self


class Overflow(Record):
    """True while a team's queue is longer than so many leads."""

    team: str
    queue_longer_than: Annotated[int, Field(ge=0)]


class When(Record):
    """Conditions on a lead at its arrival; all that are given must hold."""

    segment: Names | None = None
    source: Names | None = None
    deal_value: ValueRange | None = None
    share: Share | None = Field(default=None, description="this share of the leads that get here, at random")
    overflow: Overflow | None = None


class RoutingRule(Record):
    """Leads that meet `when` go this way; the first rule that fits decides."""

    when: When | None = Field(default=None, description="omitted = every lead that gets here")
    motion: str


def names_in(names: Names | None) -> list[str]:
    """The names that a condition lists, whether it gave one or several."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)
