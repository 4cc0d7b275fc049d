"""From the rows of a stored ledger back to the quantities that have a price."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Count, RepAmount
from channelsim.experiment.replicate import FIRST_AMOUNT, FIRST_REP_AMOUNT, OPEN_LEADS, LedgerRows
from channelsim.finance.quantities import CELLS, Quantities, teams_of
from channelsim.program.layout import Layout

FloatArray = NDArray[np.float64]


def measure_of(name: str) -> int:
    """The measure, as in LedgerRows, of one of Quantities' cells."""
    measure = CELLS[name]
    return int(measure) if isinstance(measure, Count) else FIRST_AMOUNT + int(measure)


def is_priced(measure: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which rows of a ledger are quantities."""
    of_reps = (measure >= FIRST_REP_AMOUNT) & (measure < OPEN_LEADS)
    of_cells: NDArray[np.bool_] = np.isin(measure, [measure_of(name) for name in CELLS])
    return of_cells | of_reps


def quantities_in(rows: LedgerRows, layout: Layout) -> Quantities:
    """The quantities of one replication, as finance.quantities.quantities_of has them; reps without any are left
    out."""
    shape = (layout.months, len(layout.streams), len(layout.motions), layout.max_steps)
    cells = {name: _filled(rows, measure_of(name), shape) for name in CELLS}
    of_reps = (rows.measure >= FIRST_REP_AMOUNT) & (rows.measure < OPEN_LEADS)
    at = rows.indices[of_reps].astype(np.int64)
    reps, rep = np.unique(at[:, 4:6], axis=0, return_inverse=True)
    amounts = np.zeros((len(RepAmount), len(reps), layout.months))
    amounts[rows.measure[of_reps] - FIRST_REP_AMOUNT, rep.reshape(-1), at[:, 0]] = rows.value[of_reps]
    return Quantities(**cells, team_of_rep=teams_of(reps, layout), reps=reps, rep_amounts=amounts)


def _filled(rows: LedgerRows, measure: int, shape: tuple[int, ...]) -> FloatArray:
    cells = np.zeros(shape)
    of_it = rows.measure == measure
    month, stream, motion, step = rows.indices[of_it, :4].T
    cells[month, stream, motion, step] = rows.value[of_it]
    return cells
