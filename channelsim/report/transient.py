"""The months of a run: its monthly figures as a table, and whether the warm-up is long enough."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import numpy as np

from channelsim.analysis.transient import start_bias
from channelsim.experiment.result import Result

COLUMNS = (
    "strategy", "series", "month", "mean", "ci_low", "ci_high", "difference", "difference_ci_low",
    "difference_ci_high",
)  # fmt: skip
SETTLES_BY = "bookings"
WORTH_TELLING = 0.01
"""A bias of the mean smaller than this share is not told."""


def monthly_rows(result: Result) -> Iterator[tuple[str, str, dt.date, float, float, float, float, float, float]]:
    """One row a strategy, series and month, as in `monthly.csv`."""
    for (strategy, name), (own, apart) in result.monthly_bands.items():
        months = result.layout(strategy).month_starts[:-1]
        yield from (
            (strategy, name, month, *figures)
            for month, *figures in zip(
                months, own.mean, own.low, own.high, apart.mean, apart.low, apart.high, strict=True
            )
        )


def warmup_sentences(result: Result) -> list[str]:
    """What to say where bookings have not settled when the warm-up ends."""
    warmup = result.study.scenario.horizon.warmup_months
    sentences = []
    for strategy in result.strategies:
        values = result.by_month(strategy, SETTLES_BY)
        finished = ~np.isnan(values).any(axis=1)
        if not finished.any():
            continue
        means = values[finished].mean(axis=0)
        settled, bias = start_bias(means, warmup)
        if abs(bias) >= WORTH_TELLING:
            way = "below" if bias < 0 else "above"
            sentences.append(
                f"The warm-up may be too short for {strategy}: its bookings settle after about {settled} months "
                f"(MSER), warmup_months is {warmup}, and its mean is {abs(bias):.0%} {way} what it settles at."
            )
    return sentences
