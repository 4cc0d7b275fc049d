"""The chapters of a run's page, a file each. To add one: write a file with a function that makes its Section of a
Result (None where it has nothing to tell), and name it in SECTIONS where it is to stand."""

from __future__ import annotations

from collections.abc import Callable

from channelsim.experiment.result import Result
from channelsim.report.page.blocks import Section
from channelsim.report.page.sections.assumptions import assumptions_section
from channelsim.report.page.sections.breakeven import breakeven_section
from channelsim.report.page.sections.comparison import comparison_section
from channelsim.report.page.sections.economics import economics_section
from channelsim.report.page.sections.funnel import funnel_section
from channelsim.report.page.sections.method import method_section
from channelsim.report.page.sections.months import months_section
from channelsim.report.page.sections.profit import profit_section
from channelsim.report.page.sections.risk import risk_section
from channelsim.report.page.sections.unknowns import unknowns_section
from channelsim.report.page.sections.verdict import verdict_section

SECTIONS: tuple[Callable[[Result], Section | None], ...] = (
    verdict_section,
    comparison_section,
    funnel_section,
    profit_section,
    economics_section,
    breakeven_section,
    months_section,
    risk_section,
    unknowns_section,
    assumptions_section,
    method_section,
)
"""Every chapter in the order of the page; the manifest, which needs more than a Result, comes last."""
