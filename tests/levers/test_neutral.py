"""A lever at its neutral value changes nothing, bit for bit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import pytest

from channelsim.engine.ledger import Ledger
from channelsim.engine.reference import simulate
from channelsim.experiment.luck import varies_of
from channelsim.experiment.replicate import job_of, replicate
from channelsim.program.compile import compile_program
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario
from channelsim.scenario.tree import look_up
from channelsim.scenario.uncertain import with_value
from worlds import NINE_TO_FIVE, source, step, team, world

BUSY: dict[str, Any] = world(
    months=3,
    segments={
        "small": {"deal_value": {"dist": "lognormal", "mean": 900.0, "cv": 1.0}, "annual_churn": 0.2},
        "big": {"deal_value": 5000.0, "annual_churn": 0.1},
    },
    sources={
        "web": source(60.0, mix={"small": 0.7, "big": 0.3}),
        "fair": source(15.0, mix={"small": 0.5, "big": 0.5}, cost_per_lead=10.0),
    },
    teams={
        "desk": team(
            2, hours=NINE_TO_FIVE, people={"annual_attrition": 3.0, "ramp_months": 1.0, "hire_days": 10.0}
        ),
        "field": team({0: 1, 1: 2}, people={"annual_attrition": 2.0, "ramp_months": 2.0, "hire_days": 5.0}),
    },
    motions={
        "sale": {
            "steps": {
                "call": step(
                    "desk",
                    advance=0.6,
                    attempts={"max": 4, "reach": 0.4, "cooling": {"1h": 1.0, "3d": 0.2}},
                    buyer_days={"dist": "exponential", "mean": 3.0},
                ),
                "meet": step("field", advance={"small": 0.4, "big": 0.3}, handoff={"leak": 0.1}),
            }
        }
    },
)
NEUTRAL: dict[str, dict[str, Any]] = {
    "an initiative without effects": {"initiatives": {"tool": {}}},
    "an effect of nothing": {"initiatives": {"tool": {"effects": [{"change": "advance", "by": 0.0}]}}},
    "nobody adopts it": {
        "initiatives": {"tool": {"effects": [{"change": "reach", "by": 0.5}], "adoption": {"ceiling": 0.0}}}
    },
    "it is not rolled out": {
        "initiatives": {"tool": {"effects": [{"change": "leads", "by": 0.5}], "hours_per_rep_week": 9.0}},
        "rollout": [],
    },
    "it starts after the end": {
        "initiatives": {"tool": {"effects": [{"change": "leads", "by": 0.5}], "start_month": 3}}
    },
    "nothing is realised": {
        "initiatives": {"tool": {"effects": [{"change": "buyer_days", "by": 0.5}]}},
        "execution": {"quality": 0.0},
    },
    "a pair of tools, integrated": {
        "initiatives": {"one": {}, "two": {}},
        "integrations": [{"tools": ["one", "two"]}],
    },
    "as many roll-outs as the focus": {"initiatives": {"one": {"kind": "programme"}}, "execution": {"focus": 1}},
    "no budget": {
        "sources.web.budget": {"per_month": 0.0, "half_at": 100.0, "most_leads_per_month": 50.0},
    },
    "no pieces": {"sources.web.content": {"pieces_per_month": 0.0, "leads_per_piece_month": 5.0}},
    "leads cool as they do": {"sources.web.cooling_speed": 1.0},
    "leads are alike": {"lead_fit": {"spread": 0.0}},
    "nobody refers": {"referrals": {"source": "fair", "per_win": 0.0}},
    "a cycle that the process follows": {
        "segments.small.buying_cycle": {"look": {}, "sign": {}},
        "motions.sale.steps.call.serves": "look",
        "motions.sale.steps.meet.serves": "sign",
    },
    "misfits that cost nothing": {
        "segments.small.buying_cycle": {"look": {}, "sign": {}},
        "motions.sale.steps.call.serves": "sign",
        "misalignment": {
            "extra_step": {"decline": 0.0, "delay_days": 0.0},
            "missing_step": {"decline": 0.0, "delay_days": 0.0},
            "wrong_order": {"decline": 0.0, "delay_days": 0.0},
        },
        "motions.sale.steps.meet.buyer_days": 0.0,
    },
    "one regime that changes nothing": {"environment": {"regimes": {"calm": {"lasts_months": 12.0}}}},
    "a shock that changes nothing": {"environment": {"shocks": {"rumour": {"month": 1}}}},
    "seasons all alike": {"environment": {"seasonality": {"leads": [1.0] * 12, "advance": [1.0] * 12}}},
    "one ramp for all segments": {"teams.desk.people.ramp_months": {"small": 1.0, "big": 1.0}},
    "hires as good as the others": {"teams.desk.people.hire_skill": 1.0},
    "attrition without seasons": {"teams.desk.people.attrition_seasonality": [1.0] * 12},
    "a freeze after the end": {"teams.desk.people.hiring_freezes": [{"from_month": 3, "months": 2}]},
    "nobody is promoted": {"teams.field.people.promotion": {"team": "desk", "share": 0.0}},
    "managers enough": {"teams.desk.people.managers": {"headcount": 1, "span": 2}},
    "a plan that stays": {"teams.desk.headcount": {0: 2, 1: 2}},
}


def put(tree: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """The tree with values at dotted paths."""
    data: dict[str, Any] = dict(tree)
    for path, value in changes.items():
        at = tuple(path.split("."))
        assert look_up(data, at[:-1]) is not None
        parent = dict(look_up(data, at[:-1])) if at[:-1] else dict(data)
        parent[at[-1]] = value
        data = with_value(data, at[:-1], parent)
    return data


def ledger_of(tree: Mapping[str, Any]) -> Ledger:
    scenario = Scenario.model_validate(dict(tree))
    varies = varies_of(scenario, None)
    regimes = varies.drawn(3, 5)[1] if varies else None
    return simulate(compile_program(scenario, regimes), 3, 5)


PLAIN = ledger_of(BUSY)


@pytest.mark.parametrize("lever", NEUTRAL)
def test_a_lever_at_its_neutral_value_changes_nothing(lever: str) -> None:
    changed = ledger_of(put(BUSY, NEUTRAL[lever]))
    for name, plain in vars(PLAIN).items():
        np.testing.assert_array_equal(getattr(changed, name), plain, err_msg=f"{lever}: {name}")


def test_the_world_in_which_nothing_changes_is_one_in_which_things_happen() -> None:
    assert (PLAIN.counts.sum(axis=(1, 2, 3, 4)) > 0).sum() >= 12
    assert len(PLAIN.reps) > 4


def test_a_number_that_is_certain_changes_nothing() -> None:
    certain = {"uncertain": {"dist": "normal", "mean": 60.0, "sd": 0.0}}
    plain, believed = load(BUSY), load(put(BUSY, {"sources.web.leads_per_month": certain}))
    jobs = [
        job_of("as_is", study.strategies["as_is"], "reference", study.beliefs["as_is"])
        for study in (plain, believed)
    ]
    assert jobs[0].varies is None
    assert jobs[1].varies is not None
    assert replicate(jobs[0], 1, 2).metrics == pytest.approx(replicate(jobs[1], 1, 2).metrics, rel=0, nan_ok=True)
