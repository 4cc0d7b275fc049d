"""Who sells: a team's hours, its queue and its people."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from channelsim.scenario.base import (
    BY_SHAPE,
    MAPPING,
    SCALAR,
    BySegment,
    NonNegative,
    Positive,
    Record,
    Share,
)
from channelsim.scenario.distributions import Distribution
from channelsim.scenario.pay import Pay

CLOCK_PATTERN = r"^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$"
MAX_HEADCOUNT = 10_000

Clock = Annotated[str, Field(pattern=CLOCK_PATTERN)]
Days = Literal["mon-fri", "mon-sat", "mon-sun"]
DAYS_OPEN: dict[str, int] = {"mon-fri": 5, "mon-sat": 6, "mon-sun": 7}
Headcount = Annotated[int, Field(ge=0, le=MAX_HEADCOUNT)]


def hour_of(clock: str) -> float:
    """The hour of the day that "HH:MM" names."""
    hours, minutes = clock.split(":")
    return int(hours) + int(minutes) / 60


class Hours(Record):
    """When a team works."""

    days: Days = Field(default="mon-fri", description="days of the week")
    open: Clock = Field(default="09:00", description='start of the working day, "HH:MM"')
    close: Clock = Field(default="17:00", description='end of the working day, "HH:MM"')
    holidays: list[dt.date] = Field(default=[], description="dates on which this team does not work")

    @model_validator(mode="after")
    def _opens_before_it_closes(self) -> Hours:
        if hour_of(self.open) >= hour_of(self.close):
            raise ValueError(f"opens at {self.open} and closes at {self.close}; it must open before it closes")
        return self


class Queue(Record):
    """How waiting leads and free reps find each other."""

    assignment: Literal["pooled", "owned"] = Field(
        default="pooled",
        description="pooled: any free rep takes the next lead; owned: a lead is one rep's while it is in the team",
    )
    discipline: Literal["oldest", "newest", "largest", "furthest_stage", "best_score"] = Field(
        default="oldest",
        description="who goes first: the longest waiting, the last to come, the largest deal, the furthest step, "
        "the best lead score (needs lead_fit)",
    )
    max_open_deals: Annotated[int, Field(ge=1)] | None = Field(
        default=None, description="most open deals that one rep may own; only with assignment: owned"
    )

    @model_validator(mode="after")
    def _cap_needs_owners(self) -> Queue:
        if self.max_open_deals is not None and self.assignment != "owned":
            raise ValueError(
                "max_open_deals in a pooled team, whose reps own no deals; write assignment: owned or leave it out"
            )
        return self


class Freeze(Record):
    """Months in which nobody starts: whoever was to start then starts after it."""

    from_month: Annotated[int, Field(ge=0)] = Field(description="first month, 0 = the horizon's first")
    months: Annotated[int, Field(ge=1)] = Field(description="how many")


class Promotion(Record):
    """Vacancies that are filled with reps of another team: with the one who has been there longest."""

    team: str = Field(description="the team that gives them up")
    share: Share = Field(default=1.0, description="share of the vacancies; the others are filled from outside")
    ramp_share: Share = Field(default=0.5, description="share of the ramp that they still need")


class Managers(Record):
    """Who leads the reps. What they cost is in `pay`."""

    headcount: Annotated[int, Field(ge=0)] = Field(description="managers of this team")
    span: Annotated[int, Field(ge=1)] = Field(default=8, description="reps that one manager can lead")
    unmanaged_productivity: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.8, description="productivity of reps beyond that, against others; an assumption"
    )


class People(Record):
    """How reps learn, differ, leave and are replaced. What is omitted does not happen."""

    selling_share: Annotated[float, Field(gt=0, le=1)] = Field(
        default=1.0,
        description="share of working time spent selling; the rest is administration and meetings",
    )
    ramp_months: BySegment[NonNegative] = Field(
        default=0.0,
        description="months until a new rep is fully productive; by segment where some are harder to sell to "
        "(quotas are prorated by the longest)",
    )
    ramp_start: Annotated[float, Field(gt=0, le=1)] = Field(
        default=0.25, description="productivity of a new rep on the first day; rises in a straight line to 1"
    )
    starts_ramped: bool = Field(
        default=True, description="whether those on board when the horizon starts are fully productive"
    )
    skill_cv: Annotated[float, Field(ge=0, le=2)] = Field(
        default=0.0, description="spread of skill among reps: standard deviation of a mean of 1"
    )
    annual_attrition: NonNegative = Field(
        default=0.0,
        description="leavers a year for each filled seat; 0.35 = an average stay of 1 / 0.35 years",
    )
    attrition_seasonality: Annotated[list[NonNegative], Field(min_length=12, max_length=12)] | None = Field(
        default=None,
        description="12 factors, January first: many leave with the bonus; omitted = 1 throughout",
    )
    hire_skill: Positive = Field(
        default=1.0,
        description="quality of hires: multiplies the skill of those who start after the horizon's start",
    )
    hiring_freezes: list[Freeze] = Field(default=[], description="months in which nobody starts")
    promotion: Promotion | None = Field(
        default=None, description="vacancies filled from another team; omitted = all from outside"
    )
    managers: Managers | None = Field(
        default=None, description="span of control; omitted = as many managers as it takes"
    )
    hire_days: Distribution = Field(default=45.0, description="days from a departure to the successor's first day")
    orphan_share: Share = Field(
        default=0.0, description="chance that a leaver's open deal is lost rather than passed to a colleague"
    )


class Team(Record):
    """People who work one queue in the same hours."""

    channel: Literal["inside", "outside", "hybrid"] = Field(
        description="how it sells: inside (phone, web), outside (in person), hybrid (both)"
    )
    headcount: Annotated[
        Annotated[Headcount, SCALAR] | Annotated[dict[Annotated[int, Field(ge=0)], Headcount], MAPPING],
        BY_SHAPE,
    ] = Field(
        description="seats, or a plan by month from the start: {0: 8, 6: 10} = 8 seats, 10 from the seventh month"
    )
    hours: Annotated[Annotated[Literal["always"], SCALAR] | Annotated[Hours, MAPPING], BY_SHAPE] = Field(
        default=Hours(), description='working hours, or "always"'
    )
    queue: Queue = Field(default=Queue(), description="how waiting leads and free reps find each other")
    people: People = Field(default=People(), description="how reps learn, differ, leave and are replaced")
    pay: Pay = Field(default=Pay(), description="what a rep costs")

    @field_validator("headcount")
    @classmethod
    def _plan_starts_at_month_0(cls, plan: int | dict[int, int]) -> int | dict[int, int]:
        if isinstance(plan, dict) and 0 not in plan:
            raise ValueError("a plan without month 0; begin it with month 0, such as {0: 8, 6: 10}")
        return plan
