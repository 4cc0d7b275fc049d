"""What a run's ledgers say by segment, and what waiting for each team cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import paired
from channelsim.analysis.decomposition import Books
from channelsim.engine.ledger import Amount, Count
from channelsim.experiment.replicate import FIRST_AMOUNT, Job, LedgerRows
from channelsim.experiment.result import Result
from channelsim.finance.costs import Category

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Waiting:
    """What waiting for a team cost, on average over replications. cooled: leads lost because their window closed
    while they waited. margin: gross margin that they would have brought had they gone on like those served."""

    team: str
    cooled: float
    margin: float


def books_of(result: Result, strategies: tuple[str, ...]) -> dict[str, Books]:
    """Each strategy's books, over the replications in which all of them finished."""
    complete = paired(*(result.values[name][:, result.column("leads")] for name in strategies))
    numbers = np.flatnonzero(complete)
    segments = list(dict.fromkeys(segment for name in strategies for _, segment in result.layout(name).streams))
    found = {}
    for name in strategies:
        job = next(job for job in result.jobs if job.name == name)
        of_segment = np.array([segments.index(segment) for _, segment in job.layout.streams])
        won, bookings, margin = (np.zeros((len(numbers), len(segments))) for _ in range(3))
        for row, replication in enumerate(numbers):
            rows = result.rows[name][replication]
            assert rows is not None, "the replication finished"
            by_stream = [_by_stream(job, rows, measure) for measure in (Count.WON, FIRST_AMOUNT + Amount.BOOKINGS)]
            rates = job.world(result.seed, int(replication))[1].gross_margin
            for table, values in zip((won, bookings, margin), (*by_stream, by_stream[1] * rates), strict=True):
                np.add.at(table[row], of_segment, values)
        costs = [result.values[name][numbers, result.column(f"cost.{category}")] for category in Category]
        leads = result.values[name][numbers, result.column("leads")]
        found[name] = Books(leads, won, bookings, margin, np.column_stack(costs))
    return found


def waiting_for(result: Result, strategy: str) -> list[Waiting]:
    """Every team of a strategy, the one that lost most by letting leads wait first.

    A lead that cooled at a step counts what those bring on average, of its stream and motion, that were served at
    it: gross margin of all wins / (entered - cooled). That is at most what more reps would bring: those served
    later may be worth less, and each takes time.
    """
    job = next(job for job in result.jobs if job.name == strategy)
    layout = job.layout
    shape = (len(layout.streams), len(layout.motions), layout.max_steps)
    cooled, entered, margin = (np.zeros(shape) for _ in range(3))
    done = 0
    for replication, rows in enumerate(result.rows[strategy]):
        if rows is None:
            continue
        done += 1
        rates = job.world(result.seed, replication)[1].gross_margin
        cooled += _by_step(job, rows, Count.COOLED)
        entered += _by_step(job, rows, Count.ENTERED)
        margin += _by_step(job, rows, FIRST_AMOUNT + Amount.BOOKINGS) * rates[:, None, None]
    served = np.maximum(entered - cooled, 1.0)
    worth = cooled * margin.sum(axis=2, keepdims=True) / served
    found = []
    for team, name in enumerate(layout.teams):
        at = [(motion, step) for motion, step, of_team in layout.step_teams if of_team == team]
        lost, value = (sum(float(table[:, m, j].sum()) for m, j in at) / max(done, 1) for table in (cooled, worth))
        found.append(Waiting(name, lost, value))
    return sorted(found, key=lambda each: (-each.margin, -each.cooled))


def _measured(job: Job, rows: LedgerRows, measure: int) -> tuple[NDArray[np.int16], FloatArray]:
    """Indices and values of a measure after the warm-up."""
    of_it = (rows.measure == measure) & (rows.indices[:, 0] >= job.warmup_months)
    return rows.indices[of_it], rows.value[of_it]


def _by_stream(job: Job, rows: LedgerRows, measure: int) -> FloatArray:
    indices, values = _measured(job, rows, measure)
    return np.bincount(indices[:, 1], values, minlength=len(job.layout.streams)).astype(float)


def _by_step(job: Job, rows: LedgerRows, measure: int) -> FloatArray:
    indices, values = _measured(job, rows, measure)
    table = np.zeros((len(job.layout.streams), len(job.layout.motions), job.layout.max_steps))
    np.add.at(table, (indices[:, 1], indices[:, 2], indices[:, 3]), values)
    return table
