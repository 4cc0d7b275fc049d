"""What happened as far as it has a price: the part of a ledger that money is made of, of one replication or many.

Finance reckons with any number of replications at once, along the first axis of every array.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Amount, Count, Ledger
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]

CELLS: dict[str, Count | Amount] = {
    "arrived": Count.ARRIVED,
    "offered": Amount.OFFERED_VALUE,
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
    """By cell, (replication, month, stream, motion, step): arrived, offered (deal value), won, visits, bookings,
    work_hours, answer_luck, reach_luck.

    By rep, those of all replications one after the other: replication_of_rep and team_of_rep (rep,); reps (rep,
    2) and rep_amounts (RepAmount, rep, month) as in the ledger.
    """

    arrived: FloatArray
    offered: FloatArray
    won: FloatArray
    visits: FloatArray
    bookings: FloatArray
    work_hours: FloatArray
    answer_luck: FloatArray
    reach_luck: FloatArray
    replication_of_rep: IntArray
    team_of_rep: IntArray
    reps: IntArray
    rep_amounts: FloatArray

    @property
    def replications(self) -> int:
        """How many there are."""
        return len(self.arrived)


def quantities_of(ledgers: Sequence[Ledger], layout: Layout) -> Quantities:
    """What has a price in ledgers of one program, a replication each."""
    cells: dict[str, Any] = {
        name: np.array([_cells_of(ledger, measure) for ledger in ledgers], float) for name, measure in CELLS.items()
    }
    reps = np.concatenate([ledger.reps for ledger in ledgers])
    return Quantities(
        **cells,
        replication_of_rep=np.repeat(np.arange(len(ledgers)), [len(ledger.reps) for ledger in ledgers]),
        team_of_rep=teams_of(reps, layout),
        reps=reps,
        rep_amounts=np.concatenate([ledger.rep_amounts for ledger in ledgers], axis=1),
    )


def _cells_of(ledger: Ledger, measure: Count | Amount) -> Any:
    return ledger.counts[measure] if isinstance(measure, Count) else ledger.amounts[measure]


def teams_of(reps: IntArray, layout: Layout) -> IntArray:
    """The team of each rep, from their seats."""
    of_seat = np.array([layout.teams.index(seat.team) for seat in layout.seats], np.int64)
    teams: IntArray = of_seat[reps[:, 0]]
    return teams


def summed(by_rep: FloatArray, groups: IntArray, count: int) -> FloatArray:
    """Sums over the reps of each group, (group, month). by_rep: (rep, month); groups: of each rep."""
    totals = np.zeros((count, by_rep.shape[1]))
    np.add.at(totals, groups, by_rep)
    return totals
