"""A page as its readers' programs see it: elements, attributes, text; and what holds for every page."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from itertools import pairwise
from typing import Any

from channelsim.experiment.result import Result
from channelsim.report.files import manifest
from channelsim.report.page.page import run_page

VOID = ("meta", "input", "wbr", "br", "img")


@dataclass
class Element:
    """An element with what is in it: text and elements in their order."""

    tag: str
    attributes: dict[str, str]
    parts: list[Any] = field(default_factory=list)

    @property
    def text(self) -> str:
        return "".join(part.text if isinstance(part, Element) else part for part in self.parts)

    def all(self, *tags: str) -> Iterator[Element]:
        """Elements below this one, with these tags if any are named."""
        for part in self.parts:
            if isinstance(part, Element):
                if not tags or part.tag in tags:
                    yield part
                yield from part.all(*tags)

    def with_class(self, name: str) -> list[Element]:
        return [each for each in self.all() if name in each.attributes.get("class", "").split()]

    def by_id(self, name: str) -> Element:
        (found,) = (each for each in self.all() if each.attributes.get("id") == name)
        return found


class _Reader(HTMLParser):
    """Builds the tree, and refuses what is not closed in its order."""

    def __init__(self) -> None:
        super().__init__()
        self.root = Element("", {})
        self.open = [self.root]

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        made = Element(tag, {name: value or "" for name, value in attrs})
        self.open[-1].parts.append(made)
        if tag not in VOID:
            self.open.append(made)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.open[-1].parts.append(Element(tag, {name: value or "" for name, value in attrs}))

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop().tag == tag, f"</{tag}> closes another element"

    def handle_data(self, data: str) -> None:
        self.open[-1].parts.append(data)


def parsed(html: str) -> Element:
    """The page as a tree."""
    reader = _Reader()
    reader.feed(html)
    reader.close()
    assert reader.open == [reader.root]
    return reader.root


def page_of(result: Result) -> str:
    """The page of a run, as it is written."""
    return run_page(result, manifest(result))


def sections(page: Element) -> list[str]:
    """The ids of the chapters."""
    return [each.attributes["id"] for each in page.all("section")]


def figure_data(page: Element, id: str) -> dict[str, Any]:
    """The numbers of a chart."""
    (script,) = page.by_id(id).all("script")
    found: dict[str, Any] = json.loads(script.text)
    return found


def rows(table: Element) -> list[list[str]]:
    """A table's texts, headings among them."""
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]


def check_loads_nothing(page: Element) -> None:
    """No address, no file, no script of an element's own; a picture is in the page itself."""
    for each in page.all():
        if each.tag == "img":
            assert each.attributes.pop("src").startswith("data:image/svg+xml;base64,")
        assert not {"src", "srcset", "action", "data", "xmlns"} & each.attributes.keys()
        assert each.attributes.get("href", "#").startswith("#")
        assert each.tag not in ("link", "iframe", "object", "embed", "form")
        assert not [name for name in each.attributes if name.startswith("on")]
    (style,) = page.all("style")
    assert "url(" not in style.text
    assert "@import" not in style.text


def check_ids(page: Element) -> None:
    """Ids are unique, and what refers to one finds it."""
    ids = [each.attributes["id"] for each in page.all() if "id" in each.attributes]
    assert len(ids) == len(set(ids))
    for each in page.all():
        for attribute in ("aria-labelledby", "aria-describedby"):
            assert each.attributes.get(attribute, ids[0]) in ids


def check_headings(page: Element) -> None:
    """Headings leave no level out."""
    levels = [int(each.tag[1]) for each in page.all("h1", "h2", "h3", "h4")]
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in pairwise(levels))


def check_tables(page: Element) -> None:
    """Every table has a name, and headings of its rows and columns."""
    for table in page.all("table"):
        assert page.by_id(table.attributes["aria-labelledby"]).text
        scopes = {each.attributes["scope"] for each in table.all("th")}
        assert scopes == {"col", "row"}
        widths = {len(row) for row in rows(table)}
        assert len(widths) == 1, rows(table)[:2]


def check_charts(page: Element, count: int) -> None:
    """So many charts, each of which says in words what it shows, and has its tables."""
    figures = [each for each in page.all("figure") if "chart" in each.attributes["class"]]
    assert len(figures) == count
    for figure in figures:
        (canvas,) = figure.with_class("canvas")
        assert canvas.attributes["role"] == "img"
        assert len(canvas.attributes["aria-label"]) > 20
        assert list(figure.all("figcaption"))
        (details,) = figure.all("details")
        assert "open" in details.attributes  # the script closes it: without one the table is seen
        assert list(details.all("table"))
        assert "table" in next(figure.all("noscript")).text


def small_world(**changes: Any) -> dict[str, Any]:
    """Two teams, two motions, three strategies, few leads: some cool, some are open at the end."""

    def motion(team: str, advance: float) -> dict[str, Any]:
        contact = {"team": team, "effort_hours": 0.2, "attempts": {"max": 2, "reach": 0.5}, "patience_hours": 60.0}
        close = {"team": team, "effort_hours": 3.0, "advance": advance, "buyer_days": 8, "opportunity": True}
        return {"steps": {"contact": contact, "close": close}}

    pay = {"salary": 60000, "on_target_variable": 30000, "annual_quota": 500000}
    team = {"people": {"selling_share": 0.4}, "pay": pay}
    tree: dict[str, Any] = {
        "channelsim": 1,
        "name": "a small world",
        "horizon": {"start": dt.date(2027, 1, 4), "months": 4, "warmup_months": 1},
        "segments": {"small": {"deal_value": 9000.0}, "big": {"deal_value": 40000.0}},
        "sources": {"web": {"leads_per_month": 30, "mix": {"small": 0.7, "big": 0.3}, "cost_per_lead": 80}},
        "teams": {
            "inside": {"channel": "inside", "headcount": 1, **team},
            "outside": {"channel": "outside", "headcount": 2, **team},
        },
        "motions": {"phone": motion("inside", 0.3), "field": motion("outside", 0.5)},
        "strategies": {
            "phone": {"routing": [{"motion": "phone"}], "teams.outside.headcount": 0},
            "field": {"routing": [{"motion": "field"}], "teams.inside.headcount": 0},
            "both": {"routing": [{"when": {"segment": "big"}, "motion": "field"}, {"motion": "phone"}]},
        },
    }
    return tree | changes
