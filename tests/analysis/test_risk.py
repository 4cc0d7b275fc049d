"""Bad years, targets, regret and dominance, worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from channelsim.analysis.risk import (
    Dominance,
    chance,
    conditional_value_at_risk,
    dominance,
    risks,
    worse_tail,
)
from channelsim.analysis.targets import read_target
from channelsim.errors import UserError
from channelsim.finance.definitions import metrics_for

METRICS = metrics_for(("desk",))
OUTCOMES = arrays(np.float64, st.integers(1, 12), elements=st.integers(-5, 5).map(float))


def test_the_worst_share_is_averaged_with_the_part_of_the_last_one_that_it_needs() -> None:
    ten = np.arange(10.0, 0.0, -1.0)
    assert conditional_value_at_risk(ten, 0.2) == pytest.approx(1.5)  # 1 and 2
    assert conditional_value_at_risk(ten, 0.25) == pytest.approx(1.8)  # (1 + 2 + 3 / 2) / 2.5
    assert conditional_value_at_risk(ten, 1.0) == pytest.approx(5.5)


@pytest.mark.parametrize(
    ("happened", "of", "low", "high"),
    [(0, 10, 0.0, 0.2775), (5, 10, 0.2366, 0.7634), (10, 10, 0.7225, 1.0)],
)
def test_a_chance_has_wilsons_interval(happened: int, of: int, low: float, high: float) -> None:
    found = chance(np.arange(of) < happened)
    assert found.share == happened / of
    assert (found.ci_low, found.ci_high) == (pytest.approx(low, abs=1e-4), pytest.approx(high, abs=1e-4))


def test_regret_is_what_the_best_of_each_replication_had_more() -> None:
    # The best are 3, 4 and 5: a falls short by 2, 0 and 0, b by 0, 2 and 6.
    found = risks({"a": np.array([1.0, 4.0, 5.0]), "b": np.array([3.0, 2.0, -1.0])})
    assert found["a"].regret == pytest.approx(2 / 3)
    assert found["b"].regret == pytest.approx(8 / 3)
    assert (found["a"].loss.share, found["b"].loss.share) == (0.0, pytest.approx(1 / 3))


def test_replications_that_failed_are_left_out_of_all() -> None:
    found = risks({"a": np.array([1.0, np.nan]), "b": np.array([0.0, 50.0])})
    assert found["b"].p90 == 0.0
    assert risks({"a": np.array([np.nan])}) == {}


def test_dominance_asks_for_outcomes_not_for_pairs() -> None:
    # Sorted, the first is 1 higher everywhere, though in the second replication it is lower.
    assert dominance(np.array([4.0, 2.0]), np.array([1.0, 3.0])) is Dominance.FIRST
    assert dominance(np.array([1.0, 2.0]), np.array([2.0, 1.0])) is None, "the same outcomes"


def test_the_same_mean_with_less_spread_dominates_for_the_wary_alone() -> None:
    assert dominance(np.array([2.0, 2.0]), np.array([1.0, 3.0])) is Dominance.SECOND
    assert dominance(np.array([1.0, 3.0]), np.array([2.0, 2.0])) is None


def test_a_bad_worst_case_spoils_dominance_by_its_share() -> None:
    one, other = np.array([0.0, 10.0, 10.0, 10.0]), np.array([1.0, 2.0, 3.0, 4.0])
    assert dominance(one, other) is None
    assert worse_tail(one, other) == 0.25


@given(OUTCOMES, st.integers(0, 3))
def test_what_dominates_has_no_worse_tail(one: np.ndarray, more: int) -> None:
    other = one - more
    assert (dominance(one, other) is Dominance.FIRST) == (more > 0)
    assert worse_tail(one, other) == 0.0
    assert dominance(other, one) is None


def test_a_target_is_reached_from_below_or_from_above() -> None:
    values = np.array([1.0, 2.0, 3.0, np.nan])
    assert read_target("bookings=2", METRICS).reached(values).share == pytest.approx(2 / 3)
    at_most = read_target("cost_per_deal=1.5", METRICS)
    assert at_most.at_most
    assert at_most.reached(values).share == pytest.approx(1 / 3)
    assert read_target("queue_wait_hours.desk=1", METRICS).at_most


@pytest.mark.parametrize(
    ("written", "words"),
    [
        ("bookings", "no '='; write METRIC=VALUE"),
        ("booking=1", "did you mean 'bookings'?"),
        ("bookings=much", "'much' is not a number; write for example bookings=12e6"),
        ("bookings=nan", "'nan' is not a number"),
        ("bookings=", "'' is not a number"),
    ],
)
def test_a_target_that_is_none_is_refused_in_words(written: str, words: str) -> None:
    with pytest.raises(UserError) as refused:
        read_target(written, METRICS)
    assert words in str(refused.value)
    assert written in str(refused.value)
