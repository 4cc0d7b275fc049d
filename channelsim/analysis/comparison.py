"""Strategies against each other: paired by replication, so that both meet the same leads with the same luck."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import Estimate, estimate, simultaneous

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Comparison:
    """The decision metric of all strategies: who is best, by how much, how surely.

    means: by strategy, over the replications in which every strategy finished. best_share: share of those
    replications in which the strategy came out on top; equal tops share one. leads: the best strategy's paired
    difference from each other one, in the order of their means, with intervals that hold for all pairs at once
    (the best was picked by what is tested).
    """

    metric: str
    means: dict[str, float]
    best_share: dict[str, float]
    best: str
    leads: dict[str, Estimate]
    replications: int

    @property
    def rivals(self) -> list[str]:
        """Those whose distance to the best could be chance, the hardest to tell from it first."""
        in_doubt = [name for name, lead in self.leads.items() if not lead.ci_low > 0]
        return sorted(in_doubt, key=lambda name: _times_its_half_width(self.leads[name]))

    @property
    def runner_up(self) -> str | None:
        """The second highest mean."""
        return next(iter(self.leads), None)

    @property
    def shortfall(self) -> float:
        """By how much another strategy could be better than the best one, as sure as the intervals are: 0 if none
        could. Selecting the best is right within this much (Clark and Yang, Winter Simulation Conference 1986:
        selection with an indifference zone under common random numbers, by Bonferroni's intervals of all pairs;
        Hsu, Annals of Statistics 12, 1984: comparisons with the best). NaN with one replication or strategy."""
        if not self.leads:
            return math.nan
        worst = min(lead.ci_low for lead in self.leads.values())
        return math.nan if math.isnan(worst) else max(0.0, -worst)

    @property
    def is_settled(self) -> bool:
        """Whether the best one beats every other beyond chance."""
        return bool(self.leads) and not self.rivals

    @property
    def is_identical(self) -> bool:
        """Whether best and runner-up gave the same value in every replication."""
        lead = self.leads.get(self.runner_up or "")
        return lead is not None and lead.p10 == lead.p90 == lead.mean == 0


def pairs_of(strategies: int) -> int:
    """How many pairs there are among so many."""
    return math.comb(strategies, 2)


def compare(
    metric: str,
    values: Mapping[str, FloatArray],
    confidence: float | None = None,
    controls: Controls | None = None,
) -> Comparison:
    """Compare strategies on a metric of which more is better.

    values: strategy -> one value a replication, aligned; NaN marks a replication that failed. confidence: of each
    interval, so that all hold at once; None: Bonferroni's for all pairs, looked at once. controls: see `estimate`;
    where a replication failed, luck is left in.
    """
    names = list(values)
    complete = paired(*values.values())
    table = np.array([values[name][complete] for name in names])  # [strategy, replication]
    n = int(complete.sum())
    if n == 0:
        nothing = dict.fromkeys(names, math.nan)
        return Comparison(metric, nothing, nothing, names[0], {}, 0)
    controls = controls if complete.all() else None
    means = table.mean(axis=1) if controls is None else table @ controls.weights
    order = np.argsort(-means, kind="stable")
    on_top = table == table.max(axis=0)
    best_share = (on_top / on_top.sum(axis=0)).mean(axis=1)
    confidence = simultaneous(pairs_of(len(names))) if confidence is None else confidence
    best, *others = order.tolist()
    return Comparison(
        metric,
        dict(zip(names, means.tolist(), strict=True)),
        dict(zip(names, best_share.tolist(), strict=True)),
        names[best],
        {names[other]: estimate(table[best] - table[other], confidence, controls) for other in others},
        n,
    )


def _times_its_half_width(lead: Estimate) -> float:
    half_width = lead.ci_high - lead.mean
    return lead.mean / half_width if half_width > 0 else 0.0


def paired(*columns: FloatArray) -> NDArray[np.bool_]:
    """The replications for which every column has a value."""
    return np.asarray(~np.isnan(np.array(columns)).any(axis=0))


def differences(
    values: Mapping[str, FloatArray],
    baseline: str,
    confidence: float | None = None,
    controls: Controls | None = None,
) -> dict[str, Estimate]:
    """Each other strategy's paired difference from the baseline, with intervals that hold for all at once.
    confidence: of each interval; None: Bonferroni's, looked at once. controls: see `estimate`."""
    others = [name for name in values if name != baseline]
    confidence = simultaneous(len(others)) if confidence is None else confidence
    return {name: estimate(values[name] - values[baseline], confidence, controls) for name in others}
