"""A file as a table of texts: CSV (also in .gz or .zip), Excel or Parquet, whatever its encoding and separator."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from channelsim.calibrate.reading.notes import Notes, plain
from channelsim.calibrate.reading.unpack import EXPORT_AGAIN, MAX_COLUMNS, Content, content_of
from channelsim.errors import UserError

MAX_ROWS = 20_000_000
SAMPLE_CHARACTERS = 1 << 18
MAX_LINES_ABOVE = 30
"""Of titles and the like above a table's heading."""
MAX_LINES_BELOW = 30
SEPARATORS = (",", ";", "\t", "|")
SEPARATOR_NAMES = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "bars"}
SLICE = 1 << 22
MAX_SHARE_OF_CONTROLS = 0.01
MAX_SHARE_OF_RAGGED = 0.05
NESTED = (pl.List, pl.Struct, pl.Array, pl.Object, pl.Binary)


@dataclass(frozen=True)
class Table:
    """A table as it stands: all cells are texts, null where empty, without spaces around them."""

    file: str  # fit to be shown
    headings: tuple[str, ...]
    frame: pl.DataFrame  # columns c0, c1, ..., one for each heading
    separator: str  # "" of a workbook or Parquet, whose numbers have a decimal point

    def column_of(self, heading: str) -> str | None:
        """The column under a heading, compared without regard to capitals and spaces around."""
        wanted = plain(heading).casefold()
        for column, each in zip(self.frame.columns, self.headings, strict=True):
            if plain(each).casefold() == wanted:
                return column
        return None


def read_table(
    path: Path,
    notes: Notes,
    is_heading: Callable[[str], bool],
    encoding: str | None = None,
    sheet: str | None = None,
) -> Table:
    """Read a file.

    is_heading: whether a text is a known heading, by which the heading line is found below titles.
    encoding, sheet: of the mapping file, where they are not to be found out.

    Raises UserError, in words, for a file that is no table.
    """
    content = content_of(path)
    name = plain(path.name)
    if content.kind == "workbook":
        table = _from_workbook(content, name, notes, is_heading, sheet)
    elif content.kind == "parquet":
        table = _from_parquet(content, name, notes)
    else:
        table = _from_text(content.raw, name, notes, is_heading, encoding)
    if not len(table.frame):
        raise UserError(f"{name}: a heading and no rows below it; export the deals with it")
    return table


def _from_text(
    raw: bytes, name: str, notes: Notes, is_heading: Callable[[str], bool], encoding: str | None
) -> Table:
    raw = _as_utf8(raw, name, notes, encoding)
    if not raw.strip():
        raise UserError(f"{name}: empty; export the deals again")
    if b"\n" not in raw:
        raw = raw.replace(b"\r", b"\n")
    sample = raw[:SAMPLE_CHARACTERS].decode("utf-8", "ignore")
    lines = list(io.StringIO(sample, newline=""))
    skipped = 0
    separator = _declared_separator(lines[0])
    if separator:
        skipped, lines = 1, lines[1:]
    separator = separator or _separator(lines)
    above, heading_lines, headings = _heading(lines, separator, is_heading, name)
    notes.count(f"{name}: lines above the heading", above + skipped, "not read")
    start = sum(
        len(line.encode()) for line in list(io.StringIO(sample, newline=""))[: skipped + above + heading_lines]
    )
    frame = _rows(raw[start:], separator, len(headings), name)
    frame = _without_strays(frame, name, notes)
    if separator != ",":
        notes.say(f"{name}: its cells are separated by {SEPARATOR_NAMES.get(separator, separator)}.")
    return Table(name, tuple(headings), _trimmed(frame), separator)


def _as_utf8(raw: bytes, name: str, notes: Notes, encoding: str | None) -> bytes:
    """A text's bytes as UTF-8 without a mark."""
    found = encoding or _encoding(raw, name)
    if found == "utf-8":
        return raw.removeprefix(codecs.BOM_UTF8)
    try:
        decoder = codecs.getincrementaldecoder(found)()
    except LookupError:
        raise UserError(f"{name}: no encoding named '{plain(found)}'; write one such as utf-8 or cp1252") from None
    out = io.BytesIO()
    try:
        for start in range(0, len(raw), SLICE):
            out.write(decoder.decode(raw[start : start + SLICE]).encode("utf-8"))
        out.write(decoder.decode(b"", final=True).encode("utf-8"))
    except UnicodeError:
        raise UserError(f"{name}: not a text in {found}, as which it is read; export it as UTF-8") from None
    if encoding is None and not raw.isascii():
        words = {"cp1252": "Windows-1252 (Western European)", "latin-1": "Latin-1"}.get(found, found.upper())
        notes.say(
            f"{name}: not in UTF-8; read as {words}. If letters look wrong, write encoding: in the mapping file."
        )
    return out.getvalue().removeprefix(codecs.BOM_UTF8)


def _encoding(raw: bytes, name: str) -> str:
    """UTF-8 if it is that throughout, UTF-16 by its mark or its zeros, else one of Western Europe's."""
    if raw.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return "utf-16"
    start = raw[:10_000]
    for offset, found in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            len(start) > 3
            and start[offset::2].count(0) > 0.4 * len(start) / 2
            and start.count(0) < 0.6 * len(start)
        ):
            return found
    controls = sum(start.count(bytes([each])) for each in range(32) if each not in b"\t\n\r\x0b\x0c\x1a\x1b")
    if b"\0" in raw or controls > MAX_SHARE_OF_CONTROLS * len(start):
        raise UserError(f"{name}: not a text but data of some program; {EXPORT_AGAIN}")
    decoder = codecs.getincrementaldecoder("utf-8")()
    try:
        for at in range(0, len(raw), SLICE):
            decoder.decode(raw[at : at + SLICE])
        decoder.decode(b"", final=True)
        return "utf-8"
    except UnicodeDecodeError:
        undefined = any(each in raw for each in (b"\x81", b"\x8d", b"\x8f", b"\x90", b"\x9d"))
        return "latin-1" if undefined else "cp1252"


def _declared_separator(line: str) -> str:
    """Of Excel's first line `sep=;`."""
    text = line.strip("\r\n")
    return text[4] if len(text) == 5 and text.lower().startswith("sep=") else ""


def _parsed(lines: list[str], separator: str, limit: int) -> list[tuple[list[str], int]]:
    """The first rows of a sample, and the number of lines up to the end of each."""
    reader = csv.reader(lines, delimiter=separator)
    rows = []
    try:
        for row in reader:
            rows.append((row, reader.line_num))
            if len(rows) == limit:
                break
    except csv.Error:
        return rows
    return rows


def _separator(lines: list[str]) -> str:
    """The one by which most rows fall into the same number of cells, of those the one with most cells."""
    best, best_score = ",", 0.0
    for separator in SEPARATORS:
        widths = [len(row) for row, _ in _parsed(lines, separator, 100) if row]
        usual = max((width for width in widths if width > 1), key=widths.count, default=0)
        score = widths.count(usual) / max(len(widths), 1) * (1 + 0.01 * usual) if usual else 0.0
        if score > best_score:
            best, best_score = separator, score
    return best


def _heading(
    lines: list[str], separator: str, is_heading: Callable[[str], bool], name: str
) -> tuple[int, int, list[str]]:
    """Lines above the heading, lines of the heading, and its texts."""
    rows = _parsed(lines, separator, MAX_LINES_ABOVE)
    if not rows:
        raise UserError(f"{name}: its first lines are not a table; {EXPORT_AGAIN}")
    chosen = heading_row([row for row, _ in rows], is_heading)
    row, end = rows[chosen]
    if len(row) > MAX_COLUMNS:
        raise UserError(f"{name}: {len(row):,} columns, more than {MAX_COLUMNS:,}; export the few that matter")
    above = rows[chosen - 1][1] if chosen else 0
    return above, end - above, [plain(cell) for cell in row]


def heading_row(rows: list[list[str]], is_heading: Callable[[str], bool]) -> int:
    """Which of the first rows is the heading: the one with most known headings, or else the first with two texts
    or more."""
    known = [sum(is_heading(cell) for cell in row if cell) for row in rows]
    if max(known) > 0:
        return known.index(max(known))
    filled = [sum(bool(cell and cell.strip()) for cell in row) for row in rows]
    return next((at for at, cells in enumerate(filled) if cells > 1), 0)


def _rows(body: bytes, separator: str, width: int, name: str) -> pl.DataFrame:
    """The rows below a heading. One column more than it has takes what is too much in a row."""
    head = separator.join(f"c{column}" for column in range(width + 1)).encode() + b"\n"
    try:
        return pl.read_csv(
            io.BytesIO(head + body),
            separator=separator,
            infer_schema=False,
            truncate_ragged_lines=True,
        )
    except pl.exceptions.PolarsError as error:
        _, mark, after = str(error).partition("could not parse `")
        where = f" near '{plain(after, 40)}'" if mark else ""
        raise UserError(
            f'{name}: a quote that does not pair{where}; a text with quotes in it doubles them, as in "a 12"" pipe"'
        ) from None


def _without_strays(frame: pl.DataFrame, name: str, notes: Notes) -> pl.DataFrame:
    """Without rows that are not rows: empty ones, lines below the table, rows with more cells than the heading."""
    *columns, extra = frame.columns
    over = frame[extra].is_not_null() & (frame[extra].str.strip_chars() != "")
    ragged = int(over.sum())
    if ragged > MAX_SHARE_OF_RAGGED * len(frame):
        row = 1 + (over.arg_max() or 0)
        raise UserError(
            f"{name}: {ragged:,} rows of {len(frame):,} have more cells than the heading, row {row:,} the first; "
            "put texts in which the separator occurs in quotes"
        )
    notes.count(
        f"{name}: more cells than the heading",
        ragged,
        "dropped: nobody can say which cell is which",
        frame.filter(over)[columns[0]].head(3),
    )
    frame = frame.filter(~over).select(columns)
    filled = pl.sum_horizontal(pl.all().is_not_null() & (pl.all() != ""))
    cells = frame.select(filled.alias("cells"))["cells"]
    below = 0
    if len(columns) > 2:
        last = cells.tail(MAX_LINES_BELOW).to_list()
        below = next((at for at, count in enumerate(reversed(last)) if count > 2), 0)
        below = below if any(count == 1 for count in last[len(last) - below :]) else 0
    frame, cells = frame.head(len(frame) - below), cells.head(len(frame) - below)
    notes.count(f"{name}: lines below the table", below, "not read")
    empty = int((cells == 0).sum())
    notes.count(f"{name}: empty rows", empty, "not read")
    return frame.filter(cells > 0) if empty else frame


def _trimmed(frame: pl.DataFrame) -> pl.DataFrame:
    trimmed = frame.with_columns(pl.all().str.strip_chars())
    return trimmed.with_columns(pl.when(pl.all() != "").then(pl.all()))


def _from_workbook(
    content: Content, name: str, notes: Notes, is_heading: Callable[[str], bool], sheet: str | None
) -> Table:
    import fastexcel  # needed here alone

    try:
        book = fastexcel.read_excel(content.raw)
        names = book.sheet_names
        if sheet is not None and sheet not in names:
            raise UserError(f"{name}: no sheet named '{plain(sheet)}'; it has {', '.join(map(plain, names))}")
        frame = pl.DataFrame()
        for chosen in [sheet] if sheet is not None else names:
            frame = book.load_sheet(chosen, header_row=None, dtypes="string").to_polars()
            if len(frame):
                break
    except fastexcel.FastExcelError as error:
        raise UserError(
            f"{name}: not readable as a workbook ({plain(str(error).splitlines()[0], 120)}); save it again"
        ) from None
    if not len(frame):
        raise UserError(f"{name}: no cells in it; export the deals again")
    if content.has_macros:
        notes.say(f"{name}: holds macros; the cells' stored values alone are read, and nothing is run.")
    if len(names) > 1:
        notes.say(
            f"{name}: of its {len(names)} sheets '{plain(chosen)}' is read; another by sheet: in the mapping file."
        )
    top = [[cell or "" for cell in row] for row in frame.head(MAX_LINES_ABOVE).iter_rows()]
    heading = heading_row(top, is_heading)
    headings = [plain(cell) for cell in top[heading]]
    frame = frame.slice(heading + 1)
    frame.columns = [f"c{column}" for column in range(len(headings))]
    extra = pl.lit(None, pl.String).alias("extra")
    frame = _without_strays(frame.with_columns(extra), name, notes) if len(frame) else frame
    kept = [at for at, text in enumerate(headings) if text or frame[f"c{at}"].null_count() < len(frame)]
    frame = _trimmed(frame.select(f"c{at}" for at in kept))
    return Table(name, tuple(headings[at] for at in kept), frame, "")


def _from_parquet(content: Content, name: str, notes: Notes) -> Table:
    try:
        schema = pl.read_parquet_schema(io.BytesIO(content.raw))
        if len(schema) > MAX_COLUMNS:
            raise UserError(
                f"{name}: {len(schema):,} columns, more than {MAX_COLUMNS:,}; export the few that matter"
            )
        rows = pl.scan_parquet(io.BytesIO(content.raw)).select(pl.len()).collect().item()
        if rows > MAX_ROWS:
            raise UserError(f"{name}: {rows:,} rows, more than {MAX_ROWS:,}; export a shorter time")
        nested = [column for column, kind in schema.items() if isinstance(kind, NESTED)]
        kept = [column for column in schema if column not in nested]
        if nested:
            notes.say(f"{name}: columns with tables, lists or bytes in their cells are not read: "
                      f"{', '.join(plain(each) for each in nested[:8])}.")  # fmt: skip
        if not kept:
            raise UserError(f"{name}: no column of texts, numbers or dates in it; {EXPORT_AGAIN}")
        frame = pl.read_parquet(io.BytesIO(content.raw), columns=kept)
        frame = frame.select(pl.col(column).cast(pl.String) for column in kept)
    except pl.exceptions.PolarsError as error:
        raise UserError(f"{name}: not readable as Parquet ({plain(str(error).splitlines()[0], 120)})") from None
    frame.columns = [f"c{column}" for column in range(len(kept))]
    return Table(name, tuple(plain(column) for column in kept), _trimmed(frame), "")
