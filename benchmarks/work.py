"""The work that every tool does, and what it has to say of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

HOURS = 744.0
"""January 2027."""


@dataclass(frozen=True)
class Stage:
    """A step of the work: who serves, for how long on average, and the chance to go on to the next."""

    team: int
    mean_hours: float
    advance: float


@dataclass(frozen=True)
class Work:
    """Poisson arrivals to stages in a row; services and patience are exponential; first come, first served."""

    name: str
    figure: str  # what the tools' answers are compared on
    leads_an_hour: float
    reps: tuple[int, ...]
    stages: tuple[Stage, ...]
    mean_patience_hours: float | None


@dataclass(frozen=True)
class Outcome:
    """What a replication came to.

    events: leads that came to a stage, services that ended, leads that gave up: what the model does, not what a
    tool takes for it. figure: the work's figure.
    """

    events: int
    figure: float


Simulate = Callable[[Work, int], Outcome]
"""A tool's model of any work; the number is the replication's seed."""

QUEUE = Work("M/M/5", "mean wait, hours", 10.0, (5,), (Stage(0, 0.4, 1.0),), None)
FUNNEL = Work(
    "four-stage funnel",
    "share of stage entries that give up",
    6.0,
    (6, 5),
    (Stage(0, 1 / 3, 0.5), Stage(0, 1.0, 0.5), Stage(1, 2.0, 0.5), Stage(1, 2.0, 1.0)),
    2.0,
)
WORKS = (QUEUE, FUNNEL)


def outcome(entered: int, served: int, gave_up: int, waited_hours: float, work: Work) -> Outcome:
    """From what a model counted; `waited_hours`: of those served."""
    figure = gave_up / entered if work.mean_patience_hours else waited_hours / served
    return Outcome(entered + served + gave_up, figure)
