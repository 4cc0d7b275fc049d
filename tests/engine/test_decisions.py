"""5. to 7. The buyer decides; nurture; hand-off; winning."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from channelsim.engine.ledger import Amount, Count, RepAmount
from channelsim.engine.trace import Happening
from worlds import Happened, observe, program_of, source, step, team, world

MANY = list(np.arange(400) * 0.5)


def test_yes_and_no_take_different_times() -> None:
    # Touch 10-11; yes after 4 days, no after 9.
    decided = {"buyer_days": 4.0, "buyer_days_if_no": 9.0}
    assert observe(world(steps={"call": step(advance=1.0, **decided)}), [10.0]).times(Happening.WON) == [11.0 + 96]
    no = observe(world(steps={"call": step(advance=0.0, **decided)}), [10.0])
    assert no.times(Happening.DECLINED) == [11.0 + 216]
    assert [event.value for event in no.of(Happening.DECIDING)] == [216.0]


def test_the_rep_is_free_while_the_buyer_thinks() -> None:
    seen = observe(world(steps={"call": step(buyer_days=5.0)}), [10.0, 10.5])
    assert seen.times(Happening.TOUCH_STARTED) == [10.0, 11.0]


def test_buyers_say_yes_with_the_probability_of_their_source_and_segment() -> None:
    # web: 0.5; fair: 0.5 x 0.4 = 0.2.
    tree = world(
        sources={"web": source(), "fair": source()},
        teams={"desk": team(50)},
        steps={"call": step(advance=0.5, source_factor={"fair": 0.4})},
    )
    seen = observe(tree, {0: MANY, 1: MANY})
    won = seen.ledger.counts[Count.WON].sum(axis=(0, 2, 3))
    assert stats.binomtest(int(won[0]), 400, 0.5).pvalue > 1e-3
    assert stats.binomtest(int(won[1]), 400, 0.2).pvalue > 1e-3


def test_the_probability_of_a_yes_follows_the_deals_value() -> None:
    # 0.5 x 1.6 at 100; 0.5 x 0.4 at 10,000.
    curve = {100: 1.6, 10_000: 0.4}
    for value, chance in ((100.0, 0.8), (1000.0, 0.5), (10_000.0, 0.2)):
        tree = world(
            segments={"all": {"deal_value": value}},
            teams={"desk": team(50)},
            steps={"call": step(advance=0.5, value_factor=curve)},
        )
        assert stats.binomtest(observe(tree, MANY).count(Count.WON), 400, chance).pvalue > 1e-3


def test_the_outcome_is_of_the_month_in_which_the_touches_ended() -> None:
    # A yes is certain in March and impossible in April. The touch of 740 ends in March; the buyer answers in
    # April, and still says yes. The touch of 743.5 begins in March and ends in April.
    program = program_of(world(months=2, teams={"desk": team(2)}, steps={"call": step(buyer_days=2.0)}))
    advance = program.advance.copy()
    advance[..., 1] = 0.0
    seen = observe(program._replace(advance=advance), [740.0, 743.5])
    assert seen.leads(Happening.WON) == [0]
    assert seen.leads(Happening.DECLINED) == [1]
    assert seen.ledger.counts[Count.WON].sum(axis=(1, 2, 3)).tolist() == [0, 1]


def nurtured(
    advance: float = 0.0, share: float = 1.0, times: int = 1, reps: int = 1, **sections: Any
) -> dict[str, Any]:
    steps = {"call": step(), "close": step(advance=advance, opportunity=True, buyer_days=1.0)}
    motion = {"nurture": {"share": share, "days": 10.0, "max_times": times}, "steps": steps}
    return world(motions={"sale": motion}, teams={"desk": team(reps)}, **sections)


def test_a_nurtured_lead_comes_back_to_the_first_step_and_at_most_so_often() -> None:
    # 10-11 call, 11-12 close, no after a day at 36; back 240 h later at 276; again 276-278, no at 302; at most
    # two returns: back at 542, no at 568, lost.
    seen = observe(nurtured(times=2), [10.0])
    assert seen.times(Happening.NURTURED) == [36.0, 302.0]
    assert seen.times(Happening.RETURNED) == [276.0, 542.0]
    assert seen.times(Happening.DECLINED) == [568.0]
    assert [event.step for event in seen.of(Happening.ENTERED)] == [0, 1] * 3
    assert (seen.count(Count.ARRIVED), seen.count(Count.NURTURED), seen.count(Count.DECLINED)) == (1, 2, 1)


def test_only_a_share_of_those_who_decline_is_nurtured() -> None:
    seen = observe(nurtured(share=0.3, reps=50), MANY)
    assert stats.binomtest(seen.count(Count.NURTURED), 400, 0.3).pvalue > 1e-3
    assert seen.count(Count.DECLINED) == 400


def test_a_lead_in_nurture_at_the_end_is_open_at_the_step_that_declined() -> None:
    seen = observe(nurtured(), [700.0])
    assert seen.ledger.open_leads[0, 0].tolist() == [0, 1]
    assert seen.ledger.open_nurtured[0, 0].tolist() == [0, 1]


def test_a_nurtured_lead_has_new_luck_when_it_returns() -> None:
    # A yes with 0.5: of those back from nurture, some win.
    seen = observe(nurtured(advance=0.5, reps=50), MANY)
    returned = set(seen.leads(Happening.RETURNED))
    won_late = returned & set(seen.leads(Happening.WON))
    assert stats.binomtest(len(won_late), len(returned), 0.5).pvalue > 1e-3


def test_an_opportunity_is_counted_once_though_it_comes_back() -> None:
    seen = observe(nurtured(times=2), [10.0])
    assert seen.count(Count.OPPORTUNITIES) == 1
    assert seen.count(Count.ENTERED) == 6


def test_the_pipeline_opens_and_closes_with_every_cycle() -> None:
    # Worth 1,000: opened at 11, closed into nurture at 36; opened again after the return, closed by the last no.
    seen = observe(nurtured(), [10.0])
    assert seen.amount(Amount.PIPELINE_OPENED) == 2000.0
    assert seen.amount(Amount.PIPELINE_CLOSED) == 2000.0


def test_a_lead_is_an_opportunity_from_the_marked_step_on() -> None:
    steps = {"call": step(), "demo": step(opportunity=True, buyer_days=1.0), "close": step(buyer_days=100.0)}
    seen = observe(world(steps=steps), [10.0])
    assert seen.ledger.counts[Count.OPPORTUNITIES, 0, 0, 0].tolist() == [0, 1, 0]
    # Still open at the end, at the third step: opened 1,000, closed nothing.
    assert seen.ledger.open_leads[0, 0].tolist() == [0, 0, 1]
    assert seen.amount(Amount.PIPELINE_OPENED) - seen.amount(Amount.PIPELINE_CLOSED) == 1000.0


def test_a_lead_lost_before_the_marked_step_was_no_opportunity() -> None:
    steps = {"call": step(advance=0.0), "demo": step(opportunity=True)}
    seen = observe(world(steps=steps), [10.0])
    assert seen.count(Count.OPPORTUNITIES) == 0
    assert seen.amount(Amount.PIPELINE_OPENED) == seen.amount(Amount.PIPELINE_CLOSED) == 0.0


def handed(delay: float = 0.0, leak: float = 0.0, reps: int = 1, **fields: Any) -> dict[str, Any]:
    return world(
        teams={"desk": team(reps), "field": team(reps)},
        steps={"call": step(), "meet": step("field", handoff={"delay_hours": delay, "leak": leak}, **fields)},
    )


def test_a_hand_off_takes_its_delay() -> None:
    # Call 10-11; handed over for 30 h; meeting 41-42.
    seen = observe(handed(delay=30.0), [10.0])
    assert seen.times(Happening.HANDING_OFF) == [11.0]
    assert seen.times(Happening.ENTERED) == [10.0, 41.0]
    assert seen.times(Happening.WON) == [42.0]


def test_a_lead_that_leaks_at_the_hand_off_is_dropped_at_the_step_before() -> None:
    seen = observe(handed(delay=30.0, leak=1.0), [10.0])
    assert seen.times(Happening.DROPPED) == [11.0]
    assert seen.ledger.counts[Count.DROPPED, 0, 0, 0].tolist() == [1, 0]
    # The buyer said yes: that is counted, and the second step was never entered.
    assert seen.ledger.counts[Count.ADVANCED, 0, 0, 0].tolist() == [1, 0]
    assert seen.ledger.counts[Count.ENTERED, 0, 0, 0].tolist() == [1, 0]


def test_leads_leak_with_their_probability() -> None:
    seen = observe(handed(leak=0.25, reps=50), MANY)
    assert stats.binomtest(seen.count(Count.DROPPED), 400, 0.25).pvalue > 1e-3


def test_within_a_team_there_is_no_hand_off() -> None:
    steps = {"call": step(), "meet": step(handoff={"delay_hours": 30.0, "leak": 1.0})}
    seen = observe(world(steps=steps), [10.0])
    assert seen.times(Happening.WON) == [12.0]
    assert seen.of(Happening.HANDING_OFF) == []


def test_a_lead_on_its_way_at_the_end_is_open_at_the_step_that_it_left() -> None:
    seen = observe(handed(delay=500.0), [500.0])
    assert seen.ledger.open_leads[0, 0].tolist() == [1, 0]


def test_a_win_is_booked_at_the_last_decision_with_its_value_and_cycle() -> None:
    # 10-11, a day, 35-36, two days: won at 84, 74 h after it came; 1,000 x 1.3.
    steps = {"call": step(buyer_days=1.0), "close": step(buyer_days=2.0)}
    tree = world(motions={"sale": {"deal_value_factor": 1.3, "steps": steps}})
    seen = observe(tree, [10.0])
    assert seen.times(Happening.WON) == [84.0]
    assert (seen.amount(Amount.BOOKINGS), seen.amount(Amount.CYCLE_HOURS)) == (1300.0, 74.0)
    assert seen.amount(Amount.OFFERED_VALUE) == 1000.0
    assert seen.ledger.counts[Count.WON, 0, 0, 0].tolist() == [0, 1]


def test_pipeline_is_valued_as_it_would_be_booked() -> None:
    motion = {"deal_value_factor": 1.3, "steps": {"call": step(opportunity=True)}}
    seen = observe(world(motions={"sale": motion}), [10.0])
    assert seen.amount(Amount.PIPELINE_OPENED) == seen.amount(Amount.PIPELINE_CLOSED) == 1300.0


def credit(seen: Happened, what: RepAmount) -> dict[int, float]:
    """By seat."""
    values = seen.ledger.rep_amounts[what].sum(axis=1)
    return {int(seat): float(value) for (seat, _), value in zip(seen.ledger.reps, values, strict=True) if value}


def test_a_win_is_credited_to_the_rep_of_the_last_touch() -> None:
    # Lead 0 is called by seat 0 at 10. At 11.5 it is closed by seat 1 if seat 0 is busy: seat 1, idle longest.
    steps = {"call": step(buyer_days=0.5), "close": step()}
    seen = observe(world(teams={"desk": team(2)}, steps=steps), [10.0])
    assert [event.seat for event in seen.of(Happening.TOUCH_STARTED)] == [0, 1]
    assert credit(seen, RepAmount.DEALS) == {1: 1.0}
    assert credit(seen, RepAmount.CLOSED_VALUE) == {1: 1000.0}
    assert credit(seen, RepAmount.HANDED_VALUE) == credit(seen, RepAmount.TAKEN_VALUE) == {}
    assert credit(seen, RepAmount.HANDED_LEADS) == {}


def test_the_rep_who_handed_a_lead_over_is_credited_apart() -> None:
    # Desk is seat 0, field seat 1.
    seen = observe(handed(), [10.0])
    assert credit(seen, RepAmount.CLOSED_VALUE) == {1: 1000.0}
    assert credit(seen, RepAmount.HANDED_VALUE) == {0: 1000.0}
    assert credit(seen, RepAmount.TAKEN_VALUE) == {1: 1000.0}
    assert credit(seen, RepAmount.HANDED_LEADS) == {0: 1.0}


def test_deal_values_are_drawn_from_the_segments_distribution() -> None:
    tree = world(segments={"all": {"deal_value": {"dist": "lognormal", "mean": 500.0, "cv": 0.8}}})
    seen = observe(tree, MANY)
    sigma = np.sqrt(np.log1p(0.64))
    values = [event.value for event in seen.of(Happening.ARRIVED)]
    assert stats.kstest(values, stats.lognorm(sigma, scale=500 / np.sqrt(1.64)).cdf).pvalue > 1e-3
    assert seen.amount(Amount.OFFERED_VALUE) == pytest.approx(sum(values))
