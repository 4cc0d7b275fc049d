"""Teams that are sized here get enough reps that deals need not wait for one longer than the export's days allow.

An export without owners does not say how many reps there were. As busy as teams usually are, they may keep deals
waiting for days, where the export's deals went on within a day: then there were more reps, or less work.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from channelsim.calibrate.records import YES
from channelsim.calibrate.writing.draft import Draft, restaffed
from channelsim.calibrate.writing.rehearsal import simulated
from channelsim.calibrate.writing.staffing import BUSY
from channelsim.calibrate.writing.stays import Stays

LESS_BUSY = (0.55, 0.42, 0.32)
"""What is tried in turn, of selling time."""
MOST_EXCESS = 0.1
"""Of the days until yes, what the work and the waiting alone may take too long by before more reps are tried."""
LEAST_GAIN = 0.15
"""Of that excess, what more reps must take away to be kept."""
POINTS = 200


def with_room(draft: Draft, text_of: Callable[[Draft], str]) -> Draft:
    """A draft whose teams of unknown size keep no deal waiting too long, as far as more reps can help. text_of:
    writes a draft."""
    open_routes = [name for name, staff in draft.staff.items() if not staff.is_observed and staff.headcount > 1]
    if not open_routes:
        return draft
    busy: dict[str, float] = {}
    excess = _excess(draft, simulated(draft, text_of, open_routes), open_routes)
    for level in LESS_BUSY:
        open_routes = [name for name in open_routes if excess[name] > MOST_EXCESS]
        if not open_routes:
            break
        tried = restaffed(draft, busy | dict.fromkeys(open_routes, level))
        found = _excess(tried, simulated(tried, text_of, open_routes), open_routes)
        open_routes = [name for name in open_routes if found[name] < (1 - LEAST_GAIN) * excess[name]]
        busy |= dict.fromkeys(open_routes, level)
        excess |= {name: found[name] for name in open_routes}
    return _told(restaffed(draft, busy), busy)


def _excess(draft: Draft, stays: Stays, routes: list[str]) -> dict[str, float]:
    """By route, by how much steps take longer than the export's days until yes although buyers answer at once, as a
    share of these days."""
    at = (np.arange(POINTS) + 0.5) / POINTS
    too_long, days = dict.fromkeys(routes, 0.0), dict.fromkeys(routes, 1e-9)
    for cell, aim in draft.aims.items():
        if cell.route not in too_long or cell.outcome != YES or aim.is_total:
            continue
        work = stays.of(cell.route, cell.step)["work_days"].drop_nulls().to_numpy()
        step = next(step for step in draft.route(cell.route).steps if step.step == cell.step)
        deals = sum(step.advanced.get(segment, 0) for segment in cell.segments)
        if len(work) == 0 or deals == 0:
            continue
        over = np.quantile(work, at).mean() - aim.days.mean
        if aim.days.values:
            wanted = np.quantile(aim.days.values, at)
            over = np.maximum(np.quantile(work, at) - wanted, 0.0).mean()
        too_long[cell.route] += deals * max(float(over), 0.0)
        days[cell.route] += deals * aim.days.mean
    return {name: too_long[name] / days[name] for name in routes}


def _told(draft: Draft, busy: dict[str, float]) -> Draft:
    if not busy:
        return draft
    routes = ", ".join(busy)
    note = (
        f"Reps of {routes} are assumed to be less busy than the usual {BUSY:.0%}: busier ones would keep deals "
        "waiting for longer than the export's took."
    )
    return replace(draft, notes=(*draft.notes, note))
