"""How many reps, and hired how fast: docs/studies/sizing.md."""

from __future__ import annotations

from collections.abc import Callable

from studies.report import Findings

REPLICATIONS = 100


def find(replications: int, seed: int, workers: int, progress: Callable[[int, int], None]) -> Findings:
    """Simulate, and table and draw what comes of it."""
    from studies.sizing.charts import charts  # matplotlib is slow to import
    from studies.sizing.experiment import simulate_all
    from studies.sizing.tables import tables

    found = simulate_all(replications, seed, workers, progress)
    provenance = f"{found.scenario_name}   ·   {replications} replications   ·   seed {seed}"
    return Findings(tables(found), charts(found, provenance))
