"""Cells: the kinds of days that a scenario tells apart, and how long each takes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from channelsim.calibrate.estimates import Fit, Spread
from channelsim.calibrate.records import NO, YES

LEAST_CV, MOST_CV = 0.05, 10.0  # of a scenario's gamma and weibull


@dataclass(frozen=True, order=True)
class Cell:
    """Days of one kind: until yes or until no, at a step, of segments that do not differ in them."""

    route: str
    step: str
    outcome: str  # YES or NO
    segments: tuple[str, ...]


@dataclass(frozen=True)
class Days:
    """How long something takes, as a scenario has it."""

    family: str  # "constant": always `mean`
    mean: float
    mean_sd: float  # of what is believed about the mean; 0: written as a plain number
    cv: float
    values: tuple[float, ...] = ()  # of "empirical"

    @property
    def sd(self) -> float:
        """Standard deviation of the days."""
        return float(np.std(self.values)) if self.values else self.cv * self.mean


def groups(spreads: Mapping[str, Spread]) -> Iterator[tuple[Spread, tuple[str, ...]]]:
    """Spreads, each with the segments whose it is."""
    seen: dict[int, tuple[Spread, list[str]]] = {}
    for segment, spread in spreads.items():
        seen.setdefault(id(spread), (spread, []))[1].append(segment)
    yield from ((spread, tuple(segments)) for spread, segments in seen.values())


def spread_of(fit: Fit, cell: Cell) -> Spread:
    """What the fit says about the days of a cell."""
    step = next(
        step for route in fit.routes if route.name == cell.route for step in route.steps if step.step == cell.step
    )
    found = step.if_yes if cell.outcome == YES else step.if_no
    assert found is not None
    return found[cell.segments[0]]


def days_of(spread: Spread) -> Days:
    """Days as the fit has them, nothing taken off."""
    if spread.family == "empirical":
        values = tuple(sorted(max(0.0, float(each)) for each in spread.values))
        return Days("empirical", float(np.mean(values)), 0.0, _cv_of(values), values)
    cv = 1.0 if spread.family == "exponential" else spread.cv.value
    return Days(spread.family, spread.mean.value, spread.mean.sd, min(max(cv, LEAST_CV), MOST_CV))


def cells_of(fit: Fit) -> tuple[Cell, ...]:
    """All cells, in the order of routes and steps."""
    return tuple(
        Cell(route.name, step.step, outcome, segments)
        for route in fit.routes
        for step in route.steps
        for outcome, spreads in ((YES, step.if_yes), (NO, step.if_no))
        if spreads is not None
        for _, segments in groups(spreads)
    )


def _cv_of(values: tuple[float, ...]) -> float:
    mean = float(np.mean(values))
    return float(np.std(values)) / mean if mean > 0 else 0.0
