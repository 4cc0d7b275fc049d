"""What it costs to decide between 8 and 9 inside reps, against plain SimPy with luck of its own for each."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from benchmarks.funnel_numbers import numbers_of
from benchmarks.measure import take_turns
from benchmarks.midmarket import MIDMARKET, plain
from channelsim.analysis.controls import controls_for
from channelsim.analysis.intervals import CONFIDENCE
from channelsim.experiment.replicate import job_of, replicate
from channelsim.scenario.load import load

REPS = (8, 9)
METRIC = "contribution"
HALF_WIDTH = 10_000.0
"""The interval of the difference that is asked for, in dollars."""


@dataclass(frozen=True)
class Deciding:
    """CPU seconds of a replication of both sizes, and variances of the difference: of independent replications, of
    paired ones, and of paired ones from which luck is taken out."""

    plain_seconds: float
    fast_seconds: float
    independent_variance: float
    paired_variance: float
    controlled_variance: float

    def replications(self, variance: float) -> float:
        """As many as the interval asks for."""
        from scipy.special import ndtri

        return float((ndtri(0.5 + CONFIDENCE / 2) / HALF_WIDTH) ** 2 * variance)

    @property
    def engine(self) -> float:
        """How many times faster a replication is, priced and measured."""
        return self.plain_seconds / self.fast_seconds

    @property
    def pairing(self) -> float:
        """How many times fewer replications the same leads take."""
        return self.independent_variance / self.paired_variance

    @property
    def controls(self) -> float:
        """How many times fewer it takes when buyers' luck is taken out."""
        return self.paired_variance / self.controlled_variance


def deciding(rounds: int, replications: int) -> Deciding:
    """Time both, in turns, and estimate the variances from channelsim's replications. Plain SimPy's leads end
    alike, which `midmarket.by_hand` checks."""
    strategies = [
        load(MIDMARKET, [f"strategies.inside_only.teams.inside.headcount={reps}"]).strategies["inside_only"]
        for reps in REPS
    ]
    jobs = [job_of(f"{reps} reps", scenario) for reps, scenario in zip(REPS, strategies, strict=True)]
    numbers = [numbers_of(scenario) for scenario in strategies]
    timings, _ = take_turns(
        {
            "plain": lambda turn: [plain(each, turn) for each in numbers],
            "fast": lambda turn: [replicate(job, 1, turn) for job in jobs],
        },
        rounds,
    )
    made = [[replicate(job, 1, each) for each in range(replications)] for job in jobs]
    values = np.array([[each.metrics[METRIC] for each in of_job] for of_job in made])
    difference = values[1] - values[0]
    controls = controls_for([np.array([each.luck for each in of_job]) for of_job in made], [difference])
    paired = float(difference.var(ddof=1))
    return Deciding(
        plain_seconds=timings["plain"].median,
        fast_seconds=timings["fast"].median,
        independent_variance=float(values.var(axis=1, ddof=1).sum()),
        paired_variance=paired,
        controlled_variance=paired if controls is None else paired / controls.factor,
    )
