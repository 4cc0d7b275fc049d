"""What auto_supply.yaml takes from data: the IBM Watson Analytics sample "Sales Win Loss", 78,025 opportunities.

    python scenarios/derive_auto_supply.py ibm_sales_win_loss.csv.zip

prints the scenario's figures as YAML, to be compared with those in the file.
"""

from __future__ import annotations

import math
import sys
import zipfile
from dataclasses import dataclass
from io import BytesIO
from itertools import product
from pathlib import Path

import polars as pl

CHANNELS = {"Fields Sales": "outside", "Telesales": "inside", "Telecoverage": "inside"}
STAGES = ("identified", "validated", "qualified")
SIZES = range(1, 8)
BUYERS_SHARE = {True: 0.5, False: 0.85}
"""Share of the sample's days that is the buyer's, of deals won and lost. The rest is what the simulation adds by
itself: weekends, office hours, the rep's time. Set by trial, so that the simulated medians are the sample's."""
DECILES = [0.05 + 0.1 * decile for decile in range(10)]
COLUMNS = {
    "Route To Market": "route",
    "Opportunity Result": "result",
    "Opportunity Amount USD": "amount",
    "Total Days Identified Through Closing": "days",
    "Deal Size Category": "size",
    **{f"Ratio Days {stage.capitalize()} To Total Days": stage for stage in STAGES},
}
TEXTS = ("Route To Market", "Opportunity Result")


@dataclass(frozen=True)
class Figures:
    """Figures of the file, rounded as the scenario has them. A list of days has the middles of ten equal parts of
    the deals, from the quickest on."""

    opportunities: int
    mix: dict[int, float]  # share of each size among opportunities
    amount_mean: dict[int, float]  # by size, of amounts above zero
    amount_cv: dict[int, float]
    rows: dict[tuple[str, int], int]  # opportunities by channel and size
    win_rate: dict[tuple[str, int], float]
    advance: dict[tuple[str, str], dict[int, float]]  # by channel and stage: share that goes on, by size
    days_if_yes: dict[tuple[str, str], list[float]]  # by channel and stage: the buyer's, in the stage, of deals won
    days_if_no: dict[tuple[str, str], list[float]]  # the buyer's, since identified, of deals lost in the stage
    median_days: dict[tuple[str, bool], float]  # by channel: calendar days from identified to won (True) or lost


def derive(path: Path) -> Figures:
    """Read the zipped CSV and derive the figures. Raises OSError, BadZipFile, PolarsError, or
    ValueError in words, for another file."""
    deals = read(path)
    lost = deals.filter(~pl.col("won"))
    rows = {key: len(group) for key, group in deals.group_by("channel", "size")}
    won = {key: int(group["won"].sum()) for key, group in deals.group_by("channel", "size")}
    by_size = {size: deals.filter(pl.col("size") == size) for size in SIZES}
    amounts = {size: group["amount"].filter(group["amount"] > 0) for size, group in by_size.items()}
    win_rate = {key: won[key] / rows[key] for key in sorted(rows)}
    advance, days_if_yes, days_if_no = {}, {}, {}
    for channel in ("inside", "outside"):
        wins = deals.filter(pl.col("won"), pl.col("channel") == channel)
        losses = lost.filter(pl.col("channel") == channel)
        shares = [len(losses.filter(pl.col("stage") == stage)) / len(losses) for stage in range(len(STAGES))]
        by_stage = {size: stage_rates(win_rate[channel, size], shares) for size in SIZES}
        for position, stage in enumerate(STAGES):
            advance[channel, stage] = {size: round(rates[position], 4) for size, rates in by_stage.items()}
            days_if_yes[channel, stage] = middles(wins[stage], BUYERS_SHARE[True])
            lost_here = losses.filter(pl.col("stage") == position)
            days_if_no[channel, stage] = middles(lost_here["days"], BUYERS_SHARE[False])
    return Figures(
        opportunities=len(deals),
        mix=shares_of({size: len(group) for size, group in by_size.items()}),
        amount_mean={size: round(_mean(values), -2) for size, values in amounts.items()},
        amount_cv={size: round(_deviation(values) / _mean(values), 2) for size, values in amounts.items()},
        rows=rows,
        win_rate=win_rate,
        advance=advance,
        days_if_yes=days_if_yes,
        days_if_no=days_if_no,
        median_days={
            (channel, is_won): float(
                deals.filter(pl.col("channel") == channel, pl.col("won") == is_won)["days"].quantile(0.5) or 0
            )
            for channel in ("inside", "outside")
            for is_won in (True, False)
        },
    )


def read(path: Path) -> pl.DataFrame:
    """The opportunities of the two channels, each once: channel, size, amount, days, days in each stage, won, and
    the last stage in which a deal spent time (a deal that spent none was closed as soon as it was identified)."""
    with zipfile.ZipFile(path) as archive:
        files = [name for name in archive.namelist() if not name.endswith("/")]
        if not files:
            raise ValueError("there is no file in it")
        table = pl.read_csv(BytesIO(archive.read(files[0])), infer_schema_length=None)
    for column in COLUMNS:
        if column not in table.columns:
            raise ValueError(f"{files[0]} in it has no column '{column}'")
        if column not in TEXTS and not table[column].dtype.is_numeric():
            raise ValueError(f"the column '{column}' of {files[0]} in it does not hold numbers alone")
    deals = table.unique(maintain_order=True).select(pl.col(old).alias(new) for old, new in COLUMNS.items())
    last = pl.when(pl.col("qualified") > 0).then(2).when(pl.col("validated") > 0).then(1).otherwise(0)
    deals = (
        deals.with_columns(
            channel=pl.col("route").replace_strict(CHANNELS, default=None),
            won=pl.col("result") == "Won",
            stage=last,
            **{stage: pl.col(stage) * pl.col("days") for stage in STAGES},
        )
        .drop_nulls("channel")
        .drop("route", "result")
    )
    groups = set(deals.select("channel", "size", "won").unique().iter_rows())
    if not groups >= set(product(CHANNELS.values(), SIZES, (True, False))):
        raise ValueError(
            f"its {len(deals):,} opportunities are too few: each channel needs some won and lost of every size"
        )
    return deals


def shares_of(counts: dict[int, int]) -> dict[int, float]:
    """Shares to three decimals that add up to 1: the largest takes what rounding leaves over."""
    shares = {size: round(count / sum(counts.values()), 3) for size, count in counts.items()}
    largest = max(shares, key=lambda size: shares[size])
    shares[largest] = round(shares[largest] + 1 - sum(shares.values()), 3)
    return shares


def stage_rates(win_rate: float, shares: list[float]) -> list[float]:
    """The chance to go on at each stage, if so many win and the losses fall in such shares on the stages."""
    rates = []
    left = 1.0
    for share in shares:
        onward = left - (1 - win_rate) * share
        rates.append(onward / left)
        left = onward
    return rates


def gain(figures: Figures, size: int) -> tuple[float, float]:
    """By how much the field wins more often than the phone, and half of that difference's 95% interval (normal)."""
    inside, outside = (figures.win_rate[channel, size] for channel in ("inside", "outside"))
    variance = sum(
        rate * (1 - rate) / figures.rows[key] for key, rate in figures.win_rate.items() if key[1] == size
    )
    return outside - inside, 1.96 * math.sqrt(variance)


def middles(days: pl.Series, buyers_share: float) -> list[float]:
    """The buyer's days at the middles of ten equal parts, to a tenth of a day."""
    return [round(buyers_share * float(days.quantile(share, "linear") or 0), 1) for share in DECILES]


def _mean(values: pl.Series) -> float:
    return float(values.to_numpy().mean())


def _deviation(values: pl.Series) -> float:
    return float(values.to_numpy().std())


def main() -> int:
    """Print the figures as YAML."""
    if len(sys.argv) != 2:
        print("usage: python scenarios/derive_auto_supply.py ibm_sales_win_loss.csv.zip", file=sys.stderr)
        return 2
    try:
        figures = derive(Path(sys.argv[1]))
    except OSError as error:
        print(f"{sys.argv[1]}: {error.strerror}; give the path of the zipped sample", file=sys.stderr)
        return 2
    except (ValueError, zipfile.BadZipFile, pl.exceptions.PolarsError) as error:
        reason = "it is no zip file" if isinstance(error, zipfile.BadZipFile) else str(error).splitlines()[0]
        print(f"{sys.argv[1]}: not the zipped sample 'Sales Win Loss': {reason}", file=sys.stderr)
        return 2
    print(f"# {figures.opportunities:,} opportunities by phone or in the field")
    print(f"mix: {by_size(figures.mix)}")
    for size in SIZES:
        mean, cv = figures.amount_mean[size], figures.amount_cv[size]
        print(f"size_{size}: {{deal_value: {{dist: lognormal, mean: {mean:.0f}, cv: {cv}}}}}")
    gains = {size: gain(figures, size) for size in SIZES}
    print("# the field wins more, in percentage points, with half of the 95% interval:")
    print(
        "#   "
        + ", ".join(f"size_{size}: {100 * more:.1f} ± {100 * half:.1f}" for size, (more, half) in gains.items())
    )
    for channel in ("inside", "outside"):
        print(f"# {channel}: won {by_size({size: round(figures.win_rate[channel, size], 3) for size in SIZES})}")
        for is_won in (True, False):
            print(f"#   median days if {'won' if is_won else 'lost'}: {figures.median_days[channel, is_won]:g}")
        for stage in STAGES:
            print(f"{stage}:")
            print(f"  advance: {by_size(figures.advance[channel, stage])}")
            print(f"  buyer_days: {{dist: empirical, values: {figures.days_if_yes[channel, stage]}}}")
            print(f"  buyer_days_if_no: {{dist: empirical, values: {figures.days_if_no[channel, stage]}}}")
    return 0


def by_size(values: dict[int, float]) -> str:
    """A mapping from segments, as YAML."""
    return "{" + ", ".join(f"size_{size}: {value:g}" for size, value in values.items()) + "}"


if __name__ == "__main__":
    sys.exit(main())
