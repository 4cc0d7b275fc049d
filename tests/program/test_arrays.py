"""What the translator makes of a scenario: shapes, keys, rates. Hand-worked."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

from channelsim.program.arrays import NONE, Program, as_lists
from channelsim.program.codes import DistKind
from worlds import NINE_TO_FIVE, program_of, source, step, team, world

RICH = program_of(
    world(
        months=5,
        segments={
            "small": {"deal_value": 100.0, "patience_hours": 8.0},
            "big": {"deal_value": {"dist": "lognormal", "mean": 5000.0, "cv": 1.0}},
        },
        sources={
            "web": source(100.0, mix={"small": 0.75, "big": 0.25}, unreachable_share=0.2),
            "fair": source(10.0, mix={"big": 1.0}, arrivals="office"),
        },
        teams={"desk": team(2), "field": team({0: 1, 2: 2}, hours=NINE_TO_FIVE)},
        motions={
            "phone": {"steps": {"call": step("desk"), "demo": step("desk", opportunity=True)}},
            "visit": {
                "deal_value_factor": 1.5,
                "nurture": {"share": 0.5, "days": 30.0, "max_times": 2},
                "steps": {
                    "call": step("desk", attempts={"max": 4, "reach": 0.3}),
                    "meet": step("field", visit=True, travel_hours=2.0, buyer_days=3.0, patience_hours=50.0),
                    "close": step("field", buyer_days=1.0, buyer_days_if_no=2.0),
                },
            },
        },
        routing=[
            {"when": {"segment": "big", "overflow": {"team": "field", "queue_longer_than": 3}}, "motion": "visit"},
            {"motion": "phone"},
        ],
    )
)
STREAMS, MOTIONS, STEPS, MONTHS, TEAMS, SEATS, RULES = 3, 2, 3, 5, 2, 4, 2


SHAPES = {
    (MONTHS + 1,): "month_start_hours",
    (TEAMS, MONTHS): "team_selling_share team_quota_ramp_hours team_hiring_month",
    (STREAMS, MONTHS): "value_scale",
    (STREAMS,): "has_fit fit_mean fit_spread score_weight score_noise cooling_speed referral_stream referral_mean "
    "referral_delay_dist stream_key stream_pattern deal_value_dist unreachable_share",
    (MOTIONS,): "step_count value_factor nurture_share nurture_max nurture_hours_dist",
    (TEAMS,): "team_is_owned team_discipline team_max_open team_ramp_start team_hire_skill team_promotes_from "
    "team_promotion_share team_promoted_ramp team_skill_dist team_vacancy_dist team_orphan_share open_first "
    "open_count",
    (SEATS,): "seat_key seat_team seat_from seat_to seat_ramped",
    (RULES,): "rule_motion rule_value_at_least rule_value_below rule_share rule_overflow_team",
    (MOTIONS, STEPS): "step_key step_team step_touches step_is_visit step_is_opportunity attempts_max "
    "cooling_first value_curve_length handoff_hours_dist",
    (STREAMS, MOTIONS, STEPS): "fit_offset buyer_hours_more effort_hours_dist travel_hours_dist touch_spacing_dist "
    "patience_hours_dist yes_hours_dist no_hours_dist",
}


def test_arrays_have_the_shapes_that_their_indices_say() -> None:
    for shape, names in SHAPES.items():
        for name in names.split():
            assert getattr(RICH, name).shape == shape, name
    for array in (RICH.advance, RICH.reach, RICH.handoff_leak, RICH.buyer_hours_scale, RICH.effort_hours_scale):
        assert array.shape == (STREAMS, MOTIONS, STEPS, MONTHS)
    assert RICH.team_ramp_hours.shape == (TEAMS, MONTHS, STREAMS)
    assert RICH.team_departures_before_month.shape == (TEAMS, MONTHS + 1)
    assert RICH.rule_takes_stream.shape == (RULES, STREAMS)
    assert RICH.arrivals_before_month.shape == (STREAMS, MONTHS + 1)
    days = 31 + 30 + 31 + 30 + 31
    assert RICH.spell_of_day.shape == (TEAMS, days + 1)
    assert RICH.month_of_day.shape == (days + 1,)
    assert RICH.pattern_cumulative.shape == (2, days * 24 + 1)  # flat and office


def test_every_array_holds_whole_numbers_or_floats_of_64_bits() -> None:
    for name, value in RICH._asdict().items():
        if name != "horizon_hours":
            assert value.dtype in (np.int64, np.float64), name


def test_indices_point_into_the_tables_that_they_name() -> None:
    for name, value in RICH._asdict().items():
        if name.endswith("_dist"):
            assert ((value >= NONE) & (value < len(RICH.dist_kind))).all(), name
    assert ((RICH.step_team >= 0) & (RICH.step_team < TEAMS)).all()
    assert (RICH.dist_first + RICH.dist_length <= len(RICH.table_x)).all()


def test_a_step_of_the_same_name_has_the_same_key_in_every_motion_and_different_names_differ() -> None:
    assert RICH.step_key[0, 0] == RICH.step_key[1, 0]
    named = {int(RICH.step_key[m, j]) for m in range(MOTIONS) for j in range(RICH.step_count[m])}
    assert len(named) == 4  # call, demo, meet, close
    assert all(0 < key < 2**32 for key in named)


def test_streams_and_seats_have_their_own_keys() -> None:
    keys = [*RICH.stream_key.tolist(), *RICH.seat_key.tolist()]
    assert len(set(keys)) == STREAMS + SEATS


def value(program: Program, dist: int) -> float:
    assert program.dist_kind[dist] == DistKind.CONSTANT
    return float(program.dist_a[dist])


def test_days_of_the_buyer_and_of_nurture_are_hours_in_the_program() -> None:
    assert value(RICH, RICH.yes_hours_dist[0, 1, 1]) == 72.0
    assert value(RICH, RICH.no_hours_dist[0, 1, 1]) == 72.0  # omitted: as for yes
    assert value(RICH, RICH.yes_hours_dist[0, 1, 2]) == 24.0
    assert value(RICH, RICH.no_hours_dist[0, 1, 2]) == 48.0
    assert value(RICH, RICH.nurture_hours_dist[1]) == 720.0


def test_a_steps_patience_stands_in_place_of_its_segments() -> None:
    small, big = 0, 1
    assert value(RICH, RICH.patience_hours_dist[small, 1, 0]) == 8.0
    assert value(RICH, RICH.patience_hours_dist[small, 1, 1]) == 50.0
    assert RICH.patience_hours_dist[big, 1, 0] == NONE
    assert value(RICH, RICH.patience_hours_dist[big, 1, 1]) == 50.0


def test_expected_arrivals_are_leads_times_mix_times_season_times_growth() -> None:
    seasons = [float(month) for month in range(1, 13)]
    tree = world(
        start=dt.date(2027, 11, 15),
        months=3,
        segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
        sources={"web": source(100.0, mix={"small": 0.75, "big": 0.25}, seasonality=seasons, annual_growth=0.44)},
    )
    # November 11, December 12, January 1 (the month in which each begins); growth 1.44 ** (m / 12).
    by_month = np.array([11.0, 12.0, 1.0]) * 1.44 ** (np.array([0, 1, 2]) / 12)
    arrivals = program_of(tree).arrivals_before_month
    assert arrivals[0].tolist() == pytest.approx([0, *(75 * np.cumsum(by_month))])
    assert arrivals[1].tolist() == pytest.approx([0, *(25 * np.cumsum(by_month))])


def test_after_a_year_growth_has_done_what_it_says() -> None:
    arrivals = program_of(world(months=13, sources={"web": source(100.0, annual_growth=0.2)})).arrivals_before_month
    assert np.diff(arrivals[0])[12] == pytest.approx(120.0)


def test_the_week_begins_on_the_day_on_which_the_horizon_does() -> None:
    # 2027-03-06 is a Saturday: no office hours on its first two days.
    program = program_of(world(start=dt.date(2027, 3, 6), sources={"web": source(arrivals="office")}))
    by_day = np.diff(program.pattern_cumulative[0]).reshape(-1, 24).sum(axis=1)
    assert by_day[:9].tolist() == [0, 0, 8, 8, 8, 8, 8, 0, 0]


def test_attrition_becomes_expected_departures_by_month() -> None:
    program = program_of(world(teams={"desk": team(people={"annual_attrition": 0.5, "hire_days": 10.0})}))
    # March has 744 hours: at one departure in two years of 8,766 hours, 744 / 17,532 of one is expected.
    assert program.team_departures_before_month[0].tolist() == pytest.approx([0.0, 744 / 17532])
    assert value(program, program.team_vacancy_dist[0]) == 240.0
    assert program_of(world()).team_departures_before_month[0].tolist() == [0.0, 0.0]


def test_the_same_scenario_gives_the_same_arrays() -> None:
    first, second = (as_lists(program_of(world(months=3))) for _ in range(2))
    assert first == second
