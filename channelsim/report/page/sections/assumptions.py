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
from channelsim.report.page.words import headings
from channelsim.scenario.difference import differences, in_words
from channelsim.scenario.load import Study
from channelsim.scenario.schema import Scenario

FEW_INPUTS = 3
"""So many inputs that differ, or fewer than strategies, stand beside each other; more have a row each."""
SHOWN = {"segments": "Who buys", "sources": "Where leads come from", "teams": "Who sells"}


def assumptions_section(result: Result) -> Section:
    """The differences first, then the baseline's inputs."""
    return Section("assumptions", "Assumptions", inputs(result.study, result.baseline))


def inputs(study: Study, baseline: str) -> list[Block]:
    """What a study's strategies are made of, as the file and `--set` say."""
    base = study.strategies[baseline]
    several = len(study.strategies) > 1
    believed = list(belief_lines(study))
    whose = f" Inputs are those of {baseline}, the baseline." if several else ""
    middle = " What nobody knows stands at the middle of what is believed." if believed else ""
    motions = [_parts(f"Motion {name}", motion.steps) for name, motion in base.motions.items()]
    blocks: list[Block] = [
        *([_differences(study, baseline)] if several else []),
        Prose([f"What has its default is left out.{whose} Money is in {base.currency}.{middle}"], "quiet"),
        *(_parts(title, getattr(base, field)) for field, title in SHOWN.items()),
        Details("How each way of selling goes, step by step", motions),
    ]
    if rollouts := rollout_lines(study):
        blocks.append(Details("What is rolled out", [Text("\n".join(rollouts))]))
    if believed:
        blocks.append(
            Details(
                f"What nobody knows: {len(believed)}, and where 90% of the belief lies", [Text("\n".join(believed))]
            )
        )
    blocks.append(Details(f"The scenario as resolved, {baseline}", [Text(_as_yaml(base))]))
    return blocks


def _differences(study: Study, baseline: str) -> Table:
    """Every input in which a strategy differs from the baseline; what a strategy changes is strong."""
    scenarios = study.strategies
    changed = {
        name: {each.path: each for each in differences(scenarios[baseline], scenario)}
        for name, scenario in scenarios.items()
    }
    paths = list(dict.fromkeys(path for own in changed.values() for path in own))
    base = {path: _value(each.a) for own in changed.values() for path, each in own.items()}

    def value(name: str, path: str) -> Cell:
        own = changed[name].get(path)
        return Cell(base[path]) if own is None else Cell(_value(own.b), strong=True)

    caption = "What goes in differently"
    note = f"Bold: other than in {baseline}, the baseline."
    if not paths:
        return Table(caption, "", [], [], "All strategies have the same inputs.", words=True)
    if len(paths) <= max(FEW_INPUTS, len(scenarios) - 1):
        rows = [Row(name, [value(name.text, path) for path in paths]) for name in headings(list(scenarios))]
        return Table(caption, "Strategy", [Name(path) for path in paths], rows, note, words=True)
    rows = [Row(Name(path), [value(name, path) for name in scenarios]) for path in paths]
    return Table(caption, "Input", headings(list(scenarios)), rows, note, words=True)


def _parts(title: str, parts: Mapping[str, BaseModel]) -> Table:
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
