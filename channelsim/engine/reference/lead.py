"""A lead's life, from arrival to won, lost or the end of the horizon: numbered as in docs/behaviour.md."""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Any

import simpy

from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.calendars import month_of
from channelsim.rules.outcomes import advance_probability, buyer_hours, fit_of, luck_of, score_of
from channelsim.rules.quantiles import normal_quantile
from channelsim.rules.referrals import poisson_count
from channelsim.rules.routing import rule_fits

if TYPE_CHECKING:
    from channelsim.engine.reference.simulation import Simulation
    from channelsim.engine.reference.team import Rep

Process = Generator[simpy.Event, Any, None]


class TouchEnd(Enum):
    """How waiting for a rep, or the touch itself, ended."""

    DONE = auto()
    NOT_REACHED = auto()
    COOLED = auto()


@dataclass(eq=False)
class Lead:
    """What is known of one lead."""

    id: int
    stream: int
    ordinal: int
    words: tuple[int, int]  # key of its draws
    arrived_at: float
    deal_value: float
    fit: float = 0.0  # on the logit scale
    score: float = 0.0  # what is known of the fit
    motion: int = NONE
    step: int = 0
    team: int = NONE
    warm_at: float = 0.0
    cycle: int = 0  # times it came back from nurture
    attempts: int = 0  # at this step, in this cycle
    touches: int = 0  # at this step, in this cycle
    queued_at: float = 0.0
    waits: int = 0  # times it queued, over its life: tells a stale buying window from the present one
    spells: int = 0  # times it queued at this step, in this cycle
    orphanings: int = 0
    is_waiting: bool = False
    responded: bool = False
    contacted: bool = False
    counted_as_opportunity: bool = False
    in_pipeline: bool = False
    nurtured: bool = False
    owner: Rep | None = None
    last_rep: Rep | None = None  # made the last touch
    handed_by: Rep | None = None  # made the last touch before the last hand-off
    touch_end: simpy.Event = field(init=False)  # of the touch that it waits for or has
    process: simpy.Process = field(init=False)


def life(sim: Simulation, lead: Lead) -> Process:
    """The process of one lead. It is interrupted if the lead is lost because its owner left."""
    arrive(sim, lead)
    try:
        while (yield from one_cycle(sim, lead)):
            yield sim.agenda.at(sim.now + nurture_hours(sim, lead), EventKind.RETURN, lead.id)
            come_back(sim, lead)
    except simpy.Interrupt:
        return


def arrive(sim: Simulation, lead: Lead) -> None:
    """1. The lead draws its value and its fit, and is routed."""
    program = sim.program
    sim.alive[lead.id] = lead
    scale = program.value_scale[lead.stream][month_of(program, sim.now)]
    lead.deal_value = sim.sample(program.deal_value_dist[lead.stream], lead, Purpose.DEAL_VALUE) * scale
    if program.has_fit[lead.stream]:
        deviate = normal_quantile(sim.draw(lead, Purpose.FIT))
        noise = normal_quantile(sim.draw(lead, Purpose.SCORE))
        lead.fit = fit_of(program, lead.stream, deviate)
        lead.score = score_of(program, lead.stream, deviate, noise)
    lead.motion = choose_motion(sim, lead)
    lead.team = program.step_team[lead.motion][0]
    lead.warm_at = sim.now
    sim.count(Count.ARRIVED, lead)
    sim.add(Amount.OFFERED_VALUE, lead, lead.deal_value)
    sim.note(Happening.ARRIVED, lead, value=lead.deal_value)


def choose_motion(sim: Simulation, lead: Lead) -> int:
    """The first routing rule that fits decides."""
    program = sim.program
    for rule, motion in enumerate(program.rule_motion):
        share_draw = 0.0 if program.rule_share[rule] >= 1.0 else sim.draw(lead, Purpose.ROUTE_SHARE, rule)
        team = program.rule_overflow_team[rule]
        queue_length = 0 if team == NONE else sim.teams[team].waiting
        if rule_fits(program, rule, lead.stream, lead.deal_value, lead.score, share_draw, queue_length):
            return int(motion)
    raise AssertionError("the last routing rule takes every lead")


def one_cycle(sim: Simulation, lead: Lead) -> Generator[simpy.Event, Any, bool]:
    """2. The motion's steps in order. True if the lead goes to nurture, False if it is won or lost."""
    lead.step = 0
    last_step = sim.program.step_count[lead.motion] - 1
    while True:
        enter_step(sim, lead)
        ended_as = yield from work(sim, lead)
        if ended_as is not None:
            lose(sim, lead, ended_as)
            return False
        yes = yield from decide(sim, lead)
        if not yes:
            return decline(sim, lead)
        sim.count(Count.ADVANCED, lead)
        sim.note(Happening.ADVANCED, lead)
        lead.warm_at = sim.now
        if lead.step == last_step:
            win(sim, lead)
            return False
        if not (yield from hand_off(sim, lead)):
            lose(sim, lead, Count.DROPPED)
            return False
        lead.step += 1


def enter_step(sim: Simulation, lead: Lead) -> None:
    """2. A lead comes to a step; from the marked step on it is an opportunity."""
    lead.team = sim.program.step_team[lead.motion][lead.step]
    lead.attempts = 0
    lead.touches = 0
    lead.spells = 0
    sim.count(Count.ENTERED, lead)
    sim.note(Happening.ENTERED, lead)
    if sim.program.step_is_opportunity[lead.motion][lead.step]:
        if not lead.counted_as_opportunity:
            lead.counted_as_opportunity = True
            sim.count(Count.OPPORTUNITIES, lead)
        if not lead.in_pipeline:
            lead.in_pipeline = True
            sim.add(Amount.PIPELINE_OPENED, lead, booked_value(sim, lead))


def work(sim: Simulation, lead: Lead) -> Generator[simpy.Event, Any, Count | None]:
    """3. and 4. The step's attempts and touches. None if all touches were made, else how the lead was lost."""
    program = sim.program
    team = sim.teams[lead.team]
    max_attempts = program.attempts_max[lead.motion][lead.step]
    while lead.touches < program.step_touches[lead.motion][lead.step]:
        lead.touch_end = simpy.Event(sim.agenda)
        team.enqueue(lead, patience_ends(sim, lead))
        end: TouchEnd = yield lead.touch_end
        match end:
            case TouchEnd.COOLED:
                return Count.COOLED
            case TouchEnd.NOT_REACHED:
                if lead.attempts >= max_attempts:
                    return Count.UNREACHABLE
                spacing = program.attempt_spacing_dist[lead.motion][lead.step]
                hours = sim.step_sample(spacing, lead, Purpose.ATTEMPT_SPACING, lead.attempts)
                yield sim.agenda.at(sim.now + hours, EventKind.TOUCH_DUE, lead.id)
            case TouchEnd.DONE:
                if lead.touches < program.step_touches[lead.motion][lead.step]:
                    spacing = program.touch_spacing_dist[lead.stream][lead.motion][lead.step]
                    hours = sim.step_sample(spacing, lead, Purpose.TOUCH_SPACING, lead.touches)
                    yield sim.agenda.at(sim.now + hours, EventKind.TOUCH_DUE, lead.id)
    return None


def patience_ends(sim: Simulation, lead: Lead) -> float:
    """3. When the buying window of a lead that starts to wait now closes."""
    dist = sim.program.patience_hours_dist[lead.stream][lead.motion][lead.step]
    if dist == NONE:
        return math.inf
    return sim.now + sim.step_sample(dist, lead, Purpose.PATIENCE, lead.spells)


def decide(sim: Simulation, lead: Lead) -> Generator[simpy.Event, Any, bool]:
    """5. The buyer's answer is drawn as the touches end, and given after the time that such an answer takes."""
    program = sim.program
    at = lead.stream, lead.motion, lead.step, month_of(program, sim.now)
    chance = advance_probability(program, *at, lead.deal_value, lead.fit)
    yes = sim.step_draw(lead, Purpose.OUTCOME) < chance
    sim.add(Amount.ANSWER_LUCK, lead, lead.deal_value * luck_of(yes, chance))
    delays = program.yes_hours_dist if yes else program.no_hours_dist
    drawn = sim.step_sample(delays[lead.stream][lead.motion][lead.step], lead, Purpose.BUYER_DELAY)
    hours = buyer_hours(program, *at, drawn)
    sim.note(Happening.DECIDING, lead, value=hours)
    yield sim.agenda.at(sim.now + hours, EventKind.DECISION, lead.id)
    return yes


def decline(sim: Simulation, lead: Lead) -> bool:
    """5. A no: nurtured (True) or lost (False)."""
    program = sim.program
    if lead.cycle < program.nurture_max[lead.motion]:
        draw = sim.draw(lead, Purpose.NURTURE, lead.cycle)
        if draw < program.nurture_share[lead.motion]:
            sim.count(Count.NURTURED, lead)
            lead.nurtured = True
            leave_pipeline(sim, lead)
            sim.teams[lead.team].release(lead)
            return True
    lose(sim, lead, Count.DECLINED)
    return False


def nurture_hours(sim: Simulation, lead: Lead) -> float:
    """5. How long a nurtured lead stays away."""
    hours = sim.sample(sim.program.nurture_hours_dist[lead.motion], lead, Purpose.NURTURE_DELAY, lead.cycle)
    sim.note(Happening.NURTURED, lead, value=hours)
    return hours


def come_back(sim: Simulation, lead: Lead) -> None:
    """5. Back from nurture, warm again, with new luck."""
    lead.cycle += 1
    lead.nurtured = False
    lead.warm_at = sim.now
    sim.note(Happening.RETURNED, lead)


def hand_off(sim: Simulation, lead: Lead) -> Generator[simpy.Event, Any, bool]:
    """6. To the next step; to another team with a leak and a delay. False if the lead is dropped."""
    program = sim.program
    following = lead.step + 1
    if program.step_team[lead.motion][following] == lead.team:
        return True
    key = program.step_key[lead.motion][following]
    sim.teams[lead.team].release(lead)
    leak = program.handoff_leak[lead.stream][lead.motion][following][month_of(program, sim.now)]
    if sim.draw(lead, Purpose.HANDOFF_LEAK, lead.cycle, key) < leak:
        return False
    dist = program.handoff_hours_dist[lead.motion][following]
    hours = sim.sample(dist, lead, Purpose.HANDOFF_DELAY, lead.cycle, key)
    assert lead.last_rep is not None
    lead.handed_by = lead.last_rep
    sim.add_for_rep(RepAmount.HANDED_LEADS, lead.last_rep, 1.0)
    sim.note(Happening.HANDING_OFF, lead, value=hours)
    yield sim.agenda.at(sim.now + hours, EventKind.HANDED_OFF, lead.id)
    return True


def win(sim: Simulation, lead: Lead) -> None:
    """7. Won: counted now, credited to the rep who made the last touch and to the one who handed the lead over."""
    refer(sim, lead)
    value = booked_value(sim, lead)
    sim.count(Count.WON, lead)
    sim.add(Amount.BOOKINGS, lead, value)
    sim.add(Amount.CYCLE_HOURS, lead, sim.now - lead.arrived_at)
    sim.note(Happening.WON, lead, value=value)
    assert lead.last_rep is not None
    lead.last_rep.credit_win(value, lead.handed_by)
    end(sim, lead)


def refer(sim: Simulation, lead: Lead) -> None:
    """7. A new customer brings further leads, each after a time of its own."""
    program = sim.program
    if program.referral_stream[lead.stream] == NONE:
        return
    dist = program.referral_delay_dist[lead.stream]
    for number in range(poisson_count(sim.draw(lead, Purpose.REFERRALS), program.referral_mean[lead.stream])):
        hours = sim.sample(dist, lead, Purpose.REFERRAL_DELAY, number)
        sim.note(Happening.REFERRING, lead, value=hours)
        sim.agenda.process(sim.referral(lead, number, hours))


def lose(sim: Simulation, lead: Lead, reason: Count) -> None:
    """A lead is lost for good."""
    sim.count(reason, lead)
    sim.note(Happening[reason.name], lead)
    end(sim, lead)


def end(sim: Simulation, lead: Lead) -> None:
    """Won or lost, the lead is nobody's any more."""
    leave_pipeline(sim, lead)
    sim.teams[lead.team].release(lead)
    del sim.alive[lead.id]


def leave_pipeline(sim: Simulation, lead: Lead) -> None:
    """The opportunity, if it is one, is no longer open."""
    if lead.in_pipeline:
        lead.in_pipeline = False
        sim.add(Amount.PIPELINE_CLOSED, lead, booked_value(sim, lead))


def booked_value(sim: Simulation, lead: Lead) -> float:
    """What the deal is worth when won in this motion."""
    return float(lead.deal_value * sim.program.value_factor[lead.motion])
