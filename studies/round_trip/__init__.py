"""Does calibrate find the truth? docs/calibrate.md."""

from __future__ import annotations

from collections.abc import Callable

from studies.report import Findings

REPLICATIONS = 3


def find(replications: int, seed: int, workers: int, progress: Callable[[int, int], None]) -> Findings:
    """Simulate, export and calibrate, and table and draw what comes of it."""
    from studies.round_trip.charts import coverage_by_kind  # matplotlib is slow to import
    from studies.round_trip.coverage import round_trips
    from studies.round_trip.tables import tables
    from studies.round_trip.worlds import worlds

    known = worlds()
    trips = round_trips(known, replications, seed, workers, progress)
    provenance = f"{len(known)} known worlds   ·   {replications} times each   ·   seed {seed}"
    return Findings(tables(trips), {"round_trip_coverage": coverage_by_kind(trips, provenance)})
