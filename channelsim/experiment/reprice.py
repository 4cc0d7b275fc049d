"""New prices over a stored run: what happened stays as it was, what it cost and brought is reckoned again."""

from __future__ import annotations

import time
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.targets import read_target
from channelsim.errors import UserError
from channelsim.experiment.replicate import Job, LedgerRows, job_of
from channelsim.experiment.result import Result, metrics_of
from channelsim.experiment.statements import priced
from channelsim.experiment.stopping import Stopping
from channelsim.experiment.stored import IN_A_STRATEGY, StoredRun, study_of
from channelsim.finance.luck import KINDS, worth_of_luck
from channelsim.finance.metrics import PRICED_BY, money_metrics
from channelsim.program.compile import compile_program
from channelsim.program.layout import layout_of
from channelsim.scenario.load import Beliefs, Study
from channelsim.scenario.overrides import COMMAND_LINE, parse_assignment
from channelsim.scenario.schema import Scenario
from channelsim.scenario.uncertain import HIGHEST, LOWEST

FloatArray = NDArray[np.float64]
FIXED = ("horizon", "seed", "replications", "currency", "name", "channelsim")
"""Fields that are no price although engines do not read them, or not alone."""


def reprice(run: StoredRun, sets: Sequence[str]) -> Result:
    """The result that the run would have had with other prices, which is that of a new run with the same seed. Its
    ledgers hold what has a price, and it has no monthly series.

    Raises ScenarioError for overrides that make no sense, UserError for those that would change what happens,
    RunError if the folder cannot be read.
    """
    started = time.monotonic()
    kept = run.manifest
    for each in sets:
        _refuse_unless_a_price(run, each)
    study = study_of(kept, sets)
    jobs = tuple(
        job_of(name, scenario, kept["engine"], study.beliefs[name]) for name, scenario in study.strategies.items()
    )
    names = [metric.name for metric in metrics_of(jobs)]
    values, luck = {}, {}
    for job in jobs:
        figures = {name: each.copy() for name, each in run.figures[job.name].items()}
        luck[job.name] = _reprice_one(job, run.seed, run.ledgers[job.name], figures)
        nothing = np.full(run.replications, np.nan)
        values[job.name] = np.column_stack([figures.get(name, nothing) for name in names])
    return Result(
        study=study,
        jobs=jobs,
        seed=run.seed,
        replications=run.replications,
        baseline=kept["baseline"],
        engine=kept["engine"],
        values=values,
        monthly={job.name: {} for job in jobs},
        rows=run.ledgers,
        luck=luck,
        failures=run.failures,
        wall_seconds=time.monotonic() - started,
        targets=tuple(
            read_target(f"{name}={value!r}", metrics_of(jobs)) for name, value in kept["targets"].items()
        ),
        stopping=None if kept["stopping"] is None else Stopping.from_dict(kept["stopping"]),
    )


def _reprice_one(job: Job, seed: int, rows: list[LedgerRows | None], figures: dict[str, FloatArray]) -> FloatArray:
    """Put the metrics of new prices into a strategy's figures; what luck is worth at them, (replication, kind)."""
    luck = np.full((len(rows), len(KINDS)), np.nan)
    for each in priced(job, seed, rows):
        at = each.replications
        happened = {name: figures[name][at] for name in PRICED_BY}
        found = money_metrics(happened, each.money, each.prices, job.layout, job.warmup_months)
        for name, amounts in found.items():
            figures[name][at] = amounts
        luck[at] = worth_of_luck(each.quantities, each.program, each.prices)
    return luck


def _refuse_unless_a_price(run: StoredRun, assignment: str) -> None:
    """Raise UserError if an override changes what happens: if engines would read other numbers than those that they
    read, at the middle and at both ends of what is uncertain."""
    path = parse_assignment(assignment).path
    first, *rest = path.split(".")
    field = rest[1] if first == IN_A_STRATEGY and len(rest) > 1 else first
    again = f"simulate again: channelsim run {run.manifest['scenario']} {COMMAND_LINE} {assignment}"
    if field in FIXED:
        raise UserError(f"{COMMAND_LINE} {path}: {field} is not a price; {again}")
    after = study_of(run.manifest, [assignment])
    for name in after.strategies:
        if _behaviour_differs(run.study, after, name):
            raise UserError(
                f"{COMMAND_LINE} {path}: this changes what leads, buyers or reps do under {name}, not only what it "
                f"costs, so what is stored cannot tell; {again}"
            )


def _behaviour_differs(before: Study, after: Study, name: str) -> bool:
    """Whether engines would read other numbers."""
    if layout_of(before.strategies[name]) != layout_of(after.strategies[name]):
        return True
    if before.strategies[name].environment != after.strategies[name].environment:
        return True
    for end in (None, LOWEST, HIGHEST):
        programs = [compile_program(_at(study.beliefs[name], end)) for study in (before, after)]
        if not all(np.array_equal(a, b, equal_nan=True) for a, b in zip(*programs, strict=True)):
            return True
    return False


def _at(beliefs: Beliefs, end: float | None) -> Scenario:
    """The scenario at the middle of what is believed, or at one of its ends."""
    if end is None:
        return beliefs.middle
    return beliefs.scenario({each.at: end for each in beliefs.uncertain})
