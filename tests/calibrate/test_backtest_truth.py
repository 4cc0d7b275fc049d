"""A backtest of a scenario that is right, and of one after which the world changed."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import polars as pl
import pytest
from made_fits import spread, two_ways
from simulated_exports import beliefs_of, only_won, simulated_export, text_from, windows_made

from channelsim.calibrate.checking import backtest
from channelsim.calibrate.checking.backtest import Backtest, Row, interval_of, run_backtest
from channelsim.calibrate.checking.holdout import day_of
from channelsim.calibrate.checking.later import Figure, predicted, seen
from channelsim.calibrate.estimates import Fit
from channelsim.calibrate.records import Export
from channelsim.errors import UserError
from channelsim.report.calibration_result import backtest_rows, backtest_sentences

WINDOWS = windows_made()
TRUTHS, MANY, REPLICATIONS = 60, 399, 99


def learnt(export: Export) -> Fit:
    """Stands for what was learnt: that deals have values is all that the backtest asks of it."""
    return two_ways(export=export, values={name: spread(1000.0) for name in export.segments})


def backtest_of(export: Export, **options: object) -> Backtest:
    return run_backtest(
        export, 6, learn=learnt, write=lambda _, start: text_from(start), **{"replications": REPLICATIONS} | options
    )  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def right() -> Backtest:
    return backtest_of(simulated_export(WINDOWS, seed=77, replication=0))


@pytest.fixture(scope="module")
def changed() -> Backtest:
    """From the day of the test on, every second deal that would be won is lost."""
    day = float((WINDOWS.start - WINDOWS.warmup_start).days)
    turn = iter(range(10_000))

    def halved(closed: float, won: bool) -> bool:
        return won and not (closed >= day and next(turn) % 2)

    return backtest_of(simulated_export(WINDOWS, seed=77, replication=0, change=halved))


def test_the_truth_is_inside_nine_times_in_ten_if_the_scenario_is_right() -> None:
    predictions = list(predicted(beliefs_of(WINDOWS), WINDOWS, 1, MANY, MANY))
    truths = [seen(simulated_export(WINDOWS, 5, each), WINDOWS) for each in range(TRUTHS)]
    shares = {}
    for figure in Figure:
        low, high = interval_of(np.array([each.in_all(figure) for each in predictions]), 0.9)
        shares[figure] = np.mean([low <= each.in_all(figure) <= high for each in truths])
    # of 60 truths 54 are expected inside, with a standard deviation of 2.5 (and 0.9 of what 399 leave open)
    assert all(share >= 0.78 for share in shares.values()), shares
    assert 0.84 <= np.mean(list(shares.values())) <= 0.96, shares


def test_what_is_counted_in_an_export_is_what_is_counted_in_the_simulation_that_made_it() -> None:
    (own,) = predicted(beliefs_of(WINDOWS), WINDOWS, 5, 1, 1)
    read = seen(simulated_export(WINDOWS, 5, 0), WINDOWS)
    for figure in Figure:
        assert read.in_all(figure) == pytest.approx(own.in_all(figure)), figure
    for figure, values in own.by_month.items():
        np.testing.assert_allclose(read.by_month[figure], values, err_msg=figure)


def test_a_right_scenario_passes(right: Backtest) -> None:
    whole = [row for row in right.rows if row.month is None]
    by_month = [row for row in right.rows if row.month is not None]
    assert [row.figure for row in whole] == list(Figure)
    assert sum(row.is_inside for row in whole) >= 5
    assert np.mean([row.is_inside for row in by_month]) > 0.8
    assert len(right.by_month(Figure.WINS)) == 6
    wins = right.of(Figure.WINS)
    assert wins is not None
    assert f"{WINDOWS.months} months from {WINDOWS.start} on" in " ".join(backtest_sentences(right))


def test_a_win_rate_that_halved_is_told(changed: Backtest, right: Backtest) -> None:
    before, after = right.of(Figure.WINS), changed.of(Figure.WINS)
    assert before is not None
    assert after is not None
    assert (after.low, after.high) == (before.low, before.high)  # nothing of it was known on the day
    assert after.truth < after.low
    assert not changed.of(Figure.BOOKINGS).is_inside  # type: ignore[union-attr]
    assert changed.of(Figure.CREATED).is_inside  # type: ignore[union-attr]
    told = [each for each in backtest_sentences(changed) if "Wins" in each]
    assert len(told) == 1
    assert told[0].endswith("The prediction is too high.")
    assert sum(row.is_inside for row in changed.by_month(Figure.WINS)) <= 3


def test_parameter_uncertainty_makes_the_intervals_wider() -> None:
    beliefs = beliefs_of(WINDOWS)
    certain = replace(beliefs, uncertain=())

    def width(which: object) -> float:
        found = predicted(which, WINDOWS, 1, REPLICATIONS, 0)  # type: ignore[arg-type]
        low, high = interval_of(np.array([each.in_all(Figure.WINS) for each in found]), 0.9)
        return high - low

    assert width(beliefs) > 1.15 * width(certain)


def test_deals_that_were_open_on_the_day_are_in_the_prediction(right: Backtest) -> None:
    """Without the warm-up's pipeline the first month would have next to no wins: deals take a month to be won."""
    first = right.by_month(Figure.WINS)[0]
    later = right.by_month(Figure.WINS)[-1]
    assert first.mean > 0.75 * later.mean


def test_growth_goes_both_ways_from_the_day_of_the_test() -> None:
    beliefs = replace(beliefs_of(WINDOWS), uncertain=())
    found = list(predicted(beliefs, WINDOWS, 1, 40, 0))
    first = np.mean([each.by_month[Figure.CREATED][0] for each in found])
    assert first == pytest.approx(70, abs=4)  # leads per month as the text says, not times 1.2


def test_the_same_twice_gives_the_same(right: Backtest) -> None:
    again = backtest_of(simulated_export(WINDOWS, seed=77, replication=0))
    assert list(backtest_rows(again)) == list(backtest_rows(right))


def test_where_losses_are_not_seen_the_pipeline_is_left_out_and_that_is_said() -> None:
    export = only_won(simulated_export(WINDOWS, seed=77, replication=0))
    found = backtest_of(export, replications=19)
    assert found.of(Figure.OPEN_DEALS) is None
    assert found.of(Figure.OPEN_PIPELINE) is None
    assert found.of(Figure.WINS) is not None
    assert any("which deals were lost" in each for each in found.left_out)


def test_deals_without_an_amount_count_as_the_others_of_their_segment() -> None:
    export = simulated_export(WINDOWS, seed=77, replication=0)
    whole = seen(export, WINDOWS)
    # every third one has none; the others' mean is about theirs
    missing = export.deals.with_columns(value=pl.when(pl.col("deal") % 3 != 0).then("value"))
    found = seen(replace(export, deals=missing), WINDOWS)
    assert found.in_all(Figure.BOOKINGS) == pytest.approx(whole.in_all(Figure.BOOKINGS), rel=0.2)
    assert found.in_all(Figure.WINS) == whole.in_all(Figure.WINS)


def test_of_very_many_deals_cycle_times_are_left_out_and_fewer_replications_do(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(backtest, "MOST_FOLLOWED", 500)
    monkeypatch.setattr(backtest, "REPLICATIONS", {600: 99})
    found = backtest_of(simulated_export(WINDOWS, seed=77, replication=0), replications=None)
    assert found.replications == 19
    assert found.of(Figure.CYCLE_MEDIAN) is None
    assert found.cycles is None
    assert found.of(Figure.WINS) is not None
    assert any("too many to follow" in each for each in found.left_out)


def test_too_little_to_learn_from_is_told() -> None:
    export = simulated_export(WINDOWS, seed=77, replication=0)
    few = replace(export, deals=export.deals.head(40), stages=export.stages.head(40))
    with pytest.raises(UserError, match="the export had 40 deals"):
        backtest_of(few)


@pytest.mark.parametrize(("count", "ends"), [(19, (1, 19)), (99, (5, 95)), (199, (10, 190)), (5, (1, 5))])
def test_the_interval_is_between_order_statistics(count: int, ends: tuple[int, int]) -> None:
    # of 19 values and another one like them, 18 of 20 places lie between the smallest and the largest: 90%
    assert interval_of(np.arange(count, 0, -1.0), 0.9) == ends


def test_the_ends_of_an_interval_belong_to_it() -> None:
    assert Row(Figure.WINS, None, 3.0, 5.0, 3.0, 8.0).is_inside
    assert not Row(Figure.WINS, None, 2.0, 5.0, 3.0, 8.0).is_inside


def test_the_day_of_the_test_is_the_first_of_a_month() -> None:
    export = simulated_export(WINDOWS, seed=77, replication=0)
    assert day_of(export, WINDOWS.start) == 366.0  # 2024 is a leap year
