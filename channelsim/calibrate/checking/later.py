"""What the months of a test hold, counted in the same way in an export and in a simulation."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.calibrate.checking.holdout import Windows, day_of
from channelsim.calibrate.records import OPEN, WON, Export
from channelsim.engine.ledger import LOST, Amount, Count, Ledger
from channelsim.engine.trace import Event, Happening, Trace
from channelsim.experiment.luck import belief_draws
from channelsim.finance.metrics import pipeline_by_month
from channelsim.program.compile import Compiler
from channelsim.program.layout import layout_of
from channelsim.scenario.load import Beliefs
from channelsim.scenario.schema import Scenario

Floats = NDArray[np.float64]
HOURS_A_DAY = 24.0
MONTHS_A_YEAR = 12
FEWEST_WINS_FOR_A_MEDIAN = 5
P50, P90 = 0.5, 0.9


class Figure(StrEnum):
    """What is predicted."""

    CREATED = "created"  # deals that came
    WINS = "wins"
    BOOKINGS = "bookings"
    CYCLE_MEDIAN = "cycle_median"  # days from creation to the win, of deals won in the time
    CYCLE_P90 = "cycle_p90"
    OPEN_DEALS = "open_deals"  # at the end of the time
    OPEN_PIPELINE = "open_pipeline"  # their value


STOCKS = (Figure.OPEN_DEALS, Figure.OPEN_PIPELINE)
CYCLES = (Figure.CYCLE_MEDIAN, Figure.CYCLE_P90)
BY_MONTH = tuple(each for each in Figure if each is not Figure.CYCLE_P90)


@dataclass(frozen=True)
class Later:
    """What the test's months held. by_month: [months] of each of BY_MONTH; a median of fewer than
    FEWEST_WINS_FOR_A_MEDIAN wins is NaN, and so is what nobody looked at. cycle_days: of all wins, ascending; None
    where nobody looked."""

    by_month: Mapping[Figure, Floats]
    cycle_days: Floats | None

    def in_all(self, figure: Figure) -> float:
        """A figure of all months together: a sum, or how it stands at the end."""
        if figure in CYCLES:
            return _quantile(self.cycle_days, P50 if figure is Figure.CYCLE_MEDIAN else P90)
        values = self.by_month[figure]
        return float(values[-1] if figure in STOCKS else values.sum())


def _quantile(days: Floats | None, share: float) -> float:
    return float(np.quantile(days, share)) if days is not None and len(days) else float("nan")


def seen(export: Export, windows: Windows) -> Later:
    """What the export says about the test's months, of deals created since the warm-up's start. What has no value
    counts as the others of its segment."""
    starts = [day_of(export, each) for each in windows.month_starts]
    of_segment = pl.col("value").fill_null(pl.col("value").mean().over("segment"))
    deals = export.deals.filter(pl.col("created_day") >= day_of(export, windows.warmup_start)).with_columns(
        value=of_segment.fill_null(pl.col("value").mean()).fill_null(float("nan")),
        cycle=pl.col("closed_day") - pl.col("created_day"),
        until=pl.when(pl.col("ending") == OPEN).then(None).otherwise("closed_day").fill_null(float("inf")),
    )
    months = []
    for start, end in pairwise(starts):
        won = deals.filter((pl.col("ending") == WON) & pl.col("closed_day").is_between(start, end, closed="left"))
        still = deals.filter((pl.col("created_day") < end) & (pl.col("until") >= end))
        came = deals.filter(pl.col("created_day").is_between(start, end, closed="left"))
        months.append(
            {
                Figure.CREATED: float(len(came)),
                Figure.WINS: float(len(won)),
                Figure.BOOKINGS: float(won["value"].sum()),
                Figure.CYCLE_MEDIAN: _median(won["cycle"].to_numpy()),
                Figure.OPEN_DEALS: float(len(still)),
                Figure.OPEN_PIPELINE: float(still["value"].sum()),
            }
        )
    all_won = deals.filter(
        (pl.col("ending") == WON) & pl.col("closed_day").is_between(starts[0], starts[-1], closed="left")
    )
    by_month: dict[Figure, Floats] = {figure: np.array([month[figure] for month in months]) for figure in BY_MONTH}
    return Later(by_month, np.sort(all_won["cycle"].to_numpy().astype(float)))


def predicted(beliefs: Beliefs, windows: Windows, seed: int, replications: int, followed: int) -> Iterator[Later]:
    """What each replication of a scenario that begins with the warm-up says about the test's months. Each draws
    what is believed anew. followed: replications in which cycle times are looked at.

    The scenario's leads per month are those of the test's first month: growth goes both ways from there.
    """
    from channelsim.engine.fast import simulate  # the compiler is slow to import

    layout = layout_of(beliefs.middle)
    compiler = Compiler(layout)
    first = layout.month_starts[0]
    ends = np.array([(day - first).days * HOURS_A_DAY for day in windows.month_starts])
    for replication in range(replications):
        drawn = beliefs.scenario(belief_draws(beliefs.uncertain, seed, replication))
        scenario = _grown_back(drawn, windows.warmup_months)
        program = compiler.program(scenario, compiler.scales(scenario))
        if replication < followed:
            wins = _Wins()
            yield _later(simulate(program, seed, replication, wins), windows, wins, ends)
        else:
            yield _later(simulate(program, seed, replication), windows, None, ends)


def _grown_back(scenario: Scenario, months: int) -> Scenario:
    """The scenario with leads such that they are, after so many months of growth, what it says."""
    sources = {
        name: source.model_copy(
            update={
                "leads_per_month": source.leads_per_month * (1 + source.annual_growth) ** (-months / MONTHS_A_YEAR)
            }
        )
        for name, source in scenario.sources.items()
    }
    return scenario.model_copy(update={"sources": sources})


class _Wins(Trace):
    """A trace that keeps when deals came and when they were won."""

    def __init__(self) -> None:
        super().__init__()
        self.came: dict[int, float] = {}
        self.won: list[tuple[float, float]] = []  # when, and hours since it came

    def event(self, event: Event) -> None:
        """Note an event, if it is of those."""
        if event.happening == Happening.ARRIVED:
            self.came[event.lead] = event.time
        elif event.happening == Happening.WON:
            self.won.append((event.time, event.time - self.came[event.lead]))


def _later(ledger: Ledger, windows: Windows, wins: _Wins | None, ends: Floats) -> Later:
    counts = ledger.counts.sum(axis=(2, 3, 4)).astype(float)  # [count, month]
    bookings = ledger.amounts[Amount.BOOKINGS].sum(axis=(1, 2, 3))
    gone = counts[Count.WON] + sum(counts[reason] for reason in LOST)
    all_months: dict[Figure, Floats] = {
        Figure.CREATED: counts[Count.ARRIVED],
        Figure.WINS: counts[Count.WON],
        Figure.BOOKINGS: bookings,
        Figure.OPEN_DEALS: np.cumsum(counts[Count.ARRIVED] - gone),
        Figure.OPEN_PIPELINE: pipeline_by_month(ledger),
    }
    by_month = {figure: values[windows.warmup_months :] for figure, values in all_months.items()}
    if wins is None:
        return Later(by_month | {Figure.CYCLE_MEDIAN: np.full(windows.months, np.nan)}, None)
    at, hours = np.array(wins.won).reshape(-1, 2).T
    month = np.searchsorted(ends, at, side="right") - 1
    medians = np.array([_median(hours[month == each] / HOURS_A_DAY) for each in range(windows.months)])
    of_test = (month >= 0) & (month < windows.months)
    return Later(by_month | {Figure.CYCLE_MEDIAN: medians}, np.sort(hours[of_test]) / HOURS_A_DAY)


def _median(days: Floats) -> float:
    return float(np.median(days)) if len(days) >= FEWEST_WINS_FOR_A_MEDIAN else float("nan")
