"""From leads to deals, and what became of the others."""

from __future__ import annotations

from channelsim.experiment.result import Result
from channelsim.finance.definitions import Unit
from channelsim.report.charts.funnel import STAGES, conversion, ever
from channelsim.report.charts.losses import ENDS, REASONS, End, losses_by_step, meanings, shares, shown
from channelsim.report.format import number
from channelsim.report.page.blocks import Block, Cell, Chart, Name, Row, Section, Table
from channelsim.report.page.numbers import all_rounded, point
from channelsim.report.page.words import cell, names
from channelsim.report.style import period

STAGES_TABLE, ENDS_TABLE = "stages", "ends"
SHARES, PER_100 = "share", "count"


def funnel_section(result: Result) -> Section:
    """How many leads come to each stage; where the others are lost."""
    blocks: list[Block] = [_stages(result)]
    if any(shares(result).values()):
        blocks.append(_ends(result))
    return Section("funnel", "Funnel and losses", blocks)


def _stages(result: Result) -> Chart:
    stages = [name for name in STAGES if name != "opportunities" or ever(result, name)]
    rows, panels = [], []
    for at, stage in enumerate(stages):
        estimates = {name: result.estimate(name, stage) for name in result.strategies}
        cells = []
        for name, each in estimates.items():
            own = cell(each, Unit.COUNT, "")
            share = number(conversion(result, name, stage, stages[at - 1]).mean, Unit.SHARE, "") if at else ""
            cells.append(Cell(own.text, own.spread, aside=share))
        about = f"in brackets: of {STAGES[stages[at - 1]].lower()}" if at else ""
        rows.append(Row(Name(STAGES[stage]), cells, about))
        panels.append(
            {"label": STAGES[stage], "about": about, "points": [point(each) for each in estimates.values()]}
        )
    bars = ", thin lines 95% intervals" if result.replications > 1 else ""
    told = []
    for at, name in enumerate(result.strategies):
        reached = (f"{row.heading.text.lower()} {row.cells[at].text}" for row in rows)
        told.append(f"{name}: {', '.join(reached)}")
    return Chart(
        id="from-leads-to-deals",
        draw="bars",
        title=f"From leads to deals over {period(result)}",
        caption=f"Bars are means{bars}; in brackets, the share of the stage before. Each stage has its own scale.",
        alt=f"{'; '.join(told)}.",
        data={
            "rows": [{"strategy": at} for at in range(len(result.strategies))],
            "panels": panels,
            "unit": str(Unit.COUNT),
            "table": STAGES_TABLE,
        },
        tables=[Table("Leads at each stage", "", names(result), rows, id=STAGES_TABLE)],
    )


def _ends(result: Result) -> Chart:
    """Shares of all leads, by strategy; then, for each strategy, the steps at which it loses them."""
    ends = shown(result, ENDS)
    reasons = [end for end in ends if end in REASONS.values()]
    by_strategy = shares(result)
    strategies = names(result)
    whole = Table(
        "Shares of all leads",
        "",
        [Name(end.label) for end in ends],
        [
            Row(name, [Cell(number(by_strategy[name.text].get(end.metric), Unit.SHARE, "")) for end in ends])
            for name in strategies
        ],
        id=ENDS_TABLE,
    )
    views = [
        {
            "label": "What becomes of leads",
            "unit": SHARES,
            "ends": [ends.index(end) for end in ends],
            "rows": [{"strategy": at} for at in range(len(strategies))],
            "values": [
                all_rounded(by_strategy[name.text].get(end.metric, 0.0) for end in ends) for name in strategies
            ],
            "table": whole.id,
        }
    ]
    tables = [whole]
    by_step = losses_by_step(result)
    for at, name in enumerate(strategies if by_step.steps else []):
        lost = {end: by_step.per_100[name.text][reason] for reason, end in REASONS.items() if end in reasons}
        steps = [
            (f"{motion}: {step}", [lost[end][i] for end in reasons])
            for i, (motion, step) in enumerate(by_step.steps)
            if any(lost[end][i] for end in reasons)
        ]
        table = Table(
            f"Where {name.text} loses leads, of 100",
            "",
            [Name(end.label) for end in reasons],
            [Row(Name(step), [Cell(number(each, Unit.COUNT, "")) for each in figures]) for step, figures in steps],
            id=f"{ENDS_TABLE}-{at + 1}",
        )
        views.append(
            {
                "label": f"Where {name.text} loses them",
                "unit": PER_100,
                "ends": [ends.index(end) for end in reasons],
                "rows": [{"name": step} for step, _ in steps],
                "values": [all_rounded(figures) for _, figures in steps],
                "table": table.id,
            }
        )
        tables.append(table)
    return Chart(
        id="what-becomes-of-leads",
        draw="stacks",
        title="What becomes of leads, and where they are lost",
        caption=meanings(result),
        alt="; ".join(_told(row, ends) for row in whole.rows) + ".",
        data={
            "ends": [{"label": end.label, "colour": end.colour, "hatch": end.hatch[:1]} for end in ends],
            "views": views,
        },
        tables=tables,
    )


def _told(row: Row, ends: list[End]) -> str:
    parts = (f"{end.label.lower()} {each.text}" for end, each in zip(ends, row.cells, strict=True))
    return f"{row.heading.text}: {', '.join(parts)}"
