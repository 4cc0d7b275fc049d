"""The findings in figures."""

from __future__ import annotations

from channelsim.analysis.comparison import differences
from channelsim.analysis.intervals import Estimate, estimate
from channelsim.finance.definitions import Unit
from channelsim.report.format import mean_and_spread
from studies.report import Table
from studies.year_of_execution.experiment import AS_IS, PLANS, WAYS, Simulated, Values

DECIDED_BY = "contribution"


def tables(found: Simulated) -> list[Table]:
    """All tables, in the order in which the page tells them."""
    return [_alone(found), _strategies(found), _mended(found)]


def gains(worlds: dict[str, Values], base: str, metric: str = DECIDED_BY) -> dict[str, Estimate]:
    """Each world's paired difference from one of them; the intervals hold for all at once."""
    return differences({name: values[metric] for name, values in worlds.items()}, base)


def _alone(found: Simulated) -> Table:
    table = Table(
        "One initiative at a time, in the hybrid",
        ("initiative", "contribution", "gross margin", "cost", "LTV:CAC"),
        note=f"Differences from rolling out nothing, over {found.months} months, on the same leads and the same "
        "truth about each effect; 95% intervals that hold together in each column; * beyond chance.",
    )
    by_metric = {metric: gains(found.alone, AS_IS, metric) for metric in (DECIDED_BY, "gross_margin", "cost_total")}
    ratio = gains(found.alone, AS_IS, "ltv_to_cac")
    for name in sorted(by_metric[DECIDED_BY], key=lambda each: -by_metric[DECIDED_BY][each].mean):
        cells = [money_cell(by_metric[metric][name], found) for metric in by_metric]
        table.rows.append((name, *cells, _cell(ratio[name], Unit.RATIO, found)))
    return table


def _strategies(found: Simulated) -> Table:
    table = Table(
        "A few done well, many by halves, or none",
        ("way to sell", *PLANS, "few against none", "many against none", "few against many"),
        note=f"Contribution over {found.months} months, and differences on the same leads; the intervals of the "
        "differences hold together for all nine; * beyond chance.",
    )
    for way in WAYS:
        worlds = {plan: found.strategies[f"{way}{suffix}"] for plan, suffix in PLANS.items()}
        own = [_plain(estimate(values[DECIDED_BY]), found) for values in worlds.values()]
        none, few, many = (values[DECIDED_BY] for values in worlds.values())
        confidence = 1 - 0.05 / (3 * len(WAYS))
        pairs = [estimate(a - b, confidence) for a, b in ((few, none), (many, none), (few, many))]
        table.rows.append((way, *own, *(money_cell(each, found) for each in pairs)))
    return table


def _mended(found: Simulated) -> Table:
    table = Table(
        "What keeps the many from paying, in the hybrid",
        ("what is rolled out", "contribution against none"),
        note="Each row against the hybrid as it is; intervals hold together; * beyond chance.",
    )
    worlds = {AS_IS: found.strategies["hybrid"], **found.mended}
    for name, gain in gains(worlds, AS_IS).items():
        table.rows.append((name, money_cell(gain, found)))
    return table


def money_cell(each: Estimate, found: Simulated) -> str:
    """A difference in money with half of its interval, marked if beyond chance."""
    return _cell(each, Unit.MONEY, found)


def _cell(each: Estimate, unit: Unit, found: Simulated) -> str:
    mark = "*" if each.ci_low > 0 or each.ci_high < 0 else ""
    return " ± ".join(mean_and_spread(each, unit, found.currency, signed=True)) + mark


def _plain(each: Estimate, found: Simulated) -> str:
    return " ± ".join(mean_and_spread(each, Unit.MONEY, found.currency))
