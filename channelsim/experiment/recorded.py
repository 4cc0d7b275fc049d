"""What a sweep's store holds of some figures, point by point, in a plan's own order."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Sweep

FloatArray = NDArray[np.float64]


def recorded(sweep: Sweep, store: Store, figures: Sequence[str]) -> FloatArray:
    """Figures of a sweep's points, (figure, point, strategy, replication); NaN where undefined or never finished.

    The store may hold points of other plans over the same scenario, and more replications: these are left aside.
    """
    import polars as pl  # slow to import

    strategies = len(sweep.spec.strategies)
    found = np.full((len(figures), sweep.points * strategies, sweep.replications), np.nan)
    rows = {
        sweep.spec.identity(point, strategy): point * strategies + strategy
        for point in range(sweep.points)
        for strategy in range(strategies)
    }
    wanted = pl.DataFrame({"point": list(rows), "row": list(rows.values())})
    for path in store.parts():
        part = pl.read_parquet(path, columns=["point", "replication", *figures])
        part = part.filter(pl.col("replication") < sweep.replications).join(wanted, on="point")
        at = part["row"].to_numpy(), part["replication"].to_numpy()
        for figure, name in enumerate(figures):
            found[figure][at] = part[name].cast(pl.Float64).fill_null(np.nan).to_numpy()
    return found.reshape(len(figures), sweep.points, strategies, sweep.replications)
