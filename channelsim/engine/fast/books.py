"""The hands that write a replication's ledger and its trace."""

from __future__ import annotations

from typing import Any

import numpy as np

from channelsim.engine.fast.state import RECORD
from channelsim.engine.jit import inner
from channelsim.engine.ledger import RepAmount
from channelsim.program.arrays import NONE
from channelsim.rules.calendars import worked_before
from channelsim.rules.people import ramped_time


@inner
def count(s: Any, what: int, lead: Any) -> None:
    """Count something now, where the lead is."""
    s.counts[what, s.month, lead.stream, lead.motion, lead.step] += 1


@inner
def add(s: Any, what: int, lead: Any, amount: float) -> None:
    """Add an amount now, where the lead is."""
    s.amounts[what, s.month, lead.stream, lead.motion, lead.step] += amount


@inner
def register_rep(s: Any, seat: int, incumbent: int) -> int:
    """A new row in the ledger for a new rep."""
    row = s.reps_count
    if row == len(s.reps):
        s.reps, s.rep_amounts = with_more_reps(s.reps, s.rep_amounts)
    s.reps[row, 0] = seat
    s.reps[row, 1] = incumbent
    s.reps_count = row + 1
    return row


@inner
def with_more_reps(reps: Any, rep_amounts: Any) -> Any:
    """The two tables of reps with twice as many rows."""
    rows, amounts, months = rep_amounts.shape
    more_reps = np.zeros((2 * rows, 2), np.int64)
    more_amounts = np.zeros((2 * rows, amounts, months))
    for row in range(rows):
        more_reps[row, 0] = reps[row, 0]
        more_reps[row, 1] = reps[row, 1]
        for amount in range(amounts):
            for month in range(months):
                more_amounts[row, amount, month] = rep_amounts[row, amount, month]
    return more_reps, more_amounts


@inner
def add_for_rep(s: Any, what: int, row: int, amount: float) -> None:
    """Add an amount to a rep's account for this month."""
    s.rep_amounts[row, what, s.month] += amount


@inner
def close_employment(p: Any, s: Any, rep: Any) -> None:
    """Book a rep's time on the payroll, from the first day to now, month by month."""
    since = rep.hired_at
    month = rep.hired_in
    ramp_hours = p.team_quota_ramp_hours[rep.team][month] * rep.ramp_scale
    while since < s.now:
        until = min(s.now, p.month_start_hours[month + 1])
        s.rep_amounts[rep.row, RepAmount.EMPLOYED_HOURS, month] += until - since
        s.rep_amounts[rep.row, RepAmount.STAFFED_HOURS, month] += worked_before(p, rep.team, until) - worked_before(
            p, rep.team, since
        )
        s.rep_amounts[rep.row, RepAmount.RAMPED_HOURS, month] += ramped_time(
            p, rep.team, since - rep.hired_at, until - rep.hired_at, ramp_hours
        )
        since = until
        month += 1


@inner
def note(s: Any, happening: int, lead: Any, seat: int, value: float) -> None:
    """Tell the trace, if there is one, what happened to a lead."""
    if s.is_traced:
        write(s, happening, lead.id, lead.motion, lead.step, seat, value)


@inner
def note_rep(s: Any, happening: int, seat: int, value: float) -> None:
    """Tell the trace, if there is one, what happened to a rep."""
    if s.is_traced:
        write(s, happening, NONE, NONE, NONE, seat, value)


@inner
def write(s: Any, happening: int, lead: int, motion: int, step: int, seat: int, value: float) -> None:
    """One more record in the trace."""
    if s.records_count == len(s.records):
        grown = np.empty(2 * len(s.records), RECORD)
        for i in range(s.records_count):
            grown[i] = s.records[i]
        s.records = grown
    record = s.records[s.records_count]
    record.time = s.now
    record.happening = happening
    record.lead = lead
    record.motion = motion
    record.step = step
    record.seat = seat
    record.value = value
    s.records_count += 1
