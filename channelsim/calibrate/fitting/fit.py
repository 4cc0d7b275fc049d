"""All estimates from an export."""

from __future__ import annotations

import polars as pl

from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.fitting.arrivals import segment_shares, source_fits, source_shares
from channelsim.calibrate.fitting.conversions import route_fits
from channelsim.calibrate.fitting.people import people_fits
from channelsim.calibrate.fitting.routing import route_shares
from channelsim.calibrate.fitting.values import value_fits
from channelsim.calibrate.records import OPEN, Export
from channelsim.errors import UserError

YOUNG_DEALS = 5
"""That all of so many had ended before their time would be odd."""


def estimate(export: Export) -> Fit:
    """What an export says of a scenario, each figure with its uncertainty. Raises UserError for an export of which
    nothing can be learnt: no deals, or none that ended."""
    if not export.deals.height:
        raise UserError(f"{', '.join(export.files)}: no deals; choose an export of opportunities that has some")
    if (export.deals["ending"] == OPEN).all():
        raise UserError(
            f"{', '.join(export.files)}: all {export.deals.height:,} deals are open, so nothing says how many are "
            "won or how long it takes; choose an export with closed deals, too, or say with --map which values of "
            "the stage mean won and lost"
        )
    values = value_fits(export)
    sources, of_sources = source_fits(export)
    people, of_people = people_fits(export)
    return Fit(
        export=export,
        routes=route_fits(export),
        sources=sources,
        source_shares=source_shares(export),
        segment_shares=segment_shares(export),
        routing=route_shares(export),
        values=values.values,
        value_factor=values.factor,
        people=people,
        sentences=(
            *of_sources,
            *values.sentences,
            *of_people,
            *_on_losses(export),
            *_on_open_deals(export),
            *_on_segments(export),
        ),
    )


def _on_losses(export: Export) -> list[str]:
    if export.losses_are_seen:
        return []
    return [
        "Nobody wrote down which deals were lost: what is not won may be lost or open. How many will be won in the "
        "end is told from when the others were."
    ]


def _on_open_deals(export: Export) -> list[str]:
    """Whether open deals seem to have been left out: then deals of late are in only if they ended soon."""
    if (export.deals["ending"] == OPEN).any():
        return []
    if export.origin is None:
        return ["No deal is open: were open ones left out, days are too short and win rates are of quick deals."]
    typical = float(export.deals["days"].to_numpy().mean())
    young = export.deals.filter(pl.col("created_day") > export.cutoff_day - typical).height
    if young < YOUNG_DEALS:
        return []
    return [
        f"No deal is open, though {young:,} began less than the mean of {typical:.0f} days before the export: it "
        "looks as if open deals were left out. Then days are too short and win rates are of quick deals; export "
        "all deals."
    ]


def _on_segments(export: Export) -> list[str]:
    unsaid = export.deals["segment"].null_count()
    if not unsaid or len(export.segments) == 1:
        return []
    return [f"{unsaid:,} deals name no segment: they count for how long things take, not for any segment's shares."]
