"""What mathematics says of simple queues. Rates are a year, an hour, whatever: the same unit for all of them."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

STATES = 400
"""Of the birth-and-death chain that are summed: with patience as long as a service, more people never wait."""


def erlang_c(arrivals: float, service: float, reps: int) -> float:
    """P(wait) in M/M/c (A. K. Erlang, 1917). `arrivals`, `service`: rates, the second for each rep."""
    load = arrivals / service
    waiting = load**reps / math.factorial(reps) / (1 - load / reps)
    return waiting / (sum(load**k / math.factorial(k) for k in range(reps)) + waiting)


@dataclass(frozen=True)
class ErlangA:
    """M/M/c+M in the long run: shares of leads that wait and that abandon, and of the reps' time that is worked."""

    waits: float
    abandons: float
    utilization: float


def erlang_a(arrivals: float, service: float, reps: int, mean_patience: float) -> ErlangA:
    """M/M/c+M from its birth-and-death chain (C. Palm, 1957; A. Mandelbaum and S. Zeltyn, 2007)."""
    weights = [1.0]
    for n in range(1, STATES):
        leaving = min(n, reps) * service + max(0, n - reps) / mean_patience
        weights.append(weights[-1] * arrivals / leaving)
    chance = np.array(weights) / sum(weights)
    people = np.arange(len(weights))
    abandons = (np.maximum(people - reps, 0) * chance).sum() / mean_patience / arrivals
    worked = (np.minimum(people, reps) * chance).sum() / reps
    return ErlangA(float(chance[reps:].sum()), float(abandons), float(worked))


def pollaczek_khinchine(arrivals: float, mean_service: float, cv: float) -> float:
    """Mean wait in M/G/1 (F. Pollaczek, 1930; A. Khinchine, 1932). `cv`: of the service time."""
    load = arrivals * mean_service
    return load / (1 - load) * mean_service * (1 + cv**2) / 2
