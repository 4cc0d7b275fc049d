"""What is said about risk follows from the replications."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from channelsim.analysis.comparison import Comparison, compare
from channelsim.analysis.risk import Chance, Dominance, dominance, worse_tail
from channelsim.analysis.targets import read_target
from channelsim.finance.definitions import metrics_for
from channelsim.report.risk import chance_in_words, dominance_sentence, target_in_words


@dataclass
class Outcomes:
    """As much of a result as the sentence reads."""

    values: dict[str, np.ndarray]
    comparison: Comparison = field(init=False)

    def __post_init__(self) -> None:
        self.comparison = compare("contribution", self.values)

    def dominance(self, strategy: str, other: str) -> Dominance | None:
        return dominance(self.values[strategy], self.values[other])

    def worse_tail(self, strategy: str, other: str) -> float:
        return worse_tail(self.values[strategy], self.values[other])


def said(**values: list[float]) -> str:
    return dominance_sentence(Outcomes({name: np.array(each) for name, each in values.items()}))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("others", "words"),
    [
        ({}, ""),
        (
            {"b": [1.0, 2.0, 3.0, 4.0]},
            "a is above b in bad years, middling ones and good ones alike (first-order dominance).",
        ),
        ({"b": [1.0, 1.0, 1.0, 9.0]}, "Whoever is wary of bad years prefers a to b, too (second-order dominance)."),
        ({"b": [3.0, 3.0, 3.0, 3.0]}, "The worst 50% of a's replications are worse than those of b."),
        (
            {"b": [1.0, 2.0, 3.0, 4.0], "c": [0.0, 0.0, 0.0, 0.0], "d": [2.4, 2.4, 2.4, 2.4]},
            "a is above b and c in bad years, middling ones and good ones alike (first-order dominance). "
            "The worst 25% of a's replications are worse than those of d.",
        ),
        ({"b": [2.0, 3.0, 4.0, 5.0]}, ""),
    ],
)
def test_dominance_in_words(others: dict[str, list[float]], words: str) -> None:
    assert said(a=[2.0, 3.0, 4.0, 5.0], **others) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [
        (Chance(0.0, 0.0, 0.0188), "0% (0 to 2)"),
        (Chance(0.004, 0.0007, 0.022), "0.4% (0.1 to 2)"),
        (Chance(0.9996, 0.95, 1.0), "99.9% (95 to 100)"),
        (Chance(float("nan"), float("nan"), float("nan")), "–"),
    ],
)
def test_a_chance_never_rounds_to_certainty(share: Chance, words: str) -> None:
    assert chance_in_words(share) == words


def test_a_target_says_from_which_side_it_is_reached() -> None:
    metrics = metrics_for(("desk",))
    assert target_in_words(read_target("bookings=12e6", metrics), "USD") == "bookings ≥ $12M"
    assert target_in_words(read_target("queue_wait_hours.desk=4", metrics), "USD") == "queue wait hours, desk ≤ 4 h"
