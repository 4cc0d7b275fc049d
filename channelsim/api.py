"""The Python interface: what the command line does, as objects and frames."""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import polars as pl

from channelsim.calibrate.writing.template import DEFAULT_TEMPLATE
from channelsim.experiment.curves import Curves, run_curves
from channelsim.experiment.replicate import DEFAULT_ENGINE
from channelsim.experiment.result import Result
from channelsim.experiment.run import Progress, run_study
from channelsim.experiment.sensitivity import Sensitivity, question_of, run_sensitivity
from channelsim.experiment.stopping import Rule
from channelsim.report.curves import break_even_sentences, gap_sentences, optimum_sentences, throughout_sentences
from channelsim.report.curves_files import (
    BREAK_EVEN_COLUMNS,
    CURVE_COLUMNS,
    OPTIMUM_COLUMNS,
    break_even_rows,
    curve_rows,
    optimum_rows,
    write_curves,
)
from channelsim.report.files import DEFAULT_FOLDER, file_stem, write_run
from channelsim.report.risk import risk_figures
from channelsim.report.sensitivity import sentences as sensitivity_sentences
from channelsim.report.sensitivity_files import COLUMNS as INDEX_COLUMNS
from channelsim.report.sensitivity_files import (
    FLIP_COLUMNS,
    TORNADO_COLUMNS,
    WORTH_COLUMNS,
    flip_rows,
    index_rows,
    tornado_rows,
    worth_rows,
    write_sensitivity,
)
from channelsim.report.verdict import Verdict, verdict
from channelsim.scenario.load import load
from channelsim.scenario.points import load_points

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from channelsim.calibrate.estimates import Fit
    from channelsim.calibrate.writing.write import Written


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


def curves(
    scenario: str | PathLike[str] | Mapping[str, Any],
    *,
    vary: str,
    metrics: Sequence[str] = (),
    replications: int | None = None,
    seed: int | None = None,
    sets: Sequence[str] = (),
    strategies: Sequence[str] = (),
    baseline: str | None = None,
    workers: int = 1,
    progress: Progress | None = None,
) -> CurveRun:
    """Simulate a scenario's strategies at each value of one parameter, on the same leads with the same luck.

    vary: the parameter and its values, such as "teams.inside.headcount=2:12:1" or
    "sources.*.leads_per_month=x0.5,x1,x2" (`*` for any one name, x for times what the file says). metrics: names of
    curves, "marginal_cost_per_deal" among them; the usual ones if empty. replications: of each strategy at each
    value; the scenario's own where None, or 50 where it says auto. All others as in `run`.

    Raises ScenarioError with all that is wrong at any value, UserError for an unknown name.

    >>> curves("scenarios/quickstart.yaml", vary="sources.*.leads_per_month=x0.5:x3:x0.5").plot()  # doctest: +SKIP
    """
    points = load_points(scenario, vary, sets, strategies)
    for note in points.notes:
        print(note, file=sys.stderr)
    found = run_curves(
        points,
        metrics=metrics,
        replications=replications,
        seed=seed,
        workers=workers,
        baseline=baseline,
        progress=progress,
        tell=lambda line: print(line, file=sys.stderr),
    )
    return CurveRun(found)


def sensitivity(
    scenario: str | PathLike[str] | Mapping[str, Any],
    *,
    vary: Sequence[str] = (),
    auto: bool = False,
    spread: float | None = None,
    method: Literal["morris", "sobol"] = "morris",
    size: int | None = None,
    replications: int | None = None,
    seed: int | None = None,
    sets: Sequence[str] = (),
    strategies: Sequence[str] = (),
    workers: int = 1,
    folder: str | PathLike[str] = DEFAULT_FOLDER,
    progress: Progress | None = None,
) -> SensitivityRun:
    """Say which parameters could turn the verdict, and what it would be worth to know each exactly.

    vary: parameters with their ends, such as "teams.inside.headcount=4:12"; if empty, the scenario's uncertain
    numbers, or, if it has none or with `auto`, what a sales leader would doubt, by `spread` (0.2) up and down.
    method: "morris" screens, "sobol" shares the variance out. size: Morris's trajectories (10), or Sobol's base
    points (64, a power of 2). replications: of each strategy at each point (10). folder: where points are kept, so
    that a study that was stopped goes on. All others as in `run`.

    Raises ScenarioError with all that is wrong at any end, UserError for what cannot be varied, RunError if too
    many points failed.

    >>> sensitivity("scenarios/quickstart.yaml", size=4).plot.tornado()  # doctest: +SKIP
    """
    question = question_of(
        scenario,
        varied=vary,
        auto=auto,
        spread=spread,
        sets=sets,
        strategies=strategies,
        method=method,
        size=size,
        replications=replications,
        seed=seed,
    )
    for note in question.study.notes:
        print(note, file=sys.stderr)
    found = run_sensitivity(
        question,
        Path(folder),
        file_stem(question.study.source),
        workers=workers,
        progress=progress,
        tell=lambda line: print(line, file=sys.stderr),
    )
    return SensitivityRun(found)


class SensitivityRun:
    """A finished sensitivity study: frames, sentences and charts."""

    def __init__(self, result: Sensitivity) -> None:
        self.result = result

    def __repr__(self) -> str:
        question = self.result.question
        return f"<Sensitivity of {question.study.source}: {len(question.parameters)} parameters, {question.method}>"

    @property
    def indices(self) -> pl.DataFrame:
        """One row a figure and parameter: Morris's effects or Sobol's indices with their intervals."""
        return _frame(INDEX_COLUMNS, index_rows(self.result))

    @property
    def tornado(self) -> pl.DataFrame:
        """One row a parameter and end: the lead there with its interval, and the swing from end to end."""
        return _frame(TORNADO_COLUMNS, tornado_rows(self.result))

    @property
    def flips(self) -> pl.DataFrame:
        """One row a value of a parameter at which another strategy becomes best: who is best below and above."""
        return _frame(FLIP_COLUMNS, flip_rows(self.result))

    @property
    def worth(self) -> pl.DataFrame:
        """One row a parameter, then "(all)": what knowing it exactly would be worth, with its interval."""
        return _frame(WORTH_COLUMNS, worth_rows(self.result))

    @property
    def sentences(self) -> list[str]:
        """What was found, as on the terminal."""
        return sensitivity_sentences(self.result)

    @property
    def failures(self) -> list[str]:
        """Simulations that failed, each with its point and reason."""
        return list(self.result.failed)

    @property
    def plot(self) -> SensitivityPlots:
        """The charts, each a matplotlib Figure: run.plot.tornado()."""
        return SensitivityPlots(self.result)

    def write(self, folder: str | PathLike[str] = DEFAULT_FOLDER) -> Path:
        """Write tables, charts and manifest to a folder of the study's own below `folder`, and return it."""
        return write_sensitivity(self.result, Path(folder))


def from_export(
    *files: str | PathLike[str],
    mapping: str | PathLike[str] | None = None,
    template: str = DEFAULT_TEMPLATE,
    as_of: dt.date | None = None,
    currency: str | None = None,
) -> Calibration:
    """Estimate a scenario from a CRM's export, as `channelsim calibrate` does.

    files: CSV, Excel or Parquet, those of one export. mapping: a mapping file. template: a shipped scenario or a
    file, for what no export says. as_of: the day of the export, the last day in it where None. currency: of the
    amounts, such as "EUR". Raises UserError in words for what cannot be read or learnt from.
    """
    from channelsim.calibrate.fitting.fit import estimate  # what reads and fits is slow to import
    from channelsim.calibrate.reading.mapping import read_mapping
    from channelsim.calibrate.reading.read import read_export
    from channelsim.calibrate.writing.write import write_scenario

    read = read_mapping(Path(mapping)) if mapping is not None else None
    fit = estimate(read_export([Path(each) for each in files], read, as_of=as_of, currency=currency))
    return Calibration(fit, write_scenario(fit, template))


class Calibration:
    """What was learnt from an export, and the scenario of it."""

    def __init__(self, fit: Fit, written: Written) -> None:
        self.fit = fit
        self.written = written

    def __repr__(self) -> str:
        export = self.fit.export
        return f"<Calibration of {', '.join(export.files)}: {len(export.deals)} deals>"

    @property
    def deals(self) -> pl.DataFrame:
        """The deals as they were read (channelsim.calibrate.records.DEALS)."""
        return self.fit.export.deals

    @property
    def estimates(self) -> pl.DataFrame:
        """One row an estimate: name, value, sd, low and high (ends of the 90% interval), n, note."""
        from channelsim.report.calibration import ESTIMATE_COLUMNS, estimate_rows

        return _frame(ESTIMATE_COLUMNS, estimate_rows(self.fit))

    @property
    def quality(self) -> pl.DataFrame:
        """One row a kind of finding in the data: what, rows, done, examples."""
        from channelsim.report.calibration import QUALITY_COLUMNS, quality_rows

        return _frame(QUALITY_COLUMNS, quality_rows(self.fit))

    @property
    def scenario(self) -> str:
        """The scenario's text, YAML with comments."""
        return self.written.text

    def write(self, file: str | PathLike[str]) -> Path:
        """Write the scenario to a file, which must not exist yet, and return it. Raises FileExistsError."""
        path = Path(file)
        with path.open("x", encoding="utf-8") as out:
            out.write(self.scenario)
        return path


class SensitivityPlots:
    """The charts of a sensitivity study."""

    def __init__(self, result: Sensitivity) -> None:
        self._result = result

    def tornado(self) -> Figure:
        """What one parameter at a time does to the lead of the best strategy."""
        from channelsim.report.charts.sensitivity import tornado_chart  # matplotlib is slow to import

        return tornado_chart(self._result)

    def indices(self) -> Figure:
        """How much each parameter matters, and what knowing it would be worth."""
        from channelsim.report.charts.sensitivity import indices_chart  # matplotlib is slow to import

        return indices_chart(self._result)


class CurveRun:
    """Finished curves: frames, sentences and the chart."""

    def __init__(self, result: Curves) -> None:
        self.result = result

    def __repr__(self) -> str:
        points = self.result.points
        return f"<Curves of {points.study.source} over {points.variation.path}: {len(points)} values>"

    @property
    def table(self) -> pl.DataFrame:
        """One row a strategy, metric and value: mean, ci_low, ci_high, replications, and why a mean is null; of a
        marginal figure one row a step, from value to next_value."""
        return _frame(CURVE_COLUMNS, curve_rows(self.result))

    @property
    def break_evens(self) -> pl.DataFrame:
        """One row a crossing of two strategies' curves: metric, strategy, other, value, ci_low, ci_high (null:
        beyond the range), better_below, better_above."""
        return _frame(BREAK_EVEN_COLUMNS, break_even_rows(self.result))

    @property
    def optima(self) -> pl.DataFrame:
        """One row a strategy: its best value of the decision metric, whether at_an_end, the flat top (null: beyond
        the range), and the values that could be as good."""
        return _frame(OPTIMUM_COLUMNS, optimum_rows(self.result))

    @property
    def sentences(self) -> list[str]:
        """What the curves say, as on the terminal."""
        tellers = (gap_sentences, break_even_sentences, throughout_sentences, optimum_sentences)
        return [sentence for tell in tellers for sentence in tell(self.result)]

    @property
    def failures(self) -> list[str]:
        """Replications that failed, each with its value, seed and reason."""
        return [str(failure) for failure in self.result.failures]

    def plot(self) -> Figure:
        """A panel for each metric, a line with its band for each strategy, break-even points marked."""
        from channelsim.report.charts.curves import curves_chart  # matplotlib is slow to import

        return curves_chart(self.result)

    def write(self, folder: str | PathLike[str] = DEFAULT_FOLDER) -> Path:
        """Write report, tables, chart and manifest to a folder of the curves' own below `folder`, and return it."""
        return write_curves(self.result, Path(folder))


TYPES = {
    **dict.fromkeys(("strategy", "other", "metric", "gap", "better_below", "better_above"), pl.String),
    **dict.fromkeys(("mean", "ci_low", "ci_high", "flat_low", "flat_high"), pl.Float64),
}
"""Of columns that may be empty."""


def _frame(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> pl.DataFrame:
    """A table with null for what is undefined."""
    types = {name: kind for name, kind in TYPES.items() if name in columns}
    frame = pl.DataFrame(list(rows), list(columns), schema_overrides=types, orient="row", infer_schema_length=None)
    return frame.with_columns(pl.selectors.float().fill_nan(None))


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
