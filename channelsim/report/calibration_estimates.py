"""All that was estimated, a line each: by path, with its unit and what it rests on."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from channelsim.calibrate.estimates import Estimate, Fit, People, SourceFit, Spread, StepFit
from channelsim.finance.definitions import Unit
from channelsim.report.charts.monthly import MONTH_NAMES

SHARES, DAYS, VALUES, ARRIVALS, ROUTING, PEOPLE = (
    "How many go on and win", "How long it takes", "What deals are worth", "How many deals come",
    "Which way they go", "Who sells",
)  # fmt: skip
"""Groups, in the order of a page."""


@dataclass(frozen=True)
class Line:
    """An estimate. path: where it stands in the fit, as estimates.csv names it; words: the same for a reader."""

    group: str
    path: str
    words: str
    unit: Unit
    estimate: Estimate
    note: str


def estimate_lines(fit: Fit) -> list[Line]:
    """Every estimate of a fit, by group."""
    lines = [*_routes(fit), *_values(fit), *_sources(fit), *_routing(fit), *_people(fit)]
    order = (SHARES, DAYS, VALUES, ARRIVALS, ROUTING, PEOPLE)
    return sorted(lines, key=lambda line: order.index(line.group))


def _routes(fit: Fit) -> Iterator[Line]:
    for route in fit.routes:
        at = f"routes.{route.name}"
        for segment, rate in route.win_rate.items():
            words = f"{route.name}: {segment} won"
            yield Line(SHARES, f"{at}.win_rate.{segment}", words, Unit.SHARE, rate, rate.note)
        for step in route.steps:
            yield from _step(f"{at}.steps.{step.step}", f"{route.name}, {step.step}", step)


def _step(at: str, words: str, step: StepFit) -> Iterator[Line]:
    for segment, share in step.advance.items():
        yield Line(SHARES, f"{at}.advance.{segment}", f"{words}: {segment} goes on", Unit.SHARE, share, share.note)
    for outcome, spreads in (("yes", step.if_yes), ("no", step.if_no)):
        told = f"{words}: days until {outcome}"
        yield from _spreads(DAYS, f"{at}.days_if_{outcome}", told, Unit.DAYS, spreads or {})


def _spreads(group: str, at: str, words: str, unit: Unit, spreads: Mapping[str, Spread]) -> Iterator[Line]:
    """Mean and cv of each, once for segments that share one."""
    segments: dict[int, list[str]] = {}
    for segment, spread in spreads.items():
        segments.setdefault(id(spread), []).append(segment)
    told = {id(spread): spread for spread in spreads.values()}
    for which, spread in told.items():
        path = at if len(told) == 1 else f"{at}.{'+'.join(segments[which])}"
        named = words if len(told) == 1 else f"{words}, {', '.join(segments[which])}"
        open_ones = f", {spread.censored:,} still open" if spread.censored else ""
        family = f"{spread.family}{open_ones}"
        mean_note = f"{family}; {spread.mean.note}" if spread.mean.note else family
        yield Line(group, f"{path}.mean", f"{named}: mean", unit, spread.mean, mean_note)
        yield Line(group, f"{path}.cv", f"{named}: spread / mean", Unit.RATIO, spread.cv, spread.cv.note)


def _values(fit: Fit) -> Iterator[Line]:
    yield from _spreads(VALUES, "values", "value of a deal", Unit.MONEY, fit.values)
    for route, factor in fit.value_factor.items():
        words = f"{route}: its deals against all"
        yield Line(VALUES, f"value_factor.{route}", words, Unit.RATIO, factor, factor.note)


def _sources(fit: Fit) -> Iterator[Line]:
    for source in fit.sources:
        yield from _source(f"sources.{source.name}", source)
    for what, shares in (("source_shares", fit.source_shares), ("segment_shares", fit.segment_shares)):
        for name, share in shares.items():
            yield Line(ARRIVALS, f"{what}.{name}", f"{name}: share of all deals", Unit.SHARE, share, share.note)


def _source(at: str, source: SourceFit) -> Iterator[Line]:
    name, level, growth = source.name, source.per_month, source.annual_growth
    yield Line(ARRIVALS, f"{at}.per_month", f"{name}: deals a month, at the end", Unit.COUNT, level, level.note)
    if growth is not None:
        yield Line(ARRIVALS, f"{at}.annual_growth", f"{name}: growth a year", Unit.SHARE, growth, growth.note)
    for month, factor in zip(MONTH_NAMES, source.seasonality or (), strict=False):
        words = f"{name}: {month}, of the mean month"
        yield Line(ARRIVALS, f"{at}.seasonality.{month}", words, Unit.RATIO, factor, factor.note)
    for segment, share in source.mix.items():
        words = f"{name}: share of {segment}"
        yield Line(ARRIVALS, f"{at}.mix.{segment}", words, Unit.SHARE, share, share.note)


def _routing(fit: Fit) -> Iterator[Line]:
    for each in fit.routing:
        for route, share in each.shares.items():
            words = f"{each.segment}: share that goes by {route}"
            yield Line(ROUTING, f"routing.{each.segment}.{route}", words, Unit.SHARE, share, share.note)


def _people(fit: Fit) -> Iterator[Line]:
    kinds = (
        ("wins_per_month", "wins a month, a rep at work", Unit.COUNT),
        ("bookings_per_month", "bookings a month, a rep at work", Unit.MONEY),
        ("annual_attrition", "share of reps that leave in a year", Unit.SHARE),
        ("ramp_months", "months until a rep is up to speed", Unit.MONTHS),
        ("skill_cv", "how far reps differ: spread / mean", Unit.RATIO),
    )
    for people in fit.people:
        for name, words, unit in kinds:
            estimate: Estimate | None = getattr(people, name)
            if estimate is not None:
                path = f"people.{people.route}.{name}"
                yield Line(PEOPLE, path, f"{people.route}: {words}", unit, estimate, estimate.note)


def people_sentence(people: People) -> str:
    """What is counted of a route's reps: "phone: 9 owners in all, 6.2 at work at once"."""
    said = [f"{people.owners:,} owners in all"]
    if people.headcount is not None:
        said.append(f"{people.headcount:,.1f} at work at once on average")
    if people.open_deals is not None:
        mean, most = people.open_deals
        said.append(f"{mean:,.0f} open deals each, nine in ten at most {most:,.0f}")
    return f"{people.route}: {', '.join(said)}."
