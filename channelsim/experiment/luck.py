"""What differs from one replication to the next before any lead arrives: the market's path, and the numbers that
nobody knows. Both are drawn by replication alone, so that all strategies face the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from channelsim.engine.draws import uniform
from channelsim.program.codes import Purpose
from channelsim.program.keys import key64
from channelsim.rules.draws import entity_words
from channelsim.scenario.environment import Environment, followers
from channelsim.scenario.load import Beliefs
from channelsim.scenario.schema import Scenario
from channelsim.scenario.tree import Path
from channelsim.scenario.uncertain import Uncertain

MASK64 = 2**64 - 1


@dataclass(frozen=True)
class Varies:
    """A strategy whose program differs by replication."""

    scenario: Scenario
    beliefs: Beliefs

    def drawn(self, seed: int, replication: int) -> tuple[Scenario, list[str] | None]:
        """The scenario of a replication and its regimes by month, None where it has none."""
        scenario = self.scenario
        if self.beliefs.uncertain:
            scenario = self.beliefs.scenario(belief_draws(self.beliefs.uncertain, seed, replication))
        if not scenario.environment.regimes:
            return scenario, None
        return scenario, regime_path(scenario.environment, scenario.horizon.months, seed, replication)


def varies_of(scenario: Scenario, beliefs: Beliefs | None) -> Varies | None:
    """What makes each replication of a strategy a world of its own; None if nothing does."""
    known = beliefs or Beliefs(scenario, ())
    if not known.uncertain and not scenario.environment.regimes:
        return None
    return Varies(scenario, known)


def belief_draws(uncertain: Sequence[Uncertain], seed: int, replication: int) -> Mapping[Path, float]:
    """A uniform for each uncertain number, by its path: the same number in two strategies has the same luck."""
    return {each.at: _draw(seed, replication, Purpose.UNCERTAIN, 0, "uncertain", each.path) for each in uncertain}


def regime_path(environment: Environment, months: int, seed: int, replication: int) -> list[str]:
    """The market's regime in each month: a Markov chain that stays with chance 1 - 1 / lasts_months."""
    path: list[str] = []
    for month in range(months):
        u = _draw(seed, replication, Purpose.REGIME, month, "environment", "regime")
        if not path:
            chances = {environment.start: 1.0} if environment.start is not None else long_run(environment)
        else:
            chances = next_month(environment, path[-1])
        path.append(_chosen(chances, u))
    return path


def next_month(environment: Environment, regime: str) -> dict[str, float]:
    """The chance of each regime in the month after one."""
    others = followers(environment, regime)
    leaves = 1.0 / environment.regimes[regime].lasts_months if others else 0.0
    return {regime: 1.0 - leaves} | {other: leaves * chance for other, chance in others.items()}


def long_run(environment: Environment) -> dict[str, float]:
    """The share of time that the market spends in each regime: the chain's stationary distribution."""
    names = list(environment.regimes)
    chain = np.array([[next_month(environment, a).get(b, 0.0) for b in names] for a in names])
    equations = np.vstack([chain.T - np.eye(len(names)), np.ones(len(names))])
    shares, *_ = np.linalg.lstsq(equations, np.append(np.zeros(len(names)), 1.0), rcond=None)
    return dict(zip(names, shares.tolist(), strict=True))


def _chosen(chances: Mapping[str, float], u: float) -> str:
    """Which one the draw falls on."""
    below = 0.0
    for name, chance in chances.items():
        below += chance
        if u < below:
            return name
    return name


def _draw(seed: int, replication: int, purpose: Purpose, k: int, *name: str) -> float:
    return uniform(*_words(seed, name), replication, 0, purpose.value, k, 0)


@lru_cache(maxsize=4096)
def _words(seed: int, name: tuple[str, ...]) -> tuple[int, int]:
    return entity_words(seed, key64(*name) & MASK64)
