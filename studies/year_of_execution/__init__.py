"""A few initiatives well executed, or many by halves: docs/studies/year_of_execution.md."""

from __future__ import annotations

from collections.abc import Callable

from studies.report import Findings

REPLICATIONS = 400


def find(replications: int, seed: int, workers: int, progress: Callable[[int, int], None]) -> Findings:
    """Simulate, and table and draw what comes of it."""
    from studies.year_of_execution.charts import charts  # matplotlib is slow to import
    from studies.year_of_execution.experiment import simulate_all
    from studies.year_of_execution.tables import tables

    found = simulate_all(replications, seed, workers, progress)
    provenance = f"{found.scenario_name}   ·   {replications} replications   ·   seed {seed}"
    return Findings(tables(found), charts(found, provenance))
