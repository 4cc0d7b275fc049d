"""The study of sizing: what it makes of a curve that is known, and that the curve has the shape it is about."""

from __future__ import annotations

import numpy as np
import pytest

from studies.sizing.experiment import AS_IS, AT_ONCE, PHASED, SCENARIO, SIZES, YEARS, Curve
from studies.sizing.findings import (
    cost_share,
    elasticity,
    expected_loss,
    losses,
    luck,
    optimum,
    turning_months,
    within,
)

ELASTICITY = 0.34
MARGIN, COST = 0.5, 1.0
NOISE = np.array([-0.01, 0.0, 0.01])


def power_curve(best: int = 20) -> Curve:
    """Sales in proportion to reps ** 0.34, scaled so that the best of all sizes is `best`: there margin x sales'
    elasticity is a rep's cost."""
    scale = COST * best ** (1 - ELASTICITY) / (MARGIN * ELASTICITY)
    curve: Curve = {}
    for size in SIZES:
        bookings = scale * size**ELASTICITY * (1 + NOISE)
        curve[size] = {
            "bookings": YEARS * bookings,
            "gross_margin": YEARS * MARGIN * bookings,
            "cost.field": np.full(3, YEARS * COST * size),
            "contribution": YEARS * (MARGIN * bookings - COST * size),
        }
    return curve


def test_the_elasticity_of_a_power_law_is_its_exponent() -> None:
    for size in SIZES[1:-1]:
        assert elasticity(power_curve(), size).value == pytest.approx(ELASTICITY)


def test_at_the_best_size_the_elasticity_is_the_forces_share_of_margin() -> None:
    curve = power_curve(best=20)
    assert optimum(curve).size == 20
    assert cost_share(curve, 20).value == pytest.approx(ELASTICITY)


def test_losses_follow_the_formula_where_the_elasticity_is_the_same_everywhere() -> None:
    curve = power_curve(best=20)
    best = optimum(curve).contribution.mean
    for size, loss in losses(curve).items():
        assert -loss.mean / best == pytest.approx(expected_loss(size, 20, ELASTICITY))


def test_near_the_best_a_loss_is_half_the_elasticity_times_the_square_of_the_distance() -> None:
    assert expected_loss(1.05, 1, ELASTICITY) == pytest.approx(0.5 * ELASTICITY * 0.05**2, rel=0.05)


def test_the_sizes_within_a_share_of_the_best_are_interpolated() -> None:
    """Means 100 at 20 reps, less 1 for each rep below and 2 for each above: 5% below at 15 and at 22.5."""
    curve = {size: {"contribution": YEARS * np.full(3, 100.0 - max(20 - size, 2 * (size - 20)))} for size in SIZES}
    assert within(curve, 0.05) == pytest.approx((15, 22.5))
    assert within(curve, 0.99) == (-np.inf, np.inf)


def test_luck_is_that_of_one_year() -> None:
    """Two years with independent luck of standard deviation 3 each: their mean has 3 / sqrt(2)."""
    curve = {20: {"contribution": YEARS * np.array([-1.0, 0.0, 1.0]) * 3 / np.sqrt(2)}}
    assert luck(curve, 20) == pytest.approx(3)


def test_turning_months_are_those_beyond_chance() -> None:
    """At once is 2 behind after a month, then 1 ahead a month, give or take a little: -2, -1, 0, 1, 2."""
    noise = np.array([[-0.01], [0.01], [0.0]])
    gain = np.array([-2.0, 1, 1, 1, 1]) + noise
    nothing = np.zeros((3, 5))
    assert turning_months({AT_ONCE: gain, PHASED: nothing}) == (2, 4)
    assert turning_months({AT_ONCE: nothing, PHASED: gain}) == (5, None)  # ahead only at first: not for good


def test_the_simulated_curve_is_flat_where_the_largest_are_worked_first_and_steep_where_they_are_not() -> None:
    import channelsim as cs

    found = {}
    for discipline in ("largest", "oldest"):
        for size in (16, 22):
            sets = [f"teams.field.headcount={size}", f"teams.field.queue.discipline={discipline}"]
            run = cs.run(SCENARIO, sets=sets, strategies=[AS_IS], replications=3)
            found[discipline, size] = run.result.estimate(AS_IS, "contribution").mean
    assert found["largest", 16] / found["largest", 22] > 0.9
    assert found["oldest", 16] / found["oldest", 22] < 0.7
