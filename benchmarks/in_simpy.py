"""The work in SimPy, as its manual writes such models."""

from __future__ import annotations

import random
from collections.abc import Generator
from typing import Any

import simpy

from benchmarks.work import HOURS, Outcome, Work, outcome


class Model:
    """Resources, and what happened."""

    def __init__(self, work: Work, seed: int) -> None:
        self.work = work
        self.random = random.Random(seed)
        self.env = simpy.Environment()
        self.teams = [simpy.Resource(self.env, capacity=reps) for reps in work.reps]
        self.entered = self.served = self.gave_up = 0
        self.waited = 0.0

    def arrivals(self) -> Generator[Any, Any, None]:
        """Leads come."""
        while True:
            yield self.env.timeout(self.random.expovariate(self.work.leads_an_hour))
            self.env.process(self.lead())

    def lead(self) -> Generator[Any, Any, None]:
        """A lead goes from stage to stage."""
        env, patience = self.env, self.work.mean_patience_hours
        for stage in self.work.stages:
            self.entered += 1
            queued = env.now
            with self.teams[stage.team].request() as request:
                if patience is None:
                    yield request
                else:
                    yield request | env.timeout(self.random.expovariate(1 / patience))
                    if not request.triggered:
                        self.gave_up += 1
                        return
                self.waited += env.now - queued
                yield env.timeout(self.random.expovariate(1 / stage.mean_hours))
            self.served += 1
            if self.random.random() >= stage.advance:
                return


def simulate(work: Work, seed: int) -> Outcome:
    """One replication."""
    model = Model(work, seed)
    model.env.process(model.arrivals())
    model.env.run(until=HOURS)
    return outcome(model.entered, model.served, model.gave_up, model.waited, work)
