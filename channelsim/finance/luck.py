"""What the luck of a replication was worth: buyers who answered, or were reached, better than their chances."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.finance.prices import Prices
from channelsim.finance.quantities import Quantities
from channelsim.program.arrays import Program

FloatArray = NDArray[np.float64]
KINDS = ("answers", "attempts")


def worth_of_luck(quantities: Quantities, program: Program, prices: Prices) -> FloatArray:
    """Luck of answers and of attempts, in gross margin, (replication, 2): their expectation is exactly 0.

    Each yes or no is compared with its own chance, known before it was drawn, so the sum is a martingale whatever
    queues and reps do. It is weighted by what a yes leads to: deal value x the chance of a yes at all later steps x
    gross margin. The weights need not be exact; they only make the luck resemble the profit that it causes.
    """
    later = np.zeros_like(program.advance)  # [stream, motion, step, month]
    for motion, steps in enumerate(program.step_count):
        later[:, motion, steps - 1] = 1.0
        for step in range(int(steps) - 2, -1, -1):
            later[:, motion, step] = later[:, motion, step + 1] * program.advance[:, motion, step + 1]
    deal = prices.gross_margin[:, None] * program.value_factor  # [stream, motion], per unit of deal value
    luck_and_weight = ((quantities.answer_luck, later), (quantities.reach_luck, later * program.advance))
    worth = [np.einsum("rtsmj,smjt,sm->r", luck, weight, deal) for luck, weight in luck_and_weight]
    return np.stack(worth, axis=1)
