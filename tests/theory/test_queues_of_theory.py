"""Queues whose behaviour is known: the engine must show it, within confidence intervals of 99.9%.

One test a scenario file, each a run of its own, so that they spread over workers. Every value is checked to lie in
an interval that is narrow, and that excludes what a plausible mistake would give.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from theory_bounds import HOURS_A_WEEK, Interval, events_of, program_of, ratio, served

from channelsim.engine.ledger import Amount
from channelsim.engine.trace import Event, Happening


def erlang_c(arrivals: float, service: float, reps: int) -> float:
    """P(wait) in M/M/c (A. K. Erlang, 1917)."""
    load = arrivals / service
    waiting = load**reps / math.factorial(reps) / (1 - load / reps)
    return waiting / (sum(load**k / math.factorial(k) for k in range(reps)) + waiting)


def erlang_a(arrivals: float, service: float, reps: int, patience: float) -> tuple[float, float, float]:
    """P(wait), share that abandons and utilization in M/M/c+M, from its birth-and-death chain (C. Palm, 1957)."""
    weights = [1.0]
    for n in range(1, 400):
        leaving = min(n, reps) * service + max(0, n - reps) / patience
        weights.append(weights[-1] * arrivals / leaving)
    chance = np.array(weights) / sum(weights)
    people = np.arange(len(weights))
    abandons = (np.maximum(people - reps, 0) * chance).sum() / patience / arrivals
    return chance[reps:].sum(), abandons, (np.minimum(people, reps) * chance).sum() / reps


def test_formulas_give_the_published_figures() -> None:
    assert erlang_c(10, 3, 4) == pytest.approx(0.6577, abs=5e-5)
    assert erlang_c(10, 3, 4) / (12 - 10) == pytest.approx(0.3289, abs=5e-5)
    for arrivals, figures in {
        10: (0.5061, 0.0886, 0.7595),
        12: (0.6797, 0.1444, 0.8556),
        15: (0.8669, 0.2439, 0.9452),
    }.items():
        assert erlang_a(arrivals, 3, 4, 1) == pytest.approx(figures, abs=5e-5)


def test_one_rep_with_exponential_service_is_m_m_1() -> None:
    leads = served(program_of("mm1"), seed=1, replications=3)
    leads.mean(leads.waits > 0).holds(0.5, narrow=0.03)
    leads.mean(leads.sojourns).holds(0.2, narrow=0.04)
    wait = leads.mean(leads.waits)
    wait.holds(0.1, narrow=0.08)
    wait.excludes(0.05)  # M/D/1
    # The time in the system is exponential: P(longer than its mean) = 1 / e, P(longer than three) = 1 / e^3.
    leads.mean(leads.sojourns > 0.2).holds(math.exp(-1), narrow=0.03)
    leads.mean(leads.sojourns > 0.6).holds(math.exp(-3), narrow=0.15)


def test_one_rep_with_gamma_service_waits_by_pollaczek_and_khinchine() -> None:
    leads = served(program_of("mg1"), seed=1, replications=2)
    leads.mean(leads.waits > 0).holds(0.5, narrow=0.03)
    wait = leads.mean(leads.waits)
    wait.holds((1 + 0.5**2) / 2 * 0.1, narrow=0.06)
    wait.excludes(0.1)  # as if service were exponential
    wait.excludes(0.05)  # as if it were constant
    leads.mean(leads.sojourns).holds(0.0625 + 0.1, narrow=0.04)


def test_four_reps_wait_by_erlang_c() -> None:
    leads = served(program_of("mm4"), seed=1, replications=2)
    chance = erlang_c(10, 3, 4)
    leads.mean(leads.waits > 0).holds(chance, narrow=0.035)
    leads.mean(leads.sojourns).holds(chance / 2 + 1 / 3, narrow=0.06)
    wait = leads.mean(leads.waits)
    wait.holds(chance / 2, narrow=0.12)
    wait.excludes(chance / 2 / 2)
    # Those who wait do so exponentially, 1 / (12 - 10) h on average.
    waiting = leads.waits > 0
    leads.mean(leads.waits, of=waiting).holds(0.5, narrow=0.1)


def test_serving_the_largest_deal_first_helps_the_large_and_conserves_the_mean_wait() -> None:
    leads = served(program_of("mm4_largest"), seed=1, replications=2)
    chance, load = erlang_c(10, 3, 4), 10 / 12
    high, low = leads.stream == 0, leads.stream == 1
    leads.mean(leads.waits > 0).holds(chance, narrow=0.035)
    leads.mean(leads.waits, of=high).holds(chance / 12 / (1 - load / 2), narrow=0.06)
    leads.mean(leads.waits, of=low).holds(chance / 12 / (1 - load / 2) / (1 - load), narrow=0.16)
    overall = leads.mean(leads.waits)
    overall.holds(chance / 2, narrow=0.14)
    # Three quarters more would be the mean of the lower half alone.
    overall.excludes(chance / 12 / (1 - load / 2) / (1 - load))


def test_serving_the_newest_first_keeps_the_mean_wait_and_spreads_it() -> None:
    leads = served(program_of("mm1_newest"), seed=1, replications=2)
    leads.mean(leads.waits > 0).holds(0.3, narrow=0.04)
    leads.mean(leads.sojourns).holds(1 / 7, narrow=0.04)
    leads.mean(leads.waits).holds(0.3 / 7, narrow=0.1)
    spread = leads.mean(leads.waits**2)
    in_order = 2 * 0.3 / 7**2
    spread.holds(in_order / 0.7, narrow=0.25)
    spread.excludes(in_order)


@pytest.mark.parametrize(
    ("strategy", "arrivals"), [("ten_an_hour", 10), ("twelve_an_hour", 12), ("fifteen_an_hour", 15)]
)
def test_impatient_leads_are_lost_by_erlang_a(strategy: str, arrivals: int) -> None:
    program = program_of("erlang_a", strategy, ["horizon.months=8"])
    leads = served(program, seed=1, replications=1)
    waits, abandons, utilization = erlang_a(arrivals, 3, 4, 1)
    lost = np.isinf(leads.started_at)
    leads.mean(leads.waits > 0).holds(waits, narrow=0.05)
    leads.mean(lost).holds(abandons, narrow=0.1)
    months = slice(1, None)
    worked = leads.ledger.amounts[Amount.WORK_HOURS].sum(axis=(1, 2, 3))[months]
    ratio(worked, 4 * np.diff(program.month_start_hours)[months]).holds(utilization, narrow=0.04)


def occupancy(events: list[Event], from_hour: float, weeks: int, largest: int) -> np.ndarray:
    """Hours in each week with i leads at the first and j at the second desk, shape (week, i, j)."""
    changes = [
        (event.time, event.step, 1 if event.happening == Happening.QUEUED else -1)
        for event in events
        if event.happening != Happening.TOUCH_STARTED
    ]
    hours = np.zeros((weeks, largest, largest))
    there = [0, 0]
    last = 0.0
    for time, desk, change in changes:
        i, j = min(there[0], largest - 1), min(there[1], largest - 1)
        while last < time:
            week = math.floor((last - from_hour) / HOURS_A_WEEK)
            until = min(time, from_hour + (week + 1) * HOURS_A_WEEK)
            if 0 <= week < weeks:
                hours[week, i, j] += until - last
            last = until
        there[desk] += change
    return hours


def test_two_desks_in_tandem_are_independent_queues_as_jackson_says() -> None:
    program = program_of("tandem")
    warmup = float(program.month_start_hours[1])
    weeks = int((program.horizon_hours - warmup) // HOURS_A_WEEK) - 1
    _, events = events_of(program, seed=1, replication=0)
    hours = occupancy(events, warmup, weeks, 40)
    total = hours.sum(axis=(1, 2))
    for i in range(3):
        for j in range(3):
            product = 0.5 * 0.5**i * 0.375 * 0.625**j
            ratio(hours[:, i, j], total).holds(product, narrow=0.1)
    # Little's law: 5 leads an hour x 0.2 h, x 1/3 h.
    people = np.arange(40)
    ratio(hours.sum(axis=2) @ people, total).holds(1.0, narrow=0.08)
    ratio(hours.sum(axis=1) @ people, total).holds(5 / 3, narrow=0.1)
    output_is_poisson(departures(events, warmup))


def departures(events: list[Event], after: float) -> np.ndarray:
    """Hours between leads leaving the first desk."""
    return np.diff(
        [e.time for e in events if e.happening == Happening.TOUCH_DONE and e.step == 0 and e.time > after]
    )


def output_is_poisson(gaps: np.ndarray) -> None:
    """Burke: gaps of what leaves an M/M/1 queue are exponential and unrelated (standard errors for 40,000 gaps)."""
    spread = 3.3 / math.sqrt(len(gaps))
    Interval(float(gaps.mean()), 0.2 * spread).holds(0.2, narrow=0.02)
    # The square of an exponential of mean m has mean 2 m^2 and standard deviation sqrt(20) m^2.
    Interval(float((gaps**2).mean()), math.sqrt(20) * 0.04 * spread).holds(0.08, narrow=0.04)
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < spread
    assert abs(np.corrcoef(gaps[:-2], gaps[2:])[0, 1]) < spread
