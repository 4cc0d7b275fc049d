"""From which deal value on one strategy pays more than another, segment by segment."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.breakeven import BreakEven, break_even
from channelsim.analysis.controls import Controls
from channelsim.analysis.intervals import Estimate, estimate
from channelsim.analysis.jackknife import pseudo_values
from channelsim.errors import RunError, UserError, suggest
from channelsim.experiment.economics import COMPANY, BoolArray, parts_of
from channelsim.experiment.result import Result
from channelsim.experiment.statements import ProfitAndLoss
from channelsim.finance.statement import LINES, Total

FloatArray = NDArray[np.float64]
FEWEST = 2
COST_A_LEAD, BRINGS, BRINGS_FOR_LIFE, CONTRIBUTION = range(4)


@dataclass(frozen=True)
class Way:
    """How a strategy sells to a segment, means over replications: what a lead costs all in, commission left out,
    the share that is won, and what a dollar of deal value brings a lead in the first year, less commission."""

    cost_per_lead: float
    win_rate: float
    brings: float


@dataclass(frozen=True)
class SegmentBreakEven:
    """A segment, or the company. first_year, for_life: break-even deal values by the first year's margin and by
    that of all years, discounted; for_life is None for a segment that buys once. contribution: difference a lead,
    as the segment's deals are."""

    segment: str
    leads: float
    deal_value: float
    ways: tuple[Way, Way]
    first_year: BreakEven
    for_life: BreakEven | None
    contribution: Estimate


def break_evens(result: Result, strategy: str, baseline: str) -> list[SegmentBreakEven]:
    """Every segment, and the company at last; those without leads are left out. strategy, baseline: whom is asked
    about, and against whom. Raises UserError for an unknown name, RunError with fewer than two replications of
    both."""
    for name in (strategy, baseline):
        if name not in result.values:
            raise UserError(f"no strategy named '{name}'; {suggest(name, result.values)}")
    books = result.profit_and_loss
    if any(name not in books for name in (strategy, baseline)):
        raise RunError("no replication of both strategies finished: there is nothing to compare")
    pair = [books[name] for name in (strategy, baseline)]
    both = np.intersect1d(pair[0].replications, pair[1].replications)
    if len(both) < FEWEST:
        raise RunError("fewer than two replications of both strategies finished: there is nothing to compare")
    rows = [np.isin(each.replications, both) for each in pair]
    controls = result.controls if len(both) == result.replications else None
    masks = []
    for name, each in zip((strategy, baseline), pair, strict=True):
        parts = parts_of(each.layout, result.study.strategies[name])
        masks.append({**parts["segment"], COMPANY: parts[COMPANY][COMPANY]})
    found = []
    for segment in dict.fromkeys([*masks[0], *masks[1]]):
        if not all(segment in each for each in masks):
            continue
        tables = [_quantities(each, mask[segment])[row] for each, mask, row in zip(pair, masks, rows, strict=True)]
        if all(table[:, 0].any() for table in tables):
            found.append(_compare(segment, tables, controls))
    return [each for each in found if each.segment != COMPANY] + [each for each in found if each.segment == COMPANY]


def _quantities(found: ProfitAndLoss, mask: BoolArray) -> FloatArray:
    """(replication, quantity): leads, their deal value, wins, cost without commission, commission, gross margin,
    that of all years."""
    inner = mask[:-1, :-1]
    cost, margin = (found.cells[:, LINES.index(line)] for line in (Total.COST_TOTAL, Total.GROSS_MARGIN))
    commission = found.commission[:, mask].sum(axis=1)
    return np.column_stack(
        [
            *(table[:, inner].sum(axis=1) for table in (found.leads_in, found.offered_in, found.won_in)),
            cost[:, mask].sum(axis=1) - commission,
            commission,
            margin[:, mask].sum(axis=1),
            found.value[:, mask].sum(axis=1),
        ]
    )


def _a_lead(means: FloatArray) -> FloatArray:
    """From means of quantities: cost a lead, what a dollar of deal value brings, that of all years,
    contribution."""
    leads, offered, _, cost, commission, margin, value = np.moveaxis(means, -1, 0)
    return np.stack(
        [
            cost / leads,
            (margin - commission) / offered,
            (value - commission) / offered,
            (margin - commission - cost) / leads,
        ],
        axis=-1,
    )


def _compare(segment: str, tables: list[FloatArray], controls: Controls | None) -> SegmentBreakEven:
    means = [table.mean(axis=0) for table in tables]
    each = [pseudo_values(table, _a_lead) for table in tables]
    difference = each[0] - each[1]
    ways = [
        Way(float(_a_lead(mean)[COST_A_LEAD]), float(mean[2] / mean[0]), float(_a_lead(mean)[BRINGS]))
        for mean in means
    ]
    for_life = None
    if not np.allclose([mean[6] for mean in means], [mean[5] for mean in means]):
        for_life = break_even(difference[:, COST_A_LEAD], difference[:, BRINGS_FOR_LIFE], controls)
    return SegmentBreakEven(
        segment=segment,
        leads=float(means[0][0]),
        deal_value=float(means[0][1] / means[0][0]),
        ways=(ways[0], ways[1]),
        first_year=break_even(difference[:, COST_A_LEAD], difference[:, BRINGS], controls),
        for_life=for_life,
        contribution=estimate(difference[:, CONTRIBUTION], controls=controls),
    )
