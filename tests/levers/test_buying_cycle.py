"""How a sales process fits the buyer's cycle, and what a misfit costs. Hand-worked."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.program.codes import DistKind
from channelsim.scenario.buying import Alignment, Fit, alignments
from channelsim.scenario.schema import Scenario
from worlds import program_of, step, world

CYCLE = {"problem": {"days": 3.0}, "choice": {"days": 5.0, "window_hours": 60.0}, "approval": {"days": 8.0}}


def tree(serves: dict[str, str | None], **sections: Any) -> dict[str, Any]:
    steps = {name: step(advance=0.5, **({"serves": of} if of else {})) for name, of in serves.items()}
    segments = {"all": {"deal_value": 1.0, "patience_hours": 99.0, "buying_cycle": CYCLE}}
    return world(steps=steps, segments=segments, **sections)


def aligned(serves: dict[str, str | None]) -> list[Alignment]:
    scenario = Scenario.model_validate(tree(serves))
    return alignments(scenario.motions["sale"], scenario.segments["all"].buying_cycle)


def test_a_process_that_follows_the_buyer_is_aligned() -> None:
    found = aligned({"call": "problem", "demo": "choice", "close": "approval"})
    assert [each.fit for each in found] == [Fit.ALIGNED] * 3
    assert [each.missing for each in found] == [(), (), ()]


def test_extra_steps_missing_steps_and_wrong_order_are_told_apart() -> None:
    found = aligned({"call": None, "close": "approval", "again": "problem"})
    assert [each.fit for each in found] == [Fit.EXTRA, Fit.ALIGNED, Fit.WRONG_ORDER]
    assert [each.missing for each in found] == [(), ("choice",), ()]


def test_what_nobody_serves_at_the_end_is_missed_at_the_last_step() -> None:
    assert [each.missing for each in aligned({"call": "problem", "demo": "problem"})] == [
        (),
        ("choice", "approval"),
    ]
    assert [each.first for each in aligned({"call": "problem", "demo": "problem"})] == [True, False]


def days(program: Any, number: int) -> float:
    dist = program.yes_hours_dist[0, 0, number]
    assert program.dist_kind[dist] == DistKind.CONSTANT
    return float(program.dist_a[dist]) / 24.0


def test_an_aligned_step_takes_the_buyers_time_and_window() -> None:
    program = program_of(tree({"call": "problem", "demo": "choice", "demo2": "choice", "close": "approval"}))
    # The second step that serves one step of the buyer's finds it taken: no further days.
    assert [days(program, number) for number in range(4)] == [3.0, 5.0, 0.0, 8.0]
    windows = [float(program.dist_a[program.patience_hours_dist[0, 0, number]]) for number in range(4)]
    assert windows == [99.0, 60.0, 60.0, 99.0]
    assert program.advance[0, 0, :, 0].tolist() == [0.5] * 4
    assert program.buyer_hours_more[0, 0].tolist() == [0.0] * 4


def test_a_steps_own_days_stand_in_place_of_the_buyers() -> None:
    own = tree({"call": "problem"})
    own["motions"]["sale"]["steps"]["call"]["buyer_days"] = 1.5
    assert days(program_of(own), 0) == 1.5


def test_each_misfit_costs_what_the_scenario_says() -> None:
    costs = {
        "extra_step": {"decline": 0.1, "delay_days": 1.0},
        "missing_step": {"decline": 0.2, "delay_days": 2.0},
        "wrong_order": {"decline": 0.3, "delay_days": 4.0},
    }
    program = program_of(tree({"call": None, "close": "approval", "again": "problem"}, misalignment=costs))
    # An extra step; the choice missed, which the buyer makes alone in its 5 days; the wrong order.
    assert program.advance[0, 0, :, 0].tolist() == pytest.approx([0.5 * 0.9, 0.5 * 0.8, 0.5 * 0.7])
    assert (program.buyer_hours_more[0, 0] / 24.0).tolist() == pytest.approx([1.0, 7.0, 4.0])


def test_segments_without_a_cycle_take_the_process_as_it_is() -> None:
    plain = tree({"call": None, "close": None}) | {"segments": {"all": {"deal_value": 1.0}}}
    program = program_of(plain)
    assert program.advance[0, 0, :, 0].tolist() == [0.5, 0.5]
    assert program.buyer_hours_more.max() == 0.0
