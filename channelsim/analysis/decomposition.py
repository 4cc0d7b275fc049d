"""Why two strategies differ: the difference of the decision metric, split along the profit and loss."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import Estimate, estimate
from channelsim.analysis.jackknife import pseudo_values
from channelsim.analysis.shapley import combinations_of, shapley
from channelsim.finance.costs import Category

FloatArray = NDArray[np.float64]
FACTORS = ("leads", "win_rate", "deal_mix", "deal_size", "margin")
"""What gross margin is the product of: leads x wins per lead x, summed over segments, share of the deals won x
value of a deal x gross margin."""
FACTORS_OF = {"won": 2, "bookings": 4, "gross_margin": 5, "contribution": 5}
"""How many of them make each decision metric."""


@dataclass(frozen=True)
class Books:
    """What a strategy sold and spent in each replication, the months after the warm-up. leads: (replication,). won,
    bookings, gross_margin: (replication, segment). costs: (replication, category)."""

    leads: FloatArray
    won: FloatArray
    bookings: FloatArray
    gross_margin: FloatArray
    costs: FloatArray

    def columns(self) -> FloatArray:
        """All of it, (replication, quantity)."""
        parts = (self.leads[:, None], self.won, self.bookings, self.gross_margin, self.costs)
        return np.concatenate(parts, axis=1)


@dataclass(frozen=True)
class Part:
    """One line of the difference: what it is, its figure under either strategy (NaN where it has none), and what
    its change brings."""

    name: str
    base: float
    other: float
    effect: Estimate


@dataclass(frozen=True)
class Decomposition:
    """The parts add up to the total."""

    metric: str
    parts: list[Part]
    total: Estimate


def decompose(metric: str, base: Books, other: Books, controls: Controls | None = None) -> Decomposition:
    """Split the difference (other less base) of a decision metric, a mean over replications.

    Among factors of a product the split is Shapley's: exact, whatever the order. Costs add up, so theirs are
    differences. Estimates: of the jackknife's pseudo-values, paired, which add up in every replication. controls:
    see `estimate`.
    """
    segments = base.won.shape[1]
    names = FACTORS[: FACTORS_OF[metric]]
    costs = list(Category) if metric == "contribution" else []
    quantities = base.columns().shape[1]

    def effects(means: FloatArray) -> FloatArray:
        one, two = (_Means(means[..., at : at + quantities], segments) for at in (0, quantities))
        split = [*_shapley(one, two, len(names))]
        split += [-(two.costs[..., at] - one.costs[..., at]) for at in range(len(costs))]
        return np.stack(split, axis=-1)

    table = np.concatenate([base.columns(), other.columns()], axis=1)
    found = pseudo_values(table, effects)
    mean = table.mean(axis=0) if controls is None else controls.weights @ table
    one, two = (_Means(mean[at : at + quantities], segments) for at in (0, quantities))
    figures = zip([*names, *(f"cost.{c}" for c in costs)], _figures(one), _figures(two), strict=False)
    parts = [
        Part(name, a, b, estimate(values, controls=controls))
        for (name, a, b), values in zip(figures, found.T, strict=True)
    ]
    return Decomposition(metric, parts, estimate(found.sum(axis=1), controls=controls))


class _Means:
    """One strategy's means over replications, the last axis of `columns`."""

    def __init__(self, columns: FloatArray, segments: int) -> None:
        ends = np.cumsum([1, segments, segments, segments])
        leads, self.won, self.bookings, self.gross_margin, self.costs = np.split(columns, ends, axis=-1)
        self.leads = leads[..., 0]

    def factors(self) -> list[FloatArray]:
        """The five, NaN where there is nothing to divide by; the last three by segment."""
        with np.errstate(divide="ignore", invalid="ignore"):
            won = self.won.sum(axis=-1)
            return [
                self.leads, won / self.leads, self.won / won[..., None],
                self.bookings / self.won, self.gross_margin / self.bookings,
            ]  # fmt: skip


def _shapley(base: _Means, other: _Means, count: int) -> Iterator[FloatArray]:
    """What the change of each of the first `count` factors brings."""
    # Where a factor is undefined (the value of a deal that nobody won) the other's stands in: nothing comes of it.
    one, two = base.factors(), other.factors()
    levels = [
        (np.nan_to_num(np.where(np.isnan(a), b, a)), np.nan_to_num(np.where(np.isnan(b), a, b)))
        for a, b in zip(one, two, strict=True)
    ]
    combinations = combinations_of(count)
    return shapley(
        {
            changed: _product([levels[at][is_other] for at, is_other in enumerate(changed)])
            for changed in combinations
        }
    )


def _product(factors: Sequence[FloatArray]) -> FloatArray:
    leads, win_rate, *by_segment = factors
    value: FloatArray = leads * win_rate
    if by_segment:
        value = value * np.prod(by_segment, axis=0).sum(axis=-1)
    return value


def _figures(means: _Means) -> list[float]:
    """What stands beside each part: leads, win rate, nothing for the mix, mean deal, gross margin, costs."""
    with np.errstate(divide="ignore", invalid="ignore"):
        won, bookings = means.won.sum(), means.bookings.sum()
        figures = [means.leads, won / means.leads, np.nan, bookings / won, means.gross_margin.sum() / bookings]
    return [float(each) for each in (*figures, *means.costs)]
