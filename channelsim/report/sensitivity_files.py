"""The files of a sensitivity study, and the same as one JSON object."""

from __future__ import annotations

import json
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from channelsim.analysis.indices import MORRIS
from channelsim.analysis.jackknife import Interval
from channelsim.experiment.sensitivity import Question, Sensitivity
from channelsim.report.files import (
    HASH_LENGTH,
    REPORT,
    content_of,
    csv_bytes,
    ending,
    file_stem,
    hashed,
    origin,
    plain_changes,
    resolved,
    write_folder,
)
from channelsim.report.sensitivity import sentences
from channelsim.report.summary_json import null_for_nan

COLUMNS = (
    "figure", "parameter", "low", "high",
    "effect", "effect_low", "effect_high", "effect_mean", "effect_spread",
    "first", "first_low", "first_high", "total", "total_low", "total_high",
)  # fmt: skip
TORNADO_COLUMNS = (
    "parameter", "end", "value", "mean", "ci_low", "ci_high", "swing", "swing_low", "swing_high", "could_flip",
)  # fmt: skip
FLIP_COLUMNS = ("parameter", "value", "best_below", "best_above")
WORTH_COLUMNS = ("parameter", "worth", "worth_low", "worth_high")
ALL = "(all)"
ENDS = ("low", "middle", "high")


def index_rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """COLUMNS: one row a figure and parameter, as in sensitivity.csv. effect and what begins with it is Morris's,
    all others are Sobol's; those of the method that was not used are None."""
    findings = result.findings
    for figure in findings.figures:
        for at, parameter in enumerate(findings.parameters):
            low, high = (parameter.value(share) for share in parameter.ends)
            head = (figure, parameter.name, low, high)
            if findings.sample.method == MORRIS:
                effect = findings.effects[figure][at]
                yield (*head, *_three(effect.size), effect.mean, effect.spread, *[None] * 6)
            else:
                found = findings.shares[figure]
                six = [None] * 6 if found is None else [*_three(found[at].first), *_three(found[at].total)]
                yield (*head, *[None] * 5, *six)


def tornado_rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """TORNADO_COLUMNS: a row for each end of a parameter and one between, the widest swing first."""
    for bar in result.findings.bars:
        swing = (bar.swing.mean, bar.swing.ci_low, bar.swing.ci_high)
        for end, value, reading in zip(ENDS, bar.values, bar.readings, strict=True):
            yield (
                bar.parameter.name, end, value, reading.mean, reading.ci_low, reading.ci_high, *swing,
                bool(bar.flips) or bar.could_flip,
            )  # fmt: skip


def flip_rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """FLIP_COLUMNS: a row for each value of a parameter at which another strategy becomes best."""
    for bar in result.findings.bars:
        for flip in bar.flips:
            yield (bar.parameter.name, flip.value, flip.below, flip.above)


def worth_rows(result: Sensitivity) -> Iterator[tuple[Any, ...]]:
    """WORTH_COLUMNS: what knowing each parameter is worth, then all; nothing where one strategy stands alone."""
    findings = result.findings
    if findings.knowledge is not None:
        for parameter, worth in zip(findings.parameters, findings.knowledge.each, strict=True):
            yield (parameter.name, *_three(worth))
        yield (ALL, *_three(findings.knowledge.all))


def sensitivity_as_json(result: Sensitivity, folder: Path) -> dict[str, Any]:
    """Rows of all tables as objects; sentences; output. What is undefined is null."""
    knowledge = result.findings.knowledge
    return {
        "scenario": result.question.study.source,
        "currency": result.question.study.scenario.currency,
        **_asked(result.question),
        "points": result.points,
        "luck_taken_out": result.luck_taken_out,
        "best": result.findings.strategies[result.findings.best],
        "indices": _objects(COLUMNS, index_rows(result)),
        "tornado": _objects(TORNADO_COLUMNS, tornado_rows(result)),
        "flips": _objects(FLIP_COLUMNS, flip_rows(result)),
        "worth_of_knowing": _objects(WORTH_COLUMNS, worth_rows(result)),
        "explained": None if knowledge is None else null_for_nan(knowledge.explained),
        "sentences": sentences(result),
        "failures": list(result.failed),
        "store": str(result.store),
        "output": str(folder),
    }


def write_sensitivity(result: Sensitivity, parent: Path) -> Path:
    """Write all files to parent/<scenario>-sensitivity-<hash> and return it, as `write_folder` does."""
    stem = file_stem(result.question.study.source)
    folder = parent / f"{stem}-sensitivity-{hash_of_question(result.question)[:HASH_LENGTH]}"
    return write_folder(folder, lambda staging: _write_files(result, staging))


def hash_of_question(question: Question) -> str:
    """What determines the figures and the files, as a hash."""
    return hashed(content_of(question.study, question.seed, question.replications) | _asked(question))


def _asked(question: Question) -> dict[str, Any]:
    return {
        "method": question.method,
        "size": question.size,
        "replications": question.replications,
        "seed": question.seed,
        "how": question.how,
        "parameters": {
            each.name: [plain_changes(dict(each.changes(share))) for share in each.ends]
            for each in question.parameters
        },
    }


def _write_files(result: Sensitivity, folder: Path) -> None:
    from channelsim.report.charts.sensitivity import indices_chart, tornado_chart  # matplotlib is slow to import
    from channelsim.report.page.sensitivity import sensitivity_page
    from channelsim.report.style import save

    for name, columns, rows in (
        ("sensitivity.csv", COLUMNS, index_rows(result)),
        ("tornado.csv", TORNADO_COLUMNS, tornado_rows(result)),
        ("flips.csv", FLIP_COLUMNS, flip_rows(result)),
        ("worth.csv", WORTH_COLUMNS, worth_rows(result)),
    ):
        (folder / name).write_bytes(csv_bytes(columns, rows))
    save(tornado_chart(result), folder / "tornado.png", folder / "tornado.svg")
    save(indices_chart(result), folder / "indices.png", folder / "indices.svg")
    manifest = manifest_of(result)
    pictures = [(folder / name).read_bytes() for name in ("tornado.svg", "indices.svg")]
    (folder / REPORT).write_text(sensitivity_page(result, manifest, *pictures), encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def manifest_of(result: Sensitivity) -> dict[str, Any]:
    """What is in manifest.json."""
    head = origin(result.question.study, hash_of_question(result.question))
    return {
        **head,
        "libraries": head["libraries"] | {"SALib": version("SALib")},
        **_asked(result.question),
        "decision_metric": result.decided_by,
        "points": result.points,
        "store": result.store.name,
        **ending(result.wall_seconds, ()),
        "failures": list(result.failed),
        **resolved(result.question.study),
    }


def _three(found: Interval) -> tuple[float, float, float]:
    return found.value, found.low, found.high


def _objects(columns: tuple[str, ...], rows: Iterator[tuple[Any, ...]]) -> list[dict[str, Any]]:
    return [
        {
            name: null_for_nan(cell) if isinstance(cell, float) else cell
            for name, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]
