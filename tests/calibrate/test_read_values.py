"""Texts of a CRM as dates, numbers, endings, channels and names."""

from __future__ import annotations

import datetime as dt
import re

import polars as pl
import pytest

from channelsim.calibrate.reading.dates import DateColumn, parse_dates
from channelsim.calibrate.reading.names import names_for
from channelsim.calibrate.reading.notes import Notes, plain
from channelsim.calibrate.reading.numbers import parse_numbers
from channelsim.calibrate.reading.words import channel_words, ending_of
from channelsim.errors import UserError
from channelsim.scenario.base import NAME_PATTERN


def dates(*texts: str | None, order: str | None = None, notes: Notes | None = None) -> list[dt.datetime | None]:
    column = DateColumn("deals.csv, Created", pl.Series("created", list(texts), dtype=pl.String))
    (read,), _ = parse_dates([column], order, notes or Notes())  # type: ignore[arg-type]
    return read.times.to_list()


def numbers(*texts: str | None, separator: str = ",", decimal: str | None = None) -> list[float | None]:
    series = pl.Series("amount", list(texts), dtype=pl.String)
    return parse_numbers(series, "deals.csv, Amount", decimal, separator, Notes()).to_list()


@pytest.mark.parametrize(
    "text",
    [
        "2026-02-03", "2026/02/03", "2026-2-3", "20260203", "3-Feb-2026", "3 Feb 26", "Feb 3, 2026",
        "February 3rd, 2026", "3. Februar 2026", "3 février 2026", "3 de febrero de 2026", "Tue, 3 Feb 2026",
        "46056", "1770076800", "1770076800000", "2026-02-03T00:00:00Z", "2026-02-03 00:00:00.000",
        "2026-02-03 02:00 +02:00", "Feb 3, 2026 12:00 AM",
    ],
)  # fmt: skip
def test_a_day_is_the_same_however_it_is_written(text: str) -> None:
    assert dates(text) == [dt.datetime(2026, 2, 3)]


@pytest.mark.parametrize(
    ("text", "time"),
    [
        ("2026-02-03T14:05:06", (14, 5, 6)),
        ("2026-02-03 2:05 PM", (14, 5, 0)),
        ("2026-02-03 12:05 am", (0, 5, 0)),
        ("3 Feb 2026, 14.05", (14, 5, 0)),
        ("46056.5", (12, 0, 0)),
        ("2026-02-03T16:05:00+02:00", (14, 5, 0)),
    ],
)
def test_times_of_day_are_read(text: str, time: tuple[int, int, int]) -> None:
    assert dates(text) == [dt.datetime(2026, 2, 3, *time)]


def test_one_day_above_twelve_decides_for_all_and_is_said() -> None:
    notes = Notes()
    assert dates("1/2/2026", "13/2/2026", notes=notes)[0] == dt.datetime(2026, 2, 1)
    assert dates("1/2/2026", "2/13/2026")[0] == dt.datetime(2026, 1, 2)
    assert notes.sentences == ["Dates are read day first: 1 of them can be nothing else, such as 13/2/2026."]


def test_another_column_decides_as_well() -> None:
    columns = [DateColumn(name, pl.Series([text])) for name, text in (("a", "1/2/26"), ("b", "12/31/26"))]
    (first, _), order = parse_dates(columns, None, Notes())
    assert order == "month_first"
    assert first.times.to_list() == [dt.datetime(2026, 1, 2)]


def test_dates_that_nothing_decides_are_an_error_that_names_the_remedy() -> None:
    with pytest.raises(UserError, match=r"nothing says whether 1/2/2026 .* dates: day_first"):
        dates("1/2/2026", "3/4/2026")
    assert dates("1/2/2026", order="day_first") == [dt.datetime(2026, 2, 1)]


def test_dates_written_both_ways_are_an_error_with_counts_and_examples() -> None:
    with pytest.raises(UserError, match=r"1 can only be day first, such as 31/1/2026.* 2 can only be month first"):
        dates("31/1/2026", "1/31/2026", "1/30/2026")


def test_with_dots_the_day_comes_first() -> None:
    assert dates("01.02.2026") == [dt.datetime(2026, 2, 1)]


def test_what_is_no_date_is_counted_and_not_said() -> None:
    notes = Notes()
    assert dates("2026-02-30", "soon", None, "2026-01-01", notes=notes) == [
        None,
        None,
        None,
        dt.datetime(2026, 1, 1),
    ]
    (count,) = notes.counts
    assert (count.rows, count.examples) == (2, ("2026-02-30", "soon"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("1,234.50", "12,000"), [1234.5, 12000.0]),
        (("1.234,50", "12.000"), [1234.5, 12000.0]),
        (("1 234,50", "12\u202f000,00"), [1234.5, 12000.0]),
        (("1'234.50",), [1234.5]),
        (("$12,000", "USD 5", "7 €", "US$ 8"), [12000.0, 5.0, 7.0, 8.0]),
        (("(500)", "-5", "5-", "−6"), [-500.0, -5.0, -5.0, -6.0]),
        (("12k", "1.5M", "2 Mio."), [12e3, 1.5e6, 2e6]),
        (("12,000", "5"), [12000.0, 5.0]),
        (("0.125", "0.5", "1.5E+3"), [0.125, 0.5, 1500.0]),
        (("=1+1", "n/a", None), [None, None, None]),
    ],
)
def test_numbers_are_read_as_their_column_writes_them(
    texts: tuple[str | None, ...], expected: list[float | None]
) -> None:
    assert numbers(*texts) == expected


def test_the_same_text_is_another_number_where_the_file_or_the_mapping_says_so() -> None:
    assert numbers("12.500", "700", separator=";") == [12500.0, 700.0]
    assert numbers("12.500", "4500", separator=";") == [12.5, 4500.0]  # 4500 has no sign for thousands
    assert numbers("12.500", separator="") == [12.5]  # a workbook's number
    assert numbers("12,500", decimal=",") == [12.5]


@pytest.mark.parametrize(
    ("value", "ending"),
    [
        ("Closed Won", "won"), ("closedwon", "won"), ("Closed - Lost", "lost"), ("Loss", "lost"),
        ("Gewonnen", "won"),
        ("Perdue", "lost"), ("Ganada", "won"), ("ClosedLost", "lost"), ("Open", "open"), ("Proposal", None),
        ("Wonderland", None), ("Not won", None), ("Closed won (Sales Pipeline)", "won"),
    ],
)  # fmt: skip
def test_words_say_how_a_deal_stands(value: str, ending: str | None) -> None:
    assert ending_of(value) == ending


@pytest.mark.parametrize(
    ("route", "channel"),
    [
        ("Fields Sales", "outside"), ("Telesales", "inside"), ("Telecoverage", "inside"),
        ("Inside Sales", "inside"),
        ("On-site", "outside"), ("Außendienst", "outside"), ("Reseller", None), ("Inside and field", "hybrid"),
    ],
)  # fmt: skip
def test_words_say_by_which_channel_a_route_sells(route: str, channel: str | None) -> None:
    assert channel_words(route) == channel


def test_names_are_fit_for_a_scenario_and_no_two_are_alike() -> None:
    labels = ["1", "Straße", "日本", "a b", "A-B", "x" * 200, "=1+1", "[red]", ""]
    names = names_for(labels, "size")
    assert len(set(names.values())) == len(labels)
    assert all(re.fullmatch(NAME_PATTERN, name) for name in names.values())
    assert names["1"] == "size_1"


def test_what_others_wrote_is_shown_on_one_line_without_what_a_terminal_acts_on() -> None:
    assert plain("a\nb\x1b[31m\u202e") == "a b�[31m�"
    assert len(plain("x" * 1000)) == 60
