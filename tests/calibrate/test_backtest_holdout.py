"""What an export would have held on an earlier day."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from channelsim.calibrate.checking.holdout import as_known_at, day_of, windows_of
from channelsim.calibrate.records import LOST, NO, OPEN, WON, YES, Export, Route, frames
from channelsim.errors import UserError

ORIGIN = dt.date(2024, 1, 1)
Stage = tuple[int, float, str]  # step, days, ending


def deal(key: int, created: float, ending: str, *stages: Stage) -> tuple[dict, list[dict]]:
    """A deal whose days are those of its stages."""
    days = sum(stage[1] for stage in stages)
    row = {
        "deal": key, "key": f"D{key}", "source": "web", "segment": "all", "route": "phone", "owner": "Ann",
        "value": 100.0 * (key + 1), "created_day": created,
        "closed_day": None if ending == OPEN else created + days, "days": days, "ending": ending,
    }  # fmt: skip
    return row, [{"deal": key, "step": step, "days": spent, "ending": how} for step, spent, how in stages]


def export_of(*made: tuple[dict, list[dict]], resolution: float = 1.0, cutoff: float = 200.0) -> Export:
    """A hand-made export in which deals go through a demo and a close."""
    deals, stages = frames([row for row, _ in made], [each for _, own in made for each in own])
    return Export(
        files=("deals.csv",), deals=deals, stages=stages,
        routes=(Route("phone", "Phone", "inside", ("demo", "close")),), segments=("all",), sources=("web",),
        labels={}, origin=ORIGIN, first_day=0.0, cutoff_day=cutoff, resolution_days=resolution,
        losses_are_seen=True, currency="USD", columns=(), counts=(), sentences=(),
    )  # fmt: skip


@pytest.fixture
def export() -> Export:
    return export_of(
        deal(0, 10.0, WON, (0, 20.0, YES), (1, 30.0, YES)),  # in the demo until day 30, won on day 60
        deal(1, 20.0, LOST, (0, 25.0, NO)),  # lost on day 45
        deal(2, 25.0, OPEN, (0, 40.0, YES), (1, 134.5, OPEN)),  # in the demo until day 65, still open
        deal(3, 50.0, WON, (0, 0.0, YES), (1, 5.0, YES)),  # in no time through the demo, won on day 55
    )


def test_at_day_50_what_ended_later_is_open_and_later_deals_are_not_there(export: Export) -> None:
    known = as_known_at(export, 50.0)
    # the last look is at day 49.5: dates alone are known, and a deal was created at some time of its day
    assert known.deals.select("key", "ending", "closed_day", "days").rows() == [
        ("D0", OPEN, None, 39.5),
        ("D1", LOST, 45.0, 25.0),
        ("D2", OPEN, None, 24.5),
    ]
    assert known.stages.rows() == [
        (0, 0, 20.0, YES),
        (0, 1, 19.5, OPEN),  # in the close since day 30
        (1, 0, 25.0, NO),
        (2, 0, 24.5, OPEN),
    ]
    assert known.cutoff_day == 50.0


def test_what_happens_on_the_day_itself_is_not_known_at_its_start(export: Export) -> None:
    assert as_known_at(export, 55.0).deals["ending"].to_list() == [OPEN, LOST, OPEN, OPEN]
    assert as_known_at(export, 56.0).deals["ending"].to_list() == [OPEN, LOST, OPEN, WON]
    assert as_known_at(export, 50.0).deals["key"].to_list() == ["D0", "D1", "D2"]


def test_a_stage_of_no_days_was_passed_on_the_day_that_it_began(export: Export) -> None:
    known = as_known_at(export, 51.0)
    assert known.stages.filter(deal=3).rows() == [(3, 0, 0.0, YES), (3, 1, 0.5, OPEN)]


def test_with_times_of_day_an_open_deal_is_as_old_as_it_is() -> None:
    export = export_of(deal(0, 10.25, WON, (0, 20.0, YES), (1, 30.0, YES)), resolution=0.0)
    known = as_known_at(export, 40.0)
    assert known.deals["days"].to_list() == [29.75]
    assert known.stages.rows() == [(0, 0, 20.0, YES), (0, 1, 9.75, OPEN)]


def test_where_there_is_one_stage_alone_it_is_cut_the_same() -> None:
    export = export_of(deal(0, 10.0, WON, (0, 50.0, YES)), deal(1, 12.0, LOST, (0, 5.0, NO)))
    known = as_known_at(export, 40.0)
    assert known.stages.rows() == [(0, 0, 29.5, OPEN), (1, 0, 5.0, NO)]


def test_cutting_at_the_cut_off_changes_nothing(export: Export) -> None:
    assert as_known_at(export, export.cutoff_day) is export
    assert as_known_at(export, export.cutoff_day + 30) is export


ENDINGS = st.sampled_from([WON, LOST, OPEN])


@st.composite
def exports(draw: st.DrawFn) -> Export:
    """Any few deals, as they stand on day 200."""
    resolution = draw(st.sampled_from([0.0, 1.0]))
    days = st.integers(0, 60).map(float)
    made = []
    for key, created in enumerate(sorted(draw(st.lists(st.integers(0, 199), min_size=1, max_size=6)))):
        ending, first, second = draw(ENDINGS), draw(days), draw(days)
        left = 200 - resolution / 2 - created
        if ending == OPEN or created + first + second >= 200:
            is_second = draw(st.booleans()) and created + first < 200
            stages = [(0, first, YES), (1, left - first, OPEN)] if is_second else [(0, left, OPEN)]
            made.append(deal(key, created, OPEN, *stages))
        elif ending == WON:
            made.append(deal(key, created, WON, (0, first, YES), (1, second, YES)))
        else:
            made.append(deal(key, created, LOST, (0, first, NO)))
    return export_of(*made, resolution=resolution)


@given(exports(), st.integers(1, 199), st.integers(1, 199))
def test_cutting_twice_is_cutting_at_the_earlier_day(export: Export, one: int, other: int) -> None:
    early, late = sorted((one, other))
    once, twice = as_known_at(export, early), as_known_at(as_known_at(export, late), early)
    assert_frame_equal(once.deals, twice.deals)
    assert_frame_equal(once.stages, twice.stages)
    assert once.cutoff_day == twice.cutoff_day == early
    assert len(once.stages) == 0 or set(once.stages["deal"]) == set(once.deals["deal"])


def test_the_last_whole_months_are_held_out() -> None:
    # day 200 of 2024 is July 19: June is the last whole month, and the first deals came on January 1
    windows = windows_of(export_of(deal(0, 0.0, OPEN, (0, 199.5, OPEN))), 2)
    assert (windows.warmup_start, windows.start) == (ORIGIN, dt.date(2024, 5, 1))
    assert windows.month_starts == (dt.date(2024, 5, 1), dt.date(2024, 6, 1), dt.date(2024, 7, 1))
    assert windows.warmup_months == 4
    assert day_of(export_of(deal(0, 0.0, OPEN, (0, 199.5, OPEN))), windows.start) == 121.0


@pytest.mark.parametrize(
    ("months", "said"),
    [(0, "at least one, such as 6"), (4, "hold out 3 or fewer"), (40, "hold out 3 or fewer")],
)
def test_too_many_months_to_hold_out_are_told_with_what_would_do(months: int, said: str, export: Export) -> None:
    with pytest.raises(UserError, match=said):
        windows_of(export, months)


def test_an_export_without_dates_cannot_be_cut(export: Export) -> None:
    undated = replace(export, origin=None)
    with pytest.raises(UserError, match="durations and no dates"):
        windows_of(undated, 6)
    with pytest.raises(UserError, match="durations and no dates"):
        as_known_at(undated, 50.0)


def test_a_day_before_the_export_is_told_with_its_first(export: Export) -> None:
    with pytest.raises(UserError, match="the export begins on 2024-01-01"):
        as_known_at(export, 0.0)
