"""What a run says about risk: bad years beside each other, targets, regret, dominance."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from rich.markup import escape
from rich.table import Table

from channelsim.analysis.risk import Chance, Dominance, Risk
from channelsim.analysis.targets import Target
from channelsim.experiment.result import Result
from channelsim.report.format import UNDEFINED, in_step, number
from channelsim.report.verdict import DECIDED_BY, in_a_row

FEWEST_REPLICATIONS = 20
"""With fewer, a worst tenth is one or two replications."""
CAN_BE_LOST = ("contribution", "npv")
"""Decision metrics that can be below 0."""
MONEY_ROWS: tuple[tuple[str, Callable[[Risk], float]], ...] = (
    ("A good year: 1 in 10 is better", lambda risk: risk.p90),
    ("As many are better as worse", lambda risk: risk.p50),
    ("A bad year: 1 in 10 is worse", lambda risk: risk.p10),
    ("Mean of the worst tenth", lambda risk: risk.worst),
    ("Regret, on average", lambda risk: risk.regret),
)


@dataclass(frozen=True)
class RiskFigure:
    """One figure about one strategy, as `risk.csv` and --json have it."""

    strategy: str
    figure: str
    value: float
    ci_low: float | None = None
    ci_high: float | None = None


def risk_figures(result: Result) -> Iterator[RiskFigure]:
    """Every figure about risk. Names: p10, p50, p90, worst_tenth_mean, loss_probability, regret_mean, regret_p90,
    and target.<metric> for the chance to reach each target."""
    for name, risk in result.risks.items():
        yield RiskFigure(name, "p10", risk.p10)
        yield RiskFigure(name, "p50", risk.p50)
        yield RiskFigure(name, "p90", risk.p90)
        yield RiskFigure(name, "worst_tenth_mean", risk.worst)
        yield _chance(name, "loss_probability", risk.loss)
        yield RiskFigure(name, "regret_mean", risk.regret)
        yield RiskFigure(name, "regret_p90", risk.regret_p90)
        for target in result.targets:
            yield _chance(name, f"target.{target.metric.name}", result.reached(target, name))


def _chance(strategy: str, figure: str, chance: Chance) -> RiskFigure:
    return RiskFigure(strategy, figure, chance.share, chance.ci_low, chance.ci_high)


def is_worth_telling(result: Result) -> bool:
    """Whether there are replications enough to speak of bad years, or a target was asked for."""
    return bool(result.risks) and (result.comparison.replications >= FEWEST_REPLICATIONS or bool(result.targets))


def risk_table(result: Result, strategies: Sequence[str]) -> Table:
    """Bad and good replications, chances and regret of some strategies."""
    table = Table(box=None, header_style="bold", padding=(0, 2, 0, 0), pad_edge=False)
    table.add_column("")
    for name in strategies:
        table.add_column(escape(name), justify="right", overflow="fold")
    currency = result.study.scenario.currency
    _, unit = DECIDED_BY[result.comparison.metric]
    risks = [result.risks[name] for name in strategies]
    alone = len(result.strategies) == 1
    for label, figure in MONEY_ROWS:
        if not (alone and label.startswith("Regret")):
            table.add_row(label, *in_step([figure(risk) for risk in risks], unit, currency))
    if result.comparison.metric in CAN_BE_LOST:
        table.add_row("Chance of a loss", *(chance_in_words(risk.loss) for risk in risks))
    for target in result.targets:
        reached = [chance_in_words(result.reached(target, name)) for name in strategies]
        table.add_row(f"Chance of {target_in_words(target, currency)}", *reached)
    return table


def target_in_words(target: Target, currency: str) -> str:
    """ "bookings ≥ $12M"."""
    sign = "≤" if target.at_most else "≥"
    name = target.metric.name.replace("_", " ").replace(".", ", ")
    return f"{name} {sign} {number(target.value, target.metric.unit, currency)}"


def chance_in_words(chance: Chance) -> str:
    """A share and its interval in per cent: "12% (8 to 17)"."""
    if chance.share != chance.share:
        return UNDEFINED
    return f"{percent(chance.share)}% ({percent(chance.ci_low)} to {percent(chance.ci_high)})"


def percent(share: float) -> str:
    """A share in per cent, without the false 0 and 100 of rounding."""
    if 0 < share < 0.01:
        return f"{100 * share:.1f}"
    if 0.99 < share < 1:
        return f"{min(99.9, 100 * share):.1f}"
    return f"{100 * share:.0f}"


def risk_note(result: Result) -> str:
    """How to read the table."""
    n = result.comparison.replications
    regret = "" if len(result.strategies) == 1 else "; regret: what the best strategy of the replication had more"
    return f"of {n:,} replications; chances with 95% intervals{regret}"


def dominance_sentence(result: Result) -> str:
    """Whether the best strategy is above the others whatever one thinks of risk; empty with one strategy."""
    best = result.comparison.best
    by_order: dict[Dominance | None, list[str]] = {}
    for name in result.comparison.leads:
        by_order.setdefault(result.dominance(best, name), []).append(name)
    sentences = []
    if first := by_order.get(Dominance.FIRST):
        sentences.append(
            f"{best} is above {in_a_row(first)} in bad years, middling ones and good ones alike "
            "(first-order dominance)."
        )
    if second := by_order.get(Dominance.SECOND):
        sentences.append(
            f"Whoever is wary of bad years prefers {best} to {in_a_row(second)}, too (second-order dominance)."
        )
    for name in by_order.get(None, []):
        share = result.worse_tail(best, name)
        if share > 0:
            sentences.append(
                f"The worst {percent(share)}% of {best}'s replications are worse than those of {name}."
            )
    return " ".join(sentences)
