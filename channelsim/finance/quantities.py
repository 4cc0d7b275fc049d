"""What happened in a replication as far as it has a price: the part of a ledger that money is made of."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Amount, Count, Ledger
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]

CELLS = {
    "arrived": Count.ARRIVED,
    "won": Count.WON,
    "visits": Count.VISITS,
    "bookings": Amount.BOOKINGS,
    "work_hours": Amount.WORK_HOURS,
    "answer_luck": Amount.ANSWER_LUCK,
    "reach_luck": Amount.REACH_LUCK,
}
"""The measures by cell that are needed, by their name here."""


@dataclass(frozen=True)
class Quantities:
    """By cell, (month, stream, motion, step): arrived, won, visits, bookings, work_hours, answer_luck, reach_luck.

    team_of_rep: (rep,). reps, rep_amounts: as in the ledger.
    """

    arrived: FloatArray
    won: FloatArray
    visits: FloatArray
    bookings: FloatArray
    work_hours: FloatArray
    answer_luck: FloatArray
    reach_luck: FloatArray
    team_of_rep: NDArray[np.int64]
    reps: NDArray[np.int64]
    rep_amounts: FloatArray


def quantities_of(ledger: Ledger, layout: Layout) -> Quantities:
    """What has a price in a ledger."""
    cells = {
        name: (ledger.counts if isinstance(measure, Count) else ledger.amounts)[measure].astype(float)
        for name, measure in CELLS.items()
    }
    return Quantities(
        **cells,
        team_of_rep=teams_of(ledger.reps, layout),
        reps=ledger.reps,
        rep_amounts=ledger.rep_amounts,
    )


def teams_of(reps: NDArray[np.int64], layout: Layout) -> NDArray[np.int64]:
    """The team of each rep, from their seats."""
    of_seat = np.array([layout.teams.index(seat.team) for seat in layout.seats], np.int64)
    teams: NDArray[np.int64] = of_seat[reps[:, 0]]
    return teams
