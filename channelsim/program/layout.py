"""The names behind a program's indices: what an engine must not know and a reader must."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cached_property

from channelsim.scenario.schema import Scenario


@dataclass(frozen=True)
class Seat:
    """A position in a team: planned from one month to another (None: to the end)."""

    team: str
    number: int
    from_month: int
    to_month: int | None


@dataclass(frozen=True)
class Layout:
    """Names by index, in the order of the scenario."""

    streams: tuple[tuple[str, str], ...]  # (source, segment)
    motions: tuple[str, ...]
    steps: tuple[tuple[str, ...], ...]  # by motion
    step_team: tuple[tuple[str, ...], ...]  # by motion
    teams: tuple[str, ...]
    seats: tuple[Seat, ...]
    month_starts: tuple[dt.date, ...]  # one more than months: the last is the horizon's end

    @property
    def months(self) -> int:
        """Number of months of the horizon."""
        return len(self.month_starts) - 1

    @property
    def max_steps(self) -> int:
        """Number of steps of the longest motion."""
        return max(len(steps) for steps in self.steps)

    @cached_property
    def step_teams(self) -> tuple[tuple[int, int, int], ...]:
        """Every step as (motion, step, team)."""
        return tuple(
            (motion, step, self.teams.index(team))
            for motion, teams in enumerate(self.step_team)
            for step, team in enumerate(teams)
        )

    def stream_name(self, stream: int) -> str:
        """SOURCE/SEGMENT, as people name a stream."""
        return "/".join(self.streams[stream])


def layout_of(scenario: Scenario) -> Layout:
    """The layout of a resolved scenario. A stream is a source and a segment that its mix gives a share, or
    whose customers refer leads to it."""
    return Layout(
        streams=tuple(
            (source_name, segment)
            for source_name, source in scenario.sources.items()
            for segment in scenario.segments
            if source.mix.get(segment, 0) > 0 or _is_referred(scenario, source_name)
        ),
        motions=tuple(scenario.motions),
        steps=tuple(tuple(motion.steps) for motion in scenario.motions.values()),
        step_team=tuple(tuple(s.team for s in motion.steps.values()) for motion in scenario.motions.values()),
        teams=tuple(scenario.teams),
        seats=tuple(seat for name in scenario.teams for seat in _seats(scenario, name)),
        month_starts=month_starts(scenario.horizon.start, scenario.horizon.months),
    )


def _is_referred(scenario: Scenario, source: str) -> bool:
    """Whether leads may come in a source's streams because customers refer them."""
    return scenario.referrals is not None and scenario.referrals.source == source


def month_starts(start: dt.date, months: int) -> tuple[dt.date, ...]:
    """First days of the horizon's months and the day after its last: the start's day in every month."""
    dates = []
    for month in range(months + 1):
        years, index = divmod(start.month - 1 + month, 12)
        dates.append(start.replace(year=start.year + years, month=index + 1))
    return tuple(dates)


def _seats(scenario: Scenario, team: str) -> list[Seat]:
    """A team's seats from its headcount plan; when the plan shrinks, the seats opened last close first."""
    headcount = scenario.teams[team].headcount
    plan = {0: headcount} if isinstance(headcount, int) else dict(sorted(headcount.items()))
    seats: list[Seat] = []
    open_seats: list[int] = []
    for month, count in plan.items():
        if month >= scenario.horizon.months:
            break
        while len(open_seats) < count:
            open_seats.append(len(seats))
            seats.append(Seat(team, len(seats), month, None))
        while len(open_seats) > count:
            closing = open_seats.pop()
            seats[closing] = Seat(team, closing, seats[closing].from_month, month)
    return seats
