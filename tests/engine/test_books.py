"""9. The books: conserved, complete, and the same whether anyone looks or not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from channelsim.engine.ledger import Amount, ConservationError, Count, Ledger, check_conservation
from channelsim.engine.reference import simulate
from channelsim.engine.trace import Happening, Trace, lead_id
from worlds import observe, program_of, source, step, team, world

TREE = world(
    months=2,
    sources={"web": source(300.0, unreachable_share=0.2), "fair": source(60.0)},
    teams={"desk": team(2), "field": team(1)},
    steps={
        "call": step(advance=0.6, patience_hours=30.0, attempts={"max": 2, "reach": 0.6}),
        "meet": step("field", advance=0.5, buyer_days=3.0, opportunity=True, handoff={"leak": 0.1}),
    },
)
PROGRAM = program_of(TREE)
LEDGER = simulate(PROGRAM, 1, 0)


def test_leads_are_conserved_in_every_stream_and_motion() -> None:
    by_stream = LEDGER.counts.sum(axis=(1, 3, 4))
    ended = sum(
        by_stream[what] for what in (Count.WON, Count.DECLINED, Count.UNREACHABLE, Count.COOLED, Count.DROPPED)
    )
    assert (by_stream[Count.ARRIVED] == ended + LEDGER.open_leads.sum(axis=(1, 2))).all()
    assert (by_stream[Count.ARRIVED] > 0).all()


@pytest.mark.parametrize("what", [Count.ARRIVED, Count.WON, Count.DECLINED, Count.UNREACHABLE, Count.COOLED])
def test_a_lead_added_to_the_books_or_taken_from_them_is_noticed(what: Count) -> None:
    for change in (1, -1):
        counts = LEDGER.counts.copy()
        counts[what, 0, 0, 0, 0] += change
        with pytest.raises(ConservationError, match=r"stream 0, motion 0: \d+ leads arrived, but \d+ ended"):
            check_conservation(replace(LEDGER, counts=counts))


def test_an_open_lead_too_many_is_noticed() -> None:
    open_leads = LEDGER.open_leads.copy()
    open_leads[1, 0, 1] += 1
    with pytest.raises(ConservationError, match="stream 1"):
        check_conservation(replace(LEDGER, open_leads=open_leads))


def test_a_lead_moved_from_one_stream_to_another_is_noticed() -> None:
    counts = LEDGER.counts.copy()
    counts[Count.WON, 0, 0, 0, 1] += 1
    counts[Count.WON, 0, 1, 0, 1] -= 1
    with pytest.raises(ConservationError):
        check_conservation(replace(LEDGER, counts=counts))


def test_a_negative_count_is_noticed_even_if_the_sums_agree() -> None:
    open_leads = LEDGER.open_leads.copy()
    open_leads[0, 0, 0] += 5 + open_leads[0, 0, 1]
    open_leads[0, 0, 1] = -5
    with pytest.raises(ConservationError, match="negative"):
        check_conservation(replace(LEDGER, open_leads=open_leads))


def same(first: Ledger, second: Ledger) -> bool:
    names = ("counts", "amounts", "open_leads", "open_nurtured", "reps", "rep_amounts")
    return all(np.array_equal(getattr(first, name), getattr(second, name)) for name in names)


def test_tracing_changes_nothing() -> None:
    assert same(LEDGER, simulate(PROGRAM, 1, 0, Trace()))
    assert same(LEDGER, simulate(PROGRAM, 1, 0, Trace(only_lead=3)))


def test_a_trace_of_one_lead_holds_its_events_alone_and_its_draws() -> None:
    lead = lead_id(0, 7)
    one, every = Trace(only_lead=lead), Trace()
    simulate(PROGRAM, 1, 0, one)
    simulate(PROGRAM, 1, 0, every)
    assert one.events == [event for event in every.events if event.lead == lead]
    assert one.draws
    assert {draw.lead for draw in one.draws} == {lead}
    assert every.draws == []
    keys = [(draw.purpose, draw.k, draw.step_key) for draw in one.draws]
    repeated = {key for key in keys if keys.count(key) > 1}
    # Only whether the lead can be reached at all is asked at each attempt anew, with the same answer.
    assert all(purpose == 4 for purpose, _, _ in repeated)


def test_counts_stand_in_the_month_and_at_the_step_where_the_lead_was() -> None:
    # Call at 740-741 in March; the buyer thinks two days; second step 789-790 in April, won at once.
    seen = observe(world(months=2, steps={"call": step(buyer_days=2.0), "close": step()}), [740.0])
    where = {what: np.argwhere(seen.ledger.counts[what]).tolist() for what in Count}
    assert where[Count.ARRIVED] == [[0, 0, 0, 0]]
    assert where[Count.ENTERED] == where[Count.TOUCHES] == [[0, 0, 0, 0], [1, 0, 0, 1]]
    assert where[Count.ADVANCED] == [[1, 0, 0, 0], [1, 0, 0, 1]]
    assert where[Count.WON] == [[1, 0, 0, 1]]
    assert where[Count.CONTACTED] == where[Count.RESPONDED] == [[0, 0, 0, 0]]
    assert np.argwhere(seen.ledger.amounts[Amount.CYCLE_HOURS]).tolist() == [[1, 0, 0, 1]]


def test_the_last_event_of_every_lead_is_its_end_or_it_is_open() -> None:
    trace = Trace()
    ledger = simulate(PROGRAM, 1, 0, trace)
    last = {event.lead: event.happening for event in trace.events if event.lead >= 0}
    ends = {Happening.WON, Happening.DECLINED, Happening.UNREACHABLE, Happening.COOLED, Happening.DROPPED}
    assert sum(happening not in ends for happening in last.values()) == ledger.open_leads.sum()
