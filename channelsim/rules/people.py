"""How productive a rep is, and how long one stays."""

from __future__ import annotations

import math
from typing import Any

from channelsim.rules.arrivals import exponential_gap
from channelsim.rules.calendars import month_of


def ramp(program: Any, team: int, employed_hours: float, ramp_hours: float) -> float:
    """Productivity of a rep `employed_hours` after the first day, against a fully ramped one: from `ramp_start`
    to 1 in a straight line over `ramp_hours`."""
    if employed_hours >= ramp_hours:
        return 1.0
    start = program.team_ramp_start[team]
    return start + (1.0 - start) * (employed_hours / ramp_hours)


def ramped_time(program: Any, team: int, since: float, until: float, ramp_hours: float) -> float:
    """Full-productivity hours in a spell of employment from `since` to `until` hours after the first day: the
    integral of the ramp, by which a quota is prorated."""
    if since >= ramp_hours:
        return until - since
    on_ramp_until = min(until, ramp_hours)
    start = program.team_ramp_start[team]
    mean = start + (1.0 - start) * (0.5 * (since + on_ramp_until) / ramp_hours)
    return mean * (on_ramp_until - since) + (until - on_ramp_until)


def productivity(
    program: Any, team: int, month: int, skill: float, employed_hours: float, ramp_hours: float
) -> float:
    """Selling hours that a rep gets done in an hour of work: ramp x skill x the month's selling-time share."""
    return ramp(program, team, employed_hours, ramp_hours) * skill * program.team_selling_share[team][month]


def touch_hours(attempt_hours: float, effort_hours: float, travel_hours: float, rep_productivity: float) -> float:
    """Working hours that a touch takes a rep: selling hours at the rep's productivity, and the road as it is."""
    return (attempt_hours + effort_hours) / rep_productivity + travel_hours


def departure_time(program: Any, team: int, hired_at: float, u: float) -> float:
    """When a rep leaves of its own accord; infinite if not before the horizon's end. Departures are a Poisson
    process of the team's monthly rates, so the clock of expected departures runs an exponential time on."""
    before = program.team_departures_before_month[team]
    starts = program.month_start_hours
    month = month_of(program, hired_at)
    share = (hired_at - starts[month]) / (starts[month + 1] - starts[month])
    target = before[month] + share * (before[month + 1] - before[month]) + exponential_gap(u)
    last = len(before) - 1
    while month < last and before[month + 1] <= target:
        month += 1
    if month == last:
        return math.inf
    share = (target - before[month]) / (before[month + 1] - before[month])
    return max(hired_at, starts[month] + share * (starts[month + 1] - starts[month]))


def first_day(program: Any, team: int, planned: float) -> float:
    """When somebody who is to start in a team then may: after a hiring freeze, if there is one. Those who are there
    when the horizon starts are there."""
    if planned <= 0.0 or planned >= program.horizon_hours:
        return planned
    month = month_of(program, planned)
    opens = program.team_hiring_month[team][month]
    return planned if opens == month else program.month_start_hours[opens]
