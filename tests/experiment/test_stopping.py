"""A run goes on until its question is answered, and no further."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from channelsim.analysis.comparison import compare
from channelsim.experiment.run import run_study
from channelsim.experiment.stopping import Reason, Rule, Until, answered, confidence_at
from channelsim.scenario.load import load
from worlds import source, team, world

COUNTS = (50, 100)


def draws(mean: float, spread: float, n: int = 50, seed: int = 1) -> np.ndarray:
    z = np.random.default_rng(seed).normal(size=n)
    return mean + spread * (z - z.mean()) / z.std(ddof=1)


def ask(until: Until = Until.SETTLED, **values: np.ndarray) -> Reason | None:
    return answered(Rule(until, precision=0.02), COUNTS, 0, "contribution", values, "a")


def test_a_lead_beyond_chance_is_settled() -> None:
    noise = draws(0, 10)
    assert ask(a=100 + noise, b=110 + draws(0, 10, seed=2)) is Reason.SETTLED


def test_a_lead_within_chance_goes_on() -> None:
    assert ask(a=draws(100, 50), b=draws(101, 50, seed=2)) is None


def test_strategies_that_hardly_differ_are_precise_enough() -> None:
    base = draws(100, 10)
    assert ask(a=base, b=base + draws(0.0, 1.0, seed=3)) is Reason.CLOSE


def test_a_difference_that_was_called_indifferent_ends_the_search() -> None:
    values = {"a": draws(100, 50), "b": draws(101, 50, seed=2)}
    confident = compare("contribution", values, confidence_at(COUNTS, 0, 1)).shortfall
    for indifference, reason in ((confident * 1.01, Reason.CLOSE), (confident * 0.99, None)):
        rule = Rule(indifference=indifference)
        assert answered(rule, COUNTS, 0, "contribution", values, "a") is reason


def test_until_precise_does_not_stop_at_a_sign() -> None:
    base = draws(100, 1)
    wide = base + draws(30, 20, seed=3)
    assert ask(Until.SETTLED, a=base, b=wide) is Reason.SETTLED
    assert ask(Until.PRECISE, a=base, b=wide) is None
    assert ask(Until.PRECISE, a=base, b=base + draws(30, 2, seed=3)) is Reason.PRECISE


def test_one_strategy_alone_is_measured_to_the_precision() -> None:
    assert ask(a=draws(100, 100)) is None
    assert ask(a=draws(100, 1)) is Reason.PRECISE


def tree(bonus: float, **more: Any) -> dict[str, Any]:
    """Two strategies that sell the same, one of them for more each time."""
    return world(
        sources={"web": source(20.0)},
        teams={"desk": team(2)},
        strategies={"plain": {}, "better": {"motions.sale.deal_value_factor": 1.0 + bonus}},
        **more,
    )


def test_a_run_stops_at_the_first_look_that_settles_it() -> None:
    result = run_study(load(tree(0.5)), engine="reference", rule=Rule(most=400))
    assert result.stopping is not None
    assert (result.replications, result.stopping.reason) == (50, Reason.SETTLED)
    assert len(result.values["plain"]) == 50


def test_a_run_stops_at_the_most() -> None:
    # The same in both: nothing between them but what looks the same to the last bit, so it is precise at once;
    # a precision that luck cannot reach goes on to the end.
    result = run_study(load(tree(0.5)), engine="reference", rule=Rule(Until.PRECISE, 1e-6, most=60))
    assert result.stopping is not None
    assert (result.stopping.looked_at, result.stopping.reason) == ((50, 60), Reason.MOST)
    assert result.replications == 60


def test_a_time_limit_ends_at_the_next_look() -> None:
    rule = Rule(Until.PRECISE, 1e-6, most=400, seconds=0.0)
    result = run_study(load(tree(0.5)), engine="reference", rule=rule)
    assert result.stopping is not None
    assert (result.replications, result.stopping.reason) == (50, Reason.TIME)


def test_what_a_run_says_is_as_wide_as_its_looks_ask_for() -> None:
    result = run_study(load(tree(0.5)), engine="reference", rule=Rule(Until.PRECISE, 1e-6, most=60))
    values = result.metric_values("contribution")
    assert result.comparison == compare("contribution", values, confidence_at((50, 60), 1, 1))
    once = compare("contribution", values)
    (lead,), (narrower,) = result.comparison.leads.values(), once.leads.values()
    assert lead.ci_high - lead.mean > narrower.ci_high - narrower.mean


def test_a_number_of_replications_is_kept() -> None:
    result = run_study(load(tree(0.5, replications=7)), engine="reference")
    assert (result.replications, result.stopping) == (7, None)


def test_the_first_replications_are_those_of_a_run_of_a_fixed_number() -> None:
    auto = run_study(load(tree(0.5)), engine="reference", rule=Rule(most=50))
    fixed = run_study(load(tree(0.5)), engine="reference", replications=50)
    for name in auto.strategies:
        assert np.array_equal(auto.values[name], fixed.values[name], equal_nan=True)


@pytest.mark.parametrize("reason", list(Reason))
def test_every_end_has_its_words(reason: Reason) -> None:
    from channelsim.experiment.stopping import Stopping

    told = Stopping(Rule(), (50, 100, 200), 1, reason).sentence()
    assert told.startswith("Stopped after 100 replications, ")
    assert "looking after 50 and 100: alpha spending" in told
