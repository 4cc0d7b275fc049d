"""A sensitivity study by simulation: its points are a sweep, which loses nothing that is finished."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.controls import WORTHWHILE
from channelsim.analysis.curves import without_luck
from channelsim.analysis.indices import MORRIS, SOBOL, Method
from channelsim.analysis.sensitivity import Findings, investigate
from channelsim.errors import RunError, UserError
from channelsim.experiment.executors import crew
from channelsim.experiment.recorded import recorded
from channelsim.experiment.replicate import DEFAULT_ENGINE
from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Outcome, Sweep, default_folder, run_sweep, sweep_of
from channelsim.experiment.units import LUCK
from channelsim.scenario.candidates import SPREAD, candidates
from channelsim.scenario.load import Study, load, read
from channelsim.scenario.parameters import Change, Parameter, believed, check_ends, declared
from channelsim.scenario.plan import Plan

FloatArray = NDArray[np.float64]
REPLICATIONS = 10
"""At each point, unless somebody says otherwise."""
TRAJECTORIES, BASE_POINTS = 10, 64
FAILURES_TOLD = 5
FEWEST_FOR_LUCK = 10
"""Replications from which on a slope on luck, the same for all points, is known well enough."""


@dataclass(frozen=True)
class Question:
    """What is asked. source, sets, only: the scenario, overrides and strategies. how: where the parameters come
    from, in words. size: Morris's trajectories, or Sobol's base points."""

    source: Any
    sets: tuple[str, ...]
    only: tuple[str, ...]
    study: Study
    parameters: tuple[Parameter, ...]
    how: str
    method: Method
    size: int
    replications: int
    seed: int

    @property
    def points(self) -> int:
        """How many there are at most: those that come twice are simulated once."""
        count = len(self.parameters)
        return 1 + 3 * count + self.size * (count + (1 if self.method == MORRIS else 2))


@dataclass(frozen=True)
class Sensitivity:
    """A finished study. points: how many were simulated. luck_taken_out: how many times the replications it is
    worth, None where it is left in. failed: what failed, a line each. store: where the points are."""

    question: Question
    findings: Findings
    points: int
    luck_taken_out: float | None
    failed: tuple[str, ...]
    store: Path
    wall_seconds: float

    @property
    def decided_by(self) -> str:
        """The metric that strategies are judged by."""
        return self.question.study.scenario.decision_metric


def question_of(
    source: Any,
    *,
    varied: Sequence[str] = (),
    auto: bool = False,
    spread: float | None = None,
    sets: Sequence[str] = (),
    strategies: Sequence[str] = (),
    method: Method = MORRIS,
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
) -> Question:
    """The question about a scenario: its parameters are those of `varied`, else its uncertain numbers, else, or
    with `auto`, what a sales leader would doubt, by `spread` up and down. All others: the usual ones where None.

    Raises ScenarioError for what is not sound at an end of any parameter, UserError for options that exclude each
    other, or if nothing can be varied.
    """
    if varied and auto:
        raise UserError("--auto beside --vary; declare parameters, or have them chosen")
    if method == SOBOL and size is not None and size & (size - 1):
        raise UserError(f"--size {size}; a power of 2 for sobol, such as {2 ** size.bit_length()}")
    tree = read(source)
    study = load(tree, sets, only=strategies)
    found: Sequence[Parameter]
    if varied:
        found, how = declared(tree, sets, varied), "declared ranges, anything in between equally likely"
    elif not auto and believed(study):
        found, how = believed(study), "the scenario's uncertain numbers"
    else:
        share = SPREAD if spread is None else spread
        found = candidates(study, share)
        how = f"what the scenario says, {share:.0%} up and down, anything in between equally likely"
    if spread is not None and not how.startswith("what"):
        raise UserError("--spread is of parameters that are chosen unasked; add --auto, or leave it out")
    if not found:
        raise UserError("nothing to vary in this scenario; declare parameters with --vary PATH=LOW:HIGH")
    check_ends(tree, sets, strategies, found)
    return Question(
        source=source,
        sets=tuple(sets),
        only=tuple(strategies),
        study=study,
        parameters=tuple(found),
        how=how,
        method=method,
        size=size or (TRAJECTORIES if method == MORRIS else BASE_POINTS),
        replications=replications or REPLICATIONS,
        seed=study.scenario.seed if seed is None else seed,
    )


def run_sensitivity(
    question: Question,
    parent: Path,
    stem: str,
    *,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
    tell: Callable[[str], None] = lambda _: None,
) -> Sensitivity:
    """Simulate what is not in the store yet, and say what was found. The store is parent/<stem>-sensitivity-sweep-
    <hash>, the same for all questions about a scenario with the same seed and version.

    Raises RunError if nothing can be written, or too much failed.
    """
    started = time.monotonic()
    told: list[tuple[Sweep, Outcome, Path, float | None]] = []

    def evaluate(points: FloatArray) -> FloatArray:
        combinations = [_combination(question.parameters, row) for row in points]
        distinct = list(dict.fromkeys(repr(each) for each in combinations))
        first = {name: at for at, name in reversed(list(enumerate(map(repr, combinations))))}
        plan = Plan("list", combinations=tuple(combinations[first[name]] for name in distinct))
        sweep = sweep_of(
            question.source,
            plan,
            sets=question.sets,
            strategies=question.only,
            replications=question.replications,
            seed=question.seed,
            engine=DEFAULT_ENGINE,
        )
        folder = default_folder(sweep, parent, f"{stem}-sensitivity")
        with Store(folder, sweep.told()) as store, crew(sweep.spec, workers, None, tell) as team:
            outcome = run_sweep(
                sweep, store, team, None if progress is None else lambda how: progress(how.done, how.total)
            )
            metric, *luck = recorded(sweep, store, [question.study.scenario.decision_metric, *LUCK])
        responses, factor = _without_luck(metric, np.sum(luck, axis=0))
        told.append((sweep, outcome, folder, factor))
        place = {name: at for at, name in enumerate(distinct)}
        return responses[[place[repr(each)] for each in combinations]]

    try:
        findings = investigate(
            question.parameters,
            list(question.study.strategies),
            evaluate,
            method=question.method,
            size=question.size,
            seed=question.seed,
        )
    except RunError as error:
        if not told:
            raise
        raise RunError("\n".join([*_failures(told[0][1])[:FAILURES_TOLD], str(error)])) from error
    [(sweep, outcome, folder, factor)] = told
    seconds = time.monotonic() - started
    return Sensitivity(question, findings, sweep.points, factor, _failures(outcome), folder, seconds)


def _combination(parameters: Sequence[Parameter], point: FloatArray) -> tuple[Change, ...]:
    """What a point of the cube changes."""
    return tuple(
        change for each, share in zip(parameters, point.tolist(), strict=True) for change in each.changes(share)
    )


def _without_luck(metric: FloatArray, luck: FloatArray) -> tuple[FloatArray, float | None]:
    """Responses without buyers' luck, where that helps, and how many times the replications it is worth."""
    if metric.shape[-1] < FEWEST_FOR_LUCK:
        return metric, None
    without = without_luck(metric, luck)
    before, after = (float(np.nansum(each.var(axis=-1))) for each in (metric, without))
    return (without, before / after) if before > WORTHWHILE * after > 0 else (metric, None)


def _failures(outcome: Outcome) -> tuple[str, ...]:
    return tuple(f"point {point} of {strategy} failed: {reason}" for point, strategy, reason in outcome.failed)
