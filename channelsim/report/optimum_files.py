"""The files of an optimum: every combination, the finalists, the best scenario to run, and the same as JSON."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Sequence
from importlib.metadata import version
from math import isfinite, nan
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.optimize import Optimum
from channelsim.experiment.trials import Goal
from channelsim.report.best_scenario import best_scenario, kept_sets
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
from channelsim.report.optimum_words import optimum_sentences
from channelsim.report.summary_json import null_for_nan, statistics
from channelsim.scenario.decide import Point

FloatArray = NDArray[np.float64]
BEST = "best.yaml"
OPTIMIZER = "optuna"


def trial_columns(optimum: Optimum) -> list[str]:
    """Of trials.csv."""
    question = optimum.question
    return [
        "trial", *question.space.names, "replications",
        *(each.metric.name for each in question.goals),
        *(each.text for each in question.constraints),
        "feasible", "failure",
    ]  # fmt: skip


def trial_rows(optimum: Optimum) -> Iterator[list[Any]]:
    """One row a combination, in the order in which they were tried: its values, what it is worth by each goal (see
    `search.worth`), and each constraint's figure over the replications that it had."""
    question = optimum.question
    for number, trial in enumerate(optimum.found.trials, start=1):
        worth = _in_its_sign(optimum.found.worth(trial), question.goals)
        figures = worth + [judged.value for judged in trial.judged] if not trial.failure else []
        blank = [None] * (len(question.goals) + len(question.constraints))
        yield [
            number, *plain_changes(list(question.space.values(trial.point).values())), trial.replications,
            *(figures or blank), not trial.failure and trial.is_feasible, trial.failure,
        ]  # fmt: skip


def _in_its_sign(means: FloatArray, goals: Sequence[Goal]) -> list[float]:
    return [each.sign * float(mean) if isfinite(mean) else nan for each, mean in zip(goals, means, strict=True)]


def finalist_columns(optimum: Optimum) -> list[str]:
    """Of finalists.csv."""
    question = optimum.question
    ends = [f"{each.metric.name}{end}" for each in question.goals for end in ("", "_ci_low", "_ci_high")]
    bounds = [f"{each.text}{end}" for each in question.constraints for end in ("", " ci_low", " ci_high", " met")]
    return ["rank", "which", *question.space.names, "replications", *ends, *bounds]


def finalist_rows(optimum: Optimum) -> Iterator[list[Any]]:
    """One row a finalist, the best first, then the file as it is: on replications that the search has not seen."""
    finals = optimum.finals
    if finals is None:
        return
    question = optimum.question
    ranked = finals.ranked
    for rank, trial in enumerate([*ranked, *([] if finals.own in ranked else [finals.own])], start=1):
        which = "best" if trial is finals.best else "front" if finals.best is None and trial in finals.front else ""
        which = "file" if trial is finals.own and not which else which
        row: list[Any] = [rank if trial in ranked else None, which]
        row += [*plain_changes(list(question.space.values(trial.point).values())), trial.replications]
        for k in range(len(question.goals)):
            found = finals.estimate(trial, k)
            row += [found.mean, found.ci_low, found.ci_high]
        for judged in finals.judge(trial):
            row += [judged.value, judged.ci_low, judged.ci_high, str(judged.met)]
        yield row


def best_point(optimum: Optimum) -> Point | None:
    """The combination to run: of several goals, and where nothing keeps to the bounds, there is none."""
    if optimum.finals is not None:
        return None if optimum.finals.best is None else optimum.finals.best.point
    if len(optimum.question.goals) > 1 or not optimum.found.front:
        return None
    return optimum.found.front[0].point


def run_command(optimum: Optimum, folder: Path) -> str:
    """The command that runs the best combination beside all strategies of the file; empty where there is none."""
    if best_point(optimum) is None:
        return ""
    sets = [word for each in kept_sets(optimum) for word in ("--set", each)]
    return shlex.join(["channelsim", "run", str(folder / BEST), *sets])


def optimum_as_json(optimum: Optimum, folder: Path) -> dict[str, Any]:
    """decisions, goals, constraints; best: its decisions and `sets` for channelsim run; finalists and trials: rows
    of the CSV files as objects; sentences; output. What is undefined is null."""
    question, found, finals = optimum.question, optimum.found, optimum.finals
    point = best_point(optimum)
    comparison = finals.comparison if finals else None
    return {
        "scenario": question.space.study.source,
        "currency": question.space.study.scenario.currency,
        **_asked(optimum),
        "evaluations_made": len(found.trials),
        "replications_made": found.replications,
        "ending": str(found.ending),
        "interrupted": optimum.is_interrupted,
        "best": None if point is None else plain_changes(question.space.values(point)),
        "sets": [] if point is None else _sets(optimum, point),
        "shortfall": null_for_nan(comparison.shortfall) if comparison else None,
        "settled": comparison.is_settled if comparison else None,
        "gain": statistics(finals.gain(finals.best)) if finals and finals.best else None,
        "finalists": _objects(finalist_columns(optimum), finalist_rows(optimum)),
        "trials": _objects(trial_columns(optimum), trial_rows(optimum)),
        "sentences": optimum_sentences(optimum),
        "output": str(folder),
    }


def _asked(optimum: Optimum) -> dict[str, Any]:
    """The question as it was put."""
    question, asked = optimum.question, optimum.asked
    return {
        "strategy": question.space.strategy,
        "decisions": {
            name: plain_changes(list(each.values))
            for name, each in zip(question.space.names, question.space.decisions, strict=True)
        },
        "maximize": [each.metric.name for each in question.goals if each.maximize],
        "minimize": [each.metric.name for each in question.goals if not each.maximize],
        "subject_to": [each.text for each in question.constraints],
        "evaluations": question.evaluations,
        "replications": question.replications,
        "finalists_asked": asked.rule.finalists,
        "most": asked.rule.most,
        "indifference": asked.rule.indifference,
        "seed": question.seed,
    }


def _objects(columns: list[str], rows: Iterator[list[Any]]) -> list[dict[str, Any]]:
    return [
        {
            name: null_for_nan(cell) if isinstance(cell, float) else cell
            for name, cell in zip(columns, row, strict=True)
        }
        for row in rows
    ]


def _sets(optimum: Optimum, point: Point) -> list[str]:
    """What `channelsim run` takes after --set to make the file the best combination."""
    changes = optimum.question.space.changes(point)
    return [f"{each.path}={json.dumps(each.value.data)}" for each in changes]


def hash_of_optimum(optimum: Optimum) -> str:
    """What determines the figures and the files, as a hash; the time that was allowed is not in it."""
    question = optimum.question
    return hashed(content_of(question.space.study, question.seed, question.replications) | _asked(optimum))


def write_optimum(optimum: Optimum, scenario: str, parent: Path) -> Path:
    """Write all files to parent/<scenario>-optimum-<hash> and return it, as `write_folder` does."""
    folder = parent / f"{file_stem(scenario)}-optimum-{hash_of_optimum(optimum)[:HASH_LENGTH]}"
    return write_folder(folder, lambda staging: _write_files(optimum, scenario, staging))


def _write_files(optimum: Optimum, scenario: str, folder: Path) -> None:
    from channelsim.report.charts.optimum import optimum_chart  # matplotlib is slow to import
    from channelsim.report.page.optimum import optimum_page
    from channelsim.report.style import save

    (folder / "trials.csv").write_bytes(csv_bytes(trial_columns(optimum), trial_rows(optimum)))
    (folder / "finalists.csv").write_bytes(csv_bytes(finalist_columns(optimum), finalist_rows(optimum)))
    save(optimum_chart(optimum), folder / "optimum.png", folder / "optimum.svg")
    point = best_point(optimum)
    if point is not None:
        (folder / BEST).write_text(best_scenario(optimum, scenario, point), encoding="utf-8")
    manifest = manifest_of(optimum)
    page = optimum_page(optimum, manifest, (folder / "optimum.svg").read_bytes())
    (folder / REPORT).write_text(page, encoding="utf-8")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=2) + "\n")


def manifest_of(optimum: Optimum) -> dict[str, Any]:
    """What is in manifest.json."""
    told = origin(optimum.question.space.study, hash_of_optimum(optimum))
    told["libraries"][OPTIMIZER] = version(OPTIMIZER)
    return {
        **told,
        **_asked(optimum),
        "evaluations_made": len(optimum.found.trials),
        "replications_made": optimum.found.replications,
        "ending": str(optimum.found.ending),
        "interrupted": optimum.is_interrupted,
        "store": optimum.store.name,
        **ending(optimum.wall_seconds, ()),
        **resolved(optimum.question.space.study),
    }
