"""What of a written scenario is assumed, and from where: read from the comments of its text."""

from __future__ import annotations

import re
from dataclasses import dataclass

MARK = "assumed"
LINE = re.compile(r"^(?P<indent> *)(?P<key>\"[^\"]*\"|[\w%-]+):(?P<rest>.*)$")


@dataclass(frozen=True)
class Assumed:
    """A line of the scenario. source: as the comment says it, without the mark."""

    path: str
    value: str
    source: str


def assumed_in(text: str) -> list[Assumed]:
    """Every value whose comment, beside it or above it, says that it is assumed."""
    found: list[Assumed] = []
    keys: list[tuple[int, str]] = []
    above: list[str] = []
    for line in text.splitlines():
        stripped = line.strip()
        if stripped.startswith("#"):
            above.append(stripped.lstrip("# "))
            continue
        match = LINE.match(line)
        if match is None:
            above = []
            continue
        depth = len(match["indent"])
        keys = [each for each in keys if each[0] < depth]
        keys.append((depth, match["key"].strip('"')))
        value, _, comment = match["rest"].partition("  # ")
        said = comment.strip() or " ".join(above)
        above = []
        if said.startswith(MARK) and value.strip():
            path = ".".join(key for _, key in keys)
            found.append(Assumed(path, value.strip(), _source(said)))
    return found


def _source(comment: str) -> str:
    """ "assumed (template a, teams.b); x 0.8" -> "template a, teams.b; x 0.8"."""
    rest = comment.removeprefix(MARK).lstrip(" :")
    return re.sub(r"^\((.*?)\)", r"\1", rest)
