"""Sensitivity: known indices, effects, worth and flips come out of the path that a simulation takes."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import pytest
from numpy.typing import NDArray

from channelsim.analysis.indices import MORRIS, SOBOL, Method, sample_of
from channelsim.analysis.information import worth_of_knowing
from channelsim.analysis.sensitivity import Evaluate, Findings, investigate
from channelsim.errors import RunError
from channelsim.scenario.parameters import AS_THE_FILE_SAYS, Change

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Axis:
    """A parameter of no scenario: its value runs from low to high."""

    name: str
    low: float = 0.0
    high: float = 1.0
    base: float = 0.5
    is_belief = False
    ends = (0.0, 1.0)

    def value(self, share: float) -> float:
        return self.low + share * (self.high - self.low)

    def label(self, value: float) -> str:
        return f"{value:g}"

    def changes(self, share: float) -> list[Change]:  # noqa: ARG002
        return []


def findings(
    evaluate: Evaluate, axes: int, method: Method, size: int, strategies: tuple[str, ...] = ("only",)
) -> Findings:
    parameters = [Axis(f"x{at}") for at in range(axes)]
    return investigate(parameters, strategies, evaluate, method=method, size=size, seed=3)


def as_response(*figures: FloatArray) -> FloatArray:
    """Figures of strategies, (point,), that every one of two replications has."""
    return np.repeat(np.array(figures).T[:, :, None], 2, axis=2)


def ishigami(points: FloatArray) -> FloatArray:
    """Ishigami and Homma's function, a = 7, b = 0.1, on (-pi, pi)."""
    x = math.pi * (2 * points - 1)
    return as_response(np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0]))


def test_sobols_indices_of_ishigamis_function_are_the_known_ones() -> None:
    [shares] = findings(ishigami, 3, SOBOL, 2048).shares.values()
    assert shares is not None
    for share, first, total in zip(shares, (0.3139, 0.4424, 0.0), (0.5576, 0.4424, 0.2437), strict=True):
        assert share.first.low <= first <= share.first.high
        assert share.total.low <= total <= share.total.high
        assert share.total.value == pytest.approx(total, abs=0.03)
        assert share.first.high - share.first.low < 0.2


def test_morris_finds_that_ishigamis_third_input_acts_with_the_first_alone() -> None:
    [effects] = findings(ishigami, 3, MORRIS, 100).effects.values()
    assert effects[2].size.value > 1
    assert abs(effects[2].mean) < effects[2].size.value / 2
    assert effects[2].spread > effects[2].size.value


def test_morris_effects_of_a_straight_line_are_its_coefficients() -> None:
    found = findings(lambda points: as_response(points @ [3.0, -2.0, 0.0]), 3, MORRIS, 5)
    [effects] = found.effects.values()
    assert [each.size.value for each in effects] == pytest.approx([3, 2, 0])
    assert [each.mean for each in effects] == pytest.approx([3, -2, 0])
    assert [each.spread for each in effects] == pytest.approx([0, 0, 0], abs=1e-9)
    assert found.order == [0, 1, 2]


def test_a_figure_that_never_varies_has_no_indices() -> None:
    found = findings(lambda points: as_response(np.full(len(points), 7.0)), 2, SOBOL, 8)
    assert found.shares == {"only": None}


@pytest.mark.parametrize("method", [MORRIS, SOBOL])
def test_samples_depend_on_the_seed_alone_and_touch_no_other_draws(method: Method) -> None:
    np.random.seed(1)
    before = np.random.get_state()[1].copy()  # type: ignore[index,union-attr]
    one, same, other = (sample_of(method, 3, 8, seed).points for seed in (0, 0, 1))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)
    first = findings(ishigami, 3, method, 8)
    again = findings(ishigami, 3, method, 8)
    assert (first.effects if method == MORRIS else first.shares) == (
        again.effects if method == MORRIS else again.shares
    )
    assert np.array_equal(before, np.random.get_state()[1])  # type: ignore[index]


@pytest.mark.parametrize(("method", "size"), [(MORRIS, 20), (SOBOL, 64)])
def test_the_worth_of_knowing_what_decides_is_what_theory_says(method: Method, size: int) -> None:
    # Strategies are worth x and -x with x uniform on (-1, 1): both 0 on average, and |x|, 1/2, for who knows x.
    # The second number, 3 y for both alike, is worth nothing.
    def evaluate(points: FloatArray) -> FloatArray:
        x, y = 2 * points.T - 1
        return as_response(x + 3 * y, -x + 3 * y)

    knowledge = findings(evaluate, 2, method, size, ("one", "other")).knowledge
    assert knowledge is not None
    assert knowledge.each[0].value == pytest.approx(0.5, abs=0.02)
    assert knowledge.each[1].value == pytest.approx(0.0, abs=0.02)
    assert knowledge.all.value == pytest.approx(0.5, abs=0.02)
    assert knowledge.explained == pytest.approx(1)
    assert knowledge.averages == pytest.approx([0, 0], abs=0.02)


def test_knowing_two_numbers_is_worth_more_than_one() -> None:
    # Strategies are worth +-(x + y) / 2, with x and y uniform on (-1, 1), and 0 on average. Who knows x has
    # |x| / 2, 1/4 on average; who knows both has |x + y| / 2, (2/3) / 2 = 1/3.
    def evaluate(points: FloatArray) -> FloatArray:
        lead = (2 * points - 1).sum(axis=1)
        return as_response(lead / 2, -lead / 2)

    knowledge = findings(evaluate, 2, SOBOL, 64, ("one", "other")).knowledge
    assert knowledge is not None
    assert [each.value for each in knowledge.each] == pytest.approx([0.25, 0.25], abs=0.02)
    assert knowledge.all.value == pytest.approx(1 / 3, abs=0.02)


def test_what_never_turns_the_decision_is_worth_nothing_to_know() -> None:
    found = findings(lambda points: as_response(5 + points[:, 0], points[:, 0]), 1, MORRIS, 4, ("one", "other"))
    assert found.knowledge is not None
    assert found.knowledge.each[0].value == pytest.approx(0, abs=1e-9)


def test_chance_between_replications_widens_the_worths_interval() -> None:
    sample = sample_of(SOBOL, 1, 16, 1)
    lead = np.array([0.4, 0.2, 0.0, -0.2, -0.4])[None, :] + (2 * sample.points - 1)
    sure, noisy = (
        worth_of_knowing(sample, np.stack([each, -each], axis=1)).each[0]
        for each in (np.repeat(lead.mean(axis=1, keepdims=True), 5, axis=1), lead)
    )
    assert sure.value == pytest.approx(noisy.value)
    assert sure.high - sure.low < noisy.high - noisy.low


def test_a_flip_is_where_the_lead_goes_through_nothing() -> None:
    # Over the range 0 to 100, `one` is worth 30, `other` is worth the parameter: they change places at 30.
    def evaluate(points: FloatArray) -> FloatArray:
        return as_response(np.full(len(points), 30.0), 100 * points[:, 0])

    parameter = Axis("x", 0.0, 100.0, base=0.1)
    found = investigate([parameter], ("one", "other"), evaluate, method=MORRIS, size=2, seed=1)
    assert found.strategies[found.best] == "one"
    assert found.base.mean == pytest.approx(20)
    [bar] = found.bars
    assert bar.values == pytest.approx((0, 10, 100))
    assert [each.mean for each in bar.readings] == pytest.approx([30, 20, -70])
    assert bar.swing.mean == pytest.approx(-100)
    [flip] = bar.flips
    assert (flip.value, flip.below, flip.above) == (pytest.approx(30), "one", "other")
    assert not bar.could_flip


def test_only_the_strategy_that_overtakes_the_best_flips_the_verdict() -> None:
    # `fast` passes `best` at 0.6, `slow` at 0.8: by then `fast` is in front.
    def evaluate(points: FloatArray) -> FloatArray:
        x = points[:, 0]
        return as_response(np.full(len(x), 0.6), x, x - 0.2)

    [bar] = investigate(
        [Axis("x", base=0.2)], ("best", "fast", "slow"), evaluate, method=MORRIS, size=2, seed=1
    ).bars
    assert [(flip.value, flip.above) for flip in bar.flips] == [(pytest.approx(0.6), "fast")]


def test_what_chance_leaves_open_is_marked_and_no_flip() -> None:
    def evaluate(points: FloatArray) -> FloatArray:
        noise = np.array([-3.0, 3.0, 0.0])
        one = 1 + points[:, 0][:, None] + noise
        return np.stack([one, np.zeros_like(one)], axis=1)

    [bar] = findings(evaluate, 1, MORRIS, 2, ("one", "other")).bars
    assert (bar.flips, bar.could_flip) == ((), True)


def test_a_parameter_whose_file_value_is_no_share_is_left_alone_at_the_base() -> None:
    seen: list[FloatArray] = []

    def evaluate(points: FloatArray) -> FloatArray:
        seen.append(points)
        return as_response(np.nan_to_num(points, nan=0.9).sum(axis=1))

    found = investigate(
        [Axis("x", base=AS_THE_FILE_SAYS), Axis("y")], ("only",), evaluate, method=MORRIS, size=2, seed=1
    )
    assert np.isnan(seen[0][:, 0]).sum() == 1 + 3
    assert found.base.mean == pytest.approx(1.4)


def test_trajectories_with_a_failed_point_are_left_out() -> None:
    def evaluate(points: FloatArray) -> FloatArray:
        response = as_response(points @ [3.0, -2.0])
        response[-1] = math.nan
        return response

    found = findings(evaluate, 2, MORRIS, 5)
    assert (found.sample.blocks, found.left_out) == (4, 3)
    [effects] = found.effects.values()
    assert [each.size.value for each in effects] == pytest.approx([3, 2])


def test_a_study_of_which_nearly_all_failed_says_so() -> None:
    with pytest.raises(RunError, match="too many points failed"):
        findings(lambda points: as_response(np.full(len(points), math.nan)), 2, MORRIS, 3)
