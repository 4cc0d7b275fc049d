"""The page of a run: whole without a script, true to the numbers, and of one piece."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest
from ruamel.yaml import YAML

from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import Failure
from channelsim.report.charts.ahead import so_far
from channelsim.report.format import number
from channelsim.report.page.blocks import Prose, Section
from channelsim.report.page.page import html
from channelsim.report.page.sections.manifest import command_of
from channelsim.report.page.words import MARKER_PATHS, label_of
from channelsim.report.style import MARKERS, strategy_colours
from channelsim.report.tables import headline_rows
from channelsim.report.transient import monthly_rows
from channelsim.scenario.load import load
from pages import (
    Element,
    check_charts,
    check_headings,
    check_ids,
    check_loads_nothing,
    check_tables,
    figure_data,
    page_of,
    parsed,
    rows,
    sections,
    small_world,
)

NAMES = ("phone", "field", "both")
ALWAYS = [
    "verdict", "comparison", "funnel", "profit", "economics", "months", "assumptions", "method", "manifest",
]  # fmt: skip
HOSTILE = "<script>alert(1)</script></script>&\"'"


def run(replications: int = 3, **options: Any) -> Result:
    return run_study(load(small_world()), replications=replications, **options)


@pytest.fixture(scope="module")
def result() -> Result:
    return run(24)


@pytest.fixture(scope="module")
def page(result: Result) -> Element:
    return parsed(page_of(result))


def test_the_sections_come_in_order_and_the_contents_lead_to_them(page: Element) -> None:
    assert sections(page) == [*ALWAYS[:5], "breakeven", "months", "risk", *ALWAYS[6:]]
    (nav,) = page.all("nav")
    assert [link.attributes["href"] for link in nav.all("a")] == [f"#{id}" for id in sections(page)]


def test_a_page_loads_nothing(page: Element) -> None:
    check_loads_nothing(page)


def test_no_address_stands_in_the_page_and_the_script_makes_no_html(result: Result) -> None:
    written = page_of(result)
    assert "://" not in written
    for word in ("innerHTML", "outerHTML", "document.write", "eval(", "fetch(", "XMLHttpRequest"):
        assert word not in written


def test_only_the_pages_own_script_may_run(page: Element) -> None:
    (policy,) = (m.attributes["content"] for m in page.all("meta") if "http-equiv" in m.attributes)
    assert policy.startswith("default-src 'none';")
    assert re.search(r"script-src 'sha256-[A-Za-z0-9+/]{43}='", policy)
    assert len([each for each in page.all("script") if "type" not in each.attributes]) == 1


def test_ids_are_unique_and_references_lead_somewhere(page: Element) -> None:
    check_ids(page)


def test_headings_leave_no_level_out(page: Element) -> None:
    check_headings(page)


def test_each_chart_says_in_words_what_it_shows_and_has_its_tables(page: Element) -> None:
    check_charts(page, 9)


def test_every_table_has_a_name_and_headings(page: Element) -> None:
    check_tables(page)


def test_the_verdict_comes_first_and_the_best_has_its_card_before_the_others(result: Result, page: Element) -> None:
    verdict = page.by_id("verdict")
    assert result.comparison.best in verdict.with_class("strong")[0].text
    first, *others = verdict.with_class("card")
    assert result.comparison.best in first.text
    assert len(others) == 2
    shown = first.with_class("figure")[0].text
    mean = result.estimate(result.comparison.best, "contribution").mean
    assert shown.startswith(number(mean, result.metrics[result.column("contribution")].unit, "USD")[:3])


def test_the_table_of_key_figures_has_what_the_terminal_has(result: Result, page: Element) -> None:
    table = next(page.by_id("comparison").all("table"))
    head, *body = rows(table)
    assert head == ["", *NAMES]
    labels = [label for metric, label in headline_rows(result)]
    assert [row[0] for row in body] == [label for label in labels if label in {row[0] for row in body}]
    won = next(row for row in body if row[0] == "Deals won")
    for strategy, shown in zip(NAMES, won[1:], strict=True):
        estimate = result.estimate(strategy, "won")
        mean, half = (float(part) for part in shown.split(" ± "))
        assert mean == pytest.approx(estimate.mean, abs=0.06)
        assert half == pytest.approx(estimate.ci_high - estimate.mean, rel=0.06)


@pytest.mark.parametrize("metric", ["contribution", "won", "cost_per_deal", "utilization.outside", "lost.cooled"])
def test_the_numbers_of_the_chart_are_the_summarys(result: Result, page: Element, metric: str) -> None:
    data = figure_data(page, "any-figure")
    (at,) = (i for i, view in enumerate(data["views"]) if view["label"] == label_of(metric))
    own, apart = data["views"][at]["sides"]
    for strategy, point in zip(NAMES, own, strict=True):
        row = result.summary.row(by_predicate=_is(strategy, metric), named=True)
        assert (point or [None] * 3)[0] == _about(row["mean"])
        if row["mean"] is not None:
            assert point == [_about(row["mean"]), _about(row["ci_low"]), _about(row["ci_high"])]
    assert apart[0] is None
    differences = result.differences(metric)
    if not np.isnan(differences["both"].mean):
        assert apart[2][0] == _about(differences["both"].mean)
    for table in data["tables"]:
        assert rows(page.by_id(table))[1 + at][0].startswith(label_of(metric))


def _is(strategy: str, metric: str) -> Any:
    return (pl.col("strategy") == strategy) & (pl.col("metric") == metric)


def _about(value: float | None) -> Any:
    return None if value is None else pytest.approx(value, rel=1e-4)


def test_what_is_undefined_is_a_dash_and_no_point(result: Result, page: Element) -> None:
    data = figure_data(page, "any-figure")
    (at,) = (i for i, view in enumerate(data["views"]) if view["label"] == "Utilization, inside")
    assert data["views"][at]["sides"][0][1] is None
    assert rows(page.by_id("figures"))[1 + at][2] == "–"


def test_the_months_are_those_of_monthly_csv(result: Result, page: Element) -> None:
    data = figure_data(page, "any-month")
    assert data["months"] == ["Jan 2027", "Feb 2027", "Mar 2027", "Apr 2027"]
    (view,) = (view for view in data["views"] if view["label"] == "Bookings")
    own, apart = view["sides"]
    for at, strategy in enumerate(NAMES):
        expected = [row for row in monthly_rows(result) if row[:2] == (strategy, "bookings")]
        line = own["lines"][at]
        for column, part in ((3, "mean"), (4, "low"), (5, "high")):
            assert line[part] == [_about(row[column]) for row in expected]
    assert [line["strategy"] for line in apart["lines"]] == [1, 2]
    assert len(rows(page.by_id(apart["table"]))) == 1 + 4


def test_contribution_so_far_is_that_of_the_chart_ahead(result: Result, page: Element) -> None:
    data = figure_data(page, "when-it-pays")
    assert data["months"] == ["Feb 2027", "Mar 2027", "Apr 2027"]
    (side,) = data["views"][0]["sides"]
    for line, strategy in zip(side["lines"], ("field", "both"), strict=True):
        assert line["mean"] == [_about(mean) for mean in so_far(result, strategy).mean]


def test_a_strategy_has_its_colour_and_marker_everywhere(page: Element) -> None:
    settings = json.loads(page.by_id("settings").text)
    colours = strategy_colours(NAMES)
    assert [(each["name"], each["colour"]) for each in settings["strategies"]] == list(colours.items())
    for heading in page.all("th", "h3"):
        for swatch, name in zip(heading.with_class("swatch"), heading.with_class("name"), strict=False):
            (path,) = swatch.all("path")
            assert path.attributes["fill"] == colours[name.text]


def test_every_marker_of_the_house_style_has_its_path() -> None:
    assert set(MARKERS) == set(MARKER_PATHS)


def test_money_is_in_the_scenarios_currency() -> None:
    written = page_of(run_study(load(small_world(currency="GBP")), replications=2))
    assert "£" in written
    assert "$" not in parsed(written).by_id("comparison").text
    assert json.loads(parsed(written).by_id("settings").text)["symbol"] == "£"


def test_names_from_users_are_text_never_markup() -> None:
    tree = small_world(name=HOSTILE, description=HOSTILE)
    tree["teams"]["inside"]["pay"] = {"tool_seats_per_month": {HOSTILE: 10}}
    study = replace(load(tree), source=f"{HOSTILE}.yaml")
    page = parsed(page_of(run_study(study, replications=2)))
    assert next(page.all("h1")).text == HOSTILE
    assert next(page.all("title")).text.startswith(HOSTILE)
    assert HOSTILE in page.by_id("assumptions").text
    assert len([each for each in page.all("script") if "type" not in each.attributes]) == 1
    assert sections(page) == [*ALWAYS[:5], "breakeven", *ALWAYS[5:]]


def test_a_name_in_the_charts_numbers_ends_no_script() -> None:
    chart_of = {"name": HOSTILE, "colour": "#000000", "path": ""}
    written = html("title", [Section("one", "One", [Prose(["words"])])], strategies=[chart_of])
    page = parsed(written)
    assert json.loads(page.by_id("settings").text)["strategies"][0]["name"] == HOSTILE
    assert written.count("</script>") == 2


def test_a_section_without_blocks_is_left_out() -> None:
    page = parsed(html("title", [Section("empty", "Empty"), Section("full", "Full", [Prose(["words"])])]))
    assert sections(page) == ["full"]


def test_a_partial_run_says_so_and_names_what_failed(result: Result) -> None:
    values = {name: each.copy() for name, each in result.values.items()}
    values["both"][5] = np.nan
    failed = replace(result, values=values, failures=(Failure("both", 5, 1, "out of <luck>"),))
    page = parsed(page_of(failed))
    assert "PARTIAL: 1 of 72 replications failed" in page.by_id("verdict").text
    assert "replication 5 of both (seed 1) failed: out of <luck>" in page.by_id("manifest").text


def test_nothing_finished_is_a_page_all_the_same() -> None:
    result = run(2)
    nothing = replace(
        result,
        values={name: np.full_like(each, np.nan) for name, each in result.values.items()},
        monthly={name: {} for name in NAMES},
        rows={name: [None, None] for name in NAMES},
        failures=tuple(Failure(name, at, 1, "no") for name in NAMES for at in range(2)),
    )
    page = parsed(page_of(nothing))
    assert "nothing to compare" in page.by_id("verdict").text
    assert "months" not in sections(page)


def test_one_strategy_alone_has_no_differences() -> None:
    result = run_study(load(small_world(), only=["both"]), replications=3)
    page = parsed(page_of(result))
    assert "Difference" not in page.by_id("comparison").text
    assert figure_data(page, "any-figure")["views"][0]["sides"] != []
    assert len(figure_data(page, "any-month")["views"][0]["sides"]) == 1
    assert not figure_data(page, "when-it-pays")["views"][0]["sides"][0]["signed"]


def test_one_replication_has_no_intervals() -> None:
    page = parsed(page_of(run(1)))
    assert sections(page) == ALWAYS
    point = figure_data(page, "any-figure")["views"][0]["sides"][0][0]
    assert point[1:] == [None, None]
    assert "One replication" in page.by_id("comparison").text
    assert "does not show what is chance" in page.by_id("method").text


def test_many_strategies_have_few_cards_the_baseline_among_them() -> None:
    strategies = {f"with_{n}": {"teams.inside.headcount": n, "routing": [{"motion": "phone"}]} for n in range(1, 7)}
    result = run_study(load(small_world(strategies=strategies)), replications=2)
    worst = min(result.comparison.means, key=lambda name: result.comparison.means[name])
    page = parsed(page_of(replace(result, baseline=worst)))
    cards = [card.text for card in page.by_id("verdict").with_class("card")]
    assert len(cards) == 4
    assert worst in cards[3]


def test_what_differs_between_strategies_is_told_and_what_is_changed_is_bold(page: Element) -> None:
    table = next(page.by_id("assumptions").all("table"))
    head, *body = rows(table)
    assert head == ["Input" if len(body) != 3 else "Strategy", *(head[1:])]
    told = table.text
    assert "teams.outside.headcount" in told
    assert "big → field; everything else → phone" in told
    assert "0" in [each.text for each in table.all("strong")]


def test_unknown_numbers_have_a_section_where_there_are_any() -> None:
    tree = small_world()
    tree["sources"]["web"]["cost_per_lead"] = {"uncertain": {"dist": "uniform", "low": 20, "high": 200}}
    page = parsed(page_of(run_study(load(tree), replications=30)))
    assert "unknowns" in sections(page)
    assert "sources.web.cost_per_lead" in page.by_id("unknowns").text
    assert figure_data(page, "what-it-hinges-on")["rows"] == [{"name": "sources.web.cost_per_lead"}]


def test_the_command_makes_the_run_again(tmp_path: Path) -> None:
    path = tmp_path / "a scenario.yaml"
    with path.open("w") as out:
        YAML().dump(small_world(), out)
    study = load(path, ["teams.inside.headcount=3"], only=["phone", "both"])
    result = run_study(study, replications=2, seed=7, baseline="both", targets=["bookings=1e5"])
    assert command_of(result) == (
        f"channelsim run '{path}' --set teams.inside.headcount=3 --strategy phone --strategy both -n 2 --seed 7 "
        "--baseline both --target bookings=100000.0"
    )


def test_the_same_run_gives_the_same_page_but_for_its_time(result: Result) -> None:
    def timeless(written: str) -> str:
        return re.sub(r"20\d\d-\d\d-\d\dT[\d:+]+", "", written)

    assert timeless(page_of(result)) == timeless(page_of(result))
