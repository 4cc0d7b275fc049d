"""One parameter and its values: what `--vary PATH=START:STOP:STEP` or `PATH=v1,v2,...` means.

A path may have `*` for any one name (`sources.*.leads_per_month`: all sources together), and values written `x0.5`
multiply what the file says.
"""

from __future__ import annotations

import datetime as dt
import itertools
import json
import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, NoReturn

from channelsim.errors import ScenarioError, suggest
from channelsim.scenario.difference import in_words
from channelsim.scenario.overrides import Override, plain_tree
from channelsim.scenario.reader import read_value
from channelsim.scenario.tree import Place, Tree
from channelsim.scenario.uncertain import MARK

VARY = "--vary"
MOST_POINTS = 1_000
EXAMPLE = "teams.inside.headcount=2:12:1"
EXAMPLE_LIST = "teams.inside.headcount=2,4,8"
ANY_NAME = "*"
FEW = 2
"""So many numbers are no longer as a list than as a range."""
TIMES = "x"
FACTOR = re.compile(r"x\s*([0-9.].*)")
SAME_FOR_ALL_POINTS = {
    "channelsim": "the file's format is the same at all points",
    "name": "a name changes no figure",
    "description": "a description changes no figure",
    "currency": "amounts in different currencies make no curve",
    "horizon": "points that measure different periods make no curve; change it for all with --set",
    "decision_metric": "it decides nothing about a curve; --metric chooses what is drawn",
    "replications": "all points have the same number; choose it with --replications",
    "seed": "all points share their random numbers; choose them with --seed",
}
"""Why what holds for a whole study cannot be varied."""


@dataclass(frozen=True)
class Variation:
    """A parameter and the values to try: numbers in ascending order, or anything else in the order given.

    multiplies: the values are factors of what the file says.
    """

    path: str
    values: tuple[Any, ...]
    multiplies: bool = False

    @property
    def is_ordered(self) -> bool:
        """Whether the values are numbers, so that there is something between two of them."""
        return all(_is_number(value) for value in self.values)

    def label(self, value: Any) -> str:
        """A value, or a place between two, as people write it.

        >>> Variation("sources.*.leads_per_month", (0.5, 1), multiplies=True).label(0.5)
        'x0.5'
        """
        return f"{TIMES if self.multiplies else ''}{in_words(float(value) if _is_number(value) else value)}"

    @property
    def written(self) -> str:
        """PATH=VALUES as `--vary` takes it, in short where the values are evenly spaced.

        >>> Variation("sources.*.leads_per_month", (0.5, 0.6, 0.7, 0.8), multiplies=True).written
        'sources.*.leads_per_month=x0.5:x0.8:x0.1'
        """
        mark = TIMES if self.multiplies else ""
        if not self.is_ordered:
            return f"{self.path}={','.join(_as_written(value) for value in self.values)}"
        numbers = [Decimal(repr(value)) for value in self.values]
        step = numbers[1] - numbers[0]
        if len(numbers) > FEW and all(b - a == step for a, b in itertools.pairwise(numbers)):
            return f"{self.path}={':'.join(f'{mark}{each}' for each in (numbers[0], numbers[-1], step))}"
        return f"{self.path}={','.join(f'{mark}{each}' for each in self.values)}"

    def changes(self, tree: Tree) -> tuple[list[list[Override]], list[str]]:
        """The overrides of each value, and the paths that a factor leaves alone for want of a value in the file.

        tree: the file, with all that is set for every point. Raises ScenarioError where there are no names for a
        `*`, or a factor finds no number.
        """
        paths = list(_written_out(self.path, tree.data))
        if not paths:
            section = self.path.partition(".")[0]
            known = "give names there, or leave it out" if section in tree.data else suggest(section, tree.data)
            _refuse(self.path, f"no names for {ANY_NAME} to stand for; {known}")
        if not self.multiplies:
            return [[_override(path, value) for path in paths] for value in self.values], []
        said = {path: _value_at(tree.data, path) for path in paths}
        missing = [path for path, value in said.items() if value is None]
        if len(missing) == len(paths):
            _refuse(self.path, "nothing in the file to multiply; write values instead of factors, or give it there")
        for path, value in said.items():
            if value is not None and not _is_scalable(value):
                _refuse(path, f"{in_words(value)}, which is no number to multiply; write values instead of factors")
        found = {path: value for path, value in said.items() if value is not None}
        return [
            [_override(path, _times(value, factor)) for path, value in found.items()] for factor in self.values
        ], missing


def parse_variation(text: str) -> Variation:
    """The parameter and the values that `--vary` means. A range includes its end if the steps reach it; whole
    numbers stay whole. Raises ScenarioError for what makes no range and no list.

    >>> parse_variation("teams.inside.headcount=2:8:2").values
    (2, 4, 6, 8)
    >>> parse_variation("sources.*.leads_per_month=x0.5:x0.8:x0.1").values
    (0.5, 0.6, 0.7, 0.8)
    >>> parse_variation("teams.inside.queue.discipline=oldest,newest").values
    ('oldest', 'newest')
    """
    path, equals, written = (part.strip() for part in text.partition("="))
    if not equals or not path:
        missing = "no '=' in it" if not equals else "no path before the '='"
        _refuse(text or "''", f"{missing}; write PATH=START:STOP:STEP or PATH=v1,v2,..., such as {EXAMPLE}")
    if "" in path.split("."):
        _refuse(path, f"an empty name in the path; write names joined by single dots, such as {EXAMPLE}")
    if path.partition(".")[0] in SAME_FOR_ALL_POINTS:
        _refuse(path, f"cannot be varied: {SAME_FOR_ALL_POINTS[path.partition('.')[0]]}")
    if not written:
        _refuse(path, f"no values; write START:STOP:STEP or v1,v2,..., such as {EXAMPLE}")
    is_range = ":" in written and not any(mark in written for mark in ",{[\"'")
    values, multiplies = _range(path, written) if is_range else _list(path, written)
    if len(values) == 1:
        _refuse(path, f"{written} is one value, which makes no curve; give at least two, or set it with --set")
    return Variation(path, values, multiplies)


def overrides_at(tree: Tree, path: str, value: Any, *, multiplies: bool = False) -> list[Override]:
    """What one value of a parameter changes. tree: the file, with all that is set for every point. Raises
    ScenarioError where there are no names for a `*`, or a factor finds no number."""
    return Variation(path, (value,), multiplies).changes(tree)[0][0]


@dataclass(frozen=True)
class Range:
    """A parameter and the ends of what to try, both included. whole: whole numbers only. multiplies: the ends are
    factors of what the file says."""

    path: str
    low: float
    high: float
    whole: bool = False
    multiplies: bool = False

    def at(self, share: float) -> float:
        """The value so far along the way, 0 to below 1; whole numbers have equal parts of it.

        >>> Range("teams.inside.headcount", 2, 5, whole=True).at(0.99)
        5
        """
        if self.whole:
            return int(min(self.low + math.floor(share * (self.high - self.low + 1)), self.high))
        return self.low + share * (self.high - self.low)


def parse_range(text: str) -> Range:
    """The parameter and the ends that PATH=LOW:HIGH means: whole numbers if both are, factors if both begin with x.
    Raises ScenarioError for what makes no range.

    >>> parse_range("teams.inside.headcount=2:12")
    Range(path='teams.inside.headcount', low=2, high=12, whole=True, multiplies=False)
    """
    path, _, written = (part.strip() for part in text.partition("="))
    if path.partition(".")[0] in SAME_FOR_ALL_POINTS:
        _refuse(path, f"cannot be varied: {SAME_FOR_ALL_POINTS[path.partition('.')[0]]}")
    ends = [part.strip() for part in written.split(":")]
    if len(ends) != 2:
        _refuse(path, f"{written or 'nothing'}; write LOW:HIGH, such as 2:12 or {TIMES}0.5:{TIMES}2")
    multiplies = _all_or_none(path, written, [end.startswith(TIMES) for end in ends])
    low, high = (_plain(_number(path, end, written)) for end in ends)
    if low >= high:
        _refuse(path, f"{written}; the first end must be below the second")
    whole = isinstance(low, int) and isinstance(high, int) and not multiplies
    return Range(path, low, high, whole, multiplies)


def _range(path: str, written: str) -> tuple[tuple[Any, ...], bool]:
    parts = [part.strip() for part in written.split(":")]
    if len(parts) != 3:
        _refuse(path, f"{written}; write all three of START:STOP:STEP, such as {EXAMPLE}")
    multiplies = _all_or_none(path, written, [part.startswith(TIMES) for part in parts])
    start, stop, step = (_number(path, part, written) for part in parts)
    if step == 0:
        _refuse(path, f"{written} never gets on with a step of 0; write a step such as 1")
    if start == stop:
        _refuse(path, f"{written} begins where it ends; give two ends that differ, or set one value with --set")
    if (stop - start) * step < 0:
        way = "up" if stop > start else "down"
        sign = "above" if stop > start else "below"
        _refuse(path, f"{written} goes {way}, so its step must be {sign} 0")
    count = int((stop - start) / step) + 1
    if count > MOST_POINTS:
        _refuse(
            path, f"{written} has {count:,} values; at most {MOST_POINTS:,} make a curve, so take a larger step"
        )
    exact = sorted(start + step * at for at in range(count))
    return tuple(_plain(value) for value in exact), multiplies


def _list(path: str, written: str) -> tuple[tuple[Any, ...], bool]:
    try:
        tree = read_value(f"[{written}]", VARY)
    except ScenarioError as error:
        _refuse(path, f"{written}: {error.problems[0].message}")
    if tree.problems:
        _refuse(path, f"{written}: {tree.problems[0].message}")
    values = tree.data
    if any(value is None for value in values):
        _refuse(path, f"an empty value in {written}; write values with a comma between two, such as {EXAMPLE_LIST}")
    factors = [FACTOR.fullmatch(value) if isinstance(value, str) else None for value in values]
    # A word may begin with an x: only where a number follows is it meant as a factor.
    if any(factor is not None and _is_numeral(factor[1]) for factor in factors):
        multiplies = _all_or_none(path, written, [factor is not None for factor in factors])
        values = [_plain(_number(path, value, written)) for value in values]
    else:
        multiplies = False
    if len(values) > MOST_POINTS:
        _refuse(path, f"{len(values):,} values; at most {MOST_POINTS:,} make a curve")
    twice = [value for at, value in enumerate(values) if value in values[:at]]
    if twice:
        _refuse(path, f"{in_words(twice[0])} stands twice in {written}; write each value once")
    if any(isinstance(value, float) and not math.isfinite(value) for value in values):
        _refuse(path, f"{written}; every value must be finite")
    return tuple(sorted(values) if all(_is_number(value) for value in values) else values), multiplies


def _all_or_none(path: str, written: str, marked: Sequence[bool]) -> bool:
    """Whether all are factors. Raises ScenarioError if some are."""
    if any(marked) and not all(marked):
        _refuse(path, f"{written} mixes factors of what the file says ({TIMES}1.5) and values; write one kind")
    return all(marked)


def _number(path: str, part: str, written: str) -> Decimal:
    digits = part.removeprefix(TIMES).strip()
    if not _is_numeral(digits):
        what = "nothing" if not digits else f"'{part}'"
        _refuse(path, f"{what} for a number in {written}; write numbers, such as {EXAMPLE}")
    return Decimal(digits)


def _is_numeral(text: str) -> bool:
    try:
        return Decimal(text).is_finite()
    except InvalidOperation:
        return False


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(value: Decimal) -> int | float:
    """As nobody would tell from what was written: 0.3 after two steps of 0.1, and 8 rather than 8.0."""
    return int(value) if value == value.to_integral_value() else float(value)


def _override(path: str, value: Any) -> Override:
    return Override(path, plain_tree(value, VARY), Place(VARY))


def _written_out(pattern: str, data: Any) -> Iterator[str]:
    """The paths that a pattern stands for: itself, if it has no `*`; none, if there are no names for one."""
    parts = pattern.split(".")
    if ANY_NAME not in parts:
        yield pattern
        return
    at = parts.index(ANY_NAME)
    before, after = parts[:at], parts[at + 1 :]
    section = _walk(data, _in_the_file(before))
    for name in section if isinstance(section, Mapping) else ():
        yield from _written_out(".".join([*before, str(name), *after]), data)


def _in_the_file(parts: Sequence[str]) -> Sequence[str]:
    """A strategy's path as it is in the file, of which it changes some values and has all names."""
    return parts[2:] if parts[:1] == ["strategies"] and len(parts) > 1 else parts


def _value_at(data: Any, path: str) -> Any:
    """What a path has before it is varied; a strategy has what the file says unless it says otherwise."""
    parts = path.split(".")
    within = _in_the_file(parts)
    own = _walk(data, parts[:2]) if within is not parts else None
    inner = ".".join(within)
    return own[inner] if isinstance(own, Mapping) and inner in own else _walk(data, within)


def _walk(data: Any, parts: Sequence[str]) -> Any:
    for part in parts:
        if isinstance(data, Mapping):
            data = data.get(int(part) if part.isdecimal() and part not in data else part)
        elif isinstance(data, list) and part.isdecimal() and int(part) < len(data):
            data = data[int(part)]
        else:
            return None
    return data


def _as_written(value: Any) -> str:
    """A value of a list, as YAML reads it back."""
    return str(value) if isinstance(value, dt.date) else json.dumps(value, default=str)


def _is_scalable(value: Any) -> bool:
    """A number, or numbers by segment or by month; a distribution's figures do not all grow with it."""
    if isinstance(value, Mapping):
        return (
            not {"dist", MARK} & set(value) and bool(value) and all(_is_scalable(each) for each in value.values())
        )
    if isinstance(value, list):
        return bool(value) and all(_is_scalable(each) for each in value)
    return _is_number(value)


def _times(value: Any, factor: float) -> Any:
    if isinstance(value, Mapping):
        return {key: _times(each, factor) for key, each in value.items()}
    if isinstance(value, list):
        return [_times(each, factor) for each in value]
    product = Decimal(repr(value)) * Decimal(repr(factor))
    return _plain(product) if isinstance(value, int) else float(product)


def _refuse(path: str, message: str) -> NoReturn:
    raise ScenarioError([Place(VARY).problem((path,), message)])
