"""Leads for money: budgets with diminishing returns, content that adds up, fit, scores and referrals."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from channelsim.scenario.base import BY_SHAPE, MAPPING, SCALAR, BySegment, NonNegative, Positive, Record
from channelsim.scenario.distributions import Distribution

Month = Annotated[int, Field(ge=0)]


class Budget(Record):
    """Spending that brings leads, ever fewer for each further unit of money: leads = most_leads_per_month x
    b^shape / (half_at^shape + b^shape), ADBUDG (J. D. C. Little, Management Science 16, 1970)."""

    per_month: Annotated[
        Annotated[NonNegative, SCALAR] | Annotated[dict[Month, NonNegative], MAPPING], BY_SHAPE
    ] = Field(description="money a month, or a plan by month from the start: {0: 5000, 6: 9000}")
    most_leads_per_month: NonNegative = Field(description="leads a month that no budget could exceed")
    half_at: Positive = Field(description="money a month that brings half of these")
    shape: Annotated[float, Field(gt=0, le=10)] = Field(
        default=1.0, description="1 = returns diminish from the first unit; above 1 = slow at first (an S)"
    )

    @field_validator("per_month")
    @classmethod
    def _plan_starts_at_month_0(cls, plan: float | dict[int, float]) -> float | dict[int, float]:
        if isinstance(plan, dict) and 0 not in plan:
            raise ValueError("a plan without month 0; begin it with month 0, such as {0: 5000, 6: 9000}")
        return plan


class Content(Record):
    """Content marketing: pieces that go on bringing leads, so that they add up, and are slowly forgotten."""

    pieces_per_month: NonNegative = Field(description="pieces published")
    leads_per_piece_month: NonNegative = Field(description="leads a month that a fresh piece brings")
    lag_months: Annotated[int, Field(ge=0)] = Field(default=3, description="months until a piece is found")
    half_life_months: Positive = Field(default=18.0, description="months in which a piece loses half its pull")
    cost_per_piece: NonNegative = Field(default=0.0, description="money for one piece")
    fee_per_month: NonNegative = Field(default=0.0, description="what the partner takes besides")
    start_month: Month = Field(default=0, description="first month in which pieces are published")


class LeadFit(Record):
    """How much leads differ in ways that no segment shows. A lead that fits is more likely to say yes at every
    step; a score is what is known of it beforehand."""

    spread: NonNegative = Field(
        default=1.0,
        description="standard deviation of fit on the logit scale: with 1, a lead one standard deviation above the "
        "average has 2.7 times the odds at every step; `advance` stays the average over those who come to a step",
    )
    score_noise: NonNegative = Field(
        default=1.0, description="noise in the score: 0 = the score is the fit, 1 = half of it is noise"
    )
    mean: dict[str, float] = Field(
        default={}, description="lead quality by source: mean fit in standard deviations, 0 where not given"
    )


class Referrals(Record):
    """Customers who bring customers."""

    source: str = Field(description="the source in which referred leads come, in their parent's segment")
    per_win: BySegment[Annotated[float, Field(ge=0, le=5)]] = Field(
        description="leads that a win brings, on average"
    )
    delay_days: Distribution = Field(default=60.0, description="calendar days from the win to the referred lead")


def at_month(plan: float | dict[int, float], month: int) -> float:
    """What a plan by month holds in a month; a plain number holds in all."""
    if not isinstance(plan, dict):
        return plan
    return plan[max(start for start in plan if start <= month)]
