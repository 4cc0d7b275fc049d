"""Working hours as spells on the horizon's clock."""

from __future__ import annotations

import datetime as dt

import numpy as np
from numpy.typing import NDArray

from channelsim.scenario.market import HOURS_A_DAY
from channelsim.scenario.team import DAYS_OPEN, Team, hour_of

FloatArray = NDArray[np.float64]
IntArray = NDArray[np.int64]


def working_spells(team: Team, start: dt.date, days: int) -> tuple[FloatArray, FloatArray]:
    """From and to of each of the team's working spells, in hours from the horizon's first midnight."""
    if isinstance(team.hours, str):
        return np.array([0.0]), np.array([float(days * HOURS_A_DAY)])
    holidays = {(holiday - start).days for holiday in team.hours.holidays}
    worked = [
        day
        for day in range(days)
        if (start.weekday() + day) % 7 < DAYS_OPEN[team.hours.days] and day not in holidays
    ]
    midnights = np.array(worked, float) * HOURS_A_DAY
    return midnights + hour_of(team.hours.open), midnights + hour_of(team.hours.close)


def first_spell_by_day(open_to: FloatArray, days: int) -> IntArray:
    """Index of the first spell that ends after each day's midnight, shape (days + 1,)."""
    return np.searchsorted(open_to, np.arange(days + 1) * float(HOURS_A_DAY), side="right").astype(np.int64)
