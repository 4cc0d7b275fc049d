"""The likelihood of a stage: who went on, who was lost, who is still there, and how long each took.

YES after t: p f_yes(t). NO after t: (1 - p) f_no(t). OPEN at age c: p S_yes(c) + (1 - p) S_no(c), as nobody knows
yet what it will be; where losses are not written down, S_no is 1 for ever (a cure model: Boag 1949; Maller and Zhou
1996). It is maximised over everything at once, so what open deals leave unsaid is in every interval.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from channelsim.calibrate.fitting import families
from channelsim.calibrate.fitting.beliefs import JEFFREYS

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

P, YES_MEAN, YES_CV, NO_MEAN, NO_CV = range(5)
"""The roles of parameters, as logit or logarithm; each may have one value for all segments or one for each."""
YES_TIMES, NO_TIMES, OPEN_TIMES = range(3)
STEP = 1e-3
"""Of numerical derivatives, in logits and logarithms."""
LOG_CV_SD = 1.0
"""Before any data, a cv lies between 1/5 and 5 in nine cases of ten, about 1."""
LOG_MEAN_SD = 2.0
"""And a mean within a factor of 27 of the mean of those that ended."""
LOGIT_LIMIT = 16.0
MOST_ITERATIONS = 100


@dataclass(frozen=True)
class Times:
    """Times of one kind: [points] days, whose segment, and how many deals."""

    days: Floats
    segment: Ints
    weight: Floats

    def total(self, segments: int) -> Floats:
        """[segments] deals."""
        total: Floats = np.bincount(self.segment, self.weight, segments).astype(float)
        return total

    @property
    def count(self) -> float:
        """All deals."""
        return float(self.weight.sum())


@dataclass(frozen=True)
class StageData:
    """All that was seen of a stage."""

    yes: Times
    no: Times
    open: Times
    segments: int
    resolution: float
    losses_are_seen: bool

    @cached_property
    def counted(self) -> tuple[families.Counts, families.Counts, families.Counts]:
        """The times of yes, no and open."""
        yes, no, still = (
            families.counts(each.days, each.segment, self.resolution) for each in (self.yes, self.no, self.open)
        )
        return yes, no, still

    @cached_property
    def typical(self) -> float:
        """Mean days of those that ended; of those open where none has."""
        for times in ([self.yes, self.no], [self.open]):
            weight = sum(each.count for each in times)
            if weight > 0:
                days = sum(float(each.weight @ each.days) for each in times) / weight
                return max(days, self.resolution / 2, 0.01)
        return 1.0


@dataclass(frozen=True)
class Model:
    """What is to be fitted: a family for each outcome and which segments share its parameters."""

    yes_family: str
    no_family: str
    yes_group: tuple[int, ...]  # by segment
    no_group: tuple[int, ...]


@dataclass(frozen=True)
class StageFit:
    """The best parameters of a model, by role [segments], and their covariance."""

    model: Model
    log_likelihood: float
    parameters: int
    roles: Floats  # [role, segment] logit p, logarithms of means and cvs
    variance: Floats  # [role, segment]

    @property
    def aic(self) -> float:
        """Akaike's information criterion."""
        return 2 * self.parameters - 2 * self.log_likelihood


def fit_stage(data: StageData, model: Model, start: StageFit | None = None) -> StageFit:
    """Maximise the likelihood (with its weak priors) by Newton's method, damped where it is not concave."""
    problem = _Problem(data, model)
    theta = problem.begin(start)
    value, gradient, curvature = problem.derivatives(theta)
    damping = 0.0
    for _ in range(MOST_ITERATIONS):
        step = _ascent(gradient, curvature, damping)
        trial = problem.inside(theta + step)
        trial_value = problem.value(trial)
        if trial_value >= value - 1e-9 * abs(value):
            gain = float(gradient @ (trial - theta))
            theta = trial
            value, gradient, curvature = problem.derivatives(theta)
            damping *= 0.1 if damping > 1e-6 else 0.0
            if abs(gain) < 1e-5:
                break
        else:
            damping = max(10 * damping, 1e-3 * float(np.abs(np.diag(curvature)).max()))
            if damping > 1e12 * (1 + float(np.abs(curvature).max())):
                break
    covariance = np.linalg.inv(_definite(-curvature))
    roles = problem.spread(theta)
    index = problem.index
    variance = np.where(index >= 0, np.diag(covariance)[np.maximum(index, 0)], 0.0)
    likelihood = float(problem.by_segment(roles).sum())
    return StageFit(model, likelihood, problem.size, roles, variance)


def chance_of_yes(data: StageData, fit: StageFit) -> Floats:
    """[open points] the chance that each open deal will go on, by Bayes' rule."""
    problem = _Problem(data, fit.model)
    yes = problem.open_yes(fit.roles)
    no = problem.open_no(fit.roles)
    p = _logistic(fit.roles[P])[data.open.segment]
    chance: Floats = p * yes / np.maximum(p * yes + (1 - p) * no, 1e-300)
    return chance


class _Problem:
    """The likelihood as a function of a vector of free parameters, some of them shared between segments."""

    def __init__(self, data: StageData, model: Model) -> None:
        self.data, self.model = data, model
        self.has_no = data.losses_are_seen and data.no.count > 0
        self.has_yes = data.yes.count > 0
        self.index = self._numbered()
        self.size = int(self.index.max()) + 1
        self.wins = data.yes.total(data.segments) + JEFFREYS
        self.losses = data.no.total(data.segments) + JEFFREYS
        self.prior_mean = math.log(data.typical)

    def _numbered(self) -> Ints:
        """[role, segment] the place of each parameter in the vector; -1: it is not free."""
        data, model = self.data, self.model
        index = np.full((5, data.segments), -1)
        index[P] = np.arange(data.segments)
        used = data.segments
        for mean, cv, family, groups, there in (
            (YES_MEAN, YES_CV, model.yes_family, model.yes_group, self.has_yes or not self.has_no),
            (NO_MEAN, NO_CV, model.no_family, model.no_group, self.has_no),
        ):
            if not there:
                continue
            names, place = np.unique(groups, return_inverse=True)
            index[mean] = used + place
            used += len(names)
            if family != families.EXPONENTIAL:
                index[cv] = used + place
                used += len(names)
        return index

    def begin(self, start: StageFit | None) -> Floats:
        roles = np.zeros((5, self.data.segments))
        if start is None:
            roles[P] = np.log(self.wins / self.losses)
            for role, times in ((YES_MEAN, self.data.yes), (NO_MEAN, self.data.no)):
                mean = float(times.weight @ times.days) / times.count if times.count else 0.0
                roles[role] = math.log(mean) if mean > 0.1 * self.data.resolution else self.prior_mean
        else:
            roles[:] = start.roles
        return self.inside(self.gathered(roles))

    def gathered(self, roles: Floats) -> Floats:
        theta = np.zeros(self.size)
        count = np.zeros(self.size)
        free = self.index >= 0
        np.add.at(theta, self.index[free], roles[free])
        np.add.at(count, self.index[free], 1.0)
        result: Floats = theta / count
        return result

    def spread(self, theta: Floats) -> Floats:
        """[role, segment] of a vector; where an outcome was never seen, its times are the other's."""
        roles = np.where(self.index >= 0, theta[np.maximum(self.index, 0)], 0.0)
        if not self.has_no:
            roles[NO_MEAN], roles[NO_CV] = roles[YES_MEAN], roles[YES_CV]
        elif not self.has_yes:
            roles[YES_MEAN], roles[YES_CV] = roles[NO_MEAN], roles[NO_CV]
        return roles

    def inside(self, theta: Floats) -> Floats:
        """The nearest vector that is within bounds."""
        low, high = np.full(self.size, -LOGIT_LIMIT), np.full(self.size, LOGIT_LIMIT)
        cvs = np.unique(self.index[[YES_CV, NO_CV]])
        cvs = cvs[cvs >= 0]
        margin = 2 * STEP
        low[cvs], high[cvs] = math.log(families.CV_LOWEST) + margin, math.log(families.CV_HIGHEST) - margin
        return np.clip(theta, low, high)

    def value(self, theta: Floats) -> float:
        return float(self.by_segment(self.spread(theta)).sum()) + self._prior(theta)[0]

    def by_segment(self, roles: Floats) -> Floats:
        """[segments] log-likelihood, with Jeffreys' counts for p."""
        return self._joined(roles[P], self._yes(roles), self._no(roles))

    def derivatives(self, theta: Floats) -> tuple[float, Floats, Floats]:
        """Value, gradient and second derivatives, from central differences within each segment."""
        roles = self.spread(theta)
        moves = _Moves(self, roles)
        value = float(moves.at(()).sum())
        gradient, curvature = np.zeros(self.size), np.zeros((self.size, self.size))
        free = [role for role in range(5) if (self.index[role] >= 0).any()]
        middle = moves.at(())
        for place, one in enumerate(free):
            up, down = moves.at(((one, 1),)), moves.at(((one, -1),))
            np.add.at(gradient, self.index[one], (up - down) / (2 * STEP))
            np.add.at(curvature, (self.index[one], self.index[one]), (up - 2 * middle + down) / STEP**2)
            for two in free[:place]:
                both = (
                    moves.at(((one, 1), (two, 1)))
                    - moves.at(((one, 1), (two, -1)))
                    - moves.at(((one, -1), (two, 1)))
                    + moves.at(((one, -1), (two, -1)))
                ) / (4 * STEP**2)
                np.add.at(curvature, (self.index[one], self.index[two]), both)
                np.add.at(curvature, (self.index[two], self.index[one]), both)
        prior, prior_gradient, prior_curvature = self._prior(theta)
        return value + prior, gradient + prior_gradient, curvature + np.diag(prior_curvature)

    def _prior(self, theta: Floats) -> tuple[float, Floats, Floats]:
        value, gradient, curvature = 0.0, np.zeros(self.size), np.zeros(self.size)
        for roles, centre, sd in (
            ((YES_CV, NO_CV), 0.0, LOG_CV_SD),
            ((YES_MEAN, NO_MEAN), self.prior_mean, LOG_MEAN_SD),
        ):
            at = np.unique(self.index[list(roles)])
            at = at[at >= 0]
            away = (theta[at] - centre) / sd
            value -= 0.5 * float(away @ away)
            gradient[at] -= away / sd
            curvature[at] -= 1 / sd**2
        return value, gradient, curvature

    def _joined(self, logit: Floats, yes: tuple[Floats, Floats], no: tuple[Floats, Floats]) -> Floats:
        log_p, log_q = -np.logaddexp(0.0, -logit), -np.logaddexp(0.0, logit)
        total = self.wins * log_p + self.losses * log_q + yes[0] + no[0]
        still = self.data.open
        if len(still.days):
            p = np.exp(log_p)[still.segment]
            chance = p * yes[1] + (1 - p) * no[1]
            total = total + np.bincount(
                still.segment, still.weight * np.log(np.maximum(chance, 1e-300)), self.data.segments
            )
        return total

    def _yes(self, roles: Floats) -> tuple[Floats, Floats]:
        """[segments] log-likelihood of the times until yes, [open points] the share that takes longer."""
        return self._ended(YES_TIMES, self.model.yes_family, roles[YES_MEAN], roles[YES_CV]), self.open_yes(roles)

    def _no(self, roles: Floats) -> tuple[Floats, Floats]:
        return self._ended(NO_TIMES, self.model.no_family, roles[NO_MEAN], roles[NO_CV]), self.open_no(roles)

    def _ended(self, which: int, family: str, log_mean: Floats, log_cv: Floats) -> Floats:
        times = (self.data.yes, self.data.no)[which]
        if not len(times.days):
            return np.zeros(self.data.segments)
        mean, cv = np.exp(log_mean)[times.segment], np.exp(log_cv)[times.segment]
        chance = families.log_chance(family, self.data.counted[which], mean, cv)
        total: Floats = np.bincount(times.segment, times.weight * chance, self.data.segments).astype(float)
        return total

    def open_yes(self, roles: Floats) -> Floats:
        family = self.model.yes_family if self.has_yes or not self.has_no else self.model.no_family
        return self._longer(family, roles[YES_MEAN], roles[YES_CV])

    def open_no(self, roles: Floats) -> Floats:
        if not self.data.losses_are_seen:
            return np.ones(len(self.data.open.days))
        family = self.model.no_family if self.has_no else self.model.yes_family
        return self._longer(family, roles[NO_MEAN], roles[NO_CV])

    def _longer(self, family: str, log_mean: Floats, log_cv: Floats) -> Floats:
        still = self.data.open
        if not len(still.days):
            return np.zeros(0)
        mean, cv = np.exp(log_mean)[still.segment], np.exp(log_cv)[still.segment]
        return families.longer(family, self.data.counted[OPEN_TIMES], mean, cv)


class _Moves:
    """The likelihood with roles moved up or down by a step, in all segments at once: what times contribute depends
    on their own mean and cv alone, and is worked out once for each place."""

    def __init__(self, problem: _Problem, roles: Floats) -> None:
        self.problem, self.roles = problem, roles
        self.yes: dict[tuple[int, int], tuple[Floats, Floats]] = {}
        self.no: dict[tuple[int, int], tuple[Floats, Floats]] = {}

    def at(self, moves: tuple[tuple[int, int], ...]) -> Floats:
        """[segments] log-likelihood after moves (role, steps)."""
        steps = [0] * 5
        for role, by in moves:
            steps[role] = by
        problem = self.problem
        if not problem.has_no:
            steps[NO_MEAN], steps[NO_CV] = steps[YES_MEAN], steps[YES_CV]
        elif not problem.has_yes:
            steps[YES_MEAN], steps[YES_CV] = steps[NO_MEAN], steps[NO_CV]
        moved = self.roles + STEP * np.array(steps, float)[:, None]
        yes_place, no_place = (steps[YES_MEAN], steps[YES_CV]), (steps[NO_MEAN], steps[NO_CV])
        if yes_place not in self.yes:
            self.yes[yes_place] = problem._yes(moved)
        if no_place not in self.no:
            self.no[no_place] = problem._no(moved)
        return problem._joined(moved[P], self.yes[yes_place], self.no[no_place])


def _ascent(gradient: Floats, curvature: Floats, damping: float) -> Floats:
    """A Newton step uphill, no longer than 1 in any logit or logarithm."""
    values, vectors = np.linalg.eigh(-curvature)
    steep = np.maximum(np.abs(values), 1e-6) + damping
    step: Floats = vectors @ ((vectors.T @ gradient) / steep)
    longest = float(np.abs(step).max())
    return step / longest if longest > 1.0 else step


def _definite(information: Floats) -> Floats:
    """The information matrix, with directions of which nothing is known given next to none."""
    values, vectors = np.linalg.eigh(information)
    result: Floats = (vectors * np.maximum(values, 0.05)) @ vectors.T
    return result


def _logistic(x: Floats) -> Floats:
    result: Floats = 1 / (1 + np.exp(-x))
    return result
