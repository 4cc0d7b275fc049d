"""Arrivals: as many as each month expects, at the hours that the pattern of the week prefers."""

from __future__ import annotations

import datetime as dt
import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from channelsim.program.arrays import Program, as_lists
from channelsim.program.codes import Purpose
from channelsim.rules.arrivals import arrival_time, exponential_gap
from channelsim.rules.draws import entity_words, uniform
from worlds import hours, program_of, source, world

SEED = 20270301


def leads(program: Program, stream: int = 0, seed: int = SEED, replication: int = 0) -> list[float]:
    """The stream's arrival hours, as the process of a stream makes them."""
    lists = as_lists(program)
    words = entity_words(seed, lists.stream_key[stream])
    times: list[float] = []
    expected = 0.0
    while True:
        expected += exponential_gap(uniform(*words, replication, len(times), Purpose.ARRIVAL, 0, 0))
        time = arrival_time(lists, stream, expected)
        if time == math.inf:
            return times
        times.append(time)


def test_a_flat_stream_comes_at_its_rate_from_the_first_hour_on() -> None:
    # 744 leads in the 744 hours of March: one an hour.
    program = as_lists(program_of(world(sources={"web": source(744.0)})))
    assert [arrival_time(program, 0, expected) for expected in (0.0, 1.0, 10.25, 743.0)] == pytest.approx(
        [0.0, 1.0, 10.25, 743.0]
    )
    assert arrival_time(program, 0, 744.0) == math.inf


def test_a_month_brings_what_it_expects_however_many_days_it_has() -> None:
    # 310 leads in March (31 days) and in April (30): the 311th expected lead comes 1/310 into April.
    program = as_lists(program_of(world(months=2, sources={"web": source(310.0)})))
    assert arrival_time(program, 0, 310.0) == 744.0
    assert arrival_time(program, 0, 311.0) == pytest.approx(744 + 720 / 310)


def test_office_leads_come_weekdays_between_nine_and_five() -> None:
    # 184 leads in 23 working days of 8 hours: one per office hour. The 8th expected lead ends Monday's.
    program = as_lists(program_of(world(sources={"web": source(184.0, arrivals="office")})))
    assert arrival_time(program, 0, 0.5) == pytest.approx(hours(0, 9.5))
    assert arrival_time(program, 0, 7.999) == pytest.approx(hours(0, 16.999))
    assert arrival_time(program, 0, 8.001) == pytest.approx(hours(1, 9.001))
    # The 40th expected lead ends Friday's; the next comes on Monday the 8th.
    assert arrival_time(program, 0, 40.001) == pytest.approx(hours(7, 9.001))


def test_no_office_lead_comes_out_of_office_hours_even_at_the_edges_of_its_months() -> None:
    tree = world(months=12, sources={"web": source(2000.0, arrivals="office")})
    times = np.array(leads(program_of(tree)))
    clock, weekday = times % 24, (times // 24) % 7
    assert ((clock >= 9) & (clock < 17)).all()
    assert (weekday < 5).all()


@given(st.lists(st.floats(0, 800), min_size=2, max_size=20).map(sorted))
def test_leads_come_in_the_order_of_their_expected_count(expected: list[float]) -> None:
    program = as_lists(WEB)
    times = [arrival_time(program, 0, count) for count in expected]
    assert times == sorted(times)
    assert all(0 <= time <= 31 * 24 for time in times if time < math.inf)


SEASONS = [1.0, 1.0, 2.0, 0.5, 0.0, 1.5, 1.0, 0.8, 1.1, 1.1, 1.1, 1.1]
WEB = program_of(world(sources={"web": source(744.0, arrivals="web")}))


def test_counts_by_month_follow_season_and_growth() -> None:
    # From March on: 2, 0.5, 0 (May brings nobody), 1.5, ... times 1.5 ** (months / 12).
    tree = world(months=12, sources={"web": source(1500.0, seasonality=SEASONS, annual_growth=0.5)})
    program = program_of(tree)
    counted = np.histogram(leads(program), program.month_start_hours)[0]
    expected = 1500.0 * np.array(SEASONS[2:] + SEASONS[:2]) * 1.5 ** (np.arange(12) / 12)
    assert counted[2] == 0
    some = expected > 0
    # Independent Poisson counts: chi-square with 11 degrees of freedom.
    assert stats.chi2.sf(((counted - expected)[some] ** 2 / expected[some]).sum(), some.sum()) > 1e-3


PATTERNS: list[Any] = ["flat", "office", "web", {"weekday": [0.0] * 8 + [1.0, 3.0] * 8, "weekend": [0.25] * 24}]


@pytest.mark.parametrize("pattern", PATTERNS, ids=["flat", "office", "web", "own"])
def test_counts_by_hour_of_the_week_follow_the_pattern(pattern: Any) -> None:
    # February 2027 starts on a Monday and has four whole weeks, so every hour of the week comes four times.
    tree = world(start=dt.date(2027, 2, 1), sources={"web": source(30_000.0, arrivals=pattern)})
    program = program_of(tree)
    times = np.array(leads(program))
    counted = np.bincount((times % 168).astype(int), minlength=168)
    week = np.diff(program.pattern_cumulative[0])[:168]
    expected = week / week.sum() * 30_000
    assert (counted[expected == 0] == 0).all()
    some = expected > 0
    assert stats.chi2.sf(((counted - expected)[some] ** 2 / expected[some]).sum(), some.sum()) > 1e-3


def test_the_web_pattern_peaks_in_office_hours_and_trickles_at_weekends() -> None:
    week = np.diff(WEB.pattern_cumulative[0])[:168]
    assert week[10] > week[19] > week[3] > 0
    assert 0 < week[5 * 24 + 12] < week[12]


def test_gaps_of_a_flat_stream_are_exponential_and_unrelated() -> None:
    gaps = np.diff(leads(program_of(world(sources={"web": source(7440.0)}))))
    assert stats.kstest(gaps, stats.expon(scale=0.1).cdf).pvalue > 1e-3
    assert abs(np.corrcoef(gaps[:-1], gaps[1:])[0, 1]) < 4 / np.sqrt(len(gaps))


def test_counts_of_replications_spread_as_a_poisson_does() -> None:
    program = program_of(world(sources={"web": source(20.0)}))
    counts = [len(leads(program, replication=r)) for r in range(400)]
    # Mean and variance 20: the dispersion statistic is chi-square with 399 degrees of freedom.
    dispersion = sum((count - np.mean(counts)) ** 2 for count in counts) / np.mean(counts)
    assert 1e-3 < stats.chi2.sf(dispersion, 399) < 1 - 1e-3
    assert np.mean(counts) == pytest.approx(20, abs=4 * np.sqrt(20 / 400))


def test_a_higher_rate_brings_the_same_leads_sooner() -> None:
    # The same luck on the clock of the expected count: at twice the rate each gap is half as long.
    slow = leads(program_of(world(sources={"web": source(100.0)})))
    fast = leads(program_of(world(sources={"web": source(200.0)})))
    assert fast[: len(slow)] == pytest.approx([time / 2 for time in slow])
