"""8. A seat and those who sit in it, one after the other, as `engine.reference.seat`."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from channelsim.engine.fast.agenda import rise, schedule, without_first_of
from channelsim.engine.fast.books import add_for_rep, close_employment, note_rep, register_rep
from channelsim.engine.fast.lead import lose
from channelsim.engine.fast.luck import draw, seat_sample
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


@inner
def fill(p: Any, s: Any, seat: int, starts: float) -> None:
    """Somebody starts in the seat then, unless it closes first."""
    if starts < p.seat_to[seat]:
        schedule(s, starts, EventKind.START, seat, seat)


@inner
def hire(p: Any, s: Any, seat: int) -> None:
    """A rep's first day. Those on board when the horizon starts are not counted as hires."""
    rep = s.seats[seat]
    rep.skill = seat_sample(p, s, p.team_skill_dist[rep.team], rep, Purpose.SKILL)
    rep.starts_ramped = rep.incumbent == 0 and p.seat_ramped[seat] == 1
    rep.row = register_rep(s, seat, rep.incumbent)
    rep.is_on_board = True
    rep.is_busy = False
    rep.departs_when_free = False
    rep.hired_at = s.now
    rep.since = s.now
    rep.place = s.now
    if not p.team_is_owned[rep.team]:
        make_ready(s, seat)
    if s.now > 0.0:
        add_for_rep(s, RepAmount.HIRES, rep.row, 1.0)
    note_rep(s, Happening.HIRED, seat, rep.skill)
    request_dispatch(s, rep.team)
    rep.leaves_at = min(s.now + tenure_hours(p, s, rep), p.seat_to[seat])
    schedule(s, rep.leaves_at, EventKind.DEPARTURE, seat, seat)


@inner
def tenure_hours(p: Any, s: Any, rep: Any) -> float:
    """How long a rep stays of its own accord; infinite where nobody leaves."""
    tenure = p.team_tenure_dist[rep.team]
    return math.inf if tenure == NONE else seat_sample(p, s, tenure, rep, Purpose.TENURE)


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
