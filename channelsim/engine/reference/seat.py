"""8. A seat and those who sit in it, one after the other."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import simpy

from channelsim.engine.ledger import Count, RepAmount
from channelsim.engine.reference.lead import Lead, Process, lose
from channelsim.engine.reference.team import Rep, Team
from channelsim.engine.trace import Happening
from channelsim.program.arrays import NONE
from channelsim.program.codes import EventKind, Purpose

if TYPE_CHECKING:
    from channelsim.engine.reference.simulation import Simulation


def succession(sim: Simulation, seat: int) -> Process:
    """The process of one seat: a rep, a vacancy, a successor, until the seat closes."""
    program = sim.program
    team = sim.teams[program.seat_team[seat]]
    closes = program.seat_to[seat]
    starts = program.seat_from[seat]
    incumbent = 0
    while starts < closes:
        yield sim.agenda.at(starts, EventKind.START, seat)
        rep = hire(sim, team, seat, incumbent)
        rep.leaves_at = min(sim.now + tenure_hours(sim, team, seat, incumbent), closes)
        if rep.leaves_at == math.inf:
            return
        yield sim.agenda.at(rep.leaves_at, EventKind.DEPARTURE, seat)
        if rep.is_busy:
            rep.free_again = simpy.Event(sim.agenda)
            yield rep.free_again
        depart(sim, team, rep)
        vacancy = program.team_vacancy_dist[team.index]
        starts = sim.now + sim.seat_sample(vacancy, seat, Purpose.VACANCY, incumbent)
        incumbent += 1


def hire(sim: Simulation, team: Team, seat: int, incumbent: int) -> Rep:
    """A rep's first day. Those on board when the horizon starts are not counted as hires."""
    skill = sim.seat_sample(sim.program.team_skill_dist[team.index], seat, Purpose.SKILL, incumbent)
    ramped = incumbent == 0 and sim.program.seat_ramped[seat] == 1
    rep = sim.register_rep(seat, incumbent, skill, ramped)
    team.reps[seat] = rep
    if sim.now > 0.0:
        sim.add_for_rep(RepAmount.HIRES, rep, 1.0)
    sim.note(Happening.HIRED, None, seat=seat, value=skill)
    team.request_dispatch()
    return rep


def tenure_hours(sim: Simulation, team: Team, seat: int, incumbent: int) -> float:
    """How long a rep stays of its own accord; infinite where nobody leaves."""
    tenure = sim.program.team_tenure_dist[team.index]
    return math.inf if tenure == NONE else sim.seat_sample(tenure, seat, Purpose.TENURE, incumbent)


def depart(sim: Simulation, team: Team, rep: Rep) -> None:
    """A rep leaves; its leads, in the order of their identifiers, are lost as orphaned or go to colleagues."""
    sim.add_for_rep(RepAmount.DEPARTURES, rep, 1.0)
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
