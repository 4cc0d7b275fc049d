"""The metrics' names: complete, stable, documented."""

from __future__ import annotations

from pathlib import Path

from channelsim.experiment.replicate import job_of, replicate
from channelsim.finance.definitions import COMPANY_METRICS, TEAM_METRICS, metrics_for
from channelsim.scenario.load import load
from worlds import world

DOCS = Path(__file__).parents[2] / "docs" / "metrics.md"


def test_every_defined_metric_is_measured_and_every_measured_one_defined() -> None:
    job = job_of("as_is", load(world()).strategies["as_is"])
    measured = replicate(job, seed=1, replication=0).metrics
    assert sorted(measured) == sorted(metric.name for metric in metrics_for(("desk",)))


def test_the_documentation_lists_every_metric_with_its_meaning() -> None:
    text = DOCS.read_text()
    for metric in COMPANY_METRICS:
        assert f"| `{metric.name}` | {metric.unit} | {metric.meaning} |" in text
    for metric in TEAM_METRICS:
        assert f"| `{metric.name}.<team>` | {metric.unit} | {metric.meaning} |" in text
