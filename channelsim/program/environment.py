"""The world outside as factors by month: regimes, shocks and seasons."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from channelsim.program.scales import Scales, Scope
from channelsim.scenario.environment import CONDITIONS, Environment


def apply_environment(environment: Environment, regimes: Sequence[str] | None, scales: Scales) -> None:
    """Multiply the world outside into the scales. `regimes`: the regime of each month; None: none rules."""
    layout = scales.layout
    for name in CONDITIONS:
        seasons = getattr(environment.seasonality, name)
        if seasons is not None:
            by_month = [seasons[start.month - 1] for start in layout.month_starts[:-1]]
            scales.multiply(name, np.array(by_month, float), Scope())
        if regimes is not None:
            factor = {regime: getattr(environment.regimes[regime], name) for regime in environment.regimes}
            if any(each != 1.0 for each in factor.values()):
                scales.multiply(name, np.array([factor[regime] for regime in regimes]), Scope())
    for shock in environment.shocks.values():
        months = np.arange(layout.months)
        lasts = shock.months if shock.months is not None else layout.months
        strikes = (months >= shock.month) & (months < shock.month + lasts)
        scope = Scope(sources=shock.sources, segments=shock.segments)
        for name in CONDITIONS:
            if getattr(shock, name) != 1.0:
                scales.multiply(name, np.where(strikes, getattr(shock, name), 1.0), scope)
