"""Unit economics: what a lead, a deal and a customer cost and bring, by source, segment, way of selling and
channel."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls
from channelsim.analysis.ratios import of_means
from channelsim.experiment.statements import ProfitAndLoss
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.program.layout import Layout
from channelsim.scenario.schema import Scenario

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]
MONTHS_A_YEAR = 12
HYBRID = "hybrid"
COMPANY = "company"
CUTS = (COMPANY, "channel", "motion", "segment", "source")

FIGURES: dict[str, Unit] = {
    "leads": Unit.COUNT,
    "won": Unit.COUNT,
    "win_rate": Unit.SHARE,
    "bookings": Unit.MONEY,
    "gross_margin": Unit.MONEY,
    "cost_total": Unit.MONEY,
    "contribution": Unit.MONEY,
    "deal_size": Unit.MONEY,
    "cost_per_lead": Unit.MONEY,
    "contribution_per_lead": Unit.MONEY,
    "cac": Unit.MONEY,
    "payback_months": Unit.MONTHS,
    "ltv": Unit.MONEY,
    "ltv_to_cac": Unit.RATIO,
    "expense_ratio": Unit.RATIO,
}
"""Defined as in finance.definitions, of a part instead of the company."""


@dataclass(frozen=True)
class Economics:
    """One figure of one part of a strategy's business, with its 95% interval; NaN where undefined."""

    cut: str
    part: str
    figure: str
    value: float
    ci_low: float
    ci_high: float


def parts_of(layout: Layout, scenario: Scenario) -> dict[str, dict[str, BoolArray]]:
    """Which cells, (stream + 1, motion + 1), belong to each part: cut -> part -> mask. The parts of a cut do not
    overlap; what they leave out was spent on no lead."""
    shape = (len(layout.streams) + 1, len(layout.motions) + 1)

    def at(streams: list[bool], motions: list[bool]) -> BoolArray:
        return np.outer([*streams, all(streams)], [*motions, all(motions)]).reshape(shape)

    every_stream, every_motion = [True] * len(layout.streams), [True] * len(layout.motions)

    def by_stream(names: list[str]) -> dict[str, BoolArray]:
        return {part: at([name == part for name in names], every_motion) for part in dict.fromkeys(names)}

    def by_motion(names: list[str]) -> dict[str, BoolArray]:
        return {part: at(every_stream, [name == part for name in names]) for part in dict.fromkeys(names)}

    return {
        COMPANY: {COMPANY: at(every_stream, every_motion)},
        "channel": by_motion([channel_of(scenario, motion) for motion in layout.motions]),
        "motion": by_motion(list(layout.motions)),
        "segment": by_stream([segment for _, segment in layout.streams]),
        "source": by_stream([source for source, _ in layout.streams]),
    }


def channel_of(scenario: Scenario, motion: str) -> str:
    """How a motion sells: its teams' channel, hybrid if they differ."""
    channels = {scenario.teams[step.team].channel for step in scenario.motions[motion].steps.values()}
    return channels.pop() if len(channels) == 1 else HYBRID


def quantities(found: ProfitAndLoss, mask: BoolArray) -> FloatArray:
    """What the figures of a part are made of, (replication, quantity): leads, won, bookings, gross margin, cost,
    lifetime margin."""
    inner = mask[:-1, :-1]
    lines = (Total.BOOKINGS, Total.GROSS_MARGIN, Total.COST_TOTAL)
    return np.column_stack(
        [
            found.leads_in[:, inner].sum(axis=1),
            found.won_in[:, inner].sum(axis=1),
            *(found.cells[:, LINES.index(line)][:, mask].sum(axis=1) for line in lines),
            found.lifetime[:, mask].sum(axis=1),
        ]
    )


def figures(means: FloatArray) -> FloatArray:
    """FIGURES from means of quantities, (..., quantity)."""
    leads, won, bookings, margin, cost, lifetime = np.moveaxis(means, -1, 0)
    contribution = margin - cost

    def over(numerator: FloatArray, denominator: FloatArray) -> FloatArray:
        return np.where(denominator > 0, numerator / np.where(denominator > 0, denominator, 1.0), np.nan)

    return np.stack(
        [
            leads, won, over(won, leads), bookings, margin, cost, contribution, over(bookings, won), over(cost,
            leads), over(contribution, leads), over(cost, won), over(MONTHS_A_YEAR * cost, margin), over(lifetime,
            won), over(lifetime, cost), over(cost, bookings),
        ],
        axis=-1,
    )  # fmt: skip


def unit_economics(
    found: ProfitAndLoss, parts: Mapping[str, Mapping[str, BoolArray]], controls: Controls | None = None
) -> Iterator[Economics]:
    """The figures of every part, over the months after the warm-up. Ratios are of means: cost per deal is mean
    cost over mean deals. controls: of the run; used where all its replications finished. Parts without leads or
    money are left out."""
    usable = controls if controls is not None and len(controls.table) == len(found.replications) else None
    for cut, masks in parts.items():
        for part, mask in masks.items():
            rows = quantities(found, mask)
            if rows.any():
                for name, each in zip(FIGURES, of_means(rows, figures, usable), strict=True):
                    yield Economics(cut, part, name, each.value, each.low, each.high)
