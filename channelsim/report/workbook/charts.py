"""Charts that a spreadsheet draws from the cells of a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channelsim.finance.definitions import Unit
from channelsim.report.style import PALETTE, strategy_colours
from channelsim.report.workbook.book import FAINT, QUIET, Book, Role, Sheet

CHART_WIDTH, CHART_HEIGHT = 620, 300
CHARTS_A_ROW = 2
ROWS_A_CHART = 16
COLUMN_WIDTH, COLUMNS_A_CHART = 14, 6
DASHES = ("solid", "dash", "round_dot", "long_dash")
"""Where colours come again, the dash tells strategies apart."""
FONT = {"name": "Arial", "size": 8, "color": QUIET}
TITLE_FONT = {"name": "Arial", "size": 11, "bold": True}
GRID = {"visible": True, "line": {"color": "#E4E8EC", "width": 0.75}}


@dataclass(frozen=True)
class Table:
    """What a chart shows: its title above `head`, the row of headings; in the first column what is across, beside
    it a column for each series."""

    sheet: Sheet
    head: int
    rows: int

    def series(self, column: int, **look: Any) -> dict[str, Any]:
        """A column as XlsxWriter's series: by reference, so that no name is ever read as a formula."""
        first, last, name = self.head + 1, self.head + self.rows, self.sheet.name
        return {
            "name": [name, self.head, column],
            "categories": [name, first, 0, last, 0],
            "values": [name, first, column, last, column],
            **look,
        }

    def lines(self, names: Sequence[str]) -> list[dict[str, Any]]:
        """A line for each strategy in its colour; they stand from the second column on."""
        colours = strategy_colours(names)
        found = []
        for number, name in enumerate(names):
            dash = DASHES[number // len(PALETTE) % len(DASHES)]
            line = {"color": colours[name], "width": 2.25, "dash_type": dash}
            found.append(self.series(1 + number, line=line))
        return found


def table(sheet: Sheet, row: int, title: str, across: str, heads: Sequence[str], rows: int) -> Table:
    """Title and headings of a table of so many rows, whose cells are for the caller to fill."""
    sheet.text(row, 0, title, bold=True, font_size=12)
    sheet.heads(row + 1, 0, [across], align="left")
    sheet.heads(row + 1, 1, heads)
    return Table(sheet, row + 1, rows)


def insert(
    shown: Table,
    kind: str,
    series: Sequence[dict[str, Any]],
    x_axis: dict[str, Any],
    unit: Unit,
    top: int,
    place: int,
) -> None:
    """A chart of a table, entitled as it is; from left to right and from above, the first one at row `top`. kind:
    XlsxWriter's type; columns are stacked."""
    if not series:
        return
    sheet = shown.sheet
    chart = sheet.book.workbook.add_chart({"type": kind} | ({"subtype": "stacked"} if kind == "column" else {}))
    for each in series:
        chart.add_series(each)
    chart.set_title({"name": [sheet.name, shown.head - 1, 0], "name_font": TITLE_FONT})
    chart.set_x_axis({"label_position": "low", "line": {"color": FAINT}, "num_font": FONT} | x_axis)
    amount = sheet.book.number_format(unit, symbol=unit is Unit.MONEY).split("_)")[0]
    chart.set_y_axis(
        {"num_format": f"{amount};-{amount}", "line": {"none": True}, "major_gridlines": GRID, "num_font": FONT}
    )
    chart.set_legend({"position": "bottom", "font": FONT})
    chart.set_size({"width": CHART_WIDTH, "height": CHART_HEIGHT})
    chart.set_chartarea({"border": {"color": FAINT}})
    row, column = divmod(place, CHARTS_A_ROW)
    at = (top + row * ROWS_A_CHART, column * COLUMNS_A_CHART)
    sheet.raw.insert_chart(*at, chart, {"object_position": 2})


def curve_sheet(
    book: Book,
    name: str,
    title: str,
    x: tuple[str, Sequence[float]],
    series: Mapping[str, Sequence[float]],
    unit: Unit,
) -> Sheet:
    """A sheet with curves of strategies over a number: a chart, and its figures below.

    name: of the sheet. x: what is across, and its values, rising. series: strategy -> its values, NaN where there
    is none.
    """
    sheet = book.sheet(name)
    top = sheet.title(title)
    across, values = x
    shown = table(sheet, top + ROWS_A_CHART, title, across, list(series), len(values))
    for row, value in enumerate(values, start=shown.head + 1):
        sheet.number(row, 0, value, Unit.RATIO, Role.READING, num_format="General", align="left")
    for column, curve in enumerate(series.values(), start=1):
        for row, value in enumerate(curve, start=shown.head + 1):
            sheet.number(row, column, value, unit, symbol=unit is Unit.MONEY)
    curves = [{**each, "marker": {"type": "circle", "size": 4}} for each in shown.lines(list(series))]
    axis = {"name": across, "name_font": FONT, "major_gridlines": {"visible": False}}
    insert(shown, "scatter", curves, axis, unit, top, 0)
    sheet.raw.set_column(0, CHARTS_A_ROW * COLUMNS_A_CHART, COLUMN_WIDTH)
    return sheet
