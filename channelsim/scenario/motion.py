"""The sales process: motions, their steps, and what happens to a lead at each."""

from __future__ import annotations

import re
from itertools import pairwise
from typing import Annotated, Any

from pydantic import Discriminator, Field, Tag, field_validator

from channelsim.scenario.base import BySegment, Name, NonNegative, Positive, Record, Share
from channelsim.scenario.distributions import Distribution

HOURS_PER_UNIT = {"s": 1 / 3600, "min": 1 / 60, "h": 1.0, "d": 24.0, "w": 168.0}
AGE_PATTERN = r"^(\d+(?:\.\d+)?)(s|min|h|d|w)$"
Age = Annotated[str, Field(pattern=AGE_PATTERN)]
MAX_ATTEMPTS = 1_000
MAX_TOUCHES = 1_000
MAX_NURTURES = 100


def age_hours(age: str) -> float:
    """Hours that an age such as "30min", "4h" or "7d" stands for. Raises ValueError for anything else."""
    match = re.match(AGE_PATTERN, age)
    if match is None or float(match[1]) == 0:
        raise ValueError(f"{age!r} is not an age; write a number above 0 and a unit, such as 5min, 1h, 7d, 2w")
    return float(match[1]) * HOURS_PER_UNIT[match[2]]


class HalfLives(Record):
    """Cooling by two half-lives: part of a lead's warmth is gone soon, the rest lingers."""

    fast_share: Share = Field(description="share of the warmth that fades fast")
    fast_half_life_hours: Positive = Field(description="age at which half of the fast share is gone")
    slow_half_life_hours: Positive = Field(description="age at which half of the rest is gone")


def _cooling_kind(value: Any) -> str:
    if isinstance(value, HalfLives) or (isinstance(value, dict) and set(value) & set(HalfLives.model_fields)):
        return "half_lives"
    return "table"


class Attempts(Record):
    """Dialling until somebody answers."""

    max: Annotated[int, Field(ge=1, le=MAX_ATTEMPTS)] = Field(
        description="attempts before the lead is lost as unreachable"
    )
    reach: BySegment[Share] = Field(description="chance that one attempt reaches a warm, reachable lead")
    spacing_hours: Distribution = Field(default=24.0, description="calendar hours from one attempt to the next")
    effort_hours: Distribution = Field(default=0.05, description="selling hours that one attempt takes")
    cooling: Annotated[
        Annotated[dict[Age, Share], Tag("table")] | Annotated[HalfLives, Tag("half_lives")],
        Discriminator(_cooling_kind),
    ] = Field(
        default={},
        description="what is left of `reach` when a lead has been waiting this long, by age: {5min: 1, 1h: 0.6, "
        "7d: 0.1}, interpolated in log time; or two half-lives; omitted = leads do not cool",
    )

    @field_validator("cooling")
    @classmethod
    def _ages_rise(cls, cooling: dict[str, float] | HalfLives) -> dict[str, float] | HalfLives:
        if isinstance(cooling, dict):
            ages = [age_hours(age) for age in cooling]
            if any(later <= earlier for earlier, later in pairwise(ages)):
                raise ValueError(f"the ages {', '.join(cooling)}; they must rise from one entry to the next")
        return cooling


class Handoff(Record):
    """What happens when the step before was another team's."""

    delay_hours: Distribution = Field(default=0.0, description="calendar hours until the new team has the lead")
    leak: Share = Field(default=0.0, description="chance that the lead is dropped on the way")


class Nurture(Record):
    """Leads that said no and are kept warm, to come back to the motion's first step."""

    share: Share = Field(description="share of those who decline that is nurtured")
    days: Distribution = Field(description="days until a nurtured lead comes back")
    max_times: Annotated[int, Field(ge=1, le=MAX_NURTURES)] = Field(
        default=1, description="how often one lead may come back"
    )


class Step(Record):
    """One step of a sales process: a team's work, then the buyer's decision."""

    team: str = Field(description="the team that does the work")
    effort_hours: BySegment[Distribution] = Field(default=0.0, description="selling hours of one touch")
    touches: Annotated[int, Field(ge=1, le=MAX_TOUCHES)] = Field(
        default=1, description="touches until the decision"
    )
    touch_spacing_hours: BySegment[Distribution] = Field(
        default=0.0, description="calendar hours between one touch and the next"
    )
    visit: bool = Field(default=False, description="whether a touch is a visit in person (counted and priced)")
    travel_hours: BySegment[Distribution] = Field(
        default=0.0, description="working hours on the road for one touch"
    )
    attempts: Attempts | None = Field(
        default=None, description="for a step that begins with reaching the buyer; omitted = reached at once"
    )
    advance: BySegment[Share] = Field(default=1.0, description="chance that the buyer says yes")
    source_factor: dict[str, NonNegative] = Field(
        default={}, description="multiplies `advance` for leads of a source"
    )
    value_factor: dict[Annotated[float, Field(gt=0, strict=False)], NonNegative] = Field(
        default={},
        description="multiplies `advance` by deal value: {10000: 1.2, 100000: 0.8}, interpolated in log value",
    )
    buyer_days: BySegment[Distribution] = Field(
        default=0.0, description="calendar days that the buyer takes to say yes"
    )
    buyer_days_if_no: BySegment[Distribution] | None = Field(
        default=None, description="calendar days that the buyer takes to say no; omitted = as for yes"
    )
    patience_hours: BySegment[Distribution] | None = Field(
        default=None, description="buying window at this step, in place of the segment's"
    )
    handoff: Handoff = Field(
        default=Handoff(), description="how leads come from the team of the step before, if that is another"
    )
    serves: str | None = Field(
        default=None,
        description="step of the buying cycle that it serves, in segments that have one; omitted = an extra step",
    )
    opportunity: bool = Field(
        default=False, description="whether a lead counts as an opportunity from this step on"
    )

    @field_validator("value_factor")
    @classmethod
    def _values_rise(cls, table: dict[float, float]) -> dict[float, float]:
        values = list(table)
        if any(later <= earlier for earlier, later in pairwise(values)):
            raise ValueError(
                f"the deal values {', '.join(f'{v:g}' for v in values)}; they must rise from one entry to the next"
            )
        return table


class Motion(Record):
    """A way to sell: steps in order."""

    deal_value_factor: Positive = Field(
        default=1.0, description="multiplies a deal's value when won this way: the field sells larger bundles"
    )
    nurture: Nurture | None = Field(default=None, description="keep warm those who say no; omitted = they are lost")
    steps: Annotated[dict[Name, Step], Field(min_length=1)] = Field(
        description="steps in their order, by name; the same name in two motions means the same luck"
    )
