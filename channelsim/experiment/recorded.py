"""What a sweep's store holds of one figure, point by point, in a plan's own order."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Sweep

FloatArray = NDArray[np.float64]


def recorded(sweep: Sweep, store: Store, figure: str) -> FloatArray:
    """One figure of a sweep's points, (point, strategy, replication); NaN where undefined or never finished.

    The store may hold points of other plans over the same scenario, and more replications: these are left aside.
    """
    import polars as pl  # slow to import

    strategies = len(sweep.spec.strategies)
    found = np.full((sweep.points * strategies, sweep.replications), np.nan)
    rows = {
        sweep.spec.identity(point, strategy): point * strategies + strategy
        for point in range(sweep.points)
        for strategy in range(strategies)
    }
    wanted = pl.DataFrame({"point": list(rows), "row": list(rows.values())})
    for path in store.parts():
        part = pl.read_parquet(path, columns=["point", "replication", figure])
        part = part.filter(pl.col("replication") < sweep.replications).join(wanted, on="point")
        values = part[figure].cast(pl.Float64).fill_null(np.nan).to_numpy()
        found[part["row"].to_numpy(), part["replication"].to_numpy()] = values
    return found.reshape(sweep.points, strategies, sweep.replications)
