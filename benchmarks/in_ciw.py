"""The work in Ciw: a node a team; a lead's way and its service at each visit are decided as it goes."""

from __future__ import annotations

import random
from typing import Any

import ciw

from benchmarks.work import HOURS, Outcome, Work, outcome


class StageService(ciw.dists.Distribution):  # type: ignore[misc]
    """The service of the stage that the individual has come to."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self.work = work

    def sample(self, t: float | None = None, ind: Any = None) -> float:  # noqa: ARG002 - as Ciw calls it
        """Exponential with the stage's mean."""
        stage = self.work.stages[len(ind.data_records)]
        return random.expovariate(1 / stage.mean_hours)


def simulate(work: Work, seed: int) -> Outcome:
    """One replication."""
    ciw.seed(seed)
    nodes = len(work.reps)

    def route(_individual: Any, _simulation: Any = None) -> list[int]:
        way = []  # after the first node
        for stage, following in zip(work.stages, work.stages[1:], strict=False):
            if random.random() >= stage.advance:
                break
            way.append(following.team + 1)
        return way

    network = ciw.create_network(
        arrival_distributions=[ciw.dists.Exponential(work.leads_an_hour)] + [None] * (nodes - 1),
        service_distributions=[StageService(work) for _ in work.reps],
        number_of_servers=list(work.reps),
        routing=ciw.routing.ProcessBased(route),
        **(
            {"reneging_time_distributions": [ciw.dists.Exponential(1 / work.mean_patience_hours)] * nodes}
            if work.mean_patience_hours
            else {}
        ),
    )
    simulation = ciw.Simulation(network)
    simulation.simulate_until_max_time(HOURS)
    records = simulation.get_all_records(only=["service", "renege"])
    served = [each for each in records if each.record_type == "service"]
    gave_up = len(records) - len(served)
    waiting_now = sum(node.number_of_individuals for node in simulation.transitive_nodes)
    waited = sum(each.waiting_time for each in served)
    return outcome(len(records) + waiting_now, len(served), gave_up, waited, work)
