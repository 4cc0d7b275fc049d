"""Running curves: each point is a run of its own, on the same leads, and nothing but figures is kept."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from channelsim.analysis.curves import Crossing
from channelsim.errors import UserError
from channelsim.experiment import workers
from channelsim.experiment.curves import (
    FEWEST_FOR_LUCK,
    MARGINAL,
    MOST_STEPS,
    REPLICATIONS,
    Curves,
    replications_of,
    run_curves,
)
from channelsim.experiment.replicate import Job, Replication, replicate
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load
from channelsim.scenario.points import Points, load_points
from worlds import source, step, team, world

COUNT = 12
VARY = "teams.desk.headcount=1:3:1"


def desks() -> dict[str, Any]:
    """A desk that takes whatever comes, and one that is two strong whatever is said elsewhere."""
    return world(
        sources={"web": source(120.0)},
        teams={"desk": team(pay={"salary": 50_000.0})},
        steps={"call": step(effort_hours=8.0, advance=0.5, patience_hours=24.0)},
        strategies={"free": {}, "fixed": {"teams.desk.headcount": 2}},
        replications=COUNT,
    )


@pytest.fixture(scope="module")
def points() -> Points:
    return load_points(desks(), VARY)


@pytest.fixture(scope="module")
def curves(points: Points) -> Curves:
    return run_curves(points)


def test_each_point_is_the_run_that_set_would_make(curves: Curves) -> None:
    for at, headcount in enumerate((1, 2, 3)):
        run = run_study(load(desks(), [f"teams.desk.headcount={headcount}"]), replications=COUNT)
        for metric in ("cost_total", "won", "contribution"):
            np.testing.assert_array_equal(curves.simulated("free", metric)[at], run.metric_values(metric)["free"])


def test_all_points_meet_the_same_leads(points: Points) -> None:
    leads = run_curves(points, metrics=["leads"]).figures("free", "leads")
    assert leads[0].std() > 0
    assert (leads == leads[0]).all()


def test_a_strategy_that_does_not_change_is_simulated_once(points: Points, curves: Curves) -> None:
    told: list[tuple[int, int]] = []
    run_curves(points, replications=2, progress=lambda done, total: told.append((done, total)))
    assert told[-1] == (8, 8)  # two replications of one strategy at three points, and of the other at one
    np.testing.assert_array_equal(curves.figures("fixed", "won"), curves.figures("fixed", "won")[[0, 0, 0]])
    np.testing.assert_array_equal(curves.figures("fixed", "won")[0], curves.figures("free", "won")[1])


def test_the_number_of_workers_changes_nothing(points: Points, curves: Curves) -> None:
    np.testing.assert_array_equal(run_curves(points, workers=2).values, curves.values)


def test_another_seed_is_other_luck(points: Points, curves: Curves) -> None:
    assert not np.array_equal(run_curves(points, seed=9).values, curves.values)


def test_what_is_kept_is_what_the_curves_need_and_nothing_else(points: Points, curves: Curves) -> None:
    assert curves.values.shape == (3, 2, COUNT, 4)
    assert set(curves.kept) == {"cost_total", "won", "contribution", "bookings"}
    assert set(run_curves(points, metrics=["win_rate"], replications=2).kept) == {
        "won", "leads", "contribution", "cost_total",
    }  # fmt: skip


def test_cost_per_deal_is_the_cost_of_the_curve_of_costs_by_the_deals_of_the_curve_of_deals(points: Points) -> None:
    curves = run_curves(points, metrics=["cost_per_deal", "cost_total", "won"])
    per_deal, cost, won = (curves.curve("free", name) for name in ("cost_per_deal", "cost_total", "won"))
    for each, total, deals in zip(per_deal, cost, won, strict=True):
        assert each.mean == pytest.approx(total.mean / deals.mean)


def test_marginal_cost_is_between_points(curves: Curves) -> None:
    cost, won = (curves.figures("free", name).mean(axis=1) for name in ("cost_total", "won"))
    first = curves.curve("free", MARGINAL.name)[0]
    assert first.mean == pytest.approx((cost[1] - cost[0]) / (won[1] - won[0]))
    assert curves.steps == [(0, 1), (1, 2)]


def test_of_many_points_marginal_costs_are_between_a_few() -> None:
    values = ",".join(str(value) for value in range(100, 140))
    points = load_points(desks(), f"sources.web.leads_per_month={values}")
    curves = run_curves(points, replications=2)
    assert curves.landmarks == [*range(0, 37, 4), 39]
    assert len(curves.curve("free", MARGINAL.name)) == len(curves.steps) <= MOST_STEPS
    assert curves.steps[-1] == (36, 39)


def test_curves_cross_where_they_are_the_same_unless_they_only_touch(curves: Curves) -> None:
    """With 2 reps both are the same. One rep sells less, a third one has nobody to serve but costs a salary: either
    makes contribution worse, but cost per deal is less with one and more with three."""
    for metric in ("contribution", "cost_per_deal"):
        assert curves.differences[metric, "free", "fixed"][1].mean == 0
    assert curves.crossings_of("contribution", "free", "fixed") == []
    assert curves.crossings_of("cost_per_deal", "free", "fixed") == [Crossing(2.0, 2.0, 2.0, rises=False)]


def test_with_enough_replications_luck_is_taken_out_and_what_is_the_same_stays_the_same(
    points: Points, curves: Curves
) -> None:
    assert curves.luck_taken_out is None
    more = run_curves(points, replications=FEWEST_FOR_LUCK)
    assert more.luck_taken_out is not None
    assert more.luck_taken_out > 1.2
    own, raw = more.figures("free", "contribution"), more.simulated("free", "contribution")
    assert own.var(axis=1).mean() < raw.var(axis=1).mean() / 1.2
    assert more.differences["contribution", "free", "fixed"][1].mean == 0


def test_words_have_no_next_value_and_nothing_between_them() -> None:
    points = load_points(desks(), "teams.desk.queue.discipline=oldest,newest")
    curves = run_curves(points, replications=2)
    assert MARGINAL not in curves.metrics
    with pytest.raises(UserError, match=r"no marginal_cost_per_deal by teams\.desk\.queue\.discipline: its values"):
        run_curves(points, metrics=[MARGINAL.name])
    assert curves.break_evens == []
    assert curves.x == [0, 1]


def test_a_replication_that_fails_is_named_with_its_value_and_costs_no_other(
    points: Points, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sometimes(job: Job, seed: int, replication: int, *engine: Any) -> Replication:
        if job.name == "free with teams.desk.headcount=2" and replication == 1:
            raise RuntimeError("the roof came down")
        return replicate(job, seed, replication, *engine)

    monkeypatch.setattr(workers, "replicate", sometimes)
    partial = run_curves(points, seed=5)
    [failure] = partial.failures
    assert str(failure) == (
        "replication 1 of free with teams.desk.headcount=2 (seed 5) failed: RuntimeError: the roof came down"
    )
    assert [each.replications for each in partial.curve("free", "contribution")] == [COUNT, COUNT - 1, COUNT]
    assert np.isnan(partial.values).any(axis=3).sum() == 1
    assert not math.isnan(partial.curve("free", "cost_per_deal")[1].mean)


def test_unknown_names_are_refused_before_anything_is_simulated(points: Points) -> None:
    with pytest.raises(UserError, match="no metric named 'marginal_cost'; did you mean 'marginal_cost_per_deal'"):
        run_curves(points, metrics=["marginal_cost"])
    with pytest.raises(UserError, match="did you mean 'fixed'"):
        run_curves(points, baseline="fixd")


def test_where_the_scenario_leaves_the_number_open_it_is_fixed() -> None:
    assert replications_of(load_points(desks() | {"replications": "auto"}, VARY)) == REPLICATIONS
    assert replications_of(load_points(desks(), VARY)) == COUNT


def test_the_baseline_is_the_first_of_its_pairs() -> None:
    tree = desks()
    tree["strategies"]["third"] = {"teams.desk.headcount": 1}
    points = load_points(tree, VARY)
    assert run_curves(points, replications=2, baseline="third").pairs == [
        ("third", "free"), ("third", "fixed"), ("free", "fixed"),
    ]  # fmt: skip
