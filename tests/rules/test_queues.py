"""Who goes first, by discipline."""

from __future__ import annotations

import pytest

from channelsim.program.codes import Discipline
from channelsim.rules.queues import precedence

# (queued at, deal value, step, score)
FIRST, LARGEST, LAST = (1.0, 500.0, 1, -0.5), (2.0, 900.0, 0, 1.5), (3.0, 100.0, 2, 0.2)


@pytest.mark.parametrize(
    ("discipline", "order"),
    [
        (Discipline.OLDEST, [FIRST, LARGEST, LAST]),
        (Discipline.NEWEST, [LAST, LARGEST, FIRST]),
        (Discipline.LARGEST, [LARGEST, FIRST, LAST]),
        (Discipline.FURTHEST_STAGE, [LAST, FIRST, LARGEST]),
        (Discipline.BEST_SCORE, [LARGEST, LAST, FIRST]),
    ],
)
def test_leads_are_served_in_the_order_of_the_discipline(
    discipline: Discipline, order: list[tuple[float, float, int, float]]
) -> None:
    assert sorted((FIRST, LARGEST, LAST), key=lambda lead: precedence(discipline, *lead)) == order


def test_leads_at_the_same_step_have_equal_places_under_furthest_stage() -> None:
    assert precedence(Discipline.FURTHEST_STAGE, 1.0, 5.0, 2, 0.1) == precedence(
        Discipline.FURTHEST_STAGE, 9.0, 7.0, 2, 0.9
    )
