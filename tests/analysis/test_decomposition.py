"""The difference of two strategies, split by hand and by us."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.analysis.decomposition import Books, decompose
from channelsim.finance.costs import Category

NO_COSTS = dict.fromkeys(Category, 0.0)


def books(leads: float, won: list[float], bookings: list[float], margin: list[float], **costs: float) -> Books:
    """Two replications alike."""
    rows = [list((NO_COSTS | {Category(name): cost for name, cost in costs.items()}).values())] * 2
    return Books(
        np.full(2, leads), np.array([won] * 2), np.array([bookings] * 2), np.array([margin] * 2), np.array(rows)
    )


def effects(metric: str, base: Books, other: Books) -> dict[str, float]:
    return {part.name: part.effect.mean for part in decompose(metric, base, other).parts}


def test_a_hand_worked_case() -> None:
    # Leads 10 -> 20, win rate 0.2 -> 0.1, a deal 100 -> 200, margin half: gross margin 100 -> 200; salary 30 -> 60.
    base = books(10, [2], [200], [100], salary=30)
    other = books(20, [2], [400], [200], salary=60)
    found = decompose("contribution", base, other)
    split = {part.name: part.effect.mean for part in found.parts}
    # Leads double: +100 alone (weight 1/3), +50 with the lower win rate (1/6), +200 with the larger deals (1/6),
    # +100 with both (1/3) = 108.33; deals the same; the win rate what is left of 100.
    assert split["leads"] == pytest.approx(325 / 3)
    assert split["deal_size"] == pytest.approx(325 / 3)
    assert split["win_rate"] == pytest.approx(100 - 650 / 3)
    assert split["deal_mix"] == split["margin"] == pytest.approx(0)
    assert split["cost.salary"] == -30
    assert found.total.mean == pytest.approx(70)
    assert found.total.ci_low == pytest.approx(70)  # replications do not differ


def test_a_segment_that_only_one_strategy_wins_in_is_mix_not_size() -> None:
    base = books(10, [2, 0], [200, 0], [200, 0])
    other = books(10, [1, 1], [100, 900], [100, 900])
    split = effects("gross_margin", base, other)
    assert split["deal_mix"] == pytest.approx(800)
    assert split["deal_size"] == split["win_rate"] == split["margin"] == pytest.approx(0)


def test_a_strategy_that_wins_nothing_is_explained_by_its_win_rate() -> None:
    split = effects("contribution", books(10, [0], [0], [0]), books(10, [1], [50], [25], travel=5))
    assert split["win_rate"] == pytest.approx(25)
    assert split["cost.travel"] == -5


def test_deals_won_are_leads_and_win_rate_alone() -> None:
    assert set(effects("won", books(10, [2], [9], [3]), books(20, [3], [9], [3]))) == {"leads", "win_rate"}


@given(st.integers(0, 2**32 - 1), st.sampled_from(["won", "bookings", "gross_margin", "contribution"]))
def test_the_parts_add_up_to_the_difference_to_the_cent(seed: int, metric: str) -> None:
    rng = np.random.default_rng(seed)

    def made_up() -> Books:
        won = rng.poisson(3, (5, 3)).astype(float)
        bookings = won * rng.lognormal(10, 1, (5, 3))
        margin = bookings * rng.uniform(0.2, 0.9, 3)
        return Books(
            rng.poisson(50, 5) + won.sum(axis=1), won, bookings, margin, rng.gamma(2, 5e4, (5, len(Category)))
        )

    def figure(each: Books) -> float:
        sums = {"won": each.won, "bookings": each.bookings, "gross_margin": each.gross_margin}
        if metric == "contribution":
            return float((each.gross_margin.sum(axis=1) - each.costs.sum(axis=1)).mean())
        return float(sums[metric].sum(axis=1).mean())

    base, other = made_up(), made_up()
    found = decompose(metric, base, other)
    difference = figure(other) - figure(base)
    assert found.total.mean == pytest.approx(difference, abs=0.005)
    assert sum(part.effect.mean for part in found.parts) == pytest.approx(difference, abs=0.005)
    # The other way round every part has the other sign.
    back = effects(metric, other, base)
    assert back == pytest.approx({part.name: -part.effect.mean for part in found.parts}, abs=0.005)
