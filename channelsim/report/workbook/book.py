"""The house style of workbooks: sheets, cells and formats, and the same bytes for the same run."""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Sequence
from enum import StrEnum
from typing import Any, BinaryIO

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.utility import xl_rowcol_to_cell

from channelsim.finance.definitions import Unit
from channelsim.report.format import SYMBOLS, UNDEFINED

TRUTH = '"TRUE";"TRUE";"FALSE"'
"""Of TRUE and FALSE: LibreOffice 7.4 dies of the usual format when it makes a PDF."""
LONGEST_NAME = 31
LONGEST_TEXT = 32_767
FORBIDDEN = re.compile(r"[\[\]:*?/\\\x00-\x1f\ufffe\uffff]")
UNSAYABLE = re.compile(r"[\x00-\x08\x0b-\x1f\ufffe\uffff]")
INK, QUIET, FAINT, GROUND, BAND = "#1F2933", "#52606D", "#C4CCD4", "#F3F5F7", "#1F4E79"
GOOD, GOOD_GROUND, BAD, BAD_GROUND = "#0B6B3A", "#E3F4E8", "#9C1C13", "#FBE3E0"


class Role(StrEnum):
    """Where a number comes from, by the colour of its digits."""

    INPUT = "#0000FF"
    """a price that formulas read: change it"""
    SIMULATED = "#00695C"
    """a mean of what happened in the replications"""
    FORMULA = "#000000"
    """worked out from other cells"""
    READING = "#6B7680"
    """for reading: no formula depends on it"""


def clean(text: object) -> str:
    """Text that a cell can hold: without what XML cannot say, and not too long."""
    sayable = UNSAYABLE.sub("\ufffd", str(text)).encode("utf-8", "replace").decode()
    return sayable if len(sayable) <= LONGEST_TEXT else f"{sayable[: LONGEST_TEXT - 1]}…"


def sheet_names(prefix: str, names: Sequence[str]) -> list[str]:
    """A sheet's name for each of some names: short enough, legal, and each other than the others whatever the
    case."""
    found: list[str] = []
    for name in names:
        legal = FORBIDDEN.sub("_", clean(f"{prefix}{name}")).strip("'").strip() or "_"
        taken = {each.lower() for each in found}
        candidate, count = legal[:LONGEST_NAME], 1
        while candidate.lower() in taken:
            count += 1
            candidate = f"{legal[: LONGEST_NAME - len(f' {count}')]} {count}"
        found.append(candidate)
    return found


class Book:
    """A workbook in the making."""

    def __init__(self, out: BinaryIO, title: str, currency: str, created: dt.date) -> None:
        self.currency = currency
        options = {
            "in_memory": True,
            "strings_to_formulas": False,
            "strings_to_urls": False,
            "strings_to_numbers": False,
            "default_format_properties": {"font_name": "Arial", "font_size": 10, "font_color": INK},
            "default_date_format": "mmm yyyy",
        }
        self.workbook = xlsxwriter.Workbook(out, options)
        midnight = dt.datetime.combine(created, dt.time())
        self.workbook.set_properties({"title": clean(title), "author": "channelsim", "created": midnight})
        self.workbook.set_size(2400, 1600)
        self._formats: dict[tuple[tuple[str, Any], ...], Format] = {}

    def sheet(self, name: str, tab: str = QUIET) -> Sheet:
        """A new sheet, behind those that are there. name: of `sheet_names`."""
        return Sheet(self, name, tab)

    def close(self) -> None:
        """Write the file."""
        self.workbook.close()

    def style(self, **properties: Any) -> Format:
        """The format of some of XlsxWriter's properties."""
        key = tuple(sorted(properties.items()))
        if key not in self._formats:
            self._formats[key] = self.workbook.add_format(properties)
        return self._formats[key]

    def number_format(self, unit: Unit, *, symbol: bool = False, cents: bool = False) -> str:
        """How numbers of a unit look: money without decimals unless asked for; negative ones in brackets, as
        finance writes them; nothing as a dash."""
        if unit is Unit.MONEY:
            sign = f'"{SYMBOLS.get(self.currency, f"{self.currency} ")}"' if symbol else ""
            digits = f"{sign}#,##0.00" if cents else f"{sign}#,##0"
        else:
            digits = {Unit.SHARE: "0.0%", Unit.RATIO: "0.00"}.get(unit, "#,##0.0")
        return f'{digits}_);({digits});"{UNDEFINED}"_)'


class Sheet:
    """A sheet in the making. Rows and columns count from 0. Styles are XlsxWriter's properties."""

    def __init__(self, book: Book, name: str, tab: str) -> None:
        self.book, self.name = book, name
        self.raw = book.workbook.add_worksheet(name)
        self.raw.hide_gridlines(2)
        self.raw.set_landscape()
        self.raw.set_paper(9)
        self.raw.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        self.raw.fit_to_pages(1, 0)
        self.raw.set_footer("&L&8&A&R&8Page &P of &N")
        self.raw.set_tab_color(tab)
        self._quoted = "'" + name.replace("'", "''") + "'"

    def ref(self, row: int, column: int) -> str:
        """The cell, as formulas of any sheet name it."""
        return f"{self._quoted}!{cell(row, column)}"

    def span(self, row: int, first: int, last: int) -> str:
        """A row's cells from one column to another, as formulas of any sheet name them."""
        return f"{self._quoted}!{cell(row, first)}:{cell(row, last)}"

    def title(self, title: str, *notes: str) -> int:
        """Title and notes at the top; the row after them and a free one."""
        self.text(0, 0, title, bold=True, font_size=15, font_color=BAND)
        self.raw.set_row(0, 24)
        for row, note in enumerate(notes, start=1):
            self.text(row, 0, note, font_color=QUIET)
        return len(notes) + 2

    def text(self, row: int, column: int, text: object, **style: Any) -> None:
        """Text, which is never taken for a formula."""
        self.raw.write_string(row, column, clean(text), self.book.style(**style))

    def heads(self, row: int, column: int, texts: Sequence[str], **style: Any) -> None:
        """Headings of columns beside each other."""
        style = {
            "bold": True,
            "font_color": "#FFFFFF",
            "bg_color": BAND,
            "align": "right",
            "text_wrap": True,
        } | style
        for at, text in enumerate(texts, start=column):
            self.text(row, at, text, valign="vcenter", **style)

    def month(self, row: int, column: int, date: dt.date, **style: Any) -> None:
        """A month, which is a date to Excel."""
        midnight = dt.datetime.combine(date, dt.time())
        self.raw.write_datetime(row, column, midnight, self.book.style(num_format="mmm yyyy", **style))

    def months(self, row: int, column: int, dates: Sequence[dt.date]) -> None:
        """Months as headings."""
        style = {"bold": True, "font_color": "#FFFFFF", "bg_color": BAND, "align": "right", "valign": "vcenter"}
        for at, date in enumerate(dates, start=column):
            self.month(row, at, date, **style)

    def band(self, row: int, columns: int, text: str) -> None:
        """A row that begins something new, such as a strategy, over the first columns."""
        for column in range(columns):
            self.text(row, column, "" if column else text, bold=True, bg_color=GROUND, top=1)

    def number(
        self, row: int, column: int, value: float, unit: Unit, role: Role = Role.SIMULATED, **style: Any
    ) -> None:
        """A number as it is; a dash where it is undefined."""
        if not math.isfinite(value):
            self.text(row, column, UNDEFINED, align="right", font_color=role, **_without_format(style))
            return
        self.raw.write_number(row, column, value, self._style(unit, role, style))

    def formula(
        self, row: int, column: int, formula: str, value: float | str | bool, unit: Unit, **style: Any
    ) -> None:
        """A formula (after its =) with the value that it has now; undefined: what stands there then is a dash."""
        if isinstance(value, float) and not math.isfinite(value):
            value = UNDEFINED
        if isinstance(value, bool):
            style = {"num_format": TRUTH} | style
        self.raw.write_formula(row, column, f"={formula}", self._style(unit, Role.FORMULA, style), value)

    def _style(self, unit: Unit, role: Role, style: dict[str, Any]) -> Format:
        options = dict(style)
        kept = {name: options.pop(name, False) for name in ("symbol", "cents")}
        return self.book.style(
            **{"num_format": self.book.number_format(unit, **kept), "font_color": str(role), "align": "right"}
            | options
        )


def _without_format(style: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in style.items() if name not in ("symbol", "cents", "align", "font_color")}


def cell(row: int, column: int) -> str:
    """A cell's name, such as $D$5."""
    return str(xl_rowcol_to_cell(row, column, row_abs=True, col_abs=True))
