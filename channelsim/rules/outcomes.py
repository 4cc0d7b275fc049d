"""What an attempt and a decision yield."""

from __future__ import annotations

import math
from typing import Any


def curve_value(program: Any, first: int, length: int, x: float) -> float:
    """A tabulated curve at `x`: linear between its points, flat beyond them."""
    if x <= program.curve_x[first]:
        return program.curve_y[first]
    last = first + length - 1
    if x >= program.curve_x[last]:
        return program.curve_y[last]
    right = first + 1
    while program.curve_x[right] < x:
        right += 1
    left = right - 1
    share = (x - program.curve_x[left]) / (program.curve_x[right] - program.curve_x[left])
    return program.curve_y[left] + share * (program.curve_y[right] - program.curve_y[left])


def reach_probability(program: Any, stream: int, motion: int, step: int, age_hours: float) -> float:
    """The chance that an attempt reaches a reachable lead that was last warm `age_hours` ago."""
    reach = program.reach[stream][motion][step]
    length = program.cooling_length[motion][step]
    if length == 0:
        return reach
    first = program.cooling_first[motion][step]
    if age_hours <= 0.0:
        return reach * program.curve_y[first]
    return reach * curve_value(program, first, length, math.log(age_hours))


def advance_probability(program: Any, stream: int, motion: int, step: int, month: int, deal_value: float) -> float:
    """The chance that the buyer says yes to a step whose touches ended in `month`."""
    advance = program.advance[stream][motion][step][month]
    length = program.value_curve_length[motion][step]
    if length == 0:
        return advance
    first = program.value_curve_first[motion][step]
    if deal_value <= 0.0:
        return advance * program.curve_y[first]
    return advance * curve_value(program, first, length, math.log(deal_value))
