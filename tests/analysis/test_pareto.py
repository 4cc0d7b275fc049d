"""Fronts: no point of one is dominated, and every point off one is."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from channelsim.analysis.pareto import front, is_beaten

MEANS = st.lists(st.tuples(st.integers(0, 6), st.integers(0, 6)), min_size=1, max_size=30)


def dominates(a: tuple[int, int], b: tuple[int, int]) -> bool:
    return a[0] >= b[0] and a[1] >= b[1] and a != b


@given(MEANS)
def test_nobody_on_the_front_is_dominated_and_all_others_are_or_are_twins(means: list[tuple[int, int]]) -> None:
    kept = front(np.array(means, float))
    on_it = [means[at] for at in kept]
    assert not any(dominates(a, b) for a in on_it for b in on_it)
    assert len(set(on_it)) == len(on_it)
    for at, point in enumerate(means):
        assert at in kept or point in on_it or any(dominates(other, point) for other in on_it)


def test_of_one_goal_the_front_is_the_highest() -> None:
    assert front(np.array([[1.0], [3.0], [3.0], [2.0]])) == [1]


def test_a_point_is_beaten_only_where_another_is_better_in_every_goal_beyond_doubt() -> None:
    noise = np.random.default_rng(1).normal(size=40)
    own = np.array([noise, noise])
    better = own + 5 + np.random.default_rng(2).normal(size=(2, 40))
    mixed = own + np.array([[5.0], [-5.0]])
    assert is_beaten(own, [better], 0.99)
    assert not is_beaten(own, [mixed], 0.99)
    assert not is_beaten(own, [], 0.99)
    assert not is_beaten(own, [own], 0.99)


def test_nothing_is_beyond_doubt_with_one_replication() -> None:
    assert not is_beaten(np.array([[1.0]]), [np.array([[9.0]])], 0.99)
