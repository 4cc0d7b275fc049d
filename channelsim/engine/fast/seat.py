"""8. A seat and those who sit in it, one after the other, as `engine.reference.seat`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from channelsim.engine.fast.agenda import rise, schedule, without_first_of
from channelsim.engine.fast.books import add_for_rep, close_employment, note_rep, register_rep
from channelsim.engine.fast.lead import lose
from channelsim.engine.fast.luck import draw, seat_draw, seat_sample
from channelsim.engine.fast.state import EVENT
from channelsim.engine.fast.team import (
    choose_owner,
    disown,
    make_ready,
    make_unready,
    own,
    request_dispatch,
    stand_in_line,
    stop_waiting,
)
from channelsim.engine.jit import inner
from channelsim.engine.ledger import Count, RepAmount
from channelsim.engine.trace import Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.people import departure_time, first_day


@inner
def fill(p: Any, s: Any, seat: int, planned: float) -> None:
    """Somebody starts in the seat then or after a hiring freeze, unless it closes first."""
    starts = first_day(p, s.seats[seat].team, planned)
    if starts < p.seat_to[seat]:
        schedule(s, starts, EventKind.START, seat, seat)


@inner
def hire(p: Any, s: Any, seat: int) -> None:
    """A rep's first day. Those on board when the horizon starts are not counted as hires."""
    rep = s.seats[seat]
    promoted = candidate(p, s, rep)
    if promoted == NONE:
        rep.skill = seat_sample(p, s, p.team_skill_dist[rep.team], rep, Purpose.SKILL)
        rep.ramp_scale = 1.0
        if s.now > 0.0:
            rep.skill *= p.team_hire_skill[rep.team]
        elif p.seat_ramped[seat] == 1:
            rep.ramp_scale = 0.0
    else:
        rep.skill = s.seats[promoted].skill
        rep.ramp_scale = p.team_promoted_ramp[rep.team]
    rep.row = register_rep(s, seat, rep.incumbent)
    rep.is_on_board = True
    rep.is_busy = False
    rep.departs_when_free = False
    rep.hired_at = s.now
    rep.hired_in = s.month
    rep.since = s.now
    rep.place = s.now
    if not p.team_is_owned[rep.team]:
        make_ready(s, seat)
    if s.now > 0.0:
        add_for_rep(s, RepAmount.HIRES if promoted == NONE else RepAmount.PROMOTIONS, rep.row, 1.0)
    note_rep(s, Happening.HIRED if promoted == NONE else Happening.PROMOTED, seat, rep.skill)
    request_dispatch(s, rep.team)
    rep.leaves_at = min(leaves_at(p, s, rep), p.seat_to[seat])
    schedule(s, rep.leaves_at, EventKind.DEPARTURE, seat, seat)
    if promoted != NONE:
        s.seats[promoted].leaves_at = s.now
        time_is_up(p, s, promoted)


@inner
def candidate(p: Any, s: Any, rep: Any) -> int:
    """Whom another team gives up for this seat: the one longest there; NONE if the seat is filled from outside."""
    source = p.team_promotes_from[rep.team]
    if source == NONE or s.now <= 0.0:
        return NONE
    if seat_draw(s, rep, Purpose.PROMOTION) >= p.team_promotion_share[rep.team]:
        return NONE
    longest = NONE
    since = math.inf
    for seat in range(s.teams[source].first_seat, s.teams[source].end_seat):
        other = s.seats[seat]
        if other.is_on_board and other.leaves_at > s.now and other.hired_at < since:
            longest = seat
            since = other.hired_at
    return longest


@inner
def leaves_at(p: Any, s: Any, rep: Any) -> float:
    """When a rep who starts now leaves of its own accord; infinite if never."""
    before = p.team_departures_before_month[rep.team]
    if before[len(before) - 1] == 0.0:
        return math.inf
    return departure_time(p, rep.team, s.now, seat_draw(s, rep, Purpose.TENURE))


@inner
def time_is_up(p: Any, s: Any, seat: int) -> None:
    """A rep leaves now, or when the touch in hand is done."""
    if s.seats[seat].is_busy:
        s.seats[seat].departs_when_free = True
    else:
        depart(p, s, seat)


@inner
def depart(p: Any, s: Any, seat: int) -> None:
    """A rep leaves; its leads, in the order of their identifiers, are lost as orphaned or go to colleagues."""
    rep = s.seats[seat]
    add_for_rep(s, RepAmount.DEPARTURES, rep.row, 1.0)
    if rep.leaves_at >= p.seat_to[seat]:
        add_for_rep(s, RepAmount.LAID_OFF, rep.row, 1.0)
    close_employment(p, s, rep)
    make_unready(s, seat)
    rep.is_on_board = False
    rep.line = NONE
    note_rep(s, Happening.DEPARTED, seat, 0.0)
    leads = owned_by_id(s, rep)
    for left in range(len(leads) - 1, -1, -1):
        row = leads[0].row
        without_first_of(leads, left)
        pass_on(p, s, rep.team, row)
    vacancy = seat_sample(p, s, p.team_vacancy_dist[rep.team], rep, Purpose.VACANCY)
    rep.incumbent += 1
    fill(p, s, seat, s.now + vacancy)


@inner
def owned_by_id(s: Any, rep: Any) -> Any:
    """The rows of a rep's leads, as a heap in the order of their identifiers."""
    leads = np.empty(rep.owned_count, EVENT)
    row = rep.owned
    for place in range(rep.owned_count):
        rise(leads, place, 0.0, s.leads[row].id, row)
        row = s.leads[row].owned_next
    return leads


@inner
def pass_on(p: Any, s: Any, team: int, row: int) -> None:
    """A leaver's lead is lost, or goes to the colleague with the fewest open deals; if all are full it has no owner
    until it needs one and there is room."""
    lead = s.leads[row]
    orphaned = draw(s, lead, Purpose.ORPHAN, lead.orphanings, 0) < p.team_orphan_share[team]
    lead.orphanings += 1
    if orphaned:
        if lead.is_waiting:
            stop_waiting(s, lead)
        lose(p, s, row, Count.ORPHANED, Happening.ORPHANED)
        return
    disown(s, row)
    owner = choose_owner(p, s, team)
    if owner != NONE:
        own(s, row, owner)
    if lead.is_waiting:
        stand_in_line(s, row)
        request_dispatch(s, team)
