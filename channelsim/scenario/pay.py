"""What people are paid and what they cost besides: a team's pay plan."""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from channelsim.scenario.base import Dotless, NonNegative, Positive, Record, Share

PERCENT_PATTERN = r"^(\d{1,4})%$"
Percent = Annotated[str, Field(pattern=PERCENT_PATTERN)]
MONTHS_IN = {"month": 1, "quarter": 3, "year": 12}
NEED_A_QUOTA = ("rates", "threshold", "cap", "draw", "team_bonus")


class Draw(Record):
    """An advance on commission: who earns less in a period is paid this."""

    per_month: Positive = Field(description="what each month on the payroll brings at least")
    recoverable: bool = Field(
        default=True,
        description="whether what was advanced is taken back from later commission above the draw; a leaver keeps "
        "what is still owed",
    )
    months: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="only for the first months of those who start during the horizon; omitted = for all, always",
    )


class TeamBonus(Record):
    """What each rep is paid when the team as a whole does well."""

    annual: Positive = Field(description="bonus a year for each rep, by time on the payroll")
    at: Positive = Field(
        default=1.0, description="attainment of the team from which on it is paid, period by period; 1 = 100%"
    )


class Pay(Record):
    """What a rep costs. What is omitted costs nothing."""

    salary: NonNegative = Field(default=0.0, description="base salary a year")
    on_target_variable: NonNegative = Field(
        default=0.0,
        description="commission a year at 100% of quota; in proportion to attainment, unless `rates` differ",
    )
    annual_quota: Positive | None = Field(
        default=None, description="bookings a year for 100%; omitted = variable pay is paid in full, by time"
    )
    period: Literal["month", "quarter", "year"] = Field(
        default="quarter",
        description="over which attainment is measured for rates, threshold, cap, draw and team bonus; from the "
        "horizon's start",
    )
    rates: dict[Percent, NonNegative] = Field(
        default={"0%": 1.0},
        description="what a credited dollar earns, against the rate at target, from which attainment on: {0%: 0.5, "
        "50%: 1, 100%: 1.5} = half below half of the quota, half as much again above the whole",
    )
    threshold: NonNegative = Field(
        default=0.0,
        description="attainment below which a period earns no commission; once reached, all of it counts",
    )
    cap: Positive | None = Field(
        default=None, description="most commission of a period, as a multiple of that on target; omitted = no cap"
    )
    draw: Draw | None = Field(default=None, description="an advance on commission; omitted = none")
    team_bonus: TeamBonus | None = Field(default=None, description="for the team's success; omitted = none")
    handoff_credit: Share = Field(
        default=0.0,
        description="share of a won deal's value that counts for the rep who handed it to another team",
    )
    takeover_credit: Share = Field(
        default=1.0,
        description="share of a won deal's value that counts for the rep who closed it, where another team handed "
        "it over",
    )
    per_handoff: NonNegative = Field(default=0.0, description="paid for each lead handed to another team")
    benefits_rate: NonNegative = Field(
        default=0.0, description="benefits and payroll taxes, as a share of salary and variable pay"
    )
    overhead_rate: NonNegative = Field(
        default=0.0, description="overhead as a share of salary: the desk, support, benefits if not given apart"
    )
    manager_pay: NonNegative = Field(
        default=0.0,
        description="what a manager is paid a year, variable pay included; benefits and overhead come on top; as "
        "many as `people.managers` has, else one to `reps_per_manager`",
    )
    reps_per_manager: Positive = Field(default=8.0, description="reps who share one manager")
    severance_months: NonNegative = Field(
        default=0.0, description="months of salary for a rep whose seat closes; who leaves by choice gets none"
    )
    travel_per_visit: NonNegative = Field(default=0.0, description="travel cost of one visit")
    tool_seats_per_month: dict[Dotless, NonNegative] = Field(
        default={}, description="software: cost of one rep's seat a month, by tool"
    )
    hire_cost: NonNegative = Field(default=0.0, description="recruiting cost of each hire")

    @field_validator("rates")
    @classmethod
    def _rates_from_nothing_on(cls, rates: dict[str, float]) -> dict[str, float]:
        steps = [percent(each) for each in rates]
        if not steps or steps[0] != 0:
            raise ValueError("no rate from 0% on; begin with it, such as {0%: 1, 100%: 1.5}")
        if any(later <= earlier for earlier, later in pairwise(steps)):
            raise ValueError(f"the attainments {', '.join(rates)}; they must rise from one entry to the next")
        return rates

    @model_validator(mode="after")
    def _plan_needs_a_quota(self) -> Pay:
        asked = [name for name in NEED_A_QUOTA if getattr(self, name) != type(self).model_fields[name].default]
        if self.annual_quota is None and asked:
            raise ValueError(f"{' and '.join(asked)} without annual_quota, which attainment is measured by; add it")
        return self


def percent(text: str) -> float:
    """The share that "150%" stands for."""
    return int(text.removesuffix("%")) / 100
