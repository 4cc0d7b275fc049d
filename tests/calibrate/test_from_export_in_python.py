"""A notebook gets from an export what the command line writes."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner
from made_exports import MadeRoute, MadeStep, MadeWorld, made_export

import channelsim as cs
from channelsim.cli.main import main
from channelsim.errors import UserError

STEP = MadeStep("deal", {"all": 0.3}, ("lognormal", 20.0, 0.8), ("gamma", 30.0, 0.7))


@pytest.fixture(scope="module")
def file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A report of some hundred deals."""
    world = MadeWorld(
        routes=(MadeRoute("sales", (STEP,)),),
        segments={"all": ("lognormal", 9000.0, 0.6)},
        mix={"all": 1.0},
        routing={"sales": 1.0},
        per_month={"web": 30.0},
        months=14,
    )
    export = made_export(world, 1)
    import polars as pl

    assert export.origin is not None
    day = pl.lit(export.origin) + pl.duration(days=pl.col("created_day"))
    closed = pl.lit(export.origin) + pl.duration(days=pl.col("closed_day"))
    stage = pl.col("ending").replace_strict({"won": "Closed Won", "lost": "Closed Lost", "open": "Proposal"})
    path = tmp_path_factory.mktemp("export") / "opportunities.csv"
    export.deals.select(
        pl.col("key").alias("Opportunity ID"),
        day.dt.date().alias("Created Date"),
        closed.dt.date().alias("Close Date"),
        stage.alias("Stage"),
        pl.col("value").alias("Amount"),
        pl.col("source").alias("Lead Source"),
    ).write_csv(path)
    return path


def test_it_is_the_scenario_of_the_command_line(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(main, ["calibrate", str(file), "-o", "scenario.yaml", "--yes", "--quiet"])
    assert done.exit_code == 0, done.output
    found = cs.from_export(file)
    assert found.scenario == Path("scenario.yaml").read_text()
    assert found.write("mine.yaml").read_text() == found.scenario
    with pytest.raises(FileExistsError):
        found.write("mine.yaml")
    run = cs.run("mine.yaml", replications=2)
    assert "as_is" in run.summary["strategy"]


def test_estimates_and_findings_are_frames(file: Path) -> None:
    found = cs.from_export(file)
    assert {"name", "value", "low", "high", "n"} <= set(found.estimates.columns)
    assert (found.estimates["low"] <= found.estimates["high"]).all()
    still_open = found.quality.filter(found.quality["what"] == "open deals")["rows"].item()
    assert still_open == (found.deals["ending"] == "open").sum() > 0


def test_a_file_that_is_not_there_is_told_in_words() -> None:
    with pytest.raises(UserError, match="no such file"):
        cs.from_export("nothing.csv")
