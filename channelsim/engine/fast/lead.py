"""A lead's life, from arrival to won, lost or the end of the horizon: numbered as in docs/behaviour.md.

As `engine.reference.lead`, cut where the lead waits: each function runs until the next event of the lead is due.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from channelsim.engine.fast.agenda import schedule
from channelsim.engine.fast.books import add, add_for_rep, count, note
from channelsim.engine.fast.luck import draw, sample, step_draw, step_sample
from channelsim.engine.fast.state import LEAD
from channelsim.engine.fast.team import enqueue, release
from channelsim.engine.jit import inner
from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import LEAD_SHIFT, Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.outcomes import advance_probability, buyer_hours, fit_of, luck_of, score_of
from channelsim.rules.quantiles import normal_quantile
from channelsim.rules.referrals import REFERRED_ORDINALS, poisson_count, referred_words
from channelsim.rules.routing import rule_fits


@inner
def arrive(p: Any, s: Any, row: int) -> None:
    """1. The lead draws its value and its fit, is routed and enters its motion's first step."""
    lead = s.leads[row]
    drawn = sample(p, s, p.deal_value_dist[lead.stream], lead, Purpose.DEAL_VALUE, 0, 0)
    lead.deal_value = drawn * p.value_scale[lead.stream][s.month]
    lead.fit = 0.0
    lead.score = 0.0
    if p.has_fit[lead.stream]:
        deviate = normal_quantile(draw(s, lead, Purpose.FIT, 0, 0))
        noise = normal_quantile(draw(s, lead, Purpose.SCORE, 0, 0))
        lead.fit = fit_of(p, lead.stream, deviate)
        lead.score = score_of(p, lead.stream, deviate, noise)
    lead.motion = choose_motion(p, s, lead)
    lead.team = p.step_team[lead.motion][0]
    lead.warm_at = s.now
    count(s, Count.ARRIVED, lead)
    add(s, Amount.OFFERED_VALUE, lead, lead.deal_value)
    note(s, Happening.ARRIVED, lead, NONE, lead.deal_value)
    enter_step(p, s, row)


@inner
def choose_motion(p: Any, s: Any, lead: Any) -> int:
    """The first routing rule that fits decides; the last takes every lead."""
    for rule in range(len(p.rule_motion)):
        share_draw = 0.0 if p.rule_share[rule] >= 1.0 else draw(s, lead, Purpose.ROUTE_SHARE, rule, 0)
        team = p.rule_overflow_team[rule]
        queue_length = 0 if team == NONE else s.teams[team].waiting
        if rule_fits(p, rule, lead.stream, lead.deal_value, lead.score, share_draw, queue_length):
            return p.rule_motion[rule]
    raise AssertionError("the last routing rule takes every lead")


@inner
def enter_step(p: Any, s: Any, row: int) -> None:
    """2. A lead comes to a step and needs its first touch; from the marked step on it is an opportunity."""
    lead = s.leads[row]
    lead.team = p.step_team[lead.motion][lead.step]
    lead.attempts = 0
    lead.touches = 0
    lead.spells = 0
    count(s, Count.ENTERED, lead)
    note(s, Happening.ENTERED, lead, NONE, 0.0)
    if p.step_is_opportunity[lead.motion][lead.step]:
        if not lead.counted_as_opportunity:
            lead.counted_as_opportunity = True
            count(s, Count.OPPORTUNITIES, lead)
        if not lead.in_pipeline:
            lead.in_pipeline = True
            add(s, Amount.PIPELINE_OPENED, lead, booked_value(p, lead))
    need_touch(p, s, row)


@inner
def need_touch(p: Any, s: Any, row: int) -> None:
    """3. The lead waits for a rep, until its buying window closes."""
    enqueue(p, s, row, patience_ends(p, s, s.leads[row]))


@inner
def patience_ends(p: Any, s: Any, lead: Any) -> float:
    """3. When the buying window of a lead that starts to wait now closes."""
    dist = p.patience_hours_dist[lead.stream][lead.motion][lead.step]
    if dist == NONE:
        return math.inf
    return s.now + step_sample(p, s, dist, lead, Purpose.PATIENCE, lead.spells)


@inner
def after_touch(p: Any, s: Any, row: int, reached: bool) -> None:
    """3. and 4. What follows an attempt or a touch: another one later, the buyer's decision, or the end."""
    lead = s.leads[row]
    if not reached:
        if lead.attempts >= p.attempts_max[lead.motion][lead.step]:
            lose(p, s, row, Count.UNREACHABLE, Happening.UNREACHABLE)
            return
        spacing = p.attempt_spacing_dist[lead.motion][lead.step]
        hours = step_sample(p, s, spacing, lead, Purpose.ATTEMPT_SPACING, lead.attempts)
        schedule(s, s.now + hours, EventKind.TOUCH_DUE, lead.id, row)
    elif lead.touches < p.step_touches[lead.motion][lead.step]:
        spacing = p.touch_spacing_dist[lead.stream][lead.motion][lead.step]
        hours = step_sample(p, s, spacing, lead, Purpose.TOUCH_SPACING, lead.touches)
        schedule(s, s.now + hours, EventKind.TOUCH_DUE, lead.id, row)
    else:
        decide(p, s, row)


@inner
def decide(p: Any, s: Any, row: int) -> None:
    """5. The buyer's answer is drawn as the touches end, and given after the time that such an answer takes."""
    lead = s.leads[row]
    chance = advance_probability(p, lead.stream, lead.motion, lead.step, s.month, lead.deal_value, lead.fit)
    lead.says_yes = step_draw(p, s, lead, Purpose.OUTCOME, 0) < chance
    add(s, Amount.ANSWER_LUCK, lead, lead.deal_value * luck_of(lead.says_yes, chance))
    if lead.says_yes:
        delay = p.yes_hours_dist[lead.stream][lead.motion][lead.step]
    else:
        delay = p.no_hours_dist[lead.stream][lead.motion][lead.step]
    drawn = step_sample(p, s, delay, lead, Purpose.BUYER_DELAY, 0)
    hours = buyer_hours(p, lead.stream, lead.motion, lead.step, s.month, drawn)
    note(s, Happening.DECIDING, lead, NONE, hours)
    schedule(s, s.now + hours, EventKind.DECISION, lead.id, row)


@inner
def answer(p: Any, s: Any, row: int) -> None:
    """5. The buyer answers: the lead goes on, is won, or declines."""
    lead = s.leads[row]
    if not lead.says_yes:
        decline(p, s, row)
        return
    count(s, Count.ADVANCED, lead)
    note(s, Happening.ADVANCED, lead, NONE, 0.0)
    lead.warm_at = s.now
    if lead.step == p.step_count[lead.motion] - 1:
        win(p, s, row)
    else:
        hand_off(p, s, row)


@inner
def decline(p: Any, s: Any, row: int) -> None:
    """5. A no: the lead is nurtured and comes back later, or it is lost."""
    lead = s.leads[row]
    may_return = lead.cycle < p.nurture_max[lead.motion]
    if not may_return or draw(s, lead, Purpose.NURTURE, lead.cycle, 0) >= p.nurture_share[lead.motion]:
        lose(p, s, row, Count.DECLINED, Happening.DECLINED)
        return
    count(s, Count.NURTURED, lead)
    lead.nurtured = True
    leave_pipeline(p, s, lead)
    release(s, row)
    hours = sample(p, s, p.nurture_hours_dist[lead.motion], lead, Purpose.NURTURE_DELAY, lead.cycle, 0)
    note(s, Happening.NURTURED, lead, NONE, hours)
    schedule(s, s.now + hours, EventKind.RETURN, lead.id, row)


@inner
def come_back(p: Any, s: Any, row: int) -> None:
    """5. Back from nurture, warm again, with new luck."""
    lead = s.leads[row]
    lead.cycle += 1
    lead.nurtured = False
    lead.warm_at = s.now
    note(s, Happening.RETURNED, lead, NONE, 0.0)
    lead.step = 0
    enter_step(p, s, row)


@inner
def hand_off(p: Any, s: Any, row: int) -> None:
    """6. To the next step; to another team with a leak and a delay."""
    lead = s.leads[row]
    following = lead.step + 1
    if p.step_team[lead.motion][following] == lead.team:
        lead.step = following
        enter_step(p, s, row)
        return
    key = p.step_key[lead.motion][following]
    release(s, row)
    if (
        draw(s, lead, Purpose.HANDOFF_LEAK, lead.cycle, key)
        < p.handoff_leak[lead.stream][lead.motion][following][s.month]
    ):
        lose(p, s, row, Count.DROPPED, Happening.DROPPED)
        return
    dist = p.handoff_hours_dist[lead.motion][following]
    hours = sample(p, s, dist, lead, Purpose.HANDOFF_DELAY, lead.cycle, key)
    lead.handed_by = lead.last_rep
    add_for_rep(s, RepAmount.HANDED_LEADS, lead.last_rep, 1.0)
    note(s, Happening.HANDING_OFF, lead, NONE, hours)
    schedule(s, s.now + hours, EventKind.HANDED_OFF, lead.id, row)


@inner
def win(p: Any, s: Any, row: int) -> None:
    """7. Won: counted now, credited to the rep who made the last touch and to the one who handed the lead over."""
    refer(p, s, row)
    lead = s.leads[row]
    value = booked_value(p, lead)
    count(s, Count.WON, lead)
    add(s, Amount.BOOKINGS, lead, value)
    add(s, Amount.CYCLE_HOURS, lead, s.now - lead.arrived_at)
    note(s, Happening.WON, lead, NONE, value)
    add_for_rep(s, RepAmount.DEALS, lead.last_rep, 1.0)
    add_for_rep(s, RepAmount.CLOSED_VALUE, lead.last_rep, value)
    if lead.handed_by != NONE:
        add_for_rep(s, RepAmount.HANDED_VALUE, lead.handed_by, value)
        add_for_rep(s, RepAmount.TAKEN_VALUE, lead.last_rep, value)
    end(p, s, row)


@inner
def refer(p: Any, s: Any, row: int) -> None:
    """7. A new customer brings further leads, each after a time of its own."""
    lead = s.leads[row]
    if p.referral_stream[lead.stream] == NONE:
        return
    dist = p.referral_delay_dist[lead.stream]
    for number in range(poisson_count(draw(s, lead, Purpose.REFERRALS, 0, 0), p.referral_mean[lead.stream])):
        lead = s.leads[row]  # the table may have grown
        hours = sample(p, s, dist, lead, Purpose.REFERRAL_DELAY, number, 0)
        note(s, Happening.REFERRING, lead, NONE, hours)
        expect_referred(p, s, lead, number, s.now + hours)


@inner
def expect_referred(p: Any, s: Any, parent: Any, number: int, time: float) -> None:
    """7. A lead that a customer referred arrives then."""
    index = p.referral_stream[parent.stream]
    stream = s.streams[index]
    identifier = (index << LEAD_SHIFT) | (REFERRED_ORDINALS + stream.referred)
    stream.referred += 1
    if time >= s.horizon_hours:
        return
    low, high = referred_words(parent.word_low, parent.word_high, s.replication, parent.ordinal, number)
    row = new_row(s, identifier, index, 0, low, high)
    s.leads[row].arrived_at = time
    s.leads[row].is_expected = True
    schedule(s, time, EventKind.REFERRED, identifier, row)


@inner
def new_row(s: Any, identifier: int, stream: int, ordinal: int, word_low: int, word_high: int) -> int:
    """A row of its own for a lead that nothing has happened to."""
    if s.free_row == NONE:
        s.leads = with_more_rows(s.leads)
        s.free_row = len(s.leads) // 2
    row = s.free_row
    lead = s.leads[row]
    s.free_row = lead.next
    lead.id = identifier
    lead.arrived_at = s.now
    lead.word_low = word_low
    lead.word_high = word_high
    lead.ordinal = ordinal
    lead.stream = stream
    lead.step = 0
    lead.cycle = 0
    lead.orphanings = 0
    lead.owner = NONE
    lead.last_rep = NONE
    lead.handed_by = NONE
    lead.is_waiting = False
    lead.responded = False
    lead.contacted = False
    lead.counted_as_opportunity = False
    lead.in_pipeline = False
    lead.nurtured = False
    lead.is_expected = False
    return row


@inner
def with_more_rows(leads: Any) -> Any:
    """The table of leads with twice as many rows."""
    count = len(leads)
    more = np.empty(2 * count, LEAD)
    for row in range(count):
        more[row] = leads[row]
    free_rows(more, count)
    return more


@inner
def free_rows(leads: Any, first: int) -> None:
    """From `first` on the table's rows are free."""
    for row in range(first, len(leads)):
        leads[row].id = NONE
        leads[row].next = row + 1
    leads[len(leads) - 1].next = NONE


@inner
def lose(p: Any, s: Any, row: int, reason: int, happening: int) -> None:
    """A lead is lost for good."""
    lead = s.leads[row]
    count(s, reason, lead)
    note(s, happening, lead, NONE, 0.0)
    end(p, s, row)


@inner
def end(p: Any, s: Any, row: int) -> None:
    """Won or lost, the lead is nobody's any more, and its row is free for another."""
    lead = s.leads[row]
    leave_pipeline(p, s, lead)
    release(s, row)
    lead.id = NONE
    lead.next = s.free_row
    s.free_row = row


@inner
def leave_pipeline(p: Any, s: Any, lead: Any) -> None:
    """The opportunity, if it is one, is no longer open."""
    if lead.in_pipeline:
        lead.in_pipeline = False
        add(s, Amount.PIPELINE_CLOSED, lead, booked_value(p, lead))


@inner
def booked_value(p: Any, lead: Any) -> float:
    """What the deal is worth when won in this motion."""
    return lead.deal_value * p.value_factor[lead.motion]
