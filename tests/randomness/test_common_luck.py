"""The promise of common random numbers: whoever is there, a lead keeps its own life and its own luck."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy import stats

from channelsim.engine.ledger import Amount, Count, Ledger
from channelsim.engine.reference import simulate
from channelsim.engine.trace import Draw, Event, Happening, Trace, lead_id
from channelsim.program.codes import Purpose
from channelsim.program.keys import key32
from worlds import observe, program_of, source, step, team, world

LOGNORMAL = {"dist": "lognormal", "mean": 2.0, "cv": 1.0}
SEGMENTS = {
    "small": {"deal_value": {"dist": "lognormal", "mean": 900.0, "cv": 0.7}},
    "big": {"deal_value": {"dist": "gamma", "mean": 9000.0, "cv": 0.9}},
}
PHONE = {
    "call": step(effort_hours=LOGNORMAL, attempts={"max": 4, "reach": 0.5}),
    "qualify": step(effort_hours=LOGNORMAL, advance=0.6, buyer_days={"dist": "exponential", "mean": 3.0}),
}
HYBRID = {
    "qualify": step("field", effort_hours=LOGNORMAL, advance=0.6, buyer_days={"dist": "exponential", "mean": 3.0}),
}


def market(**sections: Any) -> dict[str, Any]:
    base = {
        "segments": SEGMENTS,
        "sources": {"web": source(200.0, {"small": 0.8, "big": 0.2}), "fair": source(50.0, {"big": 1.0})},
        "teams": {"desk": team(3), "field": team(2)},
        "motions": {"phone": {"steps": PHONE}, "visit": {"steps": HYBRID}},
        "routing": [{"motion": "phone"}],
    }
    return world(**(base | sections))


def arrived(tree: dict[str, Any], stream: int, **run: int) -> list[tuple[float, float]]:
    """Arrival and deal value of a stream's leads."""
    seen = observe(tree, **run)
    return [(event.time, event.value) for event in seen.of(Happening.ARRIVED) if event.lead >> 32 == stream]


def luck(tree: dict[str, Any], lead: int) -> dict[tuple[int, int, int], float]:
    """A lead's draws by purpose, number and step."""
    trace = Trace(only_lead=lead)
    simulate(program_of(tree), 1, 0, trace)
    return {(draw.purpose, draw.k, draw.step_key): draw.u for draw in trace.draws}


def test_adding_a_source_changes_no_other_leads_arrival_or_value() -> None:
    # Even in front of the others, which shifts every stream's index by one.
    base = market()
    more = market(sources={"referral": source(300.0, {"small": 1.0})} | base["sources"])
    for stream in range(3):
        before = arrived(base, stream)
        assert before == arrived(more, stream + 1)
        assert len(before) > 20


def test_adding_a_source_changes_no_other_leads_luck() -> None:
    base = market()
    more = market(sources={"referral": source(30.0, {"small": 1.0})} | base["sources"])
    for ordinal in range(12):
        before, after = luck(base, lead_id(0, ordinal)), luck(more, lead_id(1, ordinal))
        # What happens may differ, since reps are busier; the draws that both lives need are the same.
        assert before.keys() & after.keys()
        assert all(before[key] == after[key] for key in before.keys() & after.keys())


def test_adding_a_segment_to_a_source_leaves_the_others_at_their_rates_alone() -> None:
    few = market(sources={"web": source(100.0, {"small": 1.0})})
    both = market(sources={"web": source(200.0, {"small": 0.5, "big": 0.5})})
    assert arrived(few, 0) == arrived(both, 0)


def test_a_lead_has_the_same_luck_at_a_step_of_the_same_name_by_phone_and_in_person() -> None:
    qualify = key32("step", "qualify")
    compared = 0
    for ordinal in range(15):
        by_phone = luck(market(), lead_id(0, ordinal))
        in_person = luck(market(routing=[{"motion": "visit"}]), lead_id(0, ordinal))
        shared = [key for key in by_phone if key[2] == qualify and key in in_person]
        assert all(by_phone[key] == in_person[key] for key in shared)
        compared += len(shared)
        assert by_phone.get((Purpose.DEAL_VALUE, 0, 0)) == in_person.get((Purpose.DEAL_VALUE, 0, 0))
    assert compared > 15


def test_a_lead_has_different_luck_at_steps_of_different_names() -> None:
    outcomes: dict[int, list[float]] = {}
    for ordinal in range(25):
        for (purpose, _, step_key), u in luck(market(), lead_id(0, ordinal)).items():
            if purpose == Purpose.EFFORT_HOURS:
                outcomes.setdefault(step_key, []).append(u)
    assert len(outcomes) == 2
    assert len({u for draws in outcomes.values() for u in draws}) == sum(map(len, outcomes.values()))


def test_more_reps_change_nobodys_arrival_value_or_way() -> None:
    few, many = market(), market(teams={"desk": team(9), "field": team(2)})
    for stream in range(3):
        assert arrived(few, stream) == arrived(many, stream)


def test_one_more_seat_changes_no_other_seats_people() -> None:
    people = {"annual_attrition": 6.0, "hire_days": {"dist": "exponential", "mean": 10.0}, "skill_cv": 0.4}

    def staff(headcount: int) -> list[Event]:
        seen = observe(world(months=6, teams={"desk": team(headcount, people=people)}), [])
        return [event for event in seen.of(Happening.HIRED, Happening.DEPARTED) if event.seat < 3]

    assert staff(3) == staff(4)
    assert len(staff(3)) > 6


def test_a_higher_rate_keeps_each_leads_value() -> None:
    slow = [value for _, value in arrived(market(), 2)]
    fast = [
        value for _, value in arrived(market(sources=market()["sources"] | {"fair": source(90.0, {"big": 1.0})}), 2)
    ]
    assert fast[: len(slow)] == slow
    assert len(fast) > len(slow)


def same(first: Ledger, second: Ledger) -> bool:
    return all(
        np.array_equal(getattr(first, name), getattr(second, name))
        for name in ("counts", "amounts", "open_leads", "open_nurtured", "reps", "rep_amounts")
    )


def test_the_same_seed_and_replication_give_the_same_ledger_and_others_another() -> None:
    program = program_of(market())
    assert same(simulate(program, 5, 2), simulate(program, 5, 2))
    assert not same(simulate(program, 5, 2), simulate(program, 6, 2))
    assert not same(simulate(program, 5, 2), simulate(program, 5, 3))
    # Seeds are 64 bits: one that differs in the upper half alone is another.
    assert not same(simulate(program, 5, 2), simulate(program, 5 + 2**40, 2))


def test_a_replication_needs_none_before_it() -> None:
    program = program_of(market())
    alone = simulate(program, 5, 999_999)
    for replication in range(3):
        simulate(program, 5, replication)
    assert same(alone, simulate(program, 5, 999_999))


def test_replications_are_independent() -> None:
    # Of 200 replications' totals, neighbours are unrelated: standard error of a correlation 1 / sqrt(199).
    program = program_of(market(sources={"web": source(60.0, {"small": 1.0})}))
    totals = np.array(
        [simulate(program, 1, replication).amounts[Amount.OFFERED_VALUE].sum() for replication in range(200)]
    )
    assert abs(np.corrcoef(totals[:-1], totals[1:])[0, 1]) < 3.3 / np.sqrt(199)
    # And under neighbouring seeds.
    others = np.array(
        [simulate(program, 2, replication).amounts[Amount.OFFERED_VALUE].sum() for replication in range(200)]
    )
    assert abs(np.corrcoef(totals, others)[0, 1]) < 3.3 / np.sqrt(200)
    assert stats.ks_2samp(totals, others).pvalue > 1e-3


def effort(mean: float, cv: float, family: str = "gamma") -> np.ndarray:
    """Effort of the leads of a world without queues."""
    hours = {"dist": family, "mean": mean, "cv": cv}
    tree = world(
        teams={"desk": team(500)}, steps={"call": step(effort_hours=hours)}, sources={"web": source(400.0)}
    )
    started = observe(tree).of(Happening.TOUCH_STARTED)
    return np.array([event.value for event in sorted(started, key=lambda event: event.lead)])


@pytest.mark.parametrize("family", ["gamma", "lognormal", "weibull"])
def test_a_tenth_more_of_a_mean_leaves_every_leads_draw_where_it_was(family: str) -> None:
    before, after = effort(2.0, 0.8, family), effort(2.2, 0.8, family)
    assert after == pytest.approx(1.1 * before)
    assert np.corrcoef(before, after)[0, 1] > 0.999


def test_a_tenth_more_of_a_gammas_spread_leaves_the_order_of_leads_as_it_was() -> None:
    before, after = effort(2.0, 0.8), effort(2.0, 0.88)
    assert np.corrcoef(before, after)[0, 1] > 0.99
    assert (np.argsort(before) == np.argsort(after)).all()


def draws_of(tree: dict[str, Any], lead: int) -> list[Draw]:
    trace = Trace(only_lead=lead)
    simulate(program_of(tree), 1, 0, trace)
    return trace.draws


def test_attempts_are_counted_by_the_lead_and_not_by_the_clock_or_the_rep() -> None:
    # The same attempts at other times, by other reps: REACH draws have numbers 0, 1, 2, ... and the same values.
    hopeless = {"call": step(attempts={"max": 5, "reach": 0.0})}
    early = draws_of(world(sources={"web": source(50.0)}, steps=hopeless), 3)
    late = draws_of(
        world(sources={"web": source(50.0)}, steps=hopeless, teams={"desk": team(7, hours={"open": "16:00"})}), 3
    )

    def reach(draws: list[Draw]) -> list[tuple[int, float]]:
        return [(draw.k, draw.u) for draw in draws if draw.purpose == Purpose.REACH]

    assert [k for k, _ in reach(early)] == [0, 1, 2, 3, 4]
    assert reach(early) == reach(late)
    assert [draw.time for draw in early] != [draw.time for draw in late]


def test_the_difference_of_one_rep_is_seen_far_sooner_with_common_luck_than_without() -> None:
    # Wins with 3 against 2 reps: the variance of the paired difference against that with independent seeds.
    def wins(reps: int, seed: int) -> np.ndarray:
        tree = market(sources={"web": source(150.0, {"small": 1.0})}, teams={"desk": team(reps), "field": team(2)})
        program = program_of(tree)
        return np.array([simulate(program, seed, r).counts[Count.WON].sum() for r in range(40)])

    paired = np.var(wins(3, 1) - wins(2, 1), ddof=1)
    apart = np.var(wins(3, 1) - wins(2, 2), ddof=1)
    assert apart / paired > 10
