"""Fits with all that a report shows: steps of Kaplan and Meier, columns, findings, a scenario, a backtest."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace

import numpy as np
from made_fits import amount, two_ways

from channelsim.calibrate.checking.backtest import Backtest, Fan, Quantiles, Row
from channelsim.calibrate.checking.holdout import Windows
from channelsim.calibrate.checking.later import STOCKS, Figure
from channelsim.calibrate.estimates import Candidate, Fit, Spread
from channelsim.calibrate.fitting.durations import kaplan_meier
from channelsim.calibrate.records import Column, Count
from channelsim.calibrate.writing.cells import Cell
from channelsim.calibrate.writing.draft import draft_of
from channelsim.calibrate.writing.settle import Row as SettledRow
from channelsim.calibrate.writing.settle import Settled
from channelsim.calibrate.writing.template import DEFAULT_TEMPLATE, find_template
from channelsim.calibrate.writing.write import Written, scenario_text

HOSTILE = "<script>alert('x')</script> & \"quotes\""
FORMULA = '=HYPERLINK("http://elsewhere.example")'

TWO_WAYS_TEXT = """
channelsim: 1
name: two ways
horizon: {start: 2027-01-01, months: 4, warmup_months: 1}
segments: {small: {deal_value: {dist: constant, value: 1000}}, large: {deal_value: {dist: constant, value: 1000}}}
sources: {web: {leads_per_month: 60, mix: {small: 0.5, large: 0.5}}}
teams:
  cheap: {channel: inside, headcount: 3, hours: always, pay: {salary: 10000}}
  dear: {channel: outside, headcount: 3, hours: always, pay: {salary: 90000}}
motions:
  phone: {steps: {close: {team: cheap, effort_hours: 1, advance: {uncertain: {dist: beta, mean: 0.4, sd: 0.1}}}}}
  field: {steps: {close: {team: dear, effort_hours: 1, advance: {uncertain: {dist: beta, mean: 0.8, sd: 0.01}}}}}
strategies:
  all_phone: {teams.dear.headcount: 0, routing: [{motion: phone}]}
  all_field: {teams.cheap.headcount: 0, routing: [{motion: field}]}
"""
"""Of 180 leads in the three months that count, the field wins 72 more, which are 72,000; it costs 60,000 more."""


def with_steps(spread: Spread, seed: int = 0) -> Spread:
    """A spread with what was seen: as many as it says, drawn from a gamma of its mean and cv."""
    rng = np.random.default_rng(seed)
    shape = spread.cv.value**-2
    ended, going_on = (
        rng.gamma(shape, spread.mean.value / shape, size) for size in (spread.observed, spread.censored)
    )
    steps = kaplan_meier(ended, np.ones(len(ended)), going_on / 2, np.ones(len(going_on)))
    others = [name for name in ("gamma", "weibull", "exponential") if name != spread.family]
    candidates = [*spread.candidates, *(Candidate(each, 14.5 + 3 * at, 1.0, 1.0) for at, each in enumerate(others))]
    if spread.values:
        candidates[0] = Candidate("gamma", 10.0, spread.mean.value, spread.cv.value)
    return replace(
        spread, candidates=tuple(candidates), seen_at=steps.at, seen_survival=steps.survival, seen_low=steps.low,
        seen_high=steps.high,
    )  # fmt: skip


def _all_with_steps(spreads: Mapping[str, Spread]) -> dict[str, Spread]:
    """Segments that share a spread share the new one."""
    made = {id(spread): with_steps(spread, at) for at, spread in enumerate(spreads.values())}
    return {segment: made[id(spread)] for segment, spread in spreads.items()}


def shown_fit() -> Fit:
    """`two_ways` with all that a page shows, some of it hostile."""
    fit = two_ways()
    routes = tuple(
        replace(
            route,
            steps=tuple(
                replace(step, if_yes=_all_with_steps(step.if_yes), if_no=_all_with_steps(step.if_no or {}))
                for step in route.steps
            ),
        )
        for route in fit.routes
    )
    sources = tuple(
        replace(source, annual_growth=amount(0.12, 0.3), seasonality=(amount(1.0),) * 12) for source in fit.sources
    )
    export = replace(
        fit.export,
        files=(f"{HOSTILE}.csv",),
        columns=(
            Column("a.csv", "Created Date", "created", "by its name", "2024-01-02"),
            Column("a.csv", HOSTILE, "amount", "by the mapping file", FORMULA),
            Column("b.csv", "Notes", "", "", "hello"),
        ),
        counts=(
            Count("exact duplicates", 12, "dropped", ("D1", "D2")),
            Count(FORMULA, 3, "kept", (HOSTILE,)),
        ),
        sentences=("Dates are read day first: 17 of them can be nothing else.",),
    )
    return replace(fit, export=export, routes=routes, sources=sources, values=_all_with_steps(fit.values))


def settled_rows(fit: Fit) -> tuple[SettledRow, ...]:
    """A row for each step and outcome; that of the last is far from what is wanted."""
    cells = [
        Cell(route.name, step.step, outcome, fit.export.segments)
        for route in fit.routes
        for step in route.steps
        for outcome in ("yes", "no")
    ]
    return tuple(
        SettledRow(
            cell, 20.0 + at, 15.0, 24.0 + at, 15.0, 20.1 + at + 10 * (at == len(cells) - 1), 15.2, 0.1, 900,
            is_least=False,
        )
        for at, cell in enumerate(cells)
    )  # fmt: skip


def written_for(fit: Fit) -> Written:
    """The scenario of a fit, not simulated."""
    draft = draft_of(fit, find_template(DEFAULT_TEMPLATE))
    settled = Settled(draft, settled_rows(fit), ())
    assumed = ("effort at each step", "pay")
    return Written(scenario_text(draft), settled, DEFAULT_TEMPLATE, assumed, ("field/demo: 12% cool.",))


def shown_backtest(fit: Fit, months: int = 6) -> Backtest:
    """A backtest that is right but for bookings, of which half came."""
    start = dt.date(2025, 10, 1)
    windows = Windows(dt.date(2024, 4, 1), start, 18, months)
    rng = np.random.default_rng(3)
    rows: list[Row] = []
    fans = []
    level = {
        Figure.CREATED: 85.0, Figure.WINS: 22.0, Figure.BOOKINGS: 4e5, Figure.CYCLE_MEDIAN: 48.0,
        Figure.CYCLE_P90: 96.0, Figure.OPEN_DEALS: 110.0, Figure.OPEN_PIPELINE: 2.3e6,
    }  # fmt: skip
    for figure, value in level.items():
        predicted = value * rng.gamma(25, 1 / 25, (199, months))
        truth = np.full(months, value * (0.4 if figure is Figure.BOOKINGS else 1.02))
        is_sum = figure in (Figure.CREATED, Figure.WINS, Figure.BOOKINGS)
        times = months if is_sum else 1
        rows.append(Row(figure, None, times * truth[-1], times * value, times * value * 0.8, times * value * 1.2))
        if figure is not Figure.CYCLE_P90:
            for month, each in zip(windows.month_starts, truth, strict=False):
                rows.append(Row(figure, month, each, value, value * 0.7, value * 1.3))
        if is_sum or figure in STOCKS:
            fans.append(Fan(figure, truth, predicted))
    levels = tuple(each / 20 for each in range(1, 20))
    quantiles = np.array([20 + 80 * each for each in levels])
    cycles = Quantiles(levels, quantiles, quantiles * 1.02, quantiles * 0.9, quantiles * 1.1)
    return Backtest(windows, fit, "", 199, tuple(rows), tuple(fans), cycles, ("P90 is compared in all.",))
