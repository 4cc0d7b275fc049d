"""Which override brings how much: the parts add up, and a worked case."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from channelsim.analysis.shapley import combinations_of, shapley
from channelsim.experiment.causes import MOST_GROUPS, causes, groups_of, mixture
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load

SCENARIO = """\
channelsim: 1
name: Two changes
horizon: {start: 2027-03-01, months: 1}
segments: {all: {deal_value: 1000, gross_margin: 1}}
sources: {web: {leads_per_month: 20, mix: {all: 1}, arrivals: flat}}
teams: {desk: {channel: inside, headcount: 1, hours: always}}
motions: {sale: {steps: {call: {team: desk, effort_hours: 0}}}}
replications: 6
strategies:
  plain: {motions.sale.deal_value_factor: 1.0}
  both: {motions.sale.deal_value_factor: 2.0, sources.web.leads_per_month: 40, sources.web.cost_per_lead: 100}
"""


def none(_done: int, _total: int) -> None:
    pass


def test_shapley_of_a_product_worked_by_hand() -> None:
    # 10 x 1 grows to 20 x 3: 10 -> 60. The first brings 10 alone, 30 after the second: 20; the second 20 or 40: 30.
    values = {(0, 0): 10.0, (1, 0): 20.0, (0, 1): 30.0, (1, 1): 60.0}
    first, second = shapley({changed: np.array([value]) for changed, value in values.items()})
    assert (first[0], second[0]) == (20.0, 30.0)


def test_all_orders_of_three_add_up() -> None:
    rng = np.random.default_rng(1)
    values = {changed: rng.normal(size=4) for changed in combinations_of(3)}
    assert sum(shapley(values)) == pytest.approx(values[1, 1, 1] - values[0, 0, 0])


def test_a_mixture_takes_what_has_changed_and_keeps_the_rest() -> None:
    base, other = {"a": 1, "b": 2, "same": 0}, {"b": 3, "c": 4, "same": 0}
    groups = groups_of(base, other)
    assert groups == [("a",), ("b",), ("c",)]
    assert mixture(base, other, groups, (0, 0, 0)) == base
    assert mixture(base, other, groups, (1, 1, 1)) == other
    assert mixture(base, other, groups, (1, 0, 1)) == {"b": 2, "same": 0, "c": 4}


def test_many_changes_are_grouped_by_what_their_names_begin_with() -> None:
    other = {f"teams.{team}.pay.{field}": 1 for team in ("inside", "outside") for field in "abcd"} | {"routing": []}
    assert groups_of({}, other) == [
        tuple(f"teams.inside.pay.{field}" for field in "abcd"),
        tuple(f"teams.outside.pay.{field}" for field in "abcd"),
        ("routing",),
    ]
    scattered = {f"section{each}.field": each for each in range(9)}
    assert len(groups_of({}, scattered)) == MOST_GROUPS
    assert sorted(path for group in groups_of({}, scattered) for path in group) == sorted(scattered)


def test_the_causes_add_up_to_the_difference_of_the_strategies(tmp_path: Any) -> None:
    file = tmp_path / "two.yaml"
    file.write_text(SCENARIO)
    study = load(str(file))
    result = run_study(study, engine="reference")
    pair = (study.overrides["plain"], study.overrides["both"])
    found = causes(str(file), [], pair, replications=6, seed=result.seed, workers=1, progress=none)
    assert [cause.paths for cause in found] == [
        ("motions.sale.deal_value_factor",),
        ("sources.web.leads_per_month",),
        ("sources.web.cost_per_lead",),
    ]
    difference = result.differences("contribution", "plain")["both"].mean
    assert sum(cause.effect.mean for cause in found) == pytest.approx(difference, abs=0.005)
    # A lead is won for 1,000 and arrives L or M times: value brings 1000 (L + M) / 2, cost -100 (L + M) / 2.
    leads, more = (result.metric_values("leads")[name].mean() for name in ("plain", "both"))
    assert found[0].effect.mean == pytest.approx(1000 * (leads + more) / 2)
    assert found[2].effect.mean == pytest.approx(-100 * (leads + more) / 2)
