"""The page of a set of curves: true to the curves, whole without a script."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from channelsim.experiment.curves import MARGINAL, Curves, run_curves
from channelsim.experiment.workers import Failure
from channelsim.report.curves import break_even_sentences, gap_sentences
from channelsim.report.curves_files import manifest_of
from channelsim.report.page.curves.command import command_of
from channelsim.report.page.curves.page import curves_page
from channelsim.report.style import strategy_colours
from channelsim.scenario.points import load_points
from pages import (
    Element,
    check_charts,
    check_headings,
    check_ids,
    check_loads_nothing,
    check_tables,
    figure_data,
    parsed,
    rows,
    sections,
    small_world,
)

NAMES = ["phone", "field", "both"]
ALL = ["sentences", "lines", "breakeven", "optima", "assumptions", "method", "manifest"]
VOLUME = "sources.web.leads_per_month=20:200:45"
WORDS = "teams.inside.queue.discipline=oldest,newest"


def curves_of(vary: str = VOLUME, replications: int = 8, **options: object) -> Curves:
    return run_curves(load_points(small_world(), vary), replications=replications, **options)  # type: ignore[arg-type]


def page_of(curves: Curves) -> Element:
    return parsed(curves_page(curves, manifest_of(curves)))


@pytest.fixture(scope="module")
def curves() -> Curves:
    return curves_of()


@pytest.fixture(scope="module")
def page(curves: Curves) -> Element:
    return page_of(curves)


@pytest.fixture(scope="module")
def of_words() -> Element:
    return page_of(curves_of(WORDS))


@pytest.mark.parametrize("kind", ["page", "of_words"])
def test_it_is_of_one_piece_as_a_runs_page_is(kind: str, request: pytest.FixtureRequest) -> None:
    page = request.getfixturevalue(kind)
    check_loads_nothing(page)
    check_ids(page)
    check_headings(page)
    check_tables(page)
    check_charts(page, 1)


def test_the_chapters_come_in_order(page: Element) -> None:
    assert sections(page) == ALL
    assert next(page.all("h1")).text == "a small world, by sources.web.leads_per_month"
    (facts,) = page.with_class("facts")
    assert "8 replications at each of 5 values" in facts.text


def test_the_lines_are_the_curves_and_so_are_the_tables(curves: Curves, page: Element) -> None:
    data = figure_data(page, "curves")
    assert data["values"]["places"] == [20, 65, 110, 155, 200]
    assert data["values"]["labels"] == curves.points.labels
    assert [view["label"] for view in data["views"]][:2] == ["Contribution", "Cost, all in"]
    by_label = {view["label"]: view for view in data["views"]}
    for label, metric in (("Contribution", "contribution"), ("Cost per deal", "cost_per_deal")):
        (side,) = by_label[label]["sides"]
        for name, line in zip(NAMES, side["lines"], strict=True):
            for reading, mean, low, high in zip(
                curves.curve(name, metric), line["mean"], line["low"], line["high"], strict=True
            ):
                assert mean == (None if np.isnan(reading.mean) else pytest.approx(reading.mean, rel=1e-4))
                assert low == (None if np.isnan(reading.ci_low) else pytest.approx(reading.ci_low, rel=1e-4))
                assert high == (None if np.isnan(reading.ci_high) else pytest.approx(reading.ci_high, rel=1e-4))
        head, *body = rows(page.by_id(side["table"]))
        assert head == ["Value", *NAMES]
        assert [row[0] for row in body] == curves.points.labels


def test_a_marginal_cost_stands_between_its_points_and_a_gap_has_its_reason(curves: Curves, page: Element) -> None:
    (view,) = (each for each in figure_data(page, "curves")["views"] if each["label"] == "Marginal cost per deal")
    assert view["places"] == [42.5, 87.5, 132.5, 177.5]
    (side,) = view["sides"]
    _, *body = rows(page.by_id(side["table"]))
    assert [row[0] for row in body] == ["20 to 65", "65 to 110", "110 to 155", "155 to 200"]
    readings = [curves.curve(name, MARGINAL.name) for name in NAMES]
    gaps = [each.gap for of in readings for each in of]
    assert any(gaps)
    for at, row in enumerate(body):
        for own, line, cell in zip(readings, side["lines"], row[1:], strict=True):
            if own[at].gap:
                assert line["mean"][at] is None
                assert cell == f"– ({own[at].gap})"
            else:
                assert line["mean"][at] == pytest.approx(own[at].mean, rel=1e-4)


def test_every_break_even_point_is_told_marked_and_in_the_table(curves: Curves, page: Element) -> None:
    found = curves.crossings_of("contribution", "field", "both")
    assert len(found) == 1
    for sentence in break_even_sentences(curves):
        assert sentence in page.by_id("sentences").text
    view = figure_data(page, "curves")["views"][0]
    (mark,) = (each for each in view["crossings"] if each["of"] == [1, 2])
    assert mark["at"] == pytest.approx(found[0].at)
    assert mark["low"] == pytest.approx(found[0].low)
    lines = [line["mean"] for line in view["sides"][0]["lines"]]
    heights = [float(np.interp(mark["at"], curves.x, means)) for means in lines[1:]]
    assert heights == [pytest.approx(mark["height"], rel=1e-3)] * 2
    (row,) = (row for row in rows(next(page.by_id("breakeven").all("table"))) if row[0] == "field and both")
    assert row[1] == mark["label"]
    assert row[3:] == ["field", "both"]


def test_the_best_points_are_in_cards_and_in_a_table(curves: Curves, page: Element) -> None:
    cards = page.by_id("sentences").with_class("card")
    _, *body = rows(next(page.by_id("optima").all("table")))
    for name, card, row in zip(NAMES, cards, body, strict=True):
        best = curves.optima[name]
        assert best is not None
        label = curves.points.labels[best.point]
        assert f"at {label}" in card.text
        assert row[0] == name
        assert row[1].split(" (")[0] == label


def test_a_strategy_has_its_colour_everywhere(page: Element) -> None:
    colours = strategy_colours(NAMES)
    seen = set()
    for heading in page.all("th", "h3"):
        for swatch, name in zip(heading.with_class("swatch"), heading.with_class("name"), strict=False):
            (path,) = swatch.all("path")
            assert path.attributes["fill"] == colours[name.text]
            seen.add(name.text)
    assert seen == set(NAMES)


def test_what_is_left_out_and_what_is_flat_is_told() -> None:
    curves = curves_of("teams.inside.headcount=1:4:1")
    page = page_of(curves)
    told = page.by_id("sentences").text
    assert gap_sentences(curves)
    for words in (*gap_sentences(curves), "so its curve is flat"):
        assert words in told
    assert "field" not in "".join(card.text for card in page.by_id("sentences").with_class("card"))


def test_values_without_order_have_a_figure_each_and_no_places_between(of_words: Element) -> None:
    assert sections(of_words) == [each for each in ALL if each != "breakeven"]
    data = figure_data(of_words, "curves")
    assert (data["values"]["labels"], data["values"]["places"]) == (["oldest", "newest"], [0, 1])
    assert not data["values"]["isOrdered"]
    assert "Marginal cost per deal" not in [view["label"] for view in data["views"]]
    assert "shaded" not in of_words.by_id("curves").text


def test_what_is_varied_is_told_at_both_ends(page: Element) -> None:
    head, *body = rows(next(page.by_id("assumptions").all("table")))
    assert head == ["Input", "20", "200"]
    assert body == [["sources.web.leads_per_month", "20", "200"]]
    assert "5 values in all: 20, 65, 110, 155, 200." in page.by_id("assumptions").text


def test_one_strategy_has_no_break_even_points() -> None:
    points = load_points(small_world(), VOLUME, only=["both"])
    page = page_of(run_curves(points, replications=3))
    assert "breakeven" not in sections(page)


def test_where_nothing_crosses_it_is_told_who_is_ahead(curves: Curves) -> None:
    higher = curves.values.copy()
    for metric, amount in (("contribution", 1e7), ("cost_total", -1e7)):
        for at in range(3):
            higher[:, at, :, curves.kept.index(metric)] += amount * at
    told = page_of(replace(curves, values=higher)).by_id("breakeven").text
    assert "No two strategies break even from 20 to 200." in told
    assert "Contribution: both is ahead of phone at all values." in told


def test_failures_make_it_partial_and_nothing_finished_is_a_page_all_the_same(curves: Curves) -> None:
    values = np.full_like(curves.values, np.nan)
    failures = tuple(Failure(f"{name} with x=20", 0, 1, "no") for name in NAMES)
    page = page_of(replace(curves, values=values, luck=np.full_like(curves.luck, np.nan), failures=failures))
    assert "PARTIAL: 3 replications failed" in page.by_id("sentences").text
    assert "phone with x=20" in page.by_id("manifest").text
    assert "optima" not in sections(page)


def test_the_command_makes_the_curves_again() -> None:
    points = load_points(small_world(), VOLUME, ["teams.inside.headcount=3"], ["phone", "both"])
    study = replace(points.study, source="a scenario.yaml")
    curves = run_curves(
        replace(points, study=study), metrics=["won", "contribution"], replications=2, seed=7, baseline="both"
    )
    assert command_of(curves) == (
        f"channelsim curves 'a scenario.yaml' --vary {VOLUME} --set teams.inside.headcount=3 --strategy phone "
        "--strategy both --metric won --metric contribution -n 2 --seed 7 --baseline both"
    )
    assert command_of(curves_of(replications=2)).endswith(f"--vary {VOLUME} -n 2 --seed 1")


def test_money_is_in_the_scenarios_currency_and_names_are_text() -> None:
    hostile = "<script>alert(1)</script>"
    points = load_points(small_world(currency="GBP", name=hostile), VOLUME)
    written = curves_page(found := run_curves(points, replications=2), manifest_of(found))
    page = parsed(written)
    assert next(page.all("h1")).text.startswith(hostile)
    assert "£" in page.by_id("optima").text
    assert "$" not in page.by_id("optima").text


def test_the_same_curves_give_the_same_page_but_for_its_time(curves: Curves) -> None:
    one, other = (
        re.sub(r"20\d\d-\d\d-\d\dT[\d:+]+", "", curves_page(curves, manifest_of(curves))) for _ in range(2)
    )
    assert one == other


def test_points_lie_in_ascending_order_for_the_script(page: Element) -> None:
    for view in figure_data(page, "curves")["views"]:
        assert all(a < b for a, b in pairwise(view["places"]))
