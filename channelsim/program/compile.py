"""The one translator: a resolved scenario in, a program out."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.program.arrays import NONE, Program
from channelsim.program.codes import Discipline
from channelsim.program.distributions import DistributionTable
from channelsim.program.keys import key64
from channelsim.program.layout import Layout, layout_of
from channelsim.program.market import cumulative_pattern, expected_arrivals, pattern_weights
from channelsim.program.motions import FloatArray, IntArray, motion_arrays
from channelsim.program.teams import first_spell_by_day, working_spells
from channelsim.scenario.distributions import Lognormal
from channelsim.scenario.routing import RoutingRule, names_in
from channelsim.scenario.schema import Scenario

HOURS_A_DAY = 24.0
HOURS_A_YEAR = 8766.0
HOURS_A_MONTH = HOURS_A_YEAR / 12
NO_LIMIT = 2**31

Arrays = dict[str, FloatArray | IntArray]


def compile_program(scenario: Scenario) -> Program:
    """The program of one strategy. `scenario` is resolved: its routing is filled in and its names exist."""
    layout = layout_of(scenario)
    table = DistributionTable()
    arrays: dict[str, Any] = (
        _clock(layout)
        | _streams(scenario, layout, table)
        | _routing(scenario, layout)
        | motion_arrays(scenario, layout, table)
        | _teams(scenario, layout, table)
        | _seats(scenario, layout)
        | _distributions(table)
    )
    return Program(horizon_hours=_days(layout) * HOURS_A_DAY, **arrays)


def _days(layout: Layout) -> int:
    return (layout.month_starts[-1] - layout.month_starts[0]).days


def _clock(layout: Layout) -> Arrays:
    start_days = np.array([(date - layout.month_starts[0]).days for date in layout.month_starts])
    month_of_day = np.searchsorted(start_days, np.arange(_days(layout) + 1), side="right") - 1
    return {
        "month_of_day": np.minimum(month_of_day, layout.months - 1),
        "month_start_hours": start_days * HOURS_A_DAY,
    }


def _streams(scenario: Scenario, layout: Layout, table: DistributionTable) -> Arrays:
    sources = [scenario.sources[source] for source, _ in layout.streams]
    patterns = {pattern_weights(source): None for source in sources}
    rows = {weights: row for row, weights in enumerate(patterns)}
    days = _days(layout)
    return {
        "stream_key": np.array([key64("stream", *stream) for stream in layout.streams]),
        "stream_pattern": np.array([rows[pattern_weights(source)] for source in sources]),
        "pattern_cumulative": np.array(
            [cumulative_pattern(weights, layout.month_starts[0], days) for weights in patterns]
        ),
        "arrivals_before_month": np.array(
            [
                expected_arrivals(source, segment, layout)
                for source, (_, segment) in zip(sources, layout.streams, strict=True)
            ]
        ),
        "deal_value_dist": np.array(
            [table.add(scenario.segments[segment].deal_value) for _, segment in layout.streams]
        ),
        "value_scale": np.ones((len(sources), layout.months)),
        "unreachable_share": np.array([source.unreachable_share for source in sources]),
        "cooling_speed": np.ones(len(sources)),
        "has_fit": np.zeros(len(sources), np.int64),
        "fit_mean": np.zeros(len(sources)),
        "fit_spread": np.zeros(len(sources)),
        "score_weight": np.ones(len(sources)),
        "score_noise": np.zeros(len(sources)),
        "referral_stream": np.full(len(sources), NONE),
        "referral_mean": np.zeros(len(sources)),
        "referral_delay_dist": np.zeros(len(sources), np.int64),
    }


def _routing(scenario: Scenario, layout: Layout) -> Arrays:
    rules = scenario.routing
    if rules is None:
        raise ValueError("a resolved scenario has routing rules")
    overflows = [rule.when.overflow if rule.when else None for rule in rules]
    ranges = [rule.when.deal_value if rule.when else None for rule in rules]
    shares = [rule.when.share if rule.when else None for rule in rules]
    below = [r.below if r and r.below is not None else np.inf for r in ranges]
    return {
        "rule_motion": np.array([layout.motions.index(rule.motion) for rule in rules]),
        "rule_takes_stream": np.array(
            [[_takes(rule, source, segment) for source, segment in layout.streams] for rule in rules], np.int64
        ),
        "rule_value_at_least": np.array([r.at_least if r else 0.0 for r in ranges]),
        "rule_value_below": np.array(below, float),
        "rule_score_at_least": np.full(len(rules), -np.inf),
        "rule_score_below": np.full(len(rules), np.inf),
        "rule_share": np.array([1.0 if share is None else share for share in shares]),
        "rule_overflow_team": np.array([layout.teams.index(o.team) if o else NONE for o in overflows]),
        "rule_overflow_length": np.array([o.queue_longer_than if o else 0 for o in overflows]),
    }


def _takes(rule: RoutingRule, source: str, segment: str) -> bool:
    when = rule.when
    return when is None or (
        (when.segment is None or segment in names_in(when.segment))
        and (when.source is None or source in names_in(when.source))
    )


def _teams(scenario: Scenario, layout: Layout, table: DistributionTable) -> Arrays:
    teams = list(scenario.teams.values())
    people = [team.people for team in teams]
    days = _days(layout)
    spells = [working_spells(team, layout.month_starts[0], days) for team in teams]
    counts = np.array([len(open_from) for open_from, _ in spells])
    lengths = [open_to - open_from for open_from, open_to in spells]
    return {
        "team_is_owned": np.array([int(team.queue.assignment == "owned") for team in teams]),
        "team_discipline": np.array([Discipline[team.queue.discipline.upper()] for team in teams], np.int64),
        "team_max_open": np.array([team.queue.max_open_deals or NO_LIMIT for team in teams]),
        "team_selling_share": np.array([[p.selling_share] * layout.months for p in people]),
        "team_ramp_hours": np.array(
            [[[p.ramp_months * HOURS_A_MONTH] * len(layout.streams)] * layout.months for p in people]
        ),
        "team_quota_ramp_hours": np.array([[p.ramp_months * HOURS_A_MONTH] * layout.months for p in people]),
        "team_ramp_start": np.array([p.ramp_start for p in people]),
        "team_skill_dist": np.array(
            [
                table.add(Lognormal(dist="lognormal", mean=1.0, cv=p.skill_cv) if p.skill_cv > 0 else 1.0)
                for p in people
            ]
        ),
        "team_hire_skill": np.ones(len(teams)),
        "team_departures_before_month": np.array(
            [_clock(layout)["month_start_hours"] * (p.annual_attrition / HOURS_A_YEAR) for p in people]
        ),
        "team_hiring_month": np.array([np.arange(layout.months) for _ in teams]),
        "team_promotes_from": np.full(len(teams), NONE),
        "team_promotion_share": np.zeros(len(teams)),
        "team_promoted_ramp": np.ones(len(teams)),
        "team_vacancy_dist": np.array([table.add(p.hire_days, HOURS_A_DAY) for p in people]),
        "team_orphan_share": np.array([p.orphan_share for p in people]),
        "open_first": np.concatenate([[0], np.cumsum(counts)[:-1]]),
        "open_count": counts,
        "open_from": np.concatenate([open_from for open_from, _ in spells]),
        "open_to": np.concatenate([open_to for _, open_to in spells]),
        "open_before": np.concatenate([np.cumsum(hours) - hours for hours in lengths]),
        "spell_of_day": np.array([first_spell_by_day(open_to, days) for _, open_to in spells]),
    }


def _seats(scenario: Scenario, layout: Layout) -> Arrays:
    start_hours = _clock(layout)["month_start_hours"]
    seats = layout.seats
    return {
        "seat_key": np.array([key64("seat", seat.team, str(seat.number)) for seat in seats], np.int64),
        "seat_team": np.array([layout.teams.index(seat.team) for seat in seats], np.int64),
        "seat_from": np.array([start_hours[seat.from_month] for seat in seats], float),
        "seat_to": np.array([np.inf if seat.to_month is None else start_hours[seat.to_month] for seat in seats]),
        "seat_ramped": np.array(
            [int(seat.from_month == 0 and scenario.teams[seat.team].people.starts_ramped) for seat in seats],
            np.int64,
        ),
    }


def _distributions(table: DistributionTable) -> Arrays:
    return {
        "dist_kind": np.array(table.kind, np.int64),
        "dist_a": np.array(table.a, float),
        "dist_b": np.array(table.b, float),
        "dist_c": np.array(table.c, float),
        "dist_first": np.array(table.first, np.int64),
        "dist_length": np.array(table.length, np.int64),
        "table_u": np.array(table.table_u, float),
        "table_x": np.array(table.table_x, float),
    }
