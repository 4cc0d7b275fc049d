"""A scenario's text, line by line: each value with its comment beside it, or above it where the line is full."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from itertools import groupby
from textwrap import wrap
from typing import Any

from channelsim.calibrate.writing.figures import number

WIDTH = 116
INDENT = 2
GAP = "  # "
MEANS_SOMETHING_ELSE = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
"""Names that YAML takes for a value."""


class Lines:
    """Lines of YAML under way."""

    def __init__(self) -> None:
        self._lines: list[tuple[str, str]] = []  # code and comment

    def remark(self, text: str, depth: int = 0) -> None:
        """Comment lines of their own."""
        room = WIDTH - depth * INDENT - 2
        self._lines += [(f"{' ' * depth * INDENT}# {line}", "") for line in wrap(text, room)]

    def gap(self) -> None:
        """An empty line."""
        self._lines.append(("", ""))

    def raw(self, line: str) -> None:
        """A line as it is."""
        self._lines.append((line, ""))

    def field(self, depth: int, name: str, value: str = "", comment: str = "") -> None:
        """`name: value`; a value too long for the line goes on in the next ones."""
        code = f"{' ' * depth * INDENT}{name}:{f' {value}' if value else ''}"
        self._add(depth, code, comment)

    def item(self, depth: int, value: str, comment: str = "") -> None:
        """An item of a list."""
        self._add(depth, f"{' ' * depth * INDENT}- {value}", comment)

    def _add(self, depth: int, code: str, comment: str) -> None:
        parts = _broken(code)
        if comment and (len(parts) > 1 or len(code) + len(GAP) + len(comment) > WIDTH):
            self.remark(comment, depth)
            comment = ""
        self._lines += [(part, comment if at == 0 else "") for at, part in enumerate(parts)]

    def text(self) -> str:
        """All of it, comments of neighbouring lines below each other where they fit."""
        out: list[str] = []
        for commented, group in groupby(self._lines, key=lambda line: bool(line[1])):
            lines = list(group)
            if not commented:
                out += [code.rstrip() for code, _ in lines]
                continue
            column = _column([line for line in lines if not _is_heading(line[0])])
            out += [f"{code if _is_heading(code) else code.ljust(column)}{GAP}{comment}" for code, comment in lines]
        return "\n".join(out) + "\n"


def _is_heading(code: str) -> bool:
    """Whether a line only names what follows below it."""
    return code.endswith(":")


def _column(lines: Sequence[tuple[str, str]]) -> int:
    """Where the comments of neighbouring lines begin: as far out as the longest code with which all those before it
    fit. What is longer has its comment right behind it."""
    for column in sorted({len(code) for code, _ in lines}, reverse=True):
        if all(column + len(GAP) + len(comment) <= WIDTH for code, comment in lines if len(code) <= column):
            return column
    return 0


def _broken(code: str) -> list[str]:
    """A line whose brackets go on below it where it is too long, at a comma."""
    if len(code) <= WIDTH or not re.search(r"[\[{]", code):
        return [code]
    indent = " " * (re.search(r"[\[{]", code).start() + 1)  # type: ignore[union-attr]
    parts, line = [], ""
    for piece in re.split(r"(?<=,) (?=[^,]*)", code):
        if line and len(line) + 1 + len(piece) > WIDTH:
            parts.append(line)
            line = indent + piece
        else:
            line = f"{line} {piece}" if line else piece
    return [*parts, line]


def said(text: str, most: int = 80) -> str:
    """Words from a file, fit for a comment: printable, on one line, not too long."""
    clean = " ".join("".join(each if each.isprintable() else " " for each in text).split())
    return clean if len(clean) <= most else f"{clean[: most - 3]}..."


def quoted(text: str) -> str:
    """A text as a value."""
    return json.dumps(text, ensure_ascii=False)


def named(name: str) -> str:
    """A name as a key or a value."""
    return quoted(name) if name.lower() in MEANS_SOMETHING_ELSE else name


def flow(value: Any) -> str:
    """Plain data on one line."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_key(name)}: {flow(each)}" for name, each in value.items()) + "}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return "[" + ", ".join(flow(each) for each in value) + "]"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return number(value, 6)
    if isinstance(value, str):
        return named(value) if re.fullmatch(r"[A-Za-z][A-Za-z0-9_-]*", value) else quoted(value)
    return str(value)  # a date


def _key(name: Any) -> str:
    if isinstance(name, str):
        return named(name) if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9_%-]*", name) else quoted(name)
    return number(name, 6)
