"""Names that must lead somewhere, and rates that must be possible.

These checks read the raw data and pass over whatever has the wrong shape, which the schema reports. So they run
even on a file that the schema refuses, and every error comes at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from channelsim.errors import Problem, suggest
from channelsim.scenario.base import Record
from channelsim.scenario.distributions import DISTRIBUTIONS
from channelsim.scenario.marketing import Referrals
from channelsim.scenario.motion import Attempts, Step
from channelsim.scenario.team import People
from channelsim.scenario.tree import Path, Tree, look_up

RATE_TOLERANCE = 1e-9
DISTRIBUTION_FIELDS = {field for distribution in DISTRIBUTIONS for field in distribution.model_fields}


def _by_segment_fields(record: type[Record]) -> list[str]:
    """The fields declared as `BySegment`: their pydantic schema has a member tagged `by_segment`."""
    return [name for name, field in record.model_fields.items() if "by_segment" in repr(field)]


BY_SEGMENT_IN_STEP = _by_segment_fields(Step)
BY_SEGMENT_IN_ATTEMPTS = _by_segment_fields(Attempts)
BY_SEGMENT_IN_PEOPLE = _by_segment_fields(People)
BY_SEGMENT_IN_REFERRALS = _by_segment_fields(Referrals)


def check_references(tree: Tree) -> list[Problem]:
    """Every name in the tree that leads nowhere and every rate above 1, strategies left aside."""
    return [
        *_sources(tree),
        *_steps(tree),
        *_routing(tree),
        *_levers(tree),
    ]


def check_rates(tree: Tree) -> list[Problem]:
    """Every rate above 1: of `check_references`, what depends on numbers."""
    return [
        problem
        for motion, _ in _items(tree, ("motions",))
        for step, fields in _items(tree, ("motions", motion, "steps"))
        if isinstance(fields, dict)
        for problem in _possible_rates(tree, ("motions", motion, "steps", step), fields)
    ]


def check_routing_given(tree: Tree, at: Path) -> list[Problem]:
    """With several motions, a strategy has to say which lead goes which way. Reported at the path `at`."""
    motions = _names(tree, "motions")
    if look_up(tree.data, ("routing",)) is not None or len(motions) <= 1:
        return []
    message = (
        f"no routing although there are {len(motions)} motions; add routing: [{{motion: {motions[0]}}}] or rules"
    )
    return [tree.key_place(at).problem(at, message)]


def _levers(tree: Tree) -> Iterator[Problem]:
    known = {kind: _names(tree, f"{kind}s") for kind in ("segment", "source", "team", "initiative")}
    steps = _step_names(tree)
    for name, _ in _items(tree, ("initiatives",)):
        at: Path = ("initiatives", name)
        yield from _each_name(tree, (*at, "teams"), "team", known["team"])
        yield from _one_name(tree, (*at, "brings", "source"), "source", known["source"])
        effects = look_up(tree.data, (*at, "effects"))
        for index in range(len(effects) if isinstance(effects, list) else 0):
            for field, kind in (("teams", "team"), ("sources", "source"), ("segments", "segment")):
                yield from _each_name(tree, (*at, "effects", index, field), kind, known[kind])
            yield from _each_name(tree, (*at, "effects", index, "steps"), "step", steps)
    yield from _each_name(tree, ("rollout",), "initiative", known["initiative"])
    pairs = look_up(tree.data, ("integrations",))
    for index in range(len(pairs) if isinstance(pairs, list) else 0):
        yield from _each_name(tree, ("integrations", index, "tools"), "initiative", known["initiative"])
    for shock, _ in _items(tree, ("environment", "shocks")):
        for field, kind in (("sources", "source"), ("segments", "segment")):
            yield from _each_name(tree, ("environment", "shocks", shock, field), kind, known[kind])
    for source, _ in _items(tree, ("lead_fit", "mean")):
        if source not in known["source"]:
            yield _unknown(tree, ("lead_fit", "mean", source), "source", source, known["source"])
    yield from _one_name(tree, ("referrals", "source"), "source", known["source"])
    yield from _by_segment(tree, ("referrals",), BY_SEGMENT_IN_REFERRALS)
    yield from _served(tree)
    yield from _people(tree, known["team"])
    if look_up(tree.data, ("lead_fit",)) is None:
        yield from _scores_without_fit(tree)


def _step_names(tree: Tree) -> list[str]:
    return list(
        dict.fromkeys(
            step
            for motion in _names(tree, "motions")
            for step, _ in _items(tree, ("motions", motion, "steps"))
            if isinstance(step, str)
        )
    )


def _served(tree: Tree) -> Iterator[Problem]:
    """What sales steps serve are steps of some segment's buying cycle."""
    buyers = list(
        dict.fromkeys(
            str(step)
            for segment in _names(tree, "segments")
            for step, _ in _items(tree, ("segments", segment, "buying_cycle"))
        )
    )
    for motion in _names(tree, "motions"):
        for step, _ in _items(tree, ("motions", motion, "steps")):
            path: Path = ("motions", motion, "steps", step, "serves")
            if buyers or look_up(tree.data, path) is None:
                yield from _one_name(tree, path, "step of a buying cycle", buyers)
            else:
                message = "serves a step of a buying cycle, and no segment has one; give segments a buying_cycle"
                yield tree.value_place(path).problem(path, message)


def _people(tree: Tree, teams: list[str]) -> Iterator[Problem]:
    gives: dict[str, str] = {}
    for team in teams:
        at: Path = ("teams", team, "people")
        yield from _by_segment(tree, at, BY_SEGMENT_IN_PEOPLE)
        path = (*at, "promotion", "team")
        yield from _one_name(tree, path, "team", teams)
        source = look_up(tree.data, path)
        if isinstance(source, str) and source in teams:
            gives[team] = source
    for team in gives:
        seen, at_team = [team], team
        while at_team in gives and gives[at_team] not in seen:
            at_team = gives[at_team]
            seen.append(at_team)
        if gives.get(at_team) == team:
            path = ("teams", team, "people", "promotion", "team")
            circle = " from ".join([*seen, team])
            yield tree.value_place(path).problem(path, f"promotes in a circle: {circle}; it must end somewhere")


def _scores_without_fit(tree: Tree) -> Iterator[Problem]:
    message = "asks for a score, and there is none without lead_fit; add lead_fit: {} or leave it out"
    rules = look_up(tree.data, ("routing",))
    for index in range(len(rules) if isinstance(rules, list) else 0):
        path: Path = ("routing", index, "when", "score")
        if look_up(tree.data, path) is not None:
            yield tree.value_place(path).problem(path, message)
    for team in _names(tree, "teams"):
        path = ("teams", team, "queue", "discipline")
        if look_up(tree.data, path) == "best_score":
            yield tree.value_place(path).problem(path, message)


def _each_name(tree: Tree, path: Path, kind: str, known: list[str]) -> Iterator[Problem]:
    """One name or a list of names, each of which must be known."""
    given = look_up(tree.data, path)
    for each in [(*path, i) for i in range(len(given))] if isinstance(given, list) else [path]:
        yield from _one_name(tree, each, kind, known)


def _sources(tree: Tree) -> Iterator[Problem]:
    segments = _names(tree, "segments")
    for source, _ in _items(tree, ("sources",)):
        at: Path = ("sources", source, "mix")
        for segment, _ in _items(tree, at):
            if segment not in segments:
                yield _unknown(tree, (*at, segment), "segment", segment, segments)


def _steps(tree: Tree) -> Iterator[Problem]:
    for motion, _ in _items(tree, ("motions",)):
        for step, fields in _items(tree, ("motions", motion, "steps")):
            at: Path = ("motions", motion, "steps", step)
            if isinstance(fields, dict):
                yield from _one_name(tree, (*at, "team"), "team", _names(tree, "teams"))
                yield from _by_segment(tree, at, BY_SEGMENT_IN_STEP)
                yield from _by_segment(tree, (*at, "attempts"), BY_SEGMENT_IN_ATTEMPTS)
                for source, _ in _items(tree, (*at, "source_factor")):
                    if source not in _names(tree, "sources"):
                        path = (*at, "source_factor", source)
                        yield _unknown(tree, path, "source", source, _names(tree, "sources"))
                yield from _possible_rates(tree, at, fields)


def _by_segment(tree: Tree, at: Path, fields: Iterable[str]) -> Iterator[Problem]:
    segments = _names(tree, "segments")
    for name in fields:
        path = (*at, name)
        given = look_up(tree.data, path)
        if not isinstance(given, dict) or "dist" in given or not segments:
            continue
        unknown = [each for each in given if each not in segments]
        if unknown and all(each in DISTRIBUTION_FIELDS for each in given):
            message = f"{', '.join(map(str, given))} without dist; add for example dist: lognormal"
            yield tree.value_place(path).problem(path, message)
            continue
        for each in unknown:
            yield _unknown(tree, (*path, each), "segment", each, segments)
        missing = [each for each in segments if each not in given]
        if missing:
            message = f"no value for {' and '.join(missing)}; give every segment its own, or one value for everyone"
            yield tree.value_place(path).problem(path, message)


def _possible_rates(tree: Tree, at: Path, fields: dict[Any, Any]) -> Iterator[Problem]:
    """The chance of a yes at its highest: `advance` x `source_factor` x the largest `value_factor`."""
    by_value = look_up(fields, ("value_factor",))
    factors = [v for v in by_value.values() if _is_number(v)] if isinstance(by_value, dict) else []
    by_value_at_most = max(factors, default=1)
    worst: dict[Path, tuple[float, str]] = {}
    for segment in _names(tree, "segments"):
        path: Path = ("advance", segment) if isinstance(fields.get("advance"), dict) else ("advance",)
        advance = look_up(fields, path) if "advance" in fields else 1.0
        for source in _names(tree, "sources"):
            share = look_up(tree.data, ("sources", source, "mix", segment))
            by_source = look_up(fields, ("source_factor", source))
            by_source = 1 if by_source is None else by_source
            numbers = (share, advance, by_source)
            if not all(_is_number(each) for each in numbers) or share <= 0 or not 0 <= advance <= 1:
                continue
            chance = advance * by_source * by_value_at_most
            if chance > 1 + RATE_TOLERANCE and chance > worst.get(path, (0, ""))[0]:
                product = f"{advance:g} x source_factor {by_source:g} x value_factor {by_value_at_most:g}"
                words = f"{chance:.4g} as the chance that {segment} leads from {source} advance ({product})"
                worst[path] = chance, words
    for path, (_, words) in worst.items():
        yield tree.value_place((*at, *path)).problem((*at, *path), f"{words}; must be at most 1")


def _routing(tree: Tree) -> Iterator[Problem]:
    rules = look_up(tree.data, ("routing",))
    if not isinstance(rules, list) or not rules:
        return
    kinds = {kind: _names(tree, f"{kind}s") for kind in ("segment", "source", "team", "motion")}
    for index in range(len(rules)):
        at: Path = ("routing", index)
        yield from _one_name(tree, (*at, "motion"), "motion", kinds["motion"])
        yield from _one_name(tree, (*at, "when", "overflow", "team"), "team", kinds["team"])
        for kind in ("segment", "source"):
            yield from _each_name(tree, (*at, "when", kind), kind, kinds[kind])
    open_rules = [index for index, rule in enumerate(rules) if isinstance(rule, dict) and not rule.get("when")]
    last = len(rules) - 1
    if not open_rules and isinstance(rules[last], dict):
        message = (
            "the last rule has a condition, and a lead that meets none has no way; end with a rule without when"
        )
        yield tree.value_place(("routing", last)).problem(("routing", last), message)
    elif open_rules and open_rules[0] < last:
        first = open_rules[0]
        message = (
            f"no lead gets here: routing.{first} takes every lead; put the rule without when last, and only one"
        )
        for index in range(first + 1, last + 1):
            yield tree.value_place(("routing", index)).problem(("routing", index), message)


def _one_name(tree: Tree, path: Path, kind: str, known: list[str]) -> Iterator[Problem]:
    name = look_up(tree.data, path)
    if isinstance(name, str) and name not in known:
        yield tree.value_place(path).problem(path, f"no {kind} named '{name}'; {suggest(name, known)}")


def _unknown(tree: Tree, path: Path, kind: str, name: object, known: list[str]) -> Problem:
    return tree.key_place(path).problem(path, f"no {kind} named '{name}'; {suggest(name, known)}")


def _items(tree: Tree, path: Path) -> list[tuple[Any, Any]]:
    section = look_up(tree.data, path)
    return list(section.items()) if isinstance(section, dict) else []


def _names(tree: Tree, section: str) -> list[str]:
    return [name for name, _ in _items(tree, (section,)) if isinstance(name, str)]


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
