"""The world outside: regimes, shocks, seasons. Hand-worked, and the same for all strategies."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import pytest

from channelsim.experiment.luck import long_run, regime_path
from channelsim.experiment.replicate import job_of
from channelsim.experiment.run import run_study
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.scenario.environment import Environment
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario
from worlds import source, step, team, world

REGIMES = {
    "boom": {"lasts_months": 10.0, "leads": 1.5, "advance": 1.2},
    "slump": {"lasts_months": 5.0, "leads": 0.5},
}


def tree(environment: dict[str, Any], months: int = 4) -> dict[str, Any]:
    return world(
        months=months,
        segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
        sources={"web": source(10.0, mix={"small": 0.5, "big": 0.5}), "fair": source(10.0, mix={"big": 1.0})},
        teams={"desk": team(people={"annual_attrition": 1.0})},
        steps={"call": step(advance=0.5, attempts={"max": 2, "reach": 0.5}, buyer_days=2.0)},
        environment=environment,
    )


def compiled(environment: dict[str, Any], path: list[str] | None = None) -> Program:
    return compile_program(Scenario.model_validate(tree(environment)), path)


def test_a_regime_rules_its_months() -> None:
    program = compiled({"regimes": REGIMES}, ["boom", "slump", "slump", "boom"])
    assert np.diff(program.arrivals_before_month[2]).tolist() == pytest.approx([15, 5, 5, 15])
    assert program.advance[0, 0, 0].tolist() == pytest.approx([0.6, 0.5, 0.5, 0.6])


def test_a_shock_strikes_whom_it_names_for_as_long_as_it_lasts() -> None:
    launch = {"month": 1, "months": 2, "segments": "big", "advance": 0.6, "buyer_days": 1.5}
    program = compiled({"shocks": {"launch": launch}})
    web_small, web_big, fair_big = program.advance[:, 0, 0]
    assert web_small.tolist() == [0.5] * 4
    assert web_big.tolist() == fair_big.tolist() == pytest.approx([0.5, 0.3, 0.3, 0.5])
    assert program.buyer_hours_scale[1, 0, 0].tolist() == [1.0, 1.5, 1.5, 1.0]


def test_a_shock_without_end_lasts() -> None:
    program = compiled({"shocks": {"law": {"month": 2, "reach": 0.5}}})
    assert program.reach[0, 0, 0].tolist() == [0.5, 0.5, 0.25, 0.25]


def test_seasons_follow_the_calendar() -> None:
    # March to June.
    factors = [1.0, 1.0, 1.1, 1.2, 1.3, 1.4, *[1.0] * 6]
    program = compiled({"seasonality": {"deal_value": factors, "annual_attrition": factors}})
    assert program.value_scale[0].tolist() == pytest.approx([1.1, 1.2, 1.3, 1.4])
    expected = np.array([31, 30, 31, 30]) * 24 / 8766 * np.array([1.1, 1.2, 1.3, 1.4])
    assert np.diff(program.team_departures_before_month[0]).tolist() == pytest.approx(expected.tolist())


def test_all_conditions_multiply() -> None:
    both = {"shocks": {"a": {"month": 0, "leads": 0.5}, "b": {"month": 0, "leads": 0.8, "sources": "fair"}}}
    program = compiled({"regimes": REGIMES} | both, ["boom"] * 4)
    assert np.diff(program.arrivals_before_month[2])[0] == pytest.approx(10 * 1.5 * 0.5 * 0.8)


def environment(**fields: Any) -> Environment:
    return Environment.model_validate({"regimes": REGIMES} | fields)


def test_the_long_run_is_shared_by_how_long_each_regime_lasts() -> None:
    # Two regimes that follow each other: 10 and 5 months of every 15.
    assert long_run(environment()) == pytest.approx({"boom": 2 / 3, "slump": 1 / 3})
    three = {
        "a": {"lasts_months": 2.0, "then": {"b": 1.0, "c": 3.0}},
        "b": {"lasts_months": 4.0, "then": {"a": 1.0}},
        "c": {"lasts_months": 4.0, "then": {"a": 1.0}},
    }
    # Each round: 2 months of a, then b (a quarter) or c (three quarters) for 4: 2 : 1 : 3.
    assert long_run(environment(regimes=three)) == pytest.approx({"a": 1 / 3, "b": 1 / 6, "c": 1 / 2})


def test_paths_spend_their_time_as_the_chain_says() -> None:
    paths = [regime_path(environment(), 60, 1, replication) for replication in range(400)]
    share = np.mean([[regime == "boom" for regime in path] for path in paths])
    # 400 paths of 60 months, correlated over about 7 months: a standard error of about 0.01.
    assert share == pytest.approx(2 / 3, abs=0.04)
    stays = [a == b for path in paths for a, b in pairwise(path) if a == "boom"]
    assert np.mean(stays) == pytest.approx(0.9, abs=0.012)


def test_a_path_begins_where_the_scenario_says() -> None:
    assert {regime_path(environment(start="slump"), 3, 1, r)[0] for r in range(50)} == {"slump"}


def test_a_path_belongs_to_its_replication_alone() -> None:
    first = regime_path(environment(), 24, 1, 7)
    assert first == regime_path(environment(), 24, 1, 7)
    assert first[:12] == regime_path(environment(), 12, 1, 7)
    assert any(first != regime_path(environment(), 24, 1, r) for r in range(8, 12))
    assert any(regime_path(environment(), 24, 2, r) != regime_path(environment(), 24, 1, r) for r in range(5))


def test_all_strategies_live_through_the_same_market() -> None:
    both = tree({"regimes": REGIMES}, months=12)
    both["strategies"] = {"one": {}, "two": {"teams.desk.headcount": 2}}
    study = load(both)
    jobs = [job_of(name, scenario, "reference", study.beliefs[name]) for name, scenario in study.strategies.items()]
    assert jobs[0].varies is not None
    assert jobs[1].varies is not None
    assert jobs[0].varies.drawn(1, 3)[1] == jobs[1].varies.drawn(1, 3)[1]
    result = run_study(study, replications=6, engine="reference")
    leads = result.metric_values("leads")
    np.testing.assert_array_equal(leads["one"], leads["two"])
    assert len(set(leads["one"].tolist())) > 2


def test_a_strategy_cannot_choose_its_weather() -> None:
    both = tree({"regimes": REGIMES})
    both["strategies"] = {"lucky": {"environment.start": "boom"}}
    from channelsim.errors import ScenarioError

    with pytest.raises(ScenarioError, match="holds for all strategies alike"):
        load(both)
