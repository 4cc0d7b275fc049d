"""The world outside as factors by month: regimes, shocks and seasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from channelsim.program.layout import Layout
from channelsim.program.scales import Scales, Scope
from channelsim.scenario.environment import CONDITIONS, Environment, Seasons


def apply_environment(
    environment: Environment, layout: Layout, regimes: Sequence[str] | None, scales: Scales
) -> None:
    """Multiply the world outside into the scales. `regimes`: the regime of each month; None: none rules."""
    for name in CONDITIONS:
        scales.multiply(name, _of_seasons(environment.seasonality, layout, name), Scope())
        if regimes is not None:
            by_month = [getattr(environment.regimes[regime], name) for regime in regimes]
            scales.multiply(name, np.array(by_month), Scope())
    for shock in environment.shocks.values():
        months = np.arange(layout.months)
        lasts = shock.months if shock.months is not None else layout.months
        strikes = (months >= shock.month) & (months < shock.month + lasts)
        scope = Scope(sources=shock.sources, segments=shock.segments)
        for name in CONDITIONS:
            scales.multiply(name, np.where(strikes, getattr(shock, name), 1.0), scope)


def _of_seasons(seasons: Seasons, layout: Layout, name: str) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    factors = getattr(seasons, name) or [1.0] * 12
    return np.array([factors[start.month - 1] for start in layout.month_starts[:-1]], float)
