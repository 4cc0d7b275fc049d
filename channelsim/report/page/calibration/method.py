"""How the figures were got, in plain words, and how to make them again."""

from __future__ import annotations

from collections.abc import Iterator

from channelsim.report.calibration_result import Calibration
from channelsim.report.page.blocks import Block, Cell, Name, Prose, Row, Section, Table, Text
from channelsim.version import VERSION


def method_section(calibration: Calibration) -> Section:
    """A line for each idea, then the command."""
    rows = [Row(Name(title), [Cell(text)]) for title, text in _ideas(calibration)]
    blocks: list[Block] = [Table("What the figures rest on", "Idea", [Name("Here")], rows, words=True)]
    if calibration.command:
        blocks += [Prose(["The same files and version give the same figures:"]), Text(calibration.command)]
    blocks.append(Prose([f"channelsim {VERSION}, template {calibration.written.template}."], "quiet"))
    return Section("method", "Method", blocks)


def _ideas(calibration: Calibration) -> Iterator[tuple[str, str]]:
    export = calibration.fit.export
    yield (
        "Open deals",
        "A deal that is still open says that it has taken this long so far, and may be won or lost yet. Shares "
        "that go on and days in each step are estimated together, by maximum likelihood, so that slow losses do "
        "not make win rates too high.",
    )
    if not export.losses_are_seen:
        yield "Losses", "Nobody wrote down which deals were lost. That is inferred from how long wins take."
    if export.resolution_days:
        yield "Days", "Dates alone are known: each duration may be up to a day longer or shorter than it reads."
    yield (
        "Families",
        "Exponential, lognormal, gamma and weibull are fitted to each duration and to deal values; Akaike's "
        "information criterion (AIC) chooses, smaller is better. Where none comes near what was seen, equally "
        "likely values of the data stand in.",
    )
    yield (
        "Small cells",
        "A segment with few deals is drawn to the others of the same step, the more the fewer it has and the more "
        "alike they are.",
    )
    if calibration.fit.sources:
        yield (
            "Arrivals",
            "Counts by month are taken to be Poisson, with a trend, and with seasons where there are two years or "
            "more.",
        )
    if calibration.backtest is not None:
        yield (
            "Predictive intervals",
            "The ends are order statistics of the simulated figures: of those and the truth, if all are alike, the "
            "truth is equally likely to come at any place.",
        )
