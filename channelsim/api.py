"""The Python interface: what the command line does, as objects and frames."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from channelsim.experiment.replicate import DEFAULT_ENGINE
from channelsim.experiment.result import Result
from channelsim.experiment.run import Progress, run_study
from channelsim.experiment.stopping import Rule
from channelsim.report.files import DEFAULT_FOLDER, write_run
from channelsim.report.risk import risk_figures
from channelsim.report.verdict import Verdict, verdict
from channelsim.scenario.load import load

if TYPE_CHECKING:
    from matplotlib.figure import Figure


def run(
    scenario: str | PathLike[str] | Mapping[str, Any],
    *,
    replications: int | Literal["auto"] | None = None,
    rule: Rule | None = None,
    seed: int | None = None,
    sets: Sequence[str] = (),
    strategies: Sequence[str] = (),
    baseline: str | None = None,
    workers: int = 1,
    engine: str = DEFAULT_ENGINE,
    targets: Sequence[str] = (),
    progress: Progress | None = None,
) -> Run:
    """Simulate a scenario's strategies.

    scenario: a file, or a mapping of the same shape. replications, seed: the scenario's own where None. rule: when
    "auto" stops (channelsim.experiment.stopping.Rule). sets:
    overrides such as "teams.inside.headcount=6". strategies: names of those to run, all if empty. baseline: the
    strategy that others are compared with, the first where None. workers: threads of the fast engine, or
    processes of the reference engine (a script that uses more than one of these needs the usual `if __name__ ==
    "__main__"`). engine: "fast" or "reference". targets: figures to reach, such as "bookings=12e6". progress:
    called with replications done and in all.

    Raises ScenarioError with all that is wrong with the scenario, UserError for an unknown name.

    >>> run("scenarios/quickstart.yaml", replications=50).verdict.sentence  # doctest: +SKIP
    """
    study = load(scenario, sets, only=strategies)
    for note in study.notes:
        print(note, file=sys.stderr)
    result = run_study(
        study,
        replications=replications,
        rule=rule,
        seed=seed,
        workers=workers,
        baseline=baseline,
        engine=engine,
        targets=targets,
        progress=progress,
        tell=lambda line: print(line, file=sys.stderr),
    )
    return Run(result)


class Run:
    """A finished run: frames, comparisons and charts."""

    def __init__(self, result: Result) -> None:
        self.result = result

    def __repr__(self) -> str:
        names = ", ".join(self.result.strategies)
        return f"<Run of {self.result.study.source}: {names}; {self.result.replications} replications>"

    @property
    def summary(self) -> pl.DataFrame:
        """One row a strategy and metric: mean, 95% interval, P10, P50, P90, replications."""
        return self.result.summary

    @property
    def replications(self) -> pl.DataFrame:
        """One row a strategy and replication, one column a metric."""
        return self.result.replication_table

    @property
    def ledger(self) -> pl.DataFrame:
        """What happened, in leads, hours and reps, by month, stream, motion, step, team and rep."""
        return self.result.ledger

    @property
    def verdict(self) -> Verdict:
        """Which strategy is best on the scenario's decision metric, and whether that is beyond chance."""
        return verdict(self.result)

    @property
    def risk(self) -> pl.DataFrame:
        """One row a strategy and figure about risk on the decision metric: strategy, figure, value, ci_low,
        ci_high."""
        return pl.DataFrame([asdict(figure) for figure in risk_figures(self.result)], infer_schema_length=None)

    @property
    def failures(self) -> list[str]:
        """Replications that failed, each with its seed and reason."""
        return [str(failure) for failure in self.result.failures]

    def compare(self, strategy: str, baseline: str) -> pl.DataFrame:
        """A strategy's paired difference from another, one row a metric: metric, unit, mean, ci_low, ci_high,
        p10, p50, p90, replications. Raises UserError for an unknown strategy."""
        return self.result.difference_table(strategy, baseline)

    @property
    def plot(self) -> Plots:
        """The charts of the run, each a matplotlib Figure: run.plot.comparison()."""
        return Plots(self.result)

    def write(self, folder: str | PathLike[str] = DEFAULT_FOLDER, *, excel: bool = False) -> Path:
        """Write report, tables, charts and manifest to a folder of the run's own below `folder`, and return it.
        excel: the workbook costs.xlsx, too."""
        return write_run(self.result, Path(folder), excel=excel)


class Plots:
    """The charts of a run."""

    def __init__(self, result: Result) -> None:
        self._result = result

    def _draw(self, name: str) -> Figure:
        from channelsim.report.charts import CHARTS  # matplotlib is slow to import

        return CHARTS[name](self._result)

    def comparison(self) -> Figure:
        """Key metrics of every strategy with their intervals, and differences from the baseline."""
        return self._draw("comparison")

    def ahead(self) -> Figure:
        """Contribution so far against the baseline, month by month, with bands."""
        return self._draw("ahead")

    def funnel(self) -> Figure:
        """From leads to deals, by strategy."""
        return self._draw("funnel")

    def pipeline(self) -> Figure:
        """Open pipeline by month, with bands."""
        return self._draw("pipeline")

    def utilization(self) -> Figure:
        """How busy each team is by month, with bands."""
        return self._draw("utilization")

    def losses(self) -> Figure:
        """Where leads are lost."""
        return self._draw("losses")
