"""Budgets, content, lead fit and scores, referrals. Hand-worked."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from channelsim.engine.ledger import Count
from channelsim.engine.trace import Happening
from channelsim.finance.initiatives import marketing_spend
from channelsim.program.fit import fit_offsets
from channelsim.program.layout import layout_of
from channelsim.rules.outcomes import fit_of, score_of, shifted
from channelsim.rules.quantiles import normal_quantile
from channelsim.rules.referrals import poisson_count, referred_words
from channelsim.scenario.schema import Scenario
from worlds import observe, program_of, source, step, team, world


def leads(months: int = 4, **fields: Any) -> list[float]:
    arrivals: list[float] = np.diff(
        program_of(world(months=months, sources={"web": source(10.0, **fields)})).arrivals_before_month[0]
    ).tolist()
    return arrivals


def test_half_of_the_most_leads_come_at_the_budget_that_says_so() -> None:
    # 10 without budget + 40 x 1000 / (1000 + 1000) = 30; at 3000: 10 + 40 x 3/4 = 40.
    budget = {"most_leads_per_month": 40.0, "half_at": 1000.0}
    assert leads(budget=budget | {"per_month": {0: 1000.0, 2: 3000.0}}) == pytest.approx([30, 30, 40, 40])
    # An S: with shape 2, 500 brings 40 x 0.25 / 1.25 = 8.
    assert leads(budget=budget | {"per_month": 500.0, "shape": 2.0})[0] == pytest.approx(18)


@given(st.floats(0, 1e5), st.floats(1, 1e4), st.floats(1, 1e4))
def test_each_further_unit_of_budget_brings_fewer_leads(spent: float, more: float, half_at: float) -> None:
    at = [
        leads(1, budget={"per_month": spent + n * more, "most_leads_per_month": 100.0, "half_at": half_at})[0]
        for n in range(3)
    ]
    assert at[2] - at[1] <= at[1] - at[0] + 1e-9
    assert at[0] <= at[1] <= at[2] <= 110.0 + 1e-9


def test_pieces_add_up_and_are_slowly_forgotten() -> None:
    # 2 pieces a month from month 1, found a month later, 3 leads each, half as many after each month.
    content = {
        "pieces_per_month": 2.0, "leads_per_piece_month": 3.0, "lag_months": 1, "half_life_months": 1.0,
        "start_month": 1,
    }  # fmt: skip
    assert leads(5, content=content) == pytest.approx([10, 10, 16, 10 + 6 * 1.5, 10 + 6 * 1.75])


def test_marketing_is_paid_by_the_source_and_shared_by_its_segments() -> None:
    it = Scenario.model_validate(
        world(
            months=2,
            segments={"small": {"deal_value": 1.0}, "big": {"deal_value": 1.0}},
            sources={
                "web": source(
                    10.0,
                    mix={"small": 0.75, "big": 0.25},
                    budget={"per_month": {0: 400.0, 1: 800.0}, "half_at": 1.0, "most_leads_per_month": 1.0},
                    content={"pieces_per_month": 2.0, "leads_per_piece_month": 1.0, "cost_per_piece": 50.0,
                             "fee_per_month": 100.0, "start_month": 1},
                )
            },
        )
    )  # fmt: skip
    assert marketing_spend(it, layout_of(it)).tolist() == [[300.0, 100.0], [750.0, 250.0]]


def test_leads_of_a_source_cool_at_its_speed() -> None:
    table = {"max": 1, "reach": 0.5, "cooling": {"1h": 1.0, "100h": 0.0}}
    tree = world(sources={"web": source(cooling_speed=10.0)}, steps={"call": step(attempts=table)})
    from channelsim.rules.outcomes import reach_probability

    # After an hour as cold as others after ten: half-way in log time.
    assert reach_probability(program_of(tree), 0, 0, 0, 0, 1.0) == pytest.approx(0.25)


# lead fit


def test_fit_moves_the_odds_and_not_what_is_certain() -> None:
    # Odds 1:3 times e^log(3) = 1:1.
    assert shifted(0.25, math.log(3)) == pytest.approx(0.5)
    assert [shifted(chance, 2.0) for chance in (0.0, 1.0)] == [0.0, 1.0]
    assert shifted(0.3, 0.0) == 0.3


def test_fit_and_score_of_a_lead() -> None:
    tree = world(lead_fit={"spread": 0.5, "score_noise": 1.0, "mean": {"web": -1.0}})
    program = program_of(tree)
    assert fit_of(program, 0, 2.0) == pytest.approx(0.5 * (2.0 - 1.0))
    assert score_of(program, 0, 2.0, 0.5) == pytest.approx((1.0 + 0.5) / math.sqrt(2))


@pytest.mark.parametrize("spread", [0.3, 1.0, 2.5])
def test_advance_is_the_average_over_those_who_come_to_a_step(spread: float) -> None:
    # A million made-up leads: at each step they say yes with their own chance, and those who do go on.
    advance = np.array([[[0.3, 0.5, 0.2]]])
    offsets = fit_offsets(advance, spread)[0, 0]
    rng = np.random.Generator(np.random.Philox(5))
    fit = spread * rng.standard_normal(1_000_000)
    for step_number, chance in enumerate(advance[0, 0]):
        odds = chance / (1 - chance) * np.exp(offsets[step_number] + fit)
        says_yes = rng.random(len(fit)) < odds / (1 + odds)
        sampling_error = math.sqrt(chance * (1 - chance) / len(fit))
        assert says_yes.mean() == pytest.approx(chance, abs=4 * sampling_error)
        fit = fit[says_yes]


def test_the_engine_keeps_the_average_too_and_later_steps_see_fitter_leads() -> None:
    steps = {"call": step(advance=0.5, effort_hours=0.0), "close": step(advance=0.3, effort_hours=0.0)}
    tree = world(months=6, sources={"web": source(4000.0)}, steps=steps, lead_fit={"spread": 2.0})
    seen = observe(tree)
    at = seen.ledger.counts[:, :, 0, 0].sum(axis=1)
    entered, advanced = at[Count.ENTERED], at[Count.ADVANCED]
    for number, chance in enumerate((0.5, 0.3)):
        error = math.sqrt(chance * (1 - chance) / entered[number])
        assert advanced[number] / entered[number] == pytest.approx(chance, abs=4 * error)
    assert fit_offsets(np.array([[[0.5, 0.3]]]), 2.0)[0, 0, 1] < -1.0  # what selection would add, taken away


def test_a_perfect_score_finds_the_leads_that_buy() -> None:
    # Half of the leads go to each motion, by score: those above the middle win far more often.
    motions = {name: {"steps": {"call": step(advance=0.3, effort_hours=0.0)}} for name in ("best", "rest")}
    routing = [{"when": {"score": {"at_least": 0.5}}, "motion": "best"}, {"motion": "rest"}]

    def win_rates(noise: float) -> tuple[float, float]:
        fit = {"spread": 1.5, "score_noise": noise}
        counts = observe(
            world(months=3, sources={"web": source(4000.0)}, motions=motions, routing=routing, lead_fit=fit)
        ).ledger.counts.sum(axis=(1, 2, 4))
        arrived, won = counts[Count.ARRIVED], counts[Count.WON]
        assert arrived[0] / arrived.sum() == pytest.approx(0.5, abs=0.02)
        return won[0] / arrived[0], won[1] / arrived[1]

    best, rest = win_rates(0.0)
    assert best > 2 * rest
    blurred, _ = win_rates(1.0)
    assert 0.3 < blurred < best
    useless, other = win_rates(1000.0)
    assert useless == pytest.approx(other, abs=0.04)


def test_the_best_score_goes_first() -> None:
    tree = world(
        teams={"desk": team(queue={"discipline": "best_score"})}, lead_fit={"spread": 1.0, "score_noise": 0.0}
    )
    seen = observe(tree, [0.0, 0.1, 0.2, 0.3, 0.4])
    from channelsim.program.codes import Purpose
    from channelsim.rules.draws import entity_words, uniform

    words = entity_words(1, int(seen.program.stream_key[0]))
    fit = {n: normal_quantile(uniform(*words, 0, n, Purpose.FIT.value, 0, 0)) for n in range(1, 5)}
    served = seen.leads(Happening.TOUCH_STARTED)
    assert served == [0, *sorted(fit, key=lambda lead: -fit[lead])]


# referrals


@given(st.floats(0.01, 5.0), st.floats(0.001, 0.999))
def test_the_count_of_referrals_is_poissons_quantile(mean: float, u: float) -> None:
    from scipy import stats

    count = poisson_count(u, mean)
    assert stats.poisson.cdf(count, mean) >= u - 1e-12
    assert count == 0 or stats.poisson.cdf(count - 1, mean) < u + 1e-12


REFERRING = {"source": "friends", "per_win": 0.8, "delay_days": 2.0}


def referring(**fields: Any) -> dict[str, Any]:
    return world(
        months=3,
        sources={"web": source(30.0), "friends": source(0.0)},
        teams={"desk": team(3)},
        referrals=REFERRING | fields,
    )


def test_each_win_brings_leads_after_the_delay() -> None:
    seen = observe(referring())
    wins = {event.lead: event.time for event in seen.of(Happening.WON)}
    announced = seen.of(Happening.REFERRING)
    assert len(announced) == pytest.approx(0.8 * len(wins), rel=0.35)
    expected = sorted(event.time + 48.0 for event in announced if event.time + 48.0 < seen.program.horizon_hours)
    came = [event.time for event in seen.of(Happening.ARRIVED) if event.lead >> 32 == 1]
    assert came == expected
    assert all(event.time == wins[event.lead] for event in announced)
    assert any(event.lead >> 32 == 1 for event in announced), "those who were referred refer others"


def test_referrals_keep_their_parents_segment() -> None:
    segments = {"small": {"deal_value": 1.0}, "big": {"deal_value": 2.0}}
    sources = {"web": source(40.0, mix={"small": 0.5, "big": 0.5}), "friends": source(0.0, mix={"small": 1.0})}
    only_big = {"small": 0.0, "big": 1.0}
    tree = world(segments=segments, sources=sources, referrals=REFERRING | {"per_win": only_big})
    counts = observe(tree).ledger.counts[Count.ARRIVED].sum(axis=(0, 2, 3))
    assert layout_of(Scenario.model_validate(tree)).streams[2:] == (("friends", "small"), ("friends", "big"))
    assert counts[2] == 0
    assert counts[3] > 0


def test_a_referred_lead_has_the_luck_of_its_parent_and_number_alone() -> None:
    assert referred_words(1, 2, 3, 4, 0) == referred_words(1, 2, 3, 4, 0)
    others = {referred_words(1, 2, 3, 4, 1), referred_words(1, 2, 3, 5, 0), referred_words(1, 2, 4, 4, 0)}
    assert len(others | {referred_words(1, 2, 3, 4, 0)}) == 4


def test_the_same_parents_refer_the_same_leads_in_a_slower_world() -> None:
    # Deal values are drawn from the referred lead's own luck: the same whenever its parent wins.
    value = {"deal_value": {"dist": "lognormal", "mean": 100.0, "cv": 1.0}}

    def values(buyer_days: float) -> list[float]:
        tree = referring() | {"segments": {"all": value}}
        tree["motions"] = {"sale": {"steps": {"call": step(buyer_days=buyer_days)}}}
        events = observe(tree).of(Happening.ARRIVED)
        return sorted(event.value for event in events if event.lead >> 32 == 1)

    quick, slow = values(0.0), values(20.0)
    assert len(slow) > 5
    assert set(slow) < set(quick)
