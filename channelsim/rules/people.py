"""How productive a rep is."""

from __future__ import annotations

from typing import Any


def ramp(program: Any, team: int, employed_hours: float, starts_ramped: bool) -> float:
    """Productivity of a rep `employed_hours` after the first day, against a fully ramped one: from `ramp_start`
    to 1 in a straight line."""
    ramp_hours = program.team_ramp_hours[team]
    if starts_ramped or employed_hours >= ramp_hours:
        return 1.0
    start = program.team_ramp_start[team]
    return start + (1.0 - start) * (employed_hours / ramp_hours)


def ramped_time(program: Any, team: int, since: float, until: float, starts_ramped: bool) -> float:
    """Full-productivity hours in a spell of employment from `since` to `until` hours after the first day: the
    integral of the ramp, by which a quota is prorated."""
    ramp_hours = program.team_ramp_hours[team]
    if starts_ramped or since >= ramp_hours:
        return until - since
    on_ramp_until = min(until, ramp_hours)
    start = program.team_ramp_start[team]
    mean = start + (1.0 - start) * (0.5 * (since + on_ramp_until) / ramp_hours)
    return mean * (on_ramp_until - since) + (until - on_ramp_until)


def productivity(program: Any, team: int, skill: float, employed_hours: float, starts_ramped: bool) -> float:
    """Selling hours that a rep gets done in an hour of work: ramp x skill x selling-time share."""
    return ramp(program, team, employed_hours, starts_ramped) * skill * program.team_selling_share[team]


def touch_hours(attempt_hours: float, effort_hours: float, travel_hours: float, rep_productivity: float) -> float:
    """Working hours that a touch takes a rep: selling hours at the rep's productivity, and the road as it is."""
    return (attempt_hours + effort_hours) / rep_productivity + travel_hours
