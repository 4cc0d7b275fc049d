"""What the figures were made of, and how to make them again."""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from channelsim.errors import MADE_IN_PYTHON
from channelsim.experiment.replicate import DEFAULT_ENGINE
from channelsim.experiment.result import Result
from channelsim.experiment.stopping import Rule
from channelsim.experiment.workers import Failure
from channelsim.report.page.blocks import Block, Cell, Details, Name, Prose, Row, Section, Table, Text
from channelsim.scenario.load import Study

FIELDS = {
    "scenario": "Scenario", "hash": "Hash of the question", "seed": "Seed", "replications": "Replications",
    "baseline": "Baseline", "decision_metric": "Decided by", "engine": "Engine", "channelsim": "channelsim",
    "python": "Python", "finished": "Finished", "wall_seconds": "Seconds of simulation",
}  # fmt: skip
MOST_FAILURES = 50


def manifest_section(manifest: Mapping[str, Any], command: str, failures: Sequence[Failure]) -> Section:
    """Seed, versions, command. manifest: as in manifest.json. command: makes the figures again."""
    blocks: list[Block] = []
    if manifest["scenario"] != MADE_IN_PYTHON:
        blocks += [
            Prose(["The same scenario, seed and version give the same figures, on any number of processors:"]),
            Text(command),
        ]
    blocks.append(manifest_table(manifest))
    if failures:
        lines = [str(failure) for failure in failures[:MOST_FAILURES]]
        if len(failures) > MOST_FAILURES:
            lines.append(f"and {len(failures) - MOST_FAILURES:,} more, in manifest.json")
        blocks.append(Details(f"Replications that failed: {len(failures):,}", [Text("\n".join(lines))]))
    return Section("manifest", "Manifest", blocks)


def manifest_table(manifest: Mapping[str, Any]) -> Table:
    """Seed, versions and the like, as in manifest.json."""
    rows = [Row(Name(label), [Cell(str(manifest[field]))]) for field, label in FIELDS.items() if field in manifest]
    libraries = ", ".join(f"{name} {version}" for name, version in manifest["libraries"].items())
    rows.append(Row(Name("Libraries"), [Cell(libraries)]))
    return Table("What was simulated", "", [Name("Value")], rows, words=True)


def command_of(result: Result) -> str:
    """The command that makes the run again, in one line fit for a shell."""
    return shlex.join(["channelsim", "run", result.study.source, *_options(result)])


def _options(result: Result) -> Iterator[str]:
    yield from study_options(result.study)
    if result.stopping is None:
        yield from ("-n", str(result.replications))
    else:
        yield from ("-n", "auto", *_stopping(result.stopping.rule))
    yield from ("--seed", str(result.seed))
    if result.baseline != result.strategies[0]:
        yield from ("--baseline", result.baseline)
    for target in result.targets:
        yield from ("--target", f"{target.metric.name}={json.dumps(target.value)}")
    if result.engine != DEFAULT_ENGINE:
        yield from ("--engine", result.engine)


def study_options(study: Study) -> Iterator[str]:
    """What of the file was changed or left out."""
    for each in study.sets:
        yield from ("--set", each)
    if len(study.strategies) < max(1, len(study.scenario.strategies)):
        for name in study.strategies:
            yield from ("--strategy", name)


def _stopping(rule: Rule) -> Iterator[str]:
    """What of the rule is not its default. Time is left out: another machine would stop elsewhere."""
    usual = Rule()
    for option, value, default in (
        ("--until", str(rule.until), str(usual.until)),
        ("--precision", rule.precision, usual.precision),
        ("--indifference", rule.indifference, usual.indifference),
        ("--most", rule.most, usual.most),
    ):
        if value != default:
            yield from (option, str(value))
