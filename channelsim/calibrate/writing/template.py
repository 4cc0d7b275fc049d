"""What the data cannot say, from a scenario that somebody thought through: effort, visits, patience, pay, margins.

A step of the export takes the work of the template's step of the same name; the others go by their place: the
template's steps from its opportunity on are shared out over the export's, so that a deal that goes all the way
takes about the same work however finely its stages are cut.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from channelsim.calibrate.records import Channel, Route
from channelsim.errors import UserError, suggest
from channelsim.scenario.base import for_segment
from channelsim.scenario.distributions import mean_of
from channelsim.scenario.load import load
from channelsim.scenario.market import Segment, Source
from channelsim.scenario.motion import Attempts, Step
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import Team
from channelsim.scenario.templates import template_folder

DEFAULT_TEMPLATE = "midmarket_software"


@dataclass(frozen=True)
class Template:
    """A scenario to take assumptions from, at the middle of its beliefs."""

    name: str
    scenario: Scenario

    def source(self, place: str = "") -> str:
        """Where an assumption comes from, as comments have it."""
        return f"assumed (template {self.name}{f', {place}' if place else ''})"


@dataclass(frozen=True)
class Work:
    """What a step takes of a rep."""

    place: str  # where in the template: "phone/demo", "phone/demo + propose"
    fields: Mapping[str, Any]  # of the scenario's step, plain data, for the scenario's segments
    hours: Mapping[str, float]  # selling hours of a deal that comes to it, by segment
    travel_hours: Mapping[str, float]  # on the road, all touches together, by segment
    remarks: Mapping[str, str]  # on fields that are not the template's as they are
    team: Team  # that does it in the template
    team_name: str


@dataclass(frozen=True)
class Terms:
    """Fields of a section, as plain data, and where they are from."""

    place: str
    fields: Mapping[str, Any]


def find_template(name: str) -> Template:
    """A shipped template by its name, or a scenario file of the user's. Raises UserError if there is none such, or
    what is wrong with it."""
    shipped = {path.stem: path for path in sorted(template_folder().glob("*.yaml"))}
    if name in shipped:
        return Template(name, load(shipped[name]).scenario)
    path = Path(name)
    if not path.is_file():
        raise UserError(f"--template {name}: no template and no file of that name; {suggest(name, shipped)}")
    return Template(path.stem, load(path).scenario)


def work_of(
    template: Template, route: Route, segments: Mapping[str, str], most_spacing_hours: Mapping[str, float]
) -> dict[str, Work]:
    """The work of each step of a route.

    segments: the template's segment that stands for each of the scenario's. most_spacing_hours: by step, what its
    touches may lie apart altogether without making the step longer than the data has it.
    """
    motion = motion_for(template.scenario, route)
    steps = list(template.scenario.motions[motion].steps)
    first = first_step(template.scenario, motion, route)
    named = {step: [step] for step in route.steps if step in steps}
    by_place = _shared_out(steps[steps.index(first) :], len(route.steps))
    work = {}
    for at, step in enumerate(route.steps):
        theirs, parts = (named[step], 1) if step in named else by_place[at]
        work[step] = _work(template, motion, theirs, parts, segments, most_spacing_hours[step])
    return work


def motion_for(scenario: Scenario, route: Route) -> str:
    """The template's motion that a route is likest to: of its name, else of its channel, else any. Of several of
    its channel, the one with the most steps done by it."""
    if route.name in scenario.motions:
        return route.name

    def likeness(name: str) -> tuple[float, float]:
        channels = [scenario.teams[step.team].channel for step in scenario.motions[name].steps.values()]
        if route.channel == "hybrid":
            return (float("hybrid" in channels), float(len(set(channels))))
        return (channels.count(route.channel) / len(channels), -float(len(set(channels))))

    return max(scenario.motions, key=likeness)


def first_step(scenario: Scenario, motion: str, route: Route) -> str:
    """Where in the template's motion a deal of the export is when it is created: at the step of its first step's
    name, else where the template's leads become opportunities, else at the beginning."""
    steps = scenario.motions[motion].steps
    if route.steps[0] in steps:
        return route.steps[0]
    return next((name for name, step in steps.items() if step.opportunity), next(iter(steps)))


def share_that_comes_to(scenario: Scenario, motion: str, step: str) -> float:
    """Of the template's leads, the share that comes to a step of a motion, buyers' answers alone."""
    share = 1.0
    for name, each in scenario.motions[motion].steps.items():
        if name == step:
            break
        answers = list(each.advance.values()) if isinstance(each.advance, dict) else [each.advance]
        share *= sum(answers) / len(answers)
    return share


def segments_like(scenario: Scenario, deal_values: Mapping[str, float]) -> dict[str, str]:
    """The template's segment that stands for each of ours: of its name, else the one at the same place when both
    are put in the order of deal values. deal_values: the mean of each of ours."""
    theirs = sorted(scenario.segments, key=lambda name: mean_of(scenario.segments[name].deal_value))
    ours = sorted(deal_values, key=lambda name: deal_values[name])
    return {
        name: name if name in scenario.segments else theirs[int((ours.index(name) + 0.5) / len(ours) * len(theirs))]
        for name in deal_values
    }


def segment_terms(template: Template, theirs: str) -> Terms:
    """Margin, churn and patience."""
    segment: Segment = template.scenario.segments[theirs]
    kept = ("gross_margin", "annual_churn", "annual_expansion", "patience_hours")
    return Terms(f"segments.{theirs}", _given(segment, kept))


def source_terms(template: Template, name: str, share: float) -> Terms:
    """What a deal of a source costs, and when in the week deals come: those of the template's source of the same
    name, else of all of them on average. share: of its leads, those that become what the export counts."""
    sources: Mapping[str, Source] = template.scenario.sources
    alike = {name: sources[name]} if name in sources else sources
    leads = {each: max(source.leads_per_month, 1e-9) for each, source in alike.items()}
    cost = sum(leads[each] * source.cost_per_lead for each, source in alike.items()) / sum(leads.values())
    patterns: dict[str, float] = {}
    for each, source in alike.items():
        if isinstance(source.arrivals, str):
            patterns[source.arrivals] = patterns.get(source.arrivals, 0.0) + leads[each]
    fields: dict[str, Any] = {"cost_per_lead": cost / share}
    if patterns:
        fields["arrivals"] = max(patterns, key=lambda pattern: patterns[pattern])
    return Terms(f"sources.{name}" if name in sources else "its sources' mean", fields)


def team_terms(work: Sequence[Work], channel: Channel, scenario: Scenario) -> tuple[str, Team]:
    """The template's team whose hours, people and pay a route's are: one of its channel, else who does its work."""
    for each in work:
        if each.team.channel == channel:
            return each.team_name, each.team
    for name, team in scenario.teams.items():
        if team.channel == channel:
            return name, team
    return work[-1].team_name, work[-1].team


def plain(value: Any) -> Any:
    """A record or a value of one as plain data, what was not given left out."""
    if isinstance(value, BaseModel):
        return {
            name: plain(getattr(value, name)) for name in type(value).model_fields if name in value.model_fields_set
        }
    if isinstance(value, dict):
        return {name: plain(each) for name, each in value.items()}
    if isinstance(value, list):
        return [plain(each) for each in value]
    return value


def _given(record: BaseModel, names: Sequence[str]) -> dict[str, Any]:
    return {name: each for name, each in plain(record).items() if name in names and each is not None}


def _shared_out(steps: Sequence[str], count: int) -> list[tuple[list[str], int]]:
    """Of `count` steps, for each: the template's steps that it stands for, and into how many parts the only one of
    them is divided."""
    if count <= len(steps):
        owner = [int((at + 0.5) / len(steps) * count) for at in range(len(steps))]
        return [([step for step, own in zip(steps, owner, strict=True) if own == at], 1) for at in range(count)]
    theirs = [steps[int((at + 0.5) / count * len(steps))] for at in range(count)]
    return [([step], theirs.count(step)) for step in theirs]


def _work(
    template: Template,
    motion: str,
    names: Sequence[str],
    parts: int,
    segments: Mapping[str, str],
    most_spacing_hours: float,
) -> Work:
    scenario = template.scenario
    steps = [scenario.motions[motion].steps[name] for name in names]
    place = f"{motion}/{' + '.join(names)}" + (f", in {parts} parts" if parts > 1 else "")
    comes = _shares_that_come(steps, segments)
    hours, road = {}, {}
    for ours, theirs in segments.items():
        hours[ours] = (
            sum(
                comes[ours][at] * (step.touches * mean_of(for_segment(step.effort_hours, theirs)) + _dialling(step))
                for at, step in enumerate(steps)
            )
            / parts
        )
        road[ours] = (
            sum(
                comes[ours][at] * step.touches * mean_of(for_segment(step.travel_hours, theirs))
                for at, step in enumerate(steps)
            )
            / parts
        )
    if 2 * sum(step.visit for step in steps) < len(steps):
        road = dict.fromkeys(segments, 0.0)
    remarks = {}
    if len(steps) == 1 and parts == 1:
        fields = _as_they_are(steps[0], segments)
        spacing = min(_spacing(steps[0], segments), most_spacing_hours / max(steps[0].touches - 1, 1))
        if spacing < _spacing(steps[0], segments):
            remarks["touch_spacing_hours"] = f"{_spacing(steps[0], segments):g} there, too long for the days seen"
        if steps[0].touches > 1:
            fields["touch_spacing_hours"] = spacing
    else:
        fields = _together(steps, comes, hours, road, segments)
    team_name = steps[0].team
    return Work(place, fields, hours, road, remarks, scenario.teams[team_name], team_name)


def _spacing(step: Step, segments: Mapping[str, str]) -> float:
    """Hours between a step's touches, on average."""
    return mean_of(for_segment(step.touch_spacing_hours, next(iter(segments.values()))))


def _as_they_are(step: Step, segments: Mapping[str, str]) -> dict[str, Any]:
    """The fields of one step for one step."""
    kept = _given(step, ("effort_hours", "touches", "visit", "travel_hours", "attempts", "patience_hours"))
    fields = {name: _for_ours(value, segments) for name, value in kept.items() if name != "attempts"}
    if "attempts" in kept:
        attempts = dict(kept["attempts"])
        attempts["reach"] = _for_ours(attempts["reach"], segments)
        fields["attempts"] = attempts
    return fields


def _together(
    steps: Sequence[Step],
    comes: Mapping[str, Sequence[float]],
    hours: Mapping[str, float],
    road: Mapping[str, float],
    segments: Mapping[str, str],
) -> dict[str, Any]:
    """The fields of one step that stands for several, or for a part of one: the same work on average."""
    middle = {at: sum(comes[name][at] for name in segments) / len(segments) for at in range(len(steps))}
    touches = max(1, round(sum(middle[at] * step.touches for at, step in enumerate(steps))))
    fields: dict[str, Any] = {"effort_hours": _one_or_each({name: hours[name] / touches for name in segments})}
    if touches > 1:
        fields["touches"] = touches
    if any(road.values()):
        fields["visit"] = True
        fields["travel_hours"] = _one_or_each({name: road[name] / touches for name in segments})
    patience = _given(steps[0], ("patience_hours",))
    return fields | {name: _for_ours(value, segments) for name, value in patience.items()}


def _shares_that_come(steps: Sequence[Step], segments: Mapping[str, str]) -> dict[str, list[float]]:
    """By segment, of those who come to the first of some steps, the share that comes to each."""
    comes = {}
    for ours, theirs in segments.items():
        share, found = 1.0, []
        for step in steps:
            found.append(share)
            share *= for_segment(step.advance, theirs)
        comes[ours] = found
    return comes


def _dialling(step: Step) -> float:
    """Hours of attempts that it takes to reach a buyer, about."""
    if step.attempts is None:
        return 0.0
    attempts: Attempts = step.attempts
    reach = attempts.reach if isinstance(attempts.reach, float | int) else min(attempts.reach.values())
    tries = (1.0 - math.pow(1.0 - reach, attempts.max)) / max(reach, 1e-6)
    return tries * mean_of(attempts.effort_hours)


def _for_ours(value: Any, segments: Mapping[str, str]) -> Any:
    """A value of the template for our segments, where it differs by segment."""
    if not isinstance(value, dict) or "dist" in value:
        return value
    return _one_or_each({ours: value[theirs] for ours, theirs in segments.items()})


def _one_or_each(values: Mapping[str, Any]) -> Any:
    """One value for everybody where all have the same."""
    first = next(iter(values.values()))
    return first if all(each == first for each in values.values()) else dict(values)
