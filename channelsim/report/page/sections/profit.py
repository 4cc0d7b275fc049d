"""Profit and loss: from bookings to contribution, where the cost of a deal goes, and how it is cut."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.economics import COMPANY
from channelsim.experiment.result import Result
from channelsim.finance.costs import Category
from channelsim.finance.customers import MONTHS_A_QUARTER
from channelsim.finance.definitions import Unit
from channelsim.finance.statement import LINES, Total
from channelsim.report.format import UNDEFINED, number
from channelsim.report.page.blocks import Block, Cell, Chart, Details, Name, Row, Section, Table
from channelsim.report.page.numbers import all_rounded
from channelsim.report.page.words import month_words, names, swatches
from channelsim.report.profit import NO_PART, cuts_of

FloatArray = NDArray[np.float64]
LABELS = {
    Total.BOOKINGS: "Bookings",
    Total.DELIVERY: "Delivery",
    Total.GROSS_MARGIN: "Gross margin",
    Total.COST_TOTAL: "Cost, all in",
    Total.CONTRIBUTION: "Contribution",
}
COLOURS = (
    "#3E5C76", "#748CAB", "#9FB3C8", "#BCCCDC", "#52606D", "#C97B4A", "#8F9E8B", "#C2B280", "#A27B73", "#7A6C5D",
    "#D9D2C5", "#E4E8EC",
)  # fmt: skip
"""One a category: people in blues, the road in rust, what is bought in browns and greens. None is a strategy's."""
DEAL_TABLE = "cost-of-a-deal"
CATEGORIES: dict[str, str] = {
    Category.VARIABLE: "Variable pay",
    Category.LEADS: "Marketing",
    Category.CAPITAL: "Cost of capital",
}
ABOUT: dict[str, str] = {
    Total.DELIVERY: "bookings less gross margin",
    Category.VARIABLE: "commission, draws, bonus, handed leads",
    Category.MANAGEMENT: "managers, all in",
    Category.INITIATIVES: "set-up and running, seats apart",
    Category.LEADS: "leads, budgets, content",
    Category.CAPITAL: "interest on what has not come back yet",
}
STRONG = (Total.BOOKINGS, Total.GROSS_MARGIN, Total.COST_TOTAL, Total.CONTRIBUTION)
CUTS = {"team": "team", "channel": "channel", "segment": "segment", "source": "source of leads"}


def profit_section(result: Result) -> Section | None:
    """The profit and loss after the warm-up; None if no replication finished."""
    if not result.profit_and_loss:
        return None
    blocks: list[Block] = [_whole(result)]
    if chart := _cost_of_a_deal(result):
        blocks.append(chart)
    for name in result.profit_and_loss:
        blocks.append(Details(f"{name}: by quarter, and by team, channel, segment and source", _cuts(result, name)))
    return Section("profit", "Profit and loss", blocks)


def line_label(line: str) -> str:
    """A line's name for readers."""
    return LABELS[Total(line)] if line in list(Total) else CATEGORIES.get(line, line.capitalize())


def _after(result: Result, name: str, lines: FloatArray) -> FloatArray:
    """Lines over the months after the warm-up."""
    total: FloatArray = lines[:, result.profit_and_loss[name].warmup_months :].sum(axis=1)
    return total


def _whole(result: Result) -> Table:
    currency = result.study.scenario.currency
    amounts = {name: _after(result, name, found.whole) for name, found in result.profit_and_loss.items()}
    rows = []
    for at, line in enumerate(LINES):
        if any(_matters(each, at) for each in amounts.values()):
            cells = [_with_share(float(each[at]), float(each[0]), line, currency) for each in amounts.values()]
            rows.append(Row(Name(line_label(line)), cells, ABOUT.get(line, "")))
    columns = [Name(name, swatches(result.strategies)[name]) for name in amounts]
    return Table(
        "From bookings to contribution, after the warm-up",
        "",
        columns,
        rows,
        "Means over replications; in brackets the share of bookings. pnl.csv has every month, warm-up included.",
    )


def _with_share(amount: float, bookings: float, line: str, currency: str) -> Cell:
    share = number(amount / bookings, Unit.SHARE, currency) if bookings > 0 else UNDEFINED
    return Cell(number(amount, Unit.MONEY, currency), aside=share, strong=line in STRONG)


def _matters(amounts: FloatArray, at: int) -> bool:
    return abs(float(amounts[at])) > 1e-9 * float(np.abs(amounts).max())


def _cost_of_a_deal(result: Result) -> Chart | None:
    """What a deal costs, by category; None if there are none."""
    currency = result.study.scenario.currency
    per_deal = {}
    for name, found in result.profit_and_loss.items():
        won = float(found.won[found.warmup_months :].sum())
        if won > 0:
            per_deal[name] = _after(result, name, found.whole) / won
    if not per_deal:
        return None
    kept = [each for each in Category if any(_matters(lines, LINES.index(each)) for lines in per_deal.values())]
    columns = [Name(line_label(each)) for each in kept]
    strategies = [each for each in names(result) if each.text in per_deal]
    table = Table(
        "What a deal costs",
        "",
        columns,
        [
            Row(
                each,
                [
                    Cell(number(float(per_deal[each.text][LINES.index(category)]), Unit.MONEY, currency))
                    for category in kept
                ],
            )
            for each in strategies
        ],
        "Mean cost / mean deals, after the warm-up.",
        DEAL_TABLE,
    )
    told = (
        f"{name} {number(float(lines[LINES.index(Total.COST_TOTAL)]), Unit.MONEY, currency)}"
        for name, lines in per_deal.items()
    )
    return Chart(
        id="where-the-cost-goes",
        draw="stacks",
        title="What a deal costs, and what for",
        caption="All costs over the deals won in the same months.",
        alt=f"Cost of a deal: {'; '.join(told)}.",
        data={
            "ends": [
                {"label": name.text, "colour": COLOURS[list(Category).index(each)], "hatch": ""}
                for name, each in zip(columns, kept, strict=True)
            ],
            "views": [
                {
                    "label": "What a deal costs",
                    "unit": str(Unit.MONEY),
                    "ends": list(range(len(kept))),
                    "rows": [{"strategy": result.strategies.index(each.text)} for each in strategies],
                    "values": [
                        all_rounded(per_deal[each.text][[LINES.index(c) for c in kept]]) for each in strategies
                    ],
                    "table": table.id,
                }
            ],
        },
        tables=[table],
    )


def _cuts(result: Result, name: str) -> list[Table]:
    cuts = cuts_of(result, name)
    tables = [_by_quarter(result, name, cuts[COMPANY][COMPANY])]
    for cut, words in CUTS.items():
        parts = {part: _after(result, name, lines) for part, lines in cuts[cut].items()}
        parts = {part: amounts for part, amounts in parts.items() if np.abs(amounts).max() > 1e-6}
        if len(parts) > 1:
            columns = [Name(_part_label(cut, part)) for part in parts]
            tables.append(
                _table(result, f"{name} by {words}, after the warm-up", columns, np.array(list(parts.values())))
            )
    return tables


def _part_label(cut: str, part: str) -> str:
    if part != NO_PART:
        return part
    return "marketing, capital" if cut == "team" else "no lead"


def _by_quarter(result: Result, name: str, lines: FloatArray) -> Table:
    """Quarters from the end of the warm-up on."""
    found = result.profit_and_loss[name]
    after = lines[:, found.warmup_months :]
    starts = np.arange(0, after.shape[1], MONTHS_A_QUARTER)
    columns = [
        Name(f"from {month_words(found.layout.month_starts[found.warmup_months + start])}") for start in starts
    ]
    return _table(result, f"{name} by quarter", columns, np.add.reduceat(after, starts, axis=1).T)


def _table(result: Result, caption: str, columns: list[Name], amounts: FloatArray) -> Table:
    """Lines down; amounts: (column, line)."""
    currency = result.study.scenario.currency
    rows = []
    for at, line in enumerate(LINES):
        if np.abs(amounts[:, at]).max() > 1e-6:
            cells = [
                Cell(
                    number(each, Unit.MONEY, currency) if abs(each) > 1e-6 else UNDEFINED,
                    strong=line in STRONG,
                )
                for each in amounts[:, at].tolist()
            ]
            rows.append(Row(Name(line_label(line)), cells))
    return Table(caption, "", columns, rows)
