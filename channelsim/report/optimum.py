"""An optimum on the terminal: what is decided, and the finalists beside each other."""

from __future__ import annotations

from collections.abc import Iterator

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from channelsim.analysis.intervals import estimate
from channelsim.experiment.finals import Finals
from channelsim.experiment.optimize import Optimum
from channelsim.experiment.trials import Goal, Question, Trial
from channelsim.report.format import UNDEFINED
from channelsim.report.optimum_words import bounds_in_words, figure_of, goal_name
from channelsim.report.style import period_of
from channelsim.report.tables import HEADLINES, plain_table, print_table, with_spread
from channelsim.scenario.decide import AS_IN_THE_FILE, IN, Point, Space, short_names, values_in_words

LABELS = dict(HEADLINES)
FILE = "as in the file"


def print_optimum(console: Console, optimum: Optimum) -> None:
    """The question and the finalists; what they mean is for `optimum_sentences`."""
    question, finals = optimum.question, optimum.finals
    title = f"What is decided, in {question.space.strategy}: {question.space.size:,} combinations"
    print_table(console, title, _decisions_table(question.space), escape(asked_in_words(question)))
    if finals is not None:
        title = "Finalists" if len(question.goals) == 1 else "The front, numbered, and what fell behind it"
        print_table(console, title, _finalists_table(finals), _basis(finals))


def asked_in_words(question: Question) -> str:
    """What is wanted, and within which bounds."""
    goals = [f"{goal_name(each)} as {'high' if each.maximize else 'low'} as possible" for each in question.goals]
    bounds = f"; bounds: {bounds_in_words(question)}" if question.constraints else ""
    return f"{' and '.join(goals)}, over {period_of(question.space.study)}{bounds}"


def goal_label(goal: Goal) -> str:
    """A goal as a title."""
    return LABELS.get(goal.metric.name, goal.metric.name.replace("_", " ").capitalize())


def _decisions_table(space: Space) -> Table:
    table = plain_table()
    table.add_column("", overflow="fold")
    table.add_column("choices", overflow="fold")
    table.add_column(FILE, justify="right", overflow="fold")
    for name, each, own in zip(space.names, space.decisions, values_in_words(space, AS_IN_THE_FILE), strict=True):
        last = len(each.values) - 1
        choices = ", ".join(each.label(at) for at in range(last + 1))
        if each.is_ordered and last > 1:
            choices = f"{each.label(0)}, {each.label(1)} ... {each.label(last)}"
        table.add_row(escape(name), escape(choices), escape(own))
    return table


def _finalists_table(finals: Finals) -> Table:
    question = finals.found.question
    table = plain_table()
    table.add_column("", justify="right")
    for name in decision_columns(question.space):
        table.add_column(escape(name), justify="right", overflow="fold")
    for goal in question.goals:
        table.add_column(escape(goal_label(goal)), justify="right")
    if len(question.goals) == 1:
        table.add_column("Behind the best", justify="right")
    for constraint in question.constraints:
        table.add_column(escape(constraint.text), justify="right", overflow="fold")
    is_own_shown = finals.own in finals.ranked
    if is_own_shown:
        table.add_column("")
    for rank, trial in enumerate(finals.ranked, start=1):
        number = str(rank) if len(question.goals) == 1 or trial in finals.front else UNDEFINED
        note = [FILE if trial is finals.own else ""] if is_own_shown else []
        table.add_row(number, *_cells(finals, trial), *note, style="bold" if trial is finals.best else "")
    if not is_own_shown:
        table.add_row("file", *_cells(finals, finals.own))
    return table


def _cells(finals: Finals, trial: Trial) -> Iterator[str]:
    question = finals.found.question
    currency = question.space.study.scenario.currency
    yield from (escape(each) for each in decision_cells(question.space, trial.point))
    for k, goal in enumerate(question.goals):
        yield with_spread(finals.estimate(trial, k), goal.metric.unit, currency)
    if len(question.goals) == 1:
        yield _behind(finals, trial)
    for constraint, judged in zip(question.constraints, finals.judge(trial), strict=True):
        yield f"{figure_of(constraint, judged.value, question)} {judged.met}"


def _behind(finals: Finals, trial: Trial) -> str:
    """By how much a finalist is behind the best, lead for lead."""
    if finals.best is None or trial is finals.best:
        return UNDEFINED
    question = finals.found.question
    apart = estimate(finals.best.goals()[0] - trial.goals()[0], finals.confidence, finals.controls)
    return with_spread(apart, question.goals[0].metric.unit, question.space.study.scenario.currency)


def decision_columns(space: Space) -> list[str]:
    """A column for each decision; one for all initiatives together."""
    names = [name for name, each in zip(short_names(space), space.decisions, strict=True) if not each.initiative]
    return names + ["rollout"] * any(each.initiative for each in space.decisions)


def decision_cells(space: Space, point: Point) -> list[str]:
    """A point's values in `decision_columns`."""
    pairs = list(zip(space.decisions, values_in_words(space, point), strict=True))
    cells = [text for each, text in pairs if not each.initiative]
    if len(cells) < len(pairs):
        kept = [each.initiative for each, text in pairs if each.initiative and text == IN]
        cells.append(", ".join(kept) or "nothing")
    return cells


def _basis(finals: Finals) -> str:
    """What the table's figures are."""
    known = (
        f"means of {finals.replications:,} replications that the search has not seen, ± half of the 95% interval"
    )
    if finals.controls is not None:
        known += f"; buyers' luck is taken out, worth {finals.controls.factor:.1f} times the replications"
    together = "behind the best: lead for lead; " if len(finals.found.question.goals) == 1 else ""
    known += f"; {together}intervals hold together"
    return f"{known}; yes and no: beyond doubt" if finals.found.question.constraints else known
