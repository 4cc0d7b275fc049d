"""What a leader may roll out: tools and programmes, how they are adopted, how they go together."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, model_validator

from channelsim.scenario.base import Name, NonNegative, Record, Share
from channelsim.scenario.routing import Names

Change = Literal[
    "advance", "reach", "attempt_hours", "effort_hours", "buyer_days", "handoff_leak",
    "leads", "deal_value", "selling_share", "ramp_months", "annual_attrition", "annual_churn", "annual_expansion",
]  # fmt: skip


class Effect(Record):
    """One parameter that an initiative changes, and by how much once everybody uses it."""

    change: Change = Field(description="what it changes")
    by: Annotated[float, Field(gt=-1, le=10)] = Field(
        description="relative change at full adoption: 0.1 = 10% more, -0.2 = 20% less"
    )
    teams: Names | None = Field(default=None, description="at these teams' steps; omitted = the initiative's teams")
    steps: Names | None = Field(default=None, description="at steps of these names; omitted = all")
    sources: Names | None = Field(default=None, description="for leads of these sources; omitted = all")
    segments: Names | None = Field(default=None, description="for leads of these segments; omitted = all")


class Adoption(Record):
    """How use grows: after `delay_months`, half of those who will ever use it do within `half_time_months`, half of
    the rest in as long again."""

    delay_months: NonNegative = Field(default=0.0, description="months from the start until anything is felt")
    half_time_months: NonNegative = Field(default=2.0, description="0 = at once")
    ceiling: Share = Field(default=0.7, description="share that ever uses it")


class Brings(Record):
    """Leads that reps make themselves, in exchange for their hours."""

    source: str = Field(description="the source in which these leads come")
    leads_per_rep_month: NonNegative = Field(
        description="for each seat of the initiative's teams, at full adoption"
    )


class Initiative(Record):
    """A tool or a programme."""

    catalogue: str | None = Field(
        default=None, description="entry of the shipped catalogue from which what is not given here is taken"
    )
    description: str = Field(default="", description="what it is")
    kind: Literal["tool", "programme"] = Field(
        default="tool", description="tools of one team have to be integrated with each other; programmes do not"
    )
    teams: Annotated[list[str], Field(min_length=1)] | None = Field(
        default=None, description="who uses it; omitted = all teams"
    )
    start_month: Annotated[int, Field(ge=0)] = Field(default=0, description="month in which its roll-out begins")
    setup_cost: NonNegative = Field(default=0.0, description="paid in the first month")
    cost_per_seat_month: NonNegative = Field(default=0.0, description="for each rep of its teams on the payroll")
    cost_per_month: NonNegative = Field(default=0.0, description="however many use it")
    hours_per_rep_week: NonNegative = Field(default=0.0, description="selling time that it takes of each rep")
    adoption: Adoption = Field(default=Adoption(), description="how use grows")
    effects: list[Effect] = Field(default=[], description="what it changes")
    brings: Brings | None = Field(default=None, description="leads that reps make with it; omitted = none")


class Integration(Record):
    """Two tools that work as one."""

    tools: Annotated[list[str], Field(min_length=2, max_length=2)] = Field(description="two initiatives")
    setup_cost: NonNegative = Field(default=0.0, description="paid when the later of the two starts")
    cost_per_month: NonNegative = Field(default=0.0, description="from then on")

    @model_validator(mode="after")
    def _two_of_them(self) -> Integration:
        if self.tools[0] == self.tools[1]:
            raise ValueError(f"{self.tools[0]} twice; an integration joins two different tools")
        return self


class Execution(Record):
    """How well an organisation does what it sets out to do."""

    quality: Share = Field(default=1.0, description="share of every effect that is realised")
    focus: Annotated[int, Field(ge=1)] | None = Field(
        default=None,
        description="initiatives that it can roll out at once; beyond, all of them slow down; omitted = any number",
    )
    overload_selling_loss: Annotated[float, Field(ge=0, lt=1)] = Field(
        default=0.03,
        description="share of selling time lost for each initiative beyond the focus while they are rolled out",
    )
    overlap: Share = Field(
        default=0.5,
        description="of several effects on one parameter the largest counts in full, the next this share, the "
        "third this share of that, and so on",
    )
    switching_hours_per_week: NonNegative = Field(
        default=0.5,
        description="selling hours lost per rep and week for each pair of a team's loose tools",
    )
    shared_adoption: NonNegative = Field(
        default=0.25,
        description="a tool beside n tools that it is not integrated with is adopted 1 / (1 + this x n) as far",
    )


Initiatives = dict[Name, Initiative]
FILLS_UP: float = 0.9
"""A roll-out is over when this share of the ceiling is reached."""
