"""What a run says about numbers that nobody knows."""

from __future__ import annotations

import json
from typing import Any

import pytest

from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.report.beliefs import stakes_of, stakes_sentences
from channelsim.report.files import content_hash
from channelsim.report.summary_json import run_as_json
from channelsim.scenario.load import load
from worlds import source, team, world


def result_of(low: float, high: float, replications: int = 60) -> Result:
    """Two strategies whose difference is the cost of a visit to every lead, which nobody knows."""
    cost: Any = {"uncertain": {"dist": "uniform", "low": low, "high": high}}
    tree = world(
        sources={"web": source(20.0)},
        teams={"desk": team(1), "field": team(1, pay={"travel_per_visit": cost})},
        motions={
            "phone": {"steps": {"call": {"team": "desk"}}},
            "visit": {"deal_value_factor": 1.1, "steps": {"call": {"team": "field", "visit": True}}},
        },
        routing=[{"motion": "phone"}],
        strategies={"phone": {"routing": [{"motion": "phone"}]}, "visit": {"routing": [{"motion": "visit"}]}},
    )
    return run_study(load(tree), replications=replications, engine="reference")


def test_a_decision_that_hinges_on_one_number_says_so() -> None:
    # A deal of 1,000 brings 100 more when visited: with a visit at 20 to 180 it may pay or not.
    stakes = stakes_of(result_of(20.0, 180.0))
    assert stakes is not None
    (number,) = stakes.numbers
    assert (number.path, number.low, number.high) == (
        "teams.field.pay.travel_per_visit",
        28.0,
        pytest.approx(172.0),
    )
    assert number.hinge.flips
    assert stakes.share > 0.8
    (_, sentence) = stakes_sentences(stakes, result_of(20.0, 180.0))
    assert sentence.startswith("The decision hinges on teams.field.pay.travel_per_visit: ")
    assert "if teams.field.pay.travel_per_visit is 28, and" in sentence


def test_a_decision_that_holds_either_way_says_so() -> None:
    result = result_of(20.0, 80.0)
    stakes = stakes_of(result)
    assert stakes is not None
    assert stakes.figure == "visit's lead over phone in contribution"
    assert not any(number.hinge.flips for number in stakes.numbers)
    assert stakes_sentences(stakes, result)[1].startswith("No single one of them would turn the decision")


def test_without_beliefs_or_replications_nothing_is_said() -> None:
    assert stakes_of(result_of(50.0, 50.0, 10)) is None
    plain = run_study(load(world()), replications=30, engine="reference")
    assert stakes_of(plain) is None
    assert run_as_json(plain, None)["beliefs"] is None  # type: ignore[arg-type]


def test_figures_for_programs_are_the_same() -> None:
    result = result_of(20.0, 180.0)
    told = json.loads(json.dumps(run_as_json(result, None), default=str))["beliefs"]  # type: ignore[arg-type]
    assert told["numbers"]["teams.field.pay.travel_per_visit"]["flips"] is True
    # How many of about 20 leads come is luck, far more than what a visit costs; only in the lead it cancels.
    assert set(told["share_by_strategy"]) == {"phone", "visit"}
    assert max(told["share_by_strategy"].values()) < 0.2


def test_what_is_believed_is_part_of_a_runs_name() -> None:
    hashes = {content_hash(result_of(low, 100.0 - low, 2).study, 1, 2) for low in (10.0, 20.0)}
    assert len(hashes) == 2
