"""Whatever was learnt from an export, the scenario written from it is sound."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from made_fits import amount, empirical, exactly, export_of, route_fit, share, source_fit, spread, step

from channelsim.calibrate.estimates import Fit, People, RouteShare, Spread
from channelsim.calibrate.records import Route
from channelsim.calibrate.writing.draft import draft_of
from channelsim.calibrate.writing.template import find_template
from channelsim.calibrate.writing.write import scenario_text
from channelsim.scenario.load import load
from channelsim.scenario.reader import read_text
from channelsim.scenario.schema import IMPLICIT_STRATEGY

SEGMENTS = ("small", "mid-size", "No", "enterprise")
STEPS = ("qualify", "demo", "validated", "close")
TEMPLATES = ("midmarket_software", "smb_saas", "industrial_equipment", "auto_supply", "quickstart")


@st.composite
def spreads(draw: st.DrawFn) -> Spread:
    family = draw(st.sampled_from(["lognormal", "gamma", "weibull", "exponential", "empirical"]))
    if family == "empirical":
        return empirical(draw(st.lists(st.floats(0, 400), min_size=2, max_size=25)))
    found = spread(draw(st.floats(0.001, 900)), draw(st.floats(0.01, 20)), family)
    return replace(found, mean=amount(found.mean.value, draw(st.floats(0, 3))))


@st.composite
def fits(draw: st.DrawFn) -> Fit:
    segments = SEGMENTS[: draw(st.integers(1, 4))]
    channels = draw(st.lists(st.sampled_from(["inside", "outside", "hybrid"]), min_size=1, max_size=3))
    routes, fitted = [], []
    for at, channel in enumerate(channels):
        first = draw(st.integers(0, 3))
        names = STEPS[first : first + draw(st.integers(1, 4))]
        rates = st.one_of(st.floats(0, 1), st.sampled_from([0.0, 1.0, 0.9999, 1e-5]))
        seen = [name for name in segments if draw(st.booleans())] or list(segments[:1])
        steps = [
            step(
                name,
                {segment: draw(rates) for segment in seen},
                {segment: draw(spreads()) for segment in seen} if draw(st.booleans()) else draw(spreads()),
                draw(st.none() | spreads()),
                n=draw(st.sampled_from([3, 40, 5000])),
            )
            for name in names
        ]
        routes.append(Route(f"route{at}", f"Route {at}: \x00 # {channel}", channel, tuple(names)))
        fitted.append(route_fit(f"route{at}", steps))
    weights = st.floats(0, 1)
    numbers = st.floats(0.01, 1e6)

    def shares(names: Any) -> dict[str, Any]:
        drawn = {name: draw(weights) + 1e-3 for name in names}
        return {name: share(each / sum(drawn.values())) for name, each in drawn.items()}

    is_dated = draw(st.booleans())
    sources = ("web", "null")[: draw(st.integers(1, 2))]
    export = export_of(
        routes,
        segments,
        sources,
        origin=dt.date(2023, 5, 17) if is_dated else None,
        labels={"small": "Below $10k\nor so", "web": "Web: [x"},
        files=("a, b: c # d.csv",),
        currency=draw(st.sampled_from(["USD", "EUR"])),
    )
    dated = tuple(
        source_fit(
            name,
            draw(st.floats(0.5, 400)),
            {},
            annual_growth=draw(
                st.none() | st.builds(amount, st.floats(-0.8, 2), st.just(0.5), dist=st.just("normal"))
            ),
            seasonality=draw(st.none() | st.just(tuple(amount(1.0, 0.1) for _ in range(12)))),
        )
        for name in sources
    )
    people = tuple(
        People(
            route.name,
            draw(st.integers(1, 500)),
            draw(st.none() | st.floats(0.1, 300)),
            draw(st.none() | st.just((12.0, 30.0))),
            None,
            None,
            draw(st.none() | st.builds(amount, st.floats(0.01, 2), st.floats(0, 2), dist=st.just("normal"))),
            draw(st.none() | st.just(exactly(4.0))),
            draw(st.none() | st.builds(amount, st.floats(0.01, 1.9), st.floats(0, 1))),
        )
        for route in routes
    )
    return Fit(
        export=export,
        routes=tuple(fitted),
        sources=tuple(replace(each, mix=shares(segments)) for each in dated) if is_dated else (),
        source_shares=shares(sources),
        segment_shares=shares(segments),
        routing=tuple(RouteShare(segment, shares([route.name for route in routes])) for segment in segments),
        values={name: spread(draw(numbers), draw(st.floats(0.1, 4))) for name in segments if draw(st.booleans())},
        value_factor={route.name: amount(draw(st.floats(0.3, 3))) for route in routes if draw(st.booleans())},
        people=people if draw(st.booleans()) else (),
        sentences=(),
    )


@given(fit=fits(), template=st.sampled_from(TEMPLATES))
@settings(max_examples=40, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_the_text_is_a_sound_scenario_with_lines_that_can_be_read(fit: Fit, template: str) -> None:
    text = scenario_text(draft_of(fit, find_template(template)))
    study = load(read_text(text, "written"))
    assert IMPLICIT_STRATEGY in study.strategies
    assert set(study.scenario.motions) == {route.name for route in fit.routes}
    long = [line for line in text.splitlines() if len(line) > 120 and "empirical" not in line]
    assert not long
