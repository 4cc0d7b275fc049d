"""The pages of a sweep, a sensitivity study and an optimum: true to their files, whole without a script."""

from __future__ import annotations

import base64
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from ruamel.yaml import YAML

from browsing import CONTRAST, WIDTHS, Visit, chromium, needs_a_browser
from channelsim.cli.main import main
from pages import (
    SVG,
    Element,
    check_headings,
    check_ids,
    check_loads_nothing,
    check_tables,
    parsed,
    rows,
    sections,
    small_world,
)

HOSTILE = "<b>&amp;both"
ARGUMENTS = {
    "sweep": ["--vary", "teams.inside.headcount=1,2", "--vary", "sources.*.leads_per_month=x1,x2"],
    "sensitivity": ["--size", "4"],
    "optimize": [
        "--strategy",
        "both",
        "--decide",
        "teams.inside.headcount=1:3",
        "--most",
        "100",
    ],
}
PICTURES = {"sweep": ["sweep.svg"], "sensitivity": ["tornado.svg", "indices.svg"], "optimize": ["optimum.svg"]}
TABLES = {"sweep": 2 + 2, "sensitivity": 1, "optimize": 2}
"""Those of its own, at least."""


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """A folder of each verb's files."""
    parent = tmp_path_factory.mktemp("studies")
    before = Path.cwd()
    os.chdir(parent)
    try:
        with Path("small.yaml").open("w") as out:
            YAML().dump(small_world(name=HOSTILE, description=HOSTILE), out)
        found = {}
        for verb, arguments in ARGUMENTS.items():
            done = CliRunner().invoke(
                main, [verb, "small.yaml", *arguments, "-n", "10", "--workers", "1", "--output", verb]
            )
            assert done.exit_code == 0, done.output
            (page,) = Path(verb).rglob("report.html")
            found[verb] = page.parent.absolute()
        return found
    finally:
        os.chdir(before)


@pytest.fixture(scope="module")
def pages(folders: dict[str, Path]) -> dict[str, Element]:
    return {verb: parsed((folder / "report.html").read_text()) for verb, folder in folders.items()}


@pytest.mark.parametrize("verb", ARGUMENTS)
def test_a_page_is_sound_and_loads_nothing(verb: str, pages: dict[str, Element]) -> None:
    page = pages[verb]
    check_loads_nothing(page)
    check_ids(page)
    check_headings(page)
    check_tables(page)
    assert len(list(page.all("table"))) >= TABLES[verb]
    assert {"found", "assumptions", "manifest"} <= set(sections(page))
    assert HOSTILE in next(iter(page.all("h1"))).text


@pytest.mark.parametrize("verb", ARGUMENTS)
def test_the_pictures_are_those_of_the_folder(
    verb: str, pages: dict[str, Element], folders: dict[str, Path]
) -> None:
    shown = [base64.b64decode(each.attributes["src"].removeprefix(SVG)) for each in pages[verb].all("img")]
    assert shown == [(folders[verb] / name).read_bytes() for name in PICTURES[verb]]
    assert all(len(each.attributes["alt"]) > 20 for each in pages[verb].all("img"))


def test_a_sweeps_points_are_won_by_one_strategy_each(pages: dict[str, Element]) -> None:
    (table,) = [
        each for each in pages["sweep"].all("table") if rows(each)[0][0] == "Strategy" and len(rows(each)[0]) == 3
    ]
    assert sum(int(row[1]) for row in rows(table)[1:]) == 4


def test_a_sweeps_best_points_are_in_order(pages: dict[str, Element], folders: dict[str, Path]) -> None:
    import polars as pl

    (table,) = [
        each for each in pages["sweep"].all("table") if "Contribution" in [head.text for head in each.all("th")]
    ]
    summary = pl.read_csv(folders["sweep"] / "summary.csv").sort("contribution", descending=True, nulls_last=True)
    assert [row[0] for row in rows(table)[1:]] == summary["strategy"].to_list()[:20]


def test_every_parameter_of_a_sensitivity_study_has_a_row(
    pages: dict[str, Element], folders: dict[str, Path]
) -> None:
    import polars as pl

    named = set(pl.read_csv(folders["sensitivity"] / "tornado.csv")["parameter"])
    (table,) = [each for each in pages["sensitivity"].all("table") if rows(each)[0][0] == "Parameter"]
    assert {row[0] for row in rows(table)[1:]} == named


def test_every_finalist_has_a_row(pages: dict[str, Element], folders: dict[str, Path]) -> None:
    import polars as pl

    finalists = pl.read_csv(folders["optimize"] / "finalists.csv")
    (table,) = [each for each in pages["optimize"].all("table") if "Behind the best" in rows(each)[0]]
    assert [int(row[1]) for row in rows(table)[1:]] == finalists["teams.inside.headcount"].to_list()


@needs_a_browser
@pytest.mark.parametrize("width", WIDTHS)
def test_they_fit_the_screen_in_a_browser(width: int, folders: dict[str, Path], browser: Any) -> None:
    for folder in folders.values():
        visit = Visit(browser, folder / "report.html", width)
        inner, outer = visit.page.evaluate(
            "[document.documentElement.scrollWidth, document.documentElement.clientWidth]"
        )
        assert inner <= outer
        assert visit.page.evaluate("[...document.images].every((each) => each.complete && each.naturalWidth > 100)")
        assert visit.page.evaluate(CONTRAST) == []
        visit.page.close()
        assert visit.complaints == []


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    with chromium() as found:
        yield found
