"""The house style of charts: one look, one colour a strategy, and the same bytes for the same run.

Charts are drawn without pyplot, so that they work in threads and without a screen. matplotlib reads its settings
from one place for the whole process; `house_style` puts ours there for the moment of drawing, under a lock.
"""

from __future__ import annotations

import io
import textwrap
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache, wraps
from pathlib import Path
from typing import Any, ParamSpec

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure, SubFigure
from matplotlib.font_manager import FontProperties, findfont, get_font
from matplotlib.layout_engine import ConstrainedLayoutEngine
from matplotlib.ticker import Formatter, MaxNLocator
from matplotlib.transforms import Bbox

from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.format import SYMBOLS, in_step
from channelsim.scenario.load import Study

PALETTE = ("#0072B2", "#B8860B", "#01A6A5", "#672C5E", "#B72619", "#7B72FF", "#222222", "#AC3B92")
"""From Okabe and Ito's colours, moved so that each has a contrast of 3 to white (WCAG 1.4.11) and that any two
differ to people who see no red, green or blue; tests/report/test_style.py holds it to both."""
MARKERS = ("o", "s", "D", "^", "v", "P", "X", "h")
INK, QUIET, FAINT, GROUND = "#1F2933", "#52606D", "#C4CCD4", "#F3F5F7"

WIDTH = 10.0  # inches
DOTS_PER_INCH = 150
HEADER, SUBTITLE_LINE, FOOTER, EDGE = 0.52, 0.21, 0.40, 0.14  # inches
SUBTITLE_COLUMNS = 136
PLACES = 6  # of positions, as shares of the page
SCENARIO_NAME_COLUMNS = 60
TITLE_SIZE, PANEL_SIZE, TEXT_SIZE, SMALL_SIZE = 14.0, 10.0, 9.0, 8.0

SETTINGS: dict[Any, Any] = {
    "font.family": ["DejaVu Sans"],
    "font.size": TEXT_SIZE,
    "text.color": INK,
    "text.parse_math": False,  # "$1M to $2M" is money, not a formula
    "text.usetex": False,
    "axes.edgecolor": FAINT,
    "axes.labelcolor": QUIET,
    "axes.labelsize": SMALL_SIZE,
    "axes.labelpad": 2.0,
    "axes.linewidth": 0.8,
    "axes.axisbelow": True,
    "axes.grid": False,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.titlelocation": "left",
    "axes.titlesize": PANEL_SIZE,
    "axes.titleweight": "bold",
    "axes.titlepad": 6.0,
    "axes.unicode_minus": False,
    "grid.color": "#E4E8EC",
    "grid.linewidth": 0.8,
    "hatch.linewidth": 0.7,
    "legend.frameon": False,
    "legend.fontsize": SMALL_SIZE,
    "xtick.color": FAINT,
    "xtick.labelcolor": QUIET,
    "xtick.labelsize": SMALL_SIZE,
    "ytick.color": FAINT,
    "ytick.labelcolor": INK,
    "ytick.labelsize": TEXT_SIZE,
    "figure.dpi": DOTS_PER_INCH,
    "figure.facecolor": "white",
    "savefig.dpi": "figure",
    "savefig.facecolor": "white",
    "savefig.bbox": None,
    "svg.fonttype": "path",  # looks the same where the font is not installed
    "svg.hashsalt": "channelsim",
    "path.simplify": True,
}
_drawing = threading.RLock()
Shown = ParamSpec("Shown")


@contextmanager
def house_style() -> Iterator[None]:
    """matplotlib in the house style within the block, as it was before after it."""
    with _drawing, mpl.rc_context():
        mpl.rcdefaults()  # whatever the user has set, the same run gives the same chart
        mpl.rcParams.update(SETTINGS)
        yield


class Chart(Figure):
    """A figure that shows itself in a notebook, with or without pyplot."""

    def _repr_png_(self) -> bytes:
        return png_bytes(self)


def chart(draw: Callable[Shown, Chart]) -> Callable[Shown, Figure]:
    """Draw in the house style, and settle layout and ticks there, so that the figure looks the same ever after."""

    @wraps(draw)
    def drawn(*args: Shown.args, **kwargs: Shown.kwargs) -> Figure:
        with house_style():
            figure = draw(*args, **kwargs)
            figure.draw_without_rendering()
            figure.set_layout_engine("none")
            _settle(figure)
        return figure

    return drawn


def _settle(figure: Figure | SubFigure) -> None:
    """Put axes on a fine grid. The layout's solver sums in the order of memory addresses, so that its last
    digits, and with them the bytes of an SVG, differ from one time to the next."""
    for part in figure.subfigs:
        grid = Bbox(part.bbox_relative.get_points().round(PLACES))
        part._redo_transform_rel_fig(grid)  # type: ignore[attr-defined]  # as the solver itself does
        _settle(part)
    if isinstance(figure, Figure):
        for axes in figure.axes:
            axes.set_position(Bbox(axes.get_position().get_points().round(PLACES)))


def page(result: Result, title: str, subtitle: str, height: float) -> Chart:
    """An empty page of a run's charts; see `blank_page`."""
    replications = f"{result.replications:,} replication{'s'[: result.replications != 1]}"
    source = provenance(result.study, replications, result.seed, len(result.failures))
    return blank_page(title, subtitle, source, height)


def blank_page(title: str, subtitle: str, provenance: str, height: float) -> Chart:
    """An empty page: what is shown in words above, where it comes from below. height: of the panels, in inches."""
    lines = textwrap.wrap(subtitle, SUBTITLE_COLUMNS)
    header = HEADER + SUBTITLE_LINE * len(lines)
    total = header + height + FOOTER
    figure = Chart(figsize=(WIDTH, total))
    FigureCanvasAgg(figure)
    left = EDGE / WIDTH
    figure.set_layout_engine(
        ConstrainedLayoutEngine(
            rect=(left, FOOTER / total, 1 - 2 * left, height / total),
            w_pad=0.06,
            h_pad=0.05,
            wspace=0.03,
            hspace=0.05,
        )
    )
    figure.text(left, 1 - 0.14 / total, title, size=TITLE_SIZE, weight="bold", va="top")
    figure.text(
        left, 1 - (HEADER - 0.05) / total, "\n".join(lines), size=TEXT_SIZE, color=QUIET, va="top", linespacing=1.35
    )
    figure.text(left, 0.12 / total, provenance, size=SMALL_SIZE, color=QUIET, va="bottom")
    return figure


def provenance(study: Study, replications: str, seed: int, failures: int) -> str:
    """Where figures come from, in a line. replications: in words."""
    scenario = study.scenario
    name = textwrap.shorten(printable(scenario.name), SCENARIO_NAME_COLUMNS, placeholder="…") or "unnamed scenario"
    parts = [name, replications, f"seed {seed}"]
    if scenario.horizon.warmup_months:
        parts.append(f"{_months(scenario.horizon.warmup_months)} of warm-up left out of all totals")
    if failures:
        parts.append(f"PARTIAL: {failures:,} failed")
    return "   ·   ".join(parts)


def _months(count: int) -> str:
    return f"{count} month{'s'[: count != 1]}"


def period(result: Result) -> str:
    """What a run's totals are over, in words: "11 months"."""
    return period_of(result.study)


def period_of(study: Study) -> str:
    """What a study's totals are over, in words: "11 months"."""
    horizon = study.scenario.horizon
    return _months(horizon.months - horizon.warmup_months)


def strategy_colours(names: Sequence[str]) -> dict[str, str]:
    """A colour for each strategy, by its place in the run: the same in every chart."""
    return {name: PALETTE[i % len(PALETTE)] for i, name in enumerate(names)}


def strategy_markers(names: Sequence[str]) -> dict[str, str]:
    """A marker for each strategy, so that a black and white print tells them apart; where a colour comes again, it
    has another one."""
    return {name: MARKERS[(i + i // len(PALETTE)) % len(MARKERS)] for i, name in enumerate(names)}


def folded(name: str, columns: int = 20) -> str:
    """A name on at most two lines, broken at its own _ and - where it has them; the rest of it is "…"."""
    words = name.replace("_", "_\u200b").replace("-", "-\u200b").split("\u200b")
    lines = [""]
    for word in words:
        pieces = [word[i : i + columns] for i in range(0, len(word), columns)] or [""]
        for piece in pieces:
            if lines[-1] and len(lines[-1]) + len(piece) > columns:
                lines.append("")
            lines[-1] += piece
    if len(lines) > 2:
        lines = [lines[0], lines[1][: columns - 1] + "…"]
    return "\n".join(lines)


@cache
def _glyphs() -> frozenset[int]:
    return frozenset(get_font(findfont(FontProperties(family=["DejaVu Sans"]))).get_charmap())


def printable(text: str) -> str:
    """Text with a box for each character that the font has no sign for."""
    return "".join(letter if ord(letter) in _glyphs() else "□" for letter in " ".join(text.split()))


def ink_on(background: str) -> str:
    """White or dark, whichever reads better on a colour."""
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in to_rgb(background))
    luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue
    return "white" if luminance < 0.28 else INK


class UnitFormatter(Formatter):
    """Tick labels of a unit, in step with each other. A currency without a sign is left out: its code on every
    tick would leave no room, and the figures beside the panel have it."""

    def __init__(self, unit: Unit, currency: str, *, signed: bool = False) -> None:
        self.unit, self.signed = unit, signed
        self.currency = currency if currency in SYMBOLS else ""

    def __call__(self, x: float, pos: int | None = None) -> str:  # noqa: ARG002
        return self.format_ticks([x])[0]

    def format_ticks(self, values: Sequence[float]) -> list[str]:
        """Labels of all ticks of an axis."""
        return in_step(list(values), self.unit, self.currency, signed=self.signed)


def number_axis(axes: Axes, which: str, formatter: UnitFormatter, ticks: int) -> None:
    """Give an axis ("x" or "y") at most so many round ticks in a unit, and a grid across it."""
    axis = axes.xaxis if which == "x" else axes.yaxis
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 2.5, 5, 10]))
    axis.set_major_formatter(formatter)
    axes.grid(visible=True, axis="x" if which == "x" else "y")
    axes.tick_params(axis="x" if which == "x" else "y", length=0)


def beside(axes: Axes, row: float, text: str, below: str = "") -> None:
    """A figure right of a panel in line with a row, and a quieter one below it: there they cover no data."""
    place: dict[str, Any] = {"xycoords": axes.get_yaxis_transform(), "textcoords": "offset points"}
    va = "bottom" if below else "center"
    axes.annotate(text, (1, row), xytext=(6, 1 if below else 0), va=va, weight="bold", **place)
    if below:
        axes.annotate(below, (1, row), xytext=(6, -1), va="top", size=SMALL_SIZE, color=QUIET, **place)


def png_bytes(figure: Figure) -> bytes:
    """A figure as PNG, without anything that changes from one time to the next."""
    with house_style():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="png", metadata={"Software": None})
    return buffer.getvalue()


def svg_bytes(figure: Figure) -> bytes:
    """A figure as SVG, without anything that changes from one time to the next."""
    with house_style():
        buffer = io.BytesIO()
        figure.savefig(buffer, format="svg", metadata={"Date": None, "Creator": None})
    return buffer.getvalue()


def save(figure: Figure, path_png: Path, path_svg: Path) -> None:
    """Write a figure as PNG and as SVG; the same figure gives the same bytes."""
    path_png.write_bytes(png_bytes(figure))
    path_svg.write_bytes(svg_bytes(figure))
