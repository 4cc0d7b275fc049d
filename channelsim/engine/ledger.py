"""The ledger: what happened in one replication, in leads, hours and reps. Every engine fills the same one.

Cells are (month, stream, motion, step). A count or amount stands in the month in which it happened and at the
step where the lead was then; hours of work are split over the months in which they were worked.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from channelsim.program.arrays import Program


class Count(IntEnum):
    """What is counted in a cell."""

    ENTERED = 0  # leads that came to the step; those at a motion's first step for the first time are its arrivals
    ARRIVED = 1
    ATTEMPTS = 2  # tries to reach the buyer that ended in the month
    REACHED = 3  # attempts that did
    TOUCHES = 4  # touches done (an attempt that reached nobody is none)
    VISITS = 5  # touches done in person
    WAITS = 6  # waits that ended with a rep starting
    RESPONDED = 7  # leads for which a rep started for the first time
    CONTACTED = 8  # leads that had their first touch
    OPPORTUNITIES = 9  # leads that became an opportunity
    ADVANCED = 10  # yes
    NURTURED = 11  # no, and will come back
    WON = 12
    DECLINED = 13  # lost: the buyer said no
    UNREACHABLE = 14  # lost: the last attempt failed
    COOLED = 15  # lost: the buying window closed before a touch
    DROPPED = 16  # lost: leaked at a hand-off
    ORPHANED = 17  # lost: the owner left


class Amount(IntEnum):
    """What is summed in a cell."""

    WAIT_HOURS = 0  # calendar hours waited before the starts counted in WAITS
    RESPONSE_HOURS = 1  # calendar hours from arrival to the starts counted in RESPONDED
    COOLED_WAIT_HOURS = 2  # calendar hours waited by leads that cooled
    WORK_HOURS = 3  # reps' working hours, travel included
    TRAVEL_HOURS = 4  # reps' hours on the road, of touches done
    BOOKINGS = 5  # value of deals won
    CYCLE_HOURS = 6  # calendar hours from arrival to winning
    OFFERED_VALUE = 7  # deal value of leads that arrived
    PIPELINE_OPENED = 8  # value of opportunities that opened, or came back from nurture
    PIPELINE_CLOSED = 9  # value of opportunities that were won, lost or sent to nurture
    ANSWER_LUCK = 10  # deal value x (1 if the buyer says yes, else 0, less the chance of it): 0 in expectation
    REACH_LUCK = 11  # the same of attempts to reach a buyer who can be reached


class RepAmount(IntEnum):
    """What is summed for a rep in a month."""

    EMPLOYED_HOURS = 0  # calendar hours on the payroll
    STAFFED_HOURS = 1  # the team's working hours while on the payroll
    RAMPED_HOURS = 2  # calendar hours on the payroll, weighted by the ramp: what a quota is prorated by
    HIRES = 3  # first days after the horizon's start of those who come from outside
    DEPARTURES = 4
    DEALS = 5  # deals won for which this rep made the last touch
    CLOSED_VALUE = 6  # their value
    HANDED_VALUE = 7  # value of deals won by another team that this rep handed over
    PROMOTIONS = 8  # first days after the horizon's start of those who come from another team
    TAKEN_VALUE = 9  # the part of CLOSED_VALUE that another team had handed over
    HANDED_LEADS = 10  # leads that this rep handed to another team and that did not leak
    LAID_OFF = 11  # departures because the seat closed


LOST = (Count.DECLINED, Count.UNREACHABLE, Count.COOLED, Count.DROPPED, Count.ORPHANED)


@dataclass(frozen=True)
class Ledger:
    """One replication's book.

    counts: (len(Count), month, stream, motion, step), whole numbers.
    amounts: (len(Amount), month, stream, motion, step).
    open_leads, open_nurtured: (stream, motion, step), leads neither won nor lost at the end; the second counts
    those of the first that are in nurture, at the step that declined.
    reps: (rep, 2): the seat of each rep and which of the seat's incumbents they were, in order of first day.
    rep_amounts: (len(RepAmount), rep, month).
    """

    counts: NDArray[np.int64]
    amounts: NDArray[np.float64]
    open_leads: NDArray[np.int64]
    open_nurtured: NDArray[np.int64]
    reps: NDArray[np.int64]
    rep_amounts: NDArray[np.float64]


class ConservationError(Exception):
    """A ledger in which leads appear from nowhere or vanish: a fault of an engine, never of a scenario."""


def cell_shape(program: Program) -> tuple[int, int, int, int]:
    """(months, streams, motions, steps) of a program."""
    _, motions, steps, months = program.advance.shape
    return months, len(program.stream_key), motions, steps


def check_conservation(ledger: Ledger) -> None:
    """Raise ConservationError unless, in every stream and motion, arrived = won + lost by each reason + open."""
    by_way = ledger.counts.sum(axis=(1, 4))  # [count, stream, motion]
    ended = by_way[Count.WON] + sum(by_way[reason] for reason in LOST)
    open_leads = ledger.open_leads.sum(axis=2)
    missing = by_way[Count.ARRIVED] - ended - open_leads
    if missing.any():
        stream, motion = np.argwhere(missing)[0]
        raise ConservationError(
            f"stream {stream}, motion {motion}: {by_way[Count.ARRIVED, stream, motion]} leads arrived, but "
            f"{ended[stream, motion]} ended and {open_leads[stream, motion]} are open"
        )
    if (ledger.open_leads < 0).any() or (ledger.counts < 0).any():
        raise ConservationError("a count of leads is negative")
