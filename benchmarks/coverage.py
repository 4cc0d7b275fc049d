"""How often what is promised is true: intervals and selections on a business whose truth is known."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import compare, differences, pairs_of
from channelsim.analysis.intervals import estimate
from channelsim.engine import fast
from channelsim.engine.ledger import Amount
from channelsim.experiment.stopping import Rule, Until, answered, confidence_at, planned
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load

LOTTERY = str(Path(__file__).parent / "lottery.yaml")
METRIC = "bookings"
LEADS, VALUE, ADVANCE = 40.0, 1.0, 0.3
SEED = 20_27
FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Way:
    """A strategy: chance that a lead buys, and what a deal is worth."""

    advance: float
    value: float = VALUE

    @property
    def truth(self) -> float:
        """Expected bookings."""
        return LEADS * self.advance * self.value

    def program(self) -> Program:
        """Compiled."""
        sets = [f"motions.sale.steps.call.advance={self.advance}", f"segments.all.deal_value={self.value}"]
        return compile_program(load(LOTTERY, sets).strategies["as_is"])


@dataclass(frozen=True)
class Coverage:
    """A promise of 95%, how often it was kept, and how many replications it took on average."""

    promise: str
    kept: float
    experiments: int
    replications: float

    @property
    def standard_error(self) -> float:
        """Of the share kept."""
        return math.sqrt(self.kept * (1 - self.kept) / self.experiments)


class Sampler:
    """Replications of some ways to sell, on the same leads; an experiment has numbers of its own."""

    def __init__(self, ways: Mapping[str, Way], most: int) -> None:
        self.programs = {name: way.program() for name, way in ways.items()}
        self.most = most

    def draw(self, experiment: int, count: int, before: Mapping[str, FloatArray]) -> dict[str, FloatArray]:
        """The first `count` replications of an experiment, of which those in `before` are there already."""
        first = len(next(iter(before.values()), ()))
        numbers = range(experiment * self.most + first, experiment * self.most + count)
        drawn = {}
        for name, program in self.programs.items():
            more = [float(fast.simulate(program, SEED, each).amounts[Amount.BOOKINGS].sum()) for each in numbers]
            drawn[name] = np.concatenate([before.get(name, np.empty(0)), more])
        return drawn


def coverage(experiments: int, selections: int) -> list[Coverage]:
    """Every promise: intervals in `experiments`, selections in `selections` experiments each."""
    fast.prepare(Way(ADVANCE).program(), None)
    apart = {"a": Way(ADVANCE), "b": Way(ADVANCE / 2, VALUE * 2.1)}  # 5% more, with twice the variance
    alike = {"a": Way(ADVANCE), "b": Way(ADVANCE / 2, VALUE * 2)}
    settled, precise = Rule(precision=1e-6, most=400), Rule(Until.PRECISE, precision=0.08, most=400)
    # The others lie exactly as far below the best as the zone is wide. On the same leads they are alike but for the
    # leads that the best wins more; or their variances are 1 to 4 times its own.
    near, far = 0.1, 0.9
    slippage = {f"other {each}": Way(ADVANCE) for each in range(4)} | {"best": Way(ADVANCE + near / LEADS)}
    uneven = {f"other {each}": Way(ADVANCE / each, VALUE * each) for each in (1, 2, 3, 4)}
    uneven |= {"best": Way(ADVANCE + far / LEADS)}
    return [
        _fixed("a mean's interval, 50 replications", {"a": Way(ADVANCE)}, 50, experiments),
        _fixed("a paired difference's interval, 50 replications", apart, 50, experiments),
        _fixed("differences of three from a fourth, together, 50 replications", _four(), 50, experiments),
        _sequential("the leader's lead, looked at until settled", apart, settled, experiments),
        _sequential("of two that are alike none is called best", alike, settled, experiments),
        _sequential("a difference, looked at until precise", apart, precise, experiments),
        _selection("best of five, the others at the zone's edge", slippage, near, selections),
        _selection("the same, with variances of 1 to 4", uneven, far, selections),
    ]


def _four() -> dict[str, Way]:
    return {name: Way(ADVANCE + 0.02 * at) for at, name in enumerate("abcd")}


def _experiments(run: Callable[[int], tuple[bool, int]], count: int) -> tuple[float, int, float]:
    """Share of experiments in which the promise was kept, their number, and replications on average."""
    kept, replications = zip(*map(run, range(count)), strict=True)
    return float(np.mean(kept)), count, float(np.mean(replications))


def _fixed(promise: str, ways: Mapping[str, Way], count: int, experiments: int) -> Coverage:
    sampler = Sampler(ways, count)
    base, *others = ways

    def run(experiment: int) -> tuple[bool, int]:
        drawn = sampler.draw(experiment, count, {})
        if not others:
            found = estimate(drawn[base])
            return found.ci_low <= ways[base].truth <= found.ci_high, count
        apart = differences(drawn, base)
        return all(
            apart[name].ci_low <= ways[name].truth - ways[base].truth <= apart[name].ci_high for name in others
        ), count

    return Coverage(promise, *_experiments(run, experiments))


def _sequential(promise: str, ways: Mapping[str, Way], rule: Rule, experiments: int) -> Coverage:
    sampler = Sampler(ways, rule.most)
    counts = planned(rule)
    base = next(iter(ways))

    def run(experiment: int) -> tuple[bool, int]:
        drawn, look = _until(sampler, rule, counts, base, experiment)
        found = compare(METRIC, drawn, confidence_at(counts, look, pairs_of(len(ways))))
        ((other, lead),) = found.leads.items()
        return lead.ci_low <= ways[found.best].truth - ways[other].truth <= lead.ci_high, counts[look]

    return Coverage(promise, *_experiments(run, experiments))


def _selection(promise: str, ways: Mapping[str, Way], zone: float, experiments: int) -> Coverage:
    rule = Rule(most=3_200, indifference=zone)
    sampler = Sampler(ways, rule.most)
    counts = planned(rule)
    highest = max(way.truth for way in ways.values())
    base = next(iter(ways))

    def run(experiment: int) -> tuple[bool, int]:
        drawn, look = _until(sampler, rule, counts, base, experiment)
        best = max(drawn, key=lambda name: drawn[name].mean())
        # The others lie exactly at the zone's edge: only the best itself is a right selection.
        return ways[best].truth > highest - zone / 2, counts[look]

    return Coverage(promise, *_experiments(run, experiments))


def _until(
    sampler: Sampler, rule: Rule, counts: Sequence[int], base: str, experiment: int
) -> tuple[dict[str, FloatArray], int]:
    drawn: dict[str, FloatArray] = {}
    for look, count in enumerate(counts):
        drawn = sampler.draw(experiment, count, drawn)
        if answered(rule, tuple(counts), look, METRIC, drawn, base) is not None:
            break
    return drawn, look
