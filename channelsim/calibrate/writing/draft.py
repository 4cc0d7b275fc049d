"""A scenario before it is written: the fit, what is assumed, who sells, and the buyer's days as settled so far."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from channelsim.calibrate.estimates import Fit, RouteFit, SourceFit
from channelsim.calibrate.records import DAYS_A_MONTH, LOST, OPEN, WON
from channelsim.calibrate.writing.aims import Aim, aims_of
from channelsim.calibrate.writing.cells import Cell, Days
from channelsim.calibrate.writing.staffing import (
    BUSY,
    Demand,
    Staff,
    hours_needed,
    hours_of_a_seat,
    largest_route,
    seats_for,
    staff_of,
)
from channelsim.calibrate.writing.template import (
    Template,
    Terms,
    Work,
    first_step,
    motion_for,
    segment_terms,
    segments_like,
    share_that_comes_to,
    source_terms,
    team_terms,
    work_of,
)
from channelsim.scenario.distributions import mean_of
from channelsim.scenario.schema import LAST_START_DAY
from channelsim.scenario.team import Team

MEASURED_MONTHS = 12
WARMUP, MOST_WARMUP = 2.5, 12
"""Times what a deal takes that is won, and months at most."""
FEWEST_DEALS, FEWEST_WINS, LEAST_SHARE = 200, 50, 0.02
"""Of a route, before the scenario asks what happened if everything went that way."""
FEWEST_IN_A_SEGMENT = 10
ONLY_SOURCE = "deals"
"""Of an export that names none."""
ALWAYS = 0.9995
"""From this share on, of a segment's deals, a route is where they go."""
SPACING_SHARE = 0.25
"""Of the time that a step takes by the data, what the assumed pauses between touches may take."""


@dataclass(frozen=True)
class Draft:
    """All that the text is made from."""

    fit: Fit
    template: Template
    segments_like: Mapping[str, str]  # the template's segment that stands for each of the fit's
    segments: Mapping[str, Terms]
    sources: Mapping[str, Terms]
    work: Mapping[str, Mapping[str, Work]]  # by route and step
    team_name: Mapping[str, str]  # by route
    team: Mapping[str, Team]  # by route: the template's
    team_place: Mapping[str, str]  # by route: where that is in the template
    staff: Mapping[str, Staff]  # by route
    alone: Mapping[str, int]  # headcounts of routes if everything goes that way; those large enough to be believed
    quota: Mapping[str, float]  # by route: what a seat books in a year as things are
    deals_a_month: float  # in the middle of what is measured
    start: dt.date
    warmup_months: int
    months: int
    days: Mapping[Cell, Days]  # buyers'
    aims: Mapping[Cell, Aim]  # what they are settled on
    kept: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    """by route, step and segment: of those who come, the share that is not lost without an answer; 1 if left out"""
    notes: tuple[str, ...] = ()

    def route(self, name: str) -> RouteFit:
        """A route of the fit."""
        return next(route for route in self.fit.routes if route.name == name)

    def kept_share(self, route: str, step: str, segment: str) -> float:
        """Of those who come to a step, the share that is not lost without an answer."""
        return self.kept.get((route, step, segment), 1.0)


def draft_of(fit: Fit, template: Template, start: dt.date | None = None) -> Draft:
    """The scenario's draft, before it is settled. start: of the horizon; None: the month after the cut-off's."""
    deal_values = _deal_values(fit, template)
    like = segments_like(template.scenario, deal_values)
    work = {
        route.name: work_of(template, fit.export.route(route.name), like, _most_spacing_hours(route))
        for route in fit.routes
    }
    team_place, team = {}, {}
    for route in fit.routes:
        steps = list(work[route.name].values())
        team_place[route.name], team[route.name] = team_terms(
            steps, fit.export.route(route.name).channel, template.scenario
        )
    entry = _share_that_enters(fit, template)
    first = _start(fit, template) if start is None else start
    warmup = _warmup_months(fit)
    demand = Demand(_deals_a_month(fit, template, warmup, entry))
    staff, alone = _staffed(fit, work, team, demand, {})
    aims, said = aims_of(fit)
    return Draft(
        fit=fit,
        template=template,
        segments_like=like,
        segments={name: segment_terms(template, theirs) for name, theirs in like.items()},
        sources={name: source_terms(template, name, entry) for name in source_names(fit)},
        work=work,
        team_name=_team_names(fit),
        team=team,
        team_place=team_place,
        staff=staff,
        alone=alone,
        quota=_quotas(fit, demand, staff, deal_values),
        deals_a_month=sum(demand.per_month.values()),
        start=first,
        warmup_months=warmup,
        months=warmup + MEASURED_MONTHS,
        days={cell: aim.days for cell, aim in aims.items()},
        aims=aims,
        notes=(*said, *_notes(fit, template, staff)),
    )


def restaffed(draft: Draft, busy: Mapping[str, float]) -> Draft:
    """A draft with other headcounts. busy: by route, how busy a team of unknown size is, where not as usual."""
    fit, template = draft.fit, draft.template
    demand = Demand(_deals_a_month(fit, template, draft.warmup_months, _share_that_enters(fit, template)))
    staff, alone = _staffed(fit, draft.work, draft.team, demand, busy)
    quota = _quotas(fit, demand, staff, _deal_values(fit, template))
    return replace(draft, staff=staff, alone=alone, quota=quota)


def counts_of(fit: Fit) -> dict[str, int]:
    """Deals won, lost and open."""
    endings = fit.export.deals["ending"]
    return {kind: int((endings == kind).sum()) for kind in (WON, LOST, OPEN)}


def template_deals_a_month(template: Template, share: float) -> float:
    """Deals a month where the export has no dates: the template's leads, those that come as far."""
    return share * sum(source.leads_per_month for source in template.scenario.sources.values())


def source_names(fit: Fit) -> tuple[str, ...]:
    """Sources of the scenario: those that the fit has, else the export's, else one for all."""
    return tuple(source.name for source in fit.sources) or fit.export.sources or (ONLY_SOURCE,)


def source_named(fit: Fit, name: str) -> SourceFit | None:
    """What was learnt about a source; None where the export has no dates."""
    return next((source for source in fit.sources if source.name == name), None)


def _deal_values(fit: Fit, template: Template) -> dict[str, float]:
    known = {name: spread.mean.value for name, spread in fit.values.items()}
    other = sum(known.values()) / len(known) if known else 0.0
    if not known:
        values = [mean_of(segment.deal_value) for segment in template.scenario.segments.values()]
        other = sum(values) / len(values)
    return {name: known.get(name, other) for name in fit.export.segments}


def _most_spacing_hours(route: RouteFit) -> dict[str, float]:
    return {
        step.step: 24.0 * SPACING_SHARE * min((s.mean.value for s in step.if_yes.values()), default=0.0)
        for step in route.steps
    }


def _share_that_enters(fit: Fit, template: Template) -> float:
    """Of the template's leads, the share that the export would count: those that become opportunities, mostly."""
    export_route = fit.export.route(largest_route(fit))
    motion = motion_for(template.scenario, export_route)
    step = first_step(template.scenario, motion, export_route)
    return max(share_that_comes_to(template.scenario, motion, step), 0.001)


def _start(fit: Fit, template: Template) -> dt.date:
    if fit.export.origin is None:
        return template.scenario.horizon.start.replace(day=min(template.scenario.horizon.start.day, LAST_START_DAY))
    # the last day of which the export has anything: a cut-off at midnight is the end of the day before
    last = fit.export.origin + dt.timedelta(days=math.ceil(fit.export.cutoff_day) - 1)
    return dt.date(last.year + last.month // 12, last.month % 12 + 1, 1)


def _warmup_months(fit: Fit) -> int:
    """Until the pipeline is about full: by then all but a twelfth of deals have ended, were they as long at random
    as an exponential is."""
    longest = 0.0
    for route in fit.routes:
        by_step = (max((s.mean.value for s in step.if_yes.values()), default=0.0) for step in route.steps)
        longest = max(longest, sum(by_step))
    return min(max(1, math.ceil(WARMUP * longest / DAYS_A_MONTH)), MOST_WARMUP)


def _deals_a_month(fit: Fit, template: Template, warmup: int, entry: float) -> dict[str, float]:
    """By segment, in the middle of what is measured."""
    if not fit.sources:
        total = template_deals_a_month(template, entry)
        return {
            name: total * (fit.segment_shares[name].value if name in fit.segment_shares else 0.0)
            for name in fit.export.segments
        }
    years = (warmup + MEASURED_MONTHS / 2) / 12
    deals = dict.fromkeys(fit.export.segments, 0.0)
    for source in fit.sources:
        grown = (1 + max(source.annual_growth.value, -0.9)) ** years if source.annual_growth else 1.0
        for segment, share in source.mix.items():
            deals[segment] += source.per_month.value * grown * share.value
    return deals


def _staffed(
    fit: Fit,
    work: Mapping[str, Mapping[str, Work]],
    team: Mapping[str, Team],
    demand: Demand,
    wanted: Mapping[str, float],
) -> tuple[dict[str, Staff], dict[str, int]]:
    people = {each.route: each for each in fit.people}
    segment = fit.export.segments[0]
    by_route = demand.by_route(fit)
    seat = {name: hours_of_a_seat(team[name], people.get(name), segment) for name in by_route}
    staff = {}
    for name, deals in by_route.items():
        observed = people[name].headcount if name in people and fit.sources else None
        needed = hours_needed(fit, name, work[name], deals, team[name])
        staff[name] = staff_of(name, needed, seat[name], observed, wanted.get(name, BUSY))
    seats = sum(each.headcount for each in staff.values())
    busy = min(max(sum(each.busy * each.headcount for each in staff.values()) / seats, 0.3), 0.85)
    alone = {
        name: seats_for(
            staff[name].effort_scale * hours_needed(fit, name, work[name], demand.per_month, team[name]),
            seat[name],
            busy,
        )
        for name in by_route
        if len(fit.routes) > 1 and is_believed(fit, name)
    }
    return staff, alone


def is_believed(fit: Fit, route: str) -> bool:
    """Whether enough is known of a route to ask what happened if everything went that way."""
    of_route = next(each for each in fit.routes if each.name == route)
    first, last = of_route.steps[0], of_route.steps[-1]
    deals, wins = sum(first.entered.values()), sum(last.advanced.values())
    everywhere = all(first.entered.get(name, 0) >= FEWEST_IN_A_SEGMENT for name in fit.export.segments)
    is_large = deals >= max(FEWEST_DEALS, LEAST_SHARE * len(fit.export.deals))
    return is_large and wins >= FEWEST_WINS and everywhere


def _quotas(
    fit: Fit, demand: Demand, staff: Mapping[str, Staff], deal_values: Mapping[str, float]
) -> dict[str, float]:
    """What a seat books in a year: from deals, win rates and values."""
    quotas = {}
    for route, deals in demand.by_route(fit).items():
        win_rate = next(each for each in fit.routes if each.name == route).win_rate
        factor = fit.value_factor[route].value if route in fit.value_factor else 1.0
        booked = sum(
            count * (win_rate[segment].value if segment in win_rate else 0.0) * deal_values[segment] * factor
            for segment, count in deals.items()
        )
        quotas[route] = 12 * booked / staff[route].headcount
    return quotas


def _team_names(fit: Fit) -> dict[str, str]:
    """By route: the channel's name where it is one route's alone, else the route's."""
    channels = [fit.export.route(route.name).channel for route in fit.routes]
    taken = {route.name for route in fit.routes}
    return {
        route.name: channel
        if channels.count(channel) == 1 and channel != "hybrid" and channel not in taken - {route.name}
        else route.name
        for route, channel in zip(fit.routes, channels, strict=True)
    }


def _notes(fit: Fit, template: Template, staff: Mapping[str, Staff]) -> Iterator[str]:
    for route, each in staff.items():
        if each.effort_scale < 1:
            yield (
                f"With the efforts of {template.name} the {each.headcount} reps at work on {route} would be "
                f"{100 * each.busy / each.effort_scale:.0f}% busy, yet they coped: the efforts are scaled by "
                f"{each.effort_scale:.2f}."
            )
    if fit.export.currency != template.scenario.currency:
        yield (
            f"The export is in {fit.export.currency}, the template's pay and costs are in "
            f"{template.scenario.currency}: put yours in their place."
        )
