"""A team at work: its queue, its reps, and the dispatcher that brings them together, as `engine.reference.team`."""

from __future__ import annotations

import math
from typing import Any

from channelsim.engine.fast.agenda import keep_window, schedule
from channelsim.engine.fast.books import add, count, note
from channelsim.engine.fast.lines import join, leave, without_first
from channelsim.engine.fast.luck import draw, step_draw, step_sample
from channelsim.engine.jit import inner
from channelsim.engine.ledger import Amount, Count
from channelsim.engine.trace import Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.calendars import is_open, month_of, next_opening, work_end, worked_before
from channelsim.rules.outcomes import luck_of, reach_probability
from channelsim.rules.people import productivity, touch_hours
from channelsim.rules.queues import precedence

# 3. waiting


@inner
def enqueue(p: Any, s: Any, row: int, window_closes: float) -> None:
    """A lead needs a touch: it waits for its owner, for any owner, or for any rep."""
    lead = s.leads[row]
    lead.since = s.now
    lead.is_waiting = True
    lead.window_closes = window_closes
    lead.spells += 1
    s.teams[lead.team].waiting += 1
    note(s, Happening.QUEUED, lead, NONE, window_closes)
    lead.place = precedence(p.team_discipline[lead.team], lead.since, lead.deal_value, lead.step, lead.score)
    stand_in_line(s, row)
    if window_closes < math.inf:
        keep_window(s, window_closes, lead.id, row)
    request_dispatch(s, lead.team)


@inner
def stand_in_line(s: Any, row: int) -> None:
    """Join the owner's line, or the team's."""
    lead = s.leads[row]
    if lead.owner == NONE:
        team = s.teams[lead.team]
        team.line = join(s.leads, team.line, row)
    else:
        rep = s.seats[lead.owner]
        rep.line = join(s.leads, rep.line, row)
        if not rep.is_busy:
            make_ready(s, lead.owner)


@inner
def make_ready(s: Any, seat: int) -> None:
    """The rep could start something."""
    rep = s.seats[seat]
    if not rep.is_ready:
        rep.is_ready = True
        team = s.teams[rep.team]
        team.ready = join(s.seats, team.ready, seat)


@inner
def make_unready(s: Any, seat: int) -> None:
    """The rep has nothing to start, or is gone."""
    rep = s.seats[seat]
    if rep.is_ready:
        rep.is_ready = False
        team = s.teams[rep.team]
        team.ready = leave(s.seats, team.ready, seat)


@inner
def give_up_waiting(s: Any, row: int) -> None:
    """The lead leaves its line from wherever it stands."""
    lead = s.leads[row]
    if lead.owner == NONE:
        team = s.teams[lead.team]
        team.line = leave(s.leads, team.line, row)
    else:
        rep = s.seats[lead.owner]
        rep.line = leave(s.leads, rep.line, row)
        if rep.line == NONE:
            make_unready(s, lead.owner)
    stop_waiting(s, lead)


@inner
def stop_waiting(s: Any, lead: Any) -> None:
    """The lead is out of the queue."""
    lead.is_waiting = False
    s.teams[lead.team].waiting -= 1


@inner
def release(s: Any, row: int) -> None:
    """The lead is this team's no longer: its owner has room for another."""
    lead = s.leads[row]
    if lead.owner != NONE:
        disown(s, row)
        request_dispatch(s, lead.team)


@inner
def disown(s: Any, row: int) -> None:
    """The lead has no owner any more."""
    lead = s.leads[row]
    rep = s.seats[lead.owner]
    if lead.owned_previous == NONE:
        rep.owned = lead.owned_next
    else:
        s.leads[lead.owned_previous].owned_next = lead.owned_next
    if lead.owned_next != NONE:
        s.leads[lead.owned_next].owned_previous = lead.owned_previous
    rep.owned_count -= 1
    lead.owner = NONE


# the dispatcher


@inner
def request_dispatch(s: Any, team: int) -> None:
    """Something changed: the dispatcher runs once, when all else at this instant has happened."""
    if not s.teams[team].dispatch_is_due:
        s.teams[team].dispatch_is_due = True
        s.dispatches_due += 1


@inner
def dispatch(p: Any, s: Any, index: int) -> None:
    """Give owners to leads that have none, then hand waiting leads to free reps."""
    team = s.teams[index]
    team.dispatch_is_due = False
    s.dispatches_due -= 1
    is_owned = p.team_is_owned[index]
    if is_owned:
        give_owners(p, s, index)
    if team.waiting == 0:
        return
    if not is_open(p, index, s.now):
        wait_for_opening(p, s, index)
        return
    while team.ready != NONE and (is_owned or team.line != NONE):
        seat = team.ready
        team.ready = without_first(s.seats, seat)
        rep = s.seats[seat]
        rep.is_ready = False
        if is_owned:
            row = rep.line
            rep.line = without_first(s.leads, row)
        else:
            row = team.line
            team.line = without_first(s.leads, row)
        start_touch(p, s, row, seat)


@inner
def give_owners(p: Any, s: Any, index: int) -> None:
    """Leads without an owner, in the order of the queue, go to the rep with the fewest open deals."""
    team = s.teams[index]
    while team.line != NONE:
        owner = choose_owner(p, s, index)
        if owner == NONE:
            return
        row = team.line
        team.line = without_first(s.leads, row)
        own(s, row, owner)
        stand_in_line(s, row)


@inner
def choose_owner(p: Any, s: Any, index: int) -> int:
    """The rep with the fewest open deals below the cap, the first seat of equals; NONE if all are full."""
    fewest = p.team_max_open[index]
    owner = NONE
    for seat in range(s.teams[index].first_seat, s.teams[index].end_seat):
        rep = s.seats[seat]
        if rep.is_on_board and rep.owned_count < fewest and rep.leaves_at > s.now:
            fewest = rep.owned_count
            owner = seat
    return owner


@inner
def own(s: Any, row: int, owner: int) -> None:
    """From now on the lead is this rep's."""
    lead = s.leads[row]
    rep = s.seats[owner]
    lead.owner = owner
    lead.owned_previous = NONE
    lead.owned_next = rep.owned
    if rep.owned != NONE:
        s.leads[rep.owned].owned_previous = row
    rep.owned = row
    rep.owned_count += 1
    note(s, Happening.OWNED, lead, owner, 0.0)


@inner
def wait_for_opening(p: Any, s: Any, index: int) -> None:
    """Dispatch again when the working day begins."""
    opens = next_opening(p, index, s.now)
    if not s.teams[index].opening_is_due and opens < math.inf:
        s.teams[index].opening_is_due = True
        schedule(s, opens, EventKind.OPENING, index, index)


# 2. and 4. touches


@inner
def start_touch(p: Any, s: Any, row: int, seat: int) -> None:
    """A rep starts an attempt or a touch; how it will end is drawn now."""
    lead = s.leads[row]
    rep = s.seats[seat]
    stop_waiting(s, lead)
    rep.is_busy = True
    count(s, Count.WAITS, lead)
    add(s, Amount.WAIT_HOURS, lead, s.now - lead.since)
    if not lead.responded:
        lead.responded = True
        count(s, Count.RESPONDED, lead)
        add(s, Amount.RESPONSE_HOURS, lead, s.now - lead.arrived_at)
    attempt_hours = 0.0
    reached = True
    is_attempt = p.attempts_max[lead.motion][lead.step] > 0 and lead.touches == 0
    if is_attempt:
        dist = p.attempt_hours_dist[lead.motion][lead.step]
        attempt_hours = step_sample(p, s, dist, lead, Purpose.ATTEMPT_HOURS, lead.attempts)
        attempt_hours *= p.attempt_hours_scale[lead.stream][lead.motion][lead.step][s.month]
        reached = reaches(p, s, lead)
    effort_hours = 0.0
    travel_hours = 0.0
    if reached:
        effort = p.effort_hours_dist[lead.stream][lead.motion][lead.step]
        effort_hours = step_sample(p, s, effort, lead, Purpose.EFFORT_HOURS, lead.touches)
        effort_hours *= p.effort_hours_scale[lead.stream][lead.motion][lead.step][s.month]
        travel = p.travel_hours_dist[lead.stream][lead.motion][lead.step]
        travel_hours = step_sample(p, s, travel, lead, Purpose.TRAVEL_HOURS, lead.touches)
    ramp_hours = p.team_ramp_hours[rep.team][rep.hired_in][lead.stream] * rep.ramp_scale
    speed = productivity(p, rep.team, s.month, rep.skill, s.now - rep.hired_at, ramp_hours)
    hours = touch_hours(attempt_hours, effort_hours, travel_hours, speed)
    end = work_end(p, rep.team, s.now, hours)
    book_work(p, s, lead, end)
    note(s, Happening.TOUCH_STARTED, lead, seat, hours)
    rep.lead = row
    rep.is_attempt = is_attempt
    rep.reached = reached
    rep.travel_hours = travel_hours
    schedule(s, end, EventKind.TOUCH_DONE, seat, seat)


@inner
def reaches(p: Any, s: Any, lead: Any) -> bool:
    """4. Whether an attempt that starts now reaches the buyer."""
    unreachable = p.unreachable_share[lead.stream]
    if unreachable > 0.0 and draw(s, lead, Purpose.REACHABLE, 0, 0) < unreachable:
        return False
    chance = reach_probability(p, lead.stream, lead.motion, lead.step, s.month, s.now - lead.warm_at)
    reached = step_draw(p, s, lead, Purpose.REACH, lead.attempts) < chance
    add(s, Amount.REACH_LUCK, lead, lead.deal_value * luck_of(reached, chance))
    return reached


@inner
def book_work(p: Any, s: Any, lead: Any, end: float) -> None:
    """Book a touch's working hours from now in the months in which they fall, up to the horizon's end."""
    start = s.now
    until = min(end, p.horizon_hours)
    month = month_of(p, start)
    done = worked_before(p, lead.team, start)
    while start < until:
        stop = min(until, p.month_start_hours[month + 1])
        done_by_stop = worked_before(p, lead.team, stop)
        s.amounts[Amount.WORK_HOURS, month, lead.stream, lead.motion, lead.step] += done_by_stop - done
        start = stop
        done = done_by_stop
        month += 1


@inner
def finish_touch(p: Any, s: Any, seat: int) -> None:
    """The rep is free, and what was done is booked."""
    rep = s.seats[seat]
    lead = s.leads[rep.lead]
    rep.is_busy = False
    rep.since = s.now
    rep.place = s.now
    if rep.line != NONE or not p.team_is_owned[rep.team]:
        make_ready(s, seat)
    if s.teams[rep.team].waiting > 0:
        request_dispatch(s, rep.team)
    if rep.is_attempt:
        lead.attempts += 1
        count(s, Count.ATTEMPTS, lead)
    if rep.reached:
        book_touch(p, s, lead, rep)
    else:
        note(s, Happening.NOT_REACHED, lead, seat, float(lead.attempts))


@inner
def book_touch(p: Any, s: Any, lead: Any, rep: Any) -> None:
    """Count a touch that was made."""
    lead.touches += 1
    lead.last_rep = rep.row
    if rep.is_attempt:
        count(s, Count.REACHED, lead)
    count(s, Count.TOUCHES, lead)
    if p.step_is_visit[lead.motion][lead.step]:
        count(s, Count.VISITS, lead)
    add(s, Amount.TRAVEL_HOURS, lead, rep.travel_hours)
    if not lead.contacted:
        lead.contacted = True
        count(s, Count.CONTACTED, lead)
    note(s, Happening.TOUCH_DONE, lead, rep.id, float(lead.touches))
