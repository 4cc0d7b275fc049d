"""The one translator: a resolved scenario in, a program out."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from statistics import NormalDist
from typing import Any

import numpy as np

from channelsim.program.arrays import NONE, Program
from channelsim.program.distributions import DistributionTable
from channelsim.program.environment import apply_environment
from channelsim.program.initiatives import Rollout, apply_initiatives, made_of
from channelsim.program.keys import key64
from channelsim.program.layout import Layout, layout_of
from channelsim.program.market import cumulative_pattern, leads_by_month, pattern_weights
from channelsim.program.motions import Arrays, FloatArray, motion_numbers, motion_structure
from channelsim.program.scales import Scales
from channelsim.program.teams import team_numbers, team_structure
from channelsim.scenario.base import for_segment
from channelsim.scenario.routing import RoutingRule, names_in
from channelsim.scenario.schema import Scenario

HOURS_A_DAY = 24.0
STEP_STRUCTURE = (
    "team", "effort_hours", "touches", "touch_spacing_hours", "visit", "travel_hours", "value_factor", "buyer_days",
    "buyer_days_if_no", "patience_hours", "serves", "opportunity",
)  # fmt: skip
ATTEMPTS_STRUCTURE = ("max", "spacing_hours", "effort_hours", "cooling")


def compile_program(scenario: Scenario, regimes: Sequence[str] | None = None) -> Program:
    """The program of one strategy. `scenario` is resolved: its routing is filled in and its names exist.

    regimes: the market's regime in each month, for a scenario that has any; None: none rules.
    """
    compiler = Compiler(layout_of(scenario))
    return compiler.program(scenario, compiler.scales(scenario, regimes))


class Compiler:
    """Compiles scenarios of one layout that differ in numbers, as the draws of a strategy's beliefs do.

    Structure, distributions and roll-outs are kept for as long as everything that they are made of is the same
    objects: most beliefs are about plain numbers, and those are all that has to be put into arrays again.
    """

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self._kept: tuple[list[object], Arrays] | None = None
        self._rollout: tuple[list[object], Rollout] | None = None

    def scales(self, scenario: Scenario, regimes: Sequence[str] | None = None) -> Scales:
        """What all levers together multiply a strategy's parameters by."""
        scales = Scales(self.layout)
        if scenario.initiatives:
            apply_initiatives(scenario, scales, self._rolled_out(scenario))
        apply_environment(scenario.environment, regimes, scales)
        return scales

    def _rolled_out(self, scenario: Scenario) -> Rollout:
        parts = list(made_of(scenario))
        if self._rollout is None or _differ(self._rollout[0], parts):
            self._rollout = parts, Rollout(scenario, self.layout)
        return self._rollout[1]

    def program(self, scenario: Scenario, scales: Scales) -> Program:
        """The program of a scenario whose levers are worked out already."""
        layout = self.layout
        parts = list(_structure_is_made_of(scenario))
        kept = self._kept
        if kept is None or _differ(kept[0], parts):
            kept = self._kept = parts, _structure(scenario, layout)
        arrays: dict[str, Any] = {
            **kept[1],
            **_stream_numbers(scenario, layout, scales),
            **motion_numbers(scenario, layout, scales),
            **team_numbers(scenario, layout, scales),
        }
        return Program(horizon_hours=_days(layout) * HOURS_A_DAY, **arrays)


def _differ(one: list[object], other: list[object]) -> bool:
    return any(a is not b for a, b in zip(one, other, strict=True))


def _structure_is_made_of(scenario: Scenario) -> Iterator[object]:
    """All that `_structure` reads, in a fixed order."""
    yield scenario.routing
    for source in scenario.sources.values():
        yield source.arrivals
    for segment in scenario.segments.values():
        yield from (segment.deal_value, segment.patience_hours, segment.buying_cycle)
    yield scenario.referrals.delay_days if scenario.referrals else None
    for motion in scenario.motions.values():
        yield motion.nurture.days if motion.nurture else None
        for step in motion.steps.values():
            yield from (getattr(step, field) for field in STEP_STRUCTURE)
            yield step.handoff.delay_hours
            yield from (getattr(step.attempts, field, None) for field in ATTEMPTS_STRUCTURE)
    for team in scenario.teams.values():
        yield from (team.hours, team.queue, team.people.skill_cv, team.people.hire_days)


def _structure(scenario: Scenario, layout: Layout) -> Arrays:
    table = DistributionTable()
    return (
        _clock(layout)
        | _streams(scenario, layout, table)
        | _routing(scenario, layout)
        | motion_structure(scenario, layout, table)
        | team_structure(scenario, layout, table)
        | _seats(scenario, layout)
        | _distributions(table)
    )


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
    referrals = scenario.referrals
    return {
        "stream_key": np.array([key64("stream", *stream) for stream in layout.streams]),
        "stream_pattern": np.array([rows[pattern_weights(source)] for source in sources]),
        "pattern_cumulative": np.array(
            [cumulative_pattern(weights, layout.month_starts[0], days) for weights in patterns]
        ),
        "deal_value_dist": np.array(
            [table.add(scenario.segments[segment].deal_value) for _, segment in layout.streams]
        ),
        "has_fit": np.full(len(sources), int(scenario.lead_fit is not None)),
        "referral_stream": np.array(
            [
                layout.streams.index((referrals.source, segment)) if referrals else NONE
                for _, segment in layout.streams
            ]
        ),
        "referral_delay_dist": np.full(
            len(sources), table.add(referrals.delay_days, HOURS_A_DAY) if referrals else NONE
        ),
    }


def _stream_numbers(scenario: Scenario, layout: Layout, scales: Scales) -> Arrays:
    sources = [scenario.sources[source] for source, _ in layout.streams]
    fit, referrals = scenario.lead_fit, scenario.referrals
    noise = 0.0 if fit is None else fit.score_noise
    weight = 1.0 / math.hypot(1.0, noise)
    per_win = [for_segment(referrals.per_win, segment) if referrals else 0.0 for _, segment in layout.streams]
    return {
        "arrivals_before_month": arrivals_before_month(scenario, layout, scales),
        "value_scale": scales["deal_value"],
        "unreachable_share": np.array([source.unreachable_share for source in sources]),
        "cooling_speed": np.array([source.cooling_speed for source in sources]),
        "fit_mean": np.array([fit.mean.get(source, 0.0) if fit else 0.0 for source, _ in layout.streams]),
        "fit_spread": np.full(len(sources), fit.spread if fit else 0.0),
        "score_weight": np.full(len(sources), weight),
        "score_noise": np.full(len(sources), weight * noise),
        "referral_mean": np.array(per_win, float),
    }


def arrivals_before_month(scenario: Scenario, layout: Layout, scales: Scales) -> FloatArray:
    """Expected arrivals before each month, shape (stream, months + 1), without those that customers refer."""
    by_source = {name: leads_by_month(source, layout) for name, source in scenario.sources.items()}
    mix = np.array([scenario.sources[source].mix.get(segment, 0.0) for source, segment in layout.streams])
    leads = np.array([by_source[source] for source, _ in layout.streams]) * mix[:, None] + scales.leads_brought
    return np.concatenate([np.zeros((len(mix), 1)), np.cumsum(leads * scales["leads"], axis=1)], axis=1)


def _routing(scenario: Scenario, layout: Layout) -> Arrays:
    rules = scenario.routing
    if rules is None:
        raise ValueError("a resolved scenario has routing rules")
    overflows = [rule.when.overflow if rule.when else None for rule in rules]
    ranges = [rule.when.deal_value if rule.when else None for rule in rules]
    scores = [rule.when.score if rule.when else None for rule in rules]
    shares = [rule.when.share if rule.when else None for rule in rules]
    below = [r.below if r and r.below is not None else np.inf for r in ranges]
    return {
        "rule_motion": np.array([layout.motions.index(rule.motion) for rule in rules]),
        "rule_takes_stream": np.array(
            [[_takes(rule, source, segment) for source, segment in layout.streams] for rule in rules], np.int64
        ),
        "rule_value_at_least": np.array([r.at_least if r else 0.0 for r in ranges]),
        "rule_value_below": np.array(below, float),
        "rule_score_at_least": np.array([_score_at(s.at_least) if s else -np.inf for s in scores]),
        "rule_score_below": np.array([_score_at(s.below) if s else np.inf for s in scores]),
        "rule_share": np.array([1.0 if share is None else share for share in shares]),
        "rule_overflow_team": np.array([layout.teams.index(o.team) if o else NONE for o in overflows]),
        "rule_overflow_length": np.array([o.queue_longer_than if o else 0 for o in overflows]),
    }


def _score_at(share: float) -> float:
    """The score below which this share of all leads lies, where sources are alike."""
    if share <= 0.0 or share >= 1.0:
        return math.copysign(math.inf, share - 0.5)
    return NormalDist().inv_cdf(share)


def _takes(rule: RoutingRule, source: str, segment: str) -> bool:
    when = rule.when
    return when is None or (
        (when.segment is None or segment in names_in(when.segment))
        and (when.source is None or source in names_in(when.source))
    )


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
        "table_u": np.concatenate([np.empty(0), *(weights for weights, _ in table.tables)]),
        "table_x": np.concatenate([np.empty(0), *(values for _, values in table.tables)]),
    }
