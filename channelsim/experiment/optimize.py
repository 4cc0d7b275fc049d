"""An optimisation from a scenario and a question to what was found."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

from channelsim.experiment.finals import FinalRule, Finals, finals
from channelsim.experiment.laboratory import Laboratory
from channelsim.experiment.replicate import job_of
from channelsim.experiment.result import metrics_of
from channelsim.experiment.search import Ending, Found, Search, Step
from channelsim.experiment.trials import Question, constraints_of, goals_of
from channelsim.scenario.decide import load_space
from channelsim.scenario.load import read
from channelsim.scenario.overrides import apply, parse_assignment

EVALUATIONS = 200
REPLICATIONS = 90
SEARCH_SHARE = 0.75
"""Of the time that is allowed; the rest is for the finalists."""


@dataclass(frozen=True)
class Asked:
    """What somebody asks, in the words of the options. strategy: the one to improve; the first where None.
    replications: of points that no fewer rule out. indifference, most: when finalists are known well enough."""

    decide: tuple[str, ...]
    strategy: str | None = None
    maximize: tuple[str, ...] = ()
    minimize: tuple[str, ...] = ()
    subject_to: tuple[str, ...] = ()
    sets: tuple[str, ...] = ()
    evaluations: int = EVALUATIONS
    replications: int = REPLICATIONS
    seed: int | None = None
    minutes: float | None = None
    rule: FinalRule = field(default_factory=FinalRule)


@dataclass(frozen=True, eq=False)
class Optimum:
    """What came of it. finals: None where there were no finalists, or no time for them. store: where all figures
    are kept. simulated: replications of this run, without those that the store had. is_interrupted: the user wanted
    no more."""

    asked: Asked
    question: Question
    found: Found
    finals: Finals | None
    store: Path
    simulated: int
    is_interrupted: bool
    wall_seconds: float


def optimize(
    source: str | PathLike[str],
    asked: Asked,
    *,
    parent: Path,
    stem: str,
    workers: int = 1,
    on_step: Callable[[Step], None] | None = None,
    on_finals: Callable[[int], None] | None = None,
    tell: Callable[[str], None],
) -> Optimum:
    """Search for the best combination of what is decided, and select among the finalists.

    parent, stem: see `Laboratory`. on_step: told how far the search is; on_finals: how many replications of each
    finalist there are; tell: a line for the user if the engine has to be compiled first. Raises ScenarioError with
    all that is wrong with the scenario or the decisions, UserError for goals and constraints that make no sense, or
    that no combination can meet.
    """
    started = time.monotonic()

    def is_past(share: float) -> Callable[[], bool]:
        limit = None if asked.minutes is None else started + 60.0 * asked.minutes * share
        return lambda: limit is not None and time.monotonic() >= limit

    tree = read(source)
    said = apply(tree, [parse_assignment(each) for each in asked.sets])[0]
    space = load_space(tree, asked.decide, asked.sets, said, asked.strategy)
    scenario = space.study.scenario
    metrics = metrics_of([job_of(space.strategy, space.study.strategies[space.strategy])])
    goals = goals_of(asked.maximize, asked.minimize, scenario.decision_metric, metrics)
    constraints = constraints_of(asked.subject_to, space, metrics)
    seed = scenario.seed if asked.seed is None else asked.seed
    is_interrupted = False
    selected: Finals | None = None
    with Laboratory(
        tree, asked.sets, space, seed=seed, parent=parent, stem=stem, workers=workers, tell=tell
    ) as laboratory:
        question = Question(
            space, goals, constraints, laboratory.figures, metrics, asked.evaluations, asked.replications, seed
        )
        found = Search(question, laboratory.evaluate, on_step, is_past(SEARCH_SHARE)).run()
        is_interrupted = found.ending is Ending.INTERRUPTED
        if not is_interrupted:
            rule = FinalRule(asked.rule.finalists, asked.rule.most, asked.rule.indifference, is_past(1.0))
            try:
                for selected in finals(found, laboratory.evaluate, rule):
                    if on_finals is not None:
                        on_finals(selected.replications)
            except KeyboardInterrupt:
                is_interrupted = True
    return Optimum(
        asked,
        question,
        found,
        selected,
        laboratory.folder,
        laboratory.simulated,
        is_interrupted,
        time.monotonic() - started,
    )
