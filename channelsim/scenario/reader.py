"""YAML text to a `Tree`. Whatever stands in the file, the outcome is data with positions or a `ScenarioError`.

The events are ruamel.yaml's. The tree is put together here rather than by its composer, because that keeps the
position of every key, value and alias, finds every duplicate key rather than the first, and bounds what a small
file can blow up to.
"""

from __future__ import annotations

import os
import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import ScalarNode
from ruamel.yaml.reader import ReaderError

from channelsim.errors import Problem, ScenarioError
from channelsim.scenario.tree import WHOLE_FILE, Path, Place, Tree

MAX_BYTES = 4_000_000
MAX_VALUES = 200_000
MAX_DEPTH = 40
MERGE_KEY = "<<"

SYNTAX_IN_PLAIN_WORDS = (
    (r"character '\\t'", "a tab; indent with spaces"),
    (r"character '([@`%])'", "a value beginning with {0}; put it in quotes"),
    (r"mapping values are not allowed", "a ':' that does not belong here; look for a wrong indentation, an "
     "entry without ':' on the line above, or a text with ': ' in it that needs quotes"),
    (r"sequence entries are not allowed", "a list item on the line of its name; begin the list on a new line, or "
     "write [a, b]"),
    (r"expected ',' or '([\]}])'", "a bracket{opened} that goes wrong here; look for a missing ',' or "
     "'{0}'"),
    (r"expected the node content", "nothing where a value should stand; write the value, and close every bracket"),
    (r"expected <block end>", "an entry that does not line up with those above it; entries of one section start "
     "in the same column, and a text in quotes ends its line"),
    (r"expected '<document start>'", "an entry that does not line up with the first one, or a bracket too many; "
     "entries of one section start in the same column"),
    (r"could not find expected ':'", "a line without ':'; every entry is written name: value"),
    (r"unexpected end of stream", "a quote that is never closed; add the closing quote"),
    (r"unknown escape character", "a '\\' in double quotes; use single quotes"),
)  # fmt: skip


def read_file(file: str | os.PathLike[str]) -> Tree:
    """Read a scenario file, whose root must be a mapping."""
    name = os.fspath(file)
    return read_text(_decode(_read_bytes(name), name), name)


def read_text(text: str, name: str) -> Tree:
    """Read a scenario from text; `name` is what errors call it."""
    tree = read_yaml(text, name)
    if tree.data is None:
        raise _fatal(name, 1, 1, "nothing in it; a scenario begins with channelsim: 1 and a name")
    if not isinstance(tree.data, dict):
        read = "a list" if isinstance(tree.data, list) else "no line name: value in it"
        raise _fatal(name, 1, 1, f"{read}; a scenario is made of lines name: value, beginning with channelsim: 1")
    return tree


def read_yaml(text: str, name: str) -> Tree:
    """Read YAML of any kind with its positions; `name` is what errors call it."""
    return _Reader(name).read(text)


def read_value(text: str, name: str) -> Tree:
    """Read one value, such as that of `--set`, in which lines and columns say nothing to anybody."""
    return _Reader(name, has_lines=False).read(text)


@dataclass(frozen=True)
class _Node:
    place: Place
    value: Any
    """a scalar, a list of nodes, or a list of (key, place of the key, node)"""
    is_mapping: bool = False


class _Reader:
    def __init__(self, name: str, *, has_lines: bool = True) -> None:
        self.name = name
        self.has_lines = has_lines
        self.problems: list[Problem] = []
        self.anchors: dict[str, _Node | None] = {}
        self.keys: dict[Path, Place] = {}
        self.values: dict[Path, Place] = {}
        self.merged: dict[int, dict[Any, tuple[Place, _Node]]] = {}
        self.yaml = YAML(typ="safe", pure=True)

    def read(self, text: str) -> Tree:
        """The whole text as one tree."""
        try:
            root = self._document(self.yaml.parse(text))
        except MarkedYAMLError as error:
            raise self._syntax(error) from None
        except ReaderError as error:
            before = text[: error.position]
            line, column = before.count("\n") + 1, len(before) - before.rfind("\n")
            raise self._fatal_at(line, column, "a character that cannot be printed; delete it") from None
        except YAMLError as error:
            raise self._fatal_at(1, 1, f"not readable as YAML ({error}); correct the text") from None
        try:
            data = None if root is None else self._expand(root, ())
        except RecursionError:
            raise self._fatal_at(1, 1, "aliases of aliases without end; write the values") from None
        return Tree(self.name, data, self.keys, self.values, tuple(self.problems))

    def _document(self, events: Iterator[Any]) -> _Node | None:
        root: _Node | None = None
        documents = 0
        for event in events:
            kind = type(event).__name__
            if kind == "DocumentStartEvent":
                documents += 1
                if documents > 1:
                    place = self._place(event)
                    message = "a second document begins; one file holds one scenario, without lines of --- in it"
                    raise ScenarioError([place.problem((), message)])
            elif kind not in ("StreamStartEvent", "StreamEndEvent", "DocumentEndEvent"):
                root = self._node(event, events, ())
        return root

    def _node(self, event: Any, events: Iterator[Any], path: Path) -> _Node:
        """The node that begins with `event`; takes what belongs to it from `events`."""
        place = self._place(event)
        if len(path) > MAX_DEPTH:
            raise ScenarioError([place.problem((), f"nested more than {MAX_DEPTH} deep; a scenario is flatter")])
        kind = type(event).__name__
        if kind == "AliasEvent":
            return self._alias(event.anchor, place, path)
        if event.tag is not None:
            tag = str(event.tag).replace("tag:yaml.org,2002:", "!!")
            self.problems.append(place.problem(path, f"the tag {tag}; write the value alone, without a tag"))
        if event.anchor is not None:
            self.anchors[event.anchor] = None
        if kind == "ScalarEvent":
            node = _Node(place, self._scalar(event))
        elif kind == "SequenceStartEvent":
            node = _Node(place, self._items(events, path))
        else:
            node = _Node(place, self._entries(events, path), is_mapping=True)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def _alias(self, anchor: str, place: Place, path: Path) -> _Node:
        if anchor not in self.anchors:
            self.problems.append(place.problem(path, f"*{anchor} refers to nothing; write &{anchor} above, at what "
                                                     "it stands for"))  # fmt: skip
            return _Node(place, None)
        target = self.anchors[anchor]
        if target is None:
            self.problems.append(place.problem(path, f"*{anchor} stands inside &{anchor} itself; write the value"))
            return _Node(place, None)
        return replace(target, place=place)

    def _items(self, events: Iterator[Any], path: Path) -> list[_Node]:
        items: list[_Node] = []
        for event in events:
            if type(event).__name__ == "SequenceEndEvent":
                break
            items.append(self._node(event, events, (*path, len(items))))
        return items

    def _entries(self, events: Iterator[Any], path: Path) -> list[tuple[Any, Place, _Node]]:
        entries: list[tuple[Any, Place, _Node]] = []
        first_place: dict[Any, Place] = {}
        for event in events:
            if type(event).__name__ == "MappingEndEvent":
                break
            key_node = self._node(event, events, path)
            key = key_node.value
            is_name = isinstance(key, str | int | float) and not isinstance(key, bool)
            value = self._node(next(events), events, (*path, key if is_name else "?"))
            if value.value is None:
                value = replace(value, place=_nothing_at(value.place, key_node.place))
            if not is_name:
                shown = "true or false" if isinstance(key, bool) else "nothing" if key is None else "this"
                message = f"{shown} as a name; a name is text, in quotes if need be"
                self.problems.append(key_node.place.problem(path, message))
            elif key in first_place:
                first = f" (first on line {first_place[key].line})" if self.has_lines else ""
                message = f"'{key}' is written again{first}; keep one of them"
                self.problems.append(key_node.place.problem((*path, key), message))
            else:
                first_place[key] = key_node.place
                entries.append((key, key_node.place, value))
        return entries

    def _scalar(self, event: Any) -> Any:
        if not event.implicit[0]:
            return event.value
        tag = str(self.yaml.resolver.resolve(ScalarNode, event.value, (True, False)))
        if tag.endswith((":merge", ":value")):
            return event.value
        try:
            return self.yaml.constructor.construct_object(ScalarNode(tag, event.value), deep=True)
        except ValueError:
            # A day that no calendar has stays text, which the schema explains where a date is needed;
            # an integer too long for Python becomes an infinite number.
            return float(event.value) if tag.endswith(":int") else event.value

    def _expand(self, node: _Node, path: Path) -> Any:
        """Plain data of a node, with aliases and merges written out and every place noted."""
        self.values[path] = node.place
        if len(self.values) > MAX_VALUES or len(path) > MAX_DEPTH:
            message = (
                f"aliases that expand to more than {MAX_VALUES} values or {MAX_DEPTH} levels; write the values out"
            )
            raise ScenarioError([node.place.problem((), message)])
        if node.is_mapping:
            data: dict[Any, Any] = {}
            for key, (key_place, child) in self._merged(node).items():
                self.keys[(*path, key)] = key_place
                data[key] = self._expand(child, (*path, key))
            return data
        if isinstance(node.value, list):
            return [self._expand(child, (*path, index)) for index, child in enumerate(node.value)]
        return node.value

    def _merged(self, node: _Node) -> dict[Any, tuple[Place, _Node]]:
        """A mapping's own entries, then those that `<<` brings in. Kept, so that merges of merges stay cheap."""
        if id(node.value) in self.merged:
            return self.merged[id(node.value)]
        entries = {key: (place, child) for key, place, child in node.value if key != MERGE_KEY}
        for child in (child for key, _, child in node.value if key == MERGE_KEY):
            sources = child.value if isinstance(child.value, list) and not child.is_mapping else [child]
            for source in sources:
                if source.is_mapping:
                    entries = {**self._merged(source), **entries}
                else:
                    message = "<< with something else than a mapping; write <<: *name of an anchored mapping"
                    self.problems.append(source.place.problem((), message))
        self.merged[id(node.value)] = entries
        return entries

    def _place(self, event: Any) -> Place:
        return self._place_at(event.start_mark.line, event.start_mark.column)

    def _place_at(self, line: int, column: int) -> Place:
        return Place(self.name, line + 1, column + 1) if self.has_lines else Place(self.name)

    def _syntax(self, error: MarkedYAMLError) -> ScenarioError:
        mark = error.problem_mark or error.context_mark
        read = str(error.problem or error.context)
        message = f"not readable as YAML ({read}); correct the text here"
        for pattern, words in SYNTAX_IN_PLAIN_WORDS:
            match = re.search(pattern, read)
            if match:
                start = error.context_mark or error.problem_mark
                opened = f" opened on line {start.line + 1}" if start and self.has_lines else ""
                message = words.format(*match.groups(), opened=opened)
                break
        if "quote that is never closed" in message:
            mark = error.context_mark or mark
        place = self._place_at(0, 0) if mark is None else self._place_at(mark.line, mark.column)
        return ScenarioError([place.problem((), message)])

    def _fatal_at(self, line: int, column: int, message: str) -> ScenarioError:
        return ScenarioError([self._place_at(line - 1, column - 1).problem((), message)])


def _nothing_at(place: Place, key_place: Place) -> Place:
    """YAML has the value of `headcount:` begin with the next entry; people look for it at the name."""
    return place if place.line == key_place.line else key_place


def _read_bytes(name: str) -> bytes:
    try:
        with open(name, "rb") as stream:
            raw = stream.read(MAX_BYTES + 1)
    except FileNotFoundError:
        raise _fatal(name or "''", None, None, "no such file; give the path of a scenario file") from None
    except IsADirectoryError:
        raise _fatal(name, None, None, "a folder; give the path of a scenario file") from None
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise _fatal(name, None, None, f"cannot be read ({reason}); give the path of a readable file") from None
    if len(raw) > MAX_BYTES:
        raise _fatal(name, 1, 1, f"larger than {MAX_BYTES // 1_000_000} MB; a scenario is a short text") from None
    return raw


def _decode(raw: bytes, name: str) -> str:
    if b"\0" in raw and not raw.startswith((BOM_UTF16_LE, BOM_UTF16_BE)):
        message = "not a text (a workbook, an image or the like); give the path of a scenario file"
        raise _fatal(name, None, None, message)
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        before = raw[: error.start]
        line = before.count(b"\n") + 1
        column = len(before[before.rfind(b"\n") + 1 :].decode("utf-8", "replace")) + 1
        message = f"the byte 0x{raw[error.start]:02x}, which is not UTF-8 text; save the file with encoding UTF-8"
        raise _fatal(name, line, column, message) from None


def _fatal(name: str, line: int | None, column: int | None, message: str) -> ScenarioError:
    return ScenarioError([Problem(name, line, column, WHOLE_FILE, message)])
