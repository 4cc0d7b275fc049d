"""A sensitivity study in words: the table on the terminal, what could turn the verdict, what knowing is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.indices import MORRIS
from channelsim.analysis.jackknife import Interval
from channelsim.analysis.sensitivity import Bar, Flip
from channelsim.experiment.sensitivity import Sensitivity
from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED, in_step, interval, mean_and_spread, number
from channelsim.report.style import period_of
from channelsim.report.tables import plain_table, print_table
from channelsim.report.verdict import DECIDED_BY, in_a_row
from channelsim.scenario.parameters import Parameter

MOST_ROWS = 12
MOST_NAMED = 4
WORTH_TELLING = 0.005
"""Knowing something is told to be worth something from this share of the best strategy's figure on."""
ROUGH_SHARE = 0.25
"""Shares of the variance with wider intervals, to either side, are told to be rough."""
ROUGH = 0.8
"""Curves that explain less of the leads than this leave the worth of knowing a rough figure."""
WIDEST_NAME = 34


@dataclass(frozen=True)
class Known:
    """An interval as the printers of numbers have it."""

    mean: float
    ci_low: float
    ci_high: float


def print_sensitivity(console: Console, result: Sensitivity) -> None:
    """The parameters that matter most, and how to read that."""
    print_table(console, f"What moves {figure_in_words(result)}", _table(result), escape(_note(result)))


def unit_of(result: Sensitivity) -> tuple[Unit, str]:
    """The decision metric's unit, and the currency."""
    return DECIDED_BY[result.decided_by][1], result.question.study.scenario.currency


def figure_in_words(result: Sensitivity) -> str:
    """What is looked at: a lead, or the figure of the only strategy."""
    findings = result.findings
    best, metric = findings.strategies[findings.best], DECIDED_BY[result.decided_by][0]
    if not findings.rivals:
        return f"{metric} of {best}"
    rival = findings.strategies[findings.rivals[0]] if len(findings.rivals) == 1 else "the best other strategy"
    return f"{best}'s lead over {rival} in {metric}"


def range_of(parameter: Parameter) -> str:
    """Both ends of a parameter: 0.2 to 0.3."""
    low, high = (parameter.label(parameter.value(share)) for share in parameter.ends)
    return f"{low} to {high}"


def _table(result: Sensitivity) -> Table:
    findings = result.findings
    unit, currency = unit_of(result)
    measures = ["moves it by"] if findings.sample.method == MORRIS else ["alone", "in all"]
    is_worth_told = any(is_worth_something(result, each) for each in _worths(result))
    bars = {bar.parameter.name: bar for bar in findings.bars}
    table = plain_table()
    table.add_column("what", overflow="fold", max_width=WIDEST_NAME)
    for name in ("from, to", *measures, "at low", "at high", *(["worth"] if is_worth_told else [])):
        table.add_column(name, justify="right", no_wrap=True)
    for at in findings.order[:MOST_ROWS]:
        parameter = findings.parameters[at]
        bar = bars[parameter.name]
        ends = [bar.readings[0].mean, bar.readings[2].mean]
        low, high = in_step(ends, unit, currency, signed=bool(findings.rivals))
        cells = [escape(parameter.name), range_of(parameter), *_importance(result, at), low, f"{high}{mark(bar)}"]
        table.add_row(*cells, *([worth_in_words(result, _worths(result)[at])] if is_worth_told else []))
    return table


def _worths(result: Sensitivity) -> Sequence[Interval]:
    """What knowing each parameter is worth; nothing where there is no decision."""
    knowledge = result.findings.knowledge
    return [] if knowledge is None else knowledge.each


def _importance(result: Sensitivity, at: int) -> list[str]:
    """A parameter's measures by the method of the study."""
    findings = result.findings
    unit, currency = unit_of(result)
    name = next(iter(findings.figures))
    if findings.sample.method == MORRIS:
        size = findings.effects[name][at].size
        moves, half = mean_and_spread(Known(size.value, size.low, size.high), unit, currency)
        return [f"{moves} [dim]± {half}[/]"]
    found = findings.shares[name]
    if found is None:
        return [UNDEFINED, UNDEFINED]
    return [
        f"{each.value:.0%} [dim]± {each.high - each.value:.0%}[/]" for each in (found[at].first, found[at].total)
    ]


def mark(bar: Bar) -> str:
    """! for what turns the verdict, ? for what could as far as chance goes."""
    return "!" if bar.flips else "?" if bar.could_flip else " "


def worth_in_words(result: Sensitivity, worth: Interval) -> str:
    """What knowing is worth, a dash where that is next to nothing."""
    return number(worth.value, *unit_of(result)) if is_worth_something(result, worth) else UNDEFINED


def is_worth_something(result: Sensitivity, worth: Interval) -> bool:
    """Whether knowing is worth more than next to nothing."""
    knowledge = result.findings.knowledge
    assert knowledge is not None
    return worth.value >= abs(max(knowledge.averages)) * WORTH_TELLING


def _note(result: Sensitivity) -> str:
    findings, question = result.findings, result.question
    left_out = len(findings.parameters) - MOST_ROWS
    if findings.sample.method == MORRIS:
        how = "moves it by: mean size of the effect from end to end, wherever the others are, ± half of the 95% "
        how += "interval"
    else:
        how = (
            "alone: share of its variance that goes if this alone is known; in all: share that stays if all others "
        )
        how += "are; ± half of the 95% interval"
    notes = [f"{how}; at low, at high: all others as the file says"]
    if any(is_worth_something(result, each) for each in _worths(result)):
        notes.append("worth: of knowing it exactly before deciding, at most")
    if any(mark(bar).strip() for bar in findings.bars):
        notes.append("! turns the verdict, ? could as far as chance goes")
    if left_out > 0:
        notes.append(f"{left_out} more matter less and are in sensitivity.csv")
    luck = result.luck_taken_out
    notes.append(
        f"totals of {period_of(question.study)}; {result.points:,} points, {question.replications:,} replications "
        f"of each{f'; luck is taken out, worth {luck:.1f} times the replications' if luck else ''}"
    )
    return "; ".join(notes)


def sentences(result: Sensitivity) -> list[str]:
    """The verdict where all is as the file says, what could turn it, and what knowing more is worth."""
    return [_base(result), *_hinges(result), *_rough_shares(result), *_worth(result)]


def _base(result: Sensitivity) -> str:
    findings = result.findings
    unit, currency = unit_of(result)
    metric = f"{DECIDED_BY[result.decided_by][0]} over {period_of(result.question.study)}"
    best = findings.strategies[findings.best]
    ends = interval(findings.base, unit, currency)
    amount = number(findings.base.mean, unit, currency)
    chance = "" if ends == UNDEFINED else f" (95% interval {ends})"
    middle = ", beliefs at their middle," if any(each.is_belief for each in findings.parameters) else ""
    if findings.runner_up is None:
        return f"As the file says{middle or ','} {best} has {amount} of {metric}{chance}. It is the only strategy."
    rival = findings.strategies[findings.runner_up]
    return f"As the file says{middle or ','} {best} is best: it leads {rival} by {amount} in {metric}{chance}."


def _hinges(result: Sensitivity) -> list[str]:
    """What moves the figure most, and what could turn the verdict."""
    findings = result.findings
    if not findings.rivals:
        first = findings.parameters[findings.order[0]]
        return [f"{first.name} moves it most, from {range_of(first)}."]
    turning = [bar for bar in findings.bars if bar.flips]
    told = [
        f"The verdict hinges on {bar.parameter.name}: {'; '.join(_flip(bar, flip) for flip in bar.flips)}."
        for bar in turning[:MOST_NAMED]
    ]
    if len(turning) > MOST_NAMED:
        told.append(f"So it does on {in_a_row([bar.parameter.name for bar in turning[MOST_NAMED:]])}.")
    count = len(findings.parameters)
    best = findings.strategies[findings.best]
    if not turning:
        whole = (
            "The parameter does not turn the verdict"
            if count == 1
            else (f"None of the {count} parameters turns the verdict by itself")
        )
        told.append(f"{whole}: {best} stays ahead on average from end to end.")
    open_ones = [bar.parameter.name for bar in findings.bars if bar.could_flip]
    if open_ones and len(open_ones) == count - len(turning):
        told.append(f"{'Others' if turning else 'Chance'} could, as far as {result.question.replications:,} "
                    "replications can tell: more of them (-n) would say.")  # fmt: skip
    elif open_ones:
        more = len(open_ones) - MOST_NAMED
        names = [*open_ones[:MOST_NAMED], *([f"{more} more"] if more > 0 else [])]
        told.append(f"As far as chance goes, {in_a_row(names)} could; more replications (-n) would tell.")
    return told


def _flip(bar: Bar, flip: Flip) -> str:
    return f"below {bar.parameter.label(flip.value)} {flip.below} is best, above {flip.above}"


def _rough_shares(result: Sensitivity) -> list[str]:
    """That Sobol's indices are not known well, where they are not."""
    findings = result.findings
    if findings.sample.method == MORRIS:
        return []
    found = findings.shares[next(iter(findings.figures))] or []
    widest = max((each.high - each.value for share in found for each in (share.first, share.total)), default=0.0)
    if widest <= ROUGH_SHARE:
        return []
    return [
        f"Shares of the variance are known to within {widest:.0%} only; more base points would tell, such as "
        f"--size {4 * result.question.size}."
    ]


def _worth(result: Sensitivity) -> list[str]:
    """What knowing parameters is worth before the decision."""
    findings = result.findings
    knowledge = findings.knowledge
    if knowledge is None:
        return []
    unit, currency = unit_of(result)
    averages = knowledge.averages
    on_average = findings.strategies[averages.index(max(averages))]
    told = []
    if on_average != findings.strategies[findings.best]:
        told.append(f"On average over all that the parameters may be, {on_average} is best.")
    ranked = sorted(range(len(knowledge.each)), key=lambda at: -knowledge.each[at].value)
    worth = [at for at in ranked if is_worth_something(result, knowledge.each[at])]
    total = knowledge.all
    ends = interval(Known(total.value, total.low, total.high), unit, currency)
    up_to = f"{_amount(result, total)} (95% interval {ends})"
    everything = f"knowing all {len(findings.parameters)} exactly would be worth up to {up_to}"
    if worth:
        first, *others = worth[:MOST_NAMED]
        also = [f"{findings.parameters[at].name} up to {_amount(result, knowledge.each[at])}" for at in others]
        told.append(
            f"Knowing {findings.parameters[first].name} exactly before deciding would be worth up to "
            f"{_amount(result, knowledge.each[first])}{', ' + in_a_row(also) if also else ''}; "
            f"{everything}."
        )
    elif is_worth_something(result, total):
        told.append(
            f"Knowing any one of them is worth next to nothing: whatever it is, {on_average} stays best on average "
            f"over the others; {everything}."
        )
    else:
        told.append(f"Knowing more would be worth next to nothing: {on_average} is best almost whatever they are.")
    if not findings.parameters[0].is_belief:
        told.append("That takes every value between a parameter's ends as equally likely.")
    if knowledge.explained < ROUGH:
        told.append(
            f"It is rough: curves of one parameter each explain {knowledge.explained:.0%} of what differs between "
            "strategies; parameters act together, or chance blurs it (-n)."
        )
    return told


def _amount(result: Sensitivity, worth: Interval) -> str:
    """A worth with its unit, which a number of deals does not bear itself."""
    unit, currency = unit_of(result)
    return f"{number(worth.value, unit, currency)}{' deals' if unit is Unit.COUNT else ''}"
