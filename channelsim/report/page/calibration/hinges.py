"""What to measure next: which number, assumed or estimated, the verdict hinges on."""

from __future__ import annotations

from channelsim.report.calibration_result import CONFOUNDED, Calibration, hinge_sentences
from channelsim.report.format import UNDEFINED, in_step, interval, number
from channelsim.report.page.blocks import Block, Cell, Name, Prose, Row, Section, Table
from channelsim.report.sensitivity import (
    figure_in_words,
    is_worth_something,
    mark,
    range_of,
    unit_of,
)

MOST_ROWS = 15
VERDICT = {"!": "turns the verdict", "?": "could, as far as chance goes"}


def hinges_section(calibration: Calibration) -> Section | None:
    """Sentences, and the numbers that move the lead most; None where nothing was looked at."""
    result = calibration.sensitivity
    if result is None:
        return None
    findings = result.findings
    unit, currency = unit_of(result)
    worth = {}
    if findings.knowledge is not None:
        worth = dict(zip((each.name for each in findings.parameters), findings.knowledge.each, strict=True))
    rows = []
    for bar in findings.bars[:MOST_ROWS]:
        parameter = bar.parameter
        low, high = in_step(
            [bar.readings[0].mean, bar.readings[2].mean], unit, currency, signed=bool(findings.rivals)
        )
        known = worth.get(parameter.name)
        is_worth = known is not None and is_worth_something(result, known)
        cells = [
            Cell("estimated" if parameter.is_belief else "assumed"),
            Cell(range_of(parameter)),
            Cell(low),
            Cell(high),
            Cell(number(known.value, unit, currency) if is_worth and known is not None else UNDEFINED),
        ]
        if findings.rivals:
            cells.append(Cell(VERDICT.get(mark(bar), ""), strong=bool(bar.flips)))
        rows.append(Row(Name(parameter.name), cells))
    names = ["Is", "From, to", "At the low end", "At the high end", "Worth of knowing"]
    names += ["Verdict"] if findings.rivals else []
    left = len(findings.bars) - len(rows)
    more = f" {left:,} more move it less." if left else ""
    base = interval(findings.base, unit, currency)
    note = (
        f"Shown is {figure_in_words(result)}, while one number goes from end to end and all others stay; as the "
        f"scenario says it is {number(findings.base.mean, unit, currency)} (95% interval {base}).{more} Worth of "
        "knowing: at most, before deciding."
    )
    caption = f"What moves {'the verdict' if findings.rivals else 'it'}, most first"
    blocks: list[Block] = [
        Prose(hinge_sentences(result)),
        Table(caption, "Number", [Name(each) for each in names], rows, note, words=True),
        Prose(
            [
                f"Numbers went through {result.question.how}: {result.points:,} points, "
                f"{result.question.replications:,} replications of each."
            ],
            "quiet",
        ),
    ]
    if len(calibration.fit.routes) > 1:
        blocks.append(Prose([CONFOUNDED], "warning"))
    return Section("next", "What to measure next", blocks)
