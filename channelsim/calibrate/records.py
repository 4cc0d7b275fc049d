"""What every shape of export is read into, and what the estimates are made from.

Times are in days, with fractions, since midnight of `Export.origin`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import polars as pl

Channel = Literal["inside", "outside", "hybrid"]

DAYS_A_MONTH = 365.25 / 12
"""On average."""

WON, LOST, OPEN = "won", "lost", "open"
"""How a deal stands, `deals.ending`."""
YES, NO = "yes", "no"
"""How a stage ended, `stages.ending`: the deal went on (or was won), or was lost here. Or it is still OPEN."""

DEALS: Mapping[str, pl.DataType] = {
    "deal": pl.UInt32(),  # 0, 1, 2, ...: its row
    "key": pl.String(),  # what the export calls it
    "source": pl.String(),  # where it came from; null: not said
    "segment": pl.String(),  # null: not said
    "route": pl.String(),  # how it was sold, a key of `Export.routes`; never null
    "owner": pl.String(),  # the rep; null: not said
    "value": pl.Float64(),  # above 0; null: not said, or entered as 0
    "created_day": pl.Float64(),  # null where the export has durations and no dates
    "closed_day": pl.Float64(),  # null while open, or where the export has no dates
    "days": pl.Float64(),  # from creation to its end, or to the cut-off while it is open
    "ending": pl.String(),  # WON, LOST, OPEN
}
STAGES: Mapping[str, pl.DataType] = {
    "deal": pl.UInt32(),  # the row of `deals`
    "step": pl.UInt8(),  # position in the steps of the deal's route
    "days": pl.Float64(),  # spent in it until it ended, or so far
    "ending": pl.String(),  # YES, NO, OPEN
}


@dataclass(frozen=True)
class Route:
    """A way to sell that the export tells apart: a motion of the scenario to be."""

    name: str  # fit for a scenario
    label: str  # as the export has it
    channel: Channel
    steps: tuple[str, ...]  # names fit for a scenario, in order; one alone where the export has no history


@dataclass(frozen=True)
class Count:
    """Rows of one kind that a reader wants to know of."""

    what: str  # "exact duplicates", "closed before created", "no amount", ...
    rows: int
    done: str  # what became of them: "dropped", "kept, their value not used", ...
    examples: tuple[str, ...] = ()  # keys of a few


@dataclass(frozen=True)
class Column:
    """What a column of a file was taken for."""

    file: str
    column: str
    field: str  # "created", "closed", "amount", ...; "" = not used
    how: str  # "by its name", "by the mapping file", "by its values"
    sample: str  # a value or two, as they stand


@dataclass(frozen=True)
class Export:
    """An export, read: its deals and the stages that they went through."""

    files: tuple[str, ...]
    deals: pl.DataFrame  # columns DEALS, sorted by creation then key
    stages: pl.DataFrame  # columns STAGES, sorted by deal and step; at least one row a deal
    routes: tuple[Route, ...]
    segments: tuple[str, ...]  # names fit for a scenario, in order; one alone where the export has none
    sources: tuple[str, ...]
    labels: Mapping[str, str]  # of segments and sources, as the export has them
    origin: dt.date | None  # day 0; None where the export has no dates
    first_day: float  # deals created from here on are in the export; 0 where it has no dates
    cutoff_day: float  # the export was made then; 0 where it has no dates
    resolution_days: float  # 0: times of day are known; 1: dates alone, or whole days
    losses_are_seen: bool  # False: a deal that is not won may be lost or open, nobody wrote it down
    currency: str
    columns: tuple[Column, ...]
    counts: tuple[Count, ...]  # what was found in the data, in the order in which it was looked for
    sentences: tuple[str, ...]  # decisions said aloud: "Dates are read day first: 17 of them can be nothing else"

    def route(self, name: str) -> Route:
        """The route of a name."""
        return next(route for route in self.routes if route.name == name)


def frames(
    deals: Sequence[Mapping[str, object]], stages: Sequence[Mapping[str, object]]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The two frames from rows, with their types."""
    return pl.DataFrame(deals, schema=dict(DEALS)), pl.DataFrame(stages, schema=dict(STAGES))
