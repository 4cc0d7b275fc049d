"""Which numbers of a scenario a sales leader would doubt, where the file itself names none: what is varied unasked.

What is one assumption is one parameter: the leads of all sources together; a step's chance of a yes in all motions
that say the same of it, and apart where they differ. A strategy's own values are varied with the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from channelsim.scenario.load import Study
from channelsim.scenario.parameters import Scaled, within
from channelsim.scenario.schema import Scenario

SPREAD = 0.2
"""By which share numbers are varied up and down unless somebody says otherwise."""
PEOPLE = (("selling_share", "selling time"), ("ramp_months", "ramp"), ("annual_attrition", "attrition"))
SEGMENTS_APART = 3
"""Of more segments, deal values are varied together."""
STEP_OF_TEAM = (("effort_hours", "effort"), ("travel_hours", "time on the road"))


@dataclass
class _Assumption:
    """Numbers that are one assumption. shares: they are chances, or the like, and end at 1."""

    what: str
    shares: bool = False
    values: dict[str, Any] = field(default_factory=dict)
    motions: dict[str, None] = field(default_factory=dict)


def candidates(study: Study, spread: float = SPREAD) -> list[Scaled]:
    """The assumptions of all strategies, each varied by `spread` up and down, shares up to 1 at most; in the order
    of a lead's life."""
    found: dict[Any, _Assumption] = {}
    having: dict[str, set[str]] = {}
    for name, scenario in study.strategies.items():
        for motion, its_steps in _used(scenario).items():
            for step in its_steps:
                having.setdefault(step, set()).add(motion)
        for key, assumption in _of(scenario):
            kept = found.setdefault(key, _Assumption(assumption.what, assumption.shares))
            kept.motions |= assumption.motions
            kept.values |= {within(name, path): value for path, value in assumption.values.items()}
    made = []
    for key, each in found.items():
        high = 1.0 + spread
        if each.shares:
            high = min(high, 1.0 / max(_numbers(list(each.values.values()))))
        if high > 1.0:
            made.append(Scaled(_name(key, each, having), each.values, 1.0 - spread, high))
    return made


def _name(key: Any, each: _Assumption, having: Mapping[str, set[str]]) -> str:
    """In words; with the motions that it is of, where others that have the same step say otherwise."""
    is_of_all = key[0] == "advance" and set(each.motions) == having[key[1]]
    return each.what if is_of_all or not each.motions else f"{each.what} ({', '.join(each.motions)})"


def _used(scenario: Scenario) -> dict[str, Mapping[str, Any]]:
    """The steps of each motion that leads are routed to."""
    routed = {rule.motion for rule in scenario.routing or ()}
    return {name: motion.steps for name, motion in scenario.motions.items() if name in routed}


def _of(scenario: Scenario) -> Iterator[tuple[Any, _Assumption]]:
    """The assumptions of one strategy, by what makes them one."""
    data = scenario.model_dump()
    process = data["motions"]
    motions = {name: process[name] for name in _used(scenario)}
    teams = dict.fromkeys(step["team"] for motion in motions.values() for step in motion["steps"].values())
    sources, segments = data["sources"], data["segments"]

    def one(
        what: str, *path_values: tuple[str, Any], key: Any = None, shares: bool = False, of: str | None = None
    ) -> Iterator[tuple[Any, _Assumption]]:
        values = {path: value for path, value in path_values if value is not None and any(_numbers([value]))}
        if values:
            yield key or (what,), _Assumption(what, shares, values, {} if of is None else {of: None})

    def of_sources(fields: str) -> list[tuple[str, Any]]:
        return [(f"sources.{name}.{fields}", each[fields]) for name, each in sources.items()]

    yield from one("leads per month", *of_sources("leads_per_month"))
    yield from one("cost per lead", *of_sources("cost_per_lead"))
    yield from one("share never reached", *of_sources("unreachable_share"), shares=True)
    for name, each in segments.items():
        what = f"deal value, {name}" if 1 < len(segments) <= SEGMENTS_APART else "deal value"
        yield from one(what, (f"segments.{name}.deal_value", each["deal_value"]))
        yield from one("gross margin", (f"segments.{name}.gross_margin", each["gross_margin"]), shares=True)
        yield from one("buyers' patience", (f"segments.{name}.patience_hours", each["patience_hours"]))
    for motion, told in motions.items():
        factor = told["deal_value_factor"]
        if factor != 1.0:
            alike = [name for name, each in process.items() if each["deal_value_factor"] == factor]
            path = f"motions.{motion}.deal_value_factor"
            yield from one("deal size factor", (path, factor), key=("size", *alike), of=motion)
        for step, its in told["steps"].items():
            at = f"motions.{motion}.steps.{step}"
            if its["attempts"] is not None:
                reach = its["attempts"]["reach"]
                yield from one("chance to reach", (f"{at}.attempts.reach", reach), shares=True)
            if its["advance"] != 1.0:  # a yes for sure is a step at which nobody asks the buyer
                alike = [
                    name
                    for name, each in process.items()
                    if each["steps"].get(step, {}).get("advance") == its["advance"]
                ]
                key = ("advance", step, *alike)
                yield from one(f"yes at {step}", (f"{at}.advance", its["advance"]), key=key, shares=True, of=motion)
            yield from one("buyers' patience", (f"{at}.patience_hours", its["patience_hours"]))
            yield from one("days buyers take", (f"{at}.buyer_days", its["buyer_days"]))
            for name, what in STEP_OF_TEAM:
                yield from one(f"{what}, {its['team']}", (f"{at}.{name}", its[name]))
    for team in teams:
        at, people, pay = f"teams.{team}", data["teams"][team]["people"], data["teams"][team]["pay"]
        for name, what in PEOPLE:
            is_share = name == "selling_share"
            yield from one(f"{what}, {team}", (f"{at}.people.{name}", people[name]), shares=is_share)
        pays = [(f"{at}.pay.{name}", pay[name]) for name in ("salary", "on_target_variable")]
        yield from one(f"pay, {team}", *pays)
        yield from one(f"travel cost, {team}", (f"{at}.pay.travel_per_visit", pay["travel_per_visit"]))


def _numbers(value: Any) -> list[float]:
    """All numbers in a value."""
    if isinstance(value, Mapping):
        return [number for each in value.values() for number in _numbers(each)]
    if isinstance(value, list):
        return [number for each in value for number in _numbers(each)]
    return [float(value)] if isinstance(value, int | float) else []
