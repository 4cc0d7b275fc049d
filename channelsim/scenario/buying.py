"""The buyer's own cycle, and how well a sales process fits it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from pydantic import Field

from channelsim.scenario.base import NonNegative, Record, Share
from channelsim.scenario.distributions import Distribution
from channelsim.scenario.motion import Motion

ASSUMED = "an assumption, with no published figure behind it"


class BuyerStep(Record):
    """One step that buyers take on their side, in the order in which they take them."""

    days: Distribution = Field(
        default=0.0, description="calendar days it takes them; holds for a sales step that gives no buyer_days"
    )
    window_hours: Distribution | None = Field(
        default=None,
        description="buying window at this step, for a sales step that gives no patience_hours; omitted = the "
        "segment's",
    )


class Penalty(Record):
    """What one misfit between the sales process and the buyer's cycle costs."""

    decline: Share = Field(default=0.05, description=f"share of the yeses that it turns into noes; {ASSUMED}")
    delay_days: NonNegative = Field(default=2.0, description=f"days that it adds; {ASSUMED}")


class Misalignment(Record):
    """What it costs to sell otherwise than the buyer buys, for segments that have a buying cycle."""

    extra_step: Penalty = Field(
        default=Penalty(decline=0.03, delay_days=2.0), description="a sales step that serves no step of the buyer's"
    )
    missing_step: Penalty = Field(
        default=Penalty(decline=0.08, delay_days=0.0),
        description="a step of the buyer's that no sales step serves: the buyer takes it alone, in the mean of its "
        "own days, before the next one",
    )
    wrong_order: Penalty = Field(
        default=Penalty(decline=0.10, delay_days=5.0),
        description="a sales step that serves a step of the buyer's after a later one was served",
    )


class Fit(StrEnum):
    """How a sales step fits the buyer's cycle."""

    ALIGNED = "aligned"
    EXTRA = "extra step"
    WRONG_ORDER = "wrong order"


@dataclass(frozen=True)
class Alignment:
    """A sales step beside the buyer's cycle. serves: the buyer's step; first: whether no sales step served it
    before; missing: the buyer's steps that the buyer has to take alone by now."""

    step: str
    fit: Fit
    serves: str | None
    first: bool
    missing: tuple[str, ...]


def alignments(motion: Motion, cycle: dict[str, BuyerStep]) -> list[Alignment]:
    """Each step of a motion beside a segment's buying cycle, in order.

    What nobody serves is missed at the next sales step that serves a later one, or at the motion's last step.
    """
    order = list(cycle)
    served_somewhere = {step.serves for step in motion.steps.values()}
    left = [name for name in order if name not in served_somewhere]
    served: set[str] = set()
    furthest = -1
    found = []
    last = list(motion.steps)[-1]
    for name, step in motion.steps.items():
        serves = step.serves if step.serves in cycle else None
        place = order.index(serves) if serves is not None else None
        fit = Fit.EXTRA if place is None else Fit.WRONG_ORDER if place < furthest else Fit.ALIGNED
        furthest = max(furthest, -1 if place is None else place)
        missing = [each for each in left if name == last or order.index(each) < furthest]
        left = [each for each in left if each not in missing]
        found.append(Alignment(name, fit, serves, serves not in served, tuple(missing)))
        if serves is not None:
            served.add(serves)
    return found
