"""The days that a settled scenario is to come to: those of each step, or those of deals won and of deals lost.

A scenario's buyer takes as long over a step whether he buys in the end or not. In most exports deals that are won
went faster all the way than those that were lost later on. With the days of all who went on, simulated deals that
are won would take too long. So where that is seen, yes takes as long as it did deals that were won in the end, and
no such that all the days from creation to the loss are those of deals lost there: a deal that will be lost makes up
in its last step for the time that it saved in those before. So does yes at the last step, for where the work alone
takes longer than the quickest deals did. Then win rates and all days of deals won and lost are the export's.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.fitting.durations import EMPIRICAL, EMPIRICAL_VALUES
from channelsim.calibrate.records import NO, OPEN, WON, YES, Export
from channelsim.calibrate.writing.cells import Cell, Days, cells_of, days_of, spread_of
from channelsim.calibrate.writing.figures import number

Floats = NDArray[np.float64]

SURELY = 4.0
"""Standard errors by which won deals must have gone faster or slower."""
FEWEST_WON = 30
LEAST_EFFECT = 0.05
"""Of the days of won deals, what it must make of a difference."""
MOST_LEFT = 0.98
"""Of closed deals, those that took no longer than what an export with open deals must have seen of each."""
AS_GOOD_AS_ALL = 30.0
"""Deals that say as much of a cell as all deals of its step together."""
FEWEST_FOR_A_SPREAD = 30
FEWEST_FOR_VALUES = 200
"""Deals of a cell from which on their own days, equally likely, stand in place of a family's."""
VALUES = 40
"""Equally likely ones in place of a family. With twenty, three steps after each other have too many slow deals:
each has its slowest twentieth in one value."""
SLICES = 50
MOST_TO_SLICE = 20_000
"""Days beyond which as many quantiles of them say all."""


@dataclass(frozen=True)
class Aim:
    """What the days of a cell are to be."""

    days: Days
    is_total: bool = False  # since the deal came to the first step, in place of to this one
    deals: int | None = None  # that say so; None: as the fit has it


def aims_of(fit: Fit) -> tuple[dict[Cell, Aim], tuple[str, ...]]:
    """By cell, and what is to be said of it."""
    aims = {cell: Aim(days_of(spread_of(fit, cell))) for cell in cells_of(fit)}
    seen = _seen(fit.export)
    if seen is None:
        return aims, ()
    effect = _effect(seen)
    if effect is None:
        return aims, ()
    places = {(route.name, step): at for route in fit.export.routes for at, step in enumerate(route.steps)}
    for cell in aims:
        if any(route.name == cell.route and len(route.steps) > 1 for route in fit.export.routes):
            aims[cell] = _aim(fit, cell, seen, places[cell.route, cell.step])
    faster = "faster" if effect < 0 else "slower"
    return aims, (
        f"Deals that were won went {faster} all the way than those lost later on: days of deals won would come out "
        f"{abs(effect):.0%} too {'long' if effect < 0 else 'short'} if they stayed in each step as long as all who "
        "went on. So buyers' days until yes are such that deals won take as long as in the export, and those until "
        "no such that deals lost do, counted from their creation.",
    )


def _seen(export: Export) -> pl.DataFrame | None:
    """Stages of deals of which the end is known, with their deal's segment and route, whether it was won, and the
    days since its creation; None where too many are open to say which."""
    deals = export.deals
    if not export.losses_are_seen:
        return None
    if (deals["ending"] == OPEN).any():
        if export.origin is None:
            return None
        longest = deals.filter(pl.col("ending") != OPEN)["days"].quantile(MOST_LEFT) or 0.0
        deals = deals.filter(pl.col("created_day") <= export.cutoff_day - longest, pl.col("ending") != OPEN)
    if len(export.segments) == 1:
        deals = deals.with_columns(segment=pl.lit(export.segments[0]))
    return (
        export.stages.join(deals.select("deal", "route", "segment", is_won=pl.col("ending") == WON), on="deal")
        .with_columns(pl.col("days").clip(lower_bound=0.0))
        .sort("deal", "step")
        .with_columns(total=pl.col("days").cum_sum().over("deal"))
    )


def _effect(seen: pl.DataFrame) -> float | None:
    """By how much won deals would take longer (below 0: they went faster) if steps took as long as they took all
    who went on, as a share; None if that may be chance or hardly matters."""
    at = ["route", "segment", "step"]
    moved = seen.filter(pl.col("ending") == YES)
    log = pl.col("days").log1p()
    won, lost = pl.col("is_won"), ~pl.col("is_won")
    cells = moved.group_by(at).agg(
        won=won.sum(),
        lost=lost.sum(),
        apart=log.filter(won).mean() - log.filter(lost).mean(),
        error=log.filter(won).var() / won.sum() + log.filter(lost).var() / lost.sum(),
        all_days=pl.col("days").mean(),
        won_days=pl.col("days").filter(won).mean(),
    )
    told = cells.filter((pl.col("won") >= 2) & (pl.col("lost") >= 2) & (pl.col("error") > 0)).sort(at)
    wins = seen.filter(won).n_unique("deal")
    if not told.height or wins < FEWEST_WON:
        return None
    weight = 1 / told["error"].to_numpy()
    if abs(float(weight @ told["apart"].to_numpy())) / math.sqrt(float(weight.sum())) < SURELY:
        return None
    of_won = cells.filter(pl.col("won") > 0).sort(at)
    deals, real, alike = (of_won[name].to_numpy() for name in ("won", "won_days", "all_days"))
    effect = 1.0 - float(deals @ alike) / max(float(deals @ real), 1e-9)
    return effect if abs(effect) >= LEAST_EFFECT else None


def _aim(fit: Fit, cell: Cell, seen: pl.DataFrame, place: int) -> Aim:
    """Days of deals won: in the step, at the last since creation. Or those of deals lost here, since creation."""
    of_step = seen.filter((pl.col("route") == cell.route) & (pl.col("step") == place))
    is_total = cell.outcome == NO or place == len(fit.export.route(cell.route).steps) - 1
    of_step = of_step.filter(pl.col("ending") == NO) if cell.outcome == NO else of_step.filter("is_won")
    column = "total" if is_total else "days"
    own = of_step.filter(pl.col("segment").is_in(list(cell.segments)))[column].to_numpy()
    fitted = days_of(spread_of(fit, cell))
    if len(of_step) == 0 or not fitted.mean > 0:
        return Aim(fitted)
    ratio = _ratio(fit, cell, of_step, column)
    mean = (float(own.sum()) + AS_GOOD_AS_ALL * ratio * fitted.mean) / (len(own) + AS_GOOD_AS_ALL)
    resolution = fit.export.resolution_days
    is_many = len(own) >= FEWEST_FOR_VALUES
    if is_many or (fitted.family == EMPIRICAL and len(own) >= FEWEST_FOR_A_SPREAD):
        days = _values(own, resolution, VALUES if is_many else EMPIRICAL_VALUES)
    elif fitted.family == EMPIRICAL:
        days = _scaled(fitted, mean / fitted.mean)
    else:
        cv = float(own.std()) / float(own.mean()) if len(own) >= FEWEST_FOR_A_SPREAD else fitted.cv
        days = Days(fitted.family, mean, fitted.mean_sd * mean / fitted.mean, cv)
    return Aim(days, is_total, len(own))


def _ratio(fit: Fit, cell: Cell, of_step: pl.DataFrame, column: str) -> float:
    """How the days of these deals compare with those that the fit has of the same segments, over all segments."""
    step = next(s for r in fit.routes if r.name == cell.route for s in r.steps if s.step == cell.step)
    spreads: Mapping[str, object] = step.if_yes if cell.outcome == YES else step.if_no or {}
    fitted = {
        segment: spread_of(fit, Cell(cell.route, cell.step, cell.outcome, (segment,))).mean.value
        for segment in spreads
    }
    days, expected = 0.0, 0.0
    for segment, total, count in of_step.group_by("segment").agg(pl.col(column).sum(), pl.len()).iter_rows():
        if segment in fitted:
            days += total
            expected += count * fitted[segment]
    return days / expected if expected > 0 else 1.0


def _values(seen: Floats, resolution: float, count: int) -> Days:
    """Means of so many equal parts of what was seen; a whole number of days stands for what lies about it, and 0
    for as soon as can be."""
    if len(seen) > MOST_TO_SLICE:
        seen = np.quantile(seen, (np.arange(MOST_TO_SLICE) + 0.5) / MOST_TO_SLICE, method="nearest")
    within = (np.arange(SLICES) + 0.5) / SLICES
    low = np.maximum(seen - resolution / 2, 0.0)
    high = np.where(seen > 0, seen + resolution / 2, 0.0)
    fine = np.sort((low[:, None] + (high - low)[:, None] * within).ravel())
    values = tuple(float(part.mean()) for part in np.array_split(fine, count))
    return _of_values(values)


def _scaled(days: Days, factor: float) -> Days:
    return _of_values(tuple(factor * each for each in days.values))


def _of_values(values: tuple[float, ...]) -> Days:
    mean = float(np.mean(values))
    return Days(EMPIRICAL, mean, 0.0, float(np.std(values)) / mean if mean > 0 else 0.0, values)


def said_of(aim: Aim, outcome: str) -> Iterator[str]:
    """What a comment tells of an aim that is not the fit."""
    if aim.deals is None:
        return
    of_whom = "deals won" if outcome == YES else "deals lost here"
    since = ", in all" if aim.is_total else ""
    yield f"{number(aim.days.mean, 3)} days of {of_whom}{since}, n = {aim.deals:,}"
