"""The page of a set of curves in a real browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import CONTRAST, OUTSIDE, WIDTHS, Visit, chromium, needs_a_browser
from channelsim.experiment.curves import Curves, run_curves
from channelsim.report.curves_files import manifest_of
from channelsim.report.page.curves.page import curves_page
from channelsim.scenario.points import load_points
from pages import small_world

pytestmark = needs_a_browser
VOLUME = "sources.web.leads_per_month=20:200:45"


def written(curves: Curves, folder: Path) -> Path:
    path = folder / "report.html"
    path.write_text(curves_page(curves, manifest_of(curves)), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    curves = run_curves(load_points(small_world(), VOLUME), replications=8)
    return written(curves, tmp_path_factory.mktemp("curves"))


@pytest.fixture
def visit(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    opened = Visit(browser, file, getattr(request, "param", 800))
    yield opened
    opened.page.close()
    assert opened.complaints == []


def canvas_of(visit: Visit) -> Any:
    return visit.page.query_selector("#curves .canvas")


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_it_fits_the_screen_whatever_is_shown(visit: Visit) -> None:
    page, canvas = visit.page, canvas_of(visit)
    select = page.query_selector("#curves select")
    for option in select.query_selector_all("option"):
        select.select_option(label=option.text_content())
        canvas.focus()
        page.keyboard.press("End")
        inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
        assert inner <= outer
        assert canvas.query_selector("svg path") is not None
        assert canvas.evaluate(OUTSIDE) == []
        box = canvas.query_selector(".tip").bounding_box()
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= outer
        page.keyboard.press("Escape")


def test_texts_have_contrast(visit: Visit) -> None:
    assert visit.page.evaluate(CONTRAST) == []


def test_choosing_a_metric_changes_the_chart_and_what_it_says(visit: Visit) -> None:
    canvas = canvas_of(visit)
    before = canvas.inner_html()
    assert canvas.get_attribute("aria-label").startswith(
        "Contribution, sources.web.leads_per_month from 20 to 200."
    )
    assert "field and both break even at " in canvas.get_attribute("aria-label")
    assert canvas.query_selector("circle") is not None
    visit.page.query_selector("#curves select").select_option(label="Cost, all in")
    assert canvas.inner_html() != before
    said = canvas.get_attribute("aria-label")
    assert said.startswith("Cost, all in, ")
    assert canvas.query_selector("circle") is None
    last = visit.page.query_selector_all("#curve-2 tbody tr:last-child td")
    assert all(cell.text_content() in said for cell in last)


def test_a_value_is_told_under_the_pointer_and_by_the_arrow_keys(visit: Visit) -> None:
    canvas = canvas_of(visit)
    canvas.focus()
    visit.page.keyboard.press("End")
    tip = canvas.query_selector(".tip")
    for row, key in zip(
        reversed(visit.page.query_selector_all("#curve-1 tbody tr")), 5 * ["ArrowLeft"], strict=True
    ):
        told = [cell.text_content() for cell in row.query_selector_all("th, td")]
        names = ["", "phone", "field", "both"]
        assert tip.text_content() == "".join(f"{name}{cell}" for name, cell in zip(names, told, strict=True))
        visit.page.keyboard.press(key)
    visit.page.keyboard.press("Escape")
    assert not tip.is_visible()
    canvas.hover(position={"x": 760, "y": 100})
    assert tip.text_content().startswith("200phone")


def test_a_gap_has_its_reason_under_the_pointer(visit: Visit) -> None:
    visit.page.query_selector("#curves select").select_option(label="Marginal cost per deal")
    canvas = canvas_of(visit)
    canvas.focus()
    visit.page.keyboard.press("End")
    told = canvas.query_selector(".tip").text_content()
    assert told.startswith("155 to 200")
    assert "– (the change in deals could be chance)" in told


def test_a_crossing_is_hidden_with_either_of_its_strategies(visit: Visit) -> None:
    canvas = canvas_of(visit)
    visit.page.query_selector("#curves button:has-text('field')").click()
    assert canvas.query_selector("circle") is None
    visit.page.query_selector("#curves button:has-text('field')").click()
    assert canvas.query_selector("circle") is not None


@pytest.mark.parametrize(
    ("vary", "joined"),
    [
        pytest.param("teams.inside.queue.discipline=oldest,newest", False, id="words"),
        pytest.param("sources.web.leads_per_month=0,30", True, id="nothing to divide by"),
        pytest.param("segments.big.deal_value=40000,400001,400002", True, id="numbers close together"),
        pytest.param("sources.web.cost_per_lead=x0.1:x4:x0.1", True, id="many values"),
    ],
)
def test_odd_values_are_drawn_too(browser: Any, tmp_path: Path, vary: str, joined: bool) -> None:
    visit = Visit(browser, written(run_curves(load_points(small_world(), vary), replications=2), tmp_path), 360)
    canvas = canvas_of(visit)
    for option in visit.page.query_selector_all("#curves option"):
        visit.page.query_selector("#curves select").select_option(label=option.text_content())
        drawn = canvas.inner_html()
        assert "<svg" in drawn
        assert "NaN" not in drawn
        assert "Infinity" not in drawn
        assert canvas.evaluate(OUTSIDE) == []
    lines = canvas.query_selector_all("path[fill=none]")
    assert bool(lines) is joined
    visit.page.close()
    assert visit.complaints == []


def test_without_a_script_the_tables_are_open(browser: Any, file: Path) -> None:
    page = browser.new_page(java_script_enabled=False)
    page.goto(file.as_uri())
    assert page.locator("#curve-1").is_visible()
    assert page.locator("#curves noscript").is_visible()
    page.close()
