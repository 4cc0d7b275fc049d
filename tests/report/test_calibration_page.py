"""The report of a calibration: true to the fit, one file that loads nothing, written whole or not at all."""

from __future__ import annotations

import base64
import csv
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from io import StringIO
from pathlib import Path

import pytest
from rich.console import Console
from shown_fits import FORMULA, HOSTILE, TWO_WAYS_TEXT, shown_backtest, shown_fit, written_for

from channelsim.calibrate.checking.later import Figure
from channelsim.calibrate.checking.measure_next import what_to_measure
from channelsim.calibrate.estimates import Fit
from channelsim.errors import RunError
from channelsim.report import calibration
from channelsim.report.assumed_lines import assumed_in
from channelsim.report.backtest_table import print_backtest
from channelsim.report.calibration import write_calibration_report
from channelsim.report.calibration_estimates import estimate_lines
from channelsim.report.calibration_result import Calibration, backtest_sentences
from channelsim.report.charts.calibrated_rates import rates_of
from channelsim.report.charts.calibration import Kind, all_charts
from channelsim.report.charts.panels import Panel
from channelsim.report.format import number
from channelsim.report.page.blocks import Details, Pictures
from channelsim.report.page.calibration.fits import pictures, slim
from channelsim.report.page.calibration.page import calibration_page
from pages import Element, check_headings, check_ids, check_loads_nothing, check_tables, parsed, rows, sections

CHAPTERS = [
    "summary", "read", "quality", "fits", "backtest", "next", "assumed", "settled", "estimates", "method",
]  # fmt: skip
CHARTS = ["arrivals", "backtest", "durations", "settled", "values", "win_rates"]


@pytest.fixture(scope="module")
def fit() -> Fit:
    return shown_fit()


def reported(folder: Path, fit: Fit) -> Path:
    found = what_to_measure(fit, TWO_WAYS_TEXT, "made", size=2, replications=4)
    return write_calibration_report(
        folder, fit, written_for(fit), shown_backtest(fit), found, command="channelsim x"
    )


@pytest.fixture(scope="module")
def folder(fit: Fit, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return reported(tmp_path_factory.mktemp("made") / "report", fit)


@pytest.fixture(scope="module")
def page(folder: Path) -> Element:
    return parsed((folder / "report.html").read_text())


def table_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="") as file:
        return list(csv.DictReader(file))


def test_it_is_of_one_piece_as_a_runs_page_is(page: Element) -> None:
    check_ids(page)
    check_headings(page)
    check_tables(page)
    assert sections(page) == CHAPTERS


def test_it_loads_nothing_and_neither_do_its_pictures(folder: Path) -> None:
    text = (folder / "report.html").read_text()
    check_loads_nothing(parsed(text))
    pictures = re.findall(r'src="data:image/svg\+xml;base64,([^"]+)"', text)
    assert len(pictures) > 15
    for picture in pictures:
        for each in ET.fromstring(base64.b64decode(picture)).iter():
            links = [value for name, value in each.attrib.items() if name.endswith("href")]
            assert each.tag.rpartition("}")[2] not in ("script", "image", "foreignObject")
            assert all(link.startswith("#") for link in links)


def test_every_estimate_is_in_the_table_with_its_interval_and_in_the_file(
    page: Element, folder: Path, fit: Fit
) -> None:
    shown = {row[0]: row[1:] for table in page.by_id("estimates").all("table") for row in rows(table)[1:]}
    lines = estimate_lines(fit)
    assert len({line.path for line in lines}) == len({line.words for line in lines}) == len(lines)
    for line in lines:
        cells = shown[line.words]
        assert cells[0] == number(line.estimate.value, line.unit, "USD")
        assert cells[2] == f"{line.estimate.n:,}"
        assert cells[3] == line.note
    filed = table_of(folder / "estimates.csv")
    assert [(row["name"], float(row["value"]), int(row["n"])) for row in filed] == [
        (line.path, line.estimate.value, line.estimate.n) for line in lines
    ]
    assert float(filed[0]["low"]) == lines[0].estimate.low


def test_nothing_that_was_estimated_is_left_out(fit: Fit) -> None:
    paths = {line.path for line in estimate_lines(fit)}
    assert {
        "routes.phone.win_rate.small", "routes.field.steps.close.advance.large",
        "routes.phone.steps.demo.days_if_yes.mean", "routes.field.steps.close.days_if_yes.small.mean",
        "routes.field.steps.close.days_if_no.cv", "values.large.mean", "value_factor.field",
        "sources.web.per_month", "sources.web.annual_growth", "sources.web.seasonality.Dec",
        "sources.web.mix.large", "source_shares.web", "segment_shares.small", "routing.large.field",
        "people.phone.wins_per_month", "people.field.ramp_months", "people.field.skill_cv",
    } <= paths  # fmt: skip


def test_every_fit_has_its_picture_with_what_it_rests_on(page: Element) -> None:
    titles = [each.text for each in page.by_id("fits").all("h4")]
    # two routes of two steps, yes and no each; the field's close differs by segment when the answer is yes
    assert len([each for each in titles if "days until" in each]) == 9
    assert "field, close: days until yes, large" in titles
    (shown,) = (
        each for each in page.with_class("picture") if next(each.all("h4")).text == "phone, demo: days until yes"
    )
    note = next(shown.all("p")).text
    assert note == "300 ended, 40 still open. lognormal; AIC of gamma +4.5, weibull +7.5, exponential +10.5."
    (image,) = shown.all("img")
    assert "lognormal, mean 12 d" in image.attributes["alt"]


def test_win_rates_as_counted_stand_beside_what_is_believed(fit: Fit) -> None:
    (small, _) = rates_of(fit, fit.routes[0])
    # won of the last step; lost at either: 600 come to each step of a hand-made fit
    won, lost = round(600 * 0.6), 600 - round(600 * 0.55) + 600 - round(600 * 0.6)
    assert small.ended == won + lost
    assert small.raw == pytest.approx(won / (won + lost))
    unseen = replace(fit, export=replace(fit.export, losses_are_seen=False))
    assert rates_of(unseen, fit.routes[0])[0].ended == 600


def test_what_was_read_and_what_was_found_are_told(page: Element) -> None:
    (columns, routes) = page.by_id("read").all("table")
    assert rows(columns)[1:] == [
        ["Created Datea.csv", "created", "by its name", "2024-01-02"],
        [f"{HOSTILE}a.csv", "amount", "by the mapping file", FORMULA],
        ["Notesb.csv", "not used", "", "hello"],
    ]
    assert rows(routes)[1] == ["Inside Sales", "phone", "inside", "demo, close"]
    (found,) = page.by_id("quality").all("table")
    assert rows(found)[1] == ["exact duplicates", "12", "dropped", "D1, D2"]
    assert "17 of them can be nothing else" in page.by_id("quality").text


def test_hostile_names_are_shown_as_they_are_written(page: Element, folder: Path) -> None:
    assert next(page.all("h1")).text.endswith('> & "quotes".csv, calibrated')
    assert HOSTILE in page.by_id("quality").text
    assert len(list(page.all("script"))) == 2  # the settings and the page's own
    quality = table_of(folder / "quality.csv")
    assert quality[1]["what"] == f"'{FORMULA}"  # no spreadsheet takes it for a formula
    assert quality[0]["rows"] == "12"


def test_the_backtest_is_told_figure_by_figure(page: Element, folder: Path, fit: Fit) -> None:
    section = page.by_id("backtest")
    whole, months = section.all("table")
    inside = {row[0]: row[4] for row in rows(whole)[1:]}
    assert inside["Bookings"] == "NO"
    assert inside["Wins"] == "yes"
    assert len(rows(months)) == 1 + 6 * 6
    filed = table_of(folder / "backtest.csv")
    assert len(filed) == 7 + 36
    assert [row["inside"] for row in filed if row["figure"] == Figure.BOOKINGS] == ["False"] * 7
    said = list(backtest_sentences(shown_backtest(fit)))
    assert "Backtest: Bookings: $0.96M came, $1.92M to $2.88M were predicted. The prediction is too high." in said
    assert (
        "By month, 30 of 36 figures lie inside their 90% intervals; about 32 would if the scenario were right."
        in said
    )
    for each in said:
        assert each in page.by_id("summary").text
    assert "Q-Q" in section.text
    assert "5 of 6 figures" not in section.text


def test_the_routes_are_said_to_be_confounded(page: Element, fit: Fit) -> None:
    assert "Routes got different deals" in page.by_id("summary").text


def test_what_was_assumed_is_told_with_its_source(page: Element, fit: Fit) -> None:
    section = page.by_id("assumed")
    assert "Effort at each step." in section.text
    (table,) = section.all("table")
    lines = {row[0]: row[1:] for row in rows(table)[1:]}
    value, source = lines["teams.inside.pay.salary"]
    assert float(value) > 0
    assert "template midmarket_software" in source
    assert "# assumed (template midmarket_software" in section.text


def test_assumed_is_read_from_comments_beside_and_above() -> None:
    text = (
        "teams:\n"
        "  inside:  # assumed for everybody\n"
        "    headcount: 3  # assumed: so that they are busy\n"
        "    # assumed (template a, teams.b); x 0.80: the reps coped, in a comment that\n"
        "    # goes on\n"
        "    hours: {open: '08:00'}\n"
        "    channel: inside\n"
    )
    assert [(each.path, each.value, each.source) for each in assumed_in(text)] == [
        ("teams.inside.headcount", "3", "so that they are busy"),
        (
            "teams.inside.hours",
            "{open: '08:00'}",
            "template a, teams.b; x 0.80: the reps coped, in a comment that goes on",
        ),
    ]


def test_the_files_are_the_page_the_tables_and_the_charts(folder: Path) -> None:
    names = {path.name for path in folder.iterdir()}
    tables = {"estimates.csv", "quality.csv", "backtest.csv", "next.csv", "flips.csv"}
    charts = {f"{name}.{kind}" for name in (*CHARTS, "next") for kind in ("png", "svg")}
    assert names == {"report.html"} | tables | charts


def test_the_same_again_gives_the_same_bytes(folder: Path, fit: Fit, tmp_path: Path) -> None:
    again = reported(tmp_path / "again", fit)
    for path in folder.iterdir():
        assert (again / path.name).read_bytes() == path.read_bytes(), path.name


def test_what_cannot_be_finished_leaves_nothing_behind(
    fit: Fit, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_: Fit) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(calibration, "quality_rows", full)
    with pytest.raises(RunError, match="No space left on device"):
        write_calibration_report(tmp_path / "report", fit, written_for(fit))
    assert list(tmp_path.iterdir()) == []


def test_a_fit_without_dates_or_backtest_has_no_arrivals(fit: Fit, tmp_path: Path) -> None:
    undated = replace(
        fit,
        sources=(),
        export=replace(fit.export, origin=None, columns=(), counts=()),
        routes=fit.routes[:1],
        people=(),
    )
    written = written_for(fit)
    folder = write_calibration_report(tmp_path / "report", undated, written)
    page = parsed((folder / "report.html").read_text())
    assert "backtest" not in sections(page)
    assert not (folder / "arrivals.png").exists()
    assert "Nothing odd was found" in page.by_id("quality").text
    assert "Routes got different deals" not in page.text


def test_the_backtest_on_the_terminal_says_what_missed(fit: Fit) -> None:
    console = Console(width=100, file=StringIO(), color_system=None)
    print_backtest(console, shown_backtest(fit))
    assert isinstance(console.file, StringIO)
    said = console.file.getvalue()
    assert "Backtest: 6 months from 2025-10-01 on" in said
    assert re.search(r"Bookings +\$0.96M +\$2.40M +\$1.92M to \$2.88M +NO", said)
    assert re.search(r"Wins +135 +132 +106 to 158 +yes", said)
    assert "199 replications" in said


def test_many_pictures_are_opened_on_demand_and_go_on_in_a_second_file() -> None:
    many = Kind("durations", "Days", "", (Panel("a", "", "", lambda _: None),) * 35, left_out=2)
    shown, more = pictures(many)
    assert isinstance(shown, Pictures)
    assert isinstance(more, Details)
    assert (len(shown.pictures), more.summary) == (24, "11 more")
    (rest,) = more.blocks
    assert isinstance(rest, Pictures)
    assert rest.caption == "2 more are in estimates.csv."
    assert [name for name, _ in all_charts({"durations": many}, "")] == ["durations", "durations_2"]


def test_a_slimmed_drawing_keeps_its_letters_and_has_two_decimals() -> None:
    drawn = b'<path d="M 1.23456 7.5 L -0.999999 3"/><g transform="scale(0.015625)"/>'
    assert slim(drawn) == b'<path d="M 1.23 7.5 L -0.99 3"/><g transform="scale(0.015625)"/>'


@pytest.mark.parametrize("is_alone", [False, True])
def test_what_to_measure_next_is_a_table_of_what_moves_the_verdict(fit: Fit, is_alone: bool) -> None:
    text = TWO_WAYS_TEXT.partition("  all_field:")[0] if is_alone else TWO_WAYS_TEXT
    found = what_to_measure(fit, text, "made", size=2, replications=4)
    section = parsed(calibration_page(Calibration(fit, written_for(fit), None, found, ""), {})).by_id("next")
    (table,) = section.all("table")
    shown = {row[0]: row[1:] for row in rows(table)[1:]}
    assert shown["pay, cheap"][:2] == ["assumed", "7,500 to 12,500"]
    assert shown["share that goes on at close (phone)"][0] == "estimated"
    assert "4 replications of each" in section.text
    assert "Routes got different deals" in section.text
    if is_alone:
        assert "verdict" not in table.text.lower()
    else:
        assert shown["pay, dear"][-1] == "turns the verdict"
        assert shown["pay, dear"][2].startswith("+$")
        assert "The verdict hinges on" in section.text
