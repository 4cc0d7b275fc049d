"""Teams as arrays: working hours as spells on the horizon's clock, and people by month."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from channelsim.program.arrays import NONE
from channelsim.program.codes import Discipline
from channelsim.program.distributions import DistributionTable
from channelsim.program.initiatives import seats_by_month
from channelsim.program.layout import Layout
from channelsim.program.scales import Scales
from channelsim.scenario.base import for_segment
from channelsim.scenario.distributions import Lognormal
from channelsim.scenario.market import HOURS_A_DAY
from channelsim.scenario.schema import Scenario
from channelsim.scenario.team import DAYS_OPEN, Hours, People, Team, hour_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]
HOURS_A_YEAR = 8766.0
HOURS_A_MONTH = HOURS_A_YEAR / 12
NO_LIMIT = 2**31


Arrays = dict[str, FloatArray | IntArray]


def team_structure(scenario: Scenario, layout: Layout, table: DistributionTable) -> Arrays:
    """The program's arrays of teams that are no plain numbers: queues, calendars, distributions."""
    teams = list(scenario.teams.values())
    people = [team.people for team in teams]
    days = (layout.month_starts[-1] - layout.month_starts[0]).days
    spells = [working_spells(team, layout.month_starts[0], days) for team in teams]
    counts = np.array([len(open_from) for open_from, _ in spells])
    lengths = [open_to - open_from for open_from, open_to in spells]
    skills = [Lognormal(dist="lognormal", mean=1.0, cv=p.skill_cv) if p.skill_cv > 0 else 1.0 for p in people]
    return {
        "team_is_owned": np.array([int(team.queue.assignment == "owned") for team in teams]),
        "team_discipline": np.array([Discipline[team.queue.discipline.upper()] for team in teams], np.int64),
        "team_max_open": np.array([team.queue.max_open_deals or NO_LIMIT for team in teams]),
        "team_skill_dist": np.array([table.add(skill) for skill in skills]),
        "team_vacancy_dist": np.array([table.add(p.hire_days, HOURS_A_DAY) for p in people]),
        "team_hiring_month": np.array([_hiring_month(p, layout.months) for p in people]),
        "team_promotes_from": np.array(
            [layout.teams.index(p.promotion.team) if p.promotion else NONE for p in people]
        ),
        "open_first": np.concatenate([[0], np.cumsum(counts)[:-1]]),
        "open_count": counts,
        "open_from": np.concatenate([open_from for open_from, _ in spells]),
        "open_to": np.concatenate([open_to for _, open_to in spells]),
        "open_before": np.concatenate([np.cumsum(hours) - hours for hours in lengths]),
        "spell_of_day": np.array([first_spell_by_day(open_to, days) for _, open_to in spells]),
    }


def team_numbers(scenario: Scenario, layout: Layout, scales: Scales) -> Arrays:
    """The program's arrays of teams that are plain numbers: shares, ramps, departures and levers."""
    people = {name: team.people for name, team in scenario.teams.items()}
    segments = [segment for _, segment in layout.streams]
    ramp_hours = np.array(
        [[for_segment(p.ramp_months, s) * HOURS_A_MONTH for s in segments] for p in people.values()]
    )
    shares = np.array([p.selling_share * managed_share(p, layout, name) for name, p in people.items()])
    promotions = [p.promotion for p in people.values()]
    return {
        "team_selling_share": shares * scales["selling_share"],
        "team_ramp_hours": ramp_hours[:, None, :] * scales["ramp_months"][:, :, None],
        "team_quota_ramp_hours": ramp_hours.max(axis=1)[:, None] * scales["ramp_months"],
        "team_ramp_start": np.array([p.ramp_start for p in people.values()]),
        "team_hire_skill": np.array([p.hire_skill for p in people.values()]),
        "team_departures_before_month": _departures_before_month(list(people.values()), layout, scales),
        "team_promotion_share": np.array([p.share if p else 0.0 for p in promotions]),
        "team_promoted_ramp": np.array([p.ramp_share if p else 1.0 for p in promotions]),
        "team_orphan_share": np.array([p.orphan_share for p in people.values()]),
    }


def managed_share(people: People, layout: Layout, team: str) -> FloatArray:
    """What a team gets done by month, against one in which everybody has a manager: reps beyond the managers' span
    are less productive."""
    if people.managers is None:
        return np.ones(layout.months)
    seats = seats_by_month(layout, team)
    alone = np.maximum(0.0, seats - people.managers.headcount * people.managers.span)
    lost = alone * (1.0 - people.managers.unmanaged_productivity)
    return 1.0 - np.divide(lost, seats, out=np.zeros(layout.months), where=seats > 0)


def _departures_before_month(people: list[People], layout: Layout, scales: Scales) -> FloatArray:
    """Expected departures from a seat that is always filled, before each month, shape (team, months + 1)."""
    starts = layout.month_starts
    hours = np.array([(after - start).days * 24.0 for start, after in pairwise(starts)])
    seasons = [p.attrition_seasonality or [1.0] * 12 for p in people]
    season = np.array([[factors[start.month - 1] for start in starts[:-1]] for factors in seasons])
    rates = np.array([p.annual_attrition / HOURS_A_YEAR for p in people])
    by_month = rates[:, None] * hours * season * scales["annual_attrition"]
    return np.concatenate([np.zeros((len(people), 1)), np.cumsum(by_month, axis=1)], axis=1)


def _hiring_month(people: People, months: int) -> IntArray:
    """The first month, from each one on, in which somebody may start; `months` if there is none."""
    opens = np.arange(months)
    for month in reversed(range(months)):
        if any(freeze.from_month <= month < freeze.from_month + freeze.months for freeze in people.hiring_freezes):
            opens[month] = opens[month + 1] if month + 1 < months else months
    return opens


def working_spells(team: Team, start: dt.date, days: int) -> tuple[FloatArray, FloatArray]:
    """From and to of each of the team's working spells, in hours from the horizon's first midnight."""
    if not isinstance(team.hours, Hours):
        return np.array([0.0]), np.array([float(days * HOURS_A_DAY)])
    hours = team.hours
    return _spells(hours.days, hour_of(hours.open), hour_of(hours.close), tuple(hours.holidays), start, days)


@lru_cache(maxsize=256)
def _spells(
    week: str, opens: float, closes: float, holidays: tuple[dt.date, ...], start: dt.date, days: int
) -> tuple[FloatArray, FloatArray]:
    closed = {(holiday - start).days for holiday in holidays}
    worked = [day for day in range(days) if (start.weekday() + day) % 7 < DAYS_OPEN[week] and day not in closed]
    midnights = np.array(worked, float) * HOURS_A_DAY
    return midnights + opens, midnights + closes


def first_spell_by_day(open_to: FloatArray, days: int) -> IntArray:
    """Index of the first spell that ends after each day's midnight, shape (days + 1,)."""
    return np.searchsorted(open_to, np.arange(days + 1) * float(HOURS_A_DAY), side="right").astype(np.int64)
