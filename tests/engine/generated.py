"""Worlds made up by hypothesis, over everything that a scenario can say, small enough to run in milliseconds."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import strategies as st

from worlds import MONDAY

SEGMENTS = ("small", "big")
SOURCES = ("web", "fair")
TEAMS = ("desk", "field")


def number(low: float, high: float) -> st.SearchStrategy[float]:
    """A number of few digits, so that times coincide often."""
    return st.integers(0, 8).map(lambda eighths: low + (high - low) * eighths / 8)


def distribution(largest: float) -> st.SearchStrategy[Any]:
    """A number or a distribution of hours or days."""
    mean = number(largest / 8, largest)
    return st.one_of(
        number(0.0, largest),
        st.builds(lambda m: {"dist": "exponential", "mean": m}, mean),
        st.builds(lambda m, cv: {"dist": "lognormal", "mean": m, "cv": cv}, mean, st.sampled_from([0.3, 1.5])),
        st.builds(lambda m, cv: {"dist": "gamma", "mean": m, "cv": cv}, mean, st.sampled_from([0.5, 2.0])),
        st.builds(lambda m: {"dist": "uniform", "low": 0.0, "high": m}, mean),
        st.builds(lambda m: {"dist": "empirical", "values": [0.0, m]}, mean),
    )


def by_segment(value: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    """One value for everyone, or one for each segment."""
    return value | st.fixed_dictionaries(dict.fromkeys(SEGMENTS, value))


def record(always: dict[str, Any], sometimes: dict[str, Any]) -> st.SearchStrategy[dict[str, Any]]:
    """A mapping with some fields always there."""
    return st.fixed_dictionaries(always, optional=sometimes)


HOURS = st.sampled_from(
    ["always", {"days": "mon-fri"}, {"days": "mon-sat", "open": "08:30", "close": "12:30"},
     {"days": "mon-sun", "open": "00:00", "close": "24:00", "holidays": [MONDAY + dt.timedelta(days=2)]}]
)  # fmt: skip
QUEUE = st.builds(
    lambda discipline, owned, cap: (
        {"discipline": discipline}
        | ({"assignment": "owned"} | ({"max_open_deals": cap} if cap else {}) if owned else {})
    ),
    st.sampled_from(["oldest", "newest", "largest", "furthest_stage", "best_score"]),
    st.booleans(),
    st.sampled_from([None, 1, 2, 5]),
)
PEOPLE = record(
    {"orphan_share": number(0.2, 1.0), "annual_attrition": st.sampled_from([20.0, 40.0, 0.0])},
    {
        "selling_share": number(0.2, 1.0),
        "ramp_months": by_segment(number(0.0, 3.0)),
        "hire_skill": st.sampled_from([0.5, 1.5]),
        "attrition_seasonality": st.just([1.0, 2.0, 0.5, 1.0, 3.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.0]),
        "hiring_freezes": st.sampled_from([[{"from_month": 0, "months": 1}], [{"from_month": 1, "months": 2}]]),
        "managers": st.sampled_from([{"headcount": 0}, {"headcount": 1, "span": 2, "unmanaged_productivity": 0.5}]),
        "ramp_start": st.sampled_from([0.1, 0.5]),
        "starts_ramped": st.booleans(),
        "skill_cv": st.sampled_from([0.0, 0.4]),
        "hire_days": distribution(10.0),
    },
)
TEAM = record(
    {
        "channel": st.just("inside"),
        "queue": QUEUE,
        "people": PEOPLE,
        "headcount": st.sampled_from([1, 2, 3, 0, {0: 3, 1: 1}, {0: 1, 1: 4}, {0: 2, 1: 0}]),
    },
    {"hours": HOURS},
)
PROMOTION = st.fixed_dictionaries(
    {"team": st.just("desk"), "share": st.sampled_from([1.0, 0.6]), "ramp_share": st.sampled_from([0.0, 0.5])}
)
FIELD = st.builds(
    lambda t, p: t | {"people": t["people"] | ({"promotion": p} if p else {})}, TEAM, PROMOTION | st.none()
)
COOLING = st.sampled_from(
    [
        {},
        {"30min": 1.0, "4h": 0.5, "2d": 0.1},
        {"fast_share": 0.6, "fast_half_life_hours": 1.0, "slow_half_life_hours": 50.0},
    ]
)
ATTEMPTS = record(
    {"max": st.integers(1, 4), "reach": by_segment(number(0.25, 1.0))},
    {"spacing_hours": distribution(24.0), "effort_hours": distribution(0.5), "cooling": COOLING},
)
STEP = record(
    {
        "team": st.sampled_from(TEAMS),
        "effort_hours": by_segment(distribution(3.0)),
        "advance": by_segment(st.sampled_from([0.5, 0.8, 0.0, 1.0])),
        "handoff": record({"leak": st.sampled_from([0.3, 0.0, 0.6])}, {"delay_hours": distribution(20.0)}),
    },
    {
        "touches": st.integers(1, 3),
        "touch_spacing_hours": distribution(30.0),
        "visit": st.booleans(),
        "travel_hours": distribution(3.0),
        "attempts": ATTEMPTS,
        "source_factor": st.sampled_from([{}, {"web": 0.5}, {"fair": 3.0}]),
        "value_factor": st.sampled_from([{}, {100: 1.2, 10_000: 0.4}]),
        "buyer_days": by_segment(distribution(5.0)),
        "buyer_days_if_no": distribution(9.0),
        "patience_hours": by_segment(distribution(300.0)),
        "opportunity": st.booleans(),
        "serves": st.sampled_from(["look", "choose"]),
    },
)
NURTURE = st.fixed_dictionaries(
    {"share": st.sampled_from([1.0, 0.5, 0.1]), "days": distribution(15.0), "max_times": st.integers(1, 3)}
)
MOTION = record(
    {
        "steps": st.lists(STEP, min_size=1, max_size=3).map(
            lambda s: dict(zip(("call", "demo", "close"), s, strict=False))
        ),
        "nurture": st.one_of(NURTURE, NURTURE, st.none()),
    },
    {"deal_value_factor": st.sampled_from([0.5, 1.5])},
)
WHEN = record(
    {},
    {
        "segment": st.sampled_from([*SEGMENTS, list(SEGMENTS)]),
        "source": st.sampled_from(SOURCES),
        "deal_value": st.sampled_from([{"at_least": 500.0}, {"below": 1000.0}]),
        "score": st.sampled_from([{"at_least": 0.7}, {"below": 0.4}]),
        "share": number(0.0, 1.0),
        "overflow": st.fixed_dictionaries({"team": st.sampled_from(TEAMS), "queue_longer_than": st.integers(0, 5)}),
    },
)
RULES = st.lists(st.fixed_dictionaries({"when": WHEN, "motion": st.sampled_from(["a", "b"])}), max_size=2)
SOURCE = record(
    {"leads_per_month": number(10.0, 60.0), "mix": st.sampled_from([{"small": 1.0}, {"small": 0.6, "big": 0.4}])},
    {
        "arrivals": st.sampled_from(["flat", "office", "web"]),
        "unreachable_share": number(0.0, 1.0),
        "annual_growth": st.sampled_from([-0.5, 1.0]),
        "cooling_speed": st.sampled_from([0.25, 3.0]),
        "budget": st.sampled_from([{"per_month": 500.0, "half_at": 500.0, "most_leads_per_month": 30.0}]),
        "content": st.sampled_from([{"pieces_per_month": 4.0, "leads_per_piece_month": 5.0, "lag_months": 1}]),
        "seasonality": st.just([1.0, 0.0, 1.0, 0.5, 2.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0]),
    },
)
DEAL_VALUE = st.sampled_from([1000.0, 0.0, {"dist": "lognormal", "mean": 800.0, "cv": 1.0}])
CYCLE = st.sampled_from(
    [{}, {"look": {"days": 2.0}, "choose": {"days": {"dist": "exponential", "mean": 3.0}, "window_hours": 50.0}}]
)
EFFECT = st.builds(
    lambda change, by, scope: {"change": change, "by": by} | scope,
    st.sampled_from(
        ["advance", "reach", "attempt_hours", "effort_hours", "buyer_days", "handoff_leak", "leads", "deal_value",
         "selling_share", "ramp_months", "annual_attrition"]
    ),
    st.sampled_from([0.5, -0.4, 0.0]),
    st.sampled_from([{}, {"teams": "field"}, {"steps": "call"}, {"sources": ["web"], "segments": "big"}]),
)  # fmt: skip
INITIATIVE = record(
    {"effects": st.lists(EFFECT, max_size=3), "adoption": st.sampled_from([{}, {"half_time_months": 0.0}])},
    {
        "teams": st.sampled_from([["desk"], ["field", "desk"]]),
        "start_month": st.integers(0, 1),
        "hours_per_rep_week": st.sampled_from([4.0]),
        "brings": st.just({"source": "fair", "leads_per_rep_month": 5.0}),
        "kind": st.just("programme"),
    },
)
SHOCK = record(
    {"month": st.integers(0, 1)},
    {"leads": st.sampled_from([0.5]), "advance": st.sampled_from([0.8, 2.0]), "buyer_days": st.just(1.5),
     "deal_value": st.just(0.9), "segments": st.just("big"), "months": st.just(1)},
)  # fmt: skip
REFERRALS = st.fixed_dictionaries(
    {"source": st.sampled_from(SOURCES), "per_win": by_segment(st.sampled_from([0.8, 2.0])),
     "delay_days": distribution(6.0)}
)  # fmt: skip
LEVERS = record(
    {},
    {
        "initiatives": st.fixed_dictionaries({"dialler": INITIATIVE, "coaching": INITIATIVE}),
        "execution": st.sampled_from([{"focus": 1, "quality": 0.5}, {"switching_hours_per_week": 3.0}]),
        "integrations": st.just([{"tools": ["dialler", "coaching"]}]),
        "lead_fit": st.sampled_from(
            [{}, {"spread": 2.0, "score_noise": 0.0, "mean": {"web": -0.5}}, {"spread": 0.0}]
        ),
        "referrals": REFERRALS,
        "environment": st.fixed_dictionaries({"shocks": st.fixed_dictionaries({"launch": SHOCK})}),
    },
)
PLAIN = st.fixed_dictionaries(
    {
        "channelsim": st.just(1),
        "name": st.just("made up"),
        "horizon": st.fixed_dictionaries(
            {"start": st.sampled_from([MONDAY, dt.date(2028, 2, 11)]), "months": st.just(2)}
        ),
        "segments": st.fixed_dictionaries(
            {
                name: record(
                    {"deal_value": DEAL_VALUE}, {"patience_hours": distribution(200.0), "buying_cycle": CYCLE}
                )
                for name in SEGMENTS
            }
        ),
        "sources": st.fixed_dictionaries(dict.fromkeys(SOURCES, SOURCE)),
        "teams": st.fixed_dictionaries({"desk": TEAM, "field": FIELD}),
        "motions": st.fixed_dictionaries({"a": MOTION, "b": MOTION}),
        "routing": RULES.map(lambda rules: [*rules, {"motion": "a"}]),
    }
)
WORLDS = st.builds(lambda plain, levers: plain | levers, PLAIN, LEVERS)
"""Complete scenarios as mappings."""
