"""Motions and steps as arrays by stream, motion, step and month."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from channelsim.program.arrays import NONE
from channelsim.program.buying import answer_of, misfit
from channelsim.program.distributions import DistributionTable
from channelsim.program.fit import fit_offsets
from channelsim.program.keys import key32
from channelsim.program.layout import Layout
from channelsim.program.scales import Scales
from channelsim.scenario.base import for_segment
from channelsim.scenario.buying import alignments
from channelsim.scenario.motion import HalfLives, Step, age_hours
from channelsim.scenario.schema import Scenario

HOURS_A_DAY = 24.0
HALF_LIFE_POINTS = 200
SHORTEST_AGE_HOURS = 1 / 60
LONGEST_AGE_HOURS = 8766.0

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


class Curves:
    """Collects tabulated curves over a logarithm and hands out (first, length)."""

    def __init__(self) -> None:
        self.x: list[float] = []
        self.y: list[float] = []

    def add(self, points: dict[float, float]) -> tuple[int, int]:
        """Append a curve given as {position above 0: value}."""
        first = len(self.x)
        self.x.extend(map(math.log, points))
        self.y.extend(points.values())
        return first, len(points)


def cooling_points(cooling: dict[str, float] | HalfLives) -> dict[float, float]:
    """What is left of a lead's warmth, by its age in hours."""
    if isinstance(cooling, dict):
        return {age_hours(age): left for age, left in cooling.items()}
    ages = np.geomspace(SHORTEST_AGE_HOURS, LONGEST_AGE_HOURS, HALF_LIFE_POINTS)
    left = cooling.fast_share * 0.5 ** (ages / cooling.fast_half_life_hours) + (1 - cooling.fast_share) * 0.5 ** (
        ages / cooling.slow_half_life_hours
    )
    return dict(zip(ages.tolist(), left.tolist(), strict=True))


def motion_arrays(
    scenario: Scenario, layout: Layout, scales: Scales, table: DistributionTable
) -> dict[str, FloatArray | IntArray]:
    """The program's arrays of motions and steps, by name."""
    motions = list(scenario.motions.values())
    shape = (len(motions), layout.max_steps)
    nurtures = [motion.nurture for motion in motions]
    arrays: dict[str, FloatArray | IntArray] = {
        "step_count": np.array([len(motion.steps) for motion in motions]),
        "value_factor": np.array([motion.deal_value_factor for motion in motions]),
        "nurture_share": np.array([n.share if n else 0.0 for n in nurtures]),
        "nurture_max": np.array([n.max_times if n else 0 for n in nurtures]),
        "nurture_hours_dist": np.array([table.add(n.days, HOURS_A_DAY) if n else NONE for n in nurtures]),
    }

    steps = [
        (m, j, name, step)
        for m, motion in enumerate(motions)
        for j, (name, step) in enumerate(motion.steps.items())
    ]

    def by_step(value: Callable[[str, Step], float], kind: type = np.int64) -> FloatArray | IntArray:
        array: FloatArray | IntArray = np.zeros(shape, kind)
        for m, j, name, step in steps:
            array[m, j] = value(name, step)
        return array

    curves = Curves()
    team_index = {name: index for index, name in enumerate(layout.teams)}
    arrays |= {
        "step_key": by_step(lambda name, _: key32("step", name)),
        "step_team": by_step(lambda _, step: team_index[step.team]),
        "step_touches": by_step(lambda _, step: step.touches),
        "step_is_visit": by_step(lambda _, step: step.visit),
        "step_is_opportunity": by_step(lambda _, step: step.opportunity),
        "attempts_max": by_step(lambda _, step: step.attempts.max if step.attempts else 0),
        "attempt_hours_dist": by_step(
            lambda _, step: table.add(step.attempts.effort_hours) if step.attempts else NONE
        ),
        "attempt_spacing_dist": by_step(
            lambda _, step: table.add(step.attempts.spacing_hours) if step.attempts else NONE
        ),
        "handoff_hours_dist": by_step(lambda _, step: table.add(step.handoff.delay_hours)),
    }
    for prefix, points_of in (
        ("cooling", lambda step: cooling_points(step.attempts.cooling) if step.attempts else {}),
        ("value_curve", lambda step: step.value_factor),
    ):
        placed = [[curves.add(points_of(step)) for step in motion.steps.values()] for motion in motions]
        first = np.zeros(shape, np.int64)
        length = np.zeros(shape, np.int64)
        for m, row in enumerate(placed):
            for j, (at, count) in enumerate(row):
                first[m, j], length[m, j] = at, count
        arrays |= {f"{prefix}_first": first, f"{prefix}_length": length}
    leak = by_step(lambda _, step: step.handoff.leak, np.float64)
    arrays["handoff_leak"] = np.minimum(1.0, leak[..., None] * scales["handoff_leak"])
    arrays |= {"curve_x": np.array(curves.x, float), "curve_y": np.array(curves.y, float)}
    return arrays | _by_stream(scenario, layout, scales, table)


def _by_stream(
    scenario: Scenario, layout: Layout, scales: Scales, table: DistributionTable
) -> dict[str, FloatArray | IntArray]:
    """The arrays that differ by stream: a step is worked out once for each segment, and streams take their own."""
    segments = list(dict.fromkeys(segment for _, segment in layout.streams))
    shape = (len(segments), len(layout.motions), layout.max_steps)
    reach, advance, more_hours = (np.zeros(shape) for _ in range(3))
    dists = {
        name: np.full(shape, NONE, np.int64)
        for name in ("effort_hours", "travel_hours", "touch_spacing", "patience_hours", "yes_hours", "no_hours")
    }
    for s, segment in enumerate(segments):
        cycle = scenario.segments[segment].buying_cycle
        for m, motion in enumerate(scenario.motions.values()):
            aligned = alignments(motion, cycle) if cycle else [None] * len(motion.steps)
            for j, (step, alignment) in enumerate(zip(motion.steps.values(), aligned, strict=True)):
                at = (s, m, j)
                answer = answer_of(step, segment, alignment, cycle, scenario.segments[segment].patience_hours)
                if step.attempts:
                    reach[at] = for_segment(step.attempts.reach, segment)
                advance[at] = for_segment(step.advance, segment)
                if alignment is not None:
                    kept, more_days = misfit(alignment, cycle, scenario.misalignment)
                    advance[at] *= kept
                    more_hours[at] = more_days * HOURS_A_DAY
                dists["effort_hours"][at] = table.add(for_segment(step.effort_hours, segment))
                dists["travel_hours"][at] = table.add(for_segment(step.travel_hours, segment))
                dists["touch_spacing"][at] = table.add(for_segment(step.touch_spacing_hours, segment))
                dists["yes_hours"][at] = table.add(answer.yes_days, HOURS_A_DAY)
                dists["no_hours"][at] = table.add(answer.no_days, HOURS_A_DAY)
                if answer.patience_hours is not None:
                    dists["patience_hours"][at] = table.add(answer.patience_hours)
    of_stream = np.array([segments.index(segment) for _, segment in layout.streams])
    by_source = advance[of_stream] * _source_factors(scenario, layout)
    spread = 0.0 if scenario.lead_fit is None else scenario.lead_fit.spread
    return {
        "reach": np.minimum(1.0, reach[of_stream][..., None] * scales["reach"]),
        "advance": np.minimum(1.0, by_source[..., None] * scales["advance"]),
        "attempt_hours_scale": scales["attempt_hours"],
        "effort_hours_scale": scales["effort_hours"],
        "buyer_hours_scale": scales["buyer_days"],
        "fit_offset": fit_offsets(by_source, spread) if spread > 0 else np.zeros(by_source.shape),
        "buyer_hours_more": more_hours[of_stream],
        **{f"{name}_dist": array[of_stream] for name, array in dists.items()},
    }


def _source_factors(scenario: Scenario, layout: Layout) -> FloatArray:
    """What multiplies `advance` for a source, (stream, motion, step)."""
    factors = np.ones((len(layout.streams), len(layout.motions), layout.max_steps))
    for m, motion in enumerate(scenario.motions.values()):
        for j, step in enumerate(motion.steps.values()):
            for source, factor in step.source_factor.items():
                factors[[name == source for name, _ in layout.streams], m, j] = factor
    return factors
