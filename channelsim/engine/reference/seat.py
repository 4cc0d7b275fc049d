"""8. A seat and those who sit in it, one after the other."""

from __future__ import annotations

import math
from functools import partial
from typing import TYPE_CHECKING

import simpy

from channelsim.engine.ledger import Count, RepAmount
from channelsim.engine.reference.lead import Lead, Process, lose
from channelsim.engine.reference.team import Rep, Team
from channelsim.engine.trace import Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose
from channelsim.rules.people import departure_time, first_day

if TYPE_CHECKING:
    from channelsim.engine.reference.simulation import Simulation


def succession(sim: Simulation, seat: int) -> Process:
    """The process of one seat: a rep, a vacancy, a successor, until the seat closes."""
    program = sim.program
    team = sim.teams[program.seat_team[seat]]
    closes = program.seat_to[seat]
    starts = first_day(program, team.index, program.seat_from[seat])
    incumbent = 0
    while starts < closes:
        yield sim.agenda.at(starts, EventKind.START, seat)
        rep = hire(sim, team, seat, incumbent)
        rep.leaves_at = min(leaves_at(sim, team, seat, incumbent), closes)
        if rep.leaves_at < math.inf:
            time_is_up = sim.agenda.at(rep.leaves_at, EventKind.DEPARTURE, seat)
            time_is_up.callbacks.append(partial(call_away, rep))
        yield rep.called_away
        if rep.is_busy:
            rep.free_again = simpy.Event(sim.agenda)
            yield rep.free_again
        depart(sim, team, rep)
        vacancy = program.team_vacancy_dist[team.index]
        hired_after = sim.seat_sample(vacancy, seat, Purpose.VACANCY, incumbent)
        starts = first_day(program, team.index, sim.now + hired_after)
        incumbent += 1


def call_away(rep: Rep, _departure: simpy.Event) -> None:
    """The rep's time is up."""
    rep.call_away()


def hire(sim: Simulation, team: Team, seat: int, incumbent: int) -> Rep:
    """A rep's first day. Those on board when the horizon starts are not counted as hires."""
    program = sim.program
    promoted = candidate(sim, team, seat, incumbent)
    if promoted is None:
        skill = sim.seat_sample(program.team_skill_dist[team.index], seat, Purpose.SKILL, incumbent)
        ramp_scale = 1.0
        if sim.now > 0.0:
            skill *= program.team_hire_skill[team.index]
        elif program.seat_ramped[seat] == 1:
            ramp_scale = 0.0
    else:
        skill, ramp_scale = promoted.skill, program.team_promoted_ramp[team.index]
        promoted.call_away()
    rep = sim.register_rep(seat, incumbent, skill, ramp_scale)
    team.reps[seat] = rep
    if sim.now > 0.0:
        sim.add_for_rep(RepAmount.HIRES if promoted is None else RepAmount.PROMOTIONS, rep, 1.0)
    sim.note(Happening.HIRED if promoted is None else Happening.PROMOTED, None, seat=seat, value=skill)
    team.request_dispatch()
    return rep


def candidate(sim: Simulation, team: Team, seat: int, incumbent: int) -> Rep | None:
    """Whom another team gives up for this seat: the one longest there; None if the seat is filled from outside."""
    source = sim.program.team_promotes_from[team.index]
    if source == NONE or sim.now <= 0.0:
        return None
    if sim.seat_draw(seat, Purpose.PROMOTION, incumbent) >= sim.program.team_promotion_share[team.index]:
        return None
    staying = [rep for rep in sim.teams[source].reps.values() if not rep.is_leaving]
    return min(staying, key=lambda rep: (rep.hired_at, rep.seat), default=None)


def leaves_at(sim: Simulation, team: Team, seat: int, incumbent: int) -> float:
    """When a rep who starts now leaves of its own accord; infinite if never."""
    if sim.program.team_departures_before_month[team.index][-1] == 0.0:
        return math.inf
    u = sim.seat_draw(seat, Purpose.TENURE, incumbent)
    return departure_time(sim.program, team.index, sim.now, u)


def depart(sim: Simulation, team: Team, rep: Rep) -> None:
    """A rep leaves; its leads, in the order of their identifiers, are lost as orphaned or go to colleagues."""
    sim.add_for_rep(RepAmount.DEPARTURES, rep, 1.0)
    if rep.leaves_at >= sim.program.seat_to[rep.seat]:
        sim.add_for_rep(RepAmount.LAID_OFF, rep, 1.0)
    sim.close_employment(rep)
    del team.reps[rep.seat]
    sim.note(Happening.DEPARTED, None, seat=rep.seat)
    for _, lead in sorted(rep.owned.items()):
        pass_on(sim, team, lead)


def pass_on(sim: Simulation, team: Team, lead: Lead) -> None:
    """A leaver's lead is lost, or goes to the colleague with the fewest open deals; if all are full it has no
    owner until it needs one and there is room."""
    orphaned = sim.draw(lead, Purpose.ORPHAN, lead.orphanings) < sim.program.team_orphan_share[team.index]
    lead.orphanings += 1
    if orphaned:
        if lead.is_waiting:
            team.stop_waiting(lead)
        lose(sim, lead, Count.ORPHANED)
        lead.process.interrupt()
        return
    lead.owner = None
    owner = team.choose_owner()
    if owner is not None:
        team.own(lead, owner)
    if lead.is_waiting:
        line = team.line if owner is None else owner.line
        line.join(team.place(lead), lead)
        team.request_dispatch()
