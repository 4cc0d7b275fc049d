"""Backtest: learn from what was known on an earlier day, simulate the months since, and compare with what came.

The scenario is simulated from long before the day of the test on, as a warm-up in which its pipeline fills, with
the arrivals that were fitted. So the deals that were open on the day are in the prediction, as many as there are
usually and with the spread of that; not the very ones of the export, of which the engine cannot start with any.
Deals that were created before the warm-up count on neither side.

Each replication draws what is believed anew, so the intervals hold chance and ignorance. They are made of order
statistics: of n replications and the truth, if all are alike, the truth is equally likely to come at any place.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.checking.holdout import Windows, as_known_at, day_of, windows_of
from channelsim.calibrate.checking.later import BY_MONTH, CYCLES, STOCKS, Figure, Later, predicted, seen
from channelsim.calibrate.estimates import INTERVAL, Fit
from channelsim.calibrate.records import WON, Export
from channelsim.errors import UserError
from channelsim.scenario.load import Beliefs, load
from channelsim.scenario.reader import read_text
from channelsim.scenario.schema import IMPLICIT_STRATEGY

Floats = NDArray[np.float64]
Learn = Callable[[Export], Fit]
Write = Callable[[Fit, dt.date], str]
"""A fit and the first day of the horizon in, a scenario's text out, its arrivals those at the end of the fit."""

REPLICATIONS = {20_000: 199, 100_000: 99}
"""By how many deals there are at most; beyond, FEWEST_REPLICATIONS. With 199 the 10th and the 190th of the figures
are the ends of an interval of exactly 90%, with 99 the 5th and the 95th, with 19 the first and the last."""
FEWEST_REPLICATIONS = 19
SEED = 1
FEWEST_DEALS = 50
MOST_FOLLOWED, MOST_FOLLOWED_IN_ALL = 200_000, 1_000_000
"""Cycle times are looked at deal by deal, which takes time and memory: in as many replications as the second
allows, and of no more deals than the first."""
LEVELS = tuple(round(0.05 * each, 2) for each in range(1, 20))
KNOWN_IN_MOST = 0.9
"""A figure that fewer replications define is not compared: it is not known what it would be in the others."""


@dataclass(frozen=True)
class Row:
    """A figure as it was predicted and as it came."""

    figure: Figure
    month: dt.date | None  # its first day; None: all months together
    truth: float
    mean: float
    low: float  # ends of the predictive interval of probability INTERVAL
    high: float

    @property
    def is_inside(self) -> bool:
        """Whether the truth lies in the interval."""
        return self.low <= self.truth <= self.high


@dataclass(frozen=True)
class Fan:
    """A figure by month: [months] the truth, and [replications, months] what was predicted."""

    figure: Figure
    truth: Floats
    predicted: Floats

    def band(self, probability: float) -> tuple[Floats, Floats]:
        """[months] ends of the predictive interval of each month."""
        low, high = zip(*(interval_of(month, probability) for month in self.predicted.T), strict=True)
        return np.array(low), np.array(high)


@dataclass(frozen=True)
class Quantiles:
    """Days from creation to the win of all deals won: [levels] of the truth and of predictions."""

    levels: tuple[float, ...]
    truth: Floats
    mean: Floats
    low: Floats
    high: Floats


@dataclass(frozen=True)
class Backtest:
    """What was predicted for the months held out, against what came."""

    windows: Windows
    fit: Fit  # of the early window
    text: str  # the scenario that was simulated
    replications: int
    rows: tuple[Row, ...]  # by figure, all months together first
    fans: tuple[Fan, ...]
    cycles: Quantiles | None
    left_out: tuple[str, ...]  # what cannot be compared, and why

    def of(self, figure: Figure) -> Row | None:
        """A figure of all months together; None where it cannot be had."""
        return next((row for row in self.rows if row.figure is figure and row.month is None), None)

    def by_month(self, figure: Figure) -> list[Row]:
        """A figure's months."""
        return [row for row in self.rows if row.figure is figure and row.month is not None]


def run_backtest(
    export: Export,
    months: int,
    *,
    learn: Learn,
    write: Write,
    replications: int | None = None,
    seed: int = SEED,
    progress: Callable[[int, int], None] | None = None,
) -> Backtest:
    """Hold out the last whole months of an export and predict them from what is before.

    replications: as many as REPLICATIONS says where None. progress: called with replications done and in all.
    Raises UserError for an export that has no dates, is too short, or of which too little was known at the time.
    """
    windows = windows_of(export, months)
    early = as_known_at(export, day_of(export, windows.start))
    if len(early.deals) < FEWEST_DEALS or not (early.deals["ending"] == WON).any():
        won = int((early.deals["ending"] == WON).sum())
        raise UserError(
            f"on {windows.start} the export had {len(early.deals):,} deals, {won:,} of them won; at least "
            f"{FEWEST_DEALS} and a win are needed to learn from. Hold out fewer months"
        )
    fit = learn(early)
    text = write(fit, windows.warmup_start)
    sets = [f"horizon.months={windows.warmup_months + months}", f"horizon.warmup_months={windows.warmup_months}"]
    beliefs = load(read_text(text, "the scenario of the early window"), sets, only=[IMPLICIT_STRATEGY]).beliefs[
        IMPLICIT_STRATEGY
    ]
    truth = seen(export, windows)
    deals = len(export.deals)
    replications = replications or next(
        (count for most, count in REPLICATIONS.items() if deals <= most), FEWEST_REPLICATIONS
    )
    followed = max(FEWEST_REPLICATIONS, MOST_FOLLOWED_IN_ALL // deals) if deals <= MOST_FOLLOWED else 0
    predictions = _simulated(beliefs, windows, seed, replications, min(replications, followed), progress)
    figures, left_out = _comparable(export, fit, is_followed=followed > 0)
    rows = [row for figure in figures for row in _rows(figure, truth, predictions, windows)]
    fans = [
        Fan(figure, truth.by_month[figure], np.array([each.by_month[figure] for each in predictions]))
        for figure in figures
        if figure in BY_MONTH and figure not in CYCLES
    ]
    return Backtest(
        windows, fit, text, replications, tuple(rows), tuple(fans), _quantiles(truth, predictions), tuple(left_out)
    )


def _simulated(
    beliefs: Beliefs,
    windows: Windows,
    seed: int,
    replications: int,
    followed: int,
    progress: Callable[[int, int], None] | None,
) -> list[Later]:
    found = []
    for later in predicted(beliefs, windows, seed, replications, followed):
        found.append(later)
        if progress is not None:
            progress(len(found), replications)
    return found


def _comparable(export: Export, fit: Fit, *, is_followed: bool) -> tuple[list[Figure], list[str]]:
    """The figures that both the export and the scenario have, and what is left out."""
    left_out = []
    without: set[Figure] = set()
    if is_followed:
        left_out.append(
            "The P90 of cycle times is compared for all months together: a month has too few wins to tell it."
        )
    else:
        without |= set(CYCLES)
        left_out.append(
            f"Cycle times are not compared: {len(export.deals):,} deals are too many to follow each of them."
        )
    if not export.losses_are_seen:
        without |= set(STOCKS)
        left_out.append(
            "Open deals and the pipeline cannot be compared: the export does not say which deals were lost, so "
            "nobody knows which were open."
        )
    if not fit.values:
        without |= {Figure.BOOKINGS, Figure.OPEN_PIPELINE}
        left_out.append("Bookings and the pipeline's value cannot be compared: the export has no amounts.")
    else:
        unknown = int(export.deals["value"].null_count())
        if unknown:
            left_out.append(f"{unknown:,} deals without an amount count as the others of their segment.")
    return [figure for figure in Figure if figure not in without], left_out


def _rows(figure: Figure, truth: Later, predictions: Sequence[Later], windows: Windows) -> Iterator[Row]:
    if figure in CYCLES:
        predictions = [each for each in predictions if each.cycle_days is not None]
    whole = _row(figure, None, truth.in_all(figure), np.array([each.in_all(figure) for each in predictions]))
    if whole is not None:
        yield whole
    if figure not in BY_MONTH:
        return
    by_month = np.array([each.by_month[figure] for each in predictions])
    for at, start in enumerate(windows.month_starts[:-1]):
        row = _row(figure, start, float(truth.by_month[figure][at]), by_month[:, at])
        if row is not None:
            yield row


def _row(figure: Figure, month: dt.date | None, truth: float, values: Floats) -> Row | None:
    """None where the truth or too many predictions are undefined."""
    known = values[~np.isnan(values)]
    if np.isnan(truth) or len(known) < KNOWN_IN_MOST * len(values):
        return None
    return Row(figure, month, truth, float(known.mean()), *interval_of(known, INTERVAL))


def interval_of(values: Floats, probability: float) -> tuple[float, float]:
    """Ends of a predictive interval, by order statistics: of n values and another one like them, the other is
    equally likely to come at any of n + 1 places. The smallest and the largest where there are too few."""
    ordered = np.sort(values)
    outside = max(int((1 - probability) / 2 * (len(ordered) + 1) + 1e-9), 1)
    return float(ordered[outside - 1]), float(ordered[len(ordered) - outside])


def _quantiles(truth: Later, predictions: Sequence[Later]) -> Quantiles | None:
    days = [each.cycle_days for each in predictions if each.cycle_days is not None and len(each.cycle_days)]
    if truth.cycle_days is None or not len(truth.cycle_days) or not days:
        return None
    drawn = np.array([np.quantile(each, LEVELS) for each in days])
    low, high = zip(*(interval_of(each, INTERVAL) for each in drawn.T), strict=True)
    return Quantiles(
        LEVELS, np.quantile(truth.cycle_days, LEVELS), drawn.mean(axis=0), np.array(low), np.array(high)
    )
