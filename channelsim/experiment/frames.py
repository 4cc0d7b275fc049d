"""A run's figures as frames. Apart from the result, for a run is simulated before anything is tabled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.replicate import LedgerRows

FIGURES = ("mean", "ci_low", "ci_high", "p10", "p50", "p90")


def estimates_frame(labels: tuple[str, ...], estimates: Mapping[tuple[str, ...], Estimate]) -> pl.DataFrame:
    """One row an estimate: what it is of, under the labels; its figures; the replications that define it."""
    rows = [
        (*of, *(getattr(each, figure) for figure in FIGURES), each.replications) for of, each in estimates.items()
    ]
    schema = dict.fromkeys(labels, pl.String) | dict.fromkeys(FIGURES, pl.Float64) | {"replications": pl.Int64}
    return _null_for_nan(pl.DataFrame(rows, schema, orient="row"))


def replications_frame(
    values: Mapping[str, NDArray[np.float64]],
    rows: Mapping[str, Sequence[LedgerRows | None]],
    metrics: Sequence[str],
    weights: NDArray[np.float64],
) -> pl.DataFrame:
    """One row a strategy and replication that finished; its weight, and a column a metric. values: strategy ->
    (replication, metric)."""
    frames = []
    for strategy, table in values.items():
        done = np.array([each is not None for each in rows[strategy]], bool)
        columns = {metric: table[done, i] for i, metric in enumerate(metrics)}
        index = {
            "strategy": [strategy] * int(done.sum()),
            "replication": np.flatnonzero(done),
            "weight": weights[done],
        }
        frames.append(pl.DataFrame(index | columns, strict=False))
    return _null_for_nan(pl.concat(frames))


def _null_for_nan(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.with_columns(pl.selectors.float().fill_nan(None))
