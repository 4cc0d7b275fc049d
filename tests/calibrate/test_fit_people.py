"""Reps as their deals tell of them: who is at work, how busy, how they start, how long they stay, and differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cache

import numpy as np
import polars as pl
import pytest
from made_exports import MadeTeam, made_team_export, owned_export

from channelsim.calibrate.estimates import People
from channelsim.calibrate.fitting.people import people_fits
from channelsim.calibrate.records import Export

MANY = 60
DAYS_A_MONTH = 365.25 / 12


def people_of(export: Export) -> People:
    (found,), _ = people_fits(export)
    return found


@cache
def of_teams(team: MadeTeam, many: int = MANY) -> tuple[People, ...]:
    return tuple(people_of(made_team_export(team, seed)) for seed in range(many))


LEAVING = MadeTeam()
HANDED_ON = MadeTeam(handed_on=True)
INHERITED = replace(HANDED_ON, to_successors=True)
"""A newcomer gets the whole list of the rep whose seat it was."""
RAMPING = MadeTeam(ramp_months=6.0)
TRUE_HEADCOUNT = 10 / (1 + 0.3 * 40 / 365.25)
"""Seats that are filled: each is empty for 40 days after a stay of 365.25 / 0.3."""


def weekly(owner: str, first: int, last: int, lasting: float = 10.0) -> list[tuple[str, float, float, bool]]:
    """A deal every ten days, closed after `lasting` more; every second is won."""
    days = range(first, last, 10)
    return [(owner, float(day), day + lasting, number % 2 == 0) for number, day in enumerate(days)]


def test_headcount_is_the_days_at_work_over_the_days_of_the_window() -> None:
    """Ann is there throughout. Bob's last deal of 400 days' was on day 190, and as he took on one every 10 days, he
    stayed for about 10 more: (400 + 200) / 400, within what the gaps leave open."""
    export = owned_export([*weekly("Ann", 0, 400), *weekly("Bob", 0, 200)], 400.0)
    found = people_of(export)
    assert found.owners == 2
    assert found.headcount == pytest.approx(1.5, abs=0.01)


def test_a_newcomer_counts_from_about_the_first_deal() -> None:
    export = owned_export([*weekly("Ann", 0, 400), *weekly("Cem", 200, 400)], 400.0)
    assert people_of(export).headcount == pytest.approx(1 + 210 / 400, abs=0.01)


def test_a_manager_with_two_deals_is_no_rep() -> None:
    rows = [*weekly("Ann", 0, 400), ("Boss", 50.0, 60.0, True), ("Boss", 250.0, 300.0, True)]
    found = people_of(owned_export(rows, 400.0))
    assert found.owners == 2
    assert found.headcount == pytest.approx(1.0)


def test_open_deals_of_a_rep_by_hand() -> None:
    """A deal every 10 days that lasts 25 days: 2 or 3 are open at once, 2.5 on average."""
    found = people_of(owned_export([*weekly("Ann", 0, 2000, 25.0), *weekly("Bob", 3, 2000, 25.0)], 2000.0))
    assert found.open_deals is not None
    mean, nine_in_ten = found.open_deals
    assert mean == pytest.approx(2.5, abs=0.03)
    assert nine_in_ten == 3.0


def test_deals_that_name_no_owner_are_shared_out() -> None:
    """Every fifth names nobody: reps win and hold as many as all deals say."""
    base = owned_export([*weekly("Ann", 0, 2000, 25.0), *weekly("Bob", 3, 2000, 25.0)], 2000.0)
    unsaid = replace(base, deals=base.deals.with_columns(owner=pl.when(pl.col("deal") % 5 != 0).then("owner")))
    whole, part = people_of(base), people_of(unsaid)
    assert whole.wins_per_month is not None
    assert part.wins_per_month is not None
    assert part.wins_per_month.value == pytest.approx(whole.wins_per_month.value, rel=0.06)
    assert whole.open_deals is not None
    assert part.open_deals is not None
    assert part.open_deals[0] == pytest.approx(whole.open_deals[0], rel=0.06)


def test_wins_and_bookings_of_a_month_by_hand() -> None:
    """A win every 20 days, worth 100: 365.25 / 12 / 20 = 1.52 a month."""
    found = people_of(owned_export(weekly("Ann", 0, 4000), 4000.0))
    assert found.wins_per_month is not None
    assert found.wins_per_month.value == pytest.approx(DAYS_A_MONTH / 20, rel=0.02)
    assert found.bookings_per_month is not None
    assert found.bookings_per_month.value == pytest.approx(100 * DAYS_A_MONTH / 20, rel=0.02)


@pytest.mark.parametrize(
    "team", [LEAVING, HANDED_ON, replace(LEAVING, deals_a_month=1.0, days=("gamma", 120.0, 0.8))]
)
def test_attrition_is_inside_its_interval_nine_times_in_ten(team: MadeTeam) -> None:
    """60 teams of ten seats for three years, of whom some 8 leave; whether a leaver's open deals keep the name or
    get another's, and where a rep takes on one deal a month. Of a right interval 48 to 59 are inside, in 99 of 100
    cases."""
    found = [each.annual_attrition for each in of_teams(team)]
    inside = sum(each is not None and each.low <= 0.3 <= each.high for each in found)
    assert 48 <= inside <= 59, inside
    values = [each.value for each in found if each is not None]
    # half an event of prior in some 22 years is 0.02
    assert np.mean(values) == pytest.approx(0.32, abs=0.04)


def test_where_nobody_leaves_hardly_anybody_is_thought_to() -> None:
    """60 teams of ten for three years, and three silences of 600 that are too long for chance."""
    found = [each.annual_attrition for each in of_teams(replace(LEAVING, annual_attrition=0.0), 60)]
    assert np.mean([each.n for each in found if each is not None]) < 0.1


@pytest.mark.parametrize("team", [LEAVING, HANDED_ON, INHERITED])
def test_headcount_is_that_of_the_seats_that_are_filled(team: MadeTeam) -> None:
    assert np.mean([each.headcount for each in of_teams(team)]) == pytest.approx(TRUE_HEADCOUNT, abs=0.25)


@pytest.mark.parametrize("team", [LEAVING, HANDED_ON])
def test_wins_of_a_rep_are_as_many_as_they_are_once_the_pipeline_is_full(team: MadeTeam) -> None:
    """5 deals a month, 30% of which are won: 1.5. The first months of a window have fewer, and do not count."""
    found = [each.wins_per_month for each in of_teams(team)]
    assert np.mean([each.value for each in found if each is not None]) == pytest.approx(1.5, abs=0.03)
    assert sum(each is not None and each.low <= 1.5 <= each.high for each in found) >= 48


def test_open_deals_are_as_many_as_littles_law_has() -> None:
    """5 a month for 60 days: 9.9 (Little 1961). Leavers' last months, in which they take on none, are few."""
    found = [each.open_deals[0] for each in of_teams(HANDED_ON) if each.open_deals is not None]
    assert np.mean(found) == pytest.approx(5 / DAYS_A_MONTH * 60, rel=0.04)


@pytest.mark.parametrize("team", [RAMPING, replace(RAMPING, annual_growth=0.4, skill_cv=0.3)])
def test_a_ramp_of_half_a_year_is_found(team: MadeTeam) -> None:
    """Among reps who are alike, and among those who differ in a market that grows by 40% a year."""
    found = [each.ramp_months for each in of_teams(team)]
    seen = [each for each in found if each is not None]
    assert len(seen) >= 43
    assert np.mean([each.value for each in seen]) == pytest.approx(6.0, abs=0.7)
    assert sum(each.low <= 6.0 <= each.high for each in seen) >= 0.77 * len(seen)


@pytest.mark.parametrize("team", [LEAVING, HANDED_ON, INHERITED, replace(LEAVING, annual_growth=0.4)])
def test_where_there_is_no_ramp_hardly_ever_is_one_seen(team: MadeTeam) -> None:
    """3 of 60 by chance; some more, as nobody knows the first day. A newcomer who inherits deals, which were
    created before, has not begun slowly, and one who comes late into a market that grows has not begun fast."""
    assert sum(each.ramp_months is not None for each in of_teams(team)) <= 10


def test_a_deal_that_was_handed_on_does_not_make_a_newcomer_old() -> None:
    """Cem begins on day 400 with Bob's three open deals, and takes on one every 10 days, each closed after 20. One
    of them is closed on day 405: who had begun on day 300 would have closed one long before."""
    inherited = [("Cem", 300.0, 430.0, True), ("Cem", 330.0, 405.0, False), ("Cem", 360.0, 440.0, True)]
    found = people_of(owned_export([*weekly("Ann", 0, 800), *inherited, *weekly("Cem", 400, 800, 20.0)], 800.0))
    assert found.headcount == pytest.approx(1 + 400 / 800, abs=0.05)
    assert found.headcount < 1 + 470 / 800


@pytest.mark.parametrize(
    "team",
    [LEAVING, HANDED_ON, replace(LEAVING, annual_growth=0.4), RAMPING],
    ids=["kept", "handed", "growth", "ramp"],
)
def test_reps_who_are_alike_do_not_seem_to_differ(team: MadeTeam) -> None:
    """Wins by chance alone; newcomers, who have won less so far, in a market that grows, too."""
    assert sum(each.skill_cv is not None for each in of_teams(team)) <= 6


def test_how_much_reps_differ_is_found() -> None:
    """Skill with a cv of 0.5, 16 seats for three years with 54 wins each."""
    found = [each.skill_cv for each in of_teams(replace(LEAVING, skill_cv=0.5, reps=16), 40)]
    seen = [each for each in found if each is not None]
    assert len(seen) >= 34
    assert np.mean([each.value for each in seen]) == pytest.approx(0.5, abs=0.08)
    assert sum(each.low <= 0.5 <= each.high for each in seen) >= 0.75 * len(seen)


@pytest.mark.parametrize("rows", [weekly("Ann", 0, 400), [*weekly("Ann", 0, 400), *weekly("Bob", 0, 400)]])
def test_a_few_reps_say_nothing_of_ramp_skill_or_attrition(
    rows: Sequence[tuple[str, float, float, bool]],
) -> None:
    found = people_of(owned_export(rows, 400.0))
    assert (found.annual_attrition, found.ramp_months, found.skill_cv) == (None, None, None)


def test_names_of_owners_make_no_difference() -> None:
    export = made_team_export(replace(RAMPING, skill_cv=0.4), 1)
    names = {
        name: f"x{hash_at:03d}" for hash_at, name in enumerate(sorted(export.deals["owner"].unique(), reverse=True))
    }
    other = replace(export, deals=export.deals.with_columns(owner=pl.col("owner").replace(names)))
    one, two = people_of(export), people_of(other)
    assert two.headcount == pytest.approx(one.headcount)
    for field in ("annual_attrition", "ramp_months", "skill_cv", "wins_per_month", "bookings_per_month"):
        mine, yours = getattr(one, field), getattr(two, field)
        assert (mine is None) == (yours is None)
        assert mine is None or yours.value == pytest.approx(mine.value)


def test_without_owners_or_dates_nothing_is_said_of_reps() -> None:
    export = made_team_export(LEAVING, 1)
    nobody = replace(export, deals=export.deals.with_columns(owner=pl.lit(None, pl.String())))
    found, told = people_fits(nobody)
    assert found == ()
    assert "too few to tell reps by" in told[0]
    found, told = people_fits(replace(export, origin=None))
    assert found == ()
    assert "no dates" in told[0]


def test_owners_who_all_have_one_deal_are_no_reps() -> None:
    found, told = people_fits(owned_export([(f"o{n}", 10.0 * n, 10.0 * n + 5, True) for n in range(30)], 400.0))
    assert found == ()
    assert "no owner has 3 deals" in told[0]


def test_a_team_in_which_nobody_has_won_yet() -> None:
    rows = [(owner, float(day), day + 5.0, False) for owner in "ABCDEFGHIJ" for day in range(0, 700, 9)]
    found = people_of(owned_export(rows, 700.0))
    assert found.bookings_per_month is None
    assert found.skill_cv is None
    assert found.wins_per_month is not None
    assert found.wins_per_month.value < 0.01
