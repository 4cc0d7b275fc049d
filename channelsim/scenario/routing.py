"""Which lead goes which way."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from channelsim.scenario.base import BY_SHAPE, LIST, SCALAR, NonNegative, Record, Share

Names = Annotated[Annotated[str, SCALAR] | Annotated[Annotated[list[str], Field(min_length=1)], LIST], BY_SHAPE]


class ValueRange(Record):
    """Deal values from `at_least` to just under `below`."""

    at_least: NonNegative = Field(default=0.0, description="smallest value that fits")
    below: NonNegative | None = Field(default=None, description="values from here on do not fit")

    @model_validator(mode="after")
    def _some_value_fits(self) -> ValueRange:
        if self.below is not None and self.below <= self.at_least:
            raise ValueError(f"at_least {self.at_least:g} and below {self.below:g}; below must be the larger")
        return self


class ScoreRange(Record):
    """Scores from `at_least` to just under `below`, as shares of all leads: 0.8 to 1 are the best fifth."""

    at_least: Share = Field(default=0.0, description="share of all leads that score lower than those who fit")
    below: Share = Field(
        default=1.0, description="share of all leads that score lower than those who no longer fit"
    )

    @model_validator(mode="after")
    def _some_score_fits(self) -> ScoreRange:
        if self.below <= self.at_least:
            raise ValueError(f"at_least {self.at_least:g} and below {self.below:g}; below must be the larger")
        return self


class Overflow(Record):
    """True while a team's queue is longer than so many leads."""

    team: str = Field(description="whose queue")
    queue_longer_than: Annotated[int, Field(ge=0)] = Field(description="leads waiting")


class When(Record):
    """Conditions on a lead at its arrival; all that are given must hold."""

    segment: Names | None = Field(default=None, description="of this segment, or of one of these")
    source: Names | None = Field(default=None, description="from this source, or from one of these")
    deal_value: ValueRange | None = Field(default=None, description="with a deal value in this range")
    score: ScoreRange | None = Field(default=None, description="with a lead score in this range; needs lead_fit")
    share: Share | None = Field(default=None, description="this share of the leads that get here, at random")
    overflow: Overflow | None = Field(default=None, description="while a team has more leads than it can take")


class RoutingRule(Record):
    """Leads that meet `when` go this way; the first rule that fits decides."""

    when: When | None = Field(default=None, description="omitted = every lead that gets here")
    motion: str = Field(description="the way to sell")


def names_in(names: Names | None) -> list[str]:
    """The names that a condition lists, whether it gave one or several."""
    if names is None:
        return []
    return [names] if isinstance(names, str) else list(names)
