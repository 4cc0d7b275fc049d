"""Twenty sales organisations of which everything is known, as plausible as they are different."""

from __future__ import annotations

import datetime as dt
import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario

WORLDS = 20
SEED = 8_2027
"""Of the worlds' parameters and of the dirt in their exports, not of what happens in them."""

Shape = Literal["history", "report", "leads and won"]
HISTORY: Shape = "history"
"""An opportunity report, and a file with one row for each change of stage beside it."""
REPORT: Shape = "report"
"""One row for each opportunity."""
LEADS_AND_WON: Shape = "leads and won"
"""A file of leads and one of won deals; nobody wrote down who said no."""
SHAPES: tuple[Shape, ...] = (HISTORY, REPORT, HISTORY, LEADS_AND_WON, HISTORY)

SEGMENTS = ("small", "medium", "large")
SOURCES = ("website", "referral", "trade_fair")
ROUTES = (("phone", "inside"), ("field", "outside"), ("partner", "hybrid"))
"""Motions and their teams' channels."""
STEPS = ("qualification", "demonstration", "proposal", "negotiation")
FAMILIES = ("lognormal", "gamma", "weibull", "exponential")
VALUE_FAMILIES = ("lognormal", "gamma")

START = dt.date(2025, 1, 1)
MONTHS_OF_WINDOWS = (24, 24, 30, 36)
TINY_EFFORT_HOURS = 0.02
WORKING_HOURS_A_MONTH = 173
SLOWER = 1.6
"""In some worlds each segment's buyers take so much longer than those of the one before."""
LOAD = 0.55
"""Of reps who work in office hours: enough to wait for one now and then."""


@dataclass(frozen=True)
class World:
    """A scenario and how its CRM would be exported. The export is made at the end of the scenario's horizon."""

    name: str
    scenario: Scenario
    shape: Shape
    has_times: bool  # False: the export has dates alone
    is_day_first: bool
    answers_at_once: bool  # reps are always there and need no time: stages take the buyer's days
    number: int  # which world: a part of the seed of its dirt


def worlds(count: int = WORLDS) -> list[World]:
    """The first worlds, the same ones always."""
    return [_world(number) for number in range(count)]


def _world(number: int) -> World:
    rng = np.random.default_rng([SEED, number])
    shape = SHAPES[number % len(SHAPES)]
    answers_at_once = number % 3 != 2
    months = MONTHS_OF_WINDOWS[number % len(MONTHS_OF_WINDOWS)]
    segments = SEGMENTS[: int(rng.integers(1, 4))]
    sources = SOURCES[: int(rng.integers(1, 4))]
    routes = ROUTES[: int(rng.integers(1, 4))]
    leads = float(np.round(rng.uniform(1500, 6000) / months))
    slower = SLOWER if number % 5 == 4 else 1.0
    motions = {name: _motion(rng, name, segments, shape, answers_at_once, slower) for name, _ in routes}
    by_source = np.round(leads * rng.dirichlet(np.full(len(sources), 6.0)), 1)
    tree: dict[str, Any] = {
        "channelsim": 1,
        "name": f"World {number + 1}",
        "horizon": {"start": START, "months": months},
        "segments": {name: {"deal_value": _deal_value(rng, place)} for place, name in enumerate(segments)},
        "sources": {
            name: _source(rng, float(monthly), segments, has_seasons=number % 3 == 1 and place == 0)
            for place, (name, monthly) in enumerate(zip(sources, by_source, strict=True))
        },
        "teams": {
            f"{name}_team": _team(rng, channel, leads, motions[name], answers_at_once, leaves=number % 4 == 2)
            for name, channel in routes
        },
        "motions": motions,
        "routing": _routing(rng, segments, [name for name, _ in routes]),
    }
    (scenario,) = load(tree).strategies.values()
    return World(
        tree["name"], scenario, shape, number % 4 in (0, 1), number % 2 == 0, answers_at_once, number
    )  # fmt: skip


def _deal_value(rng: np.random.Generator, place: int) -> dict[str, Any]:
    """Each segment's deals are some four times as large as those of the one before."""
    return {
        "dist": str(rng.choice(VALUE_FAMILIES)),
        "mean": _rounded(6000 * 4**place * rng.uniform(0.7, 1.4)),
        "cv": _rounded(rng.uniform(0.5, 1.1)),
    }


def _source(
    rng: np.random.Generator, leads_per_month: float, segments: tuple[str, ...], has_seasons: bool
) -> dict[str, Any]:
    source: dict[str, Any] = {
        "leads_per_month": leads_per_month,
        "mix": _shares(rng, segments),
        "arrivals": str(rng.choice(["flat", "office", "web"])),
    }
    if rng.random() < 0.6:
        source["annual_growth"] = _rounded(rng.uniform(-0.15, 0.45))
    if has_seasons:
        swing, peak = rng.uniform(0.15, 0.4), rng.integers(12)
        factors = [round(1 + swing * math.cos(2 * math.pi * (month - peak) / 12), 3) for month in range(12)]
        factors[-1] = round(12 - sum(factors[:-1]), 3)  # their mean is 1
        source["seasonality"] = factors
    return source


def _motion(
    rng: np.random.Generator,
    route: str,
    segments: tuple[str, ...],
    shape: Shape,
    answers_at_once: bool,
    slower: float,
) -> dict[str, Any]:
    count = int(rng.integers(2, 5)) if shape == HISTORY else 1
    return {"steps": {name: _step(rng, route, segments, answers_at_once, slower) for name in STEPS[:count]}}


def _step(
    rng: np.random.Generator, route: str, segments: tuple[str, ...], answers_at_once: bool, slower: float
) -> dict[str, Any]:
    """Noes take longer than yeses, up to two and a half times as long."""
    days = rng.uniform(8, 60) / slower
    effort = TINY_EFFORT_HOURS if answers_at_once else _rounded(rng.uniform(0.5, 2))
    return {
        "team": f"{route}_team",
        "effort_hours": effort,
        "advance": {segment: _rounded(rng.uniform(0.3, 0.7)) for segment in segments},
        "buyer_days": _days(rng, days, segments, slower),
        "buyer_days_if_no": _days(rng, days * rng.uniform(1.3, 2.5), segments, slower),
    }


def _days(rng: np.random.Generator, mean: float, segments: tuple[str, ...], slower: float) -> dict[str, Any]:
    """One distribution for all segments, or one for each."""
    family = str(rng.choice(FAMILIES))
    cv = {} if family == "exponential" else {"cv": _rounded(rng.uniform(0.5, 1.2))}
    if slower == 1:
        return {"dist": family, "mean": _rounded(mean), **cv}
    return {
        segment: {"dist": family, "mean": _rounded(mean * slower**place), **cv}
        for place, segment in enumerate(segments)
    }


def _team(
    rng: np.random.Generator,
    channel: str,
    leads_per_month: float,
    motion: dict[str, Any],
    answers_at_once: bool,
    leaves: bool,
) -> dict[str, Any]:
    """Reps enough for all leads; some always at work, others from nine to five."""
    hours_a_lead = sum(step["effort_hours"] for step in motion["steps"].values())
    needed = math.ceil(leads_per_month * hours_a_lead / WORKING_HOURS_A_MONTH / LOAD)
    team: dict[str, Any] = {
        "channel": channel,
        "headcount": max(needed, int(rng.integers(4, 9))) + (6 if leaves else 0),
        "queue": {"assignment": str(rng.choice(["pooled", "owned"]))},
    }
    if answers_at_once:
        team["hours"] = "always"
    if leaves:
        team["people"] = {"annual_attrition": _rounded(rng.uniform(0.2, 0.5)), "hire_days": 40}
    return team


def _routing(rng: np.random.Generator, segments: tuple[str, ...], routes: list[str]) -> list[dict[str, Any]]:
    """Within a segment chance decides, so that leads of all routes are alike."""
    rules: list[dict[str, Any]] = []
    for segment in segments:
        shares = rng.dirichlet(np.full(len(routes), 8.0))
        left = 1.0
        for route, share in list(zip(routes, shares, strict=True))[:-1]:
            rules.append({"when": {"segment": segment, "share": _rounded(share / left)}, "motion": route})
            left -= share
    return [*rules, {"motion": routes[-1]}]


def _shares(rng: np.random.Generator, names: tuple[str, ...]) -> dict[str, float]:
    drawn = [round(float(share), 2) for share in rng.dirichlet(np.full(len(names), 8.0))[:-1]]
    return dict(zip(names, [*drawn, round(1 - sum(drawn), 2)], strict=True))


def _rounded(number: float) -> float:
    """To two figures or three, as people write numbers."""
    return float(f"{number:.3g}")
