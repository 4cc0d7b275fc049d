"""From the rows of stored ledgers back to the quantities that have a price."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Count, RepAmount
from channelsim.experiment.replicate import FIRST_AMOUNT, FIRST_REP_AMOUNT, MEASURES, OPEN_LEADS, LedgerRows
from channelsim.finance.quantities import CELLS, Quantities, teams_of
from channelsim.program.arrays import NONE
from channelsim.program.layout import Layout

LARGEST = 2**15
"""Above every seat and incumbent of a ledger's rows."""


def _places() -> NDArray[np.int64]:
    places = np.full(len(MEASURES), NONE)
    for place, measure in enumerate(CELLS.values()):
        places[measure if isinstance(measure, Count) else FIRST_AMOUNT + measure] = place
    return places


PLACE_OF_CELL = _places()
"""The place of each measure among CELLS, NONE for those without a price."""


def is_priced(measure: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which rows of a ledger are quantities."""
    found: NDArray[np.bool_] = _is_of_rep(measure) | (PLACE_OF_CELL[measure] != NONE)
    return found


def _is_of_rep(measure: NDArray[np.int16]) -> NDArray[np.bool_]:
    return (measure >= FIRST_REP_AMOUNT) & (measure < OPEN_LEADS)


def quantities_in(ledgers: Sequence[LedgerRows], layout: Layout) -> Quantities:
    """The quantities of some replications, as finance.quantities.quantities_of has them; reps without any are left
    out."""
    lengths = [len(rows.value) for rows in ledgers]
    replication = np.repeat(np.arange(len(ledgers)), lengths)
    measure = np.concatenate([rows.measure for rows in ledgers])
    indices = np.concatenate([rows.indices for rows in ledgers])
    value = np.concatenate([rows.value for rows in ledgers])
    shape = (len(ledgers), layout.months, len(layout.streams), len(layout.motions), layout.max_steps)
    cells = np.zeros((len(CELLS), *shape))
    place = PLACE_OF_CELL[measure]
    is_cell = place != NONE
    month, stream, motion, step = indices[is_cell, :4].T
    cells[place[is_cell], replication[is_cell], month, stream, motion, step] = value[is_cell]
    of_reps = _is_of_rep(measure)
    at, of = indices[of_reps].astype(np.int64), replication[of_reps]
    key = (of * LARGEST + at[:, 4]) * LARGEST + at[:, 5]
    _, first, rep = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(first)  # as in the ledger, so that sums are the same to the last bit
    amounts = np.zeros((len(RepAmount), len(order), layout.months))
    amounts[measure[of_reps] - FIRST_REP_AMOUNT, np.argsort(order)[rep], at[:, 0]] = value[of_reps]
    reps = at[first[order], 4:6]
    return Quantities(
        **dict(zip(CELLS, cells, strict=True)),
        replication_of_rep=of[first[order]],
        team_of_rep=teams_of(reps, layout),
        reps=reps,
        rep_amounts=amounts,
    )
