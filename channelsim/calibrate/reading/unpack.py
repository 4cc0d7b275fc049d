"""A file's content, out of its archive, within limits that are checked while it is unpacked."""

from __future__ import annotations

import gzip
import os
import re
import stat
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import IO, BinaryIO, Literal

from channelsim.calibrate.reading.notes import listed, plain
from channelsim.errors import UserError

Kind = Literal["text", "workbook", "parquet"]

BLOCK = 1 << 20
MAX_BYTES = 1_000_000_000
"""Of a table, unpacked."""
MAX_RATIO = 200
"""Of unpacked to packed bytes, beyond LITTLE: exports come to 5 to 30."""
LITTLE = 20_000_000
MAX_COLUMNS = 2_000
MAX_PATH = 200
MAX_CELLS = 25_000_000
"""Of a workbook's sheet, empty ones in its rectangle among them: a reader sets aside room for all."""
SEPARATORS = (b",", b";", b"\t", b"|")

ZIP, GZIP, PARQUET, OLE = b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"\xd0\xcf\x11\xe0"
ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
OTHERS = (
    (b"%PDF", "a PDF"),
    (b"\x89PNG", "a picture"),
    (b"\xff\xd8\xff", "a picture"),
    (b"GIF8", "a picture"),
    (b"7z\xbc\xaf", "a 7-Zip archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"SQLite format 3", "a database"),
    (b"\x7fELF", "a program"),
    (b"MZ", "a program"),
    (b"PK\x05\x06", "an empty archive"),
)
EXPORT_AGAIN = "export it as CSV, Excel (.xlsx) or Parquet"


@dataclass(frozen=True)
class Content:
    """What stands in a file."""

    kind: Kind
    raw: bytes
    has_macros: bool = False


def content_of(path: Path) -> Content:
    """Read a file, out of .gz or .zip where it is in one.

    Raises UserError, in words, for anything that is not a table or is too large.
    """
    name = plain(path, MAX_PATH)
    try:
        mode = os.stat(path).st_mode
        if stat.S_ISDIR(mode):
            raise UserError(f"{name}: a folder; name the files in it")
        if not stat.S_ISREG(mode):
            raise UserError(f"{name}: not a file but a device or pipe; give the path of a file")
        with path.open("rb") as stream:
            return _unpacked(stream, name)
    except FileNotFoundError:
        raise UserError(f"{name}: no such file; give the path of an export") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise UserError(f"{name}: cannot be read ({reason}); give the path of a readable file") from None


def _unpacked(stream: BinaryIO, name: str) -> Content:
    start = stream.read(BLOCK)
    stream.seek(0)
    if start.startswith(ZIP):
        return _from_zip(stream, name)
    if start.startswith(GZIP):
        raw = _from_gzip(stream, name)
        if raw.startswith((ZIP, GZIP)):
            raise UserError(f"{name}: an archive in an archive; unpack it first")
        return _plain_content(raw, name)
    _check_first_line(start, name)
    return _plain_content(_all_of(stream, name, packed=None), name)


def _plain_content(raw: bytes, name: str) -> Content:
    if raw.startswith(OLE):
        if ENCRYPTED in raw:
            raise UserError(f"{name}: an Excel file that is locked with a password; save it without one")
        raise UserError(f"{name}: an old Excel file (.xls) or another Office file; save it as .xlsx or CSV")
    if raw.startswith(PARQUET):
        return Content("parquet", raw)
    for magic, what in OTHERS:
        if raw.startswith(magic):
            raise UserError(f"{name}: {what}, not a table; {EXPORT_AGAIN}")
    head = raw[:1000].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith((b"<html", b"<!doctype", b"<?xml", b"<table")):
        raise UserError(f"{name}: a web page or XML, whatever its name says; {EXPORT_AGAIN}")
    if head.startswith((b"{", b"[{")):
        raise UserError(f"{name}: JSON; {EXPORT_AGAIN}")
    return Content("text", raw)


def _from_gzip(stream: BinaryIO, name: str) -> bytes:
    packed = os.fstat(stream.fileno()).st_size
    try:
        with gzip.GzipFile(fileobj=stream) as unpacked:
            return _all_of(unpacked, name, packed, _check_first_line)
    except (gzip.BadGzipFile, EOFError, zlib.error):
        raise UserError(f"{name}: a damaged .gz file; copy or export it again") from None


def _from_zip(stream: BinaryIO, name: str) -> Content:
    try:
        with zipfile.ZipFile(stream) as archive:
            names = set(archive.namelist())
            if "xl/workbook.xml" in names:
                _check_workbook(archive, name)
                stream.seek(0)
                return Content("workbook", stream.read(), any(each.endswith("vbaProject.bin") for each in names))
            if "xl/workbook.bin" in names:
                raise UserError(f"{name}: a binary Excel file (.xlsb); save it as .xlsx or CSV")
            if "content.xml" in names or "mimetype" in names:
                raise UserError(f"{name}: an OpenDocument file; save it as .xlsx or CSV")
            member = _only_member(archive, name)
            with archive.open(member) as unpacked:
                raw = _all_of(unpacked, name, member.compress_size, _check_first_line)
    except (zipfile.BadZipFile, EOFError, zlib.error):
        raise UserError(f"{name}: a damaged .zip or .xlsx file; copy or export it again") from None
    except NotImplementedError as error:
        raise UserError(f"{name}: packed in a way that cannot be read ({error}); unpack it first") from None
    if raw.startswith((ZIP, GZIP)):
        raise UserError(f"{name}: an archive in an archive; unpack it first")
    return _plain_content(raw, name)


def _only_member(archive: zipfile.ZipFile, name: str) -> zipfile.ZipInfo:
    members = [
        each
        for each in archive.infolist()
        if not each.is_dir() and not each.filename.startswith("__MACOSX/") and "/." not in f"/{each.filename}"
    ]
    if len(members) != 1:
        what = f"{len(members):,} files ({listed(each.filename for each in members)})" if members else "no file"
        raise UserError(f"{name}: {what} in it; give an archive of one table, or unpack it and name the files")
    if members[0].flag_bits & 1:
        raise UserError(f"{name}: locked with a password; unpack it first")
    return members[0]


def _all_of(
    stream: IO[bytes] | gzip.GzipFile,
    name: str,
    packed: int | None,
    check_start: Callable[[bytes, str], None] | None = None,
) -> bytes:
    """All bytes, read in blocks. packed: size in the archive; None: not from one."""
    whole = BytesIO()
    while block := stream.read(BLOCK):
        if check_start and not whole.tell():
            check_start(block, name)
        whole.write(block)
        _check_size(whole.tell(), packed, name)
    return whole.getvalue()


def _check_size(size: int, packed: int | None, name: str) -> None:
    if size > MAX_BYTES:
        raise UserError(f"{name}: a table of more than {MAX_BYTES // 10**6:,} MB; export a shorter time")
    if packed is not None and size > LITTLE and size > MAX_RATIO * packed:
        raise UserError(
            f"{name}: unpacks to more than {MAX_RATIO} times its size, as no export does; "
            "if it is one, unpack it first"
        )


def _check_first_line(start: bytes, name: str) -> None:
    """Refuse a table of very many columns before the rest of it is read."""
    if start.startswith((PARQUET, OLE)):
        return
    line, end, _ = start.partition(b"\n") if b"\n" in start else start.partition(b"\r")
    columns = 1 + max(line.count(each) for each in SEPARATORS)
    if columns > MAX_COLUMNS:
        raise UserError(
            f"{name}: more than {MAX_COLUMNS:,} columns; export the few that matter: creation, close, stage, "
            "amount, owner, source"
        )
    if not end and len(start) == BLOCK and b"\0" not in start:
        raise UserError(f"{name}: its first line is longer than {BLOCK // 10**6} MB; a table has a heading line")


CELL = re.compile(rb"<(?:\w+:)?c[\s>/]")
ADDRESS = re.compile(rb"<(?:\w+:)?c\s[^<>]*?\br=[\"']([A-Z]{1,3})([0-9]{1,7})[\"']")
ROW_NUMBER = re.compile(rb"<(?:\w+:)?row\s[^<>]*?\br=[\"']([0-9]{1,7})[\"']")


def _check_workbook(archive: zipfile.ZipFile, name: str) -> None:
    """Unpack all parts of a workbook within the limits, and see how large a rectangle each sheet claims: a cell
    far out costs a reader as much memory as a full sheet."""
    total = packed = 0
    for member in archive.infolist():
        if member.flag_bits & 1:
            raise UserError(f"{name}: locked with a password; save it without one")
        packed += member.compress_size
        extent = _Extent() if member.filename.startswith("xl/worksheets/") else None
        with archive.open(member) as part:
            while block := part.read(BLOCK):
                total += len(block)
                _check_size(total, packed, name)
                if extent:
                    extent.take(block)
        if extent:
            extent.check(name)


class _Extent:
    """The rectangle that a sheet's cells span, from its XML as it is unpacked."""

    def __init__(self) -> None:
        self.rest = b""
        self.columns: set[bytes] = set()
        self.rows = self.cells = self.addressed = 0

    def take(self, block: bytes) -> None:
        text = self.rest + block
        cut = text.rfind(b"<")
        text, self.rest = (text[:cut], text[cut:]) if cut >= 0 else (b"", text[-BLOCK:])
        self._note(text)

    def _note(self, text: bytes) -> None:
        found = ADDRESS.findall(text)
        self.addressed += len(found)
        self.cells += len(CELL.findall(text))
        self.columns.update(column for column, _ in found)
        rows = [int(row) for _, row in found[-1:]] + [int(row) for row in ROW_NUMBER.findall(text)]
        self.rows = max([self.rows, *rows])

    def check(self, name: str) -> None:
        self._note(self.rest)
        if self.addressed < self.cells:
            raise UserError(f"{name}: cells without addresses; open it in a spreadsheet program and save it again")
        columns = max((_column_number(each) for each in self.columns), default=0)
        if columns > MAX_COLUMNS:
            raise UserError(f"{name}: more than {MAX_COLUMNS:,} columns; keep the few that matter")
        if columns * self.rows > MAX_CELLS:
            raise UserError(
                f"{name}: a sheet of {self.rows:,} rows and {columns:,} columns, which is too large; delete what "
                "stands far from the table, or export as CSV"
            )


def _column_number(letters: bytes) -> int:
    number = 0
    for each in letters:
        number = number * 26 + each - ord("A") + 1
    return number
