"""Days in each step: the export's, and the scenario's before and after it was settled."""

from __future__ import annotations

from collections.abc import Iterator

from matplotlib.axes import Axes

from channelsim.calibrate.writing.settle import Row, Settled
from channelsim.finance.definitions import Unit
from channelsim.report.charts.panels import Panel
from channelsim.report.format import number
from channelsim.report.style import INK, PALETTE, QUIET, SMALL_SIZE, UnitFormatter, number_axis

AFTER, FAR = PALETTE[0], PALETTE[4]
MOST_LETTERS = 20


def settled_panels(settled: Settled) -> Iterator[Panel]:
    """One for each route."""
    for route in dict.fromkeys(row.cell.route for row in settled.rows):
        yield _panel(route, [row for row in settled.rows if row.cell.route == route])


def _cut(text: str) -> str:
    return text if len(text) <= MOST_LETTERS else f"{text[: MOST_LETTERS - 1]}…"


def _panel(route: str, rows: list[Row]) -> Panel:
    everybody = {segment for row in rows for segment in row.cell.segments}

    def label(row: Row) -> str:
        what = f"{row.cell.step}, {row.cell.outcome}{', in all' if row.is_total else ''}"
        return what if set(row.cell.segments) == everybody else f"{what}\n{_cut(', '.join(row.cell.segments))}"

    def draw(axes: Axes) -> None:
        for at, row in enumerate(rows):
            axes.plot([row.before_mean, row.after_mean], [at, at], color=QUIET, linewidth=0.8, alpha=0.5)
            axes.plot([row.before_mean], [at], "o", markerfacecolor="white", markeredgecolor=QUIET, markersize=5)
            axes.plot([row.after_mean], [at], "o", color=AFTER if row.is_close else FAR, markersize=5.5, zorder=3)
            axes.plot([row.wanted_mean], [at], "|", color=INK, markersize=15, markeredgewidth=1.6, zorder=4)
        axes.set_ylim(len(rows) - 0.4, -0.6)
        axes.set_yticks(range(len(rows)), [label(row) for row in rows])
        axes.tick_params(axis="y", length=0, labelsize=SMALL_SIZE)
        axes.spines["left"].set_visible(False)
        axes.set_xlim(left=0)
        number_axis(axes, "x", UnitFormatter(Unit.DAYS, ""), 4)

    close = sum(row.is_close for row in rows)
    note = f"{close} of {len(rows)} settled on the export's days."
    told = "; ".join(
        f"{row.cell.step} until {row.cell.outcome} {number(row.wanted_mean, Unit.DAYS, '')}, simulated "
        f"{number(row.after_mean, Unit.DAYS, '')}"
        for row in rows
    )
    return Panel(route, note, f"Mean days in the steps of {route}: {told}.", draw, rows=len(rows))
