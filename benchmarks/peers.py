"""The same work on channelsim and on other tools: does each come to the same figure, and how fast?"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
from scipy.special import stdtrit

from benchmarks.measure import Timing, peak_of, take_turns
from benchmarks.work import QUEUE, WORKS, Outcome, Work
from channelsim.verification.theory import erlang_c

MODULES = {
    "channelsim, fast": ("benchmarks.in_channelsim", "simulate_fast"),
    "channelsim, reference": ("benchmarks.in_channelsim", "simulate_reference"),
    "SimPy": ("benchmarks.in_simpy", "simulate"),
    "Ciw": ("benchmarks.in_ciw", "simulate"),
    "salabim": ("benchmarks.in_salabim", "simulate"),
}
NEEDS = {"Ciw": "ciw", "salabim": "salabim"}
FAST = "channelsim, fast"
CONFIDENCE = 0.999


@dataclass(frozen=True)
class Contest:
    """One work on every tool at hand. figures: mean and half-width of the 99.9% interval of the work's figure."""

    work: Work
    timings: dict[str, Timing]
    events: dict[str, float]
    figures: dict[str, tuple[float, float]]
    megabytes: dict[str, float]
    expected: float | None

    def rate(self, tool: str) -> float:
        """Events a CPU second."""
        return self.events[tool] / self.timings[tool].median

    def disagreements(self) -> list[str]:
        """Tools whose interval does not reach the fast engine's (or theory's figure, where it is known)."""
        mean, half_width = (self.expected, 0.0) if self.expected is not None else self.figures[FAST]
        return [
            f"{tool} on {self.work.name}: {own:.4g} ± {width:.2g}, expected {mean:.4g} ± {half_width:.2g}"
            for tool, (own, width) in self.figures.items()
            if abs(own - mean) > math.hypot(width, half_width)
        ]


def missing() -> list[str]:
    """Peers that are not installed."""
    return [tool for tool, module in NEEDS.items() if importlib.util.find_spec(module) is None]


def contests(rounds: int) -> list[Contest]:
    """Every work on every tool, taking turns."""
    tools = [tool for tool in MODULES if tool not in missing()]
    return [_contest(work, tools, rounds) for work in WORKS]


def _contest(work: Work, tools: list[str], rounds: int) -> Contest:
    models = {tool: getattr(importlib.import_module(MODULES[tool][0]), MODULES[tool][1]) for tool in tools}
    timings, outcomes = take_turns({tool: partial(model, work) for tool, model in models.items()}, rounds)
    name = "QUEUE" if work is QUEUE else "FUNNEL"
    stage = work.stages[0]
    return Contest(
        work=work,
        timings=timings,
        events={tool: float(np.mean([each.events for each in outcomes[tool]])) for tool in tools},
        figures=_figures(outcomes),
        megabytes={tool: peak_of(MODULES[tool][0], f"{MODULES[tool][1]}({name}, 1)") for tool in tools},
        expected=_erlang_c_wait(work.leads_an_hour, 1 / stage.mean_hours, work.reps[0]) if work is QUEUE else None,
    )


def _figures(outcomes: Mapping[str, list[Outcome]]) -> dict[str, tuple[float, float]]:
    """Mean and half-width over the replications, Student's t."""
    found = {}
    for tool, each in outcomes.items():
        values = np.array([outcome.figure for outcome in each])
        error = values.std(ddof=1) / math.sqrt(len(values))
        found[tool] = (float(values.mean()), float(stdtrit(len(values) - 1, (1 + CONFIDENCE) / 2) * error))
    return found


def _erlang_c_wait(arrivals: float, service: float, reps: int) -> float:
    return erlang_c(arrivals, service, reps) / (reps * service - arrivals)
