"""Numbers and beliefs as a scenario's text has them: rounded to what they are worth, and possible at both ends."""

from __future__ import annotations

import math
from collections.abc import Mapping

from pydantic import TypeAdapter

from channelsim.calibrate.estimates import Estimate
from channelsim.scenario.uncertain import HIGHEST, LOWEST, Belief

BIGGEST = 1e15
"""Beyond it nothing is bounded."""
PLAIN_DIGITS = 4
SPREAD_DIGITS = 2
MOST_DECIMALS = 9
_BELIEF: TypeAdapter[object] = TypeAdapter(Belief)


def number(value: float, digits: int = PLAIN_DIGITS) -> str:
    """A number with so many digits that count, never as 1e-05.

    >>> number(28134.4, 3), number(0.31249), number(12.0)
    ('28100', '0.3125', '12')
    """
    return written(value, _decimals(value, digits))


def written(value: float, decimals: int) -> str:
    """A number with at most so many decimals; with fewer than none, rounded to tens, hundreds, ..."""
    rounded = round(value, decimals)
    text = f"{rounded:.{max(decimals, 0)}f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def interval(estimate: Estimate) -> str:
    """The interval of an estimate and what it rests on: "0.28 to 0.34, n = 619"."""
    known = interval_alone(estimate)
    return f"{known}, n = {estimate.n:,}" if known else f"n = {estimate.n:,}"


def interval_alone(estimate: Estimate, factor: float = 1.0) -> str:
    """The interval of an estimate, both ends multiplied: "28 to 34"; "" if it is known exactly."""
    if estimate.high <= estimate.low:
        return ""
    decimals = _decimals((estimate.high - estimate.low) * factor, SPREAD_DIGITS)
    low, high = (_spaced(each * factor, decimals) for each in (estimate.low, estimate.high))
    return f"{low} to {high}"


def figure(estimate: Estimate, least: float = -BIGGEST, most: float = BIGGEST, factor: float = 1.0) -> str:
    """An estimate as a scenario has it: a plain number, or `{uncertain: {...}}` with what is believed.

    least, most: what the scenario allows; a belief that reaches beyond is written as another that does not. factor:
    multiplies the number and its spread alike.
    """
    value, sd = estimate.value * factor, estimate.sd * factor
    if estimate.belief is None or not sd > 0 or not least < value < most:
        return number(min(max(value, least), most))
    return believed(_scaled(estimate.belief, factor), value, sd, least, most)


def believed(
    belief: Mapping[str, float | str], mean: float, sd: float, least: float = -BIGGEST, most: float = BIGGEST
) -> str:
    """`{uncertain: {...}}` of a belief, or of one with its mean and spread that stays within the bounds."""
    for tried in (belief, *_others(mean, sd, least, most)):
        text = _belief_text(tried)
        if text is not None and _is_within(text[1], least, most):
            return f"{{uncertain: {text[0]}}}"
    return number(min(max(mean, least), most))


def _scaled(belief: Mapping[str, float | str], factor: float) -> Mapping[str, float | str]:
    return {name: each if isinstance(each, str) else each * factor for name, each in belief.items()}


def _others(mean: float, sd: float, least: float, most: float) -> list[Mapping[str, float | str]]:
    """Beliefs of about the same mean and spread, the likeliest to fit first."""
    half = sd * math.sqrt(3.0)  # of a uniform
    half = min(half, mean - least, most - mean)
    others: list[Mapping[str, float | str]] = []
    if least >= 0 and most <= 1:
        others.append({"dist": "beta", "mean": mean, "sd": sd})
    if least >= 0:
        others.append({"dist": "lognormal", "mean": mean, "sd": sd})
    return [*others, {"dist": "uniform", "low": mean - half, "high": mean + half}]


def _belief_text(belief: Mapping[str, float | str]) -> tuple[str, dict[str, float | str]] | None:
    """A belief as written, and what is read from it; None if nothing can be."""
    spread = float(belief["sd"]) if "sd" in belief else abs(float(belief["high"]) - float(belief["low"])) / 4
    if not spread > 0:
        return None
    decimals = _decimals(spread, SPREAD_DIGITS)
    if belief["dist"] in ("beta", "lognormal"):  # whose mean must not be rounded to an end
        room = float(belief["mean"])
        room = min(room, 1 - room) if belief["dist"] == "beta" else room
        if room <= 0:
            return None
        decimals = max(decimals, _decimals(room, SPREAD_DIGITS))
    words = {name: each if isinstance(each, str) else written(each, decimals) for name, each in belief.items()}
    read = {name: each if name == "dist" else float(each) for name, each in words.items()}
    return "{" + ", ".join(f"{name}: {each}" for name, each in words.items()) + "}", read


def _is_within(belief: dict[str, float | str], least: float, most: float) -> bool:
    try:
        model = _BELIEF.validate_python(belief)
    except ValueError:
        return False
    low, high = (float(model.quantile(end)) for end in (LOWEST, HIGHEST))  # type: ignore[attr-defined]
    return least <= low <= high <= most


def _decimals(value: float, digits: int) -> int:
    """Decimals that leave so many digits that count."""
    if value == 0 or not math.isfinite(value):
        return digits
    return min(digits - 1 - math.floor(math.log10(abs(value))), MOST_DECIMALS)


def _spaced(value: float, decimals: int) -> str:
    """With every third digit set off, for people: 27,100."""
    text = f"{round(value, decimals):,.{max(decimals, 0)}f}"
    return "0" if float(text.replace(",", "")) == 0 else text


def shares(values: Mapping[str, float], decimals: int = 4) -> dict[str, float]:
    """Shares rounded such that they add up to 1 all the same: the largest takes what is left over."""
    total = sum(values.values())
    rounded = {name: round(value / total, decimals) for name, value in values.items()}
    largest = max(rounded, key=lambda name: rounded[name])
    rounded[largest] = round(rounded[largest] + 1 - sum(rounded.values()), decimals)
    return rounded
