"""Where deals that are won went faster all the way, that is found; where they did not, it is not."""

from __future__ import annotations

import numpy as np
import polars as pl
import pytest

from channelsim.calibrate.records import NO, YES
from channelsim.calibrate.writing.aims import _effect, _values


def stages(deals: int, days_of_won: float, seed: int = 1) -> pl.DataFrame:
    """Two steps; half go on, half of them win. Those won take days_of_won on average in the first, others 10."""
    luck = np.random.default_rng(seed)
    goes_on, wins = luck.random(deals) < 0.5, luck.random(deals) < 0.5
    is_won = goes_on & wins
    first = luck.exponential(np.where(is_won, days_of_won, 10.0))
    second = luck.exponential(10.0, deals)[goes_on]
    number = np.arange(deals)
    return pl.DataFrame(
        {
            "deal": np.concatenate([number, number[goes_on]]),
            "route": "phone",
            "segment": "all",
            "step": np.concatenate([np.zeros(deals, int), np.ones(len(second), int)]),
            "days": np.concatenate([first, second]),
            "ending": np.concatenate([np.where(goes_on, YES, NO), np.where(wins[goes_on], YES, NO)]),
            "is_won": np.concatenate([is_won, is_won[goes_on]]),
        }
    )


def test_that_deals_won_went_twice_as_fast_is_found_with_its_size() -> None:
    # the first step would take won deals 7.5 days in place of 5, of 15 in all: a sixth too long
    assert _effect(stages(20_000, 5.0)) == pytest.approx(-1 / 6, abs=0.02)


@pytest.mark.parametrize("seed", range(5))
def test_deals_won_that_took_as_long_as_the_others_are_left_alone(seed: int) -> None:
    assert _effect(stages(20_000, 10.0, seed)) is None


def test_a_difference_between_few_deals_may_be_chance() -> None:
    assert _effect(stages(150, 8.0)) is None


def test_whole_days_stand_for_what_lies_about_them_and_0_for_at_once() -> None:
    days = _values(np.repeat([0.0, 4.0], 500), 1.0, 40)
    assert days.mean == pytest.approx(2.0)
    assert days.values[:20] == (0.0,) * 20
    assert 3.5 < days.values[20] < 3.6 < 4.4 < days.values[-1] < 4.5
