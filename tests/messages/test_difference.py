"""How two scenarios differ, in words."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from channelsim.scenario.difference import differences, routing_in_words
from channelsim.scenario.schema import Scenario


def company(**changes: Any) -> Scenario:
    return Scenario.model_validate(
        {
            "channelsim": 1,
            "name": "A company",
            "horizon": {"start": dt.date(2027, 1, 4), "months": 12},
            "segments": {"small": {"deal_value": 9000}, "large": {"deal_value": 80000}},
            "sources": {"web": {"leads_per_month": 100, "mix": {"small": 1}}},
            "teams": {"inside": {"channel": "inside", "headcount": 8}},
            "motions": {"phone": {"steps": {"close": {"team": "inside", "advance": 0.4}}}},
            "routing": [{"motion": "phone"}],
            **changes,
        }
    )


def words(a: Scenario, b: Scenario) -> list[str]:
    return [str(each) for each in differences(a, b)]


def test_a_company_does_not_differ_from_itself():
    assert differences(company(), company()) == []


def test_a_team_of_another_size_differs_in_its_headcount_alone():
    smaller = company(teams={"inside": {"channel": "inside", "headcount": 0}})
    assert words(company(), smaller) == ["teams.inside.headcount: 8 -> 0"]


def test_a_plan_by_month_is_one_value():
    growing = company(teams={"inside": {"channel": "inside", "headcount": {0: 8, 6: 10}}})
    assert words(company(), growing) == ["teams.inside.headcount: 8 -> 0 8, 6 10"]


def test_a_distribution_is_one_value():
    value = {"dist": "lognormal", "mean": 9000, "cv": 0.7}
    wider = company(segments={"small": {"deal_value": value}, "large": {"deal_value": 80000}})
    assert words(company(), wider) == ["segments.small.deal_value: 9000 -> lognormal (mean 9000, cv 0.7)"]


def test_a_value_segment_by_segment_stands_beside_the_one_for_everyone():
    steps = {"close": {"team": "inside", "advance": {"small": 0.4, "large": 0.1}}}
    assert words(company(), company(motions={"phone": {"steps": steps}})) == [
        "motions.phone.steps.close.advance: 0.4 -> small 0.4, large 0.1"
    ]


def test_a_team_that_only_one_has_is_a_difference():
    teams = {"inside": {"channel": "inside", "headcount": 8}, "field": {"channel": "outside", "headcount": 2}}
    [line] = words(company(), company(teams=teams))
    assert line.startswith("teams.field: none -> channel outside, headcount 2")


def test_routing_is_told_as_a_sentence():
    rules = [
        {"when": {"segment": ["small", "large"], "source": "web"}, "motion": "phone"},
        {"when": {"deal_value": {"at_least": 50000, "below": 90000}}, "motion": "phone"},
        {"when": {"overflow": {"team": "inside", "queue_longer_than": 10}, "share": 0.25}, "motion": "phone"},
        {"motion": "phone"},
    ]
    assert routing_in_words(company(routing=rules).routing) == (
        "small or large and from web -> phone; deals of at least 50,000 and below 90,000 -> phone; "
        "25% of everything else while more than 10 wait for inside, at random -> phone; everything else -> phone"
    )
    assert routing_in_words(company().routing) == "everything -> phone"
    assert routing_in_words(None) == "none"


@pytest.mark.parametrize(
    ("when", "words"),
    [
        ({"share": 0.5}, "half of everything, at random"),
        ({"source": "web", "share": 0.5}, "half of those from web, at random"),
        ({"segment": "large", "source": "web", "share": 0.125}, "12.5% of large and from web, at random"),
        ({"deal_value": {"at_least": 50000}, "share": 0.3}, "30% of deals of at least 50,000, at random"),
        ({"overflow": {"team": "inside", "queue_longer_than": 5}}, "while more than 5 wait for inside"),
        (
            {"segment": "large", "overflow": {"team": "inside", "queue_longer_than": 5}},
            "large while more than 5 wait for inside",
        ),
        ({}, "everything"),
    ],
)
def test_a_share_is_told_as_a_part_of_those_it_is_taken_from(when: dict[str, Any], words: str):
    rules = company(routing=[{"when": when, "motion": "phone"}]).routing
    assert routing_in_words(rules) == f"{words} -> phone"


def test_another_routing_is_one_difference():
    rules = [{"when": {"segment": "large"}, "motion": "phone"}, {"motion": "phone"}]
    assert words(company(), company(routing=rules)) == [
        "routing: everything -> phone -> large -> phone; everything else -> phone"
    ]
