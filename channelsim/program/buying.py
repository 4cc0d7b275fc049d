"""What the buyer's own cycle means for a sales step: times of answers, windows, and what a misfit costs."""

from __future__ import annotations

from dataclasses import dataclass

from channelsim.scenario.base import for_segment
from channelsim.scenario.buying import Alignment, BuyerStep, Fit, Misalignment
from channelsim.scenario.distributions import Distribution, mean_of
from channelsim.scenario.motion import Step


@dataclass(frozen=True)
class Answer:
    """How long the buyer takes to say yes or no, and how long it waits for a rep; None: for ever."""

    yes_days: Distribution
    no_days: Distribution
    patience_hours: Distribution | None


def answer_of(
    step: Step,
    segment: str,
    alignment: Alignment | None,
    cycle: dict[str, BuyerStep],
    patience_hours: Distribution | None,
) -> Answer:
    """The buyer's times at a step: the step's own where it gives them, else those of the buyer's step that it is
    the first to serve, else none; the last resort for the window is the segment's `patience_hours`."""
    served = cycle[alignment.serves] if alignment is not None and alignment.serves is not None else None
    yes: Distribution = for_segment(step.buyer_days, segment)
    if "buyer_days" not in step.model_fields_set and served is not None and alignment is not None:
        yes = served.days if alignment.first else 0.0
    no = yes if step.buyer_days_if_no is None else for_segment(step.buyer_days_if_no, segment)
    window = for_segment(step.patience_hours, segment)
    if window is None and served is not None:
        window = served.window_hours
    return Answer(yes, no, patience_hours if window is None else window)


def misfit(alignment: Alignment, cycle: dict[str, BuyerStep], costs: Misalignment) -> tuple[float, float]:
    """Share of the yeses that is kept at a step, and days that the answer takes longer."""
    penalties = [costs.missing_step] * len(alignment.missing)
    if alignment.fit is not Fit.ALIGNED:
        penalties.append(costs.extra_step if alignment.fit is Fit.EXTRA else costs.wrong_order)
    kept = 1.0
    days = sum(mean_of(cycle[name].days) for name in alignment.missing)
    for penalty in penalties:
        kept *= 1.0 - penalty.decline
        days += penalty.delay_days
    return kept, days
