"""An optimum on the terminal: what is decided, and the finalists beside each other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

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
from channelsim.report.tables import HEADLINES, UNBOUNDED, plain_table, print_table, that_fit, with_spread
from channelsim.scenario.decide import AS_IN_THE_FILE, IN, ROLLOUT, Point, Space, short_names, values_in_words

LABELS = dict(HEADLINES)
FILE = "as in the file"
HEAD_COLUMNS = 16


def print_optimum(console: Console, optimum: Optimum) -> None:
    """The question and the finalists; what they mean is for `optimum_sentences`."""
    question, finals = optimum.question, optimum.finals
    title = f"What is decided, in {question.space.strategy}: {question.space.size:,} combinations"
    print_table(console, title, _decisions_table(question.space), escape(asked_in_words(question)))
    if finals is not None:
        title = "Finalists" if len(question.goals) == 1 else "The front, and in brackets what fell behind it"
        *tables, last = _finalists_tables(finals, console)
        for table in tables:
            print_table(console, title, table)
            console.print()
        print_table(console, title, last, _basis(finals))


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
    own = values_in_words(space, AS_IN_THE_FILE)
    for each, has in zip(space.decisions, own, strict=True):
        if each.initiative is not None:
            continue
        last = len(each.values) - 1
        choices = ", ".join(each.label(at) for at in range(last + 1))
        if each.is_ordered and last > 2:
            choices = f"{each.label(0)}, {each.label(1)} ... {each.label(last)}"
        table.add_row(escape(each.path), escape(choices), escape(has))
    names = [each.initiative for each in space.decisions if each.initiative]
    if names:
        table.add_row(
            ROLLOUT, f"any of {escape(', '.join(names))}", escape(decision_cells(space, AS_IN_THE_FILE)[-1])
        )
    return table


def _finalists_tables(finals: Finals, console: Console) -> list[Table]:
    """A row a finalist or, where that is too wide, a column each, in as many tables as it takes."""
    rows = _finalist_rows(finals)
    table = plain_table()
    for head in rows[0]:
        table.add_column(escape(_broken(head)), justify="right", no_wrap=True)
    for at, cells in enumerate(rows[1:]):
        table.add_row(*cells, style="bold" if _is_best(finals, at) else "")
    if console.measure(table, options=console.options.update(width=UNBOUNDED)).maximum <= console.width:
        return [table]
    names, *columns = zip(*_finalist_rows(finals, each_alone=True), strict=True)
    places = {place: at for at, place in enumerate(names) if at}
    return that_fit(console, list(places), lambda shown: _upright(columns, places, shown))


def _is_best(finals: Finals, at: int) -> bool:
    return finals.best is not None and at == 0


def _upright(columns: Sequence[tuple[str, ...]], places: Mapping[str, int], shown: Sequence[str]) -> Table:
    """Some finalists as columns."""
    table = plain_table()
    table.add_column("", overflow="fold")
    for place in shown:
        table.add_column(escape(place), justify="right", overflow="fold")
    for label, *cells in columns:
        table.add_row(escape(label), *(cells[places[place] - 1] for place in shown))
    return table


def _finalist_rows(finals: Finals, *, each_alone: bool = False) -> list[list[str]]:
    """The heads, then a row of cells for each finalist and the file as it is; the first cell is its place.
    each_alone: initiatives have a cell each."""
    question = finals.found.question
    is_single = len(question.goals) == 1
    decided = short_names(question.space) if each_alone else decision_columns(question.space)
    heads = ["", *decided, *(goal_label(goal) for goal in question.goals)]
    heads += ["Behind the best"] * is_single + [constraint.text for constraint in question.constraints]
    rows = [heads]
    for rank, trial in enumerate(finals.ranked, start=1):
        place = f"{rank}" if is_single or trial in finals.front else f"({rank})"
        rows.append([place + " (file)" * (trial is finals.own), *_cells(finals, trial, each_alone)])
    if finals.own not in finals.ranked:
        rows.append(["file", *_cells(finals, finals.own, each_alone)])
    return rows


def _broken(name: str) -> str:
    """A name or a bound on several lines, broken before its signs and after its dots."""
    lines = [""]
    for part in re.findall(r"[<>]=[^<>=+]*|\+?[^<>=+.]+\.?", name):
        if lines[-1] and len(lines[-1]) + len(part) > HEAD_COLUMNS:
            lines.append("")
        lines[-1] += part
    return "\n".join(lines)


def _cells(finals: Finals, trial: Trial, each_alone: bool) -> Iterator[str]:
    question = finals.found.question
    currency = question.space.study.scenario.currency
    decided = values_in_words if each_alone else decision_cells
    yield from (escape(each) for each in decided(question.space, trial.point))
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
    return f"{known}; yes and no: by a 95% interval" if finals.found.question.constraints else known
