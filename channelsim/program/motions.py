"""Motions and steps as arrays by stream, motion, step and month."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

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
from channelsim.scenario.buying import Alignment, alignments
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


Arrays = dict[str, FloatArray | IntArray]


def motion_structure(scenario: Scenario, layout: Layout, table: DistributionTable) -> Arrays:
    """The program's arrays of motions and steps that are no plain numbers: structure, distributions, curves."""
    motions = list(scenario.motions.values())
    shape = (len(motions), layout.max_steps)
    nurtures = [motion.nurture for motion in motions]
    steps = [(m, j, *named) for m, motion in enumerate(motions) for j, named in enumerate(motion.steps.items())]

    def by_step(value: Callable[[str, Step], float]) -> IntArray:
        array = np.zeros(shape, np.int64)
        for m, j, name, step in steps:
            array[m, j] = value(name, step)
        return array

    arrays: Arrays = {
        "step_count": np.array([len(motion.steps) for motion in motions]),
        "nurture_max": np.array([n.max_times if n else 0 for n in nurtures]),
        "nurture_hours_dist": np.array([table.add(n.days, HOURS_A_DAY) if n else NONE for n in nurtures]),
        "step_key": by_step(lambda name, _: key32("step", name)),
        "step_team": by_step(lambda _, step: layout.teams.index(step.team)),
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
    curves = Curves()
    points: dict[str, Callable[[Step], dict[float, float]]] = {
        "cooling": lambda step: cooling_points(step.attempts.cooling) if step.attempts else {},
        "value_curve": lambda step: step.value_factor,
    }
    for prefix, points_of in points.items():
        placed = {(m, j): curves.add(points_of(step)) for m, j, _, step in steps}
        for end, ending in enumerate(("first", "length")):
            array = np.zeros(shape, np.int64)
            for at, ends in placed.items():
                array[at] = ends[end]
            arrays[f"{prefix}_{ending}"] = array
    arrays |= {"curve_x": np.array(curves.x, float), "curve_y": np.array(curves.y, float)}
    return arrays | _distributions_by_stream(scenario, layout, table)


def _distributions_by_stream(scenario: Scenario, layout: Layout, table: DistributionTable) -> Arrays:
    segments, of_stream = _segments(layout)
    dists = {
        name: np.full((len(segments), len(layout.motions), layout.max_steps), NONE, np.int64)
        for name in ("effort_hours", "travel_hours", "touch_spacing", "patience_hours", "yes_hours", "no_hours")
    }
    for at, segment, step, alignment in _steps_by_segment(scenario, segments):
        own = scenario.segments[segment]
        answer = answer_of(step, segment, alignment, own.buying_cycle, own.patience_hours)
        dists["effort_hours"][at] = table.add(for_segment(step.effort_hours, segment))
        dists["travel_hours"][at] = table.add(for_segment(step.travel_hours, segment))
        dists["touch_spacing"][at] = table.add(for_segment(step.touch_spacing_hours, segment))
        dists["yes_hours"][at] = table.add(answer.yes_days, HOURS_A_DAY)
        dists["no_hours"][at] = table.add(answer.no_days, HOURS_A_DAY)
        if answer.patience_hours is not None:
            dists["patience_hours"][at] = table.add(answer.patience_hours)
    return {f"{name}_dist": array[of_stream] for name, array in dists.items()}


def motion_numbers(scenario: Scenario, layout: Layout, scales: Scales) -> Arrays:
    """The program's arrays of motions and steps that are plain numbers: chances, factors and levers."""
    motions = list(scenario.motions.values())
    segments, of_stream = _segments(layout)
    shape = (len(segments), len(motions), layout.max_steps)
    reach, advance, leak, more_hours = (np.zeros(shape) for _ in range(4))
    for at, segment, step, alignment in _steps_by_segment(scenario, segments):
        if step.attempts:
            reach[at] = for_segment(step.attempts.reach, segment)
        advance[at] = for_segment(step.advance, segment)
        leak[at] = step.handoff.leak
        if alignment is not None:
            kept, days = misfit(alignment, scenario.segments[segment].buying_cycle, scenario.misalignment)
            advance[at] *= kept
            more_hours[at] = days * HOURS_A_DAY
    by_source = advance[of_stream] * _source_factors(scenario, layout)
    spread = 0.0 if scenario.lead_fit is None else scenario.lead_fit.spread
    return {
        "value_factor": np.array([motion.deal_value_factor for motion in motions]),
        "nurture_share": np.array([motion.nurture.share if motion.nurture else 0.0 for motion in motions]),
        "reach": np.minimum(1.0, reach[of_stream][..., None] * scales["reach"]),
        "advance": np.minimum(1.0, by_source[..., None] * scales["advance"]),
        "handoff_leak": np.minimum(1.0, leak[of_stream][..., None] * scales["handoff_leak"]),
        "attempt_hours_scale": scales["attempt_hours"],
        "effort_hours_scale": scales["effort_hours"],
        "buyer_hours_scale": scales["buyer_days"],
        "fit_offset": fit_offsets(by_source, spread) if spread > 0 else np.zeros(by_source.shape),
        "buyer_hours_more": more_hours[of_stream],
    }


def _segments(layout: Layout) -> tuple[list[str], IntArray]:
    """The segments of the streams, and which one each stream is of: steps are worked out once for each."""
    segments = list(dict.fromkeys(segment for _, segment in layout.streams))
    return segments, np.array([segments.index(segment) for _, segment in layout.streams])


def _steps_by_segment(
    scenario: Scenario, segments: list[str]
) -> Iterator[tuple[tuple[int, int, int], str, Step, Alignment | None]]:
    """Every step for every segment: its place, the segment, the step, how it fits the segment's buying cycle."""
    for s, segment in enumerate(segments):
        cycle = scenario.segments[segment].buying_cycle
        for m, motion in enumerate(scenario.motions.values()):
            aligned = alignments(motion, cycle) if cycle else [None] * len(motion.steps)
            for j, (step, alignment) in enumerate(zip(motion.steps.values(), aligned, strict=True)):
                yield (s, m, j), segment, step, alignment


def _source_factors(scenario: Scenario, layout: Layout) -> FloatArray:
    """What multiplies `advance` for a source, (stream, motion, step)."""
    factors = np.ones((len(layout.streams), len(layout.motions), layout.max_steps))
    for m, motion in enumerate(scenario.motions.values()):
        for j, step in enumerate(motion.steps.values()):
            for source, factor in step.source_factor.items():
                factors[[name == source for name, _ in layout.streams], m, j] = factor
    return factors
