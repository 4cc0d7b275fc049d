"""The work in salabim, with generators (faster than its default, greenlets) and monitors off."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import salabim

from benchmarks.work import HOURS, Outcome, Work, outcome


class Count:
    """What happened."""

    def __init__(self) -> None:
        self.entered = self.served = self.gave_up = 0
        self.waited = 0.0


class Arrivals(salabim.Component):  # type: ignore[misc]
    """Leads come."""

    def setup(self, work: Work, luck: random.Random, teams: list[Any], count: Count) -> None:
        """Keep what leads need."""
        self.work, self.luck, self.teams, self.count = work, luck, teams, count

    def process(self) -> Generator[Any, Any, None]:
        """One lead after the other."""
        while True:
            yield self.hold(self.luck.expovariate(self.work.leads_an_hour))
            Lead(work=self.work, luck=self.luck, teams=self.teams, count=self.count, mode=None)


class Lead(salabim.Component):  # type: ignore[misc]
    """A lead goes from stage to stage."""

    def setup(self, work: Work, luck: random.Random, teams: list[Any], count: Count) -> None:
        """Keep what it needs."""
        self.work, self.luck, self.teams, self.count = work, luck, teams, count

    def process(self) -> Generator[Any, Any, None]:
        """Wait, be served, go on."""
        patience, count = self.work.mean_patience_hours, self.count
        for stage in self.work.stages:
            count.entered += 1
            queued = self.env.now()
            team = self.teams[stage.team]
            if patience is None:
                yield self.request(team)
            else:
                yield self.request(team, fail_delay=self.luck.expovariate(1 / patience))
                if self.failed():
                    count.gave_up += 1
                    return
            count.waited += self.env.now() - queued
            yield self.hold(self.luck.expovariate(1 / stage.mean_hours))
            self.release(team)
            count.served += 1
            if self.luck.random() >= stage.advance:
                return


def simulate(work: Work, seed: int) -> Outcome:
    """One replication."""
    env = salabim.Environment(trace=False, yieldless=False, random_seed=seed)
    teams = [
        salabim.Resource(f"team {number}", capacity=reps, monitor=False) for number, reps in enumerate(work.reps)
    ]
    count = Count()
    Arrivals(work=work, luck=random.Random(seed), teams=teams, count=count)
    env.run(till=HOURS)
    return outcome(count.entered, count.served, count.gave_up, count.waited, work)
