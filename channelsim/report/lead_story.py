"""One lead's life in words: what happened under a strategy, and the luck that it had."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator
from dataclasses import dataclass

from channelsim.engine.trace import Draw, Event, Happening, Trace
from channelsim.program.codes import Purpose
from channelsim.program.keys import key32
from channelsim.program.layout import Layout
from channelsim.report.format import money
from channelsim.rules.draws import CYCLE_SHIFT

HOURS_A_DAY = 24
LOST = {
    Happening.DECLINED: "lost: the buyer says no",
    Happening.UNREACHABLE: "lost: unreachable",
    Happening.COOLED: "lost: cooled, its buying window closes",
    Happening.DROPPED: "lost: dropped at the hand-off",
    Happening.ORPHANED: "lost: orphaned, its owner leaves",
}
PURPOSES = {
    Purpose.DEAL_VALUE: "deal value",
    Purpose.ROUTE_SHARE: "share of a routing rule",
    Purpose.REACHABLE: "whether it can be reached at all",
    Purpose.REACH: "reached at attempt",
    Purpose.ATTEMPT_HOURS: "length of attempt",
    Purpose.EFFORT_HOURS: "effort of touch",
    Purpose.TRAVEL_HOURS: "travel of touch",
    Purpose.ATTEMPT_SPACING: "pause after attempt",
    Purpose.TOUCH_SPACING: "pause after touch",
    Purpose.PATIENCE: "patience, wait",
    Purpose.OUTCOME: "the buyer's answer",
    Purpose.BUYER_DELAY: "how long the buyer takes",
    Purpose.HANDOFF_LEAK: "dropped at the hand-off",
    Purpose.HANDOFF_DELAY: "length of the hand-off",
    Purpose.NURTURE: "nurtured after a no",
    Purpose.NURTURE_DELAY: "length of nurture",
    Purpose.ORPHAN: "lost when its owner leaves",
}
NUMBERED = {
    Purpose.REACH, Purpose.ATTEMPT_HOURS, Purpose.EFFORT_HOURS, Purpose.TRAVEL_HOURS, Purpose.PATIENCE,
}  # fmt: skip
NUMBERED_AFTER = {Purpose.ATTEMPT_SPACING, Purpose.TOUCH_SPACING}


@dataclass(frozen=True)
class Scene:
    """Something that happens to a lead, at an hour of the horizon."""

    time: float
    text: str


def moment(layout: Layout, time: float) -> str:
    """An hour of the horizon as a date and time of day."""
    at = dt.datetime.combine(layout.month_starts[0], dt.time()) + dt.timedelta(hours=time)
    return f"{at:%a %d %b %Y %H:%M}"


def scenes(trace: Trace, layout: Layout, currency: str) -> list[Scene]:
    """The lead's life under one strategy, in order."""
    story: list[Scene] = []
    queued_at = math.nan
    for event in trace.events:
        if event.happening == Happening.QUEUED:
            queued_at = event.time
        for text in _words(event, layout, currency, event.time - queued_at):
            story.append(Scene(event.time, text))
    return story


def _words(event: Event, layout: Layout, currency: str, waited_hours: float) -> Iterator[str]:
    step = layout.steps[event.motion][event.step]
    team = layout.step_team[event.motion][event.step]
    match event.happening:
        case Happening.ARRIVED:
            yield f"arrives, worth {money(event.value, currency)}"
            yield f"takes the motion {layout.motions[event.motion]}"
        case Happening.ENTERED:
            yield f"{step}: needs {team}"
        case Happening.QUEUED if event.value < math.inf:
            yield f"would wait until {moment(layout, event.value)}"
        case Happening.OWNED:
            yield f"belongs to {_rep(event, layout)}"
        case Happening.TOUCH_STARTED:
            waited = f"after {duration(waited_hours)} of waiting" if waited_hours > 0 else "at once"
            yield f"{_rep(event, layout)} starts {waited}"
        case Happening.NOT_REACHED:
            yield f"not reached at attempt {event.value:.0f}"
        case Happening.TOUCH_DONE:
            yield f"{_rep(event, layout)} is done"
        case Happening.DECIDING if event.value > 0:
            yield f"the buyer takes {duration(event.value)} to answer"
        case Happening.ADVANCED:
            yield f"{step}: the buyer says yes"
        case Happening.HANDING_OFF:
            yield f"handed over, which takes {duration(event.value)}"
        case Happening.NURTURED:
            yield f"the buyer says no; nurtured for {duration(event.value)}"
        case Happening.RETURNED:
            yield "comes back, warm again"
        case Happening.WON:
            yield f"WON: {money(event.value, currency)}"
        case happening if happening in LOST:
            yield LOST[Happening(happening)]


def _rep(event: Event, layout: Layout) -> str:
    seat = layout.seats[event.seat]
    return f"{seat.team} rep {seat.number + 1}"


def duration(hours: float) -> str:
    """A length of time in the unit that fits it."""
    if hours < 1:
        return f"{hours * 60:.0f} min"
    if hours < 2 * HOURS_A_DAY:
        return f"{hours:.1f} h"
    return f"{hours / HOURS_A_DAY:.1f} days"


def draw_in_words(draw: Draw, layout: Layout) -> str:
    """What a draw decides, and at which step."""
    purpose = Purpose(draw.purpose)
    cycle, count = divmod(draw.k, 1 << CYCLE_SHIFT)
    text = PURPOSES[purpose]
    if purpose in NUMBERED or purpose in NUMBERED_AFTER:
        text += f" {count + (purpose in NUMBERED)}"
    step = _step_names(layout).get(draw.step_key)
    text = f"{step}: {text}" if step else text
    return f"{text}, time {cycle + 1} round" if step and cycle else text


def _step_names(layout: Layout) -> dict[int, str]:
    return {key32("step", name): name for names in layout.steps for name in names}


def has_ended(trace: Trace) -> bool:
    """Whether the lead was won or lost within the horizon."""
    return any(event.happening == Happening.WON or event.happening in LOST for event in trace.events)


def draw_key(draw: Draw) -> tuple[int, int, int]:
    """What makes two draws of a lead the same draw."""
    return draw.purpose, draw.step_key, draw.k
