"""What a calibration's report is made of, and what it says in short."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from channelsim.calibrate.checking.backtest import Backtest, Row
from channelsim.calibrate.checking.later import STOCKS, Figure
from channelsim.calibrate.estimates import INTERVAL, Fit
from channelsim.calibrate.records import LOST, OPEN, WON
from channelsim.calibrate.writing.write import Written
from channelsim.experiment.sensitivity import Sensitivity
from channelsim.finance.definitions import Unit
from channelsim.report.calibration_words import FIGURES
from channelsim.report.format import in_step
from channelsim.report.sensitivity import sentences as sensitivity_sentences
from channelsim.report.verdict import in_a_row

CONFOUNDED = (
    "Routes got different deals: whoever sent them chose, and the better ones may have gone where they were "
    "thought to do best. What differs between routes is what was seen, not what a route does to a deal. Only "
    "sending deals by lot, for a while and for a part of them, would tell."
)


@dataclass(frozen=True)
class Calibration:
    """A finished calibration. source: what the scenario is called. backtest, sensitivity: None where nobody asked,
    or nothing could be said. command: makes it again, "" where it was made otherwise."""

    fit: Fit
    written: Written
    backtest: Backtest | None
    sensitivity: Sensitivity | None
    command: str

    @property
    def counts(self) -> dict[str, int]:
        """Deals won, lost and open."""
        endings = self.fit.export.deals["ending"]
        return {kind: int((endings == kind).sum()) for kind in (WON, LOST, OPEN)}

    @property
    def files(self) -> str:
        """The export's files, in a row."""
        return in_a_row(list(self.fit.export.files))


def deals_sentence(calibration: Calibration) -> str:
    """What was read: deals, the window, how they stand."""
    export = calibration.fit.export
    counts = calibration.counts
    window = ""
    if export.origin is not None:
        first, last = (export.origin + dt.timedelta(days=day) for day in (export.first_day, export.cutoff_day))
        window = f", created from {first} on, as they stood on {last}"
    lost = f"{counts[LOST]:,} lost, {counts[OPEN]:,} open"
    if not export.losses_are_seen:
        lost = f"of the other {counts[OPEN]:,} nobody wrote down which were lost"
    return f"{len(export.deals):,} deals{window}: {counts[WON]:,} won, {lost}."


def backtest_sentences(backtest: Backtest) -> Iterator[str]:
    """Which figures of all months together were as predicted, and which were not."""
    whole = [row for row in backtest.rows if row.month is None]
    missed = [row for row in whole if not row.is_inside]
    by_month = [row for row in backtest.rows if row.month is not None]
    inside = sum(row.is_inside for row in by_month)
    months = f"{backtest.windows.months} months from {backtest.windows.start} on"
    hit = [_within_a_sentence(FIGURES[row.figure][0]) for row in whole if row.is_inside]
    if hit:
        which = f"All {len(whole)} figures" if len(hit) == len(whole) else f"{in_a_row(hit).capitalize()}"
        yield (
            f"Backtest: predicted from what was known before, the {months}. {which} came inside the {INTERVAL:.0%} "
            "intervals."
        )
    for row in missed:
        yield missed_sentence(backtest, row)
    yield (
        f"By month, {inside} of {len(by_month)} figures lie inside their {INTERVAL:.0%} intervals; "
        f"about {INTERVAL * len(by_month):.0f} would if the scenario were right."
    )


def _within_a_sentence(label: str) -> str:
    """ "Wins" -> "wins"; "P90 of ..." stays."""
    return f"{label[0].lower()}{label[1:]}" if label[1:2].islower() else label


def missed_sentence(backtest: Backtest, row: Row) -> str:
    """How far a figure was from its prediction: "Wins: 71 came, 98 to 131 were predicted: the scenario ..."."""
    label, unit = FIGURES[row.figure]
    currency = backtest.fit.export.currency
    truth, low, high = in_step([row.truth, row.low, row.high], unit, currency)
    at_end = ", at the end" if row.figure in STOCKS else ""
    verb = "too low" if row.truth > row.high else "too high"
    return f"Backtest: {label}{at_end}: {truth} came, {low} to {high} were predicted. The prediction is {verb}."


def hinge_sentences(sensitivity: Sensitivity) -> list[str]:
    """What the verdict hinges on and what knowing more is worth."""
    return [each for each in sensitivity_sentences(sensitivity) if not each.startswith("That takes every value")]


def backtest_rows(backtest: Backtest) -> Iterator[tuple[str, str, float, float, float, float, bool]]:
    """BACKTEST_COLUMNS, a row a figure and month, "all" for all of them."""
    for row in backtest.rows:
        month = "all" if row.month is None else row.month.isoformat()
        yield (str(row.figure), month, row.truth, row.mean, row.low, row.high, row.is_inside)


BACKTEST_COLUMNS = ("figure", "month", "truth", "predicted", "low", "high", "inside")


def figure_words(figure: Figure) -> tuple[str, Unit]:
    """A figure's label, with when it is where that is not the time, and its unit."""
    label, unit = FIGURES[figure]
    return (f"{label}, at the end" if figure in STOCKS else label), unit


def number_of(row: Row, currency: str) -> tuple[str, str, str]:
    """Truth, prediction and interval as people read them, in step with each other."""
    truth, mean, low, high = in_step([row.truth, row.mean, row.low, row.high], FIGURES[row.figure][1], currency)
    return truth, mean, f"{low} to {high}"
