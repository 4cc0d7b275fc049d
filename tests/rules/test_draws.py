"""Draws: the published answers of Philox4x32-10, and keys that keep decisions apart."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from channelsim.program.codes import Purpose
from channelsim.program.keys import key32, key64
from channelsim.rules.draws import entity_words, philox4x32, repeat, uniform, unit_interval

ALL_ONES = 0xFFFFFFFF
WORD = st.integers(0, ALL_ONES)


@pytest.mark.parametrize(
    ("counter", "key", "answer"),
    [
        ((0, 0, 0, 0), (0, 0), (0x6627E8D5, 0xE169C58D, 0xBC57AC4C, 0x9B00DBD8)),
        ((ALL_ONES,) * 4, (ALL_ONES,) * 2, (0x408F276D, 0x41C83B0E, 0xA20BC7C6, 0x6D5451FD)),
        (
            (0x243F6A88, 0x85A308D3, 0x13198A2E, 0x03707344),
            (0xA4093822, 0x299F31D0),
            (0xD16CFE09, 0x94FDCCEB, 0x5001E420, 0x24126EA1),
        ),
    ],
    ids=["zeros", "ones", "digits of pi"],
)
def test_philox_gives_the_known_answers_of_random123(
    counter: tuple[int, int, int, int], key: tuple[int, int], answer: tuple[int, int, int, int]
) -> None:
    assert philox4x32(*counter, *key) == answer


def test_the_smallest_and_the_largest_draw_lie_strictly_between_0_and_1() -> None:
    # 26 bits of each word: the parts' middles run from 2**-53 to 1 - 2**-53, both exact in binary.
    assert unit_interval(0, 0) == 2.0**-53
    assert unit_interval(ALL_ONES, ALL_ONES) == 1 - 2.0**-53


@given(WORD, WORD)
def test_a_larger_word_never_gives_a_smaller_draw(w0: int, w1: int) -> None:
    assert unit_interval(w0, w1) <= unit_interval(min(w0 + 64, ALL_ONES), w1)
    assert 0.0 < unit_interval(w0, w1) < 1.0


def test_draws_are_uniform_along_every_component_of_the_key() -> None:
    low, high = entity_words(1, key64("stream", "web", "small"))
    along = {
        "ordinal": [uniform(low, high, 0, i, Purpose.OUTCOME, 0, 0) for i in range(5000)],
        "replication": [uniform(low, high, i, 0, Purpose.OUTCOME, 0, 0) for i in range(5000)],
        "k": [uniform(low, high, 0, 0, Purpose.OUTCOME, i, 0) for i in range(5000)],
        "step": [uniform(low, high, 0, 0, Purpose.OUTCOME, 0, key32("step", str(i))) for i in range(5000)],
        "seed": [uniform(*entity_words(i, 7), 0, 0, Purpose.OUTCOME, 0, 0) for i in range(5000)],
    }
    for component, draws in along.items():
        # Kolmogorov-Smirnov: a right generator fails one of five checks at 1e-4 once in 2,000 keys.
        assert stats.kstest(draws, "uniform").pvalue > 1e-4, component
        # Correlation of neighbours: standard error 1 / sqrt(5000) = 0.0141; four of them.
        assert abs(np.corrcoef(draws[:-1], draws[1:])[0, 1]) < 4 / np.sqrt(5000), component


def test_draws_for_two_purposes_of_one_lead_are_independent() -> None:
    words = entity_words(3, key64("stream", "web", "small"))
    cells = np.zeros((10, 10))
    for i in range(20_000):
        first = uniform(*words, 0, i, Purpose.EFFORT_HOURS, 0, 5)
        second = uniform(*words, 0, i, Purpose.OUTCOME, 0, 5)
        cells[int(first * 10), int(second * 10)] += 1
    # 100 cells of 200 expected: chi-square with 99 degrees of freedom.
    statistic = ((cells - 200) ** 2 / 200).sum()
    assert stats.chi2.sf(statistic, 99) > 1e-4


def test_changing_any_component_of_the_key_changes_the_draw() -> None:
    base = {"entity_low": 11, "entity_high": 12, "replication": 13, "ordinal": 14}
    base |= {"purpose": Purpose.REACH, "k": 15, "step_key": 16}
    drawn = uniform(**base)
    for component, value in base.items():
        assert uniform(**(base | {component: value + 1})) != drawn, component


def test_no_two_keys_of_a_small_world_share_a_draw() -> None:
    # 3 entities x 3 replications x 4 leads x every purpose x 3 k x 2 steps: all different numbers of 52 bits.
    draws = [
        uniform(*entity_words(1, entity), replication, ordinal, purpose, k, step)
        for entity, replication, ordinal, purpose, k, step in itertools.product(
            (1, 2, 3), range(3), range(4), Purpose, (0, 1, repeat(1, 0)), (0, key32("step", "call"))
        )
    ]
    assert len(set(draws)) == len(draws)


def test_a_purpose_never_runs_into_the_number_of_the_draw() -> None:
    # k has 24 bits below the purpose's 8: the last k of a purpose is not the first of the next.
    largest = repeat(255, 2**16 - 1)
    assert largest == 2**24 - 1
    assert uniform(1, 2, 0, 0, Purpose.REACH, largest, 0) != uniform(1, 2, 0, 0, Purpose.ATTEMPT_HOURS, 0, 0)
    assert max(Purpose) < 256


def test_repeats_in_different_nurture_cycles_have_different_numbers() -> None:
    # At most 100 cycles of 1,000 attempts and 1,000 touches.
    numbers = {repeat(cycle, count) for cycle in range(101) for count in range(0, 2001, 40)}
    assert len(numbers) == 101 * 51


@given(st.integers(0, 2**63 - 1), st.integers(-(2**63), 2**63 - 1))
def test_an_entity_has_two_words_of_32_bits_under_any_seed(seed: int, entity: int) -> None:
    words = entity_words(seed, entity)
    assert all(0 <= word <= ALL_ONES for word in words)
    assert words != entity_words(seed ^ 1, entity)
    assert words != entity_words(seed ^ (1 << 40), entity)


def test_neighbouring_seeds_are_unrelated_for_the_same_entity() -> None:
    first = [uniform(*entity_words(1, 99), 0, i, Purpose.OUTCOME, 0, 0) for i in range(4000)]
    second = [uniform(*entity_words(2, 99), 0, i, Purpose.OUTCOME, 0, 0) for i in range(4000)]
    assert abs(np.corrcoef(first, second)[0, 1]) < 4 / np.sqrt(4000)


def test_keys_of_names_tell_names_apart_and_never_change() -> None:
    # The value is part of every stored result: it must be the same in every version and on every machine.
    # Worked out with `printf stream/web/small | b2sum -l 64`, bytes from the lowest.
    assert key64("stream", "web", "small") == 7996994794239915402
    assert key32("step", "call") == 1050505094
    assert key64("stream", "a", "b") != key64("stream", "b", "a")
    assert key64("seat", "inside", "1") != key64("seat", "inside", "11")
