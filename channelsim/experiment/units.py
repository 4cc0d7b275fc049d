"""What a worker does in a sweep: some replications of one strategy at one point, to a small table of figures."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields, replace
from functools import cached_property, lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Ledger
from channelsim.errors import UserError
from channelsim.experiment.designs import Design
from channelsim.experiment.replicate import ENGINES, Job, Simulate, job_of, replicate
from channelsim.finance.costs import price
from channelsim.finance.definitions import metrics_for
from channelsim.finance.luck import KINDS, worth_of_luck
from channelsim.finance.metrics import money_metrics, physical_metrics
from channelsim.finance.quantities import quantities_of
from channelsim.program.compile import Compiler
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.overrides import Override, apply, parse_assignment
from channelsim.scenario.plan import Plan
from channelsim.scenario.tree import Tree
from channelsim.scenario.varied import Varied
from channelsim.version import VERSION

FloatArray = NDArray[np.float64]
CHUNK = 50
"""Replications in one go, at most: what is lost when a worker dies, and a step of progress."""
JOBS_KEPT = 8
COMPILERS_KEPT = 32
"""One for each shape of program, such as another headcount makes."""
LUCK = tuple(f"luck.{kind}" for kind in KINDS)


@dataclass(frozen=True, order=True)
class Unit:
    """Replications `start` to before `stop` of a strategy at a point, all by number."""

    point: int
    strategy: int
    start: int
    stop: int


@dataclass(frozen=True)
class Spec:
    """What a sweep is of: all that a worker has to know, once.

    tree: the file as read. sets: overrides of all points. strategies: those to simulate, in order. figures: names
    of what is kept of each replication.
    """

    tree: Tree
    sets: tuple[str, ...]
    strategies: tuple[str, ...]
    plan: Plan
    seed: int
    engine: str
    figures: tuple[str, ...]
    version: str = VERSION

    def copy(self) -> Spec:
        """Of its own for a worker: what was compiled is not shared."""
        return replace(self)

    def __reduce__(self) -> tuple[Any, ...]:
        """Without what was compiled here."""
        return Spec, tuple(getattr(self, each.name) for each in fields(self))

    @cached_property
    def design(self) -> Design:
        """The points."""
        return Design(self.plan, self.seed)

    @cached_property
    def said(self) -> Tree:
        """The file with what is set for all points."""
        return apply(self.tree, [parse_assignment(each) for each in self.sets])[0]

    def overrides(self, point: int) -> list[Override]:
        """What a point changes."""
        return self.design.overrides(self.said, point)

    def job(self, point: int, strategy: int) -> Job:
        """A strategy at a point, compiled. Raises ScenarioError if the point makes no sound scenario."""
        return self._jobs(point, strategy)

    @cached_property
    def _jobs(self) -> Callable[[int, int], Job]:
        return lru_cache(JOBS_KEPT)(self._compiled)

    @cached_property
    def _compilers(self) -> Callable[[int, Layout], Compiler]:
        """A strategy's compiler by layout."""
        return lru_cache(COMPILERS_KEPT)(lambda _strategy, layout: Compiler(layout))

    def _compiled(self, point: int, strategy: int) -> Job:
        scenario, beliefs = self._varied[strategy].at(self.overrides(point))
        layout = layout_of(scenario)
        compiler = self._compilers(strategy, layout)
        return job_of(self.strategies[strategy], scenario, self.engine, beliefs, compiler)

    @cached_property
    def _varied(self) -> tuple[Varied, ...]:
        return tuple(Varied(self.said, name) for name in self.strategies)

    @cached_property
    def content(self) -> str:
        """What all points have in common, as a hash: the file with what is set, seed, engine-independent,
        version."""
        told = {"version": self.version, "seed": self.seed, "file": self.said.data}
        return _hash(json.dumps(told, default=str, sort_keys=True))

    def identity(self, point: int, strategy: int) -> str:
        """A strategy at a point by its content: the same in any sweep of the same scenario, seed and version."""
        changes = sorted((each.path, each.value.data) for each in self.overrides(point))
        return _hash(json.dumps([self.content, self.strategies[strategy], changes], default=str))


def _hash(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=16).hexdigest()


def figures_of(layouts: Sequence[Layout]) -> tuple[str, ...]:
    """What is kept of a replication: all metrics, and its luck."""
    teams = dict.fromkeys(team for layout in layouts for team in layout.teams)
    return tuple(metric.name for metric in metrics_for(tuple(teams))) + LUCK


def run_unit(spec: Spec, unit: Unit, simulate: Simulate | None = None) -> FloatArray:
    """The figures of a unit's replications, (replication, figure); NaN where undefined. simulate: in place of the
    engine. Raises whatever the scenario or the engine does, UserError for a spec of another version."""
    if spec.version != VERSION:
        raise UserError(f"this worker has channelsim {VERSION}, the sweep {spec.version}; install the same on both")
    job = spec.job(unit.point, unit.strategy)
    engine = simulate or ENGINES[job.engine]()
    numbers = range(unit.start, unit.stop)
    if job.varies is None:
        found = _alike(job, [engine(job.program, spec.seed, number) for number in numbers])
    else:
        found = _one_by_one(job, spec.seed, numbers, engine)
    nothing = np.full(len(numbers), np.nan)
    return np.column_stack([found.get(name, nothing) for name in spec.figures])


def _alike(job: Job, ledgers: Sequence[Ledger]) -> dict[str, FloatArray]:
    """Figures of replications of one program, priced in one go."""
    physical = physical_metrics(ledgers, job.layout, job.prices.month_hours, job.warmup_months)
    quantities = quantities_of(ledgers, job.layout)
    money = price(quantities, job.prices, job.layout)
    priced = money_metrics(physical, money, job.prices, job.layout, job.warmup_months)
    luck = worth_of_luck(quantities, job.program, job.prices)
    return physical | priced | dict(zip(LUCK, luck.T, strict=True))


def _one_by_one(job: Job, seed: int, numbers: Sequence[int], engine: Simulate) -> dict[str, FloatArray]:
    """Figures of replications each of which is a world of its own."""
    found = [replicate(job, seed, number, engine) for number in numbers]
    metrics = {name: np.array([each.metrics[name] for each in found]) for name in found[0].metrics}
    return metrics | dict(zip(LUCK, np.array([each.luck for each in found]).T, strict=True))
