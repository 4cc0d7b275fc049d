"""Settling: the buyer's days such that a simulated deal spends as long in a step as the export's deals did.

An export's days hold everything: waiting for a rep, nights and weekends, the work, and the buyer's own time. A
scenario takes the last alone. So the scenario is simulated, and from the time that passes before buyers start to
decide, W, follows how long they may take to decide, B, if W + B are to be the days of the export, D:

    mean B = mean D - mean W,    variance B = variance D - variance W    (W and B are drawn independently)

of families, and of equally likely values the ones with which the quantiles of W + B are those of D. W hardly
depends on B, so that two rounds are enough. Losses that are no answers (buyers who cool while they wait) count as
losses in the export, and so both in its days until no and in its shares that go on: these are raised by as much.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.records import NO, YES
from channelsim.calibrate.writing.cells import LEAST_CV, MOST_CV, Cell, Days
from channelsim.calibrate.writing.draft import Draft
from channelsim.calibrate.writing.rehearsal import simulated
from channelsim.calibrate.writing.stays import LOST_OTHERWISE, Stays
from channelsim.engine.trace import Happening

Floats = NDArray[np.float64]

ROUNDS = 2
FEWEST_IN_A_CELL = 200
"""Below, the step's other segments speak for a cell, too."""
FEWEST_OF_TOTALS = 50
LEAST_DAYS = 0.02
"""Half an hour: buyers who have no more than that answer at once."""
MOST_RELATIVE_SD = 0.5
MOST_LOST = 0.9
"""Of a cell's endings, what may be no answers: beyond it, answers cannot make up for them."""
FEWEST_LOST = 0.01
"""Of those who come to a step: below it, shares that go on are left as they were estimated."""
CLOSE_DAYS, CLOSE_SHARE = 0.1, 0.05
POINTS = 120  # of the time before buyers decide, for quantiles
TRIES, STEP = 40, 0.7


@dataclass(frozen=True)
class Row:
    """Days in a step, in the export and in the scenario's simulation."""

    cell: Cell
    wanted_mean: float  # of the fit
    wanted_sd: float
    before_mean: float  # simulated with the export's days as buyers'
    before_sd: float
    after_mean: float  # simulated with what is written
    after_sd: float
    after_error: float  # standard error of after_mean, by the larger spread: few deals rarely show the long days
    simulated: int  # deals behind it
    is_least: bool  # whether the work alone takes longer than the export's days, or than the quickest of them
    is_total: bool = False  # since the deal's creation, in place of in the step

    @property
    def is_close(self) -> bool:
        """Whether what is simulated is the fit, chance aside."""
        room = max(CLOSE_DAYS, CLOSE_SHARE * self.wanted_mean) + 3 * self.after_error
        return abs(self.after_mean - self.wanted_mean) <= room


@dataclass(frozen=True)
class Settled:
    """A draft whose simulation stays in steps as long as the export."""

    draft: Draft
    rows: tuple[Row, ...]
    sentences: tuple[str, ...]


def settle(draft: Draft, text_of: Callable[[Draft], str]) -> Settled:
    """Correct a draft's buyers' days, and its shares that go on for those who cool. text_of: writes a draft."""
    before = simulated(draft, text_of)
    stays = before
    least: set[Cell] = set()
    for _ in range(ROUNDS):
        draft, least = _corrected(draft, stays)
        stays = simulated(draft, text_of)
    rows = tuple(_rows(draft, before, stays, least))
    return Settled(draft, rows, tuple(_sentences(draft, rows)))


def _corrected(draft: Draft, stays: Stays) -> tuple[Draft, set[Cell]]:
    """The draft with days and shares that fit the simulation, and the cells where no time is left for buyers."""
    kept = {
        (route.name, step.step, segment): _kept_share(stays, route.name, step.step, segment)
        for route in draft.fit.routes
        for step in route.steps
        for segment in draft.fit.export.segments
    }
    days, least = {}, set()
    for cell in draft.days:
        work, lost, lost_share = _before_answer(draft, stays, cell)
        wanted = draft.aims[cell].days
        if len(work) == 0:
            days[cell] = wanted
            continue
        days[cell], is_least = _buyers_days(wanted, work, lost, lost_share)
        if is_least:
            least.add(cell)
    return replace(draft, days=days, kept={at: share for at, share in kept.items() if share < 1}), least


def _kept_share(stays: Stays, route: str, step: str, segment: str) -> float:
    """Of those who come to a step, the share that is not lost without an answer; 1 if nearly all."""
    found = stays.of(route, step, (segment,))
    if len(found) < FEWEST_IN_A_CELL:
        found = stays.of(route, step)
    ended = found.filter(pl.col("ending").is_not_null())
    if len(ended) == 0:
        return 1.0
    lost = int(ended["ending"].is_in([int(each) for each in LOST_OTHERWISE]).sum()) / len(ended)
    return round(1.0 - lost, 4) if lost >= FEWEST_LOST else 1.0


def _before_answer(draft: Draft, stays: Stays, cell: Cell) -> tuple[Floats, Floats, float]:
    """Days before buyers start to decide; days of those lost without an answer; and the share of these among the
    cell's endings (0 for yes). All of them since what the cell's aim counts from."""
    found = stays.of(cell.route, cell.step, cell.segments)
    is_total = draft.aims[cell].is_total  # before it came here, a deal took the days of its segment
    if len(found) < (FEWEST_OF_TOTALS if is_total else FEWEST_IN_A_CELL):
        found = stays.of(cell.route, cell.step)
    before = pl.col("before_days") if is_total else 0.0
    found = found.with_columns(pl.col("work_days") + before, pl.col("days") + before)
    work = found["work_days"].drop_nulls().to_numpy()
    if cell.outcome == YES:
        return work, np.zeros(0), 0.0
    lost = found.filter(pl.col("ending").is_in([int(each) for each in LOST_OTHERWISE]))["days"].to_numpy()
    declined = int((found["ending"] == int(Happening.DECLINED)).sum())
    return work, lost, len(lost) / max(len(lost) + declined, 1)


def _buyers_days(wanted: Days, work: Floats, lost: Floats, lost_share: float) -> tuple[Days, bool]:
    """What buyers take, and whether it is nothing because the work alone takes longer."""
    if wanted.family == "empirical":
        return _values(wanted, work, lost, lost_share)
    mean, square = wanted.mean, wanted.mean**2 + wanted.sd**2
    if 0 < lost_share <= MOST_LOST:  # what is left for those who answer
        mean = (mean - lost_share * float(np.mean(lost))) / (1 - lost_share)
        square = (square - lost_share * float(np.mean(lost**2))) / (1 - lost_share)
    variance = max(square - mean**2, 0.0) - float(np.var(work))
    mean -= float(np.mean(work))
    if mean < LEAST_DAYS:
        return Days("constant", 0.0, 0.0, 0.0), mean < -CLOSE_SHARE * wanted.mean
    cv = min(max(math.sqrt(max(variance, 0.0)) / mean, LEAST_CV), MOST_CV)
    family = "gamma" if wanted.family == "exponential" else wanted.family  # an exponential has no cv of its own
    return Days(family, mean, min(wanted.mean_sd, MOST_RELATIVE_SD * mean), cv), False


def _values(wanted: Days, work: Floats, lost: Floats, lost_share: float) -> tuple[Days, bool]:
    """Equally likely values, none below 0, with which work and answer together, sorted and cut into as many equal
    parts, have the means wanted.

    Each is moved by what the parts are short of where it ends up with the work before it, short ones first: where
    the work alone takes too long for the quick ones, the slow ones are not to make it worse.
    """
    aims = np.array(wanted.values)
    count = len(aims)
    middles = np.quantile(work, (np.arange(POINTS) + 0.5) / POINTS)
    others = np.quantile(lost, (np.arange(POINTS) + 0.5) / POINTS) if lost_share > 0 and len(lost) else np.zeros(0)
    lost_share = lost_share if len(others) else 0.0
    weight = np.concatenate(
        [np.full(POINTS * count, (1 - lost_share) / (POINTS * count)), np.full(len(others), lost_share / POINTS)]
    )
    owner = np.concatenate([np.tile(np.arange(count), POINTS), np.full(len(others), count)])  # the last: nobody's
    matters = 1 / (1 + aims) ** 2

    def together(values: Floats) -> tuple[Floats, Floats]:
        """Means of the parts; and of each part's weight what each value has."""
        sample = np.concatenate([np.add.outer(middles, values).ravel(), others])
        order = np.argsort(sample, kind="stable")
        heavy = weight[order]
        part = np.minimum(((np.cumsum(heavy) - heavy / 2) * count).astype(int), count - 1)
        means = np.bincount(part, heavy * sample[order], count) / np.bincount(part, heavy, count)
        shares = np.bincount(part * (count + 1) + owner[order], heavy, count * (count + 1))
        return np.asarray(means, float), np.asarray(shares.reshape(count, count + 1)[:, :count], float)

    values = np.maximum(aims - middles.mean(), 0.0)
    for _ in range(TRIES):
        means, shares = together(values)
        pull = shares * matters[:, None]
        values = np.sort(np.maximum(values + STEP * ((aims - means) @ pull) / pull.sum(axis=0), 0.0))
    too_long = float(together(values)[0].mean() - aims.mean())
    mean = float(values.mean())
    is_least = too_long > max(CLOSE_DAYS, CLOSE_SHARE * wanted.mean)
    cv = float(values.std()) / mean if mean > 0 else 0.0
    return Days("empirical", mean, 0.0, cv, tuple(values.tolist())), is_least


def _rows(draft: Draft, before: Stays, after: Stays, least: set[Cell]) -> Iterator[Row]:
    for cell in draft.days:
        wanted = draft.aims[cell].days
        first, last = _days_until(draft, before, cell), _days_until(draft, after, cell)
        if len(first) < 2 or len(last) < 2:
            continue
        yield Row(
            cell,
            wanted.mean,
            wanted.sd,
            float(first.mean()),
            float(first.std()),
            float(last.mean()),
            float(last.std()),
            max(float(last.std()), wanted.sd) / math.sqrt(len(last)),
            len(last),
            cell in least,
            draft.aims[cell].is_total,
        )


def _days_until(draft: Draft, stays: Stays, cell: Cell) -> Floats:
    """Days of simulated deals until yes, or until they were lost, since what the cell's aim counts from."""
    found = stays.of(cell.route, cell.step, cell.segments)
    went_on = pl.col("ending") == int(Happening.ADVANCED)
    ended = found.filter(went_on if cell.outcome == YES else ~went_on)
    before = pl.col("before_days") if draft.aims[cell].is_total else 0.0
    return ended.select(pl.col("days") + before)["days"].drop_nulls().to_numpy()


def _sentences(draft: Draft, rows: tuple[Row, ...]) -> Iterator[str]:
    short: dict[tuple[str, str, str, bool], list[Row]] = {}
    for row in rows:
        if row.is_least and row.after_mean > row.wanted_mean + max(CLOSE_DAYS, CLOSE_SHARE * row.wanted_mean):
            key = (row.cell.route, row.cell.step, row.cell.outcome, row.is_total)
            short.setdefault(key, []).append(row)
    for (route, step, outcome, is_total), of_step in short.items():
        verb = "were lost there" if outcome == NO else "were won" if is_total else "went on"
        spent = "took {} days in all" if is_total else "spent {} days there"
        wanted, after = (
            _from_to(means) for means in zip(*((row.wanted_mean, row.after_mean) for row in of_step), strict=True)
        )
        segments = [name for row in of_step for name in row.cell.segments]
        whose = "" if len(segments) == len(draft.fit.export.segments) else f" ({', '.join(segments)})"
        yield (
            f"{route}/{step}: deals in the export that {verb} {spent.format(wanted)}{whose}, simulated ones "
            f"{after}: the work assumed and the waiting alone take longer."
        )
    if short:
        yield "Where they do, efforts, touches or travel are too long, or the team is too small."
    by_step: dict[tuple[str, str], float] = {}
    for (route, step, _), share in draft.kept.items():
        by_step[route, step] = min(share, by_step.get((route, step), 1.0))
    for (route, step), share in by_step.items():
        if share < 0.9:
            yield (
                f"{route}/{step}: with the patience assumed {1 - share:.0%} cool before a rep comes to them; the "
                f"share that goes on is raised for it."
            )


def _from_to(means: tuple[float, ...]) -> str:
    low, high = f"{min(means):.1f}", f"{max(means):.1f}"
    return low if low == high else f"{low} to {high}"
