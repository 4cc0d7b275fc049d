"""The findings in figures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import chain, groupby

from channelsim.analysis.jackknife import Interval
from channelsim.calibrate.estimates import INTERVAL
from studies.report import Table, percent
from studies.round_trip.coverage import Trip, coverage
from studies.round_trip.truth import Compared

TOLERANCE = 0.03
"""How far the coverage may be from nominal."""


def tables(trips: Sequence[Trip]) -> list[Table]:
    """By kind of parameter, and by world."""
    return [_by_kind(trips), _by_world(trips)]


def all_of(trips: Sequence[Trip]) -> tuple[list[Compared], list[Compared]]:
    """All parameters of all trips: as calibrate finds them, and without the open deals."""
    return (
        list(chain.from_iterable(trip.fitted for trip in trips)),
        list(chain.from_iterable(trip.naive for trip in trips)),
    )


def kinds_of(compared: Sequence[Compared]) -> list[str]:
    """Kinds of parameters, in the order in which a fit has them."""
    return list(dict.fromkeys(each.kind for each in compared))


def _by_kind(trips: Sequence[Trip]) -> Table:
    fitted, without_open = all_of(trips)
    table = Table(
        f"Truths inside the {100 * INTERVAL:g}% interval",
        ("parameter", "how many", "inside", "truth is below", "truth is above", "without the open deals"),
        note="± half of the 95% interval, which counts worlds, for a world's parameters share its luck.",
    )
    for kind in kinds_of(fitted):
        table.rows.append(_row(kind, _of(fitted, kind), _of(without_open, kind)))
    table.rows.append(_row("all", fitted, without_open))
    return table


def _of(compared: Sequence[Compared], kind: str) -> list[Compared]:
    return [each for each in compared if each.kind == kind]


def _row(name: str, fitted: Sequence[Compared], without_open: Sequence[Compared]) -> Sequence[str]:
    below = sum(each.truth < each.estimate.low for each in fitted) / len(fitted)
    above = sum(each.truth > each.estimate.high for each in fitted) / len(fitted)
    return (
        name, f"{len(fitted):,}", _share(coverage(fitted)), f"{100 * below:.1f}%", f"{100 * above:.1f}%",
        _share(coverage(without_open)) if without_open else "–",
    )  # fmt: skip


def _share(interval: Interval) -> str:
    return f"{100 * interval.value:.1f}%" if math.isnan(interval.low) else percent(interval)


def _by_world(trips: Sequence[Trip]) -> Table:
    table = Table(
        "World by world",
        ("world", "export", "dates", "reps", "deals", "open", "parameters", "inside", "without the open deals"),
    )
    for _, group in groupby(trips, key=lambda trip: trip.world.name):
        times = list(group)
        world = times[0].world
        fitted, without_open = all_of(times)
        table.rows.append((
            world.name,
            world.shape,
            f"{'day' if world.is_day_first else 'month'} first{', with times' if world.has_times else ''}",
            "always there" if world.answers_at_once else "nine to five",
            f"{sum(trip.deals for trip in times) / len(times):,.0f}",
            f"{100 * sum(trip.open_share for trip in times) / len(times):.0f}%",
            f"{len(fitted):,}",
            *(f"{100 * coverage(each).value:.1f}%" for each in (fitted, without_open)),
        ))  # fmt: skip
    return table
