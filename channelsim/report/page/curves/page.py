"""Puts the chapters of curves together, a file each, as a run's page is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from channelsim.experiment.curves import Curves
from channelsim.report.page.blocks import Section
from channelsim.report.page.curves.assumptions import assumptions_section
from channelsim.report.page.curves.breakeven import breakeven_section
from channelsim.report.page.curves.command import command_of
from channelsim.report.page.curves.lines import lines_section
from channelsim.report.page.curves.method import method_section
from channelsim.report.page.curves.optima import optima_section
from channelsim.report.page.curves.sentences import sentences_section
from channelsim.report.page.page import as_numbered, html
from channelsim.report.page.sections.manifest import manifest_section
from channelsim.report.page.words import count, facts_of

SECTIONS: tuple[Callable[[Curves], Section | None], ...] = (
    sentences_section,
    lines_section,
    breakeven_section,
    optima_section,
    assumptions_section,
    method_section,
)
"""Every chapter in the order of the page; the manifest comes last."""


def curves_page(curves: Curves, manifest: Mapping[str, Any]) -> str:
    """The page of a set of curves. manifest: as in manifest.json."""
    study = curves.points.study
    found = [make(curves) for make in SECTIONS]
    sections = [section for section in found if section is not None]
    each = f"{count(curves.replications, 'replication')} at each of {len(curves.points):,} values"
    return html(
        f"{study.scenario.name}, by {curves.points.variation.path}",
        [*sections, manifest_section(manifest, command_of(curves), curves.failures)],
        description=study.scenario.description,
        facts=facts_of(study, each),
        currency=study.scenario.currency,
        strategies=as_numbered(curves.strategies),
    )
