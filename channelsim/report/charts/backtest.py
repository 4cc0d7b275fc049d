"""A backtest: what was predicted for the months held out, as a fan, against what came."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
from matplotlib.axes import Axes

from channelsim.calibrate.checking.backtest import Backtest, Fan, Quantiles
from channelsim.calibrate.checking.later import Figure
from channelsim.calibrate.estimates import INTERVAL
from channelsim.finance.definitions import Unit
from channelsim.report.calibration_words import FIGURES
from channelsim.report.charts.calibrated_arrivals import month_ticks
from channelsim.report.charts.panels import Panel
from channelsim.report.style import FAINT, INK, PALETTE, SMALL_SIZE, UnitFormatter, number_axis

PREDICTED, MISSED = PALETTE[0], PALETTE[4]
BANDS = ((INTERVAL, 0.16), (0.5, 0.30))
ORDER = (Figure.BOOKINGS, Figure.WINS, Figure.CREATED, Figure.OPEN_PIPELINE, Figure.OPEN_DEALS)


def backtest_panels(backtest: Backtest) -> Iterator[Panel]:
    """A fan for each figure by month, Q-Q of cycle times, and the share of figures inside by month."""
    fans = {fan.figure: fan for fan in backtest.fans}
    for figure in ORDER:
        if figure in fans:
            yield _fan(backtest, fans[figure])
    if backtest.cycles is not None:
        yield _quantiles(backtest.cycles)
    yield _inside(backtest)


def _fan(backtest: Backtest, fan: Fan) -> Panel:
    label, unit = FIGURES[fan.figure]
    currency = backtest.fit.export.currency
    rows = backtest.by_month(fan.figure)
    inside = sum(row.is_inside for row in rows)

    def draw(axes: Axes) -> None:
        at = np.arange(len(fan.truth))
        for probability, alpha in BANDS:
            low, high = fan.band(probability)
            if len(at) == 1:
                axes.plot([0, 0], [low[0], high[0]], color=PREDICTED, alpha=2 * alpha, linewidth=8)
            else:
                axes.fill_between(at, low, high, color=PREDICTED, alpha=alpha, linewidth=0)
        axes.plot(at, np.median(fan.predicted, axis=0), color=PREDICTED, linewidth=1.6)
        axes.plot(at, fan.truth, color=INK, linewidth=0.9, alpha=0.5)
        for place, row in enumerate(rows):
            axes.plot([place], [row.truth], "o" if row.is_inside else "X", color=INK if row.is_inside else MISSED,
                      markersize=4 if row.is_inside else 7, zorder=3)  # fmt: skip
        axes.set_ylim(bottom=0)
        number_axis(axes, "y", UnitFormatter(unit, currency), 4)
        axes.tick_params(labelsize=SMALL_SIZE, length=0)
        month_ticks(axes, list(backtest.windows.month_starts[:-1]))

    note = f"{inside} of {len(rows)} months inside the {INTERVAL:.0%} interval."
    return Panel(f"{label} by month", note, f"{label} by month, predicted against what came: {note}", draw)


def _quantiles(cycles: Quantiles) -> Panel:
    inside = (cycles.low <= cycles.truth) & (cycles.truth <= cycles.high)

    def draw(axes: Axes) -> None:
        end = float(max(cycles.high.max(), cycles.truth.max())) * 1.05
        axes.plot([0, end], [0, end], color=FAINT, linewidth=1)
        axes.vlines(cycles.truth, cycles.low, cycles.high, color=PREDICTED, alpha=0.35, linewidth=3)
        for good, marker, colour in ((True, "o", PREDICTED), (False, "X", MISSED)):
            at = inside == good
            axes.plot(cycles.truth[at], cycles.mean[at], marker, color=colour, markersize=4 if good else 7)
        axes.set_xlim(0, end)
        axes.set_ylim(0, end)
        for which in ("x", "y"):
            number_axis(axes, which, UnitFormatter(Unit.DAYS, ""), 4)
        axes.tick_params(labelsize=SMALL_SIZE)
        axes.set_xlabel("came")
        axes.set_ylabel("predicted")

    note = (
        f"Quantiles 5%, 10%, ... 95% of days from creation to the win: {int(inside.sum())} of {len(inside)} inside."
    )
    return Panel("Cycle times, Q-Q", note, f"Quantiles of cycle times, predicted against what came. {note}", draw)


def _inside(backtest: Backtest) -> Panel:
    months = list(backtest.windows.month_starts[:-1])
    of_month = [[row for row in backtest.rows if row.month == month] for month in months]
    shares = [sum(row.is_inside for row in rows) / max(len(rows), 1) for rows in of_month]

    def draw(axes: Axes) -> None:
        axes.bar(range(len(months)), shares, color=PREDICTED, width=0.7)
        axes.axhline(INTERVAL, color=INK, linewidth=1, linestyle=(0, (4, 3)))
        axes.set_ylim(0, 1.05)
        number_axis(axes, "y", UnitFormatter(Unit.SHARE, ""), 4)
        axes.tick_params(labelsize=SMALL_SIZE, length=0)
        month_ticks(axes, months)

    rows = [row for each in of_month for row in each]
    total = sum(row.is_inside for row in rows)
    note = f"{total} of {len(rows)} figures inside their {INTERVAL:.0%} intervals (dashed: {INTERVAL:.0%})."
    return Panel("Share inside, by month", note, f"Share of figures inside their interval by month. {note}", draw)
