"""1. Routing as it happens: first match wins, shares, values, overflow."""

from __future__ import annotations

from typing import Any

import numpy as np
from scipy import stats

from channelsim.engine.ledger import Count
from channelsim.engine.trace import Happening
from worlds import observe, source, step, team, world

PHONE, FIELD = 0, 1


def two_ways(*rules: dict[str, Any], **sections: Any) -> dict[str, Any]:
    motions = {"phone": {"steps": {"call": step("desk")}}, "field": {"steps": {"meet": step("road")}}}
    base = {"motions": motions, "teams": {"desk": team(), "road": team()}}
    return world(**(base | {"routing": [*rules, {"motion": "phone"}]} | sections))


def ways(tree: dict[str, Any], arrivals: Any) -> list[int]:
    return [event.motion for event in observe(tree, arrivals).of(Happening.ARRIVED)]


def test_the_first_rule_that_fits_decides() -> None:
    rules = ({"motion": "field"}, {"motion": "phone"})
    assert ways(two_ways(*rules), [10.0]) == [FIELD]
    assert ways(two_ways(*rules[::-1]), [10.0]) == [PHONE]


def test_leads_go_by_segment_and_source() -> None:
    tree = two_ways(
        {"when": {"segment": "big", "source": "web"}, "motion": "field"},
        segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
        sources={"web": source(mix={"small": 0.5, "big": 0.5}), "fair": source(mix={"big": 1.0})},
    )
    assert ways(tree, {0: [10.0], 1: [11.0], 2: [12.0]}) == [PHONE, FIELD, PHONE]


def test_leads_go_by_their_own_deal_value() -> None:
    tree = two_ways(
        {"when": {"deal_value": {"at_least": 50.0}}, "motion": "field"},
        segments={"all": {"deal_value": {"dist": "uniform", "low": 0.0, "high": 100.0}}},
    )
    seen = observe(tree, list(np.arange(100.0)))
    arrived = seen.of(Happening.ARRIVED)
    assert all((event.value >= 50.0) == (event.motion == FIELD) for event in arrived)
    assert {event.motion for event in arrived} == {PHONE, FIELD}


def test_a_share_is_of_the_leads_that_get_to_its_rule() -> None:
    # 0.3 go to the field by the first rule; of the other 0.7, half by the second: 0.65 in all.
    tree = two_ways({"when": {"share": 0.3}, "motion": "field"}, {"when": {"share": 0.5}, "motion": "field"})
    taken = sum(ways(tree, list(np.arange(600) * 0.5)))
    assert stats.binomtest(taken, 600, 0.65).pvalue > 1e-3


def test_leads_overflow_while_the_queue_is_longer_than_allowed() -> None:
    # The desk's rep is busy from 10 to 11 with lead 0. Leads 1 and 2 wait (queue 0 and 1, neither longer than 1 on
    # their arrival); lead 3 finds 2 waiting and goes to the field. At 11 lead 1 is taken: lead 4 finds 1, stays.
    tree = two_ways({"when": {"overflow": {"team": "desk", "queue_longer_than": 1}}, "motion": "field"})
    assert ways(tree, [10.0, 10.1, 10.2, 10.3, 11.05]) == [PHONE, PHONE, PHONE, FIELD, PHONE]


def test_leads_that_come_at_one_instant_see_those_before_them_waiting() -> None:
    # Nobody has been dispatched yet: the second finds one waiting although the rep is free.
    tree = two_ways({"when": {"overflow": {"team": "desk", "queue_longer_than": 0}}, "motion": "field"})
    assert ways(tree, [10.0, 10.0]) == [PHONE, FIELD]


def test_leads_that_wait_for_an_owner_or_for_a_busy_owner_are_in_the_queue() -> None:
    desk = team(queue={"assignment": "owned", "max_open_deals": 2})
    tree = two_ways(
        {"when": {"overflow": {"team": "desk", "queue_longer_than": 1}}, "motion": "field"},
        teams={"desk": desk, "road": team()},
    )
    # Lead 0 is touched; lead 1 is owned and waits; lead 2 has no owner (cap 2); lead 3 finds two waiting.
    assert ways(tree, [10.0, 10.1, 10.2, 10.3]) == [PHONE, PHONE, PHONE, FIELD]


def test_the_ledger_keeps_leads_by_stream_and_motion() -> None:
    tree = two_ways({"when": {"source": "fair"}, "motion": "field"}, sources={"web": source(), "fair": source()})
    seen = observe(tree, {0: [10.0, 20.0], 1: [30.0]})
    assert seen.ledger.counts[Count.ARRIVED].sum(axis=(0, 3)).tolist() == [[2, 0], [0, 1]]
    assert seen.ledger.counts[Count.WON].sum(axis=(0, 3)).tolist() == [[2, 0], [0, 1]]
