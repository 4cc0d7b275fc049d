"""Fits made by hand, for what writes scenarios: small, plausible, and different only where a test says so."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from channelsim.calibrate.estimates import (
    Candidate,
    Estimate,
    Fit,
    People,
    RouteFit,
    RouteShare,
    SourceFit,
    Spread,
    StepFit,
)
from channelsim.calibrate.records import Export, Route, frames

NOTHING = np.zeros(0)


def share(value: float, n: int = 619, **other: Any) -> Estimate:
    """A share as n observations leave it."""
    sd = math.sqrt(value * (1 - value) / (n + 1))
    low, high = max(value - 1.645 * sd, 0.0), min(value + 1.645 * sd, 1.0)
    belief = {"dist": "beta", "mean": value, "sd": sd} if sd > 0 else None
    return Estimate(value, sd, low, high, n, belief, **other)


def amount(value: float, relative_sd: float = 0.03, n: int = 619, dist: str = "lognormal") -> Estimate:
    """A positive number, known so well."""
    sd = abs(value) * relative_sd
    belief = {"dist": dist, "mean": value, "sd": sd} if sd > 0 else None
    return Estimate(value, sd, value - 1.645 * sd, value + 1.645 * sd, n, belief)


def exactly(value: float) -> Estimate:
    """A number that is known."""
    return Estimate(value, 0.0, value, value, 0, None)


def spread(mean: float, cv: float = 0.8, family: str = "lognormal", n: int = 300) -> Spread:
    """Something of a family."""
    return Spread(
        family, amount(mean, 0.05, n), amount(cv, 0.04, n), (), (Candidate(family, 10.0, mean, cv),), n, 40,
        NOTHING, NOTHING, NOTHING, NOTHING,
    )  # fmt: skip


def empirical(values: Sequence[float], n: int = 300) -> Spread:
    """Equally likely values."""
    mean = float(np.mean(values))
    return replace(
        spread(max(mean, 1e-6), family="empirical", n=n), mean=amount(mean, 0.05, n), values=tuple(values)
    )


def step(
    name: str,
    advance: Mapping[str, float],
    yes: Spread | Mapping[str, Spread],
    no: Spread | Mapping[str, Spread] | None,
    n: int = 600,
) -> StepFit:
    """A step; a spread alone is that of all segments."""

    def by_segment(spreads: Spread | Mapping[str, Spread]) -> Mapping[str, Spread]:
        return spreads if isinstance(spreads, Mapping) else dict.fromkeys(advance, spreads)

    return StepFit(
        name,
        entered=dict.fromkeys(advance, n),
        advanced={segment: round(n * rate) for segment, rate in advance.items()},
        lost={segment: n - round(n * rate) for segment, rate in advance.items()},
        open=dict.fromkeys(advance, 0),
        advance={segment: share(rate, n) for segment, rate in advance.items()},
        if_yes=by_segment(yes),
        if_no=None if no is None else by_segment(no),
    )


def route_fit(name: str, steps: Sequence[StepFit]) -> RouteFit:
    """A route, its win rates those of its steps."""
    segments = steps[0].advance
    rates = {segment: math.prod(each.advance[segment].value for each in steps) for segment in segments}
    return RouteFit(name, tuple(steps), {segment: share(rate) for segment, rate in rates.items()})


def source_fit(name: str, per_month: float, mix: Mapping[str, float], **other: Any) -> SourceFit:
    """A source of a level that neither grows nor has seasons."""
    months = np.arange(12) * 30.44
    counts = np.full(12, round(per_month), np.int64)
    fields = {"annual_growth": None, "seasonality": None} | other
    return SourceFit(
        name,
        months,
        counts,
        np.full(12, per_month),
        amount(per_month),
        mix={k: share(v) for k, v in mix.items()},
        **fields,
    )


def export_of(
    routes: Sequence[Route],
    segments: Sequence[str],
    sources: Sequence[str],
    *,
    origin: dt.date | None = dt.date(2024, 1, 1),
    **other: Any,
) -> Export:
    """An export that says what it is of; its few rows are there to be counted."""
    deals = [
        {
            "deal": at,
            "key": f"D{at}",
            "source": sources[0],
            "segment": segments[0],
            "route": routes[0].name,
            "owner": None,
            "value": 1000.0,
            "created_day": float(at),
            "closed_day": float(at + 20),
            "days": 20.0,
            "ending": ("won", "lost", "open")[at % 3],
        }
        for at in range(30)
    ]
    stages = [{"deal": at, "step": 0, "days": 20.0, "ending": ("yes", "no", "open")[at % 3]} for at in range(30)]
    fields: dict[str, Any] = {
        "files": ("opportunities.csv",),
        "labels": {},
        "origin": origin,
        "first_day": 0.0,
        "cutoff_day": 911.0 if origin else 0.0,
        "resolution_days": 1.0,
        "losses_are_seen": True,
        "currency": "USD",
        "columns": (),
        "counts": (),
        "sentences": (),
    }
    deal_frame, stage_frame = frames(deals, stages)
    return Export(
        deals=deal_frame,
        stages=stage_frame,
        routes=tuple(routes),
        segments=tuple(segments),
        sources=tuple(sources),
        **(fields | other),
    )


def two_ways(**changes: Any) -> Fit:
    """A company that sells by phone and in the field, to small and large customers, in two steps."""
    segments = ("small", "large")
    routes = (Route("phone", "Inside Sales", "inside", ("demo", "close")),
              Route("field", "Field Sales", "outside", ("demo", "close")))  # fmt: skip
    phone = route_fit(
        "phone",
        [
            step("demo", {"small": 0.55, "large": 0.4}, spread(12.0), spread(20.0, 1.0, "gamma")),
            step(
                "close",
                {"small": 0.6, "large": 0.3},
                spread(15.0, 0.7, "weibull"),
                spread(25.0, 1.0, "exponential"),
            ),
        ],
    )
    field = route_fit(
        "field",
        [
            step("demo", {"small": 0.58, "large": 0.55}, spread(18.0), spread(30.0)),
            step(
                "close",
                {"small": 0.62, "large": 0.5},
                {"small": spread(20.0), "large": spread(30.0, 0.6)},
                empirical([6, 9, 12, 16, 20, 25, 31, 40, 55, 90]),
            ),
        ],
    )
    fit = Fit(
        export=export_of(routes, segments, ("web", "referral"), labels={"small": "Below $10k"}),
        routes=(phone, field),
        sources=(
            source_fit("web", 60.0, {"small": 0.7, "large": 0.3}),
            source_fit("referral", 25.0, {"small": 0.35, "large": 0.65}),
        ),
        source_shares={"web": share(0.7), "referral": share(0.3)},
        segment_shares={"small": share(0.6), "large": share(0.4)},
        routing=(
            RouteShare("small", {"phone": share(0.8), "field": share(0.2)}),
            RouteShare("large", {"phone": share(0.3), "field": share(0.7)}),
        ),
        values={"small": spread(8000.0, 0.6), "large": spread(60000.0, 0.8, "gamma")},
        value_factor={"phone": amount(0.95), "field": amount(1.12)},
        people=(
            People("phone", 9, 6.2, (12.0, 20.0), amount(3.0), amount(30000.0), amount(0.3, 0.2), None, None),
            People("field", 4, None, None, None, None, None, amount(5.0, 0.2), amount(0.25, 0.2)),
        ),
        sentences=("Dates are read day first: 17 of them can be nothing else.",),
    )
    return replace(fit, **changes)
