"""A sweep: every point of a plan under every strategy, and nothing that is finished is ever lost or done twice."""

from __future__ import annotations

import hashlib
import json
import math
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import CancelledError, Future
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError, UserError
from channelsim.experiment.executors import Bundle, Crew
from channelsim.experiment.store import Finished, Key, Store, missing
from channelsim.experiment.units import CHUNK, Spec, Unit, figures_of
from channelsim.program.layout import layout_of
from channelsim.scenario.load import Study, load, read
from channelsim.scenario.plan import Plan
from channelsim.scenario.schema import AUTO

if TYPE_CHECKING:
    import polars as pl  # slow to import

FloatArray = NDArray[np.float64]
REPLICATIONS = 50
"""Of a scenario that leaves their number to the question that `run` asks."""
ROWS_A_PART = 20_000
MOST_POINTS_A_PART = 256
BUNDLES_AHEAD = 3
MOST_UNITS_A_BUNDLE = 256
LOOK_AFTER_SECONDS = 5.0
"""Without news of the workers, whether they are still there."""


@dataclass(frozen=True)
class Sweep:
    """What is to be simulated. replications: of every strategy at every point."""

    spec: Spec
    study: Study
    replications: int

    @property
    def points(self) -> int:
        """How many there are."""
        return len(self.spec.design)

    @property
    def total(self) -> int:
        """Replications in all."""
        return self.points * len(self.spec.strategies) * self.replications

    def told(self) -> dict[str, Any]:
        """What all points of a store have in common."""
        return {
            "version": self.spec.version,
            "scenario": self.study.source,
            "content": self.spec.content,
            "seed": self.spec.seed,
            "figures": list(self.spec.figures),
            "parameters": {path: self.spec.design.kinds[path].__name__ for path in self.spec.plan.paths},
        }

    def blocks(self) -> Iterator[range]:
        """Points that make a part together."""
        a_point = len(self.spec.strategies) * self.replications
        size = max(1, min(MOST_POINTS_A_PART, ROWS_A_PART // a_point))
        for start in range(0, self.points, size):
            yield range(start, min(start + size, self.points))


def sweep_of(
    source: Any,
    plan: Plan,
    *,
    sets: Sequence[str] = (),
    strategies: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    engine: str,
) -> Sweep:
    """A plan over a scenario. strategies, replications: those of the plan, else of the scenario, where not given.

    Raises ScenarioError for a scenario, an override or a value of a parameter that is not sound, UserError for a
    plan without points.
    """
    if not len(plan):
        raise UserError("nothing varies; name parameters with --vary PATH=VALUES or in a plan")
    tree = read(source)
    study = load(tree, sets, only=[*strategies] or [*plan.strategies])
    wanted = replications or plan.replications or study.scenario.replications
    spec = Spec(
        tree=tree,
        sets=tuple(sets),
        strategies=tuple(study.strategies),
        plan=plan,
        seed=study.scenario.seed if seed is None else seed,
        engine=engine,
        figures=figures_of([layout_of(scenario) for scenario in study.strategies.values()]),
    )
    _check_ends(spec)
    return Sweep(spec, study, REPLICATIONS if wanted == AUTO else int(wanted))


def _check_ends(spec: Spec) -> None:
    """Load the first and the last point, so that a path or a value that makes no sense is told before anything
    runs."""
    for point in sorted({0, len(spec.design) - 1}):
        load(spec.tree, [*spec.sets, *spec.overrides(point)], spec.strategies)


@dataclass
class Progress:
    """How far a sweep is. done: replications, those of earlier runs among them. here: those of this one. best: the
    highest means of the decision metric so far, with point and strategy, best first."""

    total: int
    done: int = 0
    here: int = 0
    seconds: float = 0.0
    best: list[tuple[float, int, int]] = field(default_factory=list)

    @property
    def seconds_left(self) -> float:
        """At the pace of this run; NaN before anything is done."""
        return (self.total - self.done) * self.seconds / self.here if self.here else math.nan


@dataclass(frozen=True)
class Outcome:
    """How a sweep went. failed: (point, strategy, reason). broken: parts that were not as they had been written."""

    progress: Progress
    failed: tuple[tuple[int, str, str], ...]
    broken: tuple[str, ...]
    resumed: int


MOST_BEST = 5


@dataclass
class _Block:
    """Points that make a part, while they are worked on. done: what is finished, in any order."""

    name: str
    units: list[Unit]
    done: dict[Unit, FloatArray] = field(default_factory=dict)
    failed: int = 0

    @property
    def is_complete(self) -> bool:
        return len(self.done) + self.failed == len(self.units)


def run_sweep(
    sweep: Sweep, store: Store, workers: Crew, on_progress: Callable[[Progress], None] | None = None
) -> Outcome:
    """Simulate what the store does not have yet. Raises RunError if nothing can be written, or the workers are
    gone; what was finished by then is kept."""
    return _Driver(sweep, store, workers, on_progress).run()


class _Driver:
    """The loop: hands units to the workers, a few bundles ahead, and keeps what comes back."""

    def __init__(
        self, sweep: Sweep, store: Store, workers: Crew, on_progress: Callable[[Progress], None] | None
    ) -> None:
        self.sweep, self.store, self.workers, self.on_progress = sweep, store, workers, on_progress
        self.spec = sweep.spec
        self.decided_by = self.spec.figures.index(sweep.study.scenario.decision_metric)
        self.progress = Progress(sweep.total)
        self.means: dict[tuple[int, int], tuple[float, int]] = {}
        self.failed: list[tuple[int, str, str]] = []
        self.block_of: dict[Unit, _Block] = {}
        self.covered = store.covered()
        self.noted: dict[Key, FloatArray] = {}
        self.journal_of: dict[Key, str] = {}
        for journal, finished in store.noted(len(self.spec.figures)):
            has = self.covered.get(finished.key.point, [])
            if not any(start <= finished.key.start and finished.key.stop <= stop for start, stop in has):
                self.noted[finished.key] = finished.figures
                self.journal_of[finished.key] = journal
        self.seconds_a_unit = 0.0
        self.names: dict[tuple[int, int], str] = {}

    def run(self) -> Outcome:
        started = time.monotonic()
        units = self._units()
        done: SimpleQueue[Future[Bundle]] = SimpleQueue()  # waiting for any of thousands would take their number
        running = 0
        resumed = 0
        is_more = True
        while running or is_more:
            while is_more and running < BUNDLES_AHEAD * self.workers.workers:
                bundle = self._bundle(units)
                is_more = bool(bundle)
                if bundle:
                    self.workers.submit(bundle).add_done_callback(done.put)
                    running += 1
            resumed = self.progress.done - self.progress.here
            if not running:
                break
            try:
                future = done.get(timeout=LOOK_AFTER_SECONDS)
            except Empty:
                self.workers.check()
            else:
                running -= 1
                self._take(_result(future))
            self.progress.seconds = time.monotonic() - started
            if self.on_progress is not None:
                self.on_progress(self.progress)
        self._let_go_of_journals()
        return Outcome(self.progress, tuple(self.failed), tuple(self.store.broken), resumed)

    def _units(self) -> Iterator[Unit]:
        """What is left to do, block by block."""
        for points in self.sweep.blocks():
            block = self._block(points)
            if block is None:
                continue
            for unit in block.units:
                if unit not in block.done:
                    self.block_of[unit] = block
                    yield unit
            self._publish_if_complete(block)

    def _block(self, points: range) -> _Block | None:
        """A block, with what the journals have of it; None if parts have all."""
        units, keys = [], []
        for point in points:
            for strategy in range(len(self.spec.strategies)):
                name = self.spec.identity(point, strategy)
                has = self.covered.get(name, [])
                self.progress.done += sum(
                    min(b, self.sweep.replications) - a for a, b in has if a < self.sweep.replications
                )
                for start, stop in missing(has, self.sweep.replications, CHUNK):
                    unit = Unit(point, strategy, start, stop)
                    units.append(unit)
                    keys.append(Key(name, start, stop))
        if not units:
            return None
        told = json.dumps([[key.point, key.start, key.stop] for key in keys])
        block = _Block(hashlib.blake2b(told.encode(), digest_size=8).hexdigest(), units)
        for unit, key in zip(units, keys, strict=True):
            self.names[unit.point, unit.strategy] = key.point
            found = self.noted.pop(key, None)
            if found is not None:
                block.done[unit] = found
                self.progress.done += len(found)
                self._remember(unit, found)
        return block

    def _bundle(self, units: Iterator[Unit]) -> list[Unit]:
        """The next units, as many as make it worth handing them over."""
        wanted = 1
        if self.seconds_a_unit > 0:
            wanted = int(self.workers.seconds_a_bundle / self.seconds_a_unit)
        bundle: list[Unit] = []
        for unit in units:
            bundle.append(unit)
            if len(bundle) >= min(max(wanted, 1), MOST_UNITS_A_BUNDLE):
                break
        return bundle

    def _take(self, bundle: Bundle) -> None:
        """Keep what a bundle brought."""
        self.seconds_a_unit = bundle.seconds / len(bundle.done)
        for unit, figures in bundle.done:
            block = self.block_of.pop(unit)
            if isinstance(figures, str):
                block.failed += 1
                self.failed.append((unit.point, self.spec.strategies[unit.strategy], figures))
                self.progress.done += unit.stop - unit.start
            else:
                self.store.note(block.name, Finished(self._key(unit), figures))
                block.done[unit] = figures
                self.progress.done += len(figures)
                self._remember(unit, figures)
            self.progress.here += unit.stop - unit.start
            self._publish_if_complete(block)
        self.store.flush()

    def _key(self, unit: Unit) -> Key:
        return Key(self.names[unit.point, unit.strategy], unit.start, unit.stop)

    def _publish_if_complete(self, block: _Block) -> None:
        if not block.is_complete or not block.done:
            return
        units = [unit for unit in block.units if unit in block.done]
        self.store.publish(block.name, self._table(units, block.done))
        for unit in units:
            self.names.pop((unit.point, unit.strategy), None)
        block.done.clear()
        block.units.clear()

    def _table(self, units: Sequence[Unit], done: Mapping[Unit, FloatArray]) -> pl.DataFrame:
        """Rows of a part: point (its content), the parameters' values, strategy, replication, figures."""
        import polars as pl

        dtypes = {int: pl.Int64, float: pl.Float64, str: pl.String}
        sizes = [unit.stop - unit.start for unit in units]
        columns: dict[str, Any] = {"point": np.repeat([self._key(unit).point for unit in units], sizes)}
        values = [self.spec.design.values(unit.point) for unit in units]
        kinds = self.spec.design.kinds
        for path in self.spec.plan.paths:
            cells = pl.Series([_cell(each.get(path), kinds[path]) for each in values], dtype=dtypes[kinds[path]])
            columns[path] = cells.gather(np.repeat(np.arange(len(cells)), sizes))
        columns["strategy"] = np.repeat([self.spec.strategies[unit.strategy] for unit in units], sizes)
        columns["replication"] = np.concatenate(
            [np.arange(unit.start, unit.stop, dtype=np.int32) for unit in units]
        )
        figures = np.concatenate([done[unit] for unit in units])
        columns |= {name: figures[:, at] for at, name in enumerate(self.spec.figures)}
        return pl.DataFrame(columns).with_columns(pl.selectors.float().fill_nan(None))

    def _remember(self, unit: Unit, figures: FloatArray) -> None:
        """The best means so far."""
        at = (unit.point, unit.strategy)
        mean, count = self.means.get(at, (0.0, 0))
        new = count + len(figures)
        mean += (float(np.nansum(figures[:, self.decided_by])) - len(figures) * mean) / new
        if new >= self.sweep.replications:
            self.means.pop(at, None)
            self.progress.best = sorted([*self.progress.best, (mean, *at)], reverse=True)[:MOST_BEST]
        else:
            self.means[at] = (mean, new)

    def _let_go_of_journals(self) -> None:
        """Of all whose entries stand in parts. Those of another plan over the same scenario wait until it is
        asked for again."""
        needed = {self.journal_of[key] for key in self.noted}
        needed |= {block.name for block in self.block_of.values()}
        for journal in self.store.journals():
            if journal not in needed:
                self.store.forget(journal)


def _cell(value: Any, kind: type) -> Any:
    """A parameter's value as a cell of a column."""
    if value is None:
        return None
    return (
        kind(value) if kind in (int, float) else value if isinstance(value, str) else json.dumps(value, default=str)
    )


def _result(future: Future[Bundle]) -> Bundle:
    """A bundle. Whatever a point does wrong is told in it, so what is raised here is the workers' trouble."""
    try:
        return future.result()
    except (Exception, CancelledError) as error:
        raise RunError(
            f"the workers are gone ({type(error).__name__}: out of memory, killed, or out of reach); what is "
            "finished is kept, and the same command goes on from here"
        ) from error


def default_folder(sweep: Sweep, parent: Path, stem: str) -> Path:
    """Where a sweep is kept unless somebody says otherwise: the same for the same scenario, seed, version and
    parameters, so that more points or replications go where the others are."""
    told = json.dumps({name: value for name, value in sweep.told().items() if name != "scenario"}, sort_keys=True)
    return parent / f"{stem}-sweep-{hashlib.blake2b(told.encode(), digest_size=4).hexdigest()}"
