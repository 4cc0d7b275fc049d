"""Curves: averages and margins worked by hand, where curves cross, and how flat a top is."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from channelsim.analysis.curves import (
    Crossing,
    Gap,
    Reading,
    crossings,
    difference_of_means,
    difference_of_ratios,
    margin_of,
    mean_of,
    optimum,
    ratio_of,
    slope_on_luck,
    without_luck,
)
from channelsim.analysis.intervals import estimate

FloatArray = NDArray[np.float64]


def array(*values: float) -> FloatArray:
    return np.array(values, float)


def line(means: list[float], half: float) -> list[Reading]:
    """Differences with intervals of one width."""
    return [Reading(mean, mean - half, mean + half, 10) for mean in means]


def test_a_ratio_is_total_by_total_and_counts_the_cost_of_a_replication_without_deals() -> None:
    # Costs 10 and 20, deals 1 and 4: 30 / 5, where the mean of 10 and 5 would be 7.5.
    assert ratio_of(array(10, 20), array(1, 4)).mean == pytest.approx(6)
    assert ratio_of(array(10, 20), array(0, 2)).mean == pytest.approx(15)


def test_a_ratio_to_one_is_a_mean_with_students_interval() -> None:
    values = np.random.Generator(np.random.Philox(1)).normal(5, 2, 12)
    ratio, mean = ratio_of(values, np.ones(12)), mean_of(values)
    assert (ratio.mean, ratio.ci_low, ratio.ci_high) == pytest.approx((mean.mean, mean.ci_low, mean.ci_high))


def test_a_ratio_to_nothing_is_undefined_and_says_so() -> None:
    found = ratio_of(array(10, 20), array(0, 0))
    assert math.isnan(found.mean)
    assert found.gap is Gap.NOTHING_TO_DIVIDE_BY


def test_replications_that_failed_are_left_out_of_a_ratio() -> None:
    found = ratio_of(array(10, math.nan, 20), array(1, math.nan, 4))
    assert (found.mean, found.replications) == (pytest.approx(6), 2)
    assert ratio_of(array(math.nan), array(math.nan)).gap is Gap.NOTHING_TO_DIVIDE_BY


def steps(changes: FloatArray) -> FloatArray:
    """A figure at two points that differ by these changes, with much that both share."""
    shared = 1000 * np.arange(1.0, len(changes) + 1)
    return np.column_stack([shared, shared + changes])


def test_the_margin_is_change_by_change_and_what_both_points_share_does_not_matter() -> None:
    # Changes of cost 50, 60, 40 and of deals 5, 6, 4: 150 / 15; without any one it is 10, too.
    found = margin_of(steps(array(50, 60, 40)), steps(array(5, 6, 4)))
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((10, 10, 10))
    assert found.gap is None


def test_the_margins_interval_is_the_jackknifes() -> None:
    # Without the first: 90 / 10; the second: 90 / 10; the third: 120 / 10. Spread: sqrt(2/3 (1 + 1 + 4)) = 2.
    found = margin_of(steps(array(60, 60, 30)), steps(array(5, 5, 5)))
    t = 4.302653  # two degrees of freedom, 97.5%
    assert (found.mean, found.ci_low, found.ci_high) == pytest.approx((10, 10 - 2 * t, 10 + 2 * t), rel=1e-6)


@pytest.mark.parametrize(
    ("cost", "deals", "gap"),
    [
        (array(50, 60, 40), array(1, -1, 0.1), Gap.MAYBE_CHANCE),
        (array(50, 60, 40), array(0, 0, 0), Gap.SAME_DEALS),
        (array(50, 60, 40), array(-5, -6, -4), Gap.APART),
        (array(-50, -60, -40), array(5, 6, 4), Gap.APART),
    ],
)
def test_a_margin_without_meaning_is_left_out_with_its_reason(
    cost: FloatArray, deals: FloatArray, gap: Gap
) -> None:
    found = margin_of(steps(cost), steps(deals))
    assert math.isnan(found.mean)
    assert found.gap is gap


def test_a_margin_is_the_same_in_both_directions() -> None:
    up = margin_of(steps(array(50, 60, 40)), steps(array(5, 6, 4)))
    down = margin_of(steps(-array(50, 60, 40)), steps(-array(5, 6, 4)))
    assert up.mean == down.mean


def test_costs_that_fall_by_chance_alone_leave_a_margin() -> None:
    found = margin_of(steps(array(-50, 60, -40)), steps(array(5, 6, 4)))
    assert found.mean == pytest.approx(-2)
    assert found.ci_low < 0 < found.ci_high


def test_many_steps_ask_for_more_before_deals_are_said_to_change() -> None:
    cost, deals = steps(array(50, 60, 40)), steps(array(5, 6, 1))
    # Mean 4, standard deviation 2.65: half of the 95% interval is 6.6, of an 80% interval 2.9.
    assert margin_of(cost, deals).gap is Gap.MAYBE_CHANCE
    assert margin_of(cost, deals, 0.8).gap is None


def test_differences_are_paired() -> None:
    # What both share varies by 1000, the difference not at all.
    shared = array(1000, 2000, 3000)
    means = difference_of_means(shared + 5, shared)
    assert (means.mean, means.ci_low, means.ci_high) == (5, 5, 5)
    # Deals 1, 2, 3 at a cost of 1005 or 1000 a deal.
    ratios = difference_of_ratios((1.005 * shared, array(1, 2, 3)), (shared, array(1, 2, 3)))
    assert (ratios.mean, ratios.ci_low, ratios.ci_high) == pytest.approx((5, 5, 5))


def test_a_difference_of_ratios_needs_both() -> None:
    nothing = (array(1, 1), array(0, 0))
    assert difference_of_ratios((array(1, 1), array(1, 1)), nothing).gap is Gap.NOTHING_TO_DIVIDE_BY
    assert difference_of_ratios(nothing, (array(1, 1), array(1, 1))).gap is Gap.NOTHING_TO_DIVIDE_BY


def test_curves_cross_where_the_line_between_two_points_is_zero() -> None:
    [found] = crossings([0, 1, 2, 3], line([-1, -0.5, 0.5, 1], 0.25))
    # The upper end goes from -0.25 at 1 to 0.75 at 2, the lower one from -0.75 to 0.25.
    assert found == Crossing(1.5, pytest.approx(1.25), pytest.approx(1.75), rises=True)


def test_the_interval_goes_on_over_points_at_which_the_difference_could_be_zero() -> None:
    [found] = crossings([0, 1, 2, 3], line([-1, -0.5, 0.5, 1], 0.75))
    assert (found.low, found.high) == pytest.approx((0.5, 2.5))
    [endless] = crossings([0, 1, 2, 3], line([-1, -0.5, 0.5, 1], 2))
    assert (endless.low, endless.high) == (-math.inf, math.inf)


def test_all_crossings_are_found_each_with_its_direction() -> None:
    found = crossings([0, 10, 20], line([-1, 1, -1], 0.1))
    assert [(each.at, each.rises) for each in found] == [(5, True), (15, False)]


@pytest.mark.parametrize(
    ("means", "at"),
    [
        ([-1, 0, 1], [1]),
        ([-1, 0, 0, 1], [1.5]),
        ([-1, 0, -1], []),
        ([0, 0, 0], []),
        ([0, 1, 2], []),
        ([1, 2, 3], []),
        ([-1, math.nan, 1], []),
        ([-1, math.nan, 1, -1], [2.5]),
    ],
)
def test_touching_zero_is_not_crossing_it_and_gaps_are_not_bridged(means: list[float], at: list[float]) -> None:
    assert [each.at for each in crossings(range(len(means)), line(means, 0.1))] == at


def test_without_knowledge_of_chance_a_crossing_has_no_interval() -> None:
    unknown = [Reading(mean, math.nan, math.nan, 1) for mean in (-1.0, 1.0)]
    [found] = crossings([0, 1], unknown)
    assert found.at == 0.5
    assert math.isnan(found.low)
    assert math.isnan(found.high)


@given(
    where=st.floats(0.5, 8.5),
    slope=st.floats(0.1, 10) | st.floats(-10, -0.1),
    half=st.floats(0.01, 20),
)
def test_of_a_straight_line_the_interval_is_that_of_its_height_over_its_slope(
    where: float, slope: float, half: float
) -> None:
    x = [0.0, 1, 2, 4, 9]
    [found] = crossings(x, line([slope * (each - where) for each in x], half))
    assert found.at == pytest.approx(where)
    assert found.rises == (slope > 0)
    low, high = where - half / abs(slope), where + half / abs(slope)
    assert found.low == (pytest.approx(low) if low > 0 else -math.inf)
    assert found.high == (pytest.approx(high) if high < 9 else math.inf)


def test_a_break_even_interval_holds_the_true_place_as_often_as_it_says() -> None:
    """A difference of x - 3.3 at 0 to 7, with luck that all points share and some of each point's own."""
    rng = np.random.Generator(np.random.Philox(7))
    x = np.arange(8.0)
    holds = 0
    for _ in range(600):
        luck = 2 * rng.normal(size=(20, 1)) + 0.2 * rng.normal(size=(20, 8))
        found = crossings(x.tolist(), [mean_of(row) for row in (x - 3.3 + luck).T])
        holds += any(each.low <= 3.3 <= each.high for each in found)
    assert 0.93 <= holds / 600 <= 0.97


def replicated(*means: float, spread: float = 0.0) -> FloatArray:
    """Three replications of each point, all with the same luck; spread: what tells the points apart by chance."""
    luck = array(-100, 0, 100)
    own = array(-1, 0, 1)
    return np.array([mean + luck + spread * own * at for at, mean in enumerate(means)])


def test_the_flat_top_ends_where_the_curve_is_a_hundredth_below_its_best() -> None:
    # 9.9 lies between 0 and 9.95 close to the second point, and a tenth of the way from 10 to 9.
    found = optimum([1, 2, 3, 4], replicated(0, 9.95, 10, 9))
    assert found is not None
    assert (found.point, found.mean) == (2, pytest.approx(10))
    assert found.flat_low == pytest.approx(2 - 0.05 / 9.95)
    assert found.flat_high == pytest.approx(3.1)
    assert found.rivals == ()


def test_points_whose_distance_could_be_chance_are_told() -> None:
    # Beside the best, 0.05 less with luck of its own, which 10 less is far beyond.
    found = optimum([1, 2, 3, 4], replicated(-990, 9.95, 10, -990, spread=0.5))
    assert found is not None
    assert found.rivals == (1,)


def test_a_curve_that_is_best_at_an_end_is_flat_beyond_it() -> None:
    found = optimum([1, 2, 3], replicated(1, 2, 3))
    assert found is not None
    assert (found.point, found.flat_high) == (2, math.inf)
    assert found.flat_low == pytest.approx(2.97)


def test_of_losses_the_flat_top_is_a_hundredth_worse_too() -> None:
    found = optimum([1, 2, 3], replicated(-110, -100, -110))
    assert found is not None
    assert (found.flat_low, found.flat_high) == pytest.approx((1.9, 2.1))


def test_where_all_points_are_the_same_or_nothing_finished_there_is_no_best_one() -> None:
    assert optimum([1, 2], replicated(5, 5)) is None
    assert optimum([1, 2], np.full((2, 3), np.nan)) is None


def test_a_point_at_which_every_replication_failed_is_passed_over() -> None:
    values = replicated(1, 0, 2, 1)
    values[1] = np.nan
    found = optimum([1, 2, 3, 4], values)
    assert found is not None
    assert found.point == 2
    assert found.flat_low == pytest.approx(3 - 2 * 0.02)


def test_luck_is_taken_out_with_one_slope_for_all_points() -> None:
    # At the first point 5 + 2 x luck, at the second 50 + 2 x luck: without luck 5 and 50.
    luck = np.array([[-1, 0, 4], [2, -1, 0]], float)
    figures = np.array([[5.0], [50]]) + 2 * luck
    assert slope_on_luck(figures, luck) == pytest.approx(2)
    np.testing.assert_allclose(without_luck(figures, luck), [[5, 5, 5], [50, 50, 50]])


def test_what_two_curves_have_in_common_stays_common_without_luck() -> None:
    rng = np.random.Generator(np.random.Philox(3))
    luck = np.repeat(rng.normal(size=(1, 9)), 2, axis=0)
    figures = np.repeat(rng.normal(size=(1, 9)), 2, axis=0)
    adjusted = without_luck(figures, luck)
    np.testing.assert_array_equal(adjusted[0], adjusted[1])
    assert not np.array_equal(adjusted, figures)


def test_what_adds_up_does_so_without_luck() -> None:
    rng = np.random.Generator(np.random.Philox(4))
    margin, cost, luck = rng.normal(size=(3, 4, 9))
    contribution = without_luck(margin - cost, luck)
    np.testing.assert_allclose(contribution, without_luck(margin, luck) - without_luck(cost, luck))


def test_what_never_varies_has_no_luck_in_it() -> None:
    luck = np.array([[-1, 0, 4], [2, -1, 0]], float)
    figures = np.array([[0.0, 0, 0], [3, 1, 2]])
    np.testing.assert_array_equal(without_luck(figures, luck)[0], [0, 0, 0])
    assert slope_on_luck(figures, np.zeros((2, 3))) == 0


def test_luck_stays_in_what_only_some_replications_define() -> None:
    luck = np.array([[-1, 0, 4], [2, -1, math.nan]])
    failed = np.array([[5.0, 6, 8], [6, 5, math.nan]])
    assert slope_on_luck(failed, luck) != 0
    assert not np.array_equal(without_luck(failed, luck), failed, equal_nan=True)
    never_happened = np.array([[5.0, math.nan, 8], [6, 5, math.nan]])
    assert without_luck(never_happened, luck) is never_happened


def test_a_mean_is_the_runs_estimate() -> None:
    values = array(1, 2, 4, math.nan)
    found, expected = mean_of(values), estimate(values)
    assert (found.mean, found.ci_low, found.ci_high, found.replications) == (
        expected.mean, expected.ci_low, expected.ci_high, 3,
    )  # fmt: skip
