"""What was learnt from an export, each figure with its uncertainty and what it rests on."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.records import Export

Floats = NDArray[np.float64]

INTERVAL = 0.9
"""Of the intervals of estimates."""


@dataclass(frozen=True)
class Estimate:
    """A number and what is known about it."""

    value: float  # the mean of what is believed
    sd: float  # its standard deviation; 0: known exactly
    low: float  # ends of the central interval of probability INTERVAL
    high: float
    n: int  # observations that it rests on
    belief: Mapping[str, float | str] | None  # as `uncertain` takes it: {"dist": "beta", "mean": .., "sd": ..}
    note: str = ""  # what a reader should know: "40 of 619 won; drawn to the other routes' 18%"


@dataclass(frozen=True)
class Candidate:
    """A family of distributions that was tried."""

    family: str  # a name that a scenario takes: exponential, lognormal, gamma, weibull
    aic: float  # Akaike's information criterion; smaller is better
    mean: float
    cv: float


@dataclass(frozen=True)
class Spread:
    """How long something takes, or how large deals are: the distribution chosen, against the data."""

    family: str  # of the candidate chosen, or "empirical" where none comes close
    mean: Estimate
    cv: Estimate
    values: tuple[float, ...]  # of "empirical": equally likely ones, from the smallest on; else none
    candidates: tuple[Candidate, ...]  # best first
    observed: int  # that ended
    censored: int  # still going on, or not seen to end
    seen_at: Floats  # [points] days, for a picture: where the step function below falls
    seen_survival: Floats  # [points] Kaplan-Meier's share that takes longer (for values, the empirical share)
    seen_low: Floats  # [points] its pointwise 95% interval
    seen_high: Floats  # [points]


@dataclass(frozen=True)
class StepFit:
    """A stage of a route."""

    step: str
    entered: Mapping[str, int]  # by segment, deals that came to it
    advanced: Mapping[str, int]  # of them, seen to go on
    lost: Mapping[str, int]
    open: Mapping[str, int]
    advance: Mapping[str, Estimate]  # by segment
    if_yes: Mapping[str, Spread]  # days until yes, by segment; one object for all where they do not differ
    if_no: Mapping[str, Spread] | None  # days until no; None: nobody was seen to say no


@dataclass(frozen=True)
class RouteFit:
    """A way to sell."""

    name: str
    steps: tuple[StepFit, ...]
    win_rate: Mapping[str, Estimate]  # by segment, of deals from their start


@dataclass(frozen=True)
class SourceFit:
    """Where deals come from."""

    name: str
    month_starts: Floats  # [months] days; whole months of the window
    counts: NDArray[np.int64]  # [months] deals created
    expected: Floats  # [months] under the fit
    per_month: Estimate  # in the middle of seasonality 1, at the window's END (where the scenario begins)
    annual_growth: Estimate | None  # None: the window is too short to say
    seasonality: tuple[Estimate, ...] | None  # 12, January first, mean 1; None: too short, or none is seen
    mix: Mapping[str, Estimate]  # share of each segment


@dataclass(frozen=True)
class RouteShare:
    """Which way a segment's deals go."""

    segment: str
    shares: Mapping[str, Estimate]  # by route; they add up to 1


@dataclass(frozen=True)
class People:
    """Reps of a route. A part is None where the export does not say."""

    route: str
    owners: int  # ever seen
    headcount: float | None  # at work at once, on average
    open_deals: tuple[float, float] | None  # per rep at work: the mean, and what nine in ten do not exceed
    wins_per_month: Estimate | None  # per rep at work
    bookings_per_month: Estimate | None
    annual_attrition: Estimate | None
    ramp_months: Estimate | None
    skill_cv: Estimate | None


@dataclass(frozen=True)
class Fit:
    """All that was learnt."""

    export: Export
    routes: tuple[RouteFit, ...]
    sources: tuple[SourceFit, ...]  # empty where the export has no dates
    source_shares: Mapping[str, Estimate]  # of all deals
    segment_shares: Mapping[str, Estimate]
    routing: tuple[RouteShare, ...]
    values: Mapping[str, Spread]  # deal values by segment
    value_factor: Mapping[str, Estimate]  # by route: its values against all routes' in the same segment
    people: tuple[People, ...]
    sentences: tuple[str, ...]  # choices said aloud
