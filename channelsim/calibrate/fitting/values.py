"""How large deals are, by segment and by route."""

from __future__ import annotations

import math
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.estimates import Estimate, Spread
from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.fitting.durations import spread_of_values
from channelsim.calibrate.records import WON, Export

Floats = NDArray[np.float64]

DIGITS = 4
"""Significant ones kept of values, so that equal ones can be counted together."""
ENOUGH_WON = 30
"""Won deals of a segment from which its values may be told from those of the lost."""
CLEARLY = 3.0
"""Standard errors by which won deals must differ in value from the others before the others are left out."""
WELL_KNOWN = 0.5
"""Share of lost and open deals that must have a value; below it, those that have one are a choice of somebody's."""


@dataclass(frozen=True)
class ValueFits:
    """Values by segment, the routes' factors, and what was decided on the way."""

    values: dict[str, Spread]
    factor: dict[str, Estimate]
    sentences: tuple[str, ...]


def value_fits(export: Export) -> ValueFits:
    """Values of deals by segment, each divided by its route's factor, and the factors.

    A scenario's deal value is that of a deal when won. Lost and open deals' values say as much where they are
    alike."""
    deals = export.deals.select("segment", "route", "value", "ending")
    if len(export.segments) == 1:
        deals = deals.with_columns(segment=pl.lit(export.segments[0]))
    valued = deals.filter(pl.col("value") > 0, pl.col("segment").is_in(export.segments))
    used, told = _which(deals, valued)
    factor = _factors(export, used)
    by_route = {route: estimate.value for route, estimate in factor.items()}
    used = used.with_columns(
        base=(pl.col("value") / pl.col("route").replace_strict(by_route, return_dtype=pl.Float64))
    )
    values: dict[str, Spread] = {}
    none = []
    for segment in export.segments:
        own = used.filter(pl.col("segment") == segment)
        if own.height == 0:
            own = valued.filter(pl.col("segment") == segment)
            own = own.with_columns(base=pl.col("value"))
        if own.height == 0:
            none.append(segment)
            continue
        values[segment] = _spread(own["base"], "")
    if none and used.height:
        everybody = _spread(used["base"], "no value is known here: of all segments")
        values |= dict.fromkeys(none, everybody)
        told.append(f"No deal of {_listed(none)} has a value: theirs are taken from all segments.")
    elif none:
        told.append("No deal has a value.")
    return ValueFits({name: values[name] for name in export.segments if name in values}, factor, tuple(told))


def _which(deals: pl.DataFrame, valued: pl.DataFrame) -> tuple[pl.DataFrame, list[str]]:
    """The deals whose values are used, and why."""
    won = valued.filter(pl.col("ending") == WON)
    others = deals.filter(pl.col("ending") != WON)
    valued_others = valued.filter(pl.col("ending") != WON)
    if not others.height or not won.height:
        return valued, []
    if valued_others.height < WELL_KNOWN * others.height:
        return won, [
            f"Of deals not won, {valued_others.height / others.height:.0%} have a value: values are from won deals."
        ]
    z, ratio = _difference(valued)
    if abs(z) < CLEARLY:
        return valued, []
    direction = "smaller" if ratio < 1 else "larger"
    enough = won.group_by("segment").len().filter(pl.col("len") >= ENOUGH_WON)["segment"]
    used = valued.filter((pl.col("ending") == WON) | ~pl.col("segment").is_in(enough.implode()))
    return used, [
        f"Won deals are {direction} than the others of their segment and route (their typical value is "
        f"{ratio:.2f} times as large, {abs(z):.0f} standard errors from 1): values are from won deals where a "
        f"segment has {ENOUGH_WON}."
    ]


def _difference(valued: pl.DataFrame) -> tuple[float, float]:
    """By how many standard errors won deals' log values differ from the others' within segments and routes, and the
    ratio of their geometric means."""
    cells = (
        valued.lazy()
        .with_columns(log=pl.col("value").log(), won=pl.col("ending") == WON)
        .group_by("segment", "route")
        .agg(
            pl.col("won").sum().alias("n1"),
            (~pl.col("won")).sum().alias("n0"),
            pl.col("log").filter(pl.col("won")).mean().alias("m1"),
            pl.col("log").filter(~pl.col("won")).mean().alias("m0"),
            pl.col("log").var().alias("variance"),
        )
        .filter(pl.col("n1") > 1, pl.col("n0") > 1, pl.col("variance") > 0)
        .sort("segment", "route")
        .collect()
    )
    if not cells.height:
        return 0.0, 1.0
    difference = (cells["m1"] - cells["m0"]).to_numpy()
    error = (cells["variance"] * (1 / cells["n1"] + 1 / cells["n0"])).to_numpy()
    weight = 1 / error
    mean = float(weight @ difference / weight.sum())
    return mean * math.sqrt(float(weight.sum())), math.exp(mean)


def _factors(export: Export, used: pl.DataFrame) -> dict[str, Estimate]:
    """By route: its values in all against those that its deals would have at the means of all routes in their
    segments. A ratio of means, so that bookings come out right; its error from the deals' own spread."""
    if len(export.routes) == 1:
        return {export.routes[0].name: beliefs.known(1.0, used.height)}
    result = {}
    cells = {
        (str(route), str(segment)): (float(n), float(mean), float(variance or 0.0))
        for route, segment, n, mean, variance in used.group_by("route", "segment")
        .agg(pl.len(), pl.col("value").mean().alias("mean"), pl.col("value").var(ddof=0).alias("variance"))
        .sort("route", "segment")
        .iter_rows()
    }
    for route in export.routes:
        own, expected, variance, n = 0.0, 0.0, 0.0, 0.0
        for segment in export.segments:
            if (route.name, segment) not in cells:
                continue
            count, mean, spread = cells[route.name, segment]
            everybody = [cells[r.name, segment] for r in export.routes if (r.name, segment) in cells]
            total = sum(each[0] for each in everybody)
            common = sum(each[0] * each[1] for each in everybody) / total
            own += count * mean
            expected += count * common
            n += count
            share = count / total
            others = sum(each[0] * each[2] for each in everybody) - count * spread
            # the cell's own deals are part of the common mean: to first order their weight in the ratio is 1 -
            # share
            variance += count * spread * (1 - share) ** 2 + share**2 * others
        if n == 0:
            result[route.name] = beliefs.positive(0.0, 1.0, 0, "no deal with a value")
        else:
            log_sd = math.sqrt(variance) / expected
            result[route.name] = beliefs.positive(
                math.log(own / expected), log_sd * beliefs.small_sample(n - 1), round(n)
            )
    return result


def _spread(values: pl.Series, note: str) -> Spread:
    counted = values.round_sig_figs(DIGITS).value_counts(sort=False, name="n").sort(values.name)
    found = spread_of_values(counted[values.name].to_numpy(), counted["n"].to_numpy().astype(float), note)
    return replace(found, observed=values.len())


def _listed(names: list[str]) -> str:
    return ", ".join(names[:-1]) + f" and {names[-1]}" if len(names) > 1 else names[0]
