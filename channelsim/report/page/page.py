"""Puts sections together into one HTML page that loads nothing: style sheet, script and numbers are in it."""

from __future__ import annotations

import base64
import hashlib
import itertools
import json
import re
from collections.abc import Mapping, Sequence
from importlib.resources import files
from typing import Any

from channelsim.experiment.result import Result
from channelsim.report.format import SYMBOLS
from channelsim.report.page.blocks import Section
from channelsim.report.page.sections import SECTIONS
from channelsim.report.page.sections.manifest import command_of, manifest_section
from channelsim.report.page.words import count, facts_of, swatches
from channelsim.report.style import FAINT, GROUND, INK, QUIET
from channelsim.version import VERSION

PACKAGE = "channelsim.report.page"
SCRIPTS = ("lines.js", "charts.js")
INKS = {"ink": INK, "quiet": QUIET, "faint": FAINT, "ground": GROUND}


def run_page(result: Result, manifest: Mapping[str, Any]) -> str:
    """The page of a run. manifest: as in manifest.json."""
    scenario = result.study.scenario
    found = [make(result) for make in SECTIONS]
    sections = [section for section in found if section is not None]
    return html(
        scenario.name,
        [*sections, manifest_section(manifest, command_of(result), result.failures)],
        description=scenario.description,
        facts=facts_of(result.study, count(result.replications, "replication")),
        currency=scenario.currency,
        strategies=as_numbered(result.strategies),
    )


def as_numbered(strategies: Sequence[str]) -> list[dict[str, str]]:
    """Strategies as `html` takes them."""
    return [
        {"name": name, "colour": swatch.colour, "path": swatch.path}
        for name, swatch in swatches(strategies).items()
    ]


def html(
    title: str,
    sections: Sequence[Section],
    *,
    description: str = "",
    facts: Sequence[str] = (),
    currency: str = "",
    strategies: Sequence[Mapping[str, str]] = (),
) -> str:
    """A page of sections, those without blocks left out. facts: in one line below the title. strategies: name,
    colour and marker's path of each, in the order in which charts number them."""
    from jinja2 import Environment, PackageLoader, StrictUndefined  # slow to import

    environment = Environment(
        loader=PackageLoader(PACKAGE, "template"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["breakable"] = _breakable
    environment.globals["number"] = itertools.count(1).__next__  # for ids
    environment.policies["json.dumps_function"] = _dumps
    environment.policies["json.dumps_kwargs"] = {}
    script = "".join(_file(name) for name in SCRIPTS)
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    return environment.get_template("report.html.j2").render(
        title=" ".join(title.split()),
        description=description,
        facts=facts,
        sections=[section for section in sections if section.blocks],
        settings={"symbol": SYMBOLS.get(currency, ""), "strategies": list(strategies), "inks": INKS},
        inks=INKS,
        style=_file("report.css"),
        script=script,
        script_hash=f"sha256-{digest}",
        version=VERSION,
    )


def _file(name: str) -> str:
    return files(PACKAGE).joinpath("template", name).read_text(encoding="utf-8")


def _breakable(text: str) -> str:
    """A name as HTML that may be broken after its own _ and dots, but no number."""
    from markupsafe import Markup, escape

    return Markup(re.sub(r"([_.])(?=\D)", r"\1<wbr>", str(escape(text))))


def _dumps(value: Any) -> str:
    """JSON without blanks. Raises ValueError for NaN, which JSON does not have."""
    return json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
