"""What is simulated: sales forces of many sizes on the same enquiries, and three plans to hire."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError
from channelsim.experiment.run import run_study
from channelsim.scenario.load import Study, load

FloatArray = NDArray[np.float64]

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "sizing.yaml")
AS_IS, AT_ONCE, PHASED = "as_is", "at_once", "phased"
PLANS = (AS_IS, AT_ONCE, PHASED)
SIZES = (8, 10, 12, 14, 16, 18, 20, 22, 24, 26, 28, 30, 32, 36, 40)
YEARS = 2
"""Measured for the curve, after the scenario's warm-up; hiring plans are followed to the scenario's end."""
LARGEST, OLDEST = "largest", "oldest"
SPREADS = (0.65, 1.3, 2.6)
SPREAD = 1.3
"""Coefficients of variation of the deal value; the second is the scenario's."""
RAMPS = (3, 6, 12)
"""Months until a new rep is fully productive."""
HIRE_COSTS = (0, 35_000)
METRICS = ("contribution", "bookings", "gross_margin", "cost.field", "utilization.field", "leads", "lost.cooled",
           "won", "deal_size")  # fmt: skip

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Force:
    """A way to sell, whatever the number of reps: who is worked first, and how much deals differ."""

    triage: str = LARGEST
    spread: float = SPREAD


FORCES = (*(Force(triage) for triage in (LARGEST, OLDEST)), *(Force(spread=s) for s in SPREADS if s != SPREAD))
Curve = dict[int, dict[str, FloatArray]]
"""By size: metric -> a value a replication, over all years measured."""


@dataclass(frozen=True)
class Hiring:
    """What a new rep takes: months to full productivity, and money to find."""

    ramp_months: int = 6
    hire_cost: int = 35_000


HIRINGS = tuple(Hiring(ramp, cost) for cost in reversed(HIRE_COSTS) for ramp in RAMPS)


@dataclass(frozen=True)
class Simulated:
    """curves: by way to sell. plans: by way to hire and plan, contribution a month from the warm-up's end on,
    shape (replication, month)."""

    curves: dict[Force, Curve]
    plans: dict[Hiring, dict[str, FloatArray]]
    scenario_name: str
    currency: str


def simulate_all(replications: int, seed: int, workers: int, progress: Progress) -> Simulated:
    """Every size of every force, and every plan."""
    scenario = load(SCENARIO).scenario
    warmup = scenario.horizon.warmup_months
    tasks = len(FORCES) * len(SIZES) + len(HIRINGS) * len(PLANS)
    done = 0

    def run(study: Study) -> dict[str, dict[str, FloatArray]]:
        """By strategy: metrics, and the month's contribution."""
        nonlocal done
        result = run_study(study, replications=replications, seed=seed, workers=workers)
        if result.failures:
            raise RunError(str(result.failures[0]))
        found = {}
        for name in result.strategies:
            metrics = {metric: result.metric_values(metric)[name] for metric in METRICS}
            monthly = result.monthly[name]
            metrics["monthly"] = monthly["bookings"] * _margin(study) - monthly["cost_total"]
            found[name] = metrics
        done += len(found)
        progress(done, tasks)
        return found

    curves: dict[Force, Curve] = {}
    for force in FORCES:
        curves[force] = {
            size: run(load(SCENARIO, _sets(force, size, warmup), only=[AS_IS]))[AS_IS] for size in SIZES
        }
    plans = {}
    for hiring in HIRINGS:
        sets = [
            f"teams.field.people.ramp_months={hiring.ramp_months}",
            f"teams.field.pay.hire_cost={hiring.hire_cost}",
        ]
        found = run(load(SCENARIO, sets, only=PLANS))
        plans[hiring] = {name: metrics["monthly"][:, warmup:] for name, metrics in found.items()}
    return Simulated(curves, plans, scenario.name, scenario.currency)


def _sets(force: Force, size: int, warmup: int) -> list[str]:
    return [
        f"teams.field.headcount={size}",
        f"teams.field.queue.discipline={force.triage}",
        f"segments.plants.deal_value.cv={force.spread}",
        f"horizon.months={warmup + 12 * YEARS}",
    ]


def _margin(study: Study) -> float:
    (segment,) = study.scenario.segments.values()
    return segment.gross_margin
