"""One replication: streams bring leads, seats bring reps, and everything that happens goes into the ledger."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.engine.draws import uniform
from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount, cell_shape, check_conservation
from channelsim.engine.reference.agenda import Agenda
from channelsim.engine.reference.lead import Lead, Process, life
from channelsim.engine.reference.seat import succession
from channelsim.engine.reference.team import Rep, Team
from channelsim.engine.trace import Draw, Event, Happening, Trace, lead_id
from channelsim.program.arrays import NONE, Program, as_lists
from channelsim.program.codes import DistKind, EventKind, Purpose
from channelsim.rules.arrivals import arrival_time, exponential_gap
from channelsim.rules.calendars import month_of, worked_before
from channelsim.rules.draws import entity_words, repeat
from channelsim.rules.people import ramped_time
from channelsim.rules.quantiles import quantile
from channelsim.rules.referrals import REFERRED_ORDINALS, referred_words


def simulate(program: Program, seed: int, replication: int, trace: Trace | None = None) -> Ledger:
    """Run one replication and return its ledger.

    seed: 64 bits; replication: 32 bits. The same three inputs give the same ledger on any machine. `trace`
    collects events where given. Raises ConservationError if leads are not conserved.
    """
    simulation = Simulation(program, seed, replication, trace)
    ledger = simulation.run()
    check_conservation(ledger)
    return ledger


class Simulation:
    """The state of a replication, and the only hands that write its ledger."""

    def __init__(self, program: Program, seed: int, replication: int, trace: Trace | None) -> None:
        self.shape = cell_shape(program)
        self.program = as_lists(program)
        self.seed = seed
        self.replication = replication
        self.trace = trace
        self.agenda = Agenda()
        self.teams = [Team(self, team) for team in range(len(program.team_is_owned))]
        self.alive: dict[int, Lead] = {}
        self.referred = [0] * len(program.stream_key)  # leads that wins referred, by the stream they come in
        self.seat_words = [entity_words(seed, key) for key in self.program.seat_key]
        self.counts: Any = np.zeros((len(Count), *self.shape), np.int64).tolist()  # lists: single cells are quicker
        self.amounts: Any = np.zeros((len(Amount), *self.shape)).tolist()
        self.reps: list[tuple[int, int]] = []
        self.rep_amounts: list[list[list[float]]] = []  # [rep][amount][month]

    @property
    def now(self) -> float:
        """The clock, in hours from the horizon's start."""
        return self.agenda._now

    def run(self) -> Ledger:
        """Simulate to the horizon's end; what would happen at that very instant does not."""
        for seat in range(len(self.program.seat_key)):
            self.agenda.process(succession(self, seat))
        for stream in range(len(self.program.stream_key)):
            self.agenda.process(self.arrivals(stream))
        self.agenda.run(until=self.program.horizon_hours)
        for team in self.teams:
            for rep in team.reps.values():
                self.close_employment(rep)
        return self.close_books()

    def arrivals(self, stream: int) -> Process:
        """1. The process of one stream: leads come one after the other, numbered from 0."""
        words = entity_words(self.seed, self.program.stream_key[stream])
        expected = 0.0
        ordinal = 0
        while True:
            u = uniform(*words, self.replication, ordinal, Purpose.ARRIVAL.value, 0, 0)
            expected += exponential_gap(u)
            time = arrival_time(self.program, stream, expected)
            if time >= self.program.horizon_hours:
                return
            yield self.agenda.at(time, EventKind.ARRIVAL, stream)
            lead = Lead(lead_id(stream, ordinal), stream, ordinal, words, arrived_at=time, deal_value=0.0)
            lead.process = self.agenda.process(life(self, lead))
            ordinal += 1

    def referral(self, parent: Lead, number: int, hours: float) -> Process:
        """7. The process of a lead that a customer referred, until it arrives."""
        stream = self.program.referral_stream[parent.stream]
        ordinal = REFERRED_ORDINALS + self.referred[stream]
        self.referred[stream] += 1
        words = referred_words(*parent.words, self.replication, parent.ordinal, number)
        lead = Lead(lead_id(stream, ordinal), stream, 0, words, arrived_at=self.now + hours, deal_value=0.0)
        yield self.agenda.at(lead.arrived_at, EventKind.REFERRED, lead.id)
        lead.process = self.agenda.process(life(self, lead))

    # draws

    def draw(self, lead: Lead, purpose: Purpose, k: int = 0, step_key: int = 0) -> float:
        """A lead's uniform for one decision."""
        u = uniform(*lead.words, self.replication, lead.ordinal, purpose.value, k, step_key)
        if self.trace is not None:
            self.trace.draw(Draw(self.now, lead.id, purpose, k, step_key, u))
        return u

    def step_draw(self, lead: Lead, purpose: Purpose, count: int = 0) -> float:
        """A lead's uniform for a decision at its step: tied to the step by its name, so that the lead has the
        same luck there whatever the motion; new in every nurture cycle."""
        step_key = self.program.step_key[lead.motion][lead.step]
        return self.draw(lead, purpose, repeat(lead.cycle, count), step_key)

    def sample(self, dist: int, lead: Lead, purpose: Purpose, k: int = 0, step_key: int = 0) -> float:
        """A lead's value from a distribution; a constant needs no draw."""
        if self.program.dist_kind[dist] == DistKind.CONSTANT:
            return float(self.program.dist_a[dist])
        return quantile(self.program, dist, self.draw(lead, purpose, k, step_key))

    def step_sample(self, dist: int, lead: Lead, purpose: Purpose, count: int = 0) -> float:
        """A lead's value from a distribution, for its step."""
        if self.program.dist_kind[dist] == DistKind.CONSTANT:
            return float(self.program.dist_a[dist])
        return quantile(self.program, dist, self.step_draw(lead, purpose, count))

    def seat_draw(self, seat: int, purpose: Purpose, incumbent: int) -> float:
        """A uniform of a seat's incumbent."""
        return uniform(*self.seat_words[seat], self.replication, incumbent, purpose.value, 0, 0)

    def seat_sample(self, dist: int, seat: int, purpose: Purpose, incumbent: int) -> float:
        """A value of a seat's incumbent from a distribution."""
        return quantile(self.program, dist, self.seat_draw(seat, purpose, incumbent))

    # the ledger

    def count(self, what: Count, lead: Lead) -> None:
        """Count something now, where the lead is."""
        self.counts[what][month_of(self.program, self.now)][lead.stream][lead.motion][lead.step] += 1

    def add(self, what: Amount, lead: Lead, amount: float, month: int | None = None) -> None:
        """Add an amount where the lead is, now or in a given month."""
        at = month_of(self.program, self.now) if month is None else month
        self.amounts[what][at][lead.stream][lead.motion][lead.step] += amount

    def register_rep(self, seat: int, incumbent: int, skill: float, ramp_scale: float) -> Rep:
        """A new row in the ledger for a new rep."""
        rep = Rep(self, seat, len(self.reps), skill, ramp_scale)
        self.reps.append((seat, incumbent))
        months = self.shape[0]
        self.rep_amounts.append([[0.0] * months for _ in RepAmount])
        return rep

    def add_for_rep(self, what: RepAmount, rep: Rep, amount: float) -> None:
        """Add an amount to a rep's account for this month."""
        self.rep_amounts[rep.index][what][month_of(self.program, self.now)] += amount

    def close_employment(self, rep: Rep) -> None:
        """Book a rep's time on the payroll, from the first day to now, month by month."""
        account = self.rep_amounts[rep.index]
        team = self.program.seat_team[rep.seat]
        since = rep.hired_at
        month = rep.hired_in
        ramp_hours = self.program.team_quota_ramp_hours[team][month] * rep.ramp_scale
        while since < self.now:
            until = min(self.now, self.program.month_start_hours[month + 1])
            account[RepAmount.EMPLOYED_HOURS][month] += until - since
            account[RepAmount.STAFFED_HOURS][month] += worked_before(self.program, team, until) - worked_before(
                self.program, team, since
            )
            account[RepAmount.RAMPED_HOURS][month] += ramped_time(
                self.program, team, since - rep.hired_at, until - rep.hired_at, ramp_hours
            )
            since, month = until, month + 1

    def note(self, happening: Happening, lead: Lead | None, seat: int = NONE, value: float = 0.0) -> None:
        """Tell the trace, if there is one."""
        if self.trace is not None:
            if lead is None:
                self.trace.event(Event(self.now, happening, NONE, NONE, NONE, seat, value))
            else:
                self.trace.event(Event(self.now, happening, lead.id, lead.motion, lead.step, seat, value))

    def close_books(self) -> Ledger:
        """9. What is open is counted where it stands."""
        open_leads = np.zeros(self.shape[1:], np.int64)
        open_nurtured = np.zeros(self.shape[1:], np.int64)
        for lead in self.alive.values():
            open_leads[lead.stream, lead.motion, lead.step] += 1
            open_nurtured[lead.stream, lead.motion, lead.step] += lead.nurtured
        rep_amounts: Any = np.array(self.rep_amounts, float).reshape(-1, len(RepAmount), self.shape[0])
        return Ledger(
            counts=np.array(self.counts, np.int64).reshape(len(Count), *self.shape),
            amounts=np.array(self.amounts, float).reshape(len(Amount), *self.shape),
            open_leads=open_leads,
            open_nurtured=open_nurtured,
            reps=np.array(self.reps, np.int64).reshape(-1, 2),
            rep_amounts=rep_amounts.transpose(1, 0, 2),
        )
