"""What every lever changes: factors on a program's parameters, by month, that all levers multiply into."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.program.layout import Layout
from channelsim.scenario.routing import Names, names_in

FloatArray = NDArray[np.float64]
BoolArray = NDArray[np.bool_]

AT_STEPS = ("advance", "reach", "attempt_hours", "effort_hours", "buyer_days", "handoff_leak")
OF_STREAMS = ("leads", "deal_value", "annual_churn", "annual_expansion")
OF_TEAMS = ("selling_share", "ramp_months", "annual_attrition")


@dataclass(frozen=True)
class Scope:
    """Where a lever acts; None: everywhere."""

    teams: Names | None = None
    steps: Names | None = None
    sources: Names | None = None
    segments: Names | None = None


class Scales:
    """Factors by parameter, 1 where no lever acts.

    by_name: AT_STEPS (stream, motion, step, month); OF_STREAMS (stream, month); OF_TEAMS (team, month).
    leads_brought: leads that are added to a stream's, (stream, month).
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        streams, motions, months = len(layout.streams), len(layout.motions), layout.months
        shapes = {
            **dict.fromkeys(AT_STEPS, (streams, motions, layout.max_steps, months)),
            **dict.fromkeys(OF_STREAMS, (streams, months)),
            **dict.fromkeys(OF_TEAMS, (len(layout.teams), months)),
        }
        self.by_name: dict[str, FloatArray] = {name: np.ones(shape) for name, shape in shapes.items()}
        self.leads_brought = np.zeros((streams, months))

    def __getitem__(self, name: str) -> FloatArray:
        return self.by_name[name]

    def multiply(self, name: str, by_month: FloatArray, scope: Scope) -> None:
        """Multiply a parameter by a factor for each month, where `scope` says."""
        if scope == Scope():
            self.by_name[name] *= by_month
        else:
            self.by_name[name][mask_of(self.layout, name, scope)] *= by_month


def mask_of(layout: Layout, name: str, scope: Scope) -> BoolArray:
    """Where a parameter lies within a scope: its shape without the month."""
    if name in OF_TEAMS:
        return _among(layout.teams, scope.teams)
    sources = _among([source for source, _ in layout.streams], scope.sources)
    streams: BoolArray = sources & _among([segment for _, segment in layout.streams], scope.segments)
    if name in OF_STREAMS:
        return streams
    here = np.zeros((len(layout.motions), layout.max_steps), bool)
    for motion, (steps, teams) in enumerate(zip(layout.steps, layout.step_team, strict=True)):
        here[motion, : len(steps)] = _among(steps, scope.steps) & _among(teams, scope.teams)
    at_steps: BoolArray = streams[:, None, None] & here
    return at_steps


def _among(names: Sequence[str], chosen: Names | None) -> BoolArray:
    wanted = names if chosen is None else names_in(chosen)
    return np.array([name in wanted for name in names], bool)
