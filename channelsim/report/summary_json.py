"""A run as one JSON object, for programs that call the command line."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from channelsim.analysis.intervals import Estimate
from channelsim.experiment.result import Result
from channelsim.report.beliefs import stakes_of
from channelsim.report.risk import risk_figures
from channelsim.report.transient import warmup_sentences
from channelsim.report.verdict import verdict

STATISTICS = ("mean", "ci_low", "ci_high", "p10", "p50", "p90")


def run_as_json(result: Result, folder: Path) -> dict[str, Any]:
    """strategies.<name>.<metric> = {mean, ci_low, ci_high, p10, p50, p90}; differences.<name>.<metric> likewise,
    paired with the baseline; verdict; output. Undefined numbers are null."""
    names = [metric.name for metric in result.metrics]
    differences: dict[str, dict[str, Any]] = {name: {} for name in result.strategies if name != result.baseline}
    for metric in names:
        for name, estimate in result.differences(metric).items():
            differences[name][metric] = statistics(estimate)
    found = verdict(result)
    return {
        "scenario": result.study.source,
        "currency": result.study.scenario.currency,
        "seed": result.seed,
        "replications": result.replications,
        "luck_taken_out": result.controls.factor if result.controls else None,
        "stopping": result.stopping.as_dict() if result.stopping else None,
        "baseline": result.baseline,
        "strategies": {
            strategy: {metric: statistics(result.estimate(strategy, metric)) for metric in names}
            for strategy in result.strategies
        },
        "differences": differences,
        "verdict": {
            "sentence": found.sentence,
            "guarantee": found.guarantee,
            "shortfall": null_for_nan(found.shortfall),
            "metric": result.comparison.metric,
            "best": found.best,
            "settled": found.is_settled,
            "leads": {name: statistics(lead) for name, lead in found.leads.items()},
            "best_share": {name: null_for_nan(share) for name, share in result.comparison.best_share.items()},
        },
        "risk": risk_as_json(result),
        "warnings": warmup_sentences(result),
        "beliefs": beliefs_as_json(result),
        "failures": [str(failure) for failure in result.failures],
        "output": str(folder),
    }


def risk_as_json(result: Result) -> dict[str, dict[str, Any]]:
    """risk.<strategy>.<figure> = {value, ci_low, ci_high}; only chances have an interval."""
    found: dict[str, dict[str, Any]] = {}
    for each in risk_figures(result):
        figure: dict[str, float | None] = {"value": null_for_nan(each.value)}
        if each.ci_low is not None and each.ci_high is not None:
            figure |= {"ci_low": null_for_nan(each.ci_low), "ci_high": null_for_nan(each.ci_high)}
        found.setdefault(each.strategy, {})[each.figure] = figure
    return found


def beliefs_as_json(result: Result) -> dict[str, Any] | None:
    """What the uncertain numbers have to do with the decision; null where there are none, or no telling."""
    stakes = stakes_of(result)
    if stakes is None:
        return None
    return {
        "figure": stakes.figure,
        "share": stakes.share,
        "share_by_strategy": stakes.by_strategy,
        "numbers": {
            stake.path: {
                "low": stake.low,
                "high": stake.high,
                "share": stake.hinge.share,
                "at_low": stake.hinge.at_low,
                "at_high": stake.hinge.at_high,
                "matters": stake.hinge.matters,
                "flips": stake.hinge.flips,
            }
            for stake in stakes.numbers
        },
    }


def statistics(estimate: Estimate) -> dict[str, float | None]:
    """An estimate's figures by name."""
    return {name: null_for_nan(getattr(estimate, name)) for name in STATISTICS}


def null_for_nan(value: float) -> float | None:
    """JSON has no NaN: what never happened is null."""
    return None if math.isnan(value) else value
