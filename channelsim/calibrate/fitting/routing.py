"""Which way a segment's deals go."""

from __future__ import annotations

import numpy as np
import polars as pl

from channelsim.calibrate.estimates import RouteShare
from channelsim.calibrate.fitting import beliefs
from channelsim.calibrate.records import Export


def route_shares(export: Export) -> tuple[RouteShare, ...]:
    """Shares of the routes in each segment: Dirichlet posteriors, so that they add up to 1."""
    names = [route.name for route in export.routes]
    deals = export.deals
    if len(export.segments) == 1:
        deals = deals.with_columns(segment=pl.lit(export.segments[0]))
    table = deals.group_by("segment", "route").len()
    counts = {(segment, route): count for segment, route, count in table.iter_rows()}
    result = []
    for segment in export.segments:
        found = beliefs.shares(np.array([counts.get((segment, name), 0) for name in names], float))
        result.append(RouteShare(segment, dict(zip(names, found, strict=True))))
    return tuple(result)
