"""What went in: how the strategies differ, the inputs that they share, and what nobody knows."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel

from channelsim.experiment.result import Result
from channelsim.report.format import UNDEFINED
from channelsim.report.levers import belief_lines, rollout_lines
from channelsim.report.page.blocks import Block, Cell, Details, Name, Prose, Row, Section, Table, Text
from channelsim.report.page.words import names
from channelsim.scenario.difference import differences, in_words
from channelsim.scenario.schema import Scenario

FEW_INPUTS = 3
"""So many inputs that differ, or fewer than strategies, stand beside each other; more have a row each."""
SHOWN = {"segments": "Who buys", "sources": "Where leads come from", "teams": "Who sells"}


def assumptions_section(result: Result) -> Section:
    """The differences first, then the baseline's inputs."""
    study = result.study
    base = study.strategies[result.baseline]
    several = len(result.strategies) > 1
    whose = f" Inputs are those of {result.baseline}, the baseline." if several else ""
    middle = " What nobody knows stands at the middle of what is believed." if result.beliefs else ""
    motions = [_inputs(f"Motion {name}", motion.steps) for name, motion in base.motions.items()]
    blocks: list[Block] = [
        *([_differences(result)] if several else []),
        Prose([f"What has its default is left out.{whose} Money is in {base.currency}.{middle}"], "quiet"),
        *(_inputs(title, getattr(base, field)) for field, title in SHOWN.items()),
        Details("How each way of selling goes, step by step", motions),
    ]
    if rollouts := rollout_lines(study):
        blocks.append(Details("What is rolled out", [Text("\n".join(rollouts))]))
    if believed := list(belief_lines(study)):
        blocks.append(
            Details(
                f"What nobody knows: {len(believed)}, and where 90% of the belief lies", [Text("\n".join(believed))]
            )
        )
    blocks.append(Details(f"The scenario as resolved, {result.baseline}", [Text(_as_yaml(base))]))
    return Section("assumptions", "Assumptions", blocks)


def _differences(result: Result) -> Table:
    """Every input in which a strategy differs from the baseline; what a strategy changes is strong."""
    scenarios = result.study.strategies
    changed = {
        name: {each.path: each for each in differences(scenarios[result.baseline], scenario)}
        for name, scenario in scenarios.items()
    }
    paths = list(dict.fromkeys(path for own in changed.values() for path in own))
    base = {path: _value(each.a) for own in changed.values() for path, each in own.items()}

    def value(name: str, path: str) -> Cell:
        own = changed[name].get(path)
        return Cell(base[path]) if own is None else Cell(_value(own.b), strong=True)

    caption = "What goes in differently"
    note = f"Bold: other than in {result.baseline}, the baseline."
    if not paths:
        return Table(caption, "", [], [], "All strategies have the same inputs.", words=True)
    if len(paths) <= max(FEW_INPUTS, len(scenarios) - 1):
        rows = [Row(name, [value(name.text, path) for path in paths]) for name in names(result)]
        return Table(caption, "Strategy", [Name(path) for path in paths], rows, note, words=True)
    rows = [Row(Name(path), [value(name, path) for name in result.strategies]) for path in paths]
    return Table(caption, "Input", names(result), rows, note, words=True)


def _inputs(title: str, parts: Mapping[str, BaseModel]) -> Table:
    """A column for each part, such as a team; a row for each field that is given for one of them."""
    whole = {name: dict(_leaves("", part.model_dump())) for name, part in parts.items()}
    given = {path for part in parts.values() for path, _ in _leaves("", part.model_dump(exclude_defaults=True))}
    fields = dict.fromkeys(path for own in whole.values() for path in own if path in given)
    rows = [Row(Name(field), [Cell(_value(own.get(field))) for own in whole.values()]) for field in fields]
    return Table(title, "", [Name(name) for name in whole], rows, words=True)


def _value(value: Any) -> str:
    """As in words; a number by itself with commas at its thousands."""
    if value is None:
        return UNDEFINED
    if isinstance(value, int | float) and not isinstance(value, bool):
        return f"{value:,.10g}"
    return in_words(value).replace(" -> ", " → ")


def _leaves(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A part's values by what they are called: "pay, salary". A distribution is one value, and so is a plan by
    month."""
    if isinstance(value, dict) and value and "dist" not in value and all(isinstance(key, str) for key in value):
        for key, each in value.items():
            yield from _leaves(f"{path}, {_words(key)}" if path else _words(key), each)
    else:
        yield path, value


def _words(field: str) -> str:
    return field.replace("_", " ")


def _as_yaml(scenario: Scenario) -> str:
    from ruamel.yaml import YAML

    yaml = YAML(typ="safe")
    yaml.default_flow_style = False
    yaml.sort_base_mapping_type_on_output = False  # type: ignore[assignment]
    out = io.StringIO()
    yaml.dump(scenario.model_dump(mode="json", exclude={"strategies"}), out)
    return out.getvalue()
