"""4. Attempts: reaching the buyer, spacing, cooling, the unreachable."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from scipy import stats

from channelsim.engine.ledger import Amount, Count
from channelsim.engine.trace import Happening
from worlds import observe, source, step, team, world


def dialling(
    steps: dict[str, Any] | None = None, reps: int = 1, unreachable: float = 0.0, **attempts: Any
) -> dict[str, Any]:
    attempts = {"max": 3, "reach": 1.0, "spacing_hours": 20.0, "effort_hours": 0.25} | attempts
    return world(
        sources={"web": source(1.0, unreachable_share=unreachable)},
        teams={"desk": team(reps)},
        steps=steps or {"call": step(attempts=attempts)},
    )


def test_the_attempt_that_reaches_the_buyer_then_takes_the_touchs_effort() -> None:
    # 0.25 + 1 h
    seen = observe(dialling(), [10.0])
    assert seen.times(Happening.TOUCH_DONE) == [11.25]
    assert (seen.count(Count.ATTEMPTS), seen.count(Count.REACHED), seen.count(Count.TOUCHES)) == (1, 1, 1)


def test_a_lead_that_is_never_reached_is_tried_at_its_spacing_and_lost_as_unreachable() -> None:
    # Attempts of 0.25 h: 10-10.25, 20 h later 30.25-30.5, 50.5-50.75; then lost. No effort, no touch.
    seen = observe(dialling(reach=0.0), [10.0])
    assert seen.times(Happening.TOUCH_STARTED) == [10.0, 30.25, 50.5]
    assert seen.times(Happening.UNREACHABLE) == [50.75]
    assert [event.value for event in seen.of(Happening.NOT_REACHED)] == [1, 2, 3]
    assert (seen.count(Count.ATTEMPTS), seen.count(Count.REACHED), seen.count(Count.TOUCHES)) == (3, 0, 0)
    assert (seen.count(Count.CONTACTED), seen.count(Count.RESPONDED)) == (0, 1)
    assert seen.amount(Amount.WORK_HOURS) == 0.75


def test_a_failed_attempt_travels_nowhere() -> None:
    call = step(attempts={"max": 1, "reach": 0.0, "effort_hours": 0.25}, travel_hours=2.0, visit=True)
    seen = observe(world(steps={"call": call}), [10.0])
    assert seen.amount(Amount.WORK_HOURS) == 0.25
    assert (seen.amount(Amount.TRAVEL_HOURS), seen.count(Count.VISITS)) == (0.0, 0)


def test_an_attempt_takes_longer_with_a_lower_selling_share() -> None:
    tree = dialling(reach=0.0) | {"teams": {"desk": team(people={"selling_share": 0.5})}}
    assert observe(tree, [10.0]).times(Happening.TOUCH_STARTED) == [10.0, 30.5, 51.0]


def test_a_share_of_leads_can_never_be_reached_however_often_they_are_tried() -> None:
    # 400 leads, 3 attempts that always reach: of those lost, all were tried thrice; about 30% (binomial).
    seen = observe(dialling(reps=50, unreachable=0.3), list(np.arange(400) * 0.5))
    lost = seen.count(Count.UNREACHABLE)
    assert stats.binomtest(lost, 400, 0.3).pvalue > 1e-3
    assert seen.count(Count.ATTEMPTS) == 3 * lost + (400 - lost)


def test_attempts_reach_with_their_probability_and_stop_at_the_maximum() -> None:
    # p = 0.4, at most 3: 400 leads are lost with 0.6 ** 3 = 0.216; reached at attempt 1, 2, 3 with .4, .24, .144.
    seen = observe(dialling(reps=50, reach=0.4), list(np.arange(400) * 0.5))
    attempts = np.bincount([len(seen.of(Happening.TOUCH_STARTED, lead=lead)) for lead in seen.leads(Happening.WON)])
    observed = [*attempts[1:4], seen.count(Count.UNREACHABLE)]
    assert stats.chisquare(observed, 400 * np.array([0.4, 0.24, 0.144, 0.216])).pvalue > 1e-3


def test_a_lead_cools_with_its_age_since_it_was_last_warm() -> None:
    # Warm until 10 h, hopeless from 20 h on: a lead served at once is always reached; one that waits 100 h never.
    cooling = {"10h": 1.0, "20h": 0.0}
    busy = dialling(cooling=cooling)
    assert observe(busy, [10.0]).count(Count.REACHED) == 1
    waiting = busy | {
        "teams": {"desk": team({0: 0, 1: 1})},
        "horizon": {"start": busy["horizon"]["start"], "months": 2},
    }
    # The rep comes on April 1st, hour 744.
    seen = observe(waiting, [644.0])
    assert seen.life(0)[-1] == "UNREACHABLE"
    assert seen.times(Happening.TOUCH_STARTED) == [744.0, 764.25, 784.5]


def test_the_age_counts_from_the_last_yes() -> None:
    # Five days pass before the second step; the yes there warms the lead, and the attempt comes at once.
    attempts = {"max": 1, "reach": 1.0, "cooling": {"10h": 1.0, "20h": 0.0}, "effort_hours": 0.0}
    steps = {"call": step(buyer_days=5.0), "again": step(attempts=attempts)}
    assert observe(world(steps=steps), [10.0]).count(Count.WON) == 1


def test_the_delay_of_a_hand_off_makes_a_lead_older() -> None:
    attempts = {"max": 1, "reach": 1.0, "cooling": {"10h": 1.0, "20h": 0.0}, "effort_hours": 0.0}
    steps = {"call": step(), "meet": step("field", attempts=attempts, handoff={"delay_hours": 30.0})}
    seen = observe(world(teams={"desk": team(), "field": team()}, steps=steps), [10.0])
    assert seen.life(0)[-1] == "UNREACHABLE"


def test_coming_back_from_nurture_warms_a_lead() -> None:
    # No to the first decision; back after 10 days; reached at once although 240 h old.
    attempts = {"max": 1, "reach": 1.0, "cooling": {"10h": 1.0, "20h": 0.0}}
    motion = {"nurture": {"share": 1.0, "days": 10.0}, "steps": {"call": step(attempts=attempts, advance=0.0)}}
    seen = observe(world(motions={"sale": motion}), [10.0])
    assert seen.count(Count.REACHED) == 2
    assert seen.life(0)[-1] == "DECLINED"


def test_half_cooled_leads_are_reached_half_as_often() -> None:
    # One rep starts at 744 with 300 leads of age 10 to 10.3 h: reach 0.8, cooled to 0.5 -> 0.4.
    attempts = {"max": 1, "reach": 0.8, "cooling": {"1h": 0.5}, "effort_hours": 0.0}
    tree = world(
        months=2, teams={"desk": team({0: 0, 1: 1})}, steps={"call": step(effort_hours=0.0, attempts=attempts)}
    )
    seen = observe(tree, [734.0 - each * 0.001 for each in range(300)][::-1])
    assert stats.binomtest(seen.count(Count.REACHED), 300, 0.4).pvalue > 1e-3


def test_after_the_buyer_was_reached_further_touches_need_no_attempt() -> None:
    call = step(touches=2, touch_spacing_hours=5.0, attempts={"max": 1, "reach": 1.0, "effort_hours": 0.25})
    seen = observe(world(steps={"call": call}), [10.0])
    # 0.25 + 1 h, then 1 h.
    assert [event.value for event in seen.of(Happening.TOUCH_STARTED)] == [1.25, 1.0]
    assert (seen.count(Count.ATTEMPTS), seen.count(Count.TOUCHES)) == (1, 2)


def test_attempts_start_afresh_at_every_step() -> None:
    twice = {name: step(attempts={"max": 2, "reach": 1.0, "effort_hours": 0.0}) for name in ("a", "b")}
    seen = observe(world(steps=twice), [10.0])
    assert seen.count(Count.WON) == 1
    assert seen.count(Count.ATTEMPTS) == 2


def test_the_chance_by_age_is_the_tables_in_the_long_run() -> None:
    # reach 1, cooling from 1 at 1 h to 0 at 100 h: at 10 h one half. 400 leads wait exactly 10 h for their rep.
    attempts = {"max": 1, "reach": 1.0, "cooling": {"1h": 1.0, "100h": 0.0}, "effort_hours": 0.0}
    tree = world(
        months=2, teams={"desk": team({0: 0, 1: 1})}, steps={"call": step(effort_hours=0.0, attempts=attempts)}
    )
    seen = observe(tree, [734.0] * 400)
    assert math.isclose(seen.times(Happening.TOUCH_STARTED)[0], 744.0)
    assert stats.binomtest(seen.count(Count.REACHED), 400, 0.5).pvalue > 1e-3
    assert seen.count(Count.REACHED) + seen.count(Count.UNREACHABLE) == 400


def test_a_lead_is_looked_at_by_other_leads_while_it_waits_for_its_next_attempt() -> None:
    # Attempts 20 h apart leave the rep free in between.
    seen = observe(dialling(reach=0.0, max=2), [10.0, 11.0])
    assert seen.times(Happening.TOUCH_STARTED) == pytest.approx([10.0, 11.0, 30.25, 31.25])
