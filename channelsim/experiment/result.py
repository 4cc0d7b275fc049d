"""A finished run: every strategy's replications, and the tables made of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from channelsim.analysis.comparison import Comparison, compare, paired, pairs_of
from channelsim.analysis.controls import Controls
from channelsim.analysis.ignorance import Ignorance, ignorance
from channelsim.analysis.intervals import CONFIDENCE, Estimate, estimate, simultaneous
from channelsim.analysis.jackknife import pseudo_values
from channelsim.analysis.ratios import about
from channelsim.analysis.risk import Chance, Dominance, Risk, dominance, risks, worse_tail
from channelsim.analysis.targets import Target
from channelsim.analysis.transient import Band, band
from channelsim.errors import UserError, suggest
from channelsim.experiment.controls import controls_of
from channelsim.experiment.luck import belief_draws
from channelsim.experiment.replicate import Job, LedgerRows
from channelsim.experiment.statements import ProfitAndLoss, profit_and_loss
from channelsim.experiment.stopping import Stopping
from channelsim.experiment.workers import Failure
from channelsim.finance.definitions import Metric, Ratio, metrics_for
from channelsim.program.layout import Layout
from channelsim.scenario.load import Study
from channelsim.scenario.uncertain import Uncertain

if TYPE_CHECKING:
    import polars as pl  # slow to import: a run is simulated before it is tabled

FloatArray = NDArray[np.float64]


@dataclass(frozen=True)
class Result:
    """values: strategy -> (replication, metric), NaN where undefined or failed. monthly: strategy -> series ->
    (replication, month). rows: strategy -> one ledger a replication, None where it failed. luck: strategy ->
    (replication, kind), what luck was worth. targets: what a plan must reach. stopping: how the number of
    replications was chosen, None where it was given."""

    study: Study
    jobs: tuple[Job, ...]
    seed: int
    replications: int
    baseline: str
    engine: str
    values: dict[str, FloatArray]
    monthly: dict[str, dict[str, FloatArray]]
    rows: dict[str, list[LedgerRows | None]]
    luck: dict[str, FloatArray]
    failures: tuple[Failure, ...]
    wall_seconds: float
    targets: tuple[Target, ...] = ()
    stopping: Stopping | None = None

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics of all strategies, in order."""
        return metrics_of(self.jobs)

    @property
    def strategies(self) -> list[str]:
        """Names of the strategies, in order."""
        return list(self.values)

    def layout(self, strategy: str) -> Layout:
        """The names behind a strategy's indices."""
        return next(job.layout for job in self.jobs if job.name == strategy)

    def metric_values(self, name: str) -> dict[str, FloatArray]:
        """One metric of every strategy, a value a replication."""
        column = self.column(name)
        return {strategy: values[:, column] for strategy, values in self.values.items()}

    def column(self, name: str) -> int:
        """Position of a metric. Raises KeyError with the known names for an unknown one."""
        names = [metric.name for metric in self.metrics]
        if name not in names:
            raise KeyError(f"no metric named {name!r}; known: {', '.join(names)}")
        return names.index(name)

    def by_month(self, strategy: str, series: str) -> FloatArray:
        """A monthly series of a strategy, (replication, month): NaN where a replication failed, or the strategy has
        no such series."""
        undefined = np.full((self.replications, self.layout(strategy).months), np.nan)
        return self.monthly[strategy].get(series, undefined)

    def estimate(self, strategy: str, metric: str) -> Estimate:
        """A metric's mean, interval and spread under a strategy."""
        values = self.metric_values(metric)
        found = self.metrics[self.column(metric)]
        if found.ratio is None:
            return estimate(values[strategy], controls=self.controls)
        value, parts = self.ratio_of_means(found.ratio, strategy, ~np.isnan(self.metric_values("leads")[strategy]))
        return about(value, parts, values[strategy], controls=self.controls)

    def ratio_of_means(self, ratio: Ratio, strategy: str, done: NDArray[np.bool_]) -> tuple[float, FloatArray]:
        """A ratio of means over some replications, and its pseudo-values."""
        factors = np.array([self.metric_values(name)[strategy][done] for name in ratio.of])
        of = np.where(
            (factors == 0).any(axis=0), 0.0, factors.prod(axis=0)
        )  # no wins: nothing, whatever one is worth
        rows = np.column_stack([of, self.metric_values(ratio.over)[strategy][done]])
        if not len(rows):
            return np.nan, np.full(1, np.nan)

        def divided(means: FloatArray) -> FloatArray:
            below = means[..., 1:]
            nothing = np.full(below.shape, np.nan)
            found: FloatArray = np.divide(ratio.times * means[..., :1], below, out=nothing, where=below > 0)
            return found

        weights = self.weights[done] / self.weights[done].sum()
        parts = pseudo_values(rows, divided)[:, 0] if len(rows) > 1 else np.full(1, np.nan)
        return float(divided(weights @ rows)[0]), parts

    def _difference(self, metric: str, strategy: str, baseline: str, confidence: float) -> Estimate:
        """A paired difference of a metric."""
        values = self.metric_values(metric)
        apart = values[strategy] - values[baseline]
        ratio = self.metrics[self.column(metric)].ratio
        if ratio is None:
            return estimate(apart, confidence, self.controls)
        leads = self.metric_values("leads")
        done = paired(leads[strategy], leads[baseline])
        one, other = (self.ratio_of_means(ratio, name, done) for name in (strategy, baseline))
        return about(one[0] - other[0], one[1] - other[1], apart, confidence, self.controls)

    @cached_property
    def controls(self) -> Controls | None:
        """What takes luck out of all means of the run; None if it would not help, or a replication failed."""
        return controls_of(self.metric_values(self.study.scenario.decision_metric), self.luck, self.baseline)

    @cached_property
    def weights(self) -> FloatArray:
        """What each replication counts in a mean: the same for all figures; they add up to 1."""
        if self.controls is None:
            return np.full(self.replications, 1.0 / self.replications)
        return self.controls.weights

    @cached_property
    def comparison(self) -> Comparison:
        """All strategies on the scenario's decision metric."""
        metric = self.study.scenario.decision_metric
        return compare(
            metric, self.metric_values(metric), self._confidence(pairs_of(len(self.values))), self.controls
        )

    def _confidence(self, comparisons: int) -> float | None:
        """Of each of several intervals, where results were looked at repeatedly; None where they were not."""
        return None if self.stopping is None else self.stopping.confidence(comparisons)

    @cached_property
    def risks(self) -> dict[str, Risk]:
        """Each strategy's risk on the decision metric; empty where no replication of all of them finished."""
        return risks(self.metric_values(self.comparison.metric))

    def dominance(self, strategy: str, other: str) -> Dominance | None:
        """How a strategy's decision metric dominates another's, if it does."""
        values = self.metric_values(self.comparison.metric)
        return dominance(values[strategy], values[other])

    def worse_tail(self, strategy: str, other: str) -> float:
        """The largest share of worst replications that are worse on average than another strategy's worst."""
        values = self.metric_values(self.comparison.metric)
        return worse_tail(values[strategy], values[other])

    def reached(self, target: Target, strategy: str) -> Chance:
        """How often a strategy reached a target."""
        return target.reached(self.metric_values(target.metric.name)[strategy])

    @cached_property
    def beliefs(self) -> dict[str, Uncertain]:
        """The uncertain numbers of all strategies by dotted path, in the order of the first that has each."""
        found: dict[str, Uncertain] = {}
        for beliefs in self.study.beliefs.values():
            for each in beliefs.uncertain:
                found.setdefault(each.path, each)
        return found

    @cached_property
    def belief_draws(self) -> FloatArray:
        """What each replication drew for them: uniforms, (replication, number)."""
        uncertain = list(self.beliefs.values())
        draws = [belief_draws(uncertain, self.seed, replication) for replication in range(self.replications)]
        return np.array([[each[number.at] for number in uncertain] for each in draws]).reshape(len(draws), -1)

    def ignorance(self, figure: FloatArray) -> Ignorance | None:
        """How much of a figure, one value a replication, differs because of the uncertain numbers; None if there
        are none, or too few replications to tell."""
        return ignorance(figure, self.belief_draws) if self.beliefs else None

    def differences(self, metric: str, baseline: str | None = None) -> dict[str, Estimate]:
        """Each other strategy's paired difference from the baseline (the run's, unless another is named)."""
        baseline = baseline or self.baseline
        others = [name for name in self.values if name != baseline]
        confidence = self._confidence(len(others)) or simultaneous(len(others))
        return {name: self._difference(metric, name, baseline, confidence) for name in others}

    @cached_property
    def profit_and_loss(self) -> dict[str, ProfitAndLoss]:
        """Each strategy's profit and loss; without those of which no replication finished."""
        found = {job.name: profit_and_loss(job, self.seed, self.rows[job.name], self.weights) for job in self.jobs}
        return {name: each for name, each in found.items() if each is not None}

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row a strategy and metric: strategy, metric, unit, mean, ci_low, ci_high, p10, p50, p90,
        replications (those that define the metric)."""
        from channelsim.experiment.frames import estimates_frame

        return estimates_frame(
            ("strategy", "metric", "unit"),
            {
                (strategy, metric.name, str(metric.unit)): self.estimate(strategy, metric.name)
                for strategy in self.strategies
                for metric in self.metrics
            },
        )

    def difference_table(self, strategy: str, baseline: str) -> pl.DataFrame:
        """A strategy's paired difference from another, one row a metric, with a 95% interval each. Raises
        UserError for an unknown strategy."""
        from channelsim.experiment.frames import estimates_frame

        for name in (strategy, baseline):
            if name not in self.values:
                raise UserError(f"no strategy named '{name}'; {suggest(name, self.values)}")
        found: dict[tuple[str, ...], Estimate] = {}
        for metric in self.metrics:
            found[metric.name, str(metric.unit)] = self._difference(metric.name, strategy, baseline, CONFIDENCE)
        return estimates_frame(("metric", "unit"), found)

    @cached_property
    def replication_table(self) -> pl.DataFrame:
        """One row a strategy and replication that finished; its weight in means, and a column a metric, null where
        undefined."""
        from channelsim.experiment.frames import replications_frame

        names = [metric.name for metric in self.metrics]
        return replications_frame(self.values, self.rows, names, self.weights)

    @cached_property
    def ledger(self) -> pl.DataFrame:
        """What happened, in long form: strategy, replication, month (its first day), source, segment, motion,
        step, team, seat, incumbent, measure, value. Dimensions that a measure does not have are null."""
        from channelsim.experiment.ledger_table import ledger_table

        return ledger_table(self.jobs, self.rows)

    @cached_property
    def lost_leads(self) -> dict[tuple[str, str, str, str], float]:
        """Leads lost after the warm-up, in all replications together, by strategy, motion, step and reason."""
        from channelsim.experiment.ledger_table import lost_leads

        return lost_leads(self.ledger, self.jobs)

    @cached_property
    def monthly_bands(self) -> dict[tuple[str, str], tuple[Band, Band]]:
        """By strategy and series: the mean with its band, and the paired difference from the baseline with its own.
        Bands hold for all months of a series at once."""
        return {
            (strategy, name): (
                band(values, controls=self.controls),
                band(values - self.by_month(self.baseline, name), controls=self.controls),
            )
            for strategy, monthly in self.monthly.items()
            for name, values in monthly.items()
        }


def metrics_of(jobs: Sequence[Job]) -> tuple[Metric, ...]:
    """The metrics of several strategies: each once, in the order of the first that has it."""
    teams = dict.fromkeys(team for job in jobs for team in job.layout.teams)
    return metrics_for(tuple(teams))
