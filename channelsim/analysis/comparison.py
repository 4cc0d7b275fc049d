"""Strategies against each other: paired by replication, so that both meet the same leads with the same luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.intervals import Estimate, estimate, simultaneous

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """The decision metric of all strategies: who is best, by how much, how surely.

    means: by strategy, over the replications in which every strategy finished. best_share: share of those
    replications in which the strategy came out on top; equal tops share one. lead: the best strategy's paired
    difference from the runner-up, with an interval that holds for all pairs at once. The two are None with a
    single strategy.
    """

    metric: str
    means: dict[str, float]
    best_share: dict[str, float]
    best: str
    runner_up: str | None
    lead: Estimate | None
    replications: int

    @property
    def is_settled(self) -> bool:
        """Whether the interval of the lead leaves zero out."""
        return self.lead is not None and self.lead.ci_low > 0

    @property
    def is_identical(self) -> bool:
        """Whether best and runner-up gave the same value in every replication."""
        return self.lead is not None and self.lead.p10 == self.lead.p90 == self.lead.mean == 0


def compare(metric: str, values: Mapping[str, FloatArray]) -> Comparison:
    """Compare strategies on a metric of which more is better.

    values: strategy -> one value a replication, aligned; NaN marks a replication that failed.
    """
    names = list(values)
    complete = paired(*values.values())
    table = np.array([values[name][complete] for name in names])  # [strategy, replication]
    n = int(complete.sum())
    if n == 0:
        nothing = dict.fromkeys(names, math.nan)
        return Comparison(metric, nothing, nothing, names[0], None, None, 0)
    means = table.mean(axis=1)
    order = np.argsort(-means, kind="stable")
    on_top = table == table.max(axis=0)
    best_share = (on_top / on_top.sum(axis=0)).mean(axis=1)
    best = names[order[0]]
    runner_up = names[order[1]] if len(names) > 1 else None
    lead = None
    if runner_up is not None:
        pairs = len(list(combinations(names, 2)))
        lead = estimate(table[order[0]] - table[order[1]], simultaneous(pairs))
    return Comparison(
        metric,
        dict(zip(names, means.tolist(), strict=True)),
        dict(zip(names, best_share.tolist(), strict=True)),
        best,
        runner_up,
        lead,
        n,
    )


def paired(*columns: FloatArray) -> NDArray[np.bool_]:
    """The replications for which every column has a value."""
    return np.asarray(~np.isnan(np.array(columns)).any(axis=0))


def differences(values: Mapping[str, FloatArray], baseline: str) -> dict[str, Estimate]:
    """Each other strategy's paired difference from the baseline, with intervals that hold for all at once."""
    others = [name for name in values if name != baseline]
    confidence = simultaneous(len(others))
    return {name: estimate(values[name] - values[baseline], confidence) for name in others}
