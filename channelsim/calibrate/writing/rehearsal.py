"""Simulating a scenario that is being written: each route by itself, so that a small one is seen often enough, too.

Every route has a team of its own, and deals come independently of each other. So a route that gets the deals that
routing sends it, and no others, behaves as it does beside the other routes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping
from dataclasses import replace

import polars as pl

from channelsim.calibrate.records import DAYS_A_MONTH
from channelsim.calibrate.writing.cells import Cell, Days
from channelsim.calibrate.writing.draft import Draft
from channelsim.calibrate.writing.staffing import routed
from channelsim.calibrate.writing.stays import Enough, Stays, stays_of
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_text
from channelsim.scenario.routing import RoutingRule
from channelsim.scenario.schema import IMPLICIT_STRATEGY, Scenario

SEED = 1
FEWEST_STAYS = 20_000
"""Of all routes together."""
FEWEST_IN_A_STEP = 500
FEWEST_RUNS = 10
MOST_RUNS = 120
MOST_TAIL_MONTHS = 48


def simulated(draft: Draft, text_of: Callable[[Draft], str], only: Collection[str] = ()) -> Stays:
    """The stays of a draft as things are, as if all were known and nothing grew, and long enough afterwards for all
    of them to end. text_of: writes a draft. only: these routes."""
    known = {cell: replace(days, mean_sd=0.0) for cell, days in draft.days.items()}  # means, not medians
    draft = replace(draft, days=known)
    text = read_text(text_of(draft), "the scenario being written")
    sets = [f"sources.{source.name}.annual_growth=0" for source in draft.fit.sources]
    scenario = load(text, sets, only=[IMPLICIT_STRATEGY]).strategies[IMPLICIT_STRATEGY]
    from_day, to_day = (months * DAYS_A_MONTH for months in (draft.warmup_months, draft.months))
    share = math.ceil(FEWEST_STAYS / len(draft.fit.routes))
    enough = Enough(share, FEWEST_IN_A_STEP, FEWEST_RUNS, MOST_RUNS)
    found = [
        stays_of(alone, from_day, to_day, SEED, enough).rows
        for route in draft.fit.routes
        if (not only or route.name in only) and (alone := _alone(scenario, draft, route.name)) is not None
    ]
    return Stays(pl.concat(found))


def _alone(scenario: Scenario, draft: Draft, route: str) -> Scenario | None:
    """A route with the deals that routing sends it; None if it gets none."""
    ways = {segment: routed(draft.fit, segment)[route] for segment in draft.fit.export.segments}
    sources = {}
    for name, source in scenario.sources.items():
        reach = {segment: share * ways[segment] for segment, share in source.mix.items()}
        total = sum(reach.values())
        if total > 0:
            mix = {segment: share / total for segment, share in reach.items()}
            leads = source.leads_per_month * total
            sources[name] = source.model_copy(update={"leads_per_month": leads, "mix": mix})
    if not sources:
        return None
    days = {cell: each for cell, each in draft.days.items() if cell.route == route}
    horizon = scenario.horizon.model_copy(update={"months": draft.months + _tail_months(days)})
    routing = [RoutingRule(motion=route)]
    return scenario.model_copy(update={"sources": sources, "routing": routing, "horizon": horizon})


def _tail_months(days: Mapping[Cell, Days]) -> int:
    longest = max((_longest(each) for each in days.values()), default=0.0)
    return min(1 + math.ceil(longest / DAYS_A_MONTH), MOST_TAIL_MONTHS)


def _longest(days: Days) -> float:
    """Days that all but very few take."""
    return max(days.values) if days.values else days.mean * (1 + 6 * days.cv)
