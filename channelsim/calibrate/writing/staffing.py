"""How many reps: as many as were at work where the export says it, else as many as the assumed efforts need."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from channelsim.calibrate.estimates import Fit, People
from channelsim.calibrate.records import DAYS_A_MONTH
from channelsim.calibrate.writing.template import Work
from channelsim.scenario.base import for_segment
from channelsim.scenario.distributions import mean_of
from channelsim.scenario.team import DAYS_OPEN, MAX_HEADCOUNT, Hours, Team, hour_of

BUSY = 0.72
"""Of their selling time, what reps of a team are busy that is sized here: enough to do, and no endless queue."""
BUSIEST = 0.85
"""Beyond it the assumed efforts cannot be those of the people who coped: they are scaled down to it."""
WEEKS_A_MONTH = DAYS_A_MONTH / 7
DAYS_A_YEAR = 365.25
MONTHS_A_YEAR = 12


@dataclass(frozen=True)
class Staff:
    """A team's seats, and how busy they are with the assumed work."""

    route: str
    headcount: int
    is_observed: bool  # whether the export says it
    effort_scale: float  # multiplies the assumed efforts; 1 unless the people seen could not have coped with them
    busy: float  # share of the selling time


@dataclass(frozen=True)
class Demand:
    """Deals that come in a month."""

    per_month: Mapping[str, float]  # by segment

    def by_route(self, fit: Fit) -> dict[str, dict[str, float]]:
        """Deals a month by route and segment, as they were routed."""
        return {
            route.name: {
                segment: deals * routed(fit, segment)[route.name] for segment, deals in self.per_month.items()
            }
            for route in fit.routes
        }


def largest_route(fit: Fit) -> str:
    """The route that most deals took."""
    return max(fit.routes, key=lambda route: sum(route.steps[0].entered.values())).name


def routed(fit: Fit, segment: str) -> dict[str, float]:
    """Of a segment's deals, the share that goes each way, in the order of routes; where nothing is known, all go
    the way that most deals took."""
    known = next((each.shares for each in fit.routing if each.segment == segment), {})
    found = {route.name: known[route.name].value if route.name in known else 0.0 for route in fit.routes}
    return found if sum(found.values()) > 0 else found | {largest_route(fit): 1.0}


def hours_needed(fit: Fit, route: str, work: Mapping[str, Work], deals: Mapping[str, float], team: Team) -> float:
    """Working hours a month that deals of a route take: the selling, the meetings around it, and the road.

    deals: a month, by segment. work: by step.
    """
    steps = next(each for each in fit.routes if each.name == route).steps
    total = 0.0
    for segment, count in deals.items():
        comes = count
        for step in steps:
            each = work[step.step]
            total += comes * (each.hours[segment] / team.people.selling_share + each.travel_hours[segment])
            comes *= step.advance[segment].value if segment in step.advance else 0.0
    return total


def hours_of_a_seat(team: Team, people: People | None, segment: str) -> float:
    """Working hours of a seat in a month, less what vacancies and learning take."""
    if isinstance(team.hours, Hours):
        week = DAYS_OPEN[team.hours.days] * (hour_of(team.hours.close) - hour_of(team.hours.open))
    else:
        week = 24.0 * 7.0
    leaves = people.annual_attrition.value if people and people.annual_attrition else team.people.annual_attrition
    if people and people.ramp_months:
        ramp_months = people.ramp_months.value
    else:
        ramp_months = for_segment(team.people.ramp_months, segment)
    vacant = leaves * mean_of(team.people.hire_days) / DAYS_A_YEAR
    learning = leaves * ramp_months / MONTHS_A_YEAR * (1.0 - team.people.ramp_start) / 2.0
    return week * WEEKS_A_MONTH / (1.0 + vacant) * max(1.0 - learning, 0.5)


def staff_of(route: str, needed: float, a_seat: float, observed: float | None, busy: float = BUSY) -> Staff:
    """The seats of a team.

    needed: working hours a month. a_seat: hours of one. observed: reps at work, None where the export does not say;
    then there are as many as make them so busy.
    """
    if observed is None:
        headcount = seats_for(needed, a_seat, busy)
        return Staff(route, headcount, False, 1.0, needed / a_seat / headcount)
    headcount = min(max(1, round(observed)), MAX_HEADCOUNT)
    busy = needed / a_seat / headcount
    scale = min(1.0, BUSIEST / busy) if busy > 0 else 1.0
    return Staff(route, headcount, True, scale, busy * scale)


def seats_for(needed: float, a_seat: float, busy: float) -> int:
    """Seats that come nearest to being so busy, without being much busier."""
    seats = needed / a_seat / busy
    fewer = math.floor(seats)
    enough = fewer if fewer >= 1 and seats / fewer <= 1.05 else fewer + 1
    return min(max(1, enough), MAX_HEADCOUNT)
