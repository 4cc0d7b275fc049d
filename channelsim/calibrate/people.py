"""Reps, as far as the owners of deals tell: how many, how busy, how long they stay, how they start and differ.

A rep is at work from the first day that a deal of theirs begins or ends to the last. Who has been quiet for longer
than their own rhythm explains has left; all others are still there when the export is made (censored).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate import beliefs
from channelsim.calibrate.estimates import Estimate, People
from channelsim.calibrate.records import WON, Export

Floats = NDArray[np.float64]

DAYS_A_MONTH, DAYS_A_YEAR = 365.25 / 12, 365.25
KNOWN_OWNERS = 0.5
"""Share of a route's deals that must name an owner."""
QUIET_DAYS, QUIET_GAPS = 30.0, 6.0
"""A rep has left who was quiet for so many days and for so many of their own mean gaps between events: a rep with
events at random is quiet for six of them by chance once in 400 times (e^-6)."""
FEWEST_REP_YEARS = 3.0
FEWEST_JOINERS = 5
FEWEST_REPS = 8
FEWEST_DAYS = 90.0
"""At work, of a rep who is compared with others."""
RAMP_START = 0.25
"""Productivity on the first day, as scenarios have it (`people.ramp_start`)."""
LONGEST_RAMP_MONTHS = 12
RAMP_STEP = 0.25
BY_CHANCE = 2.706
"""Twice the gain in log-likelihood that chance alone exceeds in one case of twenty: half of a chi-square of one, as
there is no ramp below 0 (Self and Liang 1987)."""
WEEK = 7.0
HELD_BY_NINE_IN_TEN = 0.9


@dataclass(frozen=True)
class _Reps:
    """The owners of a route's deals; all [reps]."""

    start: Floats  # day of the first event
    stop: Floats  # day of the last event, or the cut-off for those still there
    left: NDArray[np.bool_]
    joined: NDArray[np.bool_]  # first seen well after the window began
    wins: Floats
    bookings_squared: Floats
    bookings: Floats

    @property
    def days(self) -> Floats:
        """At work."""
        return np.maximum(self.stop - self.start, 1.0)


def people_fits(export: Export) -> tuple[tuple[People, ...], tuple[str, ...]]:
    """Every route's reps, and what to say aloud; none where the export has no dates or names no owners."""
    if export.origin is None:
        return (), ("The export has no dates: nothing can be said of reps.",)
    found, told = [], []
    for route in export.routes:
        deals = export.deals.filter(pl.col("route") == route.name)
        owned = deals.filter(pl.col("owner").is_not_null(), pl.col("created_day").is_not_null())
        if not owned.height or owned.height < KNOWN_OWNERS * deals.height:
            told.append(
                f"{route.label}: {owned.height} of {deals.height} deals name an owner, too few to tell reps by."
            )
            continue
        found.append(_people(export, route.name, owned, owned.height / deals.height))
    return tuple(found), tuple(told)


def _people(export: Export, route: str, deals: pl.DataFrame, share_known: float) -> People:
    reps = _reps(export, deals)
    months = float(reps.days.sum()) / DAYS_A_MONTH
    window = max(export.cutoff_day - export.first_day, 1.0)
    wins = float(reps.wins.sum())
    return People(
        route=route,
        owners=len(reps.start),
        headcount=float(reps.days.sum()) / window,
        open_deals=_held(export, deals, reps),
        wins_per_month=beliefs.rate(wins / share_known, months, round(wins)),
        bookings_per_month=_bookings(reps, months, share_known),
        annual_attrition=_attrition(reps),
        ramp_months=_ramp(deals, reps),
        skill_cv=_skill(reps),
    )


def _reps(export: Export, deals: pl.DataFrame) -> _Reps:
    won = pl.col("ending") == WON
    last_event = pl.max_horizontal("created_day", pl.col("closed_day").fill_null(pl.col("created_day")))
    table = (
        deals.group_by("owner")
        .agg(
            pl.col("created_day").min().alias("start"),
            last_event.max().alias("last"),
            (pl.len() + pl.col("closed_day").is_not_null().sum()).alias("events"),
            won.sum().alias("wins"),
            pl.col("value").filter(won).sum().alias("bookings"),
            (pl.col("value").filter(won) ** 2).sum().alias("bookings_squared"),
        )
        .sort("owner")
    )
    start, last = (table[name].to_numpy().astype(float) for name in ("start", "last"))
    gap = (last - start) / np.maximum(table["events"].to_numpy() - 1, 1)
    quiet = np.maximum(QUIET_DAYS, QUIET_GAPS * gap)
    left = export.cutoff_day - last > quiet
    wins, bookings, squared = (
        table[name].to_numpy().astype(float) for name in ("wins", "bookings", "bookings_squared")
    )
    return _Reps(
        start,
        np.where(left, last, export.cutoff_day),
        left,
        start - export.first_day > quiet,
        wins,
        squared,
        bookings,
    )


def _held(export: Export, deals: pl.DataFrame, reps: _Reps) -> tuple[float, float]:
    """Open deals of a rep at work: the mean, and what nine in ten do not exceed, looked at once a week."""
    owners = {name: number for number, name in enumerate(sorted(deals["owner"].unique()))}
    owner = deals["owner"].replace_strict(owners, return_dtype=pl.Int64).to_numpy()
    weeks = np.arange(export.first_day + WEEK, export.cutoff_day, WEEK)
    if not len(weeks):
        return 0.0, 0.0
    begin = np.searchsorted(weeks, deals["created_day"].to_numpy(), side="left")
    closed = deals["closed_day"].fill_null(math.inf).to_numpy()
    end = np.searchsorted(weeks, closed, side="left")
    change = np.zeros((len(owners), len(weeks) + 1))
    np.add.at(change, (owner, begin), 1.0)
    np.add.at(change, (owner, end), -1.0)
    held = np.cumsum(change, axis=1)[:, :-1]
    at_work = (weeks >= reps.start[:, None]) & (weeks <= reps.stop[:, None])
    seen = held[at_work]
    return (float(seen.mean()), float(np.quantile(seen, HELD_BY_NINE_IN_TEN))) if len(seen) else (0.0, 0.0)


def _bookings(reps: _Reps, months: float, share_known: float) -> Estimate | None:
    """Bookings a month and rep at work: a compound Poisson's, whose variance is the sum of squares."""
    total = float(reps.bookings.sum())
    if total <= 0:
        return None
    scale = months * share_known
    sd = math.sqrt(float(reps.bookings_squared.sum())) / scale
    return beliefs.positive_by_moments(total / scale, sd, round(float(reps.wins.sum())))


def _attrition(reps: _Reps) -> Estimate | None:
    """Leavers a year and rep at work: a rate with those still there censored."""
    years = float(reps.days.sum()) / DAYS_A_YEAR
    if years < FEWEST_REP_YEARS:
        return None
    left = float(reps.left.sum())
    return beliefs.rate(
        left, years, round(left), f"{round(left)} left in {years:.0f} years of {len(reps.start)} reps"
    )


def _ramp(deals: pl.DataFrame, reps: _Reps) -> Estimate | None:
    """Months until a new rep takes on as many deals as others, in a straight line from RAMP_START: likeliest under
    Poisson counts by month at work, with the interval of its likelihood; None where chance explains it."""
    if int(reps.joined.sum()) < FEWEST_JOINERS:
        return None
    owners = sorted(deals["owner"].unique())
    first = dict(zip(owners, reps.start.tolist(), strict=True))
    joined = [name for name, new in zip(owners, reps.joined.tolist(), strict=True) if new]
    tenure = (
        deals.filter(pl.col("owner").is_in(joined))
        .select(month=(pl.col("created_day") - pl.col("owner").replace_strict(first, return_dtype=pl.Float64)))
        .to_series()
        .to_numpy()
        / DAYS_A_MONTH
    )
    longest = LONGEST_RAMP_MONTHS * 2
    # the first deal is what a rep is known by: it says nothing of the pace
    counts = np.bincount(tenure[tenure > 0].astype(int).clip(max=longest), minlength=longest + 1)[:longest]
    stay = reps.days[reps.joined] / DAYS_A_MONTH
    exposure = np.clip(stay[:, None] - np.arange(longest), 0.0, 1.0).sum(axis=0)
    ramps = np.arange(0.0, LONGEST_RAMP_MONTHS + RAMP_STEP, RAMP_STEP)
    middle = np.arange(longest) + 0.5
    gains = np.empty(len(ramps))
    for at, ramp in enumerate(ramps):
        pace = np.ones(longest) if ramp == 0 else np.minimum(1.0, RAMP_START + (1 - RAMP_START) * middle / ramp)
        weight = exposure * pace
        rate = counts.sum() / weight.sum()
        gains[at] = float(counts @ np.log(np.maximum(rate * pace, 1e-12)) - rate * weight.sum())
    if 2 * (gains.max() - gains[0]) < BY_CHANCE:
        return None
    belief = np.exp(gains - gains.max())
    belief /= belief.sum()
    mean = float(belief @ ramps)
    sd = max(math.sqrt(float(belief @ (ramps - mean) ** 2)), RAMP_STEP / math.sqrt(12))
    return beliefs.positive_by_moments(
        mean, sd, round(float(counts.sum())), f"{len(joined)} reps joined in the window"
    )


def _skill(reps: _Reps) -> Estimate | None:
    """How much reps' wins differ beyond chance: by moments of a Poisson mixture, with a jackknife over reps; None
    where chance explains it."""
    long = reps.days >= FEWEST_DAYS
    wins, months = reps.wins[long], reps.days[long] / DAYS_A_MONTH
    n = len(wins)
    if n < FEWEST_REPS or wins.sum() <= 0:
        return None

    def squared(wins: Floats, months: Floats) -> float:
        expected = wins.sum() / months.sum() * months
        return float(((wins - expected) ** 2 - wins).sum() / (expected**2).sum())

    whole = squared(wins, months)
    others = np.array([squared(np.delete(wins, at), np.delete(months, at)) for at in range(n)])
    error = math.sqrt((n - 1) / n * float(((others - others.mean()) ** 2).sum()))
    if whole <= beliefs.z_of_interval() * error:
        return None
    cv = math.sqrt(whole)
    return beliefs.positive(math.log(cv), error / (2 * whole), n, "how much wins of reps differ beyond chance")
