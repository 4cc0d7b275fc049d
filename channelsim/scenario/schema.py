"""The scenario as a whole."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, Tag, field_validator, model_validator

from channelsim.scenario.base import Name, Record
from channelsim.scenario.buying import Misalignment
from channelsim.scenario.environment import Environment
from channelsim.scenario.finance import Finance
from channelsim.scenario.initiatives import Execution, Initiatives, Integration
from channelsim.scenario.market import Segment, Source
from channelsim.scenario.marketing import LeadFit, Referrals
from channelsim.scenario.motion import Motion
from channelsim.scenario.routing import RoutingRule
from channelsim.scenario.team import Team

FORMAT_VERSION = 1
LAST_START_DAY = 28
MAX_MONTHS = 240
MAX_REPLICATIONS = 1_000_000
MAX_SEED = 2**63 - 1
IMPLICIT_STRATEGY = "as_is"


class Horizon(Record):
    """The time that is simulated."""

    start: dt.date = Field(description="first day; months run from this day of the month, so at most the 28th")
    months: Annotated[int, Field(ge=1, le=MAX_MONTHS)] = Field(description="length, warm-up included")
    warmup_months: Annotated[int, Field(ge=0)] = Field(
        default=0, description="months at the start that fill the pipeline and are left out of the results"
    )

    @field_validator("start")
    @classmethod
    def _day_exists_every_month(cls, start: dt.date) -> dt.date:
        if start.day > LAST_START_DAY:
            raise ValueError(
                f"the date {start} begins on day {start.day}; choose a day from 1 to 28, which every month has"
            )
        return start

    @model_validator(mode="after")
    def _something_is_left(self) -> Horizon:
        if self.warmup_months >= self.months:
            raise ValueError(
                f"warmup_months ({self.warmup_months}) leaves nothing of {self.months} months; it must be shorter"
            )
        return self


AUTO: Literal["auto"] = "auto"
"""In place of a number of replications: as many as the question takes."""
Replications = Annotated[
    Annotated[int, Field(ge=1, le=MAX_REPLICATIONS), Tag("number")] | Annotated[Literal["auto"], Tag("word")],
    Discriminator(lambda written: "word" if isinstance(written, str) else "number"),
]

DecisionMetric = Literal["contribution", "npv", "gross_margin", "bookings", "won"]


class Scenario(Record):
    """A market, the teams, the ways to sell, and the strategies to compare."""

    channelsim: Literal[1] = Field(description="version of this file format")
    name: Annotated[str, Field(min_length=1)] = Field(description="title of charts and tables")
    description: str = Field(default="", description="one line for those who look for a scenario")
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")] = Field(
        default="USD", description="three-letter code of the one currency"
    )
    horizon: Horizon = Field(description="the time that is simulated")
    segments: Annotated[dict[Name, Segment], Field(min_length=1)] = Field(description="who buys, by name")
    sources: Annotated[dict[Name, Source], Field(min_length=1)] = Field(
        description="where leads come from, by name"
    )
    teams: Annotated[dict[Name, Team], Field(min_length=1)] = Field(description="who sells, by name")
    motions: Annotated[dict[Name, Motion], Field(min_length=1)] = Field(description="ways to sell, by name")
    routing: Annotated[list[RoutingRule], Field(min_length=1)] | None = Field(
        default=None, description="first rule that fits decides; may stand in each strategy instead"
    )
    strategies: dict[Name, dict[str, Any]] = Field(
        default={}, description="name -> {dotted path: value}: what each strategy changes in this file"
    )
    initiatives: Initiatives = Field(default={}, description="tools and programmes that may be rolled out, by name")
    rollout: list[str] | None = Field(
        default=None, description="initiatives that are rolled out; omitted = all of them"
    )
    integrations: list[Integration] = Field(default=[], description="pairs of tools that work as one")
    execution: Execution = Field(default=Execution(), description="how well what is rolled out is carried out")
    lead_fit: LeadFit | None = Field(
        default=None,
        description="how much leads differ within segments, and what is known of it; omitted = nothing",
    )
    referrals: Referrals | None = Field(default=None, description="customers bring leads; omitted = none")
    misalignment: Misalignment = Field(
        default=Misalignment(), description="what it costs to sell otherwise than the buyer buys"
    )
    environment: Environment = Field(default=Environment(), description="the world outside")
    finance: Finance = Field(default=Finance(), description="interest, and how long a customer counts")
    decision_metric: DecisionMetric = Field(
        default="contribution", description="what the strategies are judged by: more is better"
    )
    replications: Replications = Field(
        default=AUTO,
        description="how often each strategy is simulated; auto = until the best one is settled; -n overrides it",
    )
    seed: Annotated[int, Field(ge=0, le=MAX_SEED)] = Field(
        default=1, description="another seed gives other luck; --seed overrides it"
    )

    @field_validator("channelsim", mode="before")
    @classmethod
    def _version_is_a_whole_number(cls, version: Any) -> Any:
        if isinstance(version, bool | float):  # both can equal 1
            raise ValueError(f"{str(version).lower()}; must be {FORMAT_VERSION}")
        return version
