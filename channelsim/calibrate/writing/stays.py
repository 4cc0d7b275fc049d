"""How long simulated deals stay in each step, and what becomes of them there: read from the engine's trace."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.engine.trace import LEAD_SHIFT, Happening, Trace
from channelsim.program.compile import compile_program
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.schema import Scenario

Floats = NDArray[np.float64]
HOURS_A_DAY = 24.0
PLENTY = 5
LOST_OTHERWISE = (Happening.COOLED, Happening.UNREACHABLE, Happening.ORPHANED)
ENDINGS = (Happening.ADVANCED, Happening.DECLINED, *LOST_OTHERWISE)
NOTED = (Happening.ENTERED, Happening.DECIDING, *ENDINGS)
FIELDS = ("time", "happening", "lead", "motion", "step")


@dataclass(frozen=True)
class Stays:
    """Stays of deals in steps, a row each: columns route, step, segment, work_days (from entering until the buyer
    starts to decide; null: it did not come to that), days (until it ended), ending (a Happening of ENDINGS),
    before_days (since the deal came to its route's first step)."""

    rows: pl.DataFrame

    @cached_property
    def _by_step(self) -> dict[tuple[object, ...], pl.DataFrame]:
        return self.rows.partition_by("route", "step", as_dict=True)

    def of(self, route: str, step: str, segments: tuple[str, ...] | None = None) -> pl.DataFrame:
        """Those of a step, of some segments where given."""
        found = self._by_step.get((route, step), self.rows.clear())
        return found if segments is None else found.filter(pl.col("segment").is_in(list(segments)))


@dataclass(frozen=True)
class Enough:
    """When enough stays are simulated."""

    stays: int
    in_a_step: int  # in each that is ever reached
    runs: int  # for a queue may be long for months, and a year of it says little; fewer for PLENTY times the stays
    most_runs: int

    def is_reached(self, runs: int, counts: Mapping[tuple[str, str], int]) -> bool:
        """counts: stays by route and step."""
        if runs >= self.most_runs:
            return True
        total = sum(counts.values())
        is_steady = runs >= self.runs or total >= PLENTY * self.stays
        return is_steady and total >= self.stays and min(counts.values()) >= self.in_a_step


def stays_of(scenario: Scenario, from_day: float, to_day: float, seed: int, enough: Enough) -> Stays:
    """Simulate a strategy until enough stays began between two days of the horizon."""
    from channelsim.engine.fast import simulate  # the compiler is slow to import

    layout, program = layout_of(scenario), compile_program(scenario)
    frames: list[pl.DataFrame] = []
    counts: dict[tuple[str, str], int] = {}
    while not enough.is_reached(len(frames), counts):
        trace = _Noted()
        simulate(program, seed, len(frames), trace)
        frames.append(_stays(trace.frame, layout, from_day, to_day))
        for route, step, count in frames[-1].group_by("route", "step").len().iter_rows():
            counts[route, step] = counts.get((route, step), 0) + count
    return Stays(pl.concat(frames))


class _Noted(Trace):
    """A trace that keeps only what stays are made from, as a frame."""

    frame: pl.DataFrame

    def batch(self, records: NDArray[np.void]) -> None:
        """Keep the events that are of those."""
        kept = records[np.isin(records["happening"], [int(each) for each in NOTED])]
        self.frame = pl.DataFrame({name: np.ascontiguousarray(kept[name]) for name in FIELDS})


def _stays(noted: pl.DataFrame, layout: Layout, from_day: float, to_day: float) -> pl.DataFrame:
    noted = noted.with_columns(pl.col("time") / HOURS_A_DAY)
    key = ["lead", "motion", "step"]
    entered = noted.filter(pl.col("happening") == Happening.ENTERED).select(*key, entered="time")
    decided = noted.filter(pl.col("happening") == Happening.DECIDING).select(*key, decided="time")
    ended = noted.filter(pl.col("happening").is_in([int(each) for each in ENDINGS])).select(
        *key, ended="time", ending="happening"
    )
    routes = pl.Series(list(layout.motions), dtype=pl.String)
    segments = pl.Series([segment for _, segment in layout.streams], dtype=pl.String)
    steps = pl.Series([step for of_motion in layout.steps for step in of_motion], dtype=pl.String)
    first = np.concatenate([[0], np.cumsum([len(of_motion) for of_motion in layout.steps])[:-1]])
    created = entered.group_by("lead", "motion").agg(created=pl.col("entered").min())
    stays = (
        entered.filter(pl.col("entered").is_between(from_day, to_day))
        .join(decided, on=key, how="left")
        .join(ended, on=key, how="left")
        .join(created, on=["lead", "motion"])
        .sort(key)
    )
    motion = stays["motion"].to_numpy()
    return pl.DataFrame(
        {
            "route": routes[motion] if len(stays) else pl.Series([], dtype=pl.String),
            "step": steps[first[motion] + stays["step"].to_numpy()]
            if len(stays)
            else pl.Series([], dtype=pl.String),
            "segment": segments[stays["lead"].to_numpy() >> LEAD_SHIFT]
            if len(stays)
            else pl.Series([], dtype=pl.String),
            "work_days": stays["decided"] - stays["entered"],
            "days": stays["ended"] - stays["entered"],
            "ending": stays["ending"],
            "before_days": stays["entered"] - stays["created"],
        }
    )
