"""The round trip: known worlds are simulated, exported as a CRM would, read and estimated, and the truth lies
inside the 90% intervals as often as it should. `python -m studies round_trip` does it more than once."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import pytest
from matplotlib import pyplot

from channelsim.calibrate.estimates import INTERVAL
from studies.round_trip.charts import coverage_by_kind
from studies.round_trip.coverage import Trip, coverage, luck_of, round_trip
from studies.round_trip.tables import TOLERANCE, all_of, kinds_of, tables
from studies.round_trip.truth import Compared, truth_of
from studies.round_trip.worlds import HISTORY, LEADS_AND_WON, REPORT, WORLDS, worlds

SEED = 1
KNOWN = worlds()


@cache
def trips() -> tuple[Trip, ...]:
    return tuple(round_trip(truth_of(world), SEED, 0) for world in KNOWN)


@cache
def compared(naive: bool) -> list[Compared]:
    return all_of(trips())[naive]


def of(kinds: Sequence[str], naive: bool) -> list[Compared]:
    return [each for each in compared(naive) if each.kind in kinds]


def test_worlds_are_of_every_shape() -> None:
    assert {world.shape for world in KNOWN} == {HISTORY, REPORT, LEADS_AND_WON}
    assert {world.answers_at_once for world in KNOWN} == {True, False}


def test_worlds_do_not_share_their_luck() -> None:
    lucks = [luck_of(world, replication) for world in worlds() for replication in range(3)]
    assert len(set(lucks)) == 3 * WORLDS


def test_the_truth_is_inside_the_intervals_as_often_as_it_should() -> None:
    found = coverage(compared(naive=False))
    assert found.value == pytest.approx(INTERVAL, abs=TOLERANCE), kinds_outside(compared(naive=False))


def test_leaving_the_open_deals_out_fails_the_same_test() -> None:
    found = coverage(compared(naive=True))
    assert found.high < INTERVAL - TOLERANCE


@pytest.mark.parametrize("kind", ["advance", "days until no: mean"])
def test_leaving_the_open_deals_out_hides_slow_losses(kind: str) -> None:
    """Who says no takes longer, so more of them are still open: without these, too many seem to go on, and those
    who say no seem to do so soon."""
    with_them, without = coverage(of([kind], naive=False)), coverage(of([kind], naive=True))
    assert without.value < with_them.value - 0.1


def test_tables_tell_of_every_kind_of_parameter_and_every_world() -> None:
    by_kind, by_world = tables(trips())
    assert [row[0] for row in by_kind.rows] == [*kinds_of(compared(naive=False)), "all"]
    assert [row[0] for row in by_world.rows] == [world.name for world in KNOWN]
    assert sum(int(row[6].replace(",", "")) for row in by_world.rows) == len(compared(naive=False))
    assert by_kind.rows[-1][1] == f"{len(compared(naive=False)):,}"


def test_the_picture_shows_both_fits() -> None:
    figure = coverage_by_kind(trips(), "known worlds")
    (axes,) = figure.axes
    _, words = axes.get_legend_handles_labels()
    assert words == ["calibrate", "without the open deals"]
    pyplot.close(figure)


def kinds_outside(found: Sequence[Compared]) -> dict[str, float]:
    """How often each kind is inside, for whoever has to find out why."""
    return {kind: coverage([each for each in found if each.kind == kind]).value for kind in kinds_of(found)}
