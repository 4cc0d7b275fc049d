"""The mapping file: what an export's columns and values are, where reading alone does not find it out."""

from __future__ import annotations

import codecs
import datetime as dt
import os
from collections.abc import Callable
from collections.abc import Mapping as MappingOf
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any, Literal, cast

from channelsim.calibrate.reading.dates import ORDERS, Order
from channelsim.calibrate.reading.fields import FIELDS
from channelsim.calibrate.reading.notes import plain
from channelsim.calibrate.records import Channel
from channelsim.errors import Problem, ScenarioError, suggest
from channelsim.scenario.reader import read_yaml
from channelsim.scenario.tree import WHOLE_FILE, Tree

Repeats = Literal["latest", "all"]
IGNORE: Literal["ignore"] = "ignore"
CHANNELS: tuple[Channel, ...] = ("inside", "outside", "hybrid")
MAX_BYTES = 1_000_000

KEYS = {
    "columns": "field: heading of its column; nothing after the colon: the export has none",
    "stages": "in their order, as the export has them; {name: [values]} puts several together",
    "won": "values of the stage or result that mean won",
    "lost": "values that mean lost",
    "routes": "value of the route column: inside, outside, hybrid or ignore",
    "segments_by_value": "ends of bands of the deal's value, in place of a segment column",
    "dates": "day_first or month_first",
    "decimal": "the decimal sign of numbers: '.' or ','",
    "currency": "code, such as EUR",
    "since": "deals that began before are left out",
    "as_of": "the day of the export; what came later is not known yet",
    "test_rows": "words in names of test rows, which are left out; []: none are",
    "repeated_keys": "of rows of one key: latest (it alone) or all",
    "encoding": "of text files, such as cp1252",
    "sheet": "of a workbook",
}


@dataclass(frozen=True)
class Mapping:
    """A mapping file, read. What it does not say is empty or None."""

    columns: MappingOf[str, str | None] = field(default_factory=dict)  # field -> heading
    stages: MappingOf[str, tuple[str, ...]] = field(default_factory=dict)  # in order: name -> values
    won: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()
    routes: MappingOf[str, str] = field(default_factory=dict)  # value -> a channel, or IGNORE
    segments_by_value: tuple[float, ...] = ()
    dates: Order | None = None
    decimal: str | None = None
    currency: str | None = None
    since: dt.date | None = None
    as_of: dt.date | None = None
    test_rows: tuple[str, ...] | None = None
    repeated_keys: Repeats | None = None
    encoding: str | None = None
    sheet: str | None = None
    tree: Tree = field(default_factory=lambda: Tree("the mapping", {}))  # for places of errors

    def problem(self, path: tuple[str, ...], message: str) -> ScenarioError:
        """An error about a part of the file that turns out wrong when the export is read."""
        return ScenarioError([self.tree.key_place(path).problem(path, message)])


def read_mapping(file: str | os.PathLike[str]) -> Mapping:
    """Read a mapping file. Raises ScenarioError with everything that is wrong with it."""
    name = os.fspath(file)
    try:
        with open(name, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _fatal(name, "no such file; write a first one with --write-map") from None
    except IsADirectoryError:
        raise _fatal(name, "a folder; give the path of a mapping file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _fatal(name, f"cannot be read ({reason}); give the path of a readable file") from None
    if len(raw) > MAX_BYTES:
        raise _fatal(name, "larger than 1 MB; a mapping file is a short text")
    try:
        text = raw.removeprefix(codecs.BOM_UTF8).decode()
    except UnicodeDecodeError:
        raise _fatal(name, "not UTF-8 text; a mapping file is YAML, such as --write-map writes") from None
    return mapping_from_text(text, name)


def mapping_from_text(text: str, name: str = "the mapping") -> Mapping:
    """A mapping from YAML. Raises ScenarioError with everything that is wrong with it."""
    tree = read_yaml(text, name)
    if tree.data is None:
        return Mapping(tree=tree)
    if not isinstance(tree.data, dict):
        raise _fatal(name, "no lines key: value; a mapping file begins with a line such as columns:")
    return _Reader(tree).mapping()


def _fatal(name: str, message: str) -> ScenarioError:
    return ScenarioError([Problem(plain(name), None, None, WHOLE_FILE, message)])


class _Reader:
    """Takes a tree apart, and gathers everything that is wrong with it."""

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        self.problems: list[Problem] = list(tree.problems)

    def mapping(self) -> Mapping:
        """The mapping, if all of it is right."""
        data = self.tree.data
        for key in data:
            if key not in KEYS:
                self._at_key((key,), f"unknown key '{plain(key)}'; {suggest(key, KEYS)}")
        read = Mapping(
            columns=self._columns(data.get("columns")),
            stages=self._stages(data.get("stages")),
            won=self._texts("won", data.get("won")) or (),
            lost=self._texts("lost", data.get("lost")) or (),
            routes=self._routes(data.get("routes")),
            segments_by_value=self._bands(data.get("segments_by_value")),
            dates=cast("Order | None", self._one_of("dates", ORDERS)),
            decimal=self._one_of("decimal", (".", ",")),
            currency=self._checked(
                "currency", lambda text: text.isalpha() and len(text) == 3, "a code such as EUR"
            ),
            since=self._day("since"),
            as_of=self._day("as_of"),
            test_rows=self._texts("test_rows", data.get("test_rows")),
            repeated_keys=cast("Repeats | None", self._one_of("repeated_keys", ("latest", "all"))),
            encoding=self._checked("encoding", _is_encoding, "an encoding such as utf-8, utf-16 or cp1252"),
            sheet=self._checked("sheet", bool, "a sheet's name"),
            tree=self.tree,
        )
        both = sorted({each.casefold() for each in read.won} & {each.casefold() for each in read.lost})
        if both:
            self._at_value(("lost",), f"'{plain(both[0])}' stands under won, too; it can mean one of them")
        if self.problems:
            raise ScenarioError(self.problems)
        return read

    def _at_key(self, path: tuple[str | int, ...], message: str) -> None:
        self.problems.append(self.tree.key_place(path).problem(path, message))

    def _at_value(self, path: tuple[str | int, ...], message: str) -> None:
        self.problems.append(self.tree.value_place(path).problem(path, message))

    def _columns(self, data: Any) -> dict[str, str | None]:
        columns: dict[str, str | None] = {}
        for name, heading in self._entries("columns", data, "field: heading"):
            if name not in FIELDS:
                self._at_key(("columns", name), f"unknown field '{plain(name)}'; {suggest(name, FIELDS)}")
            elif heading is None:
                columns[name] = None
            elif (text := _text(heading)) is None:
                self._at_value(
                    ("columns", name), "must be a column's heading, or nothing if there is no such column"
                )
            else:
                columns[name] = text
        return columns

    def _stages(self, data: Any) -> dict[str, tuple[str, ...]]:
        if isinstance(data, list):
            return {text: (text,) for text in self._texts("stages", data) or ()}
        stages = {}
        for name, values in self._entries("stages", data, "a list of stages, or name: [values]"):
            texts = [_text(each) for each in (values if isinstance(values, list) else [values])]
            kept = tuple(text for text in texts if text is not None)
            if len(kept) < len(texts) or not kept:
                self._at_value(("stages", name), "must be the values of the stage column that belong to it")
            stages[str(name)] = kept
        return stages

    def _routes(self, data: Any) -> dict[str, str]:
        known = (*CHANNELS, IGNORE)
        routes = {}
        for name, channel in self._entries("routes", data, "value: channel"):
            if channel not in known:
                self._at_value(("routes", name), f"{plain(channel)}; must be one of {', '.join(known)}")
            routes[str(name)] = str(channel)
        return routes

    def _bands(self, data: Any) -> tuple[float, ...]:
        if data is None:
            return ()
        ends = data if isinstance(data, list) else [data]
        numbers = [each for each in ends if isinstance(each, int | float) and not isinstance(each, bool)]
        ascending = all(low < high for low, high in pairwise(numbers))
        if (
            len(numbers) < len(ends)
            or not numbers
            or not ascending
            or not 0 < numbers[0] <= numbers[-1] < float("inf")
        ):
            self._at_value(
                ("segments_by_value",), "must be numbers above 0, each above the one before: [10000, 50000]"
            )
            return ()
        return tuple(float(each) for each in numbers)

    def _texts(self, key: str, data: Any) -> tuple[str, ...] | None:
        if data is None:
            return None
        texts = []
        for at, each in enumerate(data if isinstance(data, list) else [data]):
            text = _text(each)
            if text is None:
                path = (key, at) if isinstance(data, list) else (key,)
                self._at_value(path, "must be a text as the export has it, in quotes if need be")
            else:
                texts.append(text)
        return tuple(texts)

    def _entries(self, key: str, data: Any, form: str) -> list[tuple[Any, Any]]:
        if data is None:
            return []
        if not isinstance(data, dict):
            self._at_value((key,), f"must be lines {form}")
            return []
        return list(data.items())

    def _one_of(self, key: str, known: tuple[str, ...]) -> str | None:
        value = self.tree.data.get(key)
        if value is None or value in known:
            return cast("str | None", value)
        self._at_value((key,), f"{plain(value)}; must be {' or '.join(known)}")
        return None

    def _checked(self, key: str, is_right: Callable[[str], bool], words: str) -> str | None:
        value = self.tree.data.get(key)
        if value is None or (isinstance(value, str) and is_right(value)):
            return value
        self._at_value((key,), f"{plain(value)}; must be {words}")
        return None

    def _day(self, key: str) -> dt.date | None:
        value = self.tree.data.get(key)
        if value is None or (isinstance(value, dt.date) and not isinstance(value, dt.datetime)):
            return value
        self._at_value((key,), f"{plain(value)}; must be a day such as 2026-12-31, without quotes")
        return None


def _text(value: Any) -> str | None:
    """A scalar of YAML as the text that an export would have."""
    return str(value).strip() if isinstance(value, str | int | float) and not isinstance(value, bool) else None


def _is_encoding(name: str) -> bool:
    try:
        "".encode(name)
    except (LookupError, ValueError):
        return False
    return True


def mapping_text(mapping: Mapping, files: tuple[str, ...] = ()) -> str:
    """A mapping as a file to edit, with comments. What it does not say stands as a comment."""
    lines = ["# How this export is read. Change what is wrong, delete what is right anyway."]
    lines += [f"# {plain(each)}" for each in files]
    lines += ["", f"columns:  # {KEYS['columns']}"]
    for name, words in FIELDS.items():
        if name in mapping.columns:
            heading = mapping.columns[name]
            lines.append(f"  {name}:{'' if heading is None else ' ' + quoted(heading)}  # {words}")
    missing = [name for name in FIELDS if name not in mapping.columns]
    lines += [f"  # {name}:  # {FIELDS[name]}" for name in missing]
    lines += _section("stages", [f"  {quoted(name)}: {_list(values)}" for name, values in mapping.stages.items()])
    for key, values in (("won", mapping.won), ("lost", mapping.lost)):
        lines += _line(key, _list(values) if values else None, "[Closed Won]" if key == "won" else "[Closed Lost]")
    lines += _section("routes", [f"  {quoted(name)}: {channel}" for name, channel in mapping.routes.items()])
    bands = [f"{each:.12g}" for each in mapping.segments_by_value]
    tests = None if mapping.test_rows is None else _list(mapping.test_rows)
    for key, value, example in (
        ("segments_by_value", f"[{', '.join(bands)}]" if bands else None, "[10000, 50000]"),
        ("dates", mapping.dates, "day_first"),
        ("decimal", mapping.decimal and quoted(mapping.decimal), '","'),
        ("currency", mapping.currency, "EUR"),
        ("since", mapping.since.isoformat() if mapping.since else None, "2025-01-01"),
        ("as_of", mapping.as_of.isoformat() if mapping.as_of else None, "2026-12-31"),
        ("test_rows", tests, "[test, dummy]"),
        ("repeated_keys", mapping.repeated_keys, "latest"),
        ("encoding", mapping.encoding, "cp1252"),
        ("sheet", mapping.sheet and quoted(mapping.sheet), "Deals"),
    ):
        lines += _line(key, value, example)
    return "\n".join(lines) + "\n"


def _section(key: str, lines: list[str]) -> list[str]:
    return [f"{key}:  # {KEYS[key]}", *lines] if lines else [f"# {key}:  # {KEYS[key]}"]


def _line(key: str, value: str | None, example: str) -> list[str]:
    return [f"{key}: {value}  # {KEYS[key]}" if value else f"# {key}: {example}  # {KEYS[key]}"]


def _list(values: tuple[str, ...]) -> str:
    return f"[{', '.join(quoted(each) for each in values)}]"


def quoted(text: str) -> str:
    """A text as YAML, in double quotes.

    >>> print(quoted('a "b"'))
    "a \\"b\\""
    """
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return '"' + "".join(each if each.isprintable() else f"\\U{ord(each):08x}" for each in escaped) + '"'
