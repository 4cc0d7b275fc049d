"""The shipped catalogue: every entry loads, is modest, uncertain, and one for each kind of tool of the essay."""

from __future__ import annotations

from typing import Any

import pytest

from channelsim.scenario.catalogue import catalogue
from channelsim.scenario.load import load
from worlds import world

ESSAY = {
    "InsideSales.com": "dialler", "InsideView": "sales_intelligence", "Hoopla": "gamification",
    "Tellwise": "buyer_engagement", "Gainsight": "customer_success", "TAS": "opportunity_methodology",
    "Qvidian": "proposal_automation",
}  # fmt: skip


@pytest.mark.parametrize("name", catalogue())
def test_an_entry_is_sound_modest_and_uncertain(name: str) -> None:
    study = load(world(initiatives={"it": {"catalogue": name}}))
    (beliefs,) = study.beliefs.values()
    effects = catalogue()[name]["effects"]
    assert len(beliefs.uncertain) == len(effects) > 0
    for each in beliefs.uncertain:
        # 3 to 40 percent in the middle: multipliers of 1.03 to 1.20, and a dialler's time saved.
        assert 0.03 <= abs(each.value(0.5)) <= 0.4


@pytest.mark.parametrize(("tool", "entry"), ESSAY.items())
def test_the_essays_tools_are_there(tool: str, entry: str) -> None:
    assert tool in catalogue()[entry]["description"]


def test_what_a_scenario_gives_stands_in_place_of_the_entrys() -> None:
    own: dict[str, Any] = {"catalogue": "dialler", "setup_cost": 1.0, "effects": []}
    found = load(world(initiatives={"it": own})).strategies["as_is"].initiatives["it"]
    assert found.setup_cost == 1.0
    assert found.effects == []
    assert found.cost_per_seat_month == catalogue()["dialler"]["cost_per_seat_month"]


def test_a_strategy_may_take_an_entry_of_its_own() -> None:
    tree = world(strategies={"plain": {}, "tooled": {"initiatives.it": {"catalogue": "training"}}})
    study = load(tree)
    assert "it" in study.strategies["tooled"].initiatives
    assert len(study.beliefs["tooled"].uncertain) == 2
    assert study.beliefs["plain"].uncertain == ()


def test_an_override_reaches_into_what_the_catalogue_gave() -> None:
    study = load(world(initiatives={"it": {"catalogue": "dialler"}}), ["initiatives.it.effects.0.by=-0.5"])
    assert study.strategies["as_is"].initiatives["it"].effects[0].by == -0.5
    assert len(study.beliefs["as_is"].uncertain) == 1
