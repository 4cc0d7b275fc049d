"""A team at work: its queue, its reps, and the dispatcher that brings them together."""

from __future__ import annotations

import math
from heapq import heappop, heappush
from typing import TYPE_CHECKING

import simpy

from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.reference.lead import Lead, TouchEnd
from channelsim.engine.trace import Happening
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.calendars import is_open, month_of, next_opening, work_end, worked_before
from channelsim.rules.outcomes import luck_of, reach_probability
from channelsim.rules.people import productivity, touch_hours
from channelsim.rules.queues import precedence

if TYPE_CHECKING:
    from channelsim.engine.reference.simulation import Simulation


class Line:
    """Leads that wait, the one to serve next in front. Who left the line stays in the heap until met."""

    def __init__(self) -> None:
        self._heap: list[tuple[float, float, int, int, Lead]] = []

    def join(self, place: float, lead: Lead) -> None:
        """Stand in line at a place; equal places go by time of queueing, then by lead."""
        heappush(self._heap, (place, lead.queued_at, lead.id, lead.waits, lead))

    def first(self) -> Lead | None:
        """The lead to serve next, left in the line."""
        while self._heap:
            *_, waits, lead = self._heap[0]
            if lead.is_waiting and lead.waits == waits:
                return lead
            heappop(self._heap)
        return None

    def pop(self) -> Lead | None:
        """The lead to serve next, taken out of the line."""
        lead = self.first()
        if lead is not None:
            heappop(self._heap)
        return lead


class Rep:
    """Somebody in a seat."""

    def __init__(self, sim: Simulation, seat: int, index: int, skill: float, ramp_scale: float) -> None:
        self.sim = sim
        self.seat = seat
        self.index = index  # row in the ledger
        self.skill = skill
        self.ramp_scale = ramp_scale  # 0 if fully productive from the first day
        self.hired_at = sim.now
        self.hired_in = month_of(sim.program, sim.now)
        self.leaves_at = math.inf
        self.idle_since = sim.now
        self.is_busy = False
        self.called_away = simpy.Event(sim.agenda)  # the rep's time is up, here or in this team
        self.free_again: simpy.Event | None = None  # a leaver's last touch is done
        self.owned: dict[int, Lead] = {}
        self.line = Line()  # its own leads that wait (owned teams)

    @property
    def is_leaving(self) -> bool:
        """Whether the rep's time is up, though a touch may still be in hand. True for all who leave at one
        instant, before the first of them is gone: none of them inherits another's leads."""
        return self.leaves_at <= self.sim.now

    def call_away(self) -> None:
        """The rep's time is up: it leaves now, or when the touch in hand is done."""
        if not self.called_away.triggered:
            self.leaves_at = self.sim.now
            self.called_away.succeed()

    def credit_win(self, value: float, handed_by: Rep | None) -> None:
        """A deal was won on this rep's last touch, after another team's rep handed it over if one did."""
        self.sim.add_for_rep(RepAmount.DEALS, self, 1.0)
        self.sim.add_for_rep(RepAmount.CLOSED_VALUE, self, value)
        if handed_by is not None:
            self.sim.add_for_rep(RepAmount.HANDED_VALUE, handed_by, value)
            self.sim.add_for_rep(RepAmount.TAKEN_VALUE, self, value)


class Team:
    """One team: pooled (any free rep takes the next lead) or owned (a lead waits for its own rep)."""

    def __init__(self, sim: Simulation, index: int) -> None:
        self.sim = sim
        self.index = index
        self.is_owned = bool(sim.program.team_is_owned[index])
        self.discipline = sim.program.team_discipline[index]
        self.max_open = sim.program.team_max_open[index]
        self.line = Line()  # pooled: all who wait; owned: those who wait for an owner
        self.reps: dict[int, Rep] = {}  # by seat, those on the payroll
        self.waiting = 0
        self.busy = 0  # reps with a touch in hand
        self.dispatch_is_due = False
        self.opening_is_due = False

    # 3. waiting

    def enqueue(self, lead: Lead, window_closes: float) -> None:
        """A lead needs a touch: it waits for its owner, for any owner, or for any rep."""
        sim = self.sim
        lead.queued_at = sim.now
        lead.is_waiting = True
        lead.waits += 1
        lead.spells += 1
        self.waiting += 1
        sim.note(Happening.QUEUED, lead, value=window_closes)
        line = self.line if lead.owner is None else lead.owner.line
        line.join(self.place(lead), lead)
        if window_closes < math.inf:
            window = sim.agenda.at(window_closes, EventKind.COOLED, lead.id)
            waits = lead.waits
            window.callbacks.append(lambda _: self.cool(lead, waits))
        if self.can_do_something(lead):
            self.request_dispatch()

    def can_do_something(self, lead: Lead) -> bool:
        """Whether the dispatcher, if it ran, could find an owner or a free rep for a lead that starts to wait."""
        if self.is_owned and lead.owner is None:
            return True
        if self.opening_is_due:
            return False
        return self.busy < len(self.reps) if lead.owner is None else not lead.owner.is_busy

    def place(self, lead: Lead) -> float:
        """Where a lead stands in the queue."""
        return precedence(self.discipline, lead.queued_at, lead.deal_value, lead.step, lead.score)

    def cool(self, lead: Lead, waits: int) -> None:
        """A buying window closes: the lead is lost if it still waits in the same spell."""
        if lead.is_waiting and lead.waits == waits:
            self.stop_waiting(lead)
            self.sim.add(Amount.COOLED_WAIT_HOURS, lead, self.sim.now - lead.queued_at)
            lead.touch_end.succeed(TouchEnd.COOLED)

    def stop_waiting(self, lead: Lead) -> None:
        """The lead is out of the queue."""
        lead.is_waiting = False
        self.waiting -= 1

    def release(self, lead: Lead) -> None:
        """The lead is this team's no longer: its owner has room for another."""
        if lead.owner is not None:
            del lead.owner.owned[lead.id]
            lead.owner = None
            if self.line.first() is not None:
                self.request_dispatch()

    # the dispatcher

    def request_dispatch(self) -> None:
        """Something changed: the dispatcher runs once, when all else at this instant has happened."""
        if not self.dispatch_is_due:
            self.dispatch_is_due = True
            event = self.sim.agenda.at(self.sim.now, EventKind.DISPATCH, self.index)
            event.callbacks.append(lambda _: self.dispatch())

    def dispatch(self) -> None:
        """Give owners to leads that have none, then hand waiting leads to free reps."""
        self.dispatch_is_due = False
        if self.is_owned:
            self.give_owners()
        if self.waiting == 0:
            return
        if not is_open(self.sim.program, self.index, self.sim.now):
            self.wait_for_opening()
            return
        for rep in self.free_reps():
            lead = rep.line.pop() if self.is_owned else self.line.pop()
            if lead is not None:
                self.start_touch(lead, rep)

    def free_reps(self) -> list[Rep]:
        """Reps without work, the one idle longest first."""
        free = [rep for rep in self.reps.values() if not rep.is_busy and not rep.is_leaving]
        return sorted(free, key=lambda rep: (rep.idle_since, rep.seat))

    def give_owners(self) -> None:
        """Leads without an owner, in the order of the queue, go to the rep with the fewest open deals."""
        while (lead := self.line.first()) is not None and (owner := self.choose_owner()) is not None:
            self.line.pop()
            self.own(lead, owner)
            owner.line.join(self.place(lead), lead)

    def choose_owner(self) -> Rep | None:
        """The rep with the fewest open deals below the cap, the first seat of equals; None if all are full."""
        candidates = [rep for rep in self.reps.values() if not rep.is_leaving and len(rep.owned) < self.max_open]
        return min(candidates, key=lambda rep: (len(rep.owned), rep.seat), default=None)

    def own(self, lead: Lead, owner: Rep) -> None:
        """From now on the lead is this rep's."""
        lead.owner = owner
        owner.owned[lead.id] = lead
        self.sim.note(Happening.OWNED, lead, seat=owner.seat)

    def wait_for_opening(self) -> None:
        """Dispatch again when the working day begins."""
        opens = next_opening(self.sim.program, self.index, self.sim.now)
        if not self.opening_is_due and opens < math.inf:
            self.opening_is_due = True
            event = self.sim.agenda.at(opens, EventKind.OPENING, self.index)
            event.callbacks.append(lambda _: self.open())

    def open(self) -> None:
        """The working day begins."""
        self.opening_is_due = False
        self.request_dispatch()

    # 2. and 4. touches

    def start_touch(self, lead: Lead, rep: Rep) -> None:
        """A rep starts an attempt or a touch; how it will end is drawn now."""
        sim, program, now = self.sim, self.sim.program, self.sim.now
        self.stop_waiting(lead)
        rep.is_busy = True
        self.busy += 1
        sim.count(Count.WAITS, lead)
        sim.add(Amount.WAIT_HOURS, lead, now - lead.queued_at)
        if not lead.responded:
            lead.responded = True
            sim.count(Count.RESPONDED, lead)
            sim.add(Amount.RESPONSE_HOURS, lead, now - lead.arrived_at)
        month = month_of(program, now)
        attempt_hours, reached = 0.0, True
        is_attempt = program.attempts_max[lead.motion][lead.step] > 0 and lead.touches == 0
        if is_attempt:
            attempt_hours = sim.step_sample(
                program.attempt_hours_dist[lead.motion][lead.step], lead, Purpose.ATTEMPT_HOURS, lead.attempts
            )
            attempt_hours *= program.attempt_hours_scale[lead.stream][lead.motion][lead.step][month]
            reached = self.reaches(lead)
        effort_hours = travel_hours = 0.0
        if reached:
            at = lead.stream, lead.motion, lead.step
            effort_hours = sim.step_sample(
                program.effort_hours_dist[at[0]][at[1]][at[2]], lead, Purpose.EFFORT_HOURS, lead.touches
            )
            effort_hours *= program.effort_hours_scale[at[0]][at[1]][at[2]][month]
            travel_hours = sim.step_sample(
                program.travel_hours_dist[at[0]][at[1]][at[2]], lead, Purpose.TRAVEL_HOURS, lead.touches
            )
        ramp_hours = program.team_ramp_hours[self.index][rep.hired_in][lead.stream] * rep.ramp_scale
        speed = productivity(program, self.index, month, rep.skill, now - rep.hired_at, ramp_hours)
        hours = touch_hours(attempt_hours, effort_hours, travel_hours, speed)
        end = work_end(program, self.index, now, hours)
        self.book_work(lead, now, end)
        sim.note(Happening.TOUCH_STARTED, lead, seat=rep.seat, value=hours)
        if end < math.inf:
            event = sim.agenda.at(end, EventKind.TOUCH_DONE, rep.seat)
            event.callbacks.append(lambda _: self.finish_touch(lead, rep, is_attempt, reached, travel_hours))

    def reaches(self, lead: Lead) -> bool:
        """4. Whether an attempt that starts now reaches the buyer."""
        sim, program = self.sim, self.sim.program
        unreachable = program.unreachable_share[lead.stream]
        if unreachable > 0.0 and sim.draw(lead, Purpose.REACHABLE) < unreachable:
            return False
        month, age_hours = month_of(program, sim.now), sim.now - lead.warm_at
        chance = reach_probability(program, lead.stream, lead.motion, lead.step, month, age_hours)
        reached = sim.step_draw(lead, Purpose.REACH, lead.attempts) < chance
        sim.add(Amount.REACH_LUCK, lead, lead.deal_value * luck_of(reached, chance))
        return reached

    def book_work(self, lead: Lead, start: float, end: float) -> None:
        """Book a touch's working hours in the months in which they fall, up to the horizon's end."""
        sim, program = self.sim, self.sim.program
        until = min(end, program.horizon_hours)
        month = month_of(program, start)
        done = worked_before(program, self.index, start)
        while start < until:
            stop = min(until, program.month_start_hours[month + 1])
            done_by_stop = worked_before(program, self.index, stop)
            sim.add(Amount.WORK_HOURS, lead, done_by_stop - done, month)
            start, done, month = stop, done_by_stop, month + 1

    def finish_touch(self, lead: Lead, rep: Rep, is_attempt: bool, reached: bool, travel_hours: float) -> None:
        """The rep is free; then the lead goes on; then, if the rep was waiting to leave, it leaves."""
        sim = self.sim
        rep.is_busy = False
        self.busy -= 1
        rep.idle_since = sim.now
        if (rep.line if self.is_owned else self.line).first() is not None:
            self.request_dispatch()
        if is_attempt:
            lead.attempts += 1
            sim.count(Count.ATTEMPTS, lead)
        if reached:
            self.book_touch(lead, rep, is_attempt, travel_hours)
            lead.touch_end.succeed(TouchEnd.DONE)
        else:
            sim.note(Happening.NOT_REACHED, lead, seat=rep.seat, value=lead.attempts)
            lead.touch_end.succeed(TouchEnd.NOT_REACHED)
        if rep.free_again is not None:
            rep.free_again.succeed()

    def book_touch(self, lead: Lead, rep: Rep, is_attempt: bool, travel_hours: float) -> None:
        """Count a touch that was made."""
        sim = self.sim
        lead.touches += 1
        lead.last_rep = rep
        if is_attempt:
            sim.count(Count.REACHED, lead)
        sim.count(Count.TOUCHES, lead)
        if sim.program.step_is_visit[lead.motion][lead.step]:
            sim.count(Count.VISITS, lead)
        sim.add(Amount.TRAVEL_HOURS, lead, travel_hours)
        if not lead.contacted:
            lead.contacted = True
            sim.count(Count.CONTACTED, lead)
        sim.note(Happening.TOUCH_DONE, lead, seat=rep.seat, value=lead.touches)
