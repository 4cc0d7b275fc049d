"""Lines: whoever stands first is served first, and anybody may leave from the middle.

Pairing heaps (Fredman, Sedgewick, Sleator and Tarjan, Algorithmica 1, 1986) whose links lie in the rows of those
who stand in line, leads or reps, so that any number of lines costs no memory. A line is the row of its first, or
NONE. The order is (place, since, id): whole, for identifiers differ.
"""

from __future__ import annotations

from typing import Any

from channelsim.engine.jit import inner
from channelsim.program.arrays import NONE


@inner
def goes_before(one: Any, other: Any) -> bool:
    """Whether one is served before another."""
    if one.place != other.place:
        return one.place < other.place
    if one.since != other.since:
        return one.since < other.since
    return one.id < other.id


@inner
def join(rows: Any, line: int, newcomer: int) -> int:
    """The line with a newcomer in it."""
    row = rows[newcomer]
    row.child = NONE
    row.next = NONE
    row.previous = NONE
    return newcomer if line == NONE else meld(rows, line, newcomer)


@inner
def meld(rows: Any, one: int, other: int) -> int:
    """Two lines, neither empty, as one."""
    if goes_before(rows[other], rows[one]):
        one, other = other, one
    first = rows[one]
    second = rows[other]
    second.next = first.child
    second.previous = one
    if first.child != NONE:
        rows[first.child].previous = other
    first.child = other
    first.next = NONE
    first.previous = NONE
    return one


@inner
def leave(rows: Any, line: int, leaver: int) -> int:
    """The line without one of those who stand in it."""
    if leaver == line:
        return without_first(rows, line)
    row = rows[leaver]
    if rows[row.previous].child == leaver:
        rows[row.previous].child = row.next
    else:
        rows[row.previous].next = row.next
    if row.next != NONE:
        rows[row.next].previous = row.previous
    rest = without_first(rows, leaver)
    return line if rest == NONE else meld(rows, line, rest)


@inner
def without_first(rows: Any, line: int) -> int:
    """The line without its first: pairs are melded from left to right, then all from right to left."""
    left = rows[line].child
    pairs = NONE
    while left != NONE:
        right = rows[left].next
        if right == NONE:
            rows[left].next = pairs
            pairs = left
            break
        following = rows[right].next
        pair = meld(rows, left, right)
        rows[pair].next = pairs
        pairs = pair
        left = following
    if pairs == NONE:
        return NONE
    rest = rows[pairs].next
    rows[pairs].next = NONE
    rows[pairs].previous = NONE
    while rest != NONE:
        following = rows[rest].next
        pairs = meld(rows, pairs, rest)
        rest = following
    return pairs
