"""The verdict says what the numbers say, in every case, in plain words."""

from __future__ import annotations

import math

import numpy as np
import pytest

from channelsim.analysis.comparison import compare
from channelsim.analysis.intervals import estimate
from channelsim.report.verdict import guarantee, sentence

STEADY = np.array([1.00e6, 1.10e6, 0.90e6, 1.05e6, 0.95e6])


def said(metric: str = "contribution", months: int = 18, **values: object) -> str:
    table = {name: np.asarray(each, float) for name, each in values.items()}
    comparison = compare(metric, table)
    return sentence(comparison, estimate(table[comparison.best]), months, "USD")


def test_a_clear_winner() -> None:
    # Every difference is 300k ± a little: the interval is far from zero, and it is on top every time.
    text = said(hybrid=STEADY + [300e3, 310e3, 290e3, 305e3, 295e3], inside_only=STEADY)
    assert text == (
        "hybrid is best: it beats inside_only by $300k in contribution over 18 months (95% interval $290k "
        "to $310k), and comes out on top in 100% of 5 replications."
    )


def test_a_lead_that_chance_could_explain_names_no_winner_and_says_how_many_replications_would_settle_it() -> None:
    text = said(hybrid=STEADY + [300e3, -200e3, 100e3, -100e3, 150e3], inside_only=STEADY)
    assert text.startswith("No strategy is clearly best: hybrid is ahead of inside_only by $50k")
    assert "chance alone could explain it" in text
    # Half width: t(4) 2.776 x s 201.6k / sqrt(5) = 250k, five times the lead; 5 x 25 x 1.2 = 150.
    assert "About 160 replications would settle" in text or "About 150 replications would settle" in text


def test_the_best_beats_everyone_not_only_the_runner_up() -> None:
    # b is always 300k behind; c is further behind on average, but swings so much that chance could explain it.
    swings = [4e6, -3e6, 3e6, -2e6, 0.0]
    text = said(a=STEADY + 500e3, b=STEADY + [200e3, 210e3, 190e3, 205e3, 195e3], c=STEADY + np.array(swings) - 1e6)
    assert text.startswith("No strategy is clearly best: a is ahead of c by $1.1M in")
    assert "b" not in text.split()  # that a beats b is not in doubt


def test_several_rivals_are_all_named_the_closest_first() -> None:
    apart = np.array([300e3, -200e3, 100e3, -100e3, 150e3])
    text = said(a=STEADY + apart, b=STEADY, c=STEADY - 20e3, d=STEADY - apart[::-1] - 1e6)
    assert "a is ahead of b by $50k" in text
    assert "So it could for its lead over c." in text


def test_a_negligible_lead_is_called_so() -> None:
    text = said(hybrid=STEADY + [2e3, -2e3, 1e3, -0.999e3, 0.0], inside_only=STEADY)
    assert text.endswith("The difference is so small that it hardly matters which one you choose.")


def test_a_lead_of_nothing_amid_much_chance_is_not_called_negligible() -> None:
    text = said(hybrid=STEADY + [200e3, -200e3, 100e3, -99.9e3, 0.0], inside_only=STEADY)
    assert text.endswith("More than 1,000 replications would be needed to tell them apart.")


def test_identical_strategies_are_called_identical() -> None:
    text = said(a=STEADY, b=STEADY)
    assert text == "a and b give the same contribution over 18 months in every replication: neither is better."


def test_one_replication_tells_nothing_about_chance() -> None:
    text = said(a=[2e6], b=[1e6])
    assert text.startswith("a is ahead of b by $1M in contribution over 18 months, but one replication")
    assert "best" not in text


def test_a_single_strategy_gets_its_figure_and_no_contest() -> None:
    text = said(as_is=STEADY)
    assert text.startswith("as_is: contribution over 18 months is $1M on average (95% interval $902k to $1.10M).")
    assert text.endswith("It is the only strategy.")


def test_nothing_finished() -> None:
    assert "nothing to compare" in said(a=[math.nan], b=[math.nan])


def test_losses_are_said_as_they_are() -> None:
    text = said(a=-STEADY, b=-STEADY - [300e3, 310e3, 290e3, 305e3, 295e3])
    assert text.startswith("a is best: it beats b by $300k")


@pytest.mark.parametrize(
    ("metric", "words"),
    [
        ("contribution", "in contribution over 18 months"),
        ("gross_margin", "in gross margin over 18 months"),
        ("bookings", "in bookings over 18 months"),
        ("won", "in deals won over 18 months"),
    ],
)
def test_every_decision_metric_has_its_words(metric: str, words: str) -> None:
    assert words in said(metric, a=STEADY + 1e5, b=STEADY)


@pytest.mark.parametrize("seed", range(40))
def test_the_sentence_never_contradicts_the_interval(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(0, 1e5, (3, 8)) + rng.normal(0, 1e5, (3, 1))
    comparison = compare("contribution", {"a": a, "b": b, "c": c})
    text = sentence(comparison, estimate(a), 12, "USD")
    beats_all = all(lead.ci_low > 0 for lead in comparison.leads.values())
    assert text.startswith(f"{comparison.best} is best") == beats_all
    assert ("No strategy is clearly best" in text) == (not beats_all)


def test_one_month_reads_as_one_month() -> None:
    assert "over one month" in said(a=STEADY + 1e5, b=STEADY, months=1)


def promised(**values: object) -> str:
    return guarantee(
        compare("contribution", {name: np.asarray(each, float) for name, each in values.items()}), 18, "USD"
    )


def test_what_is_settled_is_guaranteed_without_a_margin() -> None:
    text = promised(a=STEADY + [300e3, 310e3, 290e3, 305e3, 295e3], b=STEADY)
    assert text == "With a probability of at least 95% a has the highest mean contribution."


def test_what_is_open_is_guaranteed_within_what_it_could_fall_short_by() -> None:
    # The lead is 50k, half of its interval 2.776 x 200k / sqrt(5) = 248.3k: b could be 198.3k better, rounded up.
    text = promised(a=STEADY + [300e3, -200e3, 100e3, -100e3, 150e3], b=STEADY)
    assert text.endswith("or falls short of the highest by at most $200k over 18 months.")


@pytest.mark.parametrize("values", [{"a": STEADY}, {"a": STEADY, "b": STEADY}, {"a": [1.0], "b": [2.0]}])
def test_where_there_is_nothing_to_guarantee_nothing_is_said(values: dict[str, object]) -> None:
    assert promised(**values) == ""


@pytest.mark.parametrize("seed", range(40))
def test_the_guarantee_never_contradicts_the_verdict(seed: int) -> None:
    rng = np.random.default_rng(seed)
    a, b, c = rng.normal(0, 1e5, (3, 8)) + rng.normal(0, 1e5, (3, 1))
    comparison = compare("contribution", {"a": a, "b": b, "c": c})
    text = guarantee(comparison, 12, "USD")
    assert comparison.best in text
    assert ("falls short" in text) == (
        "No strategy is clearly best" in sentence(comparison, estimate(a), 12, "USD")
    )
