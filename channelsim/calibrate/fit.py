"""All estimates from an export."""

from __future__ import annotations

from channelsim.calibrate.arrivals import segment_shares, source_fits, source_shares
from channelsim.calibrate.conversions import route_fits
from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.people import people_fits
from channelsim.calibrate.records import OPEN, Export
from channelsim.calibrate.routing import route_shares
from channelsim.calibrate.values import value_fits
from channelsim.errors import UserError


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
        sentences=(*of_sources, *values.sentences, *of_people, *_on_losses(export)),
    )


def _on_losses(export: Export) -> list[str]:
    if export.losses_are_seen:
        return []
    return [
        "Nobody wrote down which deals were lost: what is not won may be lost or open. How many will be won in the "
        "end is told from when the others were."
    ]
