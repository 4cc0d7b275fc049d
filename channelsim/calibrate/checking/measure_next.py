"""What to measure next: which number the verdict hinges on, those that were assumed and those that were estimated.

What was assumed is taken a quarter up and down; what was estimated to the ends of what is believed about it.
Numbers that were estimated together, such as a step's shares of all segments, move together.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from channelsim.analysis.indices import MORRIS
from channelsim.calibrate.estimates import Fit
from channelsim.experiment.sensitivity import Question, Sensitivity, run_sensitivity
from channelsim.scenario.candidates import candidates
from channelsim.scenario.load import Study, load
from channelsim.scenario.parameters import (
    HIGH,
    LOW,
    MIDDLE,
    Believed,
    Change,
    Parameter,
    Scaled,
    believed,
    in_few_digits,
)
from channelsim.scenario.reader import read_text

SPREAD = 0.25
"""Up and down, of what was assumed."""
TRAJECTORIES, REPLICATIONS = 4, 10
FEW = 3
"""Of more segments or sources, numbers move together."""
SEED = 1


@dataclass(frozen=True)
class Together:
    """Beliefs about one thing, all at the same quantile."""

    name: str
    members: tuple[Believed, ...]
    is_belief = True
    base = MIDDLE
    ends = (LOW, HIGH)

    def value(self, share: float) -> float:
        """The number, or the quantile where there are several."""
        return self.members[0].value(share) if len(self.members) == 1 else share

    def label(self, value: float) -> str:
        """A number, or "5% quantile"."""
        return in_few_digits(value) if len(self.members) == 1 else f"{value:.0%} quantile"

    def changes(self, share: float) -> list[Change]:
        """All of them."""
        return [change for each in self.members for change in each.changes(share)]


def what_to_measure(
    fit: Fit,
    text: str,
    name: str,
    *,
    size: int = TRAJECTORIES,
    replications: int = REPLICATIONS,
    workers: int = 1,
    progress: Callable[[int, int], None] | None = None,
) -> Sensitivity | None:
    """What the verdict between a written scenario's strategies hinges on, in a small budget; None where nothing was
    assumed or is uncertain. text, name: the scenario and what it is called. Raises RunError if too much failed."""
    tree = read_text(text, name)
    study = load(tree)
    parameters = parameters_of(fit, study)
    if not parameters:
        return None
    how = f"what was assumed {SPREAD:.0%} up and down, what was estimated from end to end of its 90% interval"
    question = Question(dict(tree.data), (), (), study, tuple(parameters), how, MORRIS, size, replications, SEED)
    with tempfile.TemporaryDirectory() as folder:
        return run_sensitivity(question, Path(folder), "calibration", workers=workers, progress=progress)


def parameters_of(fit: Fit, study: Study) -> list[Parameter]:
    """What was assumed, then what was estimated."""
    beliefs = believed(study)
    return [*assumed(fit, study, [each.path for each in beliefs]), *estimated(fit, beliefs)]


def assumed(fit: Fit, study: Study, uncertain: Sequence[str]) -> list[Scaled]:
    """Numbers of the scenario that no data stand behind."""
    estimated_fields = {"advance", "buyer_days", "deal_value_factor"}
    estimated_fields |= {"deal_value"} if fit.values else set()
    estimated_fields |= {"leads_per_month"} if fit.sources else set()
    return [
        each
        for each in candidates(study, SPREAD)
        if not any(
            path.rpartition(".")[2] in estimated_fields
            or any(other == path or other.startswith(f"{path}.") for other in uncertain)
            for path in each.values
        )
    ]


def estimated(fit: Fit, beliefs: Sequence[Believed]) -> list[Together]:
    """Beliefs, those about one thing together."""
    found: dict[str, list[Believed]] = {}
    for each in beliefs:
        found.setdefault(_thing(fit, each.path), []).append(each)
    return [Together(name, tuple(members)) for name, members in found.items()]


def _thing(fit: Fit, path: str) -> str:
    """What a belief is about, in words."""
    parts = path.split(".")
    match parts:
        case ["segments", segment, *_]:
            return "deal values" if len(fit.export.segments) > FEW else f"deal value, {segment}"
        case ["sources", source, *_]:
            return "deals a month" if len(fit.export.sources) > FEW else f"deals a month, {source}"
        case ["motions", motion, "steps", step, "advance", *_]:
            return f"share that goes on at {step} ({motion})"
        case ["motions", motion, "steps", *_]:
            return f"days buyers take ({motion})"
        case ["motions", motion, "deal_value_factor"]:
            return f"deal size factor ({motion})"
        case ["teams", team, "people", field, *_]:
            return f"{field.replace('_', ' ')}, {team}"
        case ["strategies", strategy, *_]:
            return f"shares of routes ({strategy})"
    return path
