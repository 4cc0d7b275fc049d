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


def reach_probability(program: Any, stream: int, motion: int, step: int, month: int, age_hours: float) -> float:
    """The chance that an attempt reaches a reachable lead that was last warm `age_hours` ago."""
    reach = program.reach[stream][motion][step][month]
    length = program.cooling_length[motion][step]
    if length == 0:
        return reach
    first = program.cooling_first[motion][step]
    if age_hours <= 0.0:
        return reach * program.curve_y[first]
    age = age_hours * program.cooling_speed[stream]
    return reach * curve_value(program, first, length, math.log(age))


def luck_of(happened: bool, chance: float) -> float:
    """How much better than its chance something went: 0 on average, whatever the chance."""
    return (1.0 if happened else 0.0) - chance


def advance_probability(
    program: Any, stream: int, motion: int, step: int, month: int, deal_value: float, fit: float
) -> float:
    """The chance that the buyer says yes to a step whose touches ended in `month`."""
    advance = program.advance[stream][motion][step][month]
    length = program.value_curve_length[motion][step]
    if length > 0:
        first = program.value_curve_first[motion][step]
        if deal_value <= 0.0:
            advance *= program.curve_y[first]
        else:
            advance *= curve_value(program, first, length, math.log(deal_value))
    return shifted(advance, fit + program.fit_offset[stream][motion][step])


def shifted(chance: float, shift: float) -> float:
    """A chance moved on the logit scale; one that is certain either way stays."""
    if shift == 0.0 or chance <= 0.0 or chance >= 1.0:
        return chance
    odds = chance / (1.0 - chance) * math.exp(shift)
    return odds / (1.0 + odds)


def fit_of(program: Any, stream: int, deviate: float) -> float:
    """How fit a lead is, on the logit scale, for a standard normal deviate."""
    return program.fit_spread[stream] * (program.fit_mean[stream] + deviate)


def score_of(program: Any, stream: int, deviate: float, noise: float) -> float:
    """What is known of a lead's fit: fit seen through noise, two standard normal deviates, as one."""
    return program.score_weight[stream] * (program.fit_mean[stream] + deviate) + program.score_noise[stream] * noise


def buyer_hours(program: Any, stream: int, motion: int, step: int, month: int, hours: float) -> float:
    """How long the buyer takes to answer, in calendar hours, of the hours drawn."""
    scale = program.buyer_hours_scale[stream][motion][step][month]
    return hours * scale + program.buyer_hours_more[stream][motion][step]
