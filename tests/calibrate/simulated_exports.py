"""Exports that the model itself makes: a scenario is simulated, and its deals are written down as a CRM would."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace

import polars as pl

from channelsim.calibrate.checking.holdout import Windows, months_after
from channelsim.calibrate.records import LOST, NO, OPEN, WON, YES, Export, Route, frames
from channelsim.engine.fast import simulate
from channelsim.engine.ledger import LOST as LOST_REASONS
from channelsim.engine.trace import LEAD_SHIFT, Happening, Trace
from channelsim.experiment.luck import belief_draws
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.scenario.load import Beliefs, load
from channelsim.scenario.reader import read_text

ORIGIN = dt.date(2024, 1, 1)
GONE = {int(Happening[reason.name]) for reason in LOST_REASONS}

TEXT = """
channelsim: 1
name: what sells itself
horizon: {start: %s, months: 18, warmup_months: 12}
segments:
  small: {deal_value: {dist: lognormal, mean: {uncertain: {dist: lognormal, mean: 1000, sd: 40}}, cv: 0.8}}
  large: {deal_value: {dist: gamma, mean: 6000, cv: 0.7}}
sources:
  web:
    leads_per_month: {uncertain: {dist: lognormal, mean: 70, sd: 4}}
    annual_growth: 0.2
    mix: {small: 0.7, large: 0.3}
teams:
  desk: {channel: inside, headcount: 20, hours: always}
motions:
  phone:
    steps:
      close:
        team: desk
        opportunity: true
        effort_hours: 1
        advance: {small: {uncertain: {dist: beta, mean: 0.4, sd: 0.03}}, large: 0.25}
        buyer_days: {dist: lognormal, mean: 30, cv: 0.8}
        buyer_days_if_no: {dist: exponential, mean: 45}
"""
"""Where the scenario's start goes is marked."""


def text_from(start: dt.date) -> str:
    """The scenario with its first day."""
    return TEXT % start


def beliefs_of(windows: Windows) -> Beliefs:
    """The scenario from the warm-up on, for all months of a test."""
    text = text_from(windows.warmup_start)
    sets = [f"horizon.months={windows.warmup_months + windows.months}"]
    sets.append(f"horizon.warmup_months={windows.warmup_months}")
    return load(read_text(text, "made"), sets).beliefs["as_is"]


def windows_made(warmup_months: int = 12, months: int = 6) -> Windows:
    """A test of some months after others, from 2024 on."""
    return Windows(ORIGIN, months_after(ORIGIN, warmup_months), warmup_months, months)


def simulated_export(
    windows: Windows, seed: int, replication: int, change: Callable[[float, bool], bool] | None = None
) -> Export:
    """What a replication leaves in a CRM at the end. change: from the day of the win or loss and whether it was won
    to whether it shall be."""
    beliefs = beliefs_of(windows)
    scenario = beliefs.scenario(belief_draws(beliefs.uncertain, seed, replication))
    web = scenario.sources["web"]
    start_level = web.leads_per_month * (1 + web.annual_growth) ** (-windows.warmup_months / 12)
    scenario = scenario.model_copy(
        update={"sources": {"web": web.model_copy(update={"leads_per_month": start_level})}}
    )
    trace = Trace()
    simulate(compile_program(scenario), seed, replication, trace)
    segments = [segment for _, segment in layout_of(scenario).streams]
    end = float((months_after(windows.start, windows.months) - ORIGIN).days)
    came = {e.lead: e for e in trace.events if e.happening == Happening.ARRIVED}
    over = {e.lead: e for e in trace.events if e.happening == Happening.WON or e.happening in GONE}
    deals, stages = [], []
    for at, (lead, arrived) in enumerate(sorted(came.items(), key=lambda item: item[1].time)):
        created = arrived.time / 24
        last = over.get(lead)
        closed = None if last is None else last.time / 24
        won = last is not None and last.happening == Happening.WON
        if change is not None and closed is not None:
            won = change(closed, won)
        ending = OPEN if closed is None else WON if won else LOST
        days = (end if closed is None else closed) - created
        deals.append(
            {"deal": at, "key": f"D{at:05}", "source": "web", "segment": segments[lead >> LEAD_SHIFT],
             "route": "phone", "owner": None, "value": arrived.value, "created_day": created, "closed_day": closed,
             "days": days, "ending": ending}
        )  # fmt: skip
        stages.append({"deal": at, "step": 0, "days": days, "ending": {WON: YES, LOST: NO, OPEN: OPEN}[ending]})
    frame, stage_frame = frames(deals, stages)
    return Export(
        files=("made.csv",), deals=frame, stages=stage_frame,
        routes=(Route("phone", "Phone", "inside", ("close",)),), segments=("small", "large"), sources=("web",),
        labels={}, origin=ORIGIN, first_day=0.0, cutoff_day=end, resolution_days=0.0, losses_are_seen=True,
        currency="EUR", columns=(), counts=(), sentences=(),
    )  # fmt: skip


def only_won(export: Export) -> Export:
    """The same where nobody wrote down who said no."""
    is_lost = pl.col("ending") == LOST
    deals = export.deals.with_columns(
        closed_day=pl.when(~is_lost).then("closed_day"),
        days=pl.when(is_lost).then(export.cutoff_day - pl.col("created_day")).otherwise("days"),
        ending=pl.when(is_lost).then(pl.lit(OPEN)).otherwise("ending"),
    )
    stages = export.stages.with_columns(
        days=deals["days"], ending=pl.when(pl.col("ending") == NO).then(pl.lit(OPEN)).otherwise("ending")
    )
    return replace(export, deals=deals, stages=stages, losses_are_seen=False)
