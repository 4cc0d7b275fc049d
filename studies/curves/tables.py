"""The gain in figures."""

from __future__ import annotations

import numpy as np

from studies.curves.experiment import FIGURES, Both, times_as_many
from studies.report import Table

WORDS = {"contribution": "contribution", "won": "deals won"}


def gains(found: dict[str, Both]) -> Table:
    """How many times the replications shared random numbers are worth, by what is varied, figure and strategy."""
    strategies = next(iter(found.values())).shared.strategies
    table = Table(
        "Times as many replications that points with random numbers of their own would need",
        ("varied", "what changes from one point to the next", *strategies),
        note="Ratio of the variances of that change, on average over the points.",
    )
    for words, both in found.items():
        for figure in FIGURES:
            moving = [name for name in strategies if np.diff(both.shared.simulated(name, figure), axis=0).any()]
            cells = {
                name: f"{times_as_many(both.shared.figures(name, figure), both.apart.figures(name, figure)):,.1f}"
                for name in moving
            }
            table.rows.append((words, WORDS[figure], *(cells.get(name, "does not change") for name in strategies)))
    return table
