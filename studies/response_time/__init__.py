"""Who answers at night, and how much of "answer within five minutes" is true: docs/studies/response_time.md."""

from __future__ import annotations

from collections.abc import Callable

import channelsim as cs
from studies.report import Findings

REPLICATIONS = 12
PRICED_REPLICATIONS = 10
"""Contribution hangs on the luck of few deals: it is simulated so many times as often as the CRMs, and quickly."""


def find(replications: int, seed: int, workers: int, progress: Callable[[int, int], None]) -> Findings:
    """Simulate, and table and draw what comes of it."""
    from studies.response_time.charts import charts  # matplotlib is slow to import
    from studies.response_time.experiment import SCENARIO, World, months_measured, scenario_of, simulate_worlds
    from studies.response_time.tables import Study, tables

    crms = simulate_worlds(replications, seed, workers, progress)
    money = cs.run(SCENARIO, replications=PRICED_REPLICATIONS * replications, seed=seed, workers=workers).result
    scenario = scenario_of(World())
    study = Study(crms, money, months_measured(scenario), len(scenario.sources))
    provenance = f"{scenario.name}   ·   {replications} replications   ·   seed {seed}"
    return Findings(tables(study), charts(study, provenance))
