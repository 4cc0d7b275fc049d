"""Luck is what came out less its chance, times what is at stake."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.engine import fast
from channelsim.engine.ledger import Amount, Count
from channelsim.engine.reference import simulate
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load
from worlds import source, step, world


def luck(amount: Amount, replications: int = 400, **sections: object) -> np.ndarray:
    """Its sum in each of some replications."""
    program = compile_program(load(world(**sections)).strategies["as_is"])
    return np.array([fast.simulate(program, 1, each).amounts[amount].sum() for each in range(replications)])


def test_answers_that_are_certain_are_no_luck() -> None:
    for advance in (0.0, 1.0):
        assert not luck(
            Amount.ANSWER_LUCK, 3, sources={"web": source(30.0)}, steps={"call": step(advance=advance)}
        ).any()


def test_the_luck_of_answers_is_yeses_less_their_chances_times_the_deal() -> None:
    tree = world(sources={"web": source(5.0)}, steps={"call": step(advance=0.3)})
    ledger = simulate(compile_program(load(tree).strategies["as_is"]), 1, 0)
    yes, no = ledger.counts[Count.ADVANCED].sum(), ledger.counts[Count.DECLINED].sum()
    assert yes + no > 0
    assert ledger.amounts[Amount.ANSWER_LUCK].sum() == pytest.approx(1000.0 * (yes * 0.7 - no * 0.3))


def test_the_luck_of_attempts_leaves_out_leads_that_nobody_can_reach() -> None:
    attempts = {"max": 1, "reach": 0.4, "effort_hours": 0.1}
    tree = world(sources={"web": source(30.0, unreachable_share=0.5)}, steps={"call": step(attempts=attempts)})
    ledger = simulate(compile_program(load(tree).strategies["as_is"]), 1, 0)
    reached = ledger.counts[Count.REACHED].sum()
    found = ledger.amounts[Amount.REACH_LUCK].sum() / 1000.0
    tried = round((reached - found) / 0.4)  # those that could be reached
    assert found == pytest.approx(reached - 0.4 * tried)
    assert reached < tried < ledger.counts[Count.ATTEMPTS].sum()


@pytest.mark.parametrize("amount", [Amount.ANSWER_LUCK, Amount.REACH_LUCK])
def test_luck_is_nothing_on_average_however_teams_queue_and_leads_cool(amount: Amount) -> None:
    found = luck(
        amount,
        sources={"web": source(300.0)},
        steps={
            "call": step(
                attempts={"max": 3, "reach": 0.5, "cooling": {"1h": 1.0, "24h": 0.2}},
                advance=0.4,
                patience_hours=30,
            ),
            "close": step(advance=0.5, buyer_days=5, effort_hours=4),
        },
    )
    assert abs(found.mean()) < 4 * found.std(ddof=1) / np.sqrt(len(found))
    assert found.std() > 0
