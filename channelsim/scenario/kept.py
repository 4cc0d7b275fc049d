"""Where a value from the command line does not reach: strategies that say otherwise themselves."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from channelsim.scenario.difference import in_words
from channelsim.scenario.overrides import COMMAND_LINE, Override

LONG = "..."


def kept_values(sets: Iterable[Override], changes: Mapping[str, Sequence[Override]]) -> tuple[str, ...]:
    """A line for each `--set` that meets strategies' own values: which keep theirs, and how to change it there.

    `changes` is what each strategy overrides. What `--set` itself put into a strategy needs no line.
    """
    lines = []
    for given in sets:
        keepers = {name: own for name, overrides in changes.items() if (own := _own(given, overrides))}
        if given.place.file == COMMAND_LINE and keepers:
            reaches_nobody = len(keepers) == len(changes) and all(
                any(is_within(given.path, each.path) for each in own) for own in keepers.values()
            )
            lines.append(_line(given, keepers, reaches_nobody=reaches_nobody))
    return tuple(lines)


def _own(given: Override, overrides: Iterable[Override]) -> list[Override]:
    """A strategy's own overrides of the path, of what is around it or of a part of it, if they say otherwise."""
    return [
        each
        for each in overrides
        if (is_within(each.path, given.path) or is_within(given.path, each.path))
        and each.place.file != COMMAND_LINE
        and (each.path, each.value.data) != (given.path, given.value.data)
    ]


def is_within(path: str, outer: str) -> bool:
    """Whether a dotted path is another one, or leads to a part of what stands there."""
    return f"{path}.".startswith(f"{outer}.")


def _line(given: Override, keepers: Mapping[str, list[Override]], *, reaches_nobody: bool) -> str:
    who = ", ".join(f"{name}{_value(given, own)}" for name, own in keepers.items())
    if reaches_nobody:
        kept = f"no effect, because every strategy has its own value: {who}"
    else:
        kept = f"{who} {'keeps its own value' if len(keepers) == 1 else 'keep their own values'}"
    name, own = next(iter(keepers.items()))
    parts = [each.path for each in own if len(each.path) > len(given.path)]
    path = parts[0] if parts else given.path
    value = LONG if parts else _short(given.value.data)
    return (
        f"{COMMAND_LINE} {given.path}: {kept}; to change it there, write "
        f"{COMMAND_LINE} strategies.{name}.{path}={value}"
    )


def _value(given: Override, own: list[Override]) -> str:
    """What a strategy has of its own, if it is short: the value, or where it is set, if that is another path."""
    words = [_short(each.value.data) if each.path == given.path else each.path for each in own]
    return "" if words == [LONG] else f" ({', '.join(words)})"


def _short(value: Any) -> str:
    return LONG if isinstance(value, list | dict) else in_words(value)
