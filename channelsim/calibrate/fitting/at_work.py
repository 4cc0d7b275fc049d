"""When reps were at work, as far as the deals that they took on tell.

A rep is known by the days on which their deals were created; with deals at random, they were there for one of their
own gaps before the first and after the last. Who has been quiet for longer than their rhythm explains has left.
Closing days are not looked at: where a leaver's deals keep their name, they are closed in it long after.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.records import Export

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

FEWEST_DEALS = 3
"""Who has fewer (a manager, an assistant) is not counted as a rep."""
QUIET_DAYS = 30.0
"""Shorter silences are holidays."""
BY_CHANCE = math.exp(-6.0)
"""Chance of a silence of a rep at work that is taken for their departure: one in 400."""
GAPS_BEFORE = 4.0
"""A rep's own gaps are reckoned together with so many of the route's mean, as a few tell little."""


@dataclass(frozen=True)
class Reps:
    """The reps of a route; all [reps] but names, in the order of names."""

    names: list[str]
    start: Floats  # first day at work; the window's first for those who were there before
    stop: Floats  # last day at work; the cut-off for those still there
    left: Bools
    joined: Bools  # began well after the window did
    last: Floats  # day of the last
    known: Floats  # from this day on, FEWEST_DEALS deals were theirs
    told: Floats  # up to this day the export can tell whether they left: later silences are too short

    @property
    def days(self) -> Floats:
        """At work."""
        return np.maximum(self.stop - self.start, 0.0)

    @property
    def at_risk(self) -> Floats:
        """Days in which a departure would have been noticed."""
        return np.maximum(np.where(self.left, self.stop, self.told) - self.known, 0.0)


def reps_of(export: Export, deals: pl.DataFrame) -> Reps:
    """Owners of FEWEST_DEALS deals and more. deals: with owners and days of creation.

    With gaps that are exponential, of a mean about which the route's other gaps say as much as GAPS_BEFORE of the
    rep's own, n gaps of b days in all leave a silence beyond x a chance of (b / (b + x))^n, gamma and Lomax being
    conjugate (Gelman et al. 2013, section 2.6)."""
    table = (
        deals.group_by("owner")
        .agg(
            pl.col("created_day").min().alias("first"),
            pl.col("created_day").max().alias("last"),
            pl.col("closed_day").min().fill_null(math.inf).alias("first_closed"),
            pl.len().alias("deals"),
        )
        .filter(pl.col("deals") >= FEWEST_DEALS)
        .sort("owner")
    )
    first, last, first_closed, count = (
        table[name].to_numpy().astype(float) for name in ("first", "last", "first_closed", "deals")
    )
    usual = float((last - first).sum() / max((count - 1).sum(), 1.0))
    gaps = count - 1 + GAPS_BEFORE
    days = last - first + GAPS_BEFORE * usual
    quiet = np.maximum(QUIET_DAYS, days * np.expm1(-math.log(BY_CHANCE) / gaps))
    left = export.cutoff_day - last > quiet
    joined = first - export.first_day > quiet
    gap = days / gaps
    # A deal that began long before the first of a newcomer's was closed is somebody else's, handed on. Where the
    # first was closed after the last began, it says nothing of when they came.
    earliest = np.where(first_closed < last, first_closed - _until_first_closed(deals, gap), -math.inf)
    begun = np.maximum(first - gap, earliest)
    start = np.where(joined, np.maximum(begun, export.first_day), export.first_day)
    return Reps(
        table["owner"].to_list(),
        start,
        np.where(left, np.minimum(last + gap, export.cutoff_day), export.cutoff_day),
        left,
        joined,
        last,
        _known(deals, table["owner"], start, last),
        export.cutoff_day - quiet,
    )


def _until_first_closed(deals: pl.DataFrame, gap: Floats) -> Floats:
    """[reps] days from a newcomer's first day by which three in four have closed a deal of their own: of deals at
    random, of which a share F(u) lasts no longer than u, none is closed by x with chance exp(-(integral of F up to
    x) / gap)."""
    ended = np.sort(deals.filter(pl.col("closed_day").is_not_null())["days"].to_numpy())
    at = np.arange(0.0, float(ended[-1]) + 10 * float(gap.max(initial=0.0)) if len(ended) else 1.0)
    share = np.searchsorted(ended, at, side="right") / max(len(ended), 1)
    result: Floats = np.interp(math.log(4) * gap, np.cumsum(share), at)
    return result


def _known(deals: pl.DataFrame, owners: pl.Series, start: Floats, last: Floats) -> Floats:
    """[reps] days of the deals by which they are known for reps; of the last where they have fewer of their own."""
    starts = pl.DataFrame({"owner": owners, "start": start, "last": last})
    known = (
        deals.select("owner", "created_day")
        .join(starts.select("owner", "start"), on="owner")
        .filter(pl.col("created_day") >= pl.col("start"))
        .sort("created_day")
        .group_by("owner")
        .agg(pl.col("created_day").slice(FEWEST_DEALS - 1, 1).first().alias("known"))
    )
    joined = starts.join(known, on="owner", how="left", maintain_order="left")
    result: Floats = joined.select(pl.col("known").fill_null(pl.col("last")))["known"].to_numpy()
    return result


def counts_of(
    deals: pl.DataFrame, reps: Reps, edges: Floats, after: Floats | None = None, until: Floats | None = None
) -> Floats:
    """[reps, slices] deals created, after and before each rep's own days where these are given."""
    number = dict(zip(reps.names, range(len(reps.names)), strict=True))
    rep = deals["owner"].replace_strict(number, return_dtype=pl.Int64).to_numpy()
    created = deals["created_day"].to_numpy()
    kept = np.ones(len(created), bool)
    if after is not None:
        kept &= created > after[rep]
    if until is not None:
        kept &= created < until[rep]
    place = np.clip(np.searchsorted(edges, created, side="right") - 1, 0, len(edges) - 2)
    counts = np.zeros((len(reps.names), len(edges) - 1))
    np.add.at(counts, (rep[kept], place[kept]), 1.0)
    return counts
