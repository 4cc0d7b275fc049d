"""Who might buy and how they come: segments, lead sources, and when in the week leads arrive."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, field_validator

from channelsim.scenario.base import BY_SHAPE, MAPPING, SCALAR, Name, NonNegative, Positive, Record, Share
from channelsim.scenario.buying import BuyerStep
from channelsim.scenario.distributions import Distribution
from channelsim.scenario.marketing import Budget, Content

HOURS_A_DAY = 24
MONTHS_A_YEAR = 12
MIX_TOLERANCE = 1e-6

# Relative intensity by hour of the day. `web` rises in office hours, keeps an evening shoulder and a weekend
# trickle: enquiries come when buyers are at a screen, not only when a rep is at a desk.
PATTERNS: dict[str, tuple[list[float], list[float]]] = {
    "flat": ([1.0] * 24, [1.0] * 24),
    "office": ([0.0] * 9 + [1.0] * 8 + [0.0] * 7, [0.0] * 24),
    "web": (
        [0.1] * 6 + [0.3, 0.6, 1.2, 1.8, 2.0, 2.0, 1.7, 1.8, 2.0, 1.9, 1.6, 1.2, 0.9, 0.8, 0.8, 0.7, 0.4, 0.2],
        [0.1] * 8 + [0.3] * 14 + [0.1] * 2,
    ),
}

HourWeights = Annotated[list[NonNegative], Field(min_length=HOURS_A_DAY, max_length=HOURS_A_DAY)]


class WeekPattern(Record):
    """Relative intensity of arrivals by hour of the day, 24 numbers from midnight on, for the days of the
    working week and for the weekend. Only their proportions matter."""

    weekday: HourWeights = Field(description="Monday to Friday")
    weekend: HourWeights = Field(description="Saturday and Sunday")

    @field_validator("weekday")
    @classmethod
    def _some_weekday_hour(cls, weights: list[float]) -> list[float]:
        if sum(weights) <= 0:
            raise ValueError("all 24 weights are 0; at least one hour must be above 0")
        return weights


class Segment(Record):
    """Customers who buy alike."""

    deal_value: Distribution = Field(description="value of a won deal, one year's worth, in the currency")
    gross_margin: Share = Field(default=1.0, description="share of bookings left after the cost of delivery")
    annual_churn: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None,
        description="share of customers who do not renew after a year; needed for lifetime value; omitted = a deal "
        "is paid once",
    )
    annual_expansion: Annotated[float, Field(gt=-1)] = Field(
        default=0.0, description="growth of what a customer who renews pays, a year; counts with `annual_churn`"
    )
    patience_hours: Distribution | None = Field(
        default=None,
        description="buying window: how long a lead waits for a rep's touch, in calendar hours, before it is "
        "lost as cooled; omitted = for ever",
    )
    buying_cycle: dict[Name, BuyerStep] = Field(
        default={},
        description="the buyer's own steps in order, which sales steps serve; omitted = the sales process sets the "
        "pace",
    )


class Source(Record):
    """Where leads come from."""

    leads_per_month: NonNegative = Field(
        description="expected leads in a month of seasonality 1, before budget and content"
    )
    mix: dict[str, Share] = Field(description="share of each segment among the leads; adds up to 1")
    cost_per_lead: NonNegative = Field(default=0.0, description="marketing cost of one lead")
    seasonality: Annotated[list[NonNegative], Field(min_length=MONTHS_A_YEAR, max_length=MONTHS_A_YEAR)] | None = (
        Field(default=None, description="12 factors, January first; omitted = 1 throughout")
    )
    annual_growth: Annotated[float, Field(gt=-1)] = Field(
        default=0.0, description="growth of the leads per month over a year: 0.2 = 20% more after 12 months"
    )
    arrivals: Annotated[
        Annotated[Literal["flat", "office", "web"], SCALAR] | Annotated[WeekPattern, MAPPING], BY_SHAPE
    ] = Field(
        default="web",
        description="when in the week leads come: flat (any hour), office (weekdays 9 to 17), web (office hours, "
        "evenings, some weekend), or 24 weights for weekdays and for weekends",
    )
    unreachable_share: Share = Field(
        default=0.0, description="share of leads that no number of attempts will ever reach"
    )
    cooling_speed: Positive = Field(
        default=1.0, description="how fast these leads cool: 2 = as cold after an hour as others after two"
    )
    budget: Budget | None = Field(default=None, description="leads bought with a budget; omitted = none")
    content: Content | None = Field(default=None, description="leads from content marketing; omitted = none")

    @field_validator("mix")
    @classmethod
    def _adds_up(cls, mix: dict[str, float]) -> dict[str, float]:
        total = sum(mix.values())
        if abs(total - 1) > MIX_TOLERANCE:
            raise ValueError(f"the shares add up to {total:.6g}; they must add up to 1")
        return mix
