"""A run's folder, read back: its study, its figures, and what happened as far as it has a price."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from channelsim.errors import RunError, UserError, suggest
from channelsim.experiment.quantities import is_priced
from channelsim.experiment.replicate import MEASURES, LedgerRows
from channelsim.experiment.workers import Failure
from channelsim.program.arrays import NONE
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.kept import kept_values
from channelsim.scenario.load import Study, load
from channelsim.scenario.overrides import COMMAND_LINE, Override, parse_assignment
from channelsim.scenario.schema import Scenario
from channelsim.scenario.uncertain import MARK, with_value
from channelsim.version import VERSION

if TYPE_CHECKING:
    import polars as pl  # slow to import

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
MANIFEST, REPLICATIONS, LEDGER = "manifest.json", "replications.parquet", "ledger.parquet"
MANIFEST_FORMAT = 2
IN_A_STRATEGY = "strategies"


@dataclass(frozen=True)
class StoredRun:
    """What a folder holds. study: as it was run. figures: strategy -> metric -> (replication,), NaN where
    undefined or where the replication failed."""

    folder: Path
    manifest: dict[str, Any]
    study: Study
    figures: dict[str, dict[str, FloatArray]]

    @property
    def seed(self) -> int:
        """The run's seed."""
        return int(self.manifest["seed"])

    @property
    def replications(self) -> int:
        """How many were made, those that failed included."""
        return int(self.manifest["replications"])

    @cached_property
    def ledgers(self) -> dict[str, list[LedgerRows | None]]:
        """The priced part of each replication's ledger: strategy -> one a replication, None where it failed. Raises
        RunError if it cannot be read."""
        return _ledgers(self)

    @property
    def failures(self) -> tuple[Failure, ...]:
        """Those that failed."""
        return tuple(Failure(**each) for each in self.manifest["failures"])


def open_run(folder: Path) -> StoredRun:
    """A run's folder. Raises RunError if it is none, or was written by a version that kept other things."""
    manifest = _manifest(folder)
    study = study_of(manifest)
    try:
        import polars as pl

        table = pl.read_parquet(folder / REPLICATIONS)
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RunError(f"{folder / REPLICATIONS}: cannot be read; run the scenario again") from error
    figures = {name: _figures(table, name, int(manifest["replications"])) for name in study.strategies}
    return StoredRun(folder, manifest, study, figures)


def _manifest(folder: Path) -> dict[str, Any]:
    path = folder / MANIFEST
    if not path.is_file():
        there = "no such folder" if not folder.exists() else f"no {MANIFEST} in it"
        raise RunError(f"{folder}: {there}; name the folder of a run, such as outputs/quickstart-1a2b3c4d")
    try:
        manifest = json.loads(path.read_text())
    except (OSError, ValueError) as error:
        raise RunError(f"{path}: cannot be read; run the scenario again") from error
    if not isinstance(manifest, dict) or (manifest.get("manifest"), manifest.get("channelsim")) != (
        MANIFEST_FORMAT,
        VERSION,
    ):
        raise RunError(f"{path}: written by another version of channelsim; run the scenario again")
    return manifest


def _figures(table: pl.DataFrame, strategy: str, replications: int) -> dict[str, FloatArray]:
    mine = table.filter(table["strategy"] == strategy).drop("strategy")
    at = mine["replication"].to_numpy()
    found = {}
    for name in mine.columns[1:]:
        values = np.full(replications, math.nan)
        values[at] = mine[name].cast(float).to_numpy()
        found[name] = values
    return found


def study_of(manifest: Mapping[str, Any], sets: Sequence[str] = ()) -> Study:
    """The study that a manifest tells of, with further overrides. They change the file before its strategies do, as
    when it was loaded; those of strategies.NAME.PATH are that strategy's.

    Raises ScenarioError for overrides that make no sense.
    """
    given = [parse_assignment(each) for each in sets]
    studies = {
        name: load(_source(data, manifest["beliefs"][name]), _for_strategy(given, manifest, name))
        for name, data in manifest["resolved"].items()
    }
    for each in given:
        named = _strategy_named(each)
        if named is not None and named not in studies:
            raise UserError(f"{COMMAND_LINE} {each.path}: no strategy named '{named}'; {suggest(named, studies)}")
    everywhere = [each for each in given if _strategy_named(each) is None]
    kept = {name: _own(manifest, name) for name in studies}
    return replace(
        next(iter(studies.values())),
        source=manifest["scenario"],
        strategies={name: next(iter(study.strategies.values())) for name, study in studies.items()},
        overrides=dict(manifest["overrides"]),
        beliefs={name: next(iter(study.beliefs.values())) for name, study in studies.items()},
        notes=kept_values(everywhere, kept),
    )


def _strategy_named(override: Override) -> str | None:
    """The strategy that an override is for; None: for all."""
    first, _, rest = override.path.partition(".")
    return rest.partition(".")[0] if first == IN_A_STRATEGY else None


def _own(manifest: Mapping[str, Any], name: str) -> list[Override]:
    """What a strategy changes itself."""
    return [Override.of(path, value) for path, value in manifest["overrides"][name].items()]


def _for_strategy(given: Sequence[Override], manifest: Mapping[str, Any], name: str) -> list[Override]:
    """Overrides of all strategies, what the strategy itself says otherwise, and what was given for it alone."""
    everywhere = [each for each in given if _strategy_named(each) is None]
    own = [each for each in _own(manifest, name) if any(_overlap(each.path, other.path) for other in everywhere)]
    alone = [
        replace(each, path=each.path.split(".", 2)[2])
        for each in given
        if _strategy_named(each) == name and each.path.count(".") >= 2
    ]
    return [*everywhere, *own, *alone]


def _overlap(path: str, other: str) -> bool:
    return f"{path}.".startswith(f"{other}.") or f"{other}.".startswith(f"{path}.")


def _source(resolved: Mapping[str, Any], beliefs: Mapping[str, Any]) -> dict[str, Any]:
    """A strategy as a scenario of its own, with what was uncertain about it."""
    scenario = Scenario.model_validate_json(json.dumps(resolved))
    data: Any = scenario.model_dump(exclude_none=True)
    for path, belief in beliefs.items():
        data = with_value(data, _path_in(data, path), {MARK: belief})
    return dict(data)


def _path_in(data: Any, dotted: str) -> tuple[Any, ...]:
    """The keys and positions that a dotted path leads through."""
    found: list[Any] = []
    for part in dotted.split("."):
        key: Any = part
        if isinstance(data, list) or (isinstance(data, dict) and part not in data):
            key = int(part)
        found.append(key)
        data = data[key]
    return tuple(found)


def _ledgers(run: StoredRun) -> dict[str, list[LedgerRows | None]]:
    import polars as pl

    measures = np.flatnonzero(is_priced(np.arange(len(MEASURES), dtype=np.int16)))
    names = [MEASURES[measure] for measure in measures]
    try:
        stored = pl.scan_parquet(run.folder / LEDGER)
        wanted = pl.Series(names, dtype=stored.collect_schema()["measure"])
        table = stored.filter(pl.col("measure").is_in(wanted.implode())).collect()
    except (OSError, pl.exceptions.PolarsError) as error:
        raise RunError(f"{run.folder / LEDGER}: cannot be read; run the scenario again") from error
    finished = {name: ~np.isnan(figures["leads"]) for name, figures in run.figures.items()}
    return {
        name: _rows(table.filter(pl.col("strategy") == name), layout_of(scenario), finished[name])
        for name, scenario in run.study.strategies.items()
    }


def _rows(table: pl.DataFrame, layout: Layout, finished: NDArray[np.bool_]) -> list[LedgerRows | None]:
    """A strategy's ledgers from its part of the table, which is in the order of the replications."""
    indices = np.column_stack(
        [
            _months(table["month"], layout),
            _coded(table, ("source", "segment"), list(layout.streams)),
            _coded(table, ("motion",), [(motion,) for motion in layout.motions]),
            _steps(table, layout),
            _seats(table, layout),
            _incumbents(table["incumbent"]),
        ]
    ).astype(np.int16)
    measure = _coded(table, ("measure",), [(name,) for name in MEASURES]).astype(np.int16)
    value = table["value"].to_numpy()
    ends = np.searchsorted(table["replication"].to_numpy(), np.arange(len(finished) + 1))
    return [
        LedgerRows(measure[a:b], indices[a:b], value[a:b]) if done else None
        for a, b, done in zip(ends[:-1], ends[1:], finished, strict=True)
    ]


def _months(column: pl.Series, layout: Layout) -> IntArray:
    starts = np.array(layout.month_starts[:-1], dtype="datetime64[D]")
    found: IntArray = np.searchsorted(starts, column.to_numpy().astype("datetime64[D]"))
    return found


def _codes(column: pl.Series) -> tuple[IntArray, list[str]]:
    """Positions in a column's list of names, NONE for null, and the names."""
    names = column.dtype.categories.to_list()  # type: ignore[attr-defined]
    return column.to_physical().cast(int).fill_null(NONE).to_numpy(), names


def _coded(table: pl.DataFrame, columns: tuple[str, ...], known: list[tuple[str, ...]]) -> IntArray:
    """The position among known names that some columns together hold; NONE where the first is null."""
    codes, names = zip(*(_codes(table[column]) for column in columns), strict=True)
    lookup = np.full([len(each) + 1 for each in names], NONE)
    for position, each in enumerate(known):
        lookup[tuple(all_names.index(name) for all_names, name in zip(names, each, strict=True))] = position
    found: IntArray = lookup[codes]
    return found


def _steps(table: pl.DataFrame, layout: Layout) -> IntArray:
    """The position of a step in its motion."""
    (motions, motion_names), (steps, step_names) = _codes(table["motion"]), _codes(table["step"])
    lookup = np.full((len(motion_names) + 1, len(step_names) + 1), NONE)
    for motion, names in zip(layout.motions, layout.steps, strict=True):
        for position, step in enumerate(names):
            lookup[motion_names.index(motion), step_names.index(step)] = position
    found: IntArray = lookup[motions, steps]
    return found


def _seats(table: pl.DataFrame, layout: Layout) -> IntArray:
    teams, team_names = _codes(table["team"])
    numbers = table["seat"].cast(int).fill_null(0).to_numpy()
    most = max((seat.number + 1 for seat in layout.seats), default=0)
    lookup = np.full((len(team_names) + 1, most + 1), NONE)
    for position, seat in enumerate(layout.seats):
        lookup[team_names.index(seat.team), seat.number + 1] = position
    found: IntArray = lookup[teams, numbers]
    return found


def _incumbents(column: pl.Series) -> IntArray:
    found: IntArray = column.cast(int).fill_null(NONE + 1).to_numpy() - 1
    return found
