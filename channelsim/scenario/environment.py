"""The world outside, the same for all strategies: booms and slumps, shocks, seasons."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from channelsim.scenario.base import Name, NonNegative, Positive, Record
from channelsim.scenario.market import MONTHS_A_YEAR
from channelsim.scenario.routing import Names

TWELVE = Annotated[list[NonNegative], Field(min_length=MONTHS_A_YEAR, max_length=MONTHS_A_YEAR)]


class Conditions(Record):
    """Factors on what the market gives; 1 = as the scenario says elsewhere."""

    leads: NonNegative = Field(default=1.0, description="leads that arrive")
    reach: NonNegative = Field(default=1.0, description="chance that an attempt reaches a buyer")
    advance: NonNegative = Field(default=1.0, description="chance of a yes at each step, at most 1 in all")
    deal_value: NonNegative = Field(default=1.0, description="value of the deals")
    buyer_days: NonNegative = Field(default=1.0, description="time that buyers take to answer")
    annual_attrition: NonNegative = Field(default=1.0, description="leavers: poaching in a hot market")


CONDITIONS = tuple(Conditions.model_fields)


class Regime(Conditions):
    """A state of the market, such as expansion or slowdown. It lasts from month to month with a chance."""

    lasts_months: Annotated[float, Field(ge=1)] = Field(description="months that it lasts on average, at least 1")
    then: dict[Name, Positive] = Field(
        default={}, description="what follows, each with its weight; omitted = any other, equally likely"
    )


class Shock(Conditions):
    """Something that happens once, in a month that is known: a competitor's launch, a new law."""

    month: Annotated[int, Field(ge=0)] = Field(description="month in which it strikes, 0 = the horizon's first")
    months: Annotated[int, Field(ge=1)] | None = Field(default=None, description="how long; omitted = to the end")
    sources: Names | None = Field(default=None, description="leads of these sources alone; omitted = all")
    segments: Names | None = Field(default=None, description="leads of these segments alone; omitted = all")


class Seasons(Record):
    """Twelve factors each, January first; omitted = 1 throughout. (Leads have `seasonality` by source as well.)"""

    leads: TWELVE | None = Field(default=None, description="leads that arrive")
    reach: TWELVE | None = Field(default=None, description="chance that an attempt reaches a buyer")
    advance: TWELVE | None = Field(default=None, description="chance of a yes at each step")
    deal_value: TWELVE | None = Field(default=None, description="value of the deals")
    buyer_days: TWELVE | None = Field(default=None, description="time that buyers take to answer")
    annual_attrition: TWELVE | None = Field(default=None, description="leavers")


class Environment(Record):
    """The world outside, the same for all strategies. Everything multiplies."""

    regimes: dict[Name, Regime] = Field(
        default={}, description="states of the market by name; a path of months is drawn in every replication"
    )
    start: str | None = Field(
        default=None,
        description="regime of the first month; omitted = drawn, each as likely as it is in the long run",
    )
    shocks: dict[Name, Shock] = Field(default={}, description="what happens once, by name")
    seasonality: Seasons = Field(default=Seasons(), description="what comes back every year")

    @model_validator(mode="after")
    def _regimes_lead_somewhere(self) -> Environment:
        if self.start is not None and self.start not in self.regimes:
            known = ", ".join(self.regimes) or "none is given"
            raise ValueError(f"start {self.start}, which is no regime (regimes: {known})")
        for name, regime in self.regimes.items():
            unknown = [each for each in regime.then if each not in self.regimes or each == name]
            if unknown:
                raise ValueError(f"regime {name} leads to {unknown[0]}; it must lead to another of the regimes")
        return self


def followers(environment: Environment, name: str) -> dict[str, float]:
    """What may follow a regime once it ends, with chances that add up to 1; nothing where there is no other."""
    weights = environment.regimes[name].then or {each: 1.0 for each in environment.regimes if each != name}
    total = sum(weights.values())
    return {each: weight / total for each, weight in weights.items()}
