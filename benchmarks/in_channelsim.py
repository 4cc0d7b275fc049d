"""The work in channelsim, on either engine."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from benchmarks.work import HOURS, QUEUE, Outcome, Simulate, Work, outcome
from channelsim.engine import fast, reference
from channelsim.engine.ledger import Amount, Count, Ledger
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load

HERE = Path(__file__).parent


@cache
def program_of(work: Work) -> Program:
    """The work's program; a month's leads are an hour's times its hours."""
    path = HERE / ("queue.yaml" if work is QUEUE else "funnel.yaml")
    study = load(path, [f"sources.calls.leads_per_month={work.leads_an_hour * HOURS}"])
    return compile_program(study.strategies["as_is"])


def simulate_fast(work: Work, seed: int) -> Outcome:
    """One replication on the fast engine."""
    return _outcome(fast.simulate(program_of(work), seed, 0), work)


def simulate_reference(work: Work, seed: int) -> Outcome:
    """One replication on the reference engine."""
    return _outcome(reference.simulate(program_of(work), seed, 0), work)


def _outcome(ledger: Ledger, work: Work) -> Outcome:
    counts = ledger.counts.sum(axis=(1, 2, 3, 4))
    waited = float(ledger.amounts[Amount.WAIT_HOURS].sum())
    return outcome(int(counts[Count.ENTERED]), int(counts[Count.TOUCHES]), int(counts[Count.COOLED]), waited, work)


ENGINES: dict[str, Simulate] = {"fast": simulate_fast, "reference": simulate_reference}
