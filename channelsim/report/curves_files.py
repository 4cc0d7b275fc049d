"""The files of a set of curves, and the same as one JSON object."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from channelsim.experiment.curves import MARGINAL, Curves
from channelsim.report.curves import (
    ahead_around,
    break_even_sentences,
    gap_sentences,
    optimum_sentences,
    throughout_sentences,
)
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
from channelsim.report.summary_json import null_for_nan
from channelsim.scenario.difference import in_words

CURVE_COLUMNS = (
    "strategy", "metric", "unit", "value", "next_value", "mean", "ci_low", "ci_high", "replications", "gap",
)  # fmt: skip
BREAK_EVEN_COLUMNS = (
    "metric", "strategy", "other", "value", "ci_low", "ci_high", "better_below", "better_above",
)  # fmt: skip
OPTIMUM_COLUMNS = (
    "strategy", "metric", "value", "mean", "at_an_end", "flat_low", "flat_high", "could_be_as_good",
)  # fmt: skip


def curve_rows(curves: Curves) -> Iterator[tuple[Any, ...]]:
    """CURVE_COLUMNS: one row a strategy, metric and point, as in curves.csv; of a marginal figure one a step, from
    value to next_value. NaN where undefined, and why."""
    values = _values(curves)
    for name in curves.strategies:
        for metric in curves.metrics:
            for point, reading in enumerate(curves.curve(name, metric.name)):
                here, there = curves.steps[point] if metric.name == MARGINAL.name else (point, None)
                following = None if there is None else values[there]
                yield (
                    name, metric.name, str(metric.unit), values[here], following, reading.mean, reading.ci_low,
                    reading.ci_high, reading.replications, reading.gap and str(reading.gap),
                )  # fmt: skip


def break_even_rows(curves: Curves) -> Iterator[tuple[Any, ...]]:
    """BREAK_EVEN_COLUMNS: one row a crossing, as in breakeven.csv; an end of an interval that lies beyond the range
    is None."""
    for each in curves.break_evens:
        crossing = each.crossing
        yield (
            each.metric, each.strategy, each.other, crossing.at, _within(crossing.low), _within(crossing.high),
            *ahead_around(each.metric, each.strategy, each.other, crossing),
        )  # fmt: skip


def optimum_rows(curves: Curves) -> Iterator[tuple[Any, ...]]:
    """OPTIMUM_COLUMNS: one row a strategy that changes; an end of the flat top beyond the range is None, both where
    values have no order."""
    values = _values(curves)
    is_ordered = curves.points.variation.is_ordered
    for name, best in curves.optima.items():
        if best is not None:
            yield (
                name, curves.decided_by, values[best.point], best.mean,
                is_ordered and best.point in (0, len(values) - 1),
                _within(best.flat_low) if is_ordered else None, _within(best.flat_high) if is_ordered else None,
                [values[point] for point in best.rivals],
            )  # fmt: skip


def curves_as_json(curves: Curves, folder: Path) -> dict[str, Any]:
    """curves: rows of curves.csv as objects; break_evens and optima likewise; sentences; output. What is undefined,
    or beyond the range, is null."""
    return {
        "scenario": curves.points.study.source,
        "currency": curves.points.study.scenario.currency,
        "vary": curves.points.variation.path,
        "values": _values(curves),
        "multiplies": curves.points.variation.multiplies,
        "seed": curves.seed,
        "replications": curves.replications,
        "luck_taken_out": curves.luck_taken_out,
        "baseline": curves.baseline,
        "flat": list(curves.points.flat),
        "curves": [_object(CURVE_COLUMNS, row) for row in curve_rows(curves)],
        "break_evens": [_object(BREAK_EVEN_COLUMNS, row) for row in break_even_rows(curves)],
        "optima": [_object(OPTIMUM_COLUMNS, row) for row in optimum_rows(curves)],
        "sentences": [
            *gap_sentences(curves),
            *break_even_sentences(curves),
            *throughout_sentences(curves),
            *optimum_sentences(curves),
        ],
        "notes": list(curves.points.notes),
        "failures": [str(failure) for failure in curves.failures],
        "output": str(folder),
    }


def write_curves(curves: Curves, parent: Path) -> Path:
    """Write all files to parent/<scenario>-curves-<hash> and return it, as `write_folder` does."""
    stem = file_stem(curves.points.study.source)
    folder = parent / f"{stem}-curves-{hash_of_curves(curves)[:HASH_LENGTH]}"
    return write_folder(folder, lambda staging: _write_files(curves, staging))


def hash_of_curves(curves: Curves) -> str:
    """What determines the figures and the files, as a hash."""
    content = content_of(curves.points.study, curves.seed, curves.replications) | _question(curves)
    return hashed(content)


def _question(curves: Curves) -> dict[str, Any]:
    return {
        "vary": curves.points.variation.path,
        "points": [
            plain_changes({change.path: change.value.data for change in changes})
            for changes in curves.points.changes
        ],
        "metrics": [metric.name for metric in curves.metrics],
        "baseline": curves.baseline,
    }


def _write_files(curves: Curves, folder: Path) -> None:
    from channelsim.report.charts.curves import curves_chart  # matplotlib is slow to import
    from channelsim.report.page.curves.page import curves_page
    from channelsim.report.style import save

    (folder / "curves.csv").write_bytes(csv_bytes(CURVE_COLUMNS, curve_rows(curves)))
    (folder / "breakeven.csv").write_bytes(csv_bytes(BREAK_EVEN_COLUMNS, break_even_rows(curves)))
    save(curves_chart(curves), folder / "curves.png", folder / "curves.svg")
    told = manifest_of(curves)
    (folder / "manifest.json").write_text(json.dumps(told, indent=2) + "\n")
    (folder / REPORT).write_bytes(curves_page(curves, told).encode("utf-8", "replace"))


def manifest_of(curves: Curves) -> dict[str, Any]:
    """What the curves were made of and how it went: enough to make them again."""
    return {
        **origin(curves.points.study, hash_of_curves(curves)),
        "seed": curves.seed,
        "replications": curves.replications,
        "decision_metric": curves.decided_by,
        **_question(curves),
        **ending(curves.wall_seconds, curves.failures),
        **resolved(curves.points.study),
    }


def _values(curves: Curves) -> list[Any]:
    """The values in one type: whole numbers, numbers, or words."""
    values = curves.points.values
    if not curves.points.variation.is_ordered:
        return [in_words(value) for value in values]
    return list(values) if all(isinstance(value, int) for value in values) else curves.x


def _within(x: float) -> float | None:
    return x if math.isfinite(x) else None


def _object(columns: tuple[str, ...], row: tuple[Any, ...]) -> dict[str, Any]:
    return {
        name: null_for_nan(cell) if isinstance(cell, float) else cell
        for name, cell in zip(columns, row, strict=True)
    }
