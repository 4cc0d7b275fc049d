"""What an attempt and a decision yield: probabilities and their curves. Hand-worked."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.program.arrays import Program
from channelsim.rules.outcomes import advance_probability, reach_probability
from worlds import program_of, source, step, world


def cooling(table: Any) -> Program:
    attempts = {"max": 5, "reach": 0.4, "cooling": table}
    return program_of(world(steps={"call": step(attempts=attempts)}))


TABLE = cooling({"1h": 1.0, "100h": 0.2})


def test_a_lead_cools_in_log_time_between_the_points_of_the_table() -> None:
    # Ten hours is half-way from 1 to 100 in log time: (1 + 0.2) / 2 = 0.6; x 0.4 = 0.24.
    assert reach_probability(TABLE, 0, 0, 0, 0, 10.0) == pytest.approx(0.24)
    # A quarter of the way, 100 ** 0.25 = 3.1623 h: 0.8 x 0.4 = 0.32.
    assert reach_probability(TABLE, 0, 0, 0, 0, 100**0.25) == pytest.approx(0.32)


@pytest.mark.parametrize(("age", "chance"), [(0.0, 0.4), (0.01, 0.4), (1.0, 0.4), (100.0, 0.08), (1e6, 0.08)])
def test_cooling_is_flat_before_the_first_and_after_the_last_age(age: float, chance: float) -> None:
    assert reach_probability(TABLE, 0, 0, 0, 0, age) == pytest.approx(chance)


def test_a_table_of_several_ages_passes_through_each() -> None:
    written = {"5min": 1.0, "30min": 0.8, "1h": 0.65, "4h": 0.5, "24h": 0.3, "7d": 0.1}
    ages = [1 / 12, 0.5, 1.0, 4.0, 24.0, 168.0]
    table = cooling(written)
    for age, left in zip(ages, written.values(), strict=True):
        assert reach_probability(table, 0, 0, 0, 0, age) == pytest.approx(0.4 * left)
    # Two hours is half-way from 1 to 4 in log time: (0.65 + 0.5) / 2.
    assert reach_probability(table, 0, 0, 0, 0, 2.0) == pytest.approx(0.4 * 0.575)


def test_a_table_of_one_age_is_a_constant() -> None:
    assert reach_probability(cooling({"1h": 0.5}), 0, 0, 0, 0, 7.0) == pytest.approx(0.2)


def test_without_a_table_leads_do_not_cool() -> None:
    assert reach_probability(cooling({}), 0, 0, 0, 0, 1e5) == 0.4


def test_two_half_lives_are_a_shorthand_for_a_table() -> None:
    lives = {"fast_share": 0.7, "fast_half_life_hours": 2.0, "slow_half_life_hours": 100.0}
    program = cooling(lives)
    # At 2 h: 0.7 x 1/2 + 0.3 x 2**-0.02; at 100 h: 0.7 x 2**-50 + 0.15. The table has 200 points in log time.
    assert reach_probability(program, 0, 0, 0, 0, 2.0) == pytest.approx(0.4 * (0.35 + 0.3 * 2**-0.02), rel=1e-3)
    assert reach_probability(program, 0, 0, 0, 0, 100.0) == pytest.approx(0.4 * 0.15, rel=1e-3)
    for age in (0.1, 0.7, 5.0, 20.0, 300.0):
        left = 0.7 * 0.5 ** (age / 2) + 0.3 * 0.5 ** (age / 100)
        assert reach_probability(program, 0, 0, 0, 0, age) == pytest.approx(0.4 * left, rel=3e-3)


@given(st.floats(0, 1e4), st.floats(0, 1e4))
def test_an_older_lead_is_never_easier_to_reach(age: float, other: float) -> None:
    young, old = sorted((age, other))
    assert reach_probability(TABLE, 0, 0, 0, 0, old) <= reach_probability(TABLE, 0, 0, 0, 0, young) + 1e-12


def test_reach_and_advance_differ_by_segment_and_advance_by_source() -> None:
    program = program_of(
        world(
            segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
            sources={"web": source(mix={"small": 0.5, "big": 0.5}), "fair": source(mix={"big": 1.0})},
            steps={
                "call": step(
                    attempts={"max": 1, "reach": {"small": 0.3, "big": 0.1}},
                    advance={"small": 0.5, "big": 0.2},
                    source_factor={"fair": 2.0},
                )
            },
        )
    )
    # Streams: web/small, web/big, fair/big.
    assert [reach_probability(program, s, 0, 0, 0, 0.0) for s in range(3)] == [0.3, 0.1, 0.1]
    assert [advance_probability(program, s, 0, 0, 0, 1.0, 0.0) for s in range(3)] == [0.5, 0.2, 0.4]


VALUED = program_of(world(steps={"call": step(advance=0.5, value_factor={10_000: 1.2, 1_000_000: 0.4})}))


@pytest.mark.parametrize(
    ("value", "chance"),
    [(0.0, 0.6), (500.0, 0.6), (10_000.0, 0.6), (100_000.0, 0.4), (1e6, 0.2), (1e9, 0.2)],
)
def test_advance_follows_the_deal_value_in_log_value(value: float, chance: float) -> None:
    # 100,000 is half-way from 10,000 to 1,000,000 in log value: (1.2 + 0.4) / 2 = 0.8; x 0.5.
    assert advance_probability(VALUED, 0, 0, 0, 0, value, 0.0) == pytest.approx(chance)


def test_advance_is_read_in_the_month_that_is_asked_for() -> None:
    program = program_of(world(months=2, steps={"call": step(advance=0.5)}))
    advance = program.advance.copy()
    advance[0, 0, 0] = [0.25, 0.75]
    assert [advance_probability(program._replace(advance=advance), 0, 0, 0, m, 1.0, 0.0) for m in (0, 1)] == [
        0.25,
        0.75,
    ]


def test_curves_of_different_steps_do_not_mix() -> None:
    program = program_of(
        world(
            steps={
                "a": step(attempts={"max": 1, "reach": 1.0, "cooling": {"1h": 0.9, "10h": 0.1}}),
                "b": step(value_factor={100: 0.5}),
                "c": step(attempts={"max": 1, "reach": 1.0, "cooling": {"1h": 0.8, "10h": 0.2}}),
            }
        )
    )
    age = math.sqrt(10)
    assert reach_probability(program, 0, 0, 0, 0, 1.0) == 0.9
    assert reach_probability(program, 0, 0, 2, 0, age) == pytest.approx(0.5)
    assert reach_probability(program, 0, 0, 2, 0, 99.0) == pytest.approx(0.2)
    assert advance_probability(program, 0, 0, 1, 0, 3.0, 0.0) == 0.5
    assert advance_probability(program, 0, 0, 0, 0, 3.0, 0.0) == 1.0
