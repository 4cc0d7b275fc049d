"""New prices over a stored run are those of a new run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
import pytest

from channelsim.errors import RunError, ScenarioError, UserError
from channelsim.experiment.reprice import reprice
from channelsim.experiment.result import Result
from channelsim.experiment.run import run_study
from channelsim.experiment.stored import open_run
from channelsim.report.files import write_run
from channelsim.scenario.load import load
from worlds import source, step, team, world

PAY = {"salary": 60_000.0, "on_target_variable": 30_000.0, "annual_quota": 90_000.0, "handoff_credit": 0.3}


def company() -> dict[str, Any]:
    """A desk that hands large deals to the field; people come and go, and the market has its moods."""
    people = {"annual_attrition": 1.0, "ramp_months": 2.0, "hire_days": 10.0}
    return world(
        months=6,
        segments={
            "small": {"deal_value": {"dist": "lognormal", "mean": 1_000.0, "cv": 0.5}, "annual_churn": 0.2},
            "big": {"deal_value": 9_000.0, "gross_margin": 0.6},
        },
        sources={"web": source(60.0, mix={"small": 0.7, "big": 0.3}, cost_per_lead=20.0)},
        teams={
            "desk": team({0: 3, 4: 2}, people=people, pay=PAY),
            "field": team(2, channel="outside", people=people, pay={**PAY, "travel_per_visit": 100.0}),
        },
        motions={
            "phone": {"steps": {"call": step("desk", advance=0.4, effort_hours=2.0)}},
            "handed": {
                "steps": {
                    "call": step("desk", advance=0.6, effort_hours=2.0),
                    "visit": step("field", advance=0.5, visit=True, effort_hours=6.0),
                }
            },
        },
        routing=[{"when": {"segment": "big"}, "motion": "handed"}, {"motion": "phone"}],
        strategies={
            "as_planned": {},
            "dear": {"teams.field.pay.salary": 90_000.0},
            "all_by_phone": {"routing": [{"motion": "phone"}]},
        },
    )


def uncertain_company() -> dict[str, Any]:
    """The same, where nobody knows two prices and a chance, and the market has regimes."""
    tree = company()
    tree["teams"]["desk"]["pay"] = {
        **PAY,
        "salary": {"uncertain": {"dist": "normal", "mean": 60_000.0, "sd": 5_000.0}},
    }
    tree["segments"]["big"]["gross_margin"] = {"uncertain": {"dist": "uniform", "low": 0.5, "high": 0.7}}
    tree["motions"]["phone"]["steps"]["call"]["advance"] = {
        "uncertain": {"dist": "triangular", "low": 0.3, "mode": 0.4, "high": 0.5}
    }
    tree["environment"] = {
        "regimes": {"boom": {"lasts_months": 3.0, "leads": 1.3}, "bust": {"lasts_months": 2.0, "leads": 0.6}}
    }
    return tree


def stored(tree: dict[str, Any], folder: Path, replications: int = 12) -> Path:
    return write_run(run_study(load(tree), replications=replications), folder)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return stored(company(), tmp_path_factory.mktemp("runs"))


NEW_PRICES = (
    "teams.desk.pay.salary=75000",
    "teams.field.pay.rates={0%: 0.5, 100%: 2}",
    "teams.field.pay.draw={per_month: 2000}",
    "teams.field.pay.salary=100000",
    "sources.web.cost_per_lead=35",
    "segments.small.annual_churn=0.4",
    "segments.small.gross_margin=0.55",
    "finance={discount_rate: 0.2, cost_of_capital: 0.12}",
    "strategies.dear.teams.field.pay.severance_months=4",
    "decision_metric=npv",
)


def same(one: Result, other: Result) -> None:
    assert [metric.name for metric in one.metrics] == [metric.name for metric in other.metrics]
    for strategy in one.strategies:
        np.testing.assert_allclose(one.values[strategy], other.values[strategy], rtol=1e-9, atol=1e-6)
        np.testing.assert_allclose(one.luck[strategy], other.luck[strategy], rtol=1e-9, atol=1e-6)
    means = [each.summary["mean"].to_numpy() for each in (one, other)]
    np.testing.assert_allclose(*means, rtol=1e-6, atol=1e-9)


def test_a_run_at_new_prices_has_the_figures_of_a_new_run(folder: Path) -> None:
    found = reprice(open_run(folder), NEW_PRICES)
    again = run_study(load(company(), NEW_PRICES), replications=12)
    same(found, again)
    # What a strategy says itself holds there, as when the scenario is run: 90,000 and not 100,000.
    assert found.study.strategies["dear"].teams["field"].pay.salary == 90_000.0
    assert "dear (90000) keeps its own value" in found.study.notes[0]
    assert found.comparison.metric == "npv"


def test_a_run_of_uncertain_numbers_in_a_market_of_regimes_too(tmp_path: Path) -> None:
    run = open_run(stored(uncertain_company(), tmp_path))
    same(reprice(run, ()), run_study(load(uncertain_company()), replications=12))
    # A price that was uncertain becomes certain, and another becomes uncertain.
    sets = (
        "teams.desk.pay.salary=64000",
        "teams.field.pay.travel_per_visit={uncertain: {dist: uniform, low: 50, high: 250}}",
    )
    same(reprice(run, sets), run_study(load(uncertain_company(), sets), replications=12))


def test_what_cannot_be_told_from_what_is_stored_is_refused(folder: Path) -> None:
    run = open_run(folder)
    for path in (
        "teams.desk.headcount=4",
        "teams.desk.people.ramp_months=1",
        "sources.web.leads_per_month=61",
        "segments.big.deal_value=9001",
        "motions.phone.steps.call.advance=0.41",
        "motions.handed.steps.visit.visit=false",
        "strategies.dear.teams.field.people.annual_attrition=0.9",
        "segments.small.patience_hours=40",
    ):
        with pytest.raises(
            UserError, match=r"changes what leads, buyers or reps do .* simulate again: channelsim run"
        ):
            reprice(run, [path])
    for path in ("seed=2", "replications=20", "horizon.warmup_months=1", "currency=EUR", "strategies.dear.seed=3"):
        with pytest.raises(UserError, match="is not a price; simulate again"):
            reprice(run, [path])


def test_uncertainty_about_what_people_do_is_refused_at_its_ends(folder: Path) -> None:
    # At its middle it is the number that it was.
    belief = "motions.phone.steps.call.advance={uncertain: {dist: uniform, low: 0.3, high: 0.5}}"
    with pytest.raises(UserError, match="changes what leads, buyers or reps do under as_planned"):
        reprice(open_run(folder), [belief])


def test_nonsense_is_told_as_elsewhere(folder: Path) -> None:
    run = open_run(folder)
    with pytest.raises(
        ScenarioError, match=r"--set teams\.desk\.pay\.salry: unknown field 'salry'; did you mean 'salary'"
    ):
        reprice(run, ["teams.desk.pay.salry=1"])
    with pytest.raises(UserError, match="no strategy named 'deer'; did you mean 'dear'"):
        reprice(run, ["strategies.deer.teams.desk.pay.salary=1"])


def test_a_run_that_stopped_by_itself_keeps_its_wider_intervals(tmp_path: Path) -> None:
    result = run_study(load(company()), replications="auto", targets=["won=40"])
    found = reprice(open_run(write_run(result, tmp_path)), ())
    assert found.stopping == result.stopping
    assert found.targets == result.targets
    assert found.comparison.leads == pytest.approx(result.comparison.leads)


def test_replications_that_failed_stay_failed(folder: Path, tmp_path: Path) -> None:
    # As if the third replication of the second strategy had failed.
    for name in ("replications.parquet", "ledger.parquet"):
        table = pl.read_parquet(folder / name)
        gone = (table["strategy"].cast(pl.String) == "dear") & (table["replication"] == 2)
        table.filter(~gone).write_parquet(tmp_path / name)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["failures"] = [{"strategy": "dear", "replication": 2, "seed": 1, "reason": "tested"}]
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    found = reprice(open_run(tmp_path), ())
    whole = reprice(open_run(folder), ())
    assert np.isnan(found.values["dear"][2]).all()
    np.testing.assert_array_equal(np.delete(found.values["dear"], 2, 0), np.delete(whole.values["dear"], 2, 0))
    assert str(found.failures[0]) == "replication 2 of dear (seed 1) failed: tested"
    assert len(found.profit_and_loss["dear"].replications) == 11


def test_what_is_no_run_is_told_in_words(folder: Path, tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no such folder"):
        open_run(tmp_path / "nowhere")
    with pytest.raises(RunError, match=r"no manifest\.json in it"):
        open_run(tmp_path)
    manifest = json.loads((folder / "manifest.json").read_text())
    (tmp_path / "manifest.json").write_text(json.dumps(manifest | {"channelsim": "0.0.1"}))
    with pytest.raises(RunError, match="written by another version of channelsim; run the scenario again"):
        open_run(tmp_path)
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    (tmp_path / "replications.parquet").write_bytes(b"not a table")
    with pytest.raises(RunError, match=r"replications\.parquet: cannot be read"):
        open_run(tmp_path)
    (tmp_path / "replications.parquet").write_bytes((folder / "replications.parquet").read_bytes())
    with pytest.raises(RunError, match=r"ledger\.parquet: cannot be read"):
        reprice(open_run(tmp_path), ())
    (tmp_path / "manifest.json").write_text("{")
    with pytest.raises(RunError, match=r"manifest\.json: cannot be read"):
        open_run(tmp_path)
