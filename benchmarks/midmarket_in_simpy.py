"""The phone strategy of midmarket_software.yaml, as somebody would write it by hand in SimPy.

Same leads, steps, efforts, chances, cooling, working hours, patience and nurture; the freshest lead goes first; a
touch pauses overnight. Left out: reps who ramp, differ in skill, leave and are replaced; seasons; draws that are
the same under every strategy; and the ledger by month, stream, step and rep (a few totals are kept).
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Generator
from dataclasses import dataclass
from typing import Any

import simpy

DAY, WEEK = 24.0, 168.0
OPENS, CLOSES = 8.0, 18.0
SELLING_SHARE = 0.41
MONTH_HOURS = 730.5
REPS = 8
NURTURE = 0.1
COOLING = ((1 / 12, 1.0), (0.5, 0.9), (1.0, 0.8), (4.0, 0.7), (24.0, 0.55), (168.0, 0.4))
REACH, MAX_CALLS, CALL_SPACING, CALL_HOURS = 0.45, 6, 22.0, 0.06


@dataclass(frozen=True)
class Segment:
    """Who buys."""

    mean_value: float
    value_cv: float
    mean_patience: float
    advance: dict[str, float]


@dataclass(frozen=True)
class Source:
    """Where leads come from."""

    leads_per_month: float
    share_large: float
    unreachable: float
    qualify_factor: float


@dataclass(frozen=True)
class Step:
    """A step of the sale."""

    name: str
    effort: float
    touches: int
    mean_buyer_days: float
    mean_patience: float | None


MIDSIZE = Segment(
    28_000, 0.6, 120, {"contact": 1, "qualify": 0.24, "discover": 0.6, "demo": 0.55, "propose": 0.65, "close": 0.62}
)
LARGE = Segment(
    70_000, 0.7, 240, {"contact": 1, "qualify": 0.24, "discover": 0.6, "demo": 0.45, "propose": 0.55, "close": 0.53}
)
SOURCES = {
    "inbound": Source(100, 0.35, 0.15, 1.6),
    "content": Source(80, 0.35, 0.25, 0.8),
    "social": Source(32, 0.35, 0.25, 0.9),
    "outbound": Source(120, 0.5, 0.35, 0.5),
    "referral": Source(40, 0.35, 0.05, 1.6),
    "events": Source(28, 0.6, 0.15, 0.7),
}
STEPS = (
    Step("contact", 0.15, 1, 0, None),
    Step("qualify", 0.4, 1, 8, None),
    Step("discover", 1, 1, 8, None),
    Step("demo", 2.5, 1, 18, 720),
    Step("propose", 3.5, 1, 25, 720),
    Step("close", 2, 2, 16, 720),
)
BUYER_CV, NURTURE_DAYS, NURTURE_CV, TOUCH_SPACING = 0.8, 120.0, 0.5, 120.0


class Model:
    """A team, and what happened."""

    def __init__(self, seed: int, hours: float) -> None:
        self.random = random.Random(seed)
        self.hours = hours
        self.env = simpy.Environment()
        self.team = simpy.PriorityResource(self.env, capacity=REPS)
        self.happened: Counter[str] = Counter()
        self.totals: Counter[str] = Counter()

    def run(self) -> Counter[str]:
        """One replication."""
        for source in SOURCES.values():
            self.env.process(self.arrivals(source))
        self.env.run(until=self.hours)
        return self.happened

    def arrivals(self, source: Source) -> Generator[Any, Any, None]:
        """Leads come."""
        while True:
            yield self.env.timeout(self.random.expovariate(source.leads_per_month / MONTH_HOURS))
            self.happened["arrived"] += 1
            segment = LARGE if self.random.random() < source.share_large else MIDSIZE
            self.env.process(self.lead(source, segment))

    def lead(self, source: Source, segment: Segment) -> Generator[Any, Any, None]:
        """From the first call to a yes or a no, and again after nurture."""
        value = self.lognormal(segment.mean_value, segment.value_cv)
        reachable = self.random.random() >= source.unreachable
        arrived = self.env.now
        while True:
            warm_at = self.env.now
            for step in STEPS:
                self.happened["entered"] += 1
                if not (yield from self.work(step, segment, warm_at, reachable)):
                    return
                if step.mean_buyer_days:
                    self.happened["deciding"] += 1
                    yield self.env.timeout(DAY * self.lognormal(step.mean_buyer_days, BUYER_CV))
                chance = segment.advance[step.name] * (source.qualify_factor if step.name == "qualify" else 1)
                if self.random.random() >= chance:
                    break
                self.happened["advanced"] += 1
                warm_at = self.env.now
            else:
                self.happened["won"] += 1
                self.totals["bookings"] += round(value)
                self.totals["cycle hours"] += round(self.env.now - arrived)
                return
            if self.random.random() >= NURTURE:
                self.happened["declined"] += 1
                return
            self.happened["nurtured"] += 1
            yield self.env.timeout(DAY * self.lognormal(NURTURE_DAYS, NURTURE_CV))
            self.happened["returned"] += 1

    def work(self, step: Step, segment: Segment, warm_at: float, reachable: bool) -> Generator[Any, Any, bool]:
        """The touches of a step, calls first where it has them; False if the lead is lost."""
        if step.name == "contact":
            for number in range(MAX_CALLS):
                if number:
                    yield self.env.timeout(CALL_SPACING)
                age = self.env.now - warm_at
                reached = reachable and self.random.random() < REACH * cooled(age)
                hours = step.effort if reached else CALL_HOURS
                if not (yield from self.touch(hours, segment.mean_patience)):
                    return False
                self.happened["touch done" if reached else "not reached"] += 1
                if reached:
                    return True
            self.happened["unreachable"] += 1
            return False
        for number in range(step.touches):
            if number:
                yield self.env.timeout(TOUCH_SPACING)
            if not (yield from self.touch(step.effort, step.mean_patience or segment.mean_patience)):
                return False
            self.happened["touch done"] += 1
        return True

    def touch(self, effort_hours: float, mean_patience: float) -> Generator[Any, Any, bool]:
        """Wait for a rep, then take the rep's time; False if patience ends first."""
        env = self.env
        queued = env.now
        self.happened["queued"] += 1
        with self.team.request(priority=-round(3600 * queued)) as request:  # the freshest first
            yield request | env.timeout(self.random.expovariate(1 / mean_patience))
            if not request.triggered:
                self.happened["cooled"] += 1
                return False
            opens = next_opening(env.now)
            if opens > env.now:
                yield env.timeout(opens - env.now)
            self.happened["touch started"] += 1
            self.totals["wait hours"] += round(env.now - queued)
            hours = effort_hours / SELLING_SHARE
            self.totals["work hours"] += round(hours)
            yield env.timeout(work_end(env.now, hours) - env.now)
        return True

    def lognormal(self, mean: float, cv: float) -> float:
        """A lognormal value of that mean and coefficient of variation."""
        variance = math.log(1 + cv * cv)
        return self.random.lognormvariate(math.log(mean) - variance / 2, math.sqrt(variance))


def cooled(age_hours: float) -> float:
    """What is left of the odds to reach a lead of that age."""
    left = COOLING[0][1]
    for age, share in COOLING:
        if age_hours < age:
            break
        left = share
    return left


def next_opening(hour: float) -> float:
    """When somebody is next at work; hour 0 is Monday's midnight."""
    day, of_day = divmod(hour, DAY)
    if day % 7 < 5 and of_day < CLOSES:
        return max(hour, day * DAY + OPENS)
    day += 1
    while day % 7 >= 5:
        day += 1
    return day * DAY + OPENS


def work_end(start: float, hours: float) -> float:
    """When work that pauses while everybody is away is done."""
    while True:
        start = next_opening(start)
        room = start // DAY * DAY + CLOSES - start
        if hours <= room:
            return start + hours
        hours -= room
        start += room
