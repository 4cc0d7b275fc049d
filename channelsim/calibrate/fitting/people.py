"""Reps, as far as the owners of deals tell: how many, how busy, how long they stay, how they start and differ."""

from __future__ import annotations

import math

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate, People
from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.fitting.at_work import FEWEST_DEALS, Reps, counts_of, reps_of
from channelsim.calibrate.fitting.ramping import ramp
from channelsim.calibrate.records import DAYS_A_MONTH, WON, Export

Floats = NDArray[np.float64]

DAYS_A_YEAR = 365.25
KNOWN_OWNERS = 0.5
"""Share of a route's deals that must name an owner."""
FEWEST_REP_YEARS = 3.0
FEWEST_REPS = 8
FEWEST_DAYS = 90.0
"""At work, of a rep who is compared with others."""
WEEK = 7.0
HELD_BY_NINE_IN_TEN = 0.9
FILLED = 0.9
"""A window begins with no deals in hand, as earlier ones are not in the export. So wins and deals held are counted
from the day on by which this share of the first deals to be won would have been."""


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
        people = _people(export, route.name, deals.height, owned)
        if people is None:
            told.append(f"{route.label}: no owner has {FEWEST_DEALS} deals, too few to tell reps by.")
        else:
            found.append(people)
    return tuple(found), tuple(told)


def _people(export: Export, route: str, all_deals: int, owned: pl.DataFrame) -> People | None:
    reps = reps_of(export, owned)
    if not reps.names:
        return None
    deals = owned.filter(pl.col("owner").is_in(reps.names))
    share_known = deals.height / all_deals
    filled = _filled(export, deals)
    months = float(np.maximum(reps.stop - np.maximum(reps.start, filled), 0.0).sum()) / DAYS_A_MONTH
    won = deals.filter(pl.col("ending") == WON, pl.col("closed_day") >= filled)
    return People(
        route=route,
        owners=owned["owner"].n_unique(),
        headcount=float(reps.days.sum()) / max(export.cutoff_day - export.first_day, 1.0),
        open_deals=_held(export, deals, reps, filled, share_known),
        wins_per_month=beliefs.rate(won.height / share_known, months, won.height) if months > 0 else None,
        bookings_per_month=_bookings(won, months * share_known),
        annual_attrition=_attrition(reps),
        ramp_months=ramp(export, deals, reps),
        skill_cv=_skill(export, deals, reps),
    )


def _filled(export: Export, deals: pl.DataFrame) -> float:
    """The day from which on the window's own deals are as many as there ever are; half of the window at most."""
    days = deals.filter(pl.col("ending") == WON)["days"]
    window = export.cutoff_day - export.first_day
    share = days.quantile(FILLED, "linear")
    return export.first_day + min(share if share is not None else 0.0, window / 2)


def _held(
    export: Export, deals: pl.DataFrame, reps: Reps, filled: float, share_known: float
) -> tuple[float, float] | None:
    """Open deals of a rep at work: the mean, and what nine in ten do not exceed, looked at once a week."""
    number = dict(zip(reps.names, range(len(reps.names)), strict=True))
    owner = deals["owner"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    weeks = np.arange(export.first_day + WEEK, export.cutoff_day, WEEK)
    begin = np.searchsorted(weeks, deals["created_day"].to_numpy(), side="left")
    closed = deals["closed_day"].fill_null(math.inf).to_numpy()
    end = np.searchsorted(weeks, closed, side="left")
    change = np.zeros((len(reps.names), len(weeks) + 1))
    np.add.at(change, (owner, begin), 1.0)
    np.add.at(change, (owner, end), -1.0)
    held = np.cumsum(change, axis=1)[:, :-1]
    at_work = (weeks >= filled) & (weeks >= reps.start[:, None]) & (weeks <= reps.stop[:, None])
    seen = held[at_work] / share_known
    return (float(seen.mean()), float(np.quantile(seen, HELD_BY_NINE_IN_TEN))) if len(seen) else None


def _bookings(won: pl.DataFrame, months: float) -> Estimate | None:
    """Bookings a month and rep at work: a compound Poisson's, whose variance is the sum of squares."""
    values = won["value"].drop_nulls().to_numpy()
    total = float(values.sum())
    if total <= 0 or months <= 0:
        return None
    return beliefs.positive_by_moments(total / months, math.sqrt(float(values @ values)) / months, len(values))


def _attrition(reps: Reps) -> Estimate | None:
    """Leavers a year and rep at work: a rate with those still there censored (Kalbfleisch and Prentice 1980,
    section 3.2). Everybody counts from the deal on that made them a rep, and nobody because they stayed."""
    years = float(reps.at_risk.sum()) / DAYS_A_YEAR
    if years < FEWEST_REP_YEARS:
        return None
    left = int(reps.left.sum())
    note = f"{left} left in {years:.0f} years of {len(reps.names)} reps"
    return beliefs.rate(left, years, left, note)


def _skill(export: Export, deals: pl.DataFrame, reps: Reps) -> Estimate | None:
    """How much reps' wins differ beyond chance: by moments of a Poisson mixture, with a jackknife over reps; None
    where chance explains it."""
    wins, expected = _wins_and_expected(export, deals, reps)
    long = (reps.days >= FEWEST_DAYS) & (expected > 0)
    wins, expected = wins[long], expected[long]
    n = len(wins)
    if n < FEWEST_REPS or wins.sum() <= 0:
        return None

    def squared(wins: Floats, weight: Floats) -> float:
        expected = wins.sum() / weight.sum() * weight
        return float(((wins - expected) ** 2 - wins).sum() / (expected**2).sum())

    whole = squared(wins, expected)
    others = np.array([squared(np.delete(wins, at), np.delete(expected, at)) for at in range(n)])
    error = math.sqrt((n - 1) / n * float(((others - others.mean()) ** 2).sum()))
    if whole <= beliefs.z_of_interval() * error:
        return None
    cv = math.sqrt(whole)
    return beliefs.positive(
        math.log(cv),
        error / (2 * whole) * beliefs.small_sample(n - 1),
        n,
        "how much wins of reps differ beyond chance",
    )


def _wins_and_expected(export: Export, deals: pl.DataFrame, reps: Reps) -> tuple[Floats, Floats]:
    """[reps] deals that were won, and a share of the team's own by days at work, month by month of creation: so
    who came late is held against what the others took on as late, of which less has been won yet."""
    edges = np.arange(export.first_day, export.cutoff_day - DAYS_A_MONTH / 2, DAYS_A_MONTH)
    edges = np.append(edges, export.cutoff_day)
    counts = counts_of(deals.filter(pl.col("ending") == WON), reps, edges)
    begin, end = np.maximum(edges[:-1], reps.start[:, None]), np.minimum(edges[1:], reps.stop[:, None])
    days = np.maximum(end - begin, 0.0)
    total = days.sum(axis=0)
    share = np.divide(days, total, out=np.zeros_like(days), where=total > 0)
    return counts.sum(axis=1), share @ counts.sum(axis=0)
