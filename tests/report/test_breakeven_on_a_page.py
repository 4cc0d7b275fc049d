"""The break-even deal values of a run on its page: as the terminal has them, where they say something."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from channelsim.experiment.breakeven import break_evens
from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.workers import Failure
from channelsim.report.breakeven import breakeven_sentences, when_it_pays
from channelsim.report.page.sections.breakeven import breakeven_section
from channelsim.scenario.load import load
from pages import Element, page_of, parsed, rows, sections, small_world


@pytest.fixture(scope="module")
def result() -> Result:
    return run_study(load(small_world()), replications=20)


@pytest.fixture(scope="module")
def section(result: Result) -> Element:
    return parsed(page_of(result)).by_id("breakeven")


def captions(section: Element) -> list[str]:
    return [each.text for each in section.with_class("caption")]


def test_each_strategy_stands_against_the_baseline_the_best_first(result: Result, section: Element) -> None:
    best = result.comparison.best
    assert best != result.baseline
    (other,) = {"field", "both"} - {best}
    assert captions(section) == [f"From which deal value on {name} pays more than phone" for name in (best, other)]


def test_a_row_has_what_the_terminal_has(result: Result, section: Element) -> None:
    best = str(result.comparison.best)
    found = break_evens(result, best, "phone")
    head, *body = rows(next(section.all("table")))
    assert head == ["Segment", "Deal value", "Pays", "More a lead", "Cost a lead", "Won"]
    assert [row[0] for row in body] == ["small", "big", "all"]
    for row, each in zip(body, found, strict=True):
        pays, interval = when_it_pays(each.first_year, "USD")
        assert row[2] == (f"{pays} ({interval})" if interval else pays)
        star = each.contribution.ci_low > 0 or each.contribution.ci_high < 0
        assert row[3].endswith("*") is star
        assert row[3].startswith("+" if each.contribution.mean >= 0 else "-")
    for sentence in breakeven_sentences(found, best, "phone"):
        assert sentence in section.text


def test_customers_who_stay_have_a_column_of_their_own() -> None:
    tree = small_world()
    tree["segments"]["big"]["annual_churn"] = 0.2
    section = parsed(page_of(run_study(load(tree), replications=10))).by_id("breakeven")
    head, small, big, _ = rows(next(section.all("table")))
    assert head[3] == "Pays, over 5 years"
    assert small[3] == "– (bought once)"
    assert big[3] != big[2]


def test_at_most_three_pairs_are_told() -> None:
    strategies = {f"with_{n}": {"teams.inside.headcount": n, "routing": [{"motion": "phone"}]} for n in range(1, 7)}
    result = run_study(load(small_world(strategies=strategies)), replications=4)
    assert len(captions(parsed(page_of(result)).by_id("breakeven"))) == 3


def test_of_one_segment_without_a_finite_break_even_nothing_is_said() -> None:
    same = {name: {"routing": [{"motion": "phone"}]} for name in ("one", "other")}
    web = {"leads_per_month": 30, "mix": {"small": 1.0}}
    result = run_study(load(small_world(strategies=same, sources={"web": web})), replications=4)
    assert breakeven_section(result) is None
    both_segments = run_study(load(small_world(strategies=same)), replications=4)
    assert breakeven_section(both_segments) is not None


def test_one_strategy_or_fewer_than_two_replications_have_no_section(result: Result) -> None:
    for alone in (
        run_study(load(small_world(), only=["both"]), replications=3),
        run_study(load(small_world()), replications=1),
    ):
        assert "breakeven" not in sections(parsed(page_of(alone)))
    nothing = replace(
        result,
        values={name: np.full_like(each, np.nan) for name, each in result.values.items()},
        monthly={name: {} for name in result.strategies},
        rows={name: [None] * 20 for name in result.strategies},
        failures=(Failure("both", 0, 1, "no"),),
    )
    assert breakeven_section(nothing) is None
