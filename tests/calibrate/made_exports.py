"""Exports with a truth that is known, drawn by numpy."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.records import DEALS, LOST, NO, OPEN, STAGES, WON, YES, Export, Route

Floats = NDArray[np.float64]
Law = tuple[str, float, float]
"""Family, mean and cv."""


@dataclass(frozen=True)
class MadeStep:
    """A step's truth: by segment the share that goes on, and how long yes and no take."""

    name: str
    advance: Mapping[str, float]
    if_yes: Law | Mapping[str, Law]
    if_no: Law | Mapping[str, Law]


@dataclass(frozen=True)
class MadeRoute:
    """A route's truth."""

    name: str
    steps: tuple[MadeStep, ...]
    value_factor: float = 1.0


@dataclass(frozen=True)
class MadeWorld:
    """All that an export is drawn from. segments: by name their deal values; mix, routing: shares."""

    routes: tuple[MadeRoute, ...]
    segments: Mapping[str, Law]
    mix: Mapping[str, float]
    routing: Mapping[str, float]
    per_month: Mapping[str, float]  # by source, at the window's end
    annual_growth: float = 0.0
    seasonality: Sequence[float] = (1.0,) * 12
    months: int = 24
    origin: dt.date = dt.date(2023, 1, 1)
    resolution_days: float = 1.0
    losses_are_seen: bool = True


def draw(law: Law, size: int, rng: np.random.Generator) -> Floats:
    """Values of a family with this mean and cv."""
    family, mean, cv = law
    if family == "exponential":
        return rng.exponential(mean, size)
    if family == "gamma":
        return rng.gamma(cv**-2, mean * cv**2, size)
    if family == "lognormal":
        variance = np.log1p(cv**2)
        return rng.lognormal(np.log(mean) - variance / 2, np.sqrt(variance), size)
    if family == "weibull":
        from channelsim.program.distributions import weibull_shape

        shape = weibull_shape(cv)
        from math import gamma

        return mean / gamma(1 + 1 / shape) * rng.weibull(shape, size)
    raise ValueError(family)


def month_days(origin: dt.date, months: int) -> Floats:
    """[months + 1] days since `origin` at which months begin."""
    first = origin.year * 12 + origin.month - 1
    starts = [dt.date((first + m) // 12, (first + m) % 12 + 1, 1) for m in range(months + 1)]
    return np.array([(start - origin).days for start in starts], float)


def made_export(world: MadeWorld, seed: int) -> Export:
    """An export of the world, cut off after its months; deals created before them are not in it."""
    rng = np.random.default_rng(seed)
    starts = month_days(world.origin, world.months)
    created, source = _arrivals(world, starts, rng)
    order = np.argsort(created, kind="stable")
    created, source = created[order], source[order]
    n = len(created)
    segments = list(world.segments)
    segment = rng.choice(len(segments), n, p=[world.mix[s] for s in segments])
    names = [route.name for route in world.routes]
    route = rng.choice(len(names), n, p=[world.routing[r] for r in names])
    value = np.zeros(n)
    for number, name in enumerate(segments):
        value[segment == number] = draw(world.segments[name], int((segment == number).sum()), rng)
    value *= np.array([r.value_factor for r in world.routes])[route]
    rows = []
    cutoff = starts[-1]
    clock = created.copy()
    ending = np.full(n, OPEN, dtype=object)
    going = np.ones(n, bool)
    for number, made in enumerate(world.routes):
        for place, step in enumerate(made.steps):
            for s, name in enumerate(segments):
                at = np.flatnonzero(going & (route == number) & (segment == s))
                if len(at) == 0:
                    continue
                yes = rng.random(len(at)) < step.advance[name]
                spent = np.where(
                    yes, draw(_of(step.if_yes, name), len(at), rng), draw(_of(step.if_no, name), len(at), rng)
                )
                end = clock[at] + spent
                seen = (end < cutoff) & (yes | world.losses_are_seen)
                stop = np.where(seen, end, cutoff)
                what = np.where(~seen, OPEN, np.where(yes, YES, NO))
                rows.append((at, np.full(len(at), place), _days(clock[at], stop, world, cutoff), what))
                last = place == len(made.steps) - 1
                ending[at[seen & ~yes]] = LOST
                if last:
                    ending[at[seen & yes]] = WON
                clock[at] = stop
                going[at] = seen & yes & (not last)
    deal, place, days, what = (np.concatenate(each) for each in zip(*rows, strict=True))
    stages = pl.DataFrame({"deal": deal, "step": place, "days": days, "ending": what.astype(str)}).cast(dict(STAGES))
    closed = np.where(ending == OPEN, np.nan, clock)
    day = np.floor if world.resolution_days else np.asarray
    deals = pl.DataFrame(
        {
            "deal": np.arange(n),
            "key": [f"d{i}" for i in range(n)],
            "source": np.array(list(world.per_month))[source],
            "segment": np.array(segments)[segment],
            "route": np.array(names)[route],
            "owner": [None] * n,
            "value": value,
            "created_day": day(created),
            "closed_day": day(closed),
            "days": _days(created, clock, world, cutoff),
            "ending": ending.astype(str),
        }
    ).with_columns(pl.col("closed_day").fill_nan(None))
    return Export(
        files=("made",),
        deals=deals.cast(dict(DEALS)),
        stages=stages.sort("deal", "step"),
        routes=tuple(Route(r.name, r.name, "inside", tuple(s.name for s in r.steps)) for r in world.routes),
        segments=tuple(segments),
        sources=tuple(world.per_month),
        labels={},
        origin=world.origin,
        first_day=0.0,
        cutoff_day=float(cutoff),
        resolution_days=world.resolution_days,
        losses_are_seen=world.losses_are_seen,
        currency="EUR",
        columns=(),
        counts=(),
        sentences=(),
    )


def _arrivals(world: MadeWorld, starts: Floats, rng: np.random.Generator) -> tuple[Floats, NDArray[np.int64]]:
    created, source = [], []
    for number, per_month in enumerate(world.per_month.values()):
        for month in range(world.months):
            calendar = (world.origin.month - 1 + month) % 12
            level = per_month * (1 + world.annual_growth) ** ((month - world.months) / 12)
            count = rng.poisson(level * world.seasonality[calendar])
            created.append(rng.uniform(starts[month], starts[month + 1], count))
            source.append(np.full(count, number))
    return np.concatenate(created), np.concatenate(source)


def _days(begin: Floats, end: Floats, world: MadeWorld, cutoff: float) -> Floats:
    if not world.resolution_days:
        return end - begin
    # dates alone: what lasts until the cut-off was last looked at on the day before it
    return np.minimum(np.floor(end), cutoff - 1) - np.floor(begin)


def _of(law: Law | Mapping[str, Law], segment: str) -> Law:
    return law[segment] if isinstance(law, Mapping) else law


def without_open_deals(export: Export) -> Export:
    """What a naive fit looks at: the deals that ended."""
    from dataclasses import replace

    deals = export.deals.filter(pl.col("ending") != OPEN)
    return replace(export, deals=deals, stages=export.stages.join(deals.select("deal"), on="deal", how="semi"))
