"""The program: everything an engine needs to know, as flat arrays. No names, no money, nothing of ours imported.

Indices: stream (source x segment), motion, step (position in its motion, padded to the longest), team, seat
(all teams' seats in one list, in team order), month (of the horizon), dist (a row of the distribution arrays).
Times are hours since the horizon's first midnight; months and holidays begin at midnights. `NONE` marks an
index that points nowhere.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

NONE = -1
LOGIT_LIMIT = 36.0
"""Quantile tables span logit(u) from -36 to 36: beyond lies less than 3e-16 of the probability."""

F = NDArray[np.float64]
I = NDArray[np.int64]  # noqa: E741 - the pair F and I keeps the table below readable


class Program(NamedTuple):
    """One strategy, ready to run."""

    # the clock
    horizon_hours: float
    month_of_day: I  # [day]; one more day than the horizon has
    month_start_hours: F  # [month + 1], the last is the horizon's end

    # distributions
    dist_kind: I  # [dist]; DistKind
    dist_a: F  # [dist]
    dist_b: F
    dist_c: F
    dist_first: I  # [dist]; first entry in table_u and table_x
    dist_length: I  # [dist]; number of entries there
    table_u: F  # cumulative weights (EMPIRICAL only)
    table_x: F  # values

    # streams of leads
    stream_key: I  # [stream]; 64-bit hash of the stream's name
    stream_pattern: I  # [stream]; a row of pattern_cumulative
    pattern_cumulative: F  # [pattern, hour + 1]; weight of the hours before this one
    arrivals_before_month: F  # [stream, month + 1]; expected arrivals before the month
    deal_value_dist: I  # [stream]
    value_scale: F  # [stream, month of arrival]; multiplies the deal value
    unreachable_share: F  # [stream]
    cooling_speed: F  # [stream]; how fast the stream's leads age towards cold: 1 as their steps say
    has_fit: I  # [stream]; 1 if leads differ in fit, and are scored
    fit_mean: F  # [stream]; in standard deviations of fit
    fit_spread: F  # [stream]; one standard deviation of fit, on the logit scale
    score_weight: F  # [stream]; of the fit in the score
    score_noise: F  # [stream]; of chance in the score
    referral_stream: I  # [stream]; where leads referred by a win come in; NONE: wins refer nobody
    referral_mean: F  # [stream]; leads that a win refers, on average
    referral_delay_dist: I  # [stream]

    # routing rules, in order; the last always fits
    rule_motion: I  # [rule]
    rule_takes_stream: I  # [rule, stream]; 1 if the rule is open to the stream
    rule_value_at_least: F  # [rule]
    rule_value_below: F
    rule_score_at_least: F  # [rule]; scores are standard normal where sources are alike
    rule_score_below: F
    rule_share: F
    rule_overflow_team: I  # [rule]; NONE if the rule does not ask
    rule_overflow_length: I

    # motions
    step_count: I  # [motion]
    value_factor: F  # [motion]; multiplies a won deal's value
    nurture_share: F  # [motion]
    nurture_max: I
    nurture_hours_dist: I

    # steps
    step_key: I  # [motion, step]; 32-bit hash of the step's name
    step_team: I
    step_touches: I
    step_is_visit: I
    step_is_opportunity: I  # 1 at a marked step: a lead that has come to one is an opportunity
    attempts_max: I  # 0: the step has no attempts
    attempt_hours_dist: I
    attempt_spacing_dist: I
    cooling_first: I  # first entry in curve_x and curve_y; with length 0 leads do not cool
    cooling_length: I
    value_curve_first: I
    value_curve_length: I
    curve_x: F  # log hours, log deal value
    curve_y: F  # factors
    handoff_hours_dist: I
    handoff_leak: F  # [stream, motion, step, month]
    reach: F  # [stream, motion, step, month]
    attempt_hours_scale: F  # [stream, motion, step, month]
    effort_hours_scale: F  # [stream, motion, step, month]
    effort_hours_dist: I
    travel_hours_dist: I
    touch_spacing_dist: I
    patience_hours_dist: I  # NONE: waits for ever
    yes_hours_dist: I
    no_hours_dist: I
    buyer_hours_scale: F  # [stream, motion, step, month]
    buyer_hours_more: F  # [stream, motion, step]; added to what was drawn and scaled
    advance: F  # [stream, motion, step, month]
    fit_offset: F  # [stream, motion, step]; what fit adds on the logit scale so that `advance` is the average

    # teams
    team_is_owned: I  # [team]
    team_discipline: I
    team_max_open: I  # most open deals a rep may own
    team_selling_share: F  # [team, month]
    team_ramp_hours: F  # [team, month of hire, stream]
    team_quota_ramp_hours: F  # [team, month of hire]; by which quotas are prorated
    team_ramp_start: F
    team_skill_dist: I
    team_hire_skill: F  # multiplies the skill of those hired later
    team_departures_before_month: F  # [team, month + 1]; expected departures of one seat's reps before the month
    team_vacancy_dist: I
    team_hiring_month: I  # [team, month]; first month from this one on in which somebody may start
    team_promotes_from: I  # team whose reps fill vacancies here; NONE: nobody is promoted
    team_promotion_share: F  # share of the vacancies
    team_promoted_ramp: F  # share of the ramp that those promoted still need
    team_orphan_share: F
    open_first: I  # [team]; first of the team's working spells in the three arrays below
    open_count: I
    open_from: F  # a spell of work: from, to, and the team's working hours before it
    open_to: F
    open_before: F
    spell_of_day: I  # [team, day]; index of the first spell that ends after the day begins

    # seats
    seat_key: I  # [seat]; 64-bit hash of team and position
    seat_team: I
    seat_from: F  # planned first hour
    seat_to: F  # planned last hour; infinite if the seat stays
    seat_ramped: I  # 1 if its first rep is fully productive from the first day


def as_lists(program: Program) -> Any:
    """The same program in nested Python lists, which the interpreter indexes several times faster.

    The rules index one dimension at a time (`advance[stream][motion]`), so they read both forms alike.
    """
    values: Any = (value.tolist() if isinstance(value, np.ndarray) else value for value in program)
    return Program(*values)
