"""The shipped scenarios: sound, and companies that one could meet."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from channelsim.experiment.replicate import job_of, replicate
from channelsim.scenario.load import load

SHIPPED = sorted(Path("scenarios").glob("*.yaml"))
STUDIES = {"response_time", "sizing", "year_of_execution"}
"""They ask another question than which channel."""
COMPANIES = {  # share of leads that become opportunities; opportunities won inside, outside; days to win by phone
    "smb_saas": ((0.04, 0.10), (0.15, 0.27), (0.18, 0.31), (22, 40)),
    "midmarket_software": ((0.05, 0.11), (0.11, 0.22), (0.16, 0.31), (55, 105)),
    "industrial_equipment": ((0.08, 0.16), (0.05, 0.16), (0.17, 0.34), (110, 190)),
}
REPLICATIONS = 2


@cache
def means(scenario: str, strategy: str) -> dict[str, float]:
    study = load(f"scenarios/{scenario}.yaml", only=[strategy])
    job = job_of(strategy, study.strategies[strategy])
    runs = [replicate(job, seed=1, replication=each).metrics for each in range(REPLICATIONS)]
    return {name: sum(run[name] for run in runs) / REPLICATIONS for name in runs[0]}


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_every_shipped_scenario_compares_the_two_channels_or_has_a_study(path: Path) -> None:
    study = load(str(path))
    if path.stem in STUDIES:
        assert Path(f"docs/studies/{path.stem}.md").exists()
        assert len(study.strategies) > 1
    else:
        assert {"inside_only", "outside_only"} < set(study.strategies), "and at least one mix of them"
    assert study.scenario.description, "`channelsim new` lists it"
    assert len(path.read_text().splitlines()) <= 170, "longer than anybody reads"


@pytest.mark.parametrize("company", COMPANIES)
def test_its_funnel_is_that_of_the_field(company: str) -> None:
    """The bands surround the figures of the three companies that the scenarios are made from."""
    opportunities, won_inside, won_outside, days = COMPANIES[company]
    inside, outside = means(company, "inside_only"), means(company, "outside_only")
    for figures, won in ((inside, won_inside), (outside, won_outside)):
        assert opportunities[0] < figures["opportunities"] / figures["leads"] < opportunities[1]
        assert won[0] < figures["opportunity_win_rate"] < won[1]
    assert days[0] < inside["cycle_days"] < days[1]
    assert inside["cycle_days"] < outside["cycle_days"]


@pytest.mark.parametrize("company", COMPANIES)
def test_its_teams_are_busy_but_not_drowned(company: str) -> None:
    for strategy, team in (("inside_only", "inside"), ("outside_only", "outside")):
        assert 0.4 < means(company, strategy)[f"utilization.{team}"] < 0.9


@pytest.mark.parametrize("company", COMPANIES)
def test_a_visit_wins_more_and_costs_more(company: str) -> None:
    inside, outside = means(company, "inside_only"), means(company, "outside_only")
    assert outside["opportunity_win_rate"] > inside["opportunity_win_rate"]
    assert outside["cost_per_opportunity"] > inside["cost_per_opportunity"]
