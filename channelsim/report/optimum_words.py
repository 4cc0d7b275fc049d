"""An optimum in sentences: the best, how surely it is best, and what was tried."""

from __future__ import annotations

from collections.abc import Iterator
from math import isfinite

from channelsim.analysis.constraints import Constraint, Judged, Met
from channelsim.analysis.intervals import CONFIDENCE
from channelsim.experiment.finals import Finals
from channelsim.experiment.optimize import Optimum
from channelsim.experiment.search import Ending, Step
from channelsim.experiment.stopping import Reason
from channelsim.experiment.trials import Goal, Question, Trial
from channelsim.finance.definitions import Unit
from channelsim.report.format import interval, mean_and_spread, number
from channelsim.report.verdict import DECIDED_BY, in_a_row, rounded_up
from channelsim.scenario.decide import AS_IN_THE_FILE, in_short

NAMES = {"cost_total": "cost"}
SURELY = f"With a probability of at least {CONFIDENCE:.0%}"


def goal_name(goal: Goal) -> str:
    """A goal as it stands in a sentence."""
    name = goal.metric.name
    return DECIDED_BY[name][0] if name in DECIDED_BY else NAMES.get(name, name.replace("_", " "))


def optimum_sentences(optimum: Optimum) -> list[str]:
    """What was found, the most important first."""
    finals = optimum.finals
    if finals is None:
        return [_so_far(optimum), *_search_sentences(optimum)]
    found = _of_a_front(finals) if len(optimum.question.goals) > 1 else _of_one_goal(finals)
    return [*found, *_search_sentences(optimum)]


def best_so_far(step: Step) -> str:
    """The best of a search that goes on, in a line."""
    if step.best is None:
        return "none keeps to the bounds so far"
    question = step.best.question
    amount = _amount(question, float(step.best.means[0]))
    if len(question.goals) > 1:
        return f"{step.front} on the front, up to {goal_name(question.goals[0])} of {amount}"
    return f"best so far {amount}: {in_short(question.space, step.best.point)}"


def figure_of(constraint: Constraint, value: float, question: Question) -> str:
    """A constraint's figure as people write it; a sum of different things is a bare number."""
    units: dict[str, Unit] = {each.name: each.unit for each in question.metrics}
    found = {units.get(term, Unit.COUNT) for term in constraint.terms}
    unit = Unit.SHARE if constraint.share is not None else found.pop() if len(found) == 1 else Unit.COUNT
    return number(value, unit, _currency(question))


def _currency(question: Question) -> str:
    return question.space.study.scenario.currency


def _amount(question: Question, signed: float) -> str:
    """A mean of the first goal, given with the sign that makes more of it better."""
    goal = question.goals[0]
    return number(goal.sign * signed, goal.metric.unit, _currency(question))


def bounds_in_words(question: Question) -> str:
    """All constraints in a row."""
    return in_a_row([each.text for each in question.constraints]) if question.constraints else "what was asked"


# one goal


def _of_one_goal(finals: Finals) -> list[str]:
    best, question = finals.best, finals.found.question
    if best is None:
        return [
            f"No finalist keeps to {bounds_in_words(question)} on leads that are new to it. Widen a range "
            "or a bound, or search with more --replications."
        ]
    goal = question.goals[0]
    mean, half = mean_and_spread(finals.estimate(best, 0), goal.metric.unit, _currency(question))
    said = (
        f"Best: {in_short(question.space, best.point)}: {goal_name(goal)} of {mean} ± {half}{_gain(finals, best)}."
    )
    return [said, *_guarantee(finals, best), *_doubts(finals, best), *_tempting(finals, best)]


def _gain(finals: Finals, best: Trial) -> str:
    question = finals.found.question
    if best is finals.own:
        return ", which is what the file has"
    gain = finals.gain(best)
    if not isfinite(gain.mean):
        return ""
    unit, currency = question.goals[0].metric.unit, _currency(question)
    amount = number(abs(gain.mean), unit, currency)
    ends = interval(gain, unit, currency, signed=True)
    chance = "" if gain.ci_low > 0 or gain.ci_high < 0 else "; it could be chance"
    broken = [
        constraint.text
        for constraint, judged in zip(question.constraints, finals.judge(finals.own), strict=True)
        if not judged.is_met
    ]
    which = f", which breaks {in_a_row(broken)}" if broken else ""
    word = "more" if gain.mean >= 0 else "less"
    return f", {amount} {word} than as in the file{which} (95% interval {ends}{chance})"


def _guarantee(finals: Finals, best: Trial) -> Iterator[str]:
    """That the best finalist keeps to the bounds, and how far it can be relied on to be best."""
    comparison, question = finals.comparison, finals.found.question
    assert comparison is not None
    goal, count = question.goals[0], len(finals.eligible)
    top = "highest" if goal.maximize else "lowest"
    if question.constraints and finals.met(best) is Met.YES:
        alone = " No other finalist does." if count == 1 and len(finals.trials) > 1 else ""
        yield f"It keeps to every bound, by 95% intervals: {_bounds_kept(finals, best)}.{alone}"
    if count == 1 or not isfinite(comparison.shortfall):
        return
    has = f"it has the {top} mean {goal_name(goal)} of the {count} finalists"
    has += " that keep to the bounds" if count < len(finals.trials) else ""
    if comparison.is_settled or comparison.is_identical:
        yield f"{SURELY} {has}."
    else:
        short = number(rounded_up(comparison.shortfall), goal.metric.unit, _currency(question))
        yield f"{SURELY} {has}, or misses it by at most {short}."


def _doubts(finals: Finals, best: Trial) -> Iterator[str]:
    """Bounds that the best one may break."""
    question = finals.found.question
    for constraint, judged in zip(question.constraints, finals.judge(best), strict=True):
        if judged.met is not Met.YES:
            known = _known(constraint, judged, question)
            yield f"Whether it keeps to {constraint.text} is not beyond doubt: {known}."


def _tempting(finals: Finals, best: Trial) -> Iterator[str]:
    """The finalist that would be better, but may break a bound."""
    question = finals.found.question
    for each in sorted(finals.trials, key=lambda each: -finals.means(each)[0])[:1]:
        ahead = float(finals.means(each)[0] - finals.means(best)[0])
        if each in finals.eligible or ahead <= 0 or finals.met(each) is Met.NO:
            continue
        goal = question.goals[0]
        more = number(ahead, goal.metric.unit, _currency(question))
        broken = [
            f"{constraint.text} ({_known(constraint, judged, question)})"
            for constraint, judged in zip(question.constraints, finals.judge(each), strict=True)
            if judged.met is not Met.YES
        ]
        yield f"{in_short(question.space, each.point)} is better by {more}, but may break {in_a_row(broken)}."


def _bounds_kept(finals: Finals, best: Trial) -> str:
    question = finals.found.question
    return in_a_row(
        [
            f"{constraint.text} ({_known(constraint, judged, question)})"
            for constraint, judged in zip(question.constraints, finals.judge(best), strict=True)
        ]
    )


def _known(constraint: Constraint, judged: Judged, question: Question) -> str:
    value, low, high = (
        figure_of(constraint, each, question) for each in (judged.value, judged.ci_low, judged.ci_high)
    )
    return value if low == high else f"{value}, {low} to {high}"


# two goals


def _of_a_front(finals: Finals) -> list[str]:
    question = finals.found.question
    if not finals.front:
        return [f"Nothing on the front keeps to {bounds_in_words(question)} on leads that the search has not seen."]
    first, last = (f"{in_short(question.space, each.point)} ({_both(finals, each)})" for each in _ends(finals))
    if len(finals.front) == 1:
        return [f"One combination is best in both: {first}."]
    return [
        f"{len(finals.front)} combinations make the front, from {first} to {last}.",
        "Whatever else was tried is worse in one of the two and no better in the other, by its means. "
        f"{SURELY} all intervals of the finalists hold.",
    ]


def _ends(finals: Finals) -> tuple[Trial, Trial]:
    return finals.front[0], finals.front[-1]


def _both(finals: Finals, trial: Trial) -> str:
    question = finals.found.question
    means = [finals.estimate(trial, k).mean for k in range(len(question.goals))]
    return " and ".join(
        f"{goal_name(goal)} of {number(mean, goal.metric.unit, _currency(question))}"
        for goal, mean in zip(question.goals, means, strict=True)
    )


# the search


def _so_far(optimum: Optimum) -> str:
    """Where there are no finals: the best of the search, which is flattered, or what is nearest."""
    question, found = optimum.question, optimum.found
    if not found.front:
        return _nothing_keeps(optimum)
    best = max(found.front, key=lambda each: float(each.means[0]))
    return (
        f"Best so far: {in_short(question.space, best.point)}: {goal_name(question.goals[0])} of "
        f"{_amount(question, float(best.means[0]))} in the {best.replications} replications that it was picked by, "
        "which flatter it. The same command goes on from here."
    )


def _nothing_keeps(optimum: Optimum) -> str:
    question = optimum.question
    tried = [each for each in optimum.found.trials if not each.failure and each.point != AS_IN_THE_FILE]
    if not tried or optimum.is_interrupted:
        return "Nothing was found yet. The same command goes on from here."
    nearest = min(tried, key=lambda each: each.violation)
    broken = [
        f"{constraint.text} ({figure_of(constraint, judged.value, question)})"
        for constraint, judged in zip(question.constraints, nearest.judged, strict=True)
        if not judged.is_met
    ]
    none = f"None of the {len(tried):,} combinations that were tried keeps to {bounds_in_words(question)}."
    if not broken:
        return none
    return f"{none} Nearest is {in_short(question.space, nearest.point)}, which breaks {in_a_row(broken)}."


def _search_sentences(optimum: Optimum) -> Iterator[str]:
    """What was tried, and what that took."""
    question, found = optimum.question, optimum.found
    if not found.trials:
        return
    tried, full = len(found.trials), question.replications
    share = found.replications / (tried * full)
    early = sum(each.replications < full and not each.failure for each in found.trials)
    how_many = "All" if found.ending is Ending.ALL else f"{tried:,} of"
    yield (
        f"{how_many} {question.space.size:,} combinations were tried, {early:,} of them with less than {full} "
        f"replications: {found.replications:,} in all, {share:.0%} of what {full} of each would be."
    )
    failed = [each for each in found.trials if each.failure]
    if failed:
        first = f"{in_short(question.space, failed[0].point)}: {failed[0].failure}"
        yield f"{len(failed):,} could not be simulated; the first is {first}"
    if found.ending is Ending.TIME:
        yield "The search ended because the time was up."
    if optimum.finals is not None and len(question.goals) == 1:
        if optimum.finals.best is not None:
            yield from _around(optimum, optimum.finals.best)
        yield _why_stopped(optimum.finals)


def _around(optimum: Optimum, best: Trial) -> Iterator[str]:
    """Whether all neighbours of the best one were tried."""
    space = optimum.question.space
    tried = {each.point for each in optimum.found.trials}
    near = [point for point in space.around(best.point, 1) if optimum.question.lacks(point) <= 0]
    missing = sum(point not in tried for point in near)
    if missing:
        near_by = f"{missing} of the {len(near)} combinations one step from the best"
        yield f"{near_by} were not tried; more --evaluations would."
    elif near:
        yield f"All {len(near)} combinations one step from the best were tried, and none was found to be better."


def _why_stopped(finals: Finals) -> str:
    why = {
        Reason.SETTLED: "until the best was settled",
        Reason.CLOSE: "until what is open hardly mattered",
        Reason.MOST: "the most that were allowed",
        Reason.TIME: "until the time was up",
    }[finals.reason]
    return f"Finalists had {finals.replications:,} replications each, {why}."
