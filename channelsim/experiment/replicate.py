"""One replication of one strategy, from program to figures; what a worker does."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.engine.ledger import Amount, Count, Ledger, RepAmount
from channelsim.experiment.luck import Varies, varies_of
from channelsim.finance.costs import price
from channelsim.finance.luck import worth_of_luck
from channelsim.finance.metrics import monthly_series, replication_metrics
from channelsim.finance.prices import Prices, prices_of
from channelsim.finance.quantities import quantities_of
from channelsim.program.arrays import NONE, Program
from channelsim.program.compile import Compiler
from channelsim.program.layout import Layout, layout_of
from channelsim.scenario.load import Beliefs
from channelsim.scenario.schema import Scenario

FloatArray = NDArray[np.float64]

Simulate = Callable[[Program, int, int], Ledger]
"""A program, a seed and a replication's number in, its ledger out."""


def _fast() -> Simulate:
    from channelsim.engine.fast import simulate  # the compiler is slow to import

    return simulate


def _reference() -> Simulate:
    from channelsim.engine.reference import simulate

    return simulate


FAST, REFERENCE = "fast", "reference"
ENGINES: dict[str, Callable[[], Simulate]] = {FAST: _fast, REFERENCE: _reference}
DEFAULT_ENGINE = FAST

MEASURES: tuple[str, ...] = (
    *(count.name.lower() for count in Count),
    *(amount.name.lower() for amount in Amount),
    *(amount.name.lower() for amount in RepAmount),
    "open_leads",
    "open_nurtured",
)
"""The ledger's measures in the order of `LedgerRows.measure`."""
FIRST_AMOUNT = len(Count)
FIRST_REP_AMOUNT = FIRST_AMOUNT + len(Amount)
OPEN_LEADS = FIRST_REP_AMOUNT + len(RepAmount)


@dataclass(frozen=True)
class Job:
    """A strategy, compiled: everything that its replications share."""

    name: str
    program: Program
    prices: Prices
    layout: Layout
    warmup_months: int
    engine: str
    compiler: Compiler
    varies: Varies | None
    """what makes each replication a world of its own; None: `program` and `prices` hold for all"""

    def world(self, seed: int, replication: int) -> tuple[Program, Prices]:
        """The program and the prices of one replication."""
        if self.varies is None:
            return self.program, self.prices
        scenario, regimes = self.varies.drawn(seed, replication)
        scales = self.compiler.scales(scenario, regimes)
        return self.compiler.program(scenario, scales), prices_of(scenario, self.layout, scales)


def job_of(
    name: str,
    scenario: Scenario,
    engine: str = DEFAULT_ENGINE,
    beliefs: Beliefs | None = None,
    compiler: Compiler | None = None,
) -> Job:
    """Compile a resolved strategy, with its uncertain numbers if it has any, for one of ENGINES. compiler: of its
    layout, that may have compiled something like it."""
    compiler = compiler or Compiler(layout_of(scenario))
    layout = compiler.layout
    scales = compiler.scales(scenario)
    return Job(
        name,
        compiler.program(scenario, scales),
        prices_of(scenario, layout, scales),
        layout,
        scenario.horizon.warmup_months,
        engine,
        compiler,
        varies_of(scenario, beliefs),
    )


@dataclass(frozen=True)
class LedgerRows:
    """The entries of a ledger that are not zero: indices shape (row, 6), values shape (row,).

    The indices are month, stream, motion, step, seat, incumbent; NONE where the measure has no such dimension.
    """

    measure: NDArray[np.int16]
    indices: NDArray[np.int16]
    value: FloatArray


@dataclass(frozen=True)
class Replication:
    """What one replication yields."""

    metrics: dict[str, float]
    monthly: dict[str, FloatArray]
    rows: LedgerRows
    luck: FloatArray  # what luck was worth, by finance.luck.KINDS


def replicate(job: Job, seed: int, replication: int, simulate: Simulate | None = None) -> Replication:
    """Simulate, price and measure one replication; `simulate`: in place of the job's engine."""
    program, prices = job.world(seed, replication)
    ledger = (simulate or ENGINES[job.engine]())(program, seed, replication)
    quantities = quantities_of([ledger], job.layout)
    money = price(quantities, prices, job.layout)
    return Replication(
        metrics=replication_metrics(ledger, money, prices, job.layout, job.warmup_months),
        monthly=monthly_series(ledger, money, job.layout),
        rows=ledger_rows(ledger),
        luck=worth_of_luck(quantities, program, prices)[0],
    )


def ledger_rows(ledger: Ledger) -> LedgerRows:
    """The ledger as rows, in a fixed order."""
    last_month = ledger.counts.shape[1] - 1
    parts = [
        _cells(ledger.counts, 0),
        _cells(ledger.amounts, FIRST_AMOUNT),
        _accounts(ledger),
        _open(ledger.open_leads, OPEN_LEADS, last_month),
        _open(ledger.open_nurtured, OPEN_LEADS + 1, last_month),
    ]
    measures, indices, values = zip(*parts, strict=True)
    return LedgerRows(np.concatenate(measures), np.concatenate(indices), np.concatenate(values))


Part = tuple[NDArray[np.int16], NDArray[np.int16], FloatArray]


def _part(measure: NDArray[np.int64], columns: list[NDArray[np.int64] | int], values: FloatArray) -> Part:
    indices = np.empty((len(values), len(columns)), np.int16)
    for position, column in enumerate(columns):
        indices[:, position] = column
    return measure.astype(np.int16), indices, values.astype(float)


def _cells(cells: NDArray[np.generic], first: int) -> Part:
    measure, month, stream, motion, step = np.nonzero(cells)
    return _part(measure + first, [month, stream, motion, step, NONE, NONE], cells[cells != 0])


def _accounts(ledger: Ledger) -> Part:
    measure, rep, month = np.nonzero(ledger.rep_amounts)
    seat, incumbent = ledger.reps[rep].T
    values = ledger.rep_amounts[ledger.rep_amounts != 0]
    return _part(measure + FIRST_REP_AMOUNT, [month, NONE, NONE, NONE, seat, incumbent], values)


def _open(open_leads: NDArray[np.int64], measure: int, month: int) -> Part:
    stream, motion, step = np.nonzero(open_leads)
    values = open_leads[open_leads != 0]
    return _part(np.full(len(values), measure), [month, stream, motion, step, NONE, NONE], values)
