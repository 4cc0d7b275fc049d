"""The page in a real browser: Debian's Chromium, without network, at the widths of a phone, a tablet and a desk."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import CONTRAST, OUTSIDE, WIDTHS, Visit, chromium, needs_a_browser
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load
from pages import page_of, small_world

pytestmark = needs_a_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    written = tmp_path_factory.mktemp("page") / "report.html"
    tree = small_world(name="<b>bold</b> & a name without any blank: " + "x" * 80)
    written.write_text(page_of(run_study(load(tree), replications=24)), encoding="utf-8")
    return written


@pytest.fixture
def visit(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    opened = Visit(browser, file, getattr(request, "param", 800))
    yield opened
    opened.page.close()
    assert opened.complaints == []


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_it_fits_the_screen_and_every_chart_is_drawn(visit: Visit) -> None:
    page = visit.page
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer
    for canvas in page.query_selector_all(".canvas"):
        assert canvas.query_selector("svg path, svg rect") is not None
        assert canvas.evaluate(OUTSIDE) == []


def test_texts_have_contrast(visit: Visit) -> None:
    assert visit.page.evaluate(CONTRAST) == []


def test_choosing_a_metric_changes_the_chart_and_what_it_says(visit: Visit) -> None:
    figure = visit.page.query_selector("#any-figure")
    before = figure.query_selector(".canvas").inner_html()
    figure.query_selector("select").select_option(label="Deals won")
    canvas = figure.query_selector(".canvas")
    assert canvas.inner_html() != before
    said = canvas.get_attribute("aria-label")
    assert said.startswith("Deals won: phone ")
    row = figure.query_selector("#figures tr:has(.name:text-is('Deals won'))")
    for cell in row.query_selector_all("td"):
        assert cell.text_content() in said
        assert cell.text_content() in canvas.text_content()


def test_the_difference_from_the_baseline_is_a_click_away(visit: Visit) -> None:
    figure = visit.page.query_selector("#any-figure")
    figure.query_selector("input[type=checkbox]").check()
    canvas = figure.query_selector(".canvas")
    assert "baseline" in canvas.text_content()
    assert canvas.get_attribute("aria-label").startswith("Contribution, Difference from phone: phone baseline; ")


def test_a_month_is_told_under_the_pointer_and_by_the_arrow_keys(visit: Visit) -> None:
    canvas = visit.page.query_selector("#any-month .canvas")
    canvas.focus()
    visit.page.keyboard.press("Home")
    visit.page.keyboard.press("Home")
    tip = canvas.query_selector(".tip")
    assert tip.is_visible()
    row = visit.page.query_selector("#months-1 tbody tr")
    assert tip.text_content() == "Jan 2027" + "".join(
        f"{name}{cell.text_content()}"
        for name, cell in zip(("phone", "field", "both"), row.query_selector_all("td"), strict=True)
    )
    assert tip.bounding_box()["height"] < 150
    visit.page.keyboard.press("ArrowRight")
    assert tip.text_content().startswith("Feb 2027")
    visit.page.keyboard.press("Escape")
    assert not tip.is_visible()
    canvas.hover(position={"x": 760, "y": 100})
    assert tip.text_content().startswith("Apr 2027")


def test_a_strategy_is_hidden_by_its_button(visit: Visit) -> None:
    figure = visit.page.query_selector("#any-month")
    figure.query_selector("button").click()
    button = figure.query_selector("button")
    assert button.get_attribute("aria-pressed") == "false"
    assert visit.page.evaluate("document.activeElement.textContent") == "phone"
    figure.query_selector(".canvas").focus()
    visit.page.keyboard.press("End")
    assert "phone" not in figure.query_selector(".tip").text_content()


def test_names_are_shown_as_they_are_written(visit: Visit) -> None:
    assert visit.page.query_selector("h1").text_content().startswith("<b>bold</b> & ")
    assert visit.page.query_selector("h1 b") is None


def test_without_a_script_the_tables_are_open(browser: Any, file: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(file.as_uri())
    assert page.locator("#figures").is_visible()
    assert page.locator("#months-1").is_visible()
    assert page.locator("#any-figure noscript").is_visible()
    page.close()


def test_it_prints_on_a_few_pages(visit: Visit) -> None:
    printed = visit.page.pdf(format="A4")
    assert printed.startswith(b"%PDF")
    assert 4 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 9


SAME = {name: {"routing": [{"motion": "phone"}]} for name in ("one", "other")}
ALONE_IN_A_MONTH = {"horizon": {"start": dt.date(2027, 1, 4), "months": 1}, "strategies": {"one": SAME["one"]}}
COST_PER_LEAD = {"uncertain": {"dist": "uniform", "low": 20, "high": 200}}
UNCERTAIN = {"web": {"leads_per_month": 30, "mix": {"small": 1.0}, "cost_per_lead": COST_PER_LEAD}}


@pytest.mark.parametrize(
    ("changes", "replications"),
    [
        pytest.param({"strategies": SAME}, 2, id="strategies that are the same"),
        pytest.param(ALONE_IN_A_MONTH, 1, id="one strategy, one month, one replication"),
        pytest.param({"sources": UNCERTAIN}, 30, id="a number that nobody knows"),
        pytest.param({"currency": "CHF"}, 2, id="a currency without a sign"),
    ],
)
def test_an_odd_run_is_drawn_too(browser: Any, tmp_path: Path, changes: dict[str, Any], replications: int) -> None:
    written = tmp_path / "report.html"
    result = run_study(load(small_world(**changes)), replications=replications)
    written.write_text(page_of(result), encoding="utf-8")
    visit = Visit(browser, written, 800)
    drawn = [canvas.inner_html() for canvas in visit.page.query_selector_all(".canvas")]
    visit.page.close()
    assert visit.complaints == []
    assert all("<svg" in each and "NaN" not in each and "Infinity" not in each for each in drawn)
