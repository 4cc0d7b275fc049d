"""An optimum in words: what was decided on, the finalists as a table, and what may be relied on."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.constraints import Constraint, Judged, Met
from channelsim.analysis.intervals import CONFIDENCE, estimate
from channelsim.experiment.finals import Finals
from channelsim.experiment.optimize import Optimum
from channelsim.experiment.search import Ending, Step
from channelsim.experiment.stopping import Reason
from channelsim.experiment.trials import Goal, Question, Trial
from channelsim.finance.definitions import Unit
from channelsim.report.format import UNDEFINED, interval, number
from channelsim.report.style import period_of
from channelsim.report.tables import HEADLINES, plain_table, print_table, with_spread
from channelsim.report.verdict import DECIDED_BY, in_a_row, rounded_up
from channelsim.scenario.decide import (
    AS_IN_THE_FILE,
    Point,
    Space,
    in_short,
    short_names,
    values_in_words,
)

LABELS = dict(HEADLINES)
FILE = "as in the file"
MOST_SHOWN = 12


def print_optimum(console: Console, optimum: Optimum) -> None:
    """The question, then the finalists; sentences are for `optimum_sentences`."""
    question = optimum.question
    title = f"What is decided, in {question.space.strategy}: {question.space.size:,} combinations"
    print_table(console, title, _decisions_table(question.space), asked_in_words(question))
    if optimum.finals is not None:
        print_table(
            console, finalists_title(optimum.finals), _finalists_table(optimum.finals), basis(optimum.finals)
        )


def asked_in_words(question: Question) -> str:
    """What is wanted of it, and within which bounds."""
    over = f" over {period_of(question.space.study)}"
    goals = [f"{goal_name(each)} {'as high' if each.maximize else 'as low'} as possible" for each in question.goals]
    bounds = in_a_row([each.text for each in question.constraints]) if question.constraints else ""
    return f"{' and '.join(goals)}{over}{f'; subject to {bounds}' if bounds else ''}"


def _decisions_table(space: Space) -> Table:
    table = plain_table()
    for name, align in (
        ("decision", "left"),
        ("from", "right"),
        ("to", "right"),
        ("values", "right"),
        (FILE, "right"),
    ):
        table.add_column(name, justify="right" if align == "right" else "left", overflow="fold")
    own = values_in_words(space, AS_IN_THE_FILE)
    for name, each, has in zip(space.names, space.decisions, own, strict=True):
        ends = (each.label(0), each.label(len(each.values) - 1))
        if not each.is_ordered and each.initiative is None:
            ends = (", ".join(each.label(at) for at in range(len(each.values))), "")
        table.add_row(*(escape(text) for text in (name, *ends, f"{len(each.values):,}", has)))
    return table


def goal_name(goal: Goal) -> str:
    """A goal as it stands in a sentence."""
    return DECIDED_BY[goal.metric.name][0] if goal.metric.name in DECIDED_BY else goal.metric.name.replace("_", " ")


def goal_label(goal: Goal) -> str:
    """A goal as a title."""
    return LABELS.get(goal.metric.name, goal.metric.name.replace("_", " ").capitalize())


def finalists_title(finals: Finals) -> str:
    """Of the table and the chart."""
    if len(finals.found.question.goals) > 1:
        return "The front: no other combination that was tried is better in both"
    return "Finalists"


def _finalists_table(finals: Finals) -> Table:
    question = finals.found.question
    table = plain_table()
    is_single = len(question.goals) == 1
    table.add_column("", justify="right")
    for name in decision_columns(question.space):
        table.add_column(escape(name), justify="right", overflow="fold")
    for goal in question.goals:
        table.add_column(escape(goal_label(goal)), justify="right")
    if is_single:
        table.add_column("Behind the best", justify="right")
    for each in question.constraints:
        table.add_column(escape(each.text), justify="right", overflow="fold")
    rows = finals.ranked[:MOST_SHOWN]
    for rank, trial in enumerate(rows, start=1):
        table.add_row(str(rank), *_cells(finals, trial), style="bold" if trial is finals.best else "")
    if finals.own not in rows:
        table.add_row("", *_cells(finals, finals.own), style="dim")
    return table


def decision_columns(space: Space) -> list[str]:
    """A column for each decision; one for all initiatives together."""
    names = [name for name, each in zip(short_names(space), space.decisions, strict=True) if not each.initiative]
    return names + ["rollout"] * any(each.initiative for each in space.decisions)


def decision_cells(space: Space, point: Point) -> list[str]:
    """A point's values in `decision_columns`."""
    words = values_in_words(space, point)
    pairs = list(zip(space.decisions, words, strict=True))
    cells = [text for each, text in pairs if not each.initiative]
    if len(cells) < len(pairs):
        kept = [each.initiative for each, text in pairs if each.initiative and text in ("in", "yes")]
        cells.append(", ".join(kept) or "nothing")
    return cells


def _cells(finals: Finals, trial: Trial) -> Iterator[str]:
    question = finals.found.question
    currency = question.space.study.scenario.currency
    yield from (escape(each) for each in decision_cells(question.space, trial.point))
    for k, goal in enumerate(question.goals):
        yield with_spread(finals.estimate(trial, k), goal.metric.unit, currency)
    if len(question.goals) == 1:
        yield behind(finals, trial)
    for constraint, judged in zip(question.constraints, finals.judge(trial), strict=True):
        figure = figure_of(constraint, judged.value, question)
        yield f"{figure} {judged.met}" if judged.met is not Met.NO else f"[red]{figure} {judged.met}[/]"


def behind(finals: Finals, trial: Trial) -> str:
    """By how much a finalist is behind the best, lead for lead."""
    if finals.best is None or trial is finals.best:
        return UNDEFINED
    goal = finals.found.question.goals[0]
    apart = estimate(finals.best.goals()[0] - trial.goals()[0], finals.confidence, finals.controls)
    return with_spread(apart, goal.metric.unit, finals.found.question.space.study.scenario.currency)


def figure_of(constraint: Constraint, value: float, question: Question) -> str:
    """A constraint's figure as people write it."""
    return number(value, unit_of(constraint, question), question.space.study.scenario.currency)


def unit_of(constraint: Constraint, question: Question) -> Unit:
    """What a constraint's figure is counted in; a sum of different things is a bare number."""
    if constraint.share is not None:
        return Unit.SHARE
    units: dict[str, Unit] = {each.name: each.unit for each in question.metrics}
    found = {units.get(term, Unit.COUNT) for term in constraint.terms}
    return found.pop() if len(found) == 1 else Unit.COUNT


def basis(finals: Finals) -> str:
    """What the table's figures are."""
    known = (
        f"means of {finals.replications:,} replications that the search has not seen, ± half of the 95% interval"
    )
    if finals.controls is not None:
        known += f"; buyers' luck is taken out, worth {finals.controls.factor:.1f} times the replications"
    if len(finals.found.question.goals) > 1:
        return f"{known}; intervals hold together"
    notes = "; behind the best: lead for lead, intervals that hold together"
    if finals.found.question.constraints:
        notes += "; yes, no: beyond doubt"
    return known + notes


def optimum_sentences(optimum: Optimum) -> list[str]:
    """What was found, the most important first."""
    if optimum.finals is None:
        return [*_so_far(optimum), *search_sentences(optimum)]
    best = _of_a_front(optimum.finals) if len(optimum.question.goals) > 1 else _of_one_goal(optimum.finals)
    return [*best, *search_sentences(optimum)]


def _of_one_goal(finals: Finals) -> list[str]:
    best, comparison = finals.best, finals.comparison
    question = finals.found.question
    if best is None or comparison is None:
        return [
            f"None of the {len(finals.trials)} finalists keeps to {_bounds(question)} on leads that the search has "
            "not seen; widen a range or a constraint, or give more --replications."
        ]
    said = [f"Best: {in_short(question.space, best.point)}: {_amount(finals, best)}{_gain(finals, best)}."]
    if guarantee := _guarantee(finals):
        said.append(guarantee)
    said += _open_questions(finals, best)
    return said


def _amount(finals: Finals, trial: Trial) -> str:
    question = finals.found.question
    goal = question.goals[0]
    currency = question.space.study.scenario.currency
    return f"{goal_name(goal)} of {_plain(with_spread(finals.estimate(trial, 0), goal.metric.unit, currency))}"


def _plain(marked: str) -> str:
    return marked.replace("[dim]", "").replace("[/]", "")


def _gain(finals: Finals, best: Trial) -> str:
    question = finals.found.question
    if best is finals.own:
        return ", which is what the file has"
    gain = finals.gain(best)
    unit, currency = question.goals[0].metric.unit, question.space.study.scenario.currency
    if not isfinite(gain.mean):
        return ""
    word = "more" if gain.mean >= 0 else "less"
    amount = number(abs(gain.mean), unit, currency)
    sure = "" if gain.ci_low > 0 or gain.ci_high < 0 else ", which could be chance"
    return f", {amount} {word} than the file as it is ({interval(gain, unit, currency, signed=True)}{sure})"


def _guarantee(finals: Finals) -> str:
    """How far the best finalist can be relied on to be best."""
    comparison, question = finals.comparison, finals.found.question
    assert comparison is not None and finals.best is not None
    goal = question.goals[0]
    is_sure = bool(question.constraints) and finals.met(finals.best) is Met.YES
    count = len(finals.eligible)
    of = f"the {count} finalists" + (" that do" if is_sure and count < len(finals.trials) else "")
    keeps = "keeps to every constraint and " if is_sure else ""
    best = f"With a probability of at least {CONFIDENCE:.0%} it {keeps}has the {_top(goal)} mean {goal_name(goal)} of {of}"
    if count == 1:
        if not is_sure:
            return ""
        return f"With a probability of at least {CONFIDENCE:.0%} it keeps to every constraint; no other finalist surely does."
    if not isfinite(comparison.shortfall):
        return ""
    if comparison.is_settled or comparison.is_identical:
        return f"{best}."
    short = number(rounded_up(comparison.shortfall), goal.metric.unit, question.space.study.scenario.currency)
    return f"{best} or misses the {_top(goal)} by at most {short}."


def _top(goal: Goal) -> str:
    return "highest" if goal.maximize else "lowest"


def _open_questions(finals: Finals, best: Trial) -> Iterator[str]:
    """Constraints of the best one that could be broken, and those that would be better but may break one."""
    question = finals.found.question
    currency = question.space.study.scenario.currency
    for constraint, judged in zip(question.constraints, finals.judge(best), strict=True):
        if judged.met is not Met.YES:
            ends = _ends(constraint, judged, question)
            yield f"Whether it keeps to {constraint.text} is not beyond doubt: {ends}."
    goal = question.goals[0]
    for each in finals.trials:
        if each not in finals.eligible and each.means[0] > best.means[0] and finals.met(each) is not Met.NO:
            more = number(float(each.means[0] - best.means[0]), goal.metric.unit, currency)
            broken = [
                f"{constraint.text} ({_ends(constraint, judged, question)})"
                for constraint, judged in zip(question.constraints, finals.judge(each), strict=True)
                if judged.met is not Met.YES
            ]
            yield (
                f"{in_short(question.space, each.point)} is better by {more}, but may not keep to {in_a_row(broken)}."
            )


def _ends(constraint: Constraint, judged: Judged, question: Question) -> str:
    low, high = (figure_of(constraint, value, question) for value in (judged.ci_low, judged.ci_high))
    return f"{figure_of(constraint, judged.value, question)}, as far as is known {low} to {high}"


def _of_a_front(finals: Finals) -> list[str]:
    question = finals.found.question
    currency = question.space.study.scenario.currency
    if not finals.eligible:
        return [f"No combination on the front keeps to {_bounds(question)} on leads that the search has not seen."]

    def told(trial: Trial) -> str:
        return " and ".join(
            f"{goal_name(goal)} of {number(finals.estimate(trial, k).mean, goal.metric.unit, currency)}"
            for k, goal in enumerate(question.goals)
        )

    first, last = finals.front[0], finals.front[-1]
    if first is last:
        return [f"One combination is best in both: {in_short(question.space, first.point)}: {told(first)}."]
    return [
        f"{len(finals.front)} combinations make the front, from {in_short(question.space, first.point)} ({told(first)}) "
        f"to {in_short(question.space, last.point)} ({told(last)}).",
        "What is not on it costs one goal without serving the other. Intervals of all its points hold together with "
        f"a probability of at least {CONFIDENCE:.0%}.",
    ]


def best_so_far(step: Step) -> str:
    """The best of a search that goes on, in a line."""
    if step.best is None:
        return "none keeps to the bounds so far"
    question = step.best.question
    goal = question.goals[0]
    amount = number(goal.sign * float(step.best.means[0]), goal.metric.unit, question.space.study.scenario.currency)
    if len(question.goals) > 1:
        return f"{step.front} on the front, up to {goal_name(goal)} of {amount}"
    return f"best so far {amount}: {in_short(question.space, step.best.point)}"


def _bounds(question: Question) -> str:
    return in_a_row([each.text for each in question.constraints]) or "what was asked"


def _so_far(optimum: Optimum) -> list[str]:
    """Where there are no finals: the best of the search, which is flattered, or what is nearest."""
    question, found = optimum.question, optimum.found
    currency = question.space.study.scenario.currency
    if not found.front:
        return [_nothing_meets(optimum)]
    best = max(found.front, key=lambda each: float(each.means[0]))
    goal = question.goals[0]
    amount = number(goal.sign * float(best.means[0]), goal.metric.unit, currency)
    return [
        f"Best so far: {in_short(question.space, best.point)}: {goal_name(goal)} of {amount} in the {best.replications} "
        "replications that it was picked by, which flatter it. The same command goes on from here."
    ]


def _nothing_meets(optimum: Optimum) -> str:
    question = optimum.question
    tried = [each for each in optimum.found.trials if not each.failure and each.point != AS_IN_THE_FILE]
    if not tried:
        return "Nothing was found yet. The same command goes on from here."
    nearest = min(tried, key=lambda each: each.violation)
    broken = [
        f"{constraint.text} ({figure_of(constraint, judged.value, question)})"
        for constraint, judged in zip(question.constraints, nearest.judged, strict=True)
        if not judged.is_met
    ]
    near = (
        f" Nearest: {in_short(question.space, nearest.point)}, which breaks {in_a_row(broken)}." if broken else ""
    )
    return f"None of {len(tried):,} combinations that were tried keeps to {_bounds(question)}.{near}"


def search_sentences(optimum: Optimum) -> list[str]:
    """What was tried, and what that took."""
    question, found = optimum.question, optimum.found
    tried, full = len(found.trials), question.replications
    saved = 1 - found.replications / (tried * full) if tried else 0.0
    early = sum(each.replications < full and not each.failure for each in found.trials)
    all_of_them = "All" if found.ending is Ending.ALL else f"{tried:,}"
    of = (
        f"{all_of_them} of {question.space.size:,} combinations"
        if found.ending is not Ending.ALL
        else f"All {question.space.size:,} combinations"
    )
    said = [
        f"{of} were tried in {found.replications:,} replications: {early:,} stopped before {full} replications, which "
        f"saved {saved:.0%}."
    ]
    failed = [each for each in found.trials if each.failure]
    if failed:
        said.append(
            f"{len(failed):,} could not be simulated; the first, {in_short(question.space, failed[0].point)}: {failed[0].failure}"
        )
    if found.ending is Ending.TIME:
        said.append("The search ended because the time was up.")
    best = optimum.finals.best if optimum.finals else None
    if best is not None:
        said += _around(optimum, best)
    if optimum.finals is not None and len(question.goals) == 1:
        said.append(_why_stopped(optimum.finals))
    return said


def _around(optimum: Optimum, best: Trial) -> Iterator[str]:
    """Whether all neighbours were tried."""
    question = optimum.question
    tried = {each.point for each in optimum.found.trials}
    near = [point for point in question.space.around(best.point, 1) if question.lacks(point) <= 0]
    missing = [point for point in near if point not in tried]
    if near and not missing:
        yield f"All {len(near)} combinations one step away from the best were tried."
    elif missing:
        yield f"{len(missing)} of {len(near)} combinations one step away from the best were not tried: more --evaluations would."


def _why_stopped(finals: Finals) -> str:
    why = {
        Reason.SETTLED: "for the best one was settled",
        Reason.CLOSE: "for what is open hardly matters",
        Reason.MOST: "the most that were allowed",
        Reason.TIME: "for the time was up",
    }[finals.reason]
    return f"Finalists were simulated {finals.replications:,} times each, {why}."
