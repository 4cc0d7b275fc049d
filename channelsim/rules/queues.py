"""Who goes first."""

from __future__ import annotations

from channelsim.program.codes import Discipline

OLDEST = int(Discipline.OLDEST)
NEWEST = int(Discipline.NEWEST)
LARGEST = int(Discipline.LARGEST)
BEST_SCORE = int(Discipline.BEST_SCORE)


def precedence(discipline: int, queued_at: float, deal_value: float, step: int, score: float) -> float:
    """A lead's place in its queue: smaller goes first; equal places go by time of queueing, then by lead."""
    if discipline == OLDEST:
        return queued_at
    if discipline == NEWEST:
        return -queued_at
    if discipline == LARGEST:
        return -deal_value
    if discipline == BEST_SCORE:
        return -score
    return -float(step)
