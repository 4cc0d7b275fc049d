"""What a sweep found: one row a point and strategy, and which strategy is best where."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from channelsim.analysis.intervals import CONFIDENCE
from channelsim.experiment.store import PARTS
from channelsim.experiment.sweep import Sweep
from channelsim.finance.definitions import COMPANY_METRICS, Metric

if TYPE_CHECKING:
    import polars as pl  # slow to import

SUMMARIZED = (
    "contribution", "npv", "bookings", "cost_total", "won", "win_rate", "cost_per_deal", "payback_months",
    "expense_ratio",
)  # fmt: skip


class SweepResults:
    """The results of a sweep, read from its folder: of its own points and replications, whatever else is there."""

    def __init__(self, sweep: Sweep, folder: Path) -> None:
        self.sweep = sweep
        self.folder = folder

    @property
    def paths(self) -> tuple[str, ...]:
        """The parameters."""
        return self.sweep.spec.plan.paths

    @property
    def decided_by(self) -> Metric:
        """The metric that strategies are judged by."""
        name = self.sweep.study.scenario.decision_metric
        return next(metric for metric in COMPANY_METRICS if metric.name == name)

    @cached_property
    def metrics(self) -> tuple[Metric, ...]:
        """Those of the summary, the deciding one first."""
        by_name = {metric.name: metric for metric in COMPANY_METRICS}
        return tuple(by_name[name] for name in dict.fromkeys((self.decided_by.name, *SUMMARIZED)))

    def rows(self) -> pl.LazyFrame:
        """One row a point, strategy and replication, with the number of the point."""
        import polars as pl

        spec = self.sweep.spec
        strategies = range(len(spec.strategies))
        own = [(point, spec.identity(point, each)) for point in range(self.sweep.points) for each in strategies]
        numbers = pl.DataFrame(
            {"number": [number for number, _ in own], "point": [name for _, name in own]},
            schema={"number": pl.Int64, "point": pl.String},
        )
        # Two points of a plan may be the same: each has its rows.
        parts = pl.scan_parquet(self.folder / PARTS / "*.parquet")
        wanted = parts.filter(pl.col("replication") < self.sweep.replications)
        return wanted.join(numbers.lazy(), on="point", how="inner")

    @cached_property
    def summary(self) -> pl.DataFrame:
        """One row a point and strategy: number, the parameters, strategy, replications, then each metric's mean
        and 95% interval. Ratios are of means, with the interval of a linear approximation (the delta method)."""
        import polars as pl
        from scipy.special import stdtrit  # slow to import

        figures = []
        for metric in self.metrics:
            if metric.ratio is None or len(metric.ratio.of) > 1:
                value, spread = pl.col(metric.name).mean(), pl.col(metric.name).std()
            else:
                top, bottom = pl.col(metric.ratio.of[0]) * metric.ratio.times, pl.col(metric.ratio.over)
                below = bottom.mean()
                value = pl.when(below > 0).then(top.mean() / below)
                slope = top.mean() / below
                left = top.var() - 2 * slope * pl.cov(top, bottom) + slope**2 * bottom.var()
                spread = pl.when(below > 0).then(left.clip(lower_bound=0.0).sqrt() / below)
            figures += [value.alias(metric.name), spread.alias(f"{metric.name}_spread")]
        keys = ["number", *self.paths, "strategy"]
        found = self.rows().group_by(keys).agg(pl.len().alias("replications"), *figures).collect()
        order = pl.Enum(list(self.sweep.spec.strategies))
        found = found.sort("number", pl.col("strategy").cast(order))
        count = found["replications"].to_numpy()
        half = stdtrit((count - 1).clip(min=1), 0.5 + CONFIDENCE / 2) / count**0.5
        half[count < 2] = float("nan")
        columns: list[pl.Expr] = [pl.col(name) for name in [*keys, "replications"]]
        for metric in self.metrics:
            width = pl.col(f"{metric.name}_spread") * pl.Series(half).fill_nan(None)
            columns += [
                pl.col(metric.name),
                (pl.col(metric.name) - width).alias(f"{metric.name}_ci_low"),
                (pl.col(metric.name) + width).alias(f"{metric.name}_ci_high"),
            ]
        return found.select(columns)

    @cached_property
    def winners(self) -> pl.DataFrame:
        """One row a point: number, the parameters, the best strategy by the deciding metric, its mean, its lead
        over the next one, paired, with half of the 95% interval (null with one strategy), and whether that is
        beyond chance."""
        import polars as pl
        from scipy.special import stdtrit  # slow to import

        metric, names = self.decided_by.name, list(self.sweep.spec.strategies)
        each = self.rows().select("number", *self.paths, "strategy", "replication", metric).collect()
        wide = each.pivot("strategy", index=["number", *self.paths, "replication"], values=metric)
        present = [name for name in names if name in wide.columns]
        means = wide.group_by("number", *self.paths).agg(pl.col(present).mean()).sort("number")
        table = means.select(present).to_numpy()
        order = (-table).argsort(axis=1, kind="stable")
        best = [present[at] for at in order[:, 0]]
        found = means.select("number", *self.paths).with_columns(
            pl.Series("best", best), pl.Series(metric, table.max(axis=1))
        )
        if len(present) < 2:
            return found.with_columns(
                lead=pl.lit(None, pl.Float64), half=pl.lit(None, pl.Float64), settled=pl.lit(None, pl.Boolean)
            )
        pairs = found.select("number", "best").with_columns(pl.Series("next", [present[at] for at in order[:, 1]]))
        value = each.select("number", "strategy", "replication", metric)
        apart = (
            pairs.join(value.rename({"strategy": "best", metric: "a"}), on=["number", "best"])
            .join(value.rename({"strategy": "next", metric: "b"}), on=["number", "next", "replication"])
            .group_by("number")
            .agg(
                (pl.col("a") - pl.col("b")).mean().alias("lead"),
                (pl.col("a") - pl.col("b")).std().alias("spread"),
                pl.len(),
            )
        )
        count = apart["len"].to_numpy()
        # Each of the others could have been the next one: Bonferroni.
        confidence = 1 - (1 - CONFIDENCE) / (len(present) - 1)
        t = stdtrit((count - 1).clip(min=1), 0.5 + confidence / 2) / count**0.5
        t[count < 2] = float("nan")
        apart = apart.with_columns(half=pl.col("spread") * pl.Series(t).fill_nan(None))
        return (
            found.join(apart.select("number", "lead", "half"), on="number", how="left")
            .with_columns(settled=pl.col("lead") > pl.col("half"))
            .sort("number")
        )

    def best_points(self, count: int) -> pl.DataFrame:
        """The points and strategies with the highest means of the deciding metric, best first."""
        return self.summary.sort(self.decided_by.name, descending=True, nulls_last=True).head(count)


def ordered_paths(results: SweepResults) -> Sequence[str]:
    """The parameters that are numbers."""
    kinds = results.sweep.spec.design.kinds
    return [path for path in results.paths if kinds[path] is not str]
