"""What common random numbers do for curves: docs/curves.md."""

from __future__ import annotations

from collections.abc import Callable

from studies.report import Findings

REPLICATIONS = 60


def find(replications: int, seed: int, workers: int, progress: Callable[[int, int], None]) -> Findings:
    """Simulate, and table and draw what comes of it."""
    from studies.curves.charts import side_by_side  # matplotlib is slow to import
    from studies.curves.experiment import simulate_all
    from studies.curves.tables import gains

    found = simulate_all(replications, seed, workers, progress)
    return Findings([gains(found)], {"curves_random_numbers": side_by_side(found)})
