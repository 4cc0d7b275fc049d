"""Files in all the forms that an export comes in, and those that are none."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import os
import random
import zipfile
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from exports_on_disk import counted, read, report, won_and_lost, zipped

from channelsim.calibrate.reading.notes import Notes
from channelsim.calibrate.reading.read import read_export
from channelsim.calibrate.reading.tables import read_table
from channelsim.calibrate.reading.unpack import MAX_COLUMNS
from channelsim.errors import UserError

TEXT = won_and_lost()
PLAIN = TEXT.encode()


def workbook(rows: list[list[object]], **cells: object) -> bytes:
    book = openpyxl.Workbook()
    sheet = book.active
    assert sheet is not None
    for row in rows:
        sheet.append(row)
    for cell, value in cells.items():
        sheet[cell] = value
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of_a_workbook() -> list[list[object]]:
    heading, *rows = (line.split(",") for line in TEXT.splitlines())
    typed = [
        [int(row[0]), dt.datetime.fromisoformat(row[1]), dt.date.fromisoformat(row[2]), row[3], float(row[4])]
        for row in rows
    ]
    return [list(heading), *typed]


def parquet(frame: pl.DataFrame) -> bytes:
    out = io.BytesIO()
    frame.write_parquet(out)
    return out.getvalue()


FORMS = {
    "a.csv": PLAIN,
    "mark.csv": b"\xef\xbb\xbf" + PLAIN,
    "utf16.csv": TEXT.encode("utf-16"),
    "utf16_without_mark.csv": TEXT.encode("utf-16-le"),
    "semicolons.csv": PLAIN.replace(b",", b";"),
    "declared.csv": b"sep=;\n" + PLAIN.replace(b",", b";"),
    "tabs.tsv": PLAIN.replace(b",", b"\t"),
    "bars.txt": PLAIN.replace(b",", b"|"),
    "windows.csv": PLAIN.replace(b"\n", b"\r\n"),
    "old_mac.csv": PLAIN.replace(b"\n", b"\r"),
    "titles.csv": b"My report\n\nas of today\n" + PLAIN,
    "packed.csv.gz": gzip.compress(PLAIN),
    "packed.zip": zipped({"a.csv": PLAIN, "__MACOSX/._a.csv": b"x"}),
    "book.xlsx": workbook(rows_of_a_workbook()),
    "titles.xlsx": workbook([["My report"], [], *rows_of_a_workbook()]),
    "a.parquet": parquet(pl.read_csv(PLAIN, try_parse_dates=True)),
}


@pytest.mark.parametrize("name", FORMS)
def test_the_same_deals_are_read_whatever_the_file(name: str, tmp_path: Path) -> None:
    expected = read(tmp_path, TEXT)
    export = read(tmp_path, {name: FORMS[name]})
    assert export.deals.equals(expected.deals)
    assert export.stages.equals(expected.stages)


def test_another_encoding_is_read_and_said(tmp_path: Path) -> None:
    text = report("Müller,2026-01-01,2026-02-01,Closed Won,5", "Groß,2026-01-01,2026-02-01,Closed Lost,5")
    export = read(tmp_path, {"a.csv": text.encode("cp1252")})
    assert set(export.deals["key"]) == {"Müller", "Groß"}
    assert any("Windows-1252" in sentence for sentence in export.sentences)
    assert set(read(tmp_path, {"a.csv": text.encode("cp850")}, "encoding: cp850").deals["key"]) == {
        "Müller",
        "Groß",
    }


def test_a_cell_may_hold_lines_separators_and_quotes(tmp_path: Path) -> None:
    export = read(
        tmp_path,
        report(
            '"a\nb",2026-01-01,2026-02-01,Closed Won,"1,000"',
            '"c, ""d""",2026-01-01,2026-02-01,Closed Lost,"2,000"',
        ),
    )
    assert set(export.deals["key"]) == {"a\nb", 'c, "d"'}
    assert set(export.deals["value"]) == {1000.0, 2000.0}


def test_lines_below_the_table_are_no_deals(tmp_path: Path) -> None:
    export = read(tmp_path, TEXT + "\nGrand Totals (30 records)\nConfidential Information - Do Not Distribute\n")
    assert len(export.deals) == 30
    assert counted(export, "lines below").rows == 3


def test_a_row_with_too_many_cells_is_counted_and_many_are_an_error(tmp_path: Path) -> None:
    export = read(tmp_path, TEXT + "99,2026-01-01,2026-02-01,Closed Won,12,000\n")
    assert len(export.deals) == 30
    assert counted(export, "more cells").examples == ("99",)
    with pytest.raises(UserError, match="have more cells than the heading, row 1 the first"):
        read(tmp_path, report("1,2026-01-01,2026-02-01,Closed Won,12,000"))


def test_formulas_are_texts(tmp_path: Path) -> None:
    text = report("=1+1,2026-01-01,2026-02-01,Closed Won,5", "@A1,2026-01-01,2026-02-01,Closed Lost,=2+3")
    export = read(tmp_path, text)
    assert set(export.deals["key"]) == {"=1+1", "@A1"}
    assert counted(export, "not a number").examples == ("=2+3",)


def test_a_workbooks_formula_is_its_stored_value_or_nothing(tmp_path: Path) -> None:
    export = read(tmp_path, {"a.xlsx": workbook(rows_of_a_workbook(), E2='=HYPERLINK("http://x","y")')})
    assert counted(export, "no amount").rows == 1


def test_macros_are_said_and_not_run(tmp_path: Path) -> None:
    with zipfile.ZipFile(io.BytesIO(FORMS["book.xlsx"])) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    export = read(tmp_path, {"a.xlsm": zipped({**parts, "xl/vbaProject.bin": b"macro"})})
    assert len(export.deals) == 30
    assert any("nothing is run" in sentence for sentence in export.sentences)


def test_nested_columns_of_parquet_are_left_out_and_said(tmp_path: Path) -> None:
    nested = pl.read_csv(PLAIN).with_columns(list=pl.lit([1, 2]), struct=pl.struct(pl.lit(1)))
    export = read(tmp_path, {"a.parquet": parquet(nested)})
    assert len(export.deals) == 30
    assert any("list, struct" in sentence for sentence in export.sentences)


BOMB = PLAIN + b"0" * 60_000_000
NO_TABLES = {
    "empty.csv": (b"", "empty"),
    "blank.csv": (b"\n \n", "empty"),
    "heading.csv": (PLAIN.split(b"\n")[0], "a heading and no rows"),
    "junk.csv": (random.Random(1).randbytes(10_000), "not a text"),
    "two.zip": (zipped({"a.csv": PLAIN, "b.csv": PLAIN}), "2 files"),
    "none.zip": (zipped({}), "an empty archive"),
    "nested.zip": (zipped({"a.zip": zipped({"a.csv": PLAIN})}), "an archive in an archive"),
    "cut.zip": (zipped({"a.csv": PLAIN})[:-30], "damaged"),
    "cut.csv.gz": (gzip.compress(PLAIN)[:-30], "damaged"),
    "bomb.zip": (zipped({"a.csv": BOMB}), "unpacks to more than 200 times"),
    "bomb.csv.gz": (gzip.compress(BOMB), "unpacks to more than 200 times"),
    "far.xlsx": (workbook(rows_of_a_workbook(), XFD1048576=1), "more than 2,000 columns"),
    "deep.xlsx": (workbook(rows_of_a_workbook(), CV1048576=1), "which is too large"),
    "locked.xlsx": (b"\xd0\xcf\x11\xe0" + "EncryptedPackage".encode("utf-16-le"), "locked with a password"),
    "old.xls": (b"\xd0\xcf\x11\xe0" + bytes(500), "an old Excel file"),
    "page.xls": (b"<html><table></table></html>", "a web page"),
    "a.pdf": (b"%PDF-1.4", "a PDF"),
    "a.json": (b'[{"stage": "Closed Won"}]', "JSON"),
    "bad.parquet": (b"PAR1 nothing PAR1", "not readable as Parquet"),
    "lists.parquet": (parquet(pl.DataFrame({"a": [[1]]})), "no column of texts"),
    "line.csv": (b"x" * 3_000_000, "first line is longer"),
    "quote.csv": (report('1,2026-01-01,2026-02-01,"Closed Won,5').encode(), "a quote that does not pair"),
    "other.csv": (b"x,y\n1,2\n", "no column says when deals were created"),
}


@pytest.mark.parametrize("name", NO_TABLES)
def test_what_is_no_export_is_said_in_words(name: str, tmp_path: Path) -> None:
    content, words = NO_TABLES[name]
    with pytest.raises(UserError, match=words) as raised:
        read(tmp_path, {name: content})
    assert "\n" not in str(raised.value)
    assert name in str(raised.value)


def test_a_bomb_whose_headers_lie_is_found_while_it_is_unpacked(tmp_path: Path) -> None:
    packed = bytearray(zipped({"a.csv": BOMB}))
    directory = packed.rindex(b"PK\x01\x02")
    packed[directory + 24 : directory + 28] = (100).to_bytes(4, "little")  # says that 100 bytes come out
    with pytest.raises(UserError, match=r"damaged|unpacks to more than 200 times"):
        read(tmp_path, {"a.zip": bytes(packed)})


def test_a_million_columns_are_refused_after_the_first_block(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b",".join(b"c%d" % column for column in range(10**6)))
    monkeypatch.setattr("channelsim.calibrate.reading.unpack._all_of", None)  # would be called to read on
    with pytest.raises(UserError, match=f"more than {MAX_COLUMNS:,} columns"):
        read_table(path, Notes(), bool)


def test_what_is_no_file_is_said_in_words(tmp_path: Path) -> None:
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").symlink_to(tmp_path)
    os.mkfifo(tmp_path / "pipe")
    for name, words in (
        ("nothing", "no such file"),
        ("loop", "cannot be read"),
        ("folder", "a folder"),
        ("pipe", "not a file but a device or pipe"),
        ("zero\0", "cannot be read"),
    ):
        with pytest.raises(UserError, match=words):
            read_export([tmp_path / name])


def test_a_file_without_permission_is_said_in_words(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.csv"
    path.write_text(TEXT)

    def refuse(*_: object, **__: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "open", refuse)
    with pytest.raises(UserError, match="Permission denied"):
        read_export([path])


def test_names_of_files_and_columns_cannot_act_on_a_terminal(tmp_path: Path) -> None:
    name = "new\nline\x1b[31m.csv"
    text = TEXT.replace("Amount", '"Amo\x1b]0;x\x07unt\nUSD"')
    export = read(tmp_path, {name: text})
    shown = [
        *export.files,
        *export.sentences,
        *(str(part) for column in export.columns for part in vars(column).values()),
    ]
    assert not any(letter in each for each in shown for letter in "\n\x1b\x07")
