"""The report of a calibration in a real browser, at the widths of a phone, a tablet and a desk."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from shown_fits import shown_backtest, shown_fit, written_for

from browsing import CONTRAST, WIDTHS, Visit, chromium, needs_a_browser
from channelsim.report.calibration import write_calibration_report

pytestmark = needs_a_browser


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    fit = shown_fit()
    folder = tmp_path_factory.mktemp("calibration") / "report"
    return write_calibration_report(folder, fit, written_for(fit), shown_backtest(fit)) / "report.html"


@pytest.fixture
def visit(browser: Any, file: Path, request: pytest.FixtureRequest) -> Iterator[Visit]:
    opened = Visit(browser, file, getattr(request, "param", 800))
    yield opened
    opened.page.close()
    assert opened.complaints == []


@pytest.mark.parametrize("visit", WIDTHS, indirect=True)
def test_it_fits_the_screen_and_every_picture_is_seen(visit: Visit) -> None:
    page = visit.page
    inner, outer = page.evaluate("[document.documentElement.scrollWidth, document.documentElement.clientWidth]")
    assert inner <= outer
    widths = page.evaluate("[...document.images].map((each) => [each.naturalWidth, each.clientWidth])")
    assert len(widths) > 15
    assert all(natural > 0 and shown >= 200 for natural, shown in widths)


def test_pictures_stand_side_by_side_where_there_is_room(browser: Any, file: Path) -> None:
    for width, columns in ((360, 1), (800, 2), (1400, 3)):
        visit = Visit(browser, file, width)
        first = visit.page.query_selector(".pictures").query_selector_all(".picture")
        lefts = [round(each.bounding_box()["x"]) for each in first]
        visit.page.close()
        assert len(set(lefts)) == columns


def test_texts_have_contrast(visit: Visit) -> None:
    assert visit.page.evaluate(CONTRAST) == []


def test_it_prints_on_a_few_pages(visit: Visit) -> None:
    printed = visit.page.pdf(format="A4")
    assert 6 <= len(re.findall(rb"/Type\s*/Page\b", printed)) <= 14
