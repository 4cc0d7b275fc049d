"""What could change a decision: points to evaluate, and what is found there.

The evaluation itself is a callable from points in the unit cube to a figure of every strategy, so that a simulation
and a textbook's function go through the same code.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.curves import Reading, crossings
from channelsim.analysis.indices import MORRIS, Effect, Method, Sample, Share, effects, sample_of, shares
from channelsim.analysis.information import Knowledge, worth_of_knowing
from channelsim.analysis.intervals import Estimate, estimate, simultaneous
from channelsim.errors import RunError
from channelsim.scenario.parameters import MIDDLE, Parameter

FloatArray = NDArray[np.float64]
Evaluate = Callable[[FloatArray], FloatArray]
"""From points, (point, parameter), shares or NaN for as the file says, to responses, (point, strategy,
replication), of which more is better; NaN where an evaluation failed. Replications are the same at all points."""
FEWEST_BLOCKS = 2


@dataclass(frozen=True)
class Flip:
    """A value of a parameter at which another strategy becomes best. value: interpolated. below, above: who is best
    on either side."""

    value: float
    below: str
    above: str


@dataclass(frozen=True)
class Bar:
    """A figure while one parameter goes from end to end, all others as the file says. values: the parameter's at
    both ends and between them. readings: the figure's there. swing: high less low, paired by replication."""

    parameter: Parameter
    values: tuple[float, float, float]
    readings: tuple[Reading, Reading, Reading]
    swing: Reading
    flips: tuple[Flip, ...]

    @property
    def could_flip(self) -> bool:
        """Whether the figure could be 0 or less at an end, as far as chance goes, though on average it is not."""
        return not self.flips and any(each.ci_low <= 0 for each in (self.readings[0], self.readings[2]))


@dataclass(frozen=True)
class Findings:
    """What was found. one_at_a_time: responses at the base, then at each parameter's low, middle and high. sampled:
    responses at the sample's points. Both (point, strategy, replication). left_out: points of the sample whose
    block has one that failed."""

    parameters: tuple[Parameter, ...]
    strategies: tuple[str, ...]
    sample: Sample
    one_at_a_time: FloatArray
    sampled: FloatArray
    seed: int
    left_out: int

    @cached_property
    def best(self) -> int:
        """The strategy with the highest mean where all is as the file says."""
        return int(np.argmax(self.one_at_a_time[0].mean(axis=1)))

    @property
    def rivals(self) -> list[int]:
        """All others."""
        return [at for at in range(len(self.strategies)) if at != self.best]

    @cached_property
    def base(self) -> Reading:
        """The figure where all is as the file says."""
        return self._figure(self.one_at_a_time[0])

    @cached_property
    def runner_up(self) -> int | None:
        """The strongest rival there."""
        return self._strongest(self.one_at_a_time[0]) if self.rivals else None

    def _strongest(self, response: FloatArray) -> int:
        return max(self.rivals, key=lambda at: float(response[at].mean()))

    def _figure(self, response: FloatArray) -> Reading:
        """The best strategy's lead over the strongest other one, with an interval that holds for all others at
        once; its own figure where it is alone. response: (strategy, replication)."""
        if not self.rivals:
            return _reading(response[self.best])
        return self._lead(response, self._strongest(response))

    def _lead(self, response: FloatArray, rival: int) -> Reading:
        return _reading(response[self.best] - response[rival], simultaneous(len(self.rivals)))

    @cached_property
    def bars(self) -> list[Bar]:
        """One for each parameter, the widest swing first."""
        found = [self._bar(at) for at in range(len(self.parameters))]
        return sorted(found, key=lambda bar: -abs(bar.swing.mean) if math.isfinite(bar.swing.mean) else 0.0)

    def _bar(self, at: int) -> Bar:
        parameter = self.parameters[at]
        at_points = self.one_at_a_time[1 + 3 * at : 4 + 3 * at]
        low, high = parameter.ends
        values = tuple(parameter.value(share) for share in (low, middle_of(parameter), high))
        readings = tuple(self._figure(each) for each in at_points)
        worst_low, worst_high = (self._of_replications(at_points[end]) for end in (0, 2))
        return Bar(
            parameter,
            (values[0], values[1], values[2]),
            (readings[0], readings[1], readings[2]),
            _reading(worst_high - worst_low),
            tuple(self._flips(values, at_points)),
        )

    def _of_replications(self, response: FloatArray) -> FloatArray:
        """The figure in each replication."""
        own: FloatArray = response[self.best]
        return own - response[self._strongest(response)] if self.rivals else own

    def _flips(self, values: Sequence[float], at_points: FloatArray) -> list[Flip]:
        """Where the best strategy and the strongest rival change places, linear between the three points."""
        leads = {rival: [self._lead(each, rival) for each in at_points] for rival in self.rivals}
        found = []
        for rival, readings in leads.items():
            others = [other for other in self.rivals if other != rival]
            for each in crossings(values, readings):
                is_first = all(
                    np.interp(each.at, values, [reading.mean for reading in leads[other]]) >= 0 for other in others
                )
                if is_first:
                    best, other = self.strategies[self.best], self.strategies[rival]
                    found.append(Flip(each.at, *((other, best) if each.rises else (best, other))))
        return sorted(found, key=lambda flip: flip.value)

    # the sample

    @cached_property
    def figures(self) -> dict[str, FloatArray]:
        """What indices are told of, (point,): the best strategy's lead over the strongest other one, over each
        other one where there are several, and each strategy's own figure."""
        means = self.sampled.mean(axis=2)
        own = {name: means[:, at] for at, name in enumerate(self.strategies)}
        if not self.rivals:
            return own
        best = self.strategies[self.best]
        over = {f"{best} - {self.strategies[at]}": means[:, self.best] - means[:, at] for at in self.rivals}
        lead = {"lead": means[:, self.best] - means[:, self.rivals].max(axis=1)}
        return lead | (over if len(over) > 1 else {}) | own

    @cached_property
    def effects(self) -> dict[str, list[Effect]]:
        """Of Morris's method: each figure's effects, by parameter."""
        return {name: effects(self.sample, each, self.seed) for name, each in self.figures.items()}

    @cached_property
    def shares(self) -> dict[str, list[Share] | None]:
        """Of Sobol's method: each figure's indices, by parameter; None for a figure that does not vary."""
        return {name: shares(self.sample, each, self.seed) for name, each in self.figures.items()}

    @cached_property
    def knowledge(self) -> Knowledge | None:
        """What knowing each parameter would be worth; None with one strategy, where nothing is to be decided."""
        return worth_of_knowing(self.sample, self.sampled) if self.rivals else None

    @cached_property
    def order(self) -> list[int]:
        """The parameters, the most influential first."""
        name = next(iter(self.figures))
        if self.sample.method == MORRIS:
            sizes = [each.size.value for each in self.effects[name]]
        else:
            found = self.shares[name]
            sizes = [each.total.value for each in found] if found else [0.0] * len(self.parameters)
        return sorted(range(len(sizes)), key=lambda at: -sizes[at])


def middle_of(parameter: Parameter) -> float:
    """The share that counts as the middle: as the file says, if that is a share."""
    return MIDDLE if math.isnan(parameter.base) else parameter.base


def points_one_at_a_time(parameters: Sequence[Parameter]) -> FloatArray:
    """All as the file says, then each parameter at low, middle and high while all others stay as the file says."""
    base = np.array([each.base for each in parameters])
    rows = [base]
    for at, each in enumerate(parameters):
        low, high = each.ends
        for share in (low, middle_of(each), high):
            row = base.copy()
            row[at] = share
            rows.append(row)
    return np.array(rows)


def investigate(
    parameters: Sequence[Parameter],
    strategies: Sequence[str],
    evaluate: Evaluate,
    *,
    method: Method,
    size: int,
    seed: int,
) -> Findings:
    """Evaluate one parameter at a time, and a sample of all together.

    size: Morris's trajectories, or Sobol's base points. Blocks of the sample in which an evaluation failed are left
    out. Raises RunError if too little is left, or the base failed.
    """
    alone = points_one_at_a_time(parameters)
    sample = sample_of(method, len(parameters), size, seed)
    responses = evaluate(np.concatenate([alone, sample.points]))
    one_at_a_time, sampled = responses[: len(alone)], responses[len(alone) :]
    failed = np.array([np.isnan(response).any() for response in sampled])
    whole, kept = sample.without(failed)
    if np.isnan(one_at_a_time[0]).any() or whole.blocks < FEWEST_BLOCKS:
        raise RunError("too many points failed for anything to be said; the reasons are above")
    return Findings(
        tuple(parameters), tuple(strategies), whole, one_at_a_time, sampled[kept], seed, int((~kept).sum())
    )


def _reading(values: FloatArray, confidence: float | None = None) -> Reading:
    """A mean over replications; NaN where one failed."""
    if np.isnan(values).any():
        return Reading(math.nan, math.nan, math.nan, 0)
    found: Estimate = estimate(values) if confidence is None else estimate(values, confidence)
    return Reading(found.mean, found.ci_low, found.ci_high, found.replications)
