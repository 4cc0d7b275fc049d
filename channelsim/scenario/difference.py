"""How two resolved scenarios differ, leaf by leaf, in words that fit a table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from channelsim.scenario.routing import Overflow, RoutingRule, ScoreRange, When, names_in
from channelsim.scenario.schema import Scenario

NOT_GIVEN = "none"
HALF = 0.5


@dataclass(frozen=True)
class Difference:
    """One value that two scenarios do not share. None stands for a value that is omitted or not there."""

    path: str
    a: Any
    b: Any

    def __str__(self) -> str:
        return f"{self.path}: {in_words(self.a)} -> {in_words(self.b)}"


def differences(a: Scenario, b: Scenario) -> list[Difference]:
    """Every value in which `a` and `b` differ, in the order of the file; strategies are left aside.

    Routing is compared as a whole and given in words, because a rule means something only among the others.
    """
    found = list(_compare("", _comparable(a), _comparable(b)))
    routing = (routing_in_words(a.routing), routing_in_words(b.routing))
    if routing[0] != routing[1]:
        found.append(Difference("routing", *routing))
    return found


def routing_in_words(rules: Sequence[RoutingRule] | None) -> str:
    """The rules as one line, such as "enterprise -> handoff; everything else -> phone"."""
    if not rules:
        return NOT_GIVEN
    return "; ".join(f"{_condition(rule.when, index)} -> {rule.motion}" for index, rule in enumerate(rules))


def in_words(value: Any) -> str:
    """A value of a scenario as short text.

    >>> in_words({"dist": "lognormal", "mean": 9000.0, "median": None, "cv": 0.7})
    'lognormal (mean 9000, cv 0.7)'
    """
    if value is None:
        return NOT_GIVEN
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, Mapping):
        entries = {key: each for key, each in value.items() if key != "dist" and each is not None}
        text = ", ".join(f"{key} {in_words(each)}" for key, each in entries.items())
        return f"{value['dist']} ({text})" if "dist" in value else text or NOT_GIVEN
    if isinstance(value, list):
        return ", ".join(in_words(each) for each in value) or NOT_GIVEN
    return str(value)


def _comparable(scenario: Scenario) -> dict[str, Any]:
    return scenario.model_dump(exclude={"strategies", "routing"})


def _compare(path: str, a: Any, b: Any) -> list[Difference]:
    if a == b:
        return []
    if not (_is_section(a) and _is_section(b)):
        return [Difference(path, a, b)]
    found = []
    for key in [*a, *(key for key in b if key not in a)]:
        found += _compare(f"{path}.{key}" if path else str(key), a.get(key), b.get(key))
    return found


def _is_section(value: Any) -> bool:
    """Whether a value is compared part by part: a distribution and a plan by month are one value each."""
    return isinstance(value, Mapping) and "dist" not in value and all(isinstance(key, str) for key in value)


def _condition(when: When | None, index: int) -> str:
    """Which leads a rule takes, such as "half of those from web while more than 10 wait for inside, at random"."""
    everyone = "everything else" if index else "everything"
    if when is None:
        return everyone
    who = " and ".join(_who(when))
    if when.share is not None:
        those = f"those {who}" if who.startswith("from ") else who or everyone
        who = f"{_part(when.share)} of {those}"
    words = [who, *_while(when.overflow)]
    return (" ".join(filter(None, words)) or everyone) + (", at random" if when.share is not None else "")


def _who(when: When) -> list[str]:
    words = []
    if when.segment is not None:
        words.append(" or ".join(names_in(when.segment)))
    if when.source is not None:
        words.append(f"from {' or '.join(names_in(when.source))}")
    if when.deal_value is not None:
        least, below = when.deal_value.at_least, when.deal_value.below
        bounds = [f"of at least {least:,.10g}"] if least else []
        bounds += [f"below {below:,.10g}"] if below is not None else []
        words.append(f"deals {' and '.join(bounds)}" if bounds else "deals of any value")
    if when.score is not None:
        words.append(_scoring(when.score))
    return words


def _scoring(score: ScoreRange) -> str:
    if score.below >= 1:
        return f"the best {_percent(1 - score.at_least)} by score"
    if score.at_least <= 0:
        return f"the worst {_percent(score.below)} by score"
    return f"scores above {_percent(score.at_least)} and below {_percent(score.below)} of all leads"


def _while(overflow: Overflow | None) -> list[str]:
    return [] if overflow is None else [f"while more than {overflow.queue_longer_than} wait for {overflow.team}"]


def _part(share: float) -> str:
    return "half" if share == HALF else _percent(share)


def _percent(share: float) -> str:
    return f"{100 * share:.4g}%"
