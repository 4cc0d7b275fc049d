"""The mid-market funnel as somebody would write it in plain SimPy, for this company and no other.

Leads are processes, teams are priority resources, a working day ends when the night takes every rep. It does what
the reference engine does to a lead: attempts on a buyer who cools, touches that pause overnight, patience, buyers
who take their time, hand-offs, nurture, owners; to reps: skill, ramp, departures, vacancies, orphaned leads.

It leaves out what makes the reference a reference. Random numbers come from one generator in the order in which
they are asked for, so strategies do not meet the same leads with the same luck. Simultaneous events come in the
order of their creation. Books are kept by step and rep, not by month, source, segment, motion and step. Nobody
checks that no lead was lost. And three things of the behaviour: a pooled team loses the rep who has been idle
longest when one leaves, a rep leaves in working hours alone, and owners have no cap on open deals (which is hardly
ever reached here).
"""

from __future__ import annotations

import math
from bisect import bisect
from collections import Counter, deque
from collections.abc import Generator
from contextlib import ExitStack
from random import Random
from typing import Any

import simpy

from benchmarks.funnel_numbers import (
    FunnelNumbers,
    SourceNumbers,
    StageNumbers,
    TeamNumbers,
    WayNumbers,
)

Process = Generator[simpy.Event, Any, None]
LeadProcess = Generator[simpy.Event, Any, str]

HOURS_A_DAY = 24.0
NIGHT = -math.inf
"""The priority before which every lead's pales."""
EVENTS = ("arrived", "touch", "due", "answered", "handed over", "returned", "cooled", "departed", "hired")
"""What is counted as an event; `benchmarks.events` says which."""


class Rep:
    """Somebody who sells."""

    def __init__(self, team: TeamNumbers, draw: Random, hired_at: float) -> None:
        self.team = team
        self.skill = team.skill(draw)
        self.hired_at = hired_at
        self.work_hours = 0.0
        self.deals = 0

    def productivity(self, now: float) -> float:
        """Selling hours done in an hour."""
        employed = now - self.hired_at
        ramp = 1.0
        if employed < self.team.ramp_hours:
            ramp = self.team.ramp_start + (1 - self.team.ramp_start) * employed / self.team.ramp_hours
        return ramp * self.skill * self.team.selling_share


class Desk:
    """Reps who share a line: a pooled team, or one owner."""

    def __init__(self, env: simpy.Environment, reps: list[Rep]) -> None:
        self.turns: Any = simpy.PriorityResource(env, len(reps))  # whose stubs know whole priorities alone
        self.idle = deque(reps)  # the one idle longest first
        self.is_vacant = False  # an owner who is gone
        self.leads: dict[Lead, None] = {}  # an owner's


class Lead:
    """What is known of one lead."""

    def __init__(self, arrived_at: float, value: float, is_reachable: bool) -> None:
        self.arrived_at = arrived_at
        self.warm_at = arrived_at
        self.value = value
        self.is_reachable = is_reachable
        self.owner: Desk | None = None
        self.is_waiting = False
        self.last_rep: Rep | None = None
        self.process: simpy.Process


class PlainFunnel:
    """One replication."""

    def __init__(self, numbers: FunnelNumbers, seed: int, env: simpy.Environment) -> None:
        self.env = env
        self.numbers = numbers
        self.draw = Random(seed)
        self.count: Counter[str | tuple[str, str]] = Counter()
        self.wait_hours = self.bookings = self.cycle_hours = 0.0
        self.desks = {name: self._desks(team) for name, team in numbers.teams.items() if team.reps}

    def _desks(self, team: TeamNumbers) -> list[Desk]:
        reps = [Rep(team, self.draw, -math.inf) for _ in range(team.reps)]
        return [Desk(self.env, [rep]) for rep in reps] if team.is_owned else [Desk(self.env, reps)]

    def run(self) -> None:
        """Simulate to the horizon's end."""
        for source in self.numbers.sources:
            self.env.process(self.arrivals(source))
        for name, desks in self.desks.items():
            team = self.numbers.teams[name]
            self.env.process(self.nights(team, desks))
            for desk in desks:
                for _ in range(int(desk.turns.capacity)):
                    self.env.process(self.turnover(team, desks, desk))
        self.env.run(until=self.numbers.hours)

    @property
    def events(self) -> int:
        """Events as `benchmarks.events` counts them."""
        return sum(self.count[event] for event in EVENTS)

    def arrivals(self, source: SourceNumbers) -> Process:
        """Leads come more often at some hours: too many are drawn, and the surplus is passed over."""
        env, draw = self.env, self.draw
        highest = max(source.hourly_rates)
        at = 0.0
        while True:
            at += draw.expovariate(highest)
            if at >= self.numbers.hours:
                return
            if draw.random() * highest >= source.hourly_rates[int(at)]:
                continue
            yield env.timeout(at - env.now)
            segment = draw.choices(source.segments, source.shares)[0]
            lead = Lead(at, source.deal_values[segment](draw), draw.random() >= source.unreachable_share)
            self.count["arrived"] += 1
            lead.process = env.process(self.life(lead, source.ways[segment]))

    def life(self, lead: Lead, way: WayNumbers) -> Process:
        """From arrival to the end, whichever it is."""
        try:
            end = yield from self.sell(lead, way)
        except simpy.Interrupt:
            end = "orphaned"
        self.count[end] += 1
        self.release(lead)
        if end == "won":
            assert lead.last_rep is not None
            lead.last_rep.deals += 1
            self.bookings += lead.value * way.value_factor
            self.cycle_hours += self.env.now - lead.arrived_at

    def sell(self, lead: Lead, way: WayNumbers) -> LeadProcess:
        """The stages, once or, after a no, once more; how it ended."""
        env, draw = self.env, self.draw
        for cycle in range(1 + way.nurture_max):
            team = way.stages[0].team
            for stage in way.stages:
                self.count["entered", stage.name] += 1
                if stage.team != team:
                    team = stage.team
                    self.release(lead)
                    if draw.random() < stage.handoff_leak:
                        return "dropped"
                    yield env.timeout(stage.handoff_delay(draw))
                    self.count["handed over"] += 1
                if (end := (yield from self.work(lead, stage))) != "done":
                    return end
                yes = draw.random() < stage.advance
                yield env.timeout((stage.days_if_yes if yes else stage.days_if_no)(draw))
                self.count["answered"] += 1
                if not yes:
                    break
                lead.warm_at = env.now
            else:
                return "won"
            if cycle == way.nurture_max or draw.random() >= way.nurture_share:
                return "declined"
            self.release(lead)
            yield env.timeout(way.nurture_delay(draw))
            self.count["returned"] += 1
            lead.warm_at = env.now
        raise AssertionError("the last no is final")

    def work(self, lead: Lead, stage: StageNumbers) -> LeadProcess:
        """Attempts and touches until all are done, or how it ended."""
        env, draw = self.env, self.draw
        attempts = touches = 0
        while True:
            queued_at = env.now
            patience = env.timeout(stage.patience(draw))
            lead.is_waiting = True
            while lead.is_waiting:
                desk = self.desk_for(lead, stage)
                with desk.turns.request(self.place(stage)) as turn:
                    try:
                        yield turn | patience
                    except simpy.Interrupt as interrupt:
                        if interrupt.cause == "orphaned":
                            raise
                        continue  # the owner left, and there is another
                    lead.is_waiting = False
                    if not turn.triggered:
                        return "cooled"
                    self.wait_hours += env.now - queued_at
                    self.count["wait"] += 1
                    rep = desk.idle.popleft()
                    reached = touches > 0 or stage.attempts == 0 or self.reaches(lead, stage)
                    effort = stage.attempt_effort(draw) if stage.attempts and not touches else 0.0
                    effort += stage.effort(draw) if reached else 0.0
                    hours = effort / rep.productivity(env.now) + (stage.travel(draw) if reached else 0.0)
                    yield env.timeout(done_at(self.numbers.teams[stage.team], env.now, hours) - env.now)
                    rep.work_hours += hours
                    desk.idle.append(rep)
            self.count["touch"] += 1
            if reached:
                touches += 1
                lead.last_rep = rep
                self.count["touch", stage.name] += 1
                if touches == stage.touches:
                    return "done"
                yield env.timeout(stage.touch_spacing(draw))
            else:
                attempts += 1
                if attempts == stage.attempts:
                    return "unreachable"
                yield env.timeout(stage.attempt_spacing(draw))
            self.count["due"] += 1

    def reaches(self, lead: Lead, stage: StageNumbers) -> bool:
        """Whether the buyer answers: less likely the longer the lead has cooled."""
        if not lead.is_reachable:
            return False
        age = self.env.now - lead.warm_at
        return self.draw.random() < stage.reach * left_after(age, stage.cooling)

    def place(self, stage: StageNumbers) -> float:
        """Where a lead stands in line: smaller goes first."""
        if self.numbers.teams[stage.team].discipline == "newest":
            return -self.env.now
        return -float(stage.number)

    def desk_for(self, lead: Lead, stage: StageNumbers) -> Desk:
        """Where to wait: at the team's desk, or at the owner's, who is chosen now if there is none."""
        desks = self.desks[stage.team]
        if not self.numbers.teams[stage.team].is_owned:
            return desks[0]
        if lead.owner is None:
            lead.owner = min(desks, key=lambda desk: (desk.is_vacant, len(desk.leads)))
            lead.owner.leads[lead] = None
        return lead.owner

    def release(self, lead: Lead) -> None:
        """The lead is nobody's any more."""
        if lead.owner is not None:
            del lead.owner.leads[lead]
            lead.owner = None

    def nights(self, team: TeamNumbers, desks: list[Desk]) -> Process:
        """While the team is closed the night has every rep, and those at work as soon as they are free."""
        env = self.env
        while True:
            with ExitStack() as night:
                for desk in desks:
                    for _ in range(int(desk.turns.capacity)):
                        night.enter_context(desk.turns.request(NIGHT))
                yield env.timeout(opens_at(team, env.now) - env.now)
            yield env.timeout(team.closes - team.opens)

    def turnover(self, team: TeamNumbers, desks: list[Desk], desk: Desk) -> Process:
        """Somebody leaves now and then; the seat stays empty until somebody new comes, who ramps."""
        env, draw = self.env, self.draw
        while True:
            yield env.timeout(team.tenure(draw))
            with desk.turns.request(NIGHT) as turn:
                yield turn
                desk.idle.popleft()
                self.count["departed"] += 1
                desk.is_vacant = team.is_owned
                self.pass_on(team, desks, desk)
                yield env.timeout(team.vacancy(draw))
                desk.idle.append(Rep(team, draw, env.now))
                desk.is_vacant = False
                self.count["hired"] += 1

    def pass_on(self, team: TeamNumbers, desks: list[Desk], desk: Desk) -> None:
        """A leaver's leads are orphaned or go to colleagues."""
        for lead in list(desk.leads):
            if self.draw.random() < team.orphan_share:
                lead.process.interrupt("orphaned")
                continue
            self.release(lead)
            lead.owner = min(desks, key=lambda other: (other.is_vacant, len(other.leads)))
            lead.owner.leads[lead] = None
            if lead.is_waiting:
                lead.process.interrupt("passed on")


def opens_at(team: TeamNumbers, now: float) -> float:
    """When a team that is closed opens; the horizon starts on a Monday."""
    day = int(now // HOURS_A_DAY)
    if now >= day * HOURS_A_DAY + team.opens:
        day += 1
    while day % 7 >= team.days_open:
        day += 1
    return day * HOURS_A_DAY + team.opens


def done_at(team: TeamNumbers, start: float, hours: float) -> float:
    """When work is done that pauses while the team is closed."""
    closes = start // HOURS_A_DAY * HOURS_A_DAY + team.closes
    while start + hours > closes:
        hours -= closes - start
        start = opens_at(team, closes)
        closes = start - team.opens + team.closes
    return start + hours


def left_after(age: float, cooling: tuple[tuple[float, float], ...]) -> float:
    """What is left of a lead's warmth, interpolated in log time."""
    if not cooling:
        return 1.0
    log_age = math.log(age) if age > 0 else -math.inf
    right = bisect(cooling, (log_age, math.inf))
    if right == 0:
        return cooling[0][1]
    if right == len(cooling):
        return cooling[-1][1]
    (young, more), (old, less) = cooling[right - 1], cooling[right]
    return more + (less - more) * (log_age - young) / (old - young)
