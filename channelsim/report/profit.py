"""The profit and loss, unit economics, cohorts and pay of a run as tables."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from channelsim.experiment.economics import COMPANY, Economics, parts_of, unit_economics
from channelsim.experiment.result import Result
from channelsim.experiment.statements import ProfitAndLoss
from channelsim.finance.costs import Category
from channelsim.finance.customers import MONTHS_A_QUARTER
from channelsim.finance.statement import LINES

if TYPE_CHECKING:
    import polars as pl  # slow to import

FloatArray = NDArray[np.float64]
NO_PART = "none"
"""What belongs to no part of a cut: leads and capital to no team, idle people to no lead."""
PNL_COLUMNS = ("strategy", "cut", "part", "line", "month", "amount")
ECONOMICS_COLUMNS = ("strategy", "cut", "part", "figure", "value", "ci_low", "ci_high")
COHORT_COLUMNS = ("strategy", "segment", "cohort", "year", "customers", "gross_margin", "cost")
PAY_FIGURES = ("credited", "quota", "commission", "draws", "bonus", "handoffs")


def line_name(line: str) -> str:
    """A line's name in tables: that of its metric, where it is one."""
    return f"cost.{line}" if line in list(Category) else str(line)


def cuts_of(result: Result, strategy: str) -> dict[str, dict[str, FloatArray]]:
    """A strategy's mean profit and loss: cut -> part -> (line, month). The parts of each cut add up to the
    company."""
    found = result.profit_and_loss[strategy]
    scenario = result.study.strategies[strategy]
    cuts: dict[str, dict[str, FloatArray]] = {COMPANY: {COMPANY: found.whole}}
    cuts["team"] = dict(zip([*found.layout.teams, NO_PART], np.moveaxis(found.by_team, -1, 0), strict=True))
    for cut, masks in parts_of(found.layout, scenario).items():
        if cut != COMPANY:
            cuts[cut] = {part: found.by_cell[:, :, mask].sum(axis=2) for part, mask in masks.items()}
            cuts[cut][NO_PART] = found.whole - sum(cuts[cut].values())
    return cuts


def pnl_rows(result: Result) -> Iterator[tuple[str, str, str, str, dt.date, float]]:
    """As in `pnl.csv`: means over replications, warm-up included. Lines of a part that are 0 throughout are left
    out."""
    for strategy, found in result.profit_and_loss.items():
        months = found.layout.month_starts[:-1]
        smallest = 1e-9 * np.abs(found.whole).max()
        for cut, parts in cuts_of(result, strategy).items():
            for part, lines in parts.items():
                for line, amounts in zip(LINES, lines, strict=True):
                    if np.abs(amounts).max() > smallest or cut == COMPANY:
                        for month, amount in zip(months, amounts.tolist(), strict=True):
                            yield strategy, cut, part, line_name(line), month, amount


def economics_of(result: Result, strategy: str) -> list[Economics]:
    """A strategy's unit economics."""
    found = result.profit_and_loss[strategy]
    parts = parts_of(found.layout, result.study.strategies[strategy])
    return list(unit_economics(found, parts, result.controls))


def economics_rows(result: Result) -> Iterator[tuple[str, str, str, str, float, float, float]]:
    """As in `unit_economics.csv`, over the months after the warm-up."""
    for strategy in result.profit_and_loss:
        for each in economics_of(result, strategy):
            yield strategy, each.cut, each.part, each.figure, each.value, each.ci_low, each.ci_high


def cohort_rows(result: Result) -> Iterator[tuple[str, str, dt.date, int, float, float, float]]:
    """As in `cohorts.csv`: customers won in a quarter, how many are left in each of their years, their gross
    margin in it, and what it had cost to sell to the segment in the quarter."""
    for strategy, found in result.profit_and_loss.items():
        starts = found.layout.month_starts[found.warmup_months : -1 : MONTHS_A_QUARTER]
        for segment in dict.fromkeys(segment for _, segment in found.layout.streams):
            mine = [index for index, (_, of) in enumerate(found.layout.streams) if of == segment]
            cost = _cost_by_quarter(found, mine)
            customers, margin = (table[:, mine].sum(axis=1) for table in (found.customers, found.margin))
            for quarter, start in enumerate(starts):
                for year in range(customers.shape[1]):
                    figures = (float(customers[quarter, year]), float(margin[quarter, year]), float(cost[quarter]))
                    yield strategy, segment, start, year, *figures


def _cost_by_quarter(found: ProfitAndLoss, streams: list[int]) -> FloatArray:
    cost = found.by_cell[LINES.index("cost_total"), found.warmup_months :][:, streams].sum(axis=(1, 2))
    by_quarter: FloatArray = np.add.reduceat(cost, np.arange(0, len(cost), MONTHS_A_QUARTER))
    return by_quarter


def pay_table(result: Result) -> pl.DataFrame:
    """Variable pay: one row a strategy, replication, rep and month in which anything was credited, to be reached or
    paid."""
    import polars as pl

    parts = []
    for strategy, found in result.profit_and_loss.items():
        layout = found.layout
        seats = np.array([seat.number + 1 for seat in layout.seats])
        months = np.array(layout.month_starts[:-1], dtype="datetime64[D]")
        for each in found.paid:
            for team, pay in enumerate(each.by_team):
                figures = np.array([getattr(pay, name) for name in PAY_FIGURES])
                rep, month = np.nonzero(figures.any(axis=0))
                mine = each.reps[each.team_of_rep == team][rep]
                parts.append(
                    pl.DataFrame(
                        {
                            "strategy": pl.repeat(strategy, len(rep), eager=True),
                            "replication": pl.Series(each.replications[each.of[team][rep]], dtype=pl.Int32),
                            "team": pl.repeat(layout.teams[team], len(rep), eager=True),
                            "seat": pl.Series(seats[mine[:, 0]], dtype=pl.Int32),
                            "incumbent": pl.Series(mine[:, 1] + 1, dtype=pl.Int32),
                            "month": pl.Series(months[month]),
                            **{name: figures[i, rep, month] for i, name in enumerate(PAY_FIGURES)},
                        }
                    )
                )
    return pl.concat(parts)
