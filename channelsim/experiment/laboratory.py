"""Where an optimisation has its points simulated: as sweeps of a few points each, kept in a store."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.executors import crew
from channelsim.experiment.replicate import FAST
from channelsim.experiment.store import PARTS, Store
from channelsim.experiment.sweep import Sweep, run_sweep
from channelsim.experiment.units import Spec, figures_of
from channelsim.program.layout import layout_of
from channelsim.scenario.decide import Point, Space
from channelsim.scenario.plan import Plan
from channelsim.scenario.tree import Tree

FloatArray = NDArray[np.float64]


class Laboratory(AbstractContextManager["Laboratory"]):
    """Simulates points of a space. What a store has is not simulated again, in this run or in a later one."""

    def __init__(
        self,
        tree: Tree,
        sets: Sequence[str],
        space: Space,
        *,
        seed: int,
        parent: Path,
        stem: str,
        workers: int,
        tell: Callable[[str], None],
    ) -> None:
        """tree: the file as read; sets: as in `space`. parent, stem: the store is parent/<stem>-trials-<hash>, the
        same for all questions of a scenario and seed. Raises RunError if another process has it, or it cannot be
        written."""
        study = space.study
        layouts = [layout_of(scenario) for scenario in study.strategies.values()]
        self._spec = Spec(tree, tuple(sets), (space.strategy,), Plan("list"), seed, FAST, figures_of(layouts))
        self._space, self._workers, self._tell = space, workers, tell
        self.folder = parent / f"{stem}-trials-{self._spec.content[:8]}"
        self._told = Sweep(self._spec, study, 1).told()
        self._store = TrialStore(self.folder, self._told)
        self.simulated = 0
        """Replications of this run, those of the store apart."""

    def __exit__(self, *exception: object) -> None:
        self._store.close()

    @property
    def figures(self) -> tuple[str, ...]:
        """Names of what a replication yields."""
        return self._spec.figures

    def evaluate(self, points: Sequence[Point], replications: int) -> Mapping[Point, FloatArray | str]:
        """The figures of points, (replication, figure), or why there are none. See `trials.Evaluate`."""
        # The file's own point is first: it is sound, and the engine is prepared with the first one.
        places = list(dict.fromkeys([self._space.own, *points]))
        combinations = tuple(
            tuple((each.path, each.value.data) for each in self._space.changes(point)) for point in places
        )
        spec = replace(self._spec.copy(), plan=Plan("list", combinations=combinations))
        names = {point: spec.identity(at, 0) for at, point in enumerate(places)}
        failed: dict[Point, str] = {}
        if any(len(self._store.known(names[point])) < replications for point in points):
            with crew(spec, self._workers, None, self._tell) as hands:
                outcome = run_sweep(Sweep(spec, self._space.study, replications), self._store, hands)
            self.simulated += outcome.progress.here
            self._store.covered()
            failed = {places[at]: reason for at, _, reason in outcome.failed}
        return {point: failed.get(point) or self._store.known(names[point])[:replications] for point in points}


class TrialStore(Store):
    """A store that keeps the figures of its parts in memory: it is asked for them after every few points."""

    def __init__(self, folder: Path, told: Mapping[str, Any]) -> None:
        super().__init__(folder, told)
        self._figures: list[str] = list(told["figures"])
        self._read: set[Path] = set()
        self._known: dict[str, FloatArray] = {}
        self.parts()

    def known(self, name: str) -> FloatArray:
        """The figures of a point by its content, (replication, figure), from the first replication on."""
        return self._known.get(name, np.empty((0, len(self._figures))))

    def covered(self) -> dict[str, list[tuple[int, int]]]:
        """As of any store; parts are read once."""
        import polars as pl  # slow to import

        new = sorted(set((self.folder / PARTS).glob("*.parquet")) - self._read)
        self._read.update(new)
        if new:
            columns = ["point", "replication", *self._figures]
            table = pl.concat([pl.read_parquet(path, columns=columns) for path in new])
            in_order = table.unique(["point", "replication"]).sort("point", "replication")
            for (name,), rows in in_order.group_by("point", maintain_order=True):
                self._keep(str(name), rows["replication"].to_numpy(), rows.select(self._figures).to_numpy())
        return {name: [(0, len(figures))] for name, figures in self._known.items()}

    def _keep(self, name: str, numbers: NDArray[np.int32], figures: FloatArray) -> None:
        """Add replications of a point, by number. What does not join on to those before is left out: it is
        simulated again."""
        known = self.known(name)
        joins = numbers - len(known) == np.arange(len(numbers)) - np.searchsorted(numbers, len(known))
        fresh = joins & (numbers >= len(known))
        self._known[name] = np.concatenate([known, figures[fresh].astype(float)])
