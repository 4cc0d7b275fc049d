"""When work may happen: months, working hours, and when a touch that pauses overnight ends."""

from __future__ import annotations

import math
from typing import Any

HOURS_A_DAY = 24.0


def month_of(program: Any, time: float) -> int:
    """The month of the horizon in which an hour lies."""
    return program.month_of_day[int(time / HOURS_A_DAY)]


def spell_at(program: Any, team: int, time: float) -> int:
    """The first of the team's working spells that ends after `time`; its count of spells if there is none."""
    first = program.open_first[team]
    count = program.open_count[team]
    spell = program.spell_of_day[team][int(time / HOURS_A_DAY)]
    while spell < count and program.open_to[first + spell] <= time:
        spell += 1
    return spell


def is_open(program: Any, team: int, time: float) -> bool:
    """Whether the team is at work; a spell includes its first instant and not its last."""
    spell = spell_at(program, team, time)
    return spell < program.open_count[team] and program.open_from[program.open_first[team] + spell] <= time


def next_opening(program: Any, team: int, time: float) -> float:
    """When the team next begins to work, at or after `time`, for a team that is closed then; infinite if never."""
    spell = spell_at(program, team, time)
    if spell == program.open_count[team]:
        return math.inf
    return program.open_from[program.open_first[team] + spell]


def work_end(program: Any, team: int, start: float, hours: float) -> float:
    """When work of so many hours that starts at `start`, inside working hours, is done: it pauses while the team
    is closed. Infinite if the calendar ends first."""
    first = program.open_first[team]
    count = program.open_count[team]
    spell = spell_at(program, team, start)
    left = hours
    at = start
    while spell < count:
        room = program.open_to[first + spell] - at
        if left <= room:
            return at + left
        left -= room
        spell += 1
        if spell < count:
            at = program.open_from[first + spell]
    return math.inf


def worked_before(program: Any, team: int, time: float) -> float:
    """The team's working hours from the horizon's start to `time`."""
    first = program.open_first[team]
    count = program.open_count[team]
    spell = spell_at(program, team, time)
    if spell == count:
        if count == 0:
            return 0.0
        last = first + count - 1
        return program.open_before[last] + program.open_to[last] - program.open_from[last]
    return program.open_before[first + spell] + max(0.0, time - program.open_from[first + spell])
