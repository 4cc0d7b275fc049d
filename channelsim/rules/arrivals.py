"""When the next lead comes: a Poisson process whose intensity follows the months and the hours of the week."""

from __future__ import annotations

import math
from typing import Any


def exponential_gap(u: float) -> float:
    """The gap to the next arrival in expected arrivals: exponential with mean 1."""
    return -math.log1p(-u)


def arrival_time(program: Any, stream: int, expected: float) -> float:
    """The hour at which the stream's expected number of arrivals reaches `expected`; infinite if after the end.

    A Poisson process of any intensity is one of rate 1 on the clock of its own expected count, so summed
    exponential gaps turn into hours by inverting that count: the same luck under every rate.
    """
    before = program.arrivals_before_month[stream]
    months = len(before) - 1
    if expected >= before[months]:
        return math.inf
    month = 0
    while before[month + 1] <= expected:
        month += 1
    weight = program.pattern_cumulative[program.stream_pattern[stream]]
    low = int(program.month_start_hours[month])
    high = int(program.month_start_hours[month + 1])
    share = (expected - before[month]) / (before[month + 1] - before[month])
    target = weight[low] + share * (weight[high] - weight[low])
    while high - low > 1:
        middle = (low + high) // 2
        if weight[middle] <= target:
            low = middle
        else:
            high = middle
    width = weight[low + 1] - weight[low]
    if width <= 0.0:
        return float(low)
    return low + min(1.0, (target - weight[low]) / width)
