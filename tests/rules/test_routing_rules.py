"""Which rule takes which lead: one condition at a time, then together."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.program.arrays import as_lists
from channelsim.rules.routing import rule_fits
from worlds import program_of, source, step, team, world

SMALL_WEB, BIG_WEB, BIG_FAIR = range(3)


def fits(
    when: dict[str, Any] | None,
    stream: int = 0,
    value: float = 500.0,
    share: float = 0.5,
    queue: int = 0,
    score: float = 0.0,
) -> bool:
    rule = {"motion": "sale"} if when is None else {"when": when, "motion": "sale"}
    program = program_of(
        world(
            segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
            sources={"web": source(mix={"small": 0.5, "big": 0.5}), "fair": source(mix={"big": 1.0})},
            teams={"desk": team(), "field": team()},
            steps={"call": step()},
            lead_fit={},
            routing=[rule, {"motion": "sale"}],
        )
    )
    return rule_fits(as_lists(program), 0, stream, value, score, share, queue)


def test_a_rule_without_conditions_takes_every_lead() -> None:
    assert all(fits(None, stream) for stream in range(3))


@pytest.mark.parametrize(
    ("when", "taken"),
    [
        ({"segment": "big"}, [False, True, True]),
        ({"segment": ["small", "big"]}, [True, True, True]),
        ({"source": "web"}, [True, True, False]),
        ({"source": ["fair"]}, [False, False, True]),
        ({"source": "web", "segment": "big"}, [False, True, False]),
    ],
)
def test_a_rule_takes_the_segments_and_sources_that_it_names(when: dict[str, Any], taken: list[bool]) -> None:
    assert [fits(when, stream) for stream in (SMALL_WEB, BIG_WEB, BIG_FAIR)] == taken


@pytest.mark.parametrize(("value", "taken"), [(99.99, False), (100.0, True), (999.99, True), (1000.0, False)])
def test_a_range_of_values_includes_its_start_and_not_its_end(value: float, taken: bool) -> None:
    assert fits({"deal_value": {"at_least": 100.0, "below": 1000.0}}, value=value) is taken


def test_a_range_may_be_open_at_either_side() -> None:
    assert fits({"deal_value": {"at_least": 100.0}}, value=1e12)
    assert fits({"deal_value": {"below": 100.0}}, value=0.0)


@pytest.mark.parametrize(("draw", "taken"), [(0.0, True), (0.2999, True), (0.3, False), (0.9, False)])
def test_a_share_takes_the_draws_below_it(draw: float, taken: bool) -> None:
    assert fits({"share": 0.3}, share=draw) is taken


@pytest.mark.parametrize(("score", "taken"), [(0.84, False), (0.85, True), (1.64, True), (1.65, False)])
def test_scores_are_given_as_shares_of_all_leads(score: float, taken: bool) -> None:
    # Of standard normal scores 80% lie below 0.8416 and 95% below 1.6449.
    assert fits({"score": {"at_least": 0.8, "below": 0.95}}, score=score) is taken


def test_a_range_of_all_scores_takes_every_score() -> None:
    assert fits({"score": {"at_least": 0.0, "below": 1.0}}, score=-40.0)
    assert fits({"score": {"at_least": 0.0}}, score=40.0)


def test_a_share_of_nothing_takes_nobody() -> None:
    assert not fits({"share": 0.0}, share=2.0**-53)


@pytest.mark.parametrize(("queue", "taken"), [(0, False), (5, False), (6, True)])
def test_overflow_means_a_queue_longer_than_so_many(queue: int, taken: bool) -> None:
    assert fits({"overflow": {"team": "field", "queue_longer_than": 5}}, queue=queue) is taken


def test_all_conditions_of_a_rule_must_hold() -> None:
    when = {
        "segment": "big",
        "deal_value": {"at_least": 100.0},
        "share": 0.3,
        "overflow": {"team": "desk", "queue_longer_than": 0},
    }
    right = {"stream": BIG_WEB, "value": 100.0, "share": 0.1, "queue": 1}
    assert fits(when, **right)
    for wrong in ({"stream": SMALL_WEB}, {"value": 99.0}, {"share": 0.4}, {"queue": 0}):
        assert not fits(when, **(right | wrong)), wrong
