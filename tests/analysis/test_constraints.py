"""Constraints: how they are read, and what an interval says of them."""

from __future__ import annotations

import math

import numpy as np
import pytest

from channelsim.analysis.constraints import Bound, Met, parse_constraint
from channelsim.errors import UserError

KNOWN = ("bookings", "cost_total", "headcount.inside", "headcount.outside", "teams.inside.headcount")


def test_a_bound_on_a_mean_is_read() -> None:
    found = parse_constraint("cost_total <= 3e6", KNOWN, KNOWN)
    assert (found.terms, found.bound, found.share) == (("cost_total",), Bound(True, 3e6), None)


def test_a_bound_on_a_sum_is_read() -> None:
    found = parse_constraint("headcount.inside + headcount.outside<=12", KNOWN, KNOWN)
    assert found.terms == ("headcount.inside", "headcount.outside")


def test_a_bound_on_a_chance_is_read_with_both_its_sides() -> None:
    found = parse_constraint("P(bookings >= 5_000_000) ≥ 0.8", KNOWN, KNOWN)
    assert (found.terms, found.bound, found.share) == (("bookings",), Bound(False, 5e6), Bound(False, 0.8))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("cost_total", "nothing to compare"),
        ("cost_total<3e6", "'<'; write <= for at most"),
        ("cost_total==3e6", "'=='; write <="),
        ("1e6<=cost_total<=3e6", "more than one comparison"),
        ("cost_total<=much", "'much' right of <= is not a number"),
        ("cost_total<=inf", "'inf' right of <= is not a number"),
        ("cost_totl<=3e6", "did you mean 'cost_total'?"),
        ("bookings+<=3", "a figure is missing"),
        ("P(bookings>=5e6)", "nothing to compare in ''"),
        ("P(bookings)>=0.8", "nothing to compare in 'bookings'"),
        ("P(bookings>=5e6)>=80", "80 for a share of replications; it must be from 0 to 1"),
        ("P(bookings>=5e6)+cost_total>=0.8", "after P(...)"),
        ("", "nothing to compare"),
    ],
)
def test_what_makes_no_constraint_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(UserError, match="--subject-to") as refused:
        parse_constraint(text, KNOWN, KNOWN)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    ("values", "met"),
    [
        ([1.0, 2.0, 3.0, 2.0] * 10, Met.YES),
        ([9.0, 10.0, 10.5, 10.0], Met.LIKELY),
        ([9.5, 10.0, 11.0, 10.0], Met.UNLIKELY),
        ([20.0, 21.0, 22.0, 21.0] * 10, Met.NO),
        ([10.0] * 5, Met.YES),  # on the edge, and nothing varies
        ([math.nan, 1.0, math.nan], Met.LIKELY),  # one value: nothing is known of chance
    ],
)
def test_a_mean_is_judged_by_its_interval(values: list[float], met: Met) -> None:
    assert parse_constraint("cost_total<=10", KNOWN, KNOWN).judge(np.array(values)).met is met


@pytest.mark.parametrize(
    ("kept", "of", "met"),
    [(100, 100, Met.YES), (82, 100, Met.LIKELY), (78, 100, Met.UNLIKELY), (50, 100, Met.NO), (7, 10, Met.UNLIKELY)],
)
def test_a_chance_is_judged_by_wilsons_interval(kept: int, of: int, met: Met) -> None:
    sums = np.array([6.0] * kept + [4.0] * (of - kept))
    found = parse_constraint("P(bookings>=5)>=0.8", KNOWN, KNOWN).judge(sums)
    assert found.value == kept / of
    assert found.met is met


def test_a_replication_that_leaves_a_figure_undefined_does_not_reach_it() -> None:
    found = parse_constraint("P(bookings>=5)>=0.5", KNOWN, KNOWN).judge(np.array([6.0, math.nan]))
    assert found.value == 0.5


def test_what_is_never_defined_keeps_to_nothing() -> None:
    found = parse_constraint("cost_total<=10", KNOWN, KNOWN).judge(np.array([math.nan, math.nan]))
    assert (found.met, found.violation) == (Met.NO, math.inf)


def test_violation_is_a_share_of_the_limit_and_below_0_on_the_right_side() -> None:
    constraint = parse_constraint("cost_total<=10", KNOWN, KNOWN)
    assert constraint.judge(np.array([12.0, 12.0])).violation == pytest.approx(0.2)
    assert constraint.judge(np.array([5.0, 5.0])).violation == pytest.approx(-0.5)
