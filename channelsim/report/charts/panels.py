"""Small pictures of one kind: side by side on a page of charts, or each by itself in report.html, which lays them
out as its width allows."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.layout_engine import ConstrainedLayoutEngine

from channelsim.report.style import QUIET, SMALL_SIZE, Chart, blank_page, chart, printable

COLUMNS = 3
PANEL_HEIGHT = 2.35  # inches
ALONE_WIDTH, ALONE_HEIGHT, WIDE_WIDTH = 3.4, 2.2, 7.0  # inches
TITLE_COLUMNS, NOTE_COLUMNS = 36, 52  # of a panel a third of the page wide
NOTE_LINES = 3
NOTE_LINE = 0.15  # inches


@dataclass(frozen=True)
class Panel:
    """A small picture. note: what a reader needs beside it; alt: what it says, for those who do not see it. rows:
    how many lines a picture of rows has, which make it higher; 0: it has none."""

    title: str
    note: str
    alt: str
    draw: Callable[[Axes], None]
    rows: int = 0

    @property
    def height(self) -> float:
        """Of the picture, in inches."""
        return max(ALONE_HEIGHT, 0.7 + 0.3 * self.rows)


def panels_chart(
    title: str, subtitle: str, provenance: str, panels: Sequence[Panel], columns: int = COLUMNS
) -> Figure:
    """All panels on one page, so many beside each other."""
    return _panels_chart(title, subtitle, provenance, list(panels), max(2, min(columns, len(panels))))


@chart
def _panels_chart(title: str, subtitle: str, provenance: str, panels: list[Panel], columns: int) -> Chart:
    notes = [_wrapped(panel.note, NOTE_COLUMNS * COLUMNS // columns) for panel in panels]
    lines = math.ceil(len(panels) / columns)
    heights = []
    for line in range(lines):
        here = slice(line * columns, (line + 1) * columns)
        most = max(note.count("\n") + 1 if note else 0 for note in notes[here])
        heights.append(PANEL_HEIGHT + max(each.height for each in panels[here]) - ALONE_HEIGHT + NOTE_LINE * most)
    figure = blank_page(title, subtitle, printable(provenance), sum(heights) if heights else PANEL_HEIGHT)
    grid = figure.subplots(max(lines, 1), columns, squeeze=False, height_ratios=heights or None)
    for axes, panel, note in zip(grid.flat, panels, notes, strict=False):
        panel.draw(axes)
        name = "\n".join(textwrap.wrap(printable(panel.title), TITLE_COLUMNS * COLUMNS // columns)[:2])
        axes.set_title(name, pad=6 + (SMALL_SIZE + 2.5) * (note.count("\n") + 1 if note else 0))
        aside = axes.annotate(
            note, (0, 1), (0, 5), xycoords="axes fraction", textcoords="offset points", va="bottom",
            size=SMALL_SIZE - 0.5, color=QUIET, linespacing=1.2,
        )  # fmt: skip
        aside.set_in_layout(False)  # it would make the panel as narrow as its room
    for axes in list(grid.flat)[len(panels) :]:
        axes.set_axis_off()
    return figure


@chart
def panel_alone(panel: Panel, *, is_wide: bool = False) -> Chart:
    """A panel by itself, without its words."""
    figure = Chart(figsize=(WIDE_WIDTH if is_wide else ALONE_WIDTH, panel.height))
    FigureCanvasAgg(figure)
    figure.set_layout_engine(ConstrainedLayoutEngine(w_pad=0.02, h_pad=0.02))
    panel.draw(figure.subplots())
    return figure


def _wrapped(note: str, columns: int) -> str:
    lines = textwrap.wrap(printable(note), columns)
    if len(lines) > NOTE_LINES:
        lines = [*lines[: NOTE_LINES - 1], f"{lines[NOTE_LINES - 1][: columns - 2]} …"]
    return "\n".join(lines)
