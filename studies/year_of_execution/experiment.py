"""What is simulated: every initiative alone, the scenario's strategies, and the many with one thing mended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load

FloatArray = NDArray[np.float64]

SCENARIO = str(Path(__file__).parents[2] / "scenarios" / "year_of_execution.yaml")
WAYS = ("phone", "field", "hybrid")
AS_IS, FEW, MANY = "as it is", "few, well", "many, by halves"
PLANS = {AS_IS: "", FEW: "_few", MANY: "_many"}
"""What is appended to a way to sell in the scenario's names of strategies."""
METRICS = ("contribution", "gross_margin", "bookings", "cost_total", "won", "ltv_to_cac", "first_response_hours")
WELL = "execution.quality=0.9"
NO_SWITCHING = ("execution.switching_hours_per_week=0", "execution.shared_adoption=0")
NO_OVERLOAD = ("execution.focus=null",)
MENDED: dict[str, tuple[str, Sequence[str]]] = {
    "many, by halves": ("hybrid_many", ()),
    "... all effects realised as by the few": ("hybrid_many", ["strategies.hybrid_many." + WELL]),
    "... all tools integrated, at no cost": ("hybrid_many", NO_SWITCHING),
    "... no limit to the focus": ("hybrid_many", NO_OVERLOAD),
    "... all three": ("hybrid_many", ["strategies.hybrid_many." + WELL, *NO_SWITCHING, *NO_OVERLOAD]),
    "few, well": ("hybrid_few", ()),
    "few, by halves": ("hybrid_few", ["execution.quality=0.45"]),
}
"""The many with one thing mended at a time, and the few beside them: strategy and what is set."""

Progress = Callable[[int, int], None]
Values = dict[str, FloatArray]
"""Metric -> a value a replication."""


@dataclass(frozen=True)
class Simulated:
    """alone: by initiative, rolled out alone in the hybrid, and nothing under AS_IS, with other luck than the rest,
    so that picking the best of them does not flatter what was picked. strategies: by name. mended: by the names
    above."""

    alone: dict[str, Values]
    strategies: dict[str, Values]
    mended: dict[str, Values]
    scenario_name: str
    currency: str
    months: int


def simulate_all(replications: int, seed: int, workers: int, progress: Progress) -> Simulated:
    """Everything, with the same leads and the same truth about the initiatives in each part."""
    scenario = load(SCENARIO).scenario
    initiatives = list(scenario.initiatives)
    tasks = 1 + len(initiatives) + len(WAYS) * len(PLANS) + len(MENDED)
    done = 0

    def run(sets: Sequence[str], only: Sequence[str], seed: int) -> dict[str, Values]:
        nonlocal done
        result = run_study(load(SCENARIO, sets, only), replications=replications, seed=seed, workers=workers)
        if result.failures:
            raise RunError(str(result.failures[0]))
        done += len(result.strategies)
        progress(done, tasks)
        return {name: {m: result.metric_values(m)[name] for m in METRICS} for name in result.strategies}

    alone = {AS_IS: run([], ["hybrid"], seed + 1)["hybrid"]}
    for name in initiatives:
        alone[name] = run([f"rollout=[{name}]"], ["hybrid"], seed + 1)["hybrid"]
    strategies = run([], [f"{way}{suffix}" for way in WAYS for suffix in PLANS.values()], seed)
    mended = {words: run(sets, [strategy], seed)[strategy] for words, (strategy, sets) in MENDED.items()}
    months = scenario.horizon.months - scenario.horizon.warmup_months
    return Simulated(alone, strategies, mended, scenario.name, scenario.currency, months)
