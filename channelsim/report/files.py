"""A run's folder: report, tables, charts and manifest. A file appears whole or not at all."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import json
import os
import platform
import re
import shutil
import tempfile
from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, fields
from importlib.metadata import version as installed_version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from channelsim.analysis.targets import Target
from channelsim.errors import RunError
from channelsim.experiment.result import Result
from channelsim.experiment.stopping import Stopping
from channelsim.experiment.stored import MANIFEST_FORMAT
from channelsim.experiment.workers import Failure
from channelsim.report.profit import (
    COHORT_COLUMNS,
    ECONOMICS_COLUMNS,
    PNL_COLUMNS,
    cohort_rows,
    economics_rows,
    pay_table,
    pnl_rows,
)
from channelsim.report.risk import RiskFigure, risk_figures
from channelsim.report.transient import COLUMNS, monthly_rows
from channelsim.scenario.load import Study
from channelsim.version import VERSION

if TYPE_CHECKING:
    import polars as pl  # slow to import

DEFAULT_FOLDER = "outputs"
REPORT = "report.html"
WORKBOOK = "costs.xlsx"
HASH_LENGTH = 8
LIBRARIES = ("numpy", "numba", "scipy", "simpy", "pydantic", "polars", "matplotlib")


def content_hash(
    study: Study,
    seed: int,
    replications: int,
    targets: Sequence[Target] = (),
    stopping: Stopping | None = None,
) -> str:
    """What determines a run's figures, as a hash: resolved strategies and beliefs, seed, replications, version, and
    if any, targets and how the number of replications was chosen."""
    content = content_of(study, seed, replications)
    if targets:
        content["targets"] = targets_by_name(targets)
    if stopping is not None:
        content["stopping"] = stopping.as_dict()
    return hashed(content)


def content_of(study: Study, seed: int, replications: int) -> dict[str, Any]:
    """What determines the figures of a study's simulation."""
    return {
        "version": VERSION,
        "seed": seed,
        "replications": replications,
        "strategies": [[name, scenario.model_dump(mode="json")] for name, scenario in study.strategies.items()],
        "beliefs": _beliefs(study),
    }


def hashed(content: Any) -> str:
    """Plain data as a hash."""
    return hashlib.blake2b(json.dumps(content).encode(), digest_size=32).hexdigest()


def targets_by_name(targets: Sequence[Target]) -> dict[str, float]:
    """Targets by the name of their metric."""
    return {target.metric.name: target.value for target in targets}


def _beliefs(study: Study) -> dict[str, dict[str, Any]]:
    """What is believed about each uncertain number, by strategy and path."""
    return {
        name: {each.path: each.belief.model_dump(mode="json") for each in beliefs.uncertain}
        for name, beliefs in study.beliefs.items()
    }


def run_folder(result: Result, parent: Path) -> Path:
    """Where a run's files go: parent/<scenario>-<short hash>. Another run never has the same folder."""
    return parent / f"{file_stem(result.study.source)}-{hash_of(result)[:HASH_LENGTH]}"


def hash_of(result: Result) -> str:
    """The content hash of a run."""
    return content_hash(result.study, result.seed, result.replications, result.targets, result.stopping)


def file_stem(source: str) -> str:
    """A scenario file's name without its ending, fit for a folder's name."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", Path(source).stem).strip("_") or "scenario"


def check_writable(parent: Path, option: str = "--output") -> None:
    """Raise RunError now if a folder for results cannot be made there, rather than after the simulation. option:
    chooses the folder."""
    existing = parent
    while not existing.exists() and existing != existing.parent:
        existing = existing.parent
    if not existing.is_dir():
        where = "" if existing == parent else f"{parent}: "
        raise RunError(f"{where}{existing} is a file, not a folder; choose another with {option}")
    if not os.access(existing, os.W_OK | os.X_OK):
        raise RunError(f"{parent}: no permission to write in {existing}; choose another folder with {option}")


def write_run(result: Result, parent: Path, *, excel: bool = False) -> Path:
    """Write all files of a run and return their folder, as `write_folder` does. excel: the workbook, too."""
    return write_folder(run_folder(result, parent), lambda folder: _write_files(result, folder, excel))


def write_repriced(result: Result, run_folder: Path) -> Path:
    """Write the tables of a run at new prices to a folder in the run's, and return it."""
    folder = run_folder / f"repriced-{hash_of(result)[:HASH_LENGTH]}"
    return write_folder(folder, lambda staging: _write_tables(result, manifest(result), staging))


def write_folder(folder: Path, write: Callable[[Path], None]) -> Path:
    """Make a folder of files that appear whole or not at all, and return it.

    They are made in a hidden folder beside it, which is then renamed; where the folder is there already, its
    files are replaced one by one. Raises RunError, with nothing left behind, if the disk is full or the like.
    """
    staging: Path | None = None
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        staging = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
        write(staging)
        _publish(staging, folder)
    except OSError as error:
        raise RunError(f"{folder}: nothing was written: {error.strerror or error}") from error
    finally:
        if staging is not None:
            shutil.rmtree(staging, ignore_errors=True)
    return folder


def _publish(staging: Path, folder: Path) -> None:
    staging.chmod(0o777 & ~_umask())
    if folder.exists():
        for path in sorted(staging.iterdir()):
            os.replace(path, folder / path.name)
    else:
        staging.rename(folder)


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def _write_files(result: Result, folder: Path, excel: bool) -> None:
    from channelsim.report.charts import CHARTS, save  # matplotlib is slow to import
    from channelsim.report.page.page import run_page

    (folder / "monthly.csv").write_bytes(csv_bytes(COLUMNS, monthly_rows(result)))
    _write_parquet(result.ledger, folder / "ledger.parquet")
    for name, draw in CHARTS.items():
        save(draw(result), folder / f"{name}.png", folder / f"{name}.svg")
    told = manifest(result)
    _write_tables(result, told, folder)
    (folder / REPORT).write_bytes(run_page(result, told).encode("utf-8", "replace"))
    if excel:
        from channelsim.report.workbook.workbook import run_workbook  # XlsxWriter is needed here alone

        (folder / WORKBOOK).write_bytes(run_workbook(result, told))


def _write_tables(result: Result, told: dict[str, Any], folder: Path) -> None:
    """All that depends on prices, and the manifest."""
    figures = [astuple(figure) for figure in risk_figures(result)]
    for name, columns, rows in (
        ("summary.csv", result.summary.columns, result.summary.rows()),
        ("risk.csv", [field.name for field in fields(RiskFigure)], figures),
        ("pnl.csv", PNL_COLUMNS, pnl_rows(result)),
        ("unit_economics.csv", ECONOMICS_COLUMNS, economics_rows(result)),
        ("cohorts.csv", COHORT_COLUMNS, cohort_rows(result)),
    ):
        (folder / name).write_bytes(csv_bytes(columns, rows))
    _write_parquet(pay_table(result), folder / "pay.parquet")
    _write_parquet(result.replication_table, folder / "replications.parquet")
    (folder / "manifest.json").write_text(json.dumps(told, indent=2) + "\n")


def _write_parquet(frame: pl.DataFrame, path: Path) -> None:
    """Through memory: a full disk is then an ordinary OSError."""
    buffer = io.BytesIO()
    frame.write_parquet(buffer, compression="zstd")
    path.write_bytes(buffer.getbuffer())


def csv_bytes(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    """A table as CSV, numbers in full, an empty field where a figure is undefined."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(["" if cell != cell else cell for cell in row] for row in rows)
    return text.getvalue().encode()


def manifest(result: Result) -> dict[str, Any]:
    """What a run was made of and how it went: enough to make it again."""
    return {
        **origin(result.study, hash_of(result)),
        "engine": result.engine,
        "seed": result.seed,
        "replications": result.replications,
        "stopping": result.stopping.as_dict() if result.stopping else None,
        "baseline": result.baseline,
        "targets": targets_by_name(result.targets),
        "decision_metric": result.study.scenario.decision_metric,
        **ending(result.wall_seconds, result.failures),
        **resolved(result.study),
    }


def origin(study: Study, content: str) -> dict[str, Any]:
    """The part of a manifest that says what was simulated with. content: the hash of the question."""
    return {
        "manifest": MANIFEST_FORMAT,
        "scenario": study.source,
        "name": study.scenario.name,
        "hash": content,
        "channelsim": VERSION,
        "python": platform.python_version(),
        "libraries": {name: installed_version(name) for name in LIBRARIES},
    }


def ending(wall_seconds: float, failures: Iterable[Failure]) -> dict[str, Any]:
    """The part of a manifest that says how it went."""
    return {
        "finished": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "wall_seconds": round(wall_seconds, 3),
        "failures": [
            {"strategy": f.strategy, "replication": f.replication, "seed": f.seed, "reason": f.reason}
            for f in failures
        ],
    }


def resolved(study: Study) -> dict[str, Any]:
    """The part of a manifest that says what the strategies are."""
    return {
        "overrides": plain_changes(study.overrides),
        "resolved": {name: scenario.model_dump(mode="json") for name, scenario in study.strategies.items()},
        "beliefs": _beliefs(study),
    }


def plain_changes(changes: Any) -> Any:
    """Values of a scenario as JSON has them: a date is a text."""
    return json.loads(json.dumps(changes, default=str))
