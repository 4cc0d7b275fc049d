"""From which deal value a visit pays: simulated, and reckoned by hand from the sample's table."""

from __future__ import annotations

import numpy as np
import pytest

from channelsim.analysis.breakeven import Pays
from channelsim.experiment.breakeven import SegmentBreakEven, break_evens
from channelsim.experiment.run import run_study
from channelsim.scenario.load import load
from channelsim.scenario.schema import Scenario

SCENARIO = "scenarios/auto_supply.yaml"
WON = {
    "inside": (0.382, 0.155, 0.155, 0.083, 0.074, 0.095, 0.087),
    "outside": (0.400, 0.281, 0.258, 0.156, 0.085, 0.136, 0.177),
}
"""Of the sample, by size."""
MARGIN = 0.3


@pytest.fixture(scope="module")
def simulated() -> list[SegmentBreakEven]:
    study = load(SCENARIO, only=["inside_only", "outside_only"])
    return break_evens(run_study(study, replications=100, workers=2), "outside_only", "inside_only")


def mean(distribution: object) -> float:
    """Of a number or a triangular distribution."""
    if isinstance(distribution, float | int):
        return float(distribution)
    return sum(getattr(distribution, name) for name in ("low", "mode", "high")) / 3


def cost_per_lead(channel: str, motion: str) -> np.ndarray:
    """As a spreadsheet has it: the team's budget with every seat filled, shared by the hours that a lead of each
    size takes on average, and its visits and the lead itself."""
    scenario: Scenario = load(SCENARIO, only=[f"{channel}_only"]).strategies[f"{channel}_only"]
    team, source = scenario.teams[channel], scenario.sources["identified"]
    pay, people = team.pay, team.people
    tools = 12 * sum(pay.tool_seats_per_month.values())
    a_seat = pay.salary * (1 + pay.overhead_rate) + pay.on_target_variable + tools
    budget = team.headcount * (a_seat + people.annual_attrition * pay.hire_cost)
    hours, visits = [], []
    for segment in scenario.segments:
        left, of_hours, of_visits = 1.0, 0.0, 0.0
        for step in scenario.motions[motion].steps.values():
            of_hours += left * (mean(step.effort_hours) / people.selling_share + mean(step.travel_hours))
            of_visits += left * step.visit
            left *= step.advance[segment]
        hours.append(of_hours)
        visits.append(of_visits)
    mix = np.array([source.mix[segment] for segment in scenario.segments])
    a_lead = np.array(hours) / (mix @ hours) / (12 * source.leads_per_month)
    return budget * a_lead + np.array(visits) * pay.travel_per_visit + source.cost_per_lead


def test_costs_and_break_evens_are_those_of_the_direct_calculation(simulated: list[SegmentBreakEven]) -> None:
    inside, outside = cost_per_lead("inside", "phone"), cost_per_lead("outside", "field")
    direct = (outside - inside) / (MARGIN * (np.array(WON["outside"]) - np.array(WON["inside"])))
    for size, (each, value) in enumerate(zip(simulated[:-1], direct, strict=True)):
        assert each.segment == f"size_{size + 1}"
        assert each.first_year.pays is Pays.FROM
        # The spreadsheet's seats are always filled, so it is some percent dearer.
        costs = [way.cost_per_lead for way in each.ways]
        assert costs == pytest.approx([outside[size], inside[size]], rel=0.04)
        low, high = each.first_year.low, each.first_year.high
        assert 0.95 * low < value < 1.05 * high


def test_a_visit_pays_where_the_deals_of_a_size_are_above_its_break_even(simulated: list[SegmentBreakEven]) -> None:
    for each in simulated:
        if each.first_year.low > each.deal_value:
            assert each.contribution.ci_high < 0, each.segment
        elif each.first_year.high < each.deal_value:
            assert each.contribution.ci_low > 0, each.segment
    pays = [each.segment for each in simulated if each.contribution.ci_low > 0]
    assert pays == ["size_3", "size_4", "size_6", "size_7", "company"]
