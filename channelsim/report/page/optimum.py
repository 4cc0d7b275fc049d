"""The page of an optimum: the best combination, the finalists beside it, and what was to be decided."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from channelsim.analysis.intervals import estimate
from channelsim.experiment.finals import Finals
from channelsim.experiment.optimize import Optimum
from channelsim.experiment.trials import Question, Trial
from channelsim.report.format import UNDEFINED
from channelsim.report.optimum import FILE, asked_in_words, decision_cells, decision_columns, goal_label
from channelsim.report.optimum_words import figure_of, optimum_sentences
from channelsim.report.page.blocks import Block, Cell, Name, Picture, Prose, Row, Section, Table
from channelsim.report.page.page import as_numbered, html
from channelsim.report.page.sections.assumptions import inputs
from channelsim.report.page.sections.manifest import manifest_table
from channelsim.report.page.words import as_sentence, cell, count, facts_of
from channelsim.scenario.decide import AS_IN_THE_FILE, Space, values_in_words

MOST_CHOICES = 8


def optimum_page(optimum: Optimum, manifest: Mapping[str, Any], svg: bytes) -> str:
    """The page. manifest: as in manifest.json. svg: the chart."""
    question, finals = optimum.question, optimum.finals
    study = question.space.study
    first, *others = optimum_sentences(optimum)
    found: list[Block] = [Prose([first], "strong"), Prose(others), Picture(svg, first)]
    if finals is not None:
        found.append(_finalists(finals))
    tried = count(len(optimum.found.trials), "combination")
    return html(
        f"{study.scenario.name}: the best of {question.space.strategy}",
        [
            Section("found", "What was found", found),
            Section("decided", "What was to be decided", [_decisions(question)]),
            Section("assumptions", "Assumptions", inputs(study, question.space.strategy)),
            Section("manifest", "Manifest", [manifest_table(manifest)]),
        ],
        description=study.scenario.description,
        facts=facts_of(study, f"{tried} tried"),
        currency=study.scenario.currency,
        strategies=as_numbered(list(study.strategies)),
    )


def _finalists(finals: Finals) -> Table:
    question = finals.found.question
    is_single = len(question.goals) == 1
    columns = [*decision_columns(question.space), *(goal_label(goal) for goal in question.goals)]
    columns += ["Behind the best"] * is_single + [each.text for each in question.constraints]
    rows = []
    for rank, trial in enumerate(finals.ranked, start=1):
        place = f"{rank}" if is_single or trial in finals.front else f"({rank})"
        own = " (file)" if trial is finals.own else ""
        rows.append(Row(Name(f"{place}{own}"), _cells(finals, trial)))
    if finals.own not in finals.ranked:
        rows.append(Row(Name("file"), _cells(finals, finals.own)))
    note = (
        f"On {count(finals.replications, 'replication')} that the search has not seen; ± half of the 95% interval."
    )
    if not is_single:
        note += " In brackets: what fell behind the front."
    return Table("Finalists", "", [Name(each) for each in columns], rows, note)


def _cells(finals: Finals, trial: Trial) -> list[Cell]:
    question = finals.found.question
    currency = question.space.study.scenario.currency
    cells = [Cell(each) for each in decision_cells(question.space, trial.point)]
    for k, goal in enumerate(question.goals):
        cells.append(cell(finals.estimate(trial, k), goal.metric.unit, currency, strong=trial is finals.best))
    if len(question.goals) == 1:
        if finals.best is None or trial is finals.best:
            cells.append(Cell(UNDEFINED))
        else:
            apart = estimate(finals.best.goals()[0] - trial.goals()[0], finals.confidence, finals.controls)
            cells.append(cell(apart, question.goals[0].metric.unit, currency))
    for constraint, judged in zip(question.constraints, finals.judge(trial), strict=True):
        cells.append(Cell(figure_of(constraint, judged.value, question), aside=str(judged.met)))
    return cells


def _decisions(question: Question) -> Table:
    """A row for each decision: what there is to choose from, and what the file has."""
    space: Space = question.space
    rows = []
    for name, each, own in zip(space.names, space.decisions, values_in_words(space, AS_IN_THE_FILE), strict=True):
        labels = [each.label(at) for at in range(len(each.values))]
        if len(labels) > MOST_CHOICES:
            labels = [labels[0], labels[1], "...", labels[-1]]
        rows.append(Row(Name(name), [Cell(", ".join(labels)), Cell(own)]))
    caption = f"{count(space.size, 'combination')} of {space.strategy}"
    columns = [Name("Choices"), Name(FILE.capitalize())]
    return Table(caption, "Decision", columns, rows, as_sentence(asked_in_words(question)), words=True)
