"""What takes luck out of the means of a run."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import Controls, controls_for

FloatArray = NDArray[np.float64]


def controls_of(
    decided: Mapping[str, FloatArray], luck: Mapping[str, FloatArray], baseline: str
) -> Controls | None:
    """Controls from the luck of all strategies, if they help to tell each from the baseline (or, of one strategy,
    to know its figure). decided: the decision metric, strategy -> one a replication; where one failed: none."""
    values = [decided[baseline]]
    if len(decided) > 1:
        values = [each - decided[baseline] for name, each in decided.items() if name != baseline]
    if np.isnan(values).any() or not any(each.any() for each in luck.values()):
        return None
    return controls_for(list(luck.values()), values)
