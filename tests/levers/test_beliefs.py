"""Numbers that nobody knows: drawn once per replication, the same for all strategies."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter
from scipy import stats

from channelsim.errors import ScenarioError
from channelsim.experiment.luck import belief_draws
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load
from channelsim.scenario.uncertain import HIGHEST, LOWEST, Belief, Uncertain
from worlds import source, step, team, world

KNOWN: list[tuple[dict[str, Any], Any]] = [
    ({"dist": "normal", "mean": -3.0, "sd": 2.0}, stats.norm(-3, 2)),
    ({"dist": "uniform", "low": -1.0, "high": 3.0}, stats.uniform(-1, 4)),
    ({"dist": "triangular", "low": -1.0, "mode": 0.0, "high": 3.0}, stats.triang(0.25, -1, 4)),
    ({"dist": "beta", "mean": 0.3, "sd": 0.1}, stats.beta(0.3 * 20, 0.7 * 20)),
    ({"dist": "lognormal", "mean": 5.0, "sd": 2.0},
     stats.lognorm(np.sqrt(np.log(1.16)), scale=5 / np.sqrt(1.16))),
]  # fmt: skip


@pytest.mark.parametrize(("written", "known"), KNOWN, ids=[written["dist"] for written, _ in KNOWN])
def test_a_belief_has_the_quantiles_of_its_distribution(written: dict[str, Any], known: Any) -> None:
    belief: Any = TypeAdapter(Belief).validate_python(written)
    for u in (LOWEST, 0.2, 0.5, 0.77, HIGHEST):
        assert belief.quantile(u) == pytest.approx(known.ppf(u))
    assert known.mean() == pytest.approx(written.get("mean", known.mean()))
    assert known.std() == pytest.approx(written.get("sd", known.std()))


@given(st.floats(1e-9, 1 - 1e-9))
def test_beliefs_are_cut_off_at_their_ends(u: float) -> None:
    each = Uncertain(("a",), TypeAdapter(Belief).validate_python({"dist": "normal", "mean": 0.0, "sd": 1.0}))
    assert abs(each.value(u)) <= stats.norm.ppf(HIGHEST) + 1e-9


def between(low: float, high: float) -> Any:
    return {"uncertain": {"dist": "uniform", "low": low, "high": high}}


def tree(**strategies: Any) -> dict[str, Any]:
    salary = {"uncertain": {"dist": "normal", "mean": 1200.0, "sd": 100.0}}
    return world(
        sources={"web": source(between(20.0, 40.0))},
        teams={"desk": team(2, pay={"salary": salary})},
        steps={"call": step(effort_hours={"dist": "exponential", "mean": between(0.5, 2.0)})},
        strategies=strategies,
    )


def test_every_belief_is_found_with_its_path_even_inside_a_distribution() -> None:
    study = load(tree())
    assert [each.path for each in study.beliefs["as_is"].uncertain] == [
        "sources.web.leads_per_month",
        "teams.desk.pay.salary",
        "motions.sale.steps.call.effort_hours.mean",
    ]
    middle = study.strategies["as_is"]
    assert middle.sources["web"].leads_per_month == 30.0
    assert middle.teams["desk"].pay.salary == 1200.0


def test_draws_belong_to_the_path_the_seed_and_the_replication() -> None:
    uncertain = load(tree()).beliefs["as_is"].uncertain
    first = belief_draws(uncertain, 1, 0)
    assert first == belief_draws(uncertain, 1, 0)
    assert len(set(first.values())) == 3
    assert first != belief_draws(uncertain, 1, 1)
    assert first != belief_draws(uncertain, 2, 0)
    alone = belief_draws(uncertain[1:2], 1, 0)
    assert alone[uncertain[1].at] == first[uncertain[1].at]


def test_all_strategies_face_the_same_truth() -> None:
    result = run_study(load(tree(one={}, two={"teams.desk.headcount": 3})), replications=8, engine="reference")
    leads, salary = result.metric_values("leads"), result.metric_values("cost.salary")
    np.testing.assert_array_equal(leads["one"], leads["two"])
    assert salary["two"] == pytest.approx(1.5 * salary["one"])
    assert len(set(salary["one"].tolist())) == 8


def test_a_strategy_may_be_surer_than_the_others() -> None:
    study = load(tree(sure={"teams.desk.pay.salary": 1000.0}, unsure={}))
    assert [len(study.beliefs[name].uncertain) for name in ("sure", "unsure")] == [2, 3]


@pytest.mark.parametrize(
    ("written", "message"),
    [
        ({"uncertain": 5}, "no distribution of belief; write"),
        ({"uncertain": {"dist": "nromal", "mean": 1.0}}, "did you mean 'normal'?"),
        ({"uncertain": {"dist": "normal", "mean": 30.0}}, "no sd; it must be given"),
        ({"uncertain": {"dist": "normal", "mean": 30.0, "sd": 1.0, "cv": 2}}, "unknown field 'cv'"),
        ({"uncertain": {"dist": "uniform", "low": 3.0, "high": 1.0}}, "low must not be above high"),
        ({"uncertain": {"dist": "beta", "mean": 0.5, "sd": 0.6}}, "has less than 0.5"),
        ({"uncertain": {"dist": "normal", "mean": 1.0, "sd": 1.0}}, "at the lowest that is believed possible"),
        ({"uncertain": {"dist": "normal", "mean": 9.0, "sd": 1.0}, "dist": "x"}, "dist beside uncertain"),
    ],
)
def test_what_is_wrong_with_a_belief_is_said_where_it_stands(written: Any, message: str) -> None:
    wrong = tree()
    wrong["sources"]["web"]["leads_per_month"] = written
    with pytest.raises(ScenarioError) as caught:
        load(wrong)
    (problem,) = caught.value.problems
    assert problem.path.startswith("sources.web.leads_per_month")
    assert message in problem.message


def test_whole_numbers_cannot_be_uncertain() -> None:
    wrong = tree()
    wrong["teams"]["desk"]["headcount"] = {"uncertain": {"dist": "uniform", "low": 1.0, "high": 3.0}}
    with pytest.raises(ScenarioError, match="whole number"):
        load(wrong)
