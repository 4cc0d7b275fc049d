"""Initiatives: adoption, effects and how they combine, integration, focus, execution, costs. Hand-worked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from channelsim.finance.prices import Prices, prices_of
from channelsim.program.arrays import Program
from channelsim.program.compile import compile_program
from channelsim.program.initiatives import Rollout
from channelsim.program.layout import layout_of
from channelsim.scenario.schema import Scenario
from worlds import NINE_TO_FIVE, source, step, team, world

AT_ONCE = {"half_time_months": 0.0, "ceiling": 1.0}


def scenario(months: int = 4, **sections: Any) -> Scenario:
    return Scenario.model_validate(
        world(
            months=months,
            segments={"small": {"deal_value": 100.0, "annual_churn": 0.2}, "big": {"deal_value": 900.0}},
            sources={"web": source(10.0, mix={"small": 0.5, "big": 0.5}), "fair": source(10.0, mix={"big": 1.0})},
            teams={
                "desk": team(3, hours=NINE_TO_FIVE, people={"ramp_months": 2.0, "annual_attrition": 0.5}),
                "field": team({0: 1, 2: 2}),
            },
            steps={
                "call": step("desk", advance=0.4, attempts={"max": 3, "reach": 0.2}),
                "meet": step("field", advance=0.5, buyer_days=4.0, handoff={"leak": 0.2}),
            },
            **sections,
        )
    )


def compiled(*effects: dict[str, Any], **sections: Any) -> Program:
    tool = {"adoption": AT_ONCE, "effects": list(effects)} | sections.pop("tool", {})
    return compile_program(scenario(initiatives={"tool": tool}, **sections))


def adopted(name: str = "tool", **sections: Any) -> NDArray[np.float64]:
    it = scenario(**sections)
    return Rollout(it, layout_of(it)).adoption(name)


def test_half_of_the_rest_adopts_in_every_half_time() -> None:
    # Mid-month, half-time 1 month, ceiling 0.8: 0.8 x (1 - 2^-0.5), 0.8 x (1 - 2^-1.5), ...
    tool = {"adoption": {"half_time_months": 1.0, "ceiling": 0.8}}
    expected = [0.8 * (1 - 2 ** -(month + 0.5)) for month in range(4)]
    assert adopted(initiatives={"tool": tool}).tolist() == pytest.approx(expected)


def test_adoption_begins_at_the_start_and_is_felt_after_the_delay() -> None:
    tool = {"start_month": 1, "adoption": {"delay_months": 1.0, "half_time_months": 1.0, "ceiling": 1.0}}
    assert adopted(initiatives={"tool": tool}).tolist() == pytest.approx([0, 0, 1 - 2**-0.5, 1 - 2**-1.5])


STREAM, MONTH = 0, 1  # web/small, any month


@pytest.mark.parametrize(
    ("change", "by", "read", "expected"),
    [
        ("advance", 0.5, lambda p: p.advance[STREAM, 0, 0, MONTH], 0.6),
        ("reach", -0.5, lambda p: p.reach[STREAM, 0, 0, MONTH], 0.1),
        ("attempt_hours", -0.3, lambda p: p.attempt_hours_scale[STREAM, 0, 0, MONTH], 0.7),
        ("effort_hours", 0.2, lambda p: p.effort_hours_scale[STREAM, 0, 1, MONTH], 1.2),
        ("buyer_days", -0.25, lambda p: p.buyer_hours_scale[STREAM, 0, 1, MONTH], 0.75),
        ("handoff_leak", -0.5, lambda p: p.handoff_leak[STREAM, 0, 1, MONTH], 0.1),
        ("leads", 1.0, lambda p: np.diff(p.arrivals_before_month[STREAM])[MONTH], 10.0),
        ("deal_value", 0.1, lambda p: p.value_scale[STREAM, MONTH], 1.1),
        ("selling_share", -0.1, lambda p: p.team_selling_share[0, MONTH], 0.9),
        ("ramp_months", -0.5, lambda p: p.team_ramp_hours[0, MONTH, STREAM], 730.5),
        ("annual_attrition", 1.0, lambda p: p.team_departures_before_month[0, 1], 744 / 8766),
    ],
)
def test_an_effect_multiplies_the_parameter_that_it_names(
    change: str, by: float, read: Any, expected: float
) -> None:
    assert read(compiled({"change": change, "by": by})) == pytest.approx(expected)


def test_a_chance_stays_a_chance() -> None:
    assert compiled({"change": "advance", "by": 5.0}).advance.max() == 1.0


def test_an_effect_keeps_to_its_teams_steps_sources_and_segments() -> None:
    advance = compiled(
        {"change": "advance", "by": 0.5, "steps": "meet", "segments": ["big"], "sources": "web"}
    ).advance
    # Streams web/small, web/big, fair/big; steps call 0.4, meet 0.5.
    assert advance[:, 0, :, 0].tolist() == [[0.4, 0.5], [0.4, 0.75], [0.4, 0.5]]
    of_desk = compiled({"change": "advance", "by": 0.5}, tool={"teams": ["desk"]}).advance
    assert of_desk[0, 0, :, 0].tolist() == pytest.approx([0.6, 0.5])


def test_effects_on_one_parameter_have_diminishing_returns() -> None:
    # +40% in full, +20% at half, +10% at a quarter, and -10% in full, for it goes the other way.
    effects = [{"change": "advance", "by": by} for by in (0.1, 0.4, -0.1, 0.2)]
    advance = compiled(*effects).advance[0, 0, 0, 0]
    assert advance == pytest.approx(0.4 * 1.4 * 1.1 * 1.025 * 0.9)


def test_adoption_and_quality_scale_what_is_realised() -> None:
    tool = {"adoption": {"half_time_months": 0.0, "ceiling": 0.5}}
    program = compiled({"change": "advance", "by": 0.5}, tool=tool, execution={"quality": 0.4})
    assert program.advance[0, 0, 0, 0] == pytest.approx(0.4 * (1 + 0.5 * 0.5 * 0.4))


def test_loose_tools_cost_switching_hours_and_share_adoption() -> None:
    # Three tools at the desk, two of them integrated: 2 loose pairs x 0.5 h of a 40 h week.
    tools = {name: {"teams": ["desk"], "adoption": AT_ONCE} for name in ("a", "b", "c")}
    it = scenario(initiatives=tools, integrations=[{"tools": ["a", "b"]}])
    rollout = Rollout(it, layout_of(it))
    assert [rollout.loose_pairs(team)[0] for team in ("desk", "field")] == [2, 0]
    program = compile_program(it)
    assert program.team_selling_share[0, 0] == pytest.approx(1 - 1.0 / 40)
    assert program.team_selling_share[1, 0] == 1.0
    assert [rollout.adoption(name)[0] for name in tools] == pytest.approx([1 / 1.25, 1 / 1.25, 1 / 1.5])


def test_programmes_and_tools_of_different_teams_need_no_integration() -> None:
    tools = {"a": {"teams": ["desk"]}, "b": {"teams": ["field"]}, "c": {"kind": "programme"}}
    it = scenario(initiatives=tools)
    assert [Rollout(it, layout_of(it)).loose_pairs(team)[0] for team in ("desk", "field")] == [0, 0]


def test_beyond_the_focus_all_roll_outs_slow_down_and_selling_time_suffers() -> None:
    # Two programmes, focus 1: the clock runs at half speed, and 3% of the selling time is lost.
    both = {
        name: {"kind": "programme", "adoption": {"half_time_months": 1.0, "ceiling": 1.0}} for name in ("a", "b")
    }
    expected = [1 - 2 ** -(0.5 * (month + 0.5)) for month in range(4)]
    assert adopted("a", initiatives=both, execution={"focus": 1}).tolist() == pytest.approx(expected)
    program = compile_program(scenario(initiatives=both, execution={"focus": 1}))
    assert program.team_selling_share[:, 0].tolist() == pytest.approx([0.97, 0.97])


def test_a_roll_out_is_over_at_nine_tenths_of_its_ceiling() -> None:
    # Half-time 0.5 months: 1 - 2^-2 = 75% after one month of its clock, 94% after two. Both start together at half
    # speed, so after 4 months at half speed both are done, and the fifth month is undisturbed.
    both = {name: {"kind": "programme", "adoption": {"half_time_months": 0.5}} for name in ("a", "b")}
    program = compile_program(scenario(months=6, initiatives=both, execution={"focus": 1}))
    assert program.team_selling_share[0].tolist() == pytest.approx([0.97, 0.97, 0.97, 0.97, 1.0, 1.0])


def test_hours_that_an_initiative_takes_are_not_sold_in() -> None:
    program = compiled(tool={"hours_per_rep_week": 4.0, "teams": ["desk"]})
    assert program.team_selling_share[:, 0].tolist() == pytest.approx([0.9, 1.0])


def test_reps_make_leads_in_exchange_for_their_hours() -> None:
    # Social selling by the field: 1 seat, 2 from the third month; 3 leads each, half of them realised.
    tool = {
        "teams": ["field"],
        "brings": {"source": "fair", "leads_per_rep_month": 3.0},
        "adoption": {"half_time_months": 0.0, "ceiling": 0.5},
    }
    arrivals = np.diff(compile_program(scenario(initiatives={"social": tool})).arrivals_before_month[2])
    assert arrivals.tolist() == pytest.approx([11.5, 11.5, 13.0, 13.0])


def prices(**sections: Any) -> Prices:
    it = scenario(**sections)
    return prices_of(it, layout_of(it))


def test_an_initiative_costs_its_set_up_its_months_and_its_seats() -> None:
    tool = {"start_month": 1, "setup_cost": 900.0, "cost_per_month": 100.0, "cost_per_seat_month": 7.0}
    both = prices(initiatives={"tool": tool})
    assert both.initiative_costs.sum(axis=1).tolist() == pytest.approx([0, 1000, 100, 100])
    # Shared by planned seats: desk 3, field 1 and then 2.
    assert both.initiative_costs[1].tolist() == pytest.approx([750, 250])
    assert both.initiative_costs[2].tolist() == pytest.approx([60, 40])
    assert both.initiative_seats.tolist() == [[0, 0], [7, 7], [7, 7], [7, 7]]


def test_an_integration_costs_from_the_later_start_if_both_are_rolled_out() -> None:
    tools = {"a": {"teams": ["desk"]}, "b": {"teams": ["desk"], "start_month": 2}}
    pair = [{"tools": ["a", "b"], "setup_cost": 500.0, "cost_per_month": 20.0}]
    assert prices(initiatives=tools, integrations=pair).initiative_costs[:, 0].tolist() == [0, 0, 520, 20]
    alone = prices(initiatives=tools, integrations=pair, rollout=["a"])
    assert alone.initiative_costs.sum() == 0


def test_customer_success_lowers_churn() -> None:
    tool = {"adoption": AT_ONCE, "effects": [{"change": "annual_churn", "by": -0.25, "segments": "small"}]}
    assert prices(initiatives={"tool": tool}).churn_scale[0].tolist() == [0.75, 1.0, 1.0]
