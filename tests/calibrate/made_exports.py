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
    stages = pl.DataFrame({"deal": deal, "step": place, "days": days, "ending": what.astype(str)}).cast(
        dict(STAGES)
    )
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


@dataclass(frozen=True)
class MadeTeam:
    """A team's truth: every seat is filled by one rep after another, and each takes on deals by chance."""

    reps: int = 10  # seats
    months: int = 36
    deals_a_month: float = 5.0  # of a rep who knows the work
    annual_attrition: float = 0.3
    hire_days: float = 40.0
    ramp_months: float = 0.0
    ramp_start: float = 0.25
    skill_cv: float = 0.0
    win_rate: float = 0.3
    days: Law = ("lognormal", 60.0, 0.8)
    handed_on: bool = False  # a leaver's open deals get the name of somebody else
    to_successors: bool = False  # of the next rep in the same seat, where there is one
    annual_growth: float = 0.0  # of the deals that each rep takes on
    resolution_days: float = 1.0


def made_team_export(team: MadeTeam, seed: int) -> Export:
    """An export with owners of deals, one step, one segment, one source."""
    rng = np.random.default_rng(seed)
    origin = dt.date(2023, 1, 1)
    cutoff = float(month_days(origin, team.months)[-1])
    stints = _stints(team, cutoff, rng)
    rows: list[tuple[float, float, bool, int]] = []  # created, closed, won, owner
    for owner, (begin, end, is_new, skill) in enumerate(stints):
        upper = team.deals_a_month / (365.25 / 12) * skill * (1 + max(team.annual_growth, 0.0)) ** (cutoff / 365.25)
        created = rng.uniform(begin, end, rng.poisson(upper * (end - begin)))
        pace = np.ones(len(created))
        if is_new and team.ramp_months:
            tenure = (created - begin) / (365.25 / 12) / team.ramp_months
            pace = np.minimum(1.0, team.ramp_start + (1 - team.ramp_start) * tenure)
        pace *= (1 + team.annual_growth) ** (created / 365.25) / (1 + max(team.annual_growth, 0.0)) ** (
            cutoff / 365.25
        )
        created = np.sort(created[rng.random(len(created)) < pace])
        closed = created + draw(team.days, len(created), rng)
        won = rng.random(len(created)) < team.win_rate
        rows += [
            (float(c), float(d), bool(w), _heir(team, stints, owner, float(d), cutoff, rng))
            for c, d, w in zip(created, closed, won, strict=True)
        ]
    return _of_rows(sorted(rows), team, origin, cutoff, rng)


def owned_export(rows: Sequence[tuple[str | None, float, float | None, bool]], cutoff: float) -> Export:
    """An export by hand: owner, day created, day closed (None: open), whether it was won; a value of 100 each."""
    world = MadeTeam(resolution_days=0.0)
    made = [(created, np.inf if closed is None else closed, won, owner) for owner, created, closed, won in rows]
    return _of_rows(sorted(made, key=lambda each: each[0]), world, dt.date(2023, 1, 1), cutoff, None)


def _stints(team: MadeTeam, cutoff: float, rng: np.random.Generator) -> list[tuple[float, float, bool, float]]:
    """Of every rep: first day, last day, whether new in the window, skill."""
    stints = []
    for _ in range(team.reps):
        begin, is_new = 0.0, False
        while begin < cutoff:
            stay = rng.exponential(365.25 / team.annual_attrition) if team.annual_attrition else np.inf
            skill = float(draw(("lognormal", 1.0, team.skill_cv), 1, rng)[0]) if team.skill_cv else 1.0
            stints.append((begin, float(min(begin + stay, cutoff)), is_new, skill))
            begin, is_new = begin + stay + team.hire_days, True
    return stints


def _heir(
    team: MadeTeam,
    stints: Sequence[tuple[float, float, bool, float]],
    owner: int,
    closed: float,
    cutoff: float,
    rng: np.random.Generator,
) -> int:
    """Whose name a deal has in the end."""
    gone = stints[owner][1]
    while team.handed_on and gone < min(closed, cutoff):
        there = [at for at, (begin, end, _, _) in enumerate(stints) if begin <= gone < end]
        if not there:
            break
        follows = owner + 1 < len(stints) and stints[owner + 1][2] and stints[owner + 1][0] <= closed
        owner = owner + 1 if team.to_successors and follows else int(rng.choice(there))
        gone = stints[owner][1]
    return owner


def _of_rows(
    rows: Sequence[tuple[float, float, bool, int | str | None]],
    team: MadeTeam,
    origin: dt.date,
    cutoff: float,
    rng: np.random.Generator | None,
) -> Export:
    n = len(rows)
    created, closed = (np.array([row[at] for row in rows], float) for at in (0, 1))
    is_open = closed >= cutoff
    ending = np.where(is_open, OPEN, np.where([row[2] for row in rows], WON, LOST))
    stage = np.where(is_open, OPEN, np.where([row[2] for row in rows], YES, NO))
    day = np.floor if team.resolution_days else np.asarray
    end = np.minimum(closed, cutoff - (1 if team.resolution_days else 0))
    days = np.maximum(day(end) - day(created), 0.0)
    value = np.full(n, 100.0) if rng is None else rng.lognormal(9.0, 0.7, n)
    owners = [
        None if row[3] is None else row[3] if isinstance(row[3], str) else f"rep {row[3]:03d}" for row in rows
    ]
    deals = pl.DataFrame(
        {
            "deal": np.arange(n),
            "key": [f"d{i}" for i in range(n)],
            "source": ["all"] * n,
            "segment": ["all"] * n,
            "route": ["sales"] * n,
            "owner": owners,
            "value": value,
            "created_day": day(created),
            "closed_day": np.where(is_open, np.nan, day(np.where(is_open, 0.0, closed))),
            "days": days,
            "ending": ending.astype(str),
        },
        schema_overrides={"owner": pl.String()},
    ).with_columns(pl.col("closed_day").fill_nan(None))
    stages = pl.DataFrame(
        {"deal": np.arange(n), "step": np.zeros(n, int), "days": days, "ending": stage.astype(str)}
    )
    return Export(
        files=("made",),
        deals=deals.cast(dict(DEALS)),
        stages=stages.cast(dict(STAGES)),
        routes=(Route("sales", "Sales", "hybrid", ("sale",)),),
        segments=("all",),
        sources=("all",),
        labels={},
        origin=origin,
        first_day=0.0,
        cutoff_day=cutoff,
        resolution_days=team.resolution_days,
        losses_are_seen=True,
        currency="EUR",
        columns=(),
        counts=(),
        sentences=(),
    )


def without_open_deals(export: Export) -> Export:
    """What a naive fit looks at: the deals that ended."""
    from dataclasses import replace

    deals = export.deals.filter(pl.col("ending") != OPEN)
    return replace(export, deals=deals, stages=export.stages.join(deals.select("deal"), on="deal", how="semi"))
