"""What it costs to calibrate: a made-up report of many opportunities, from the file to the scenario."""

from __future__ import annotations

import datetime as dt
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import polars as pl

FIRST_DAY = dt.date(2022, 1, 1)
MONTHS = 48
DAYS_A_MONTH = 365.25 / 12
SOURCES = ("Web", "Referral", "Event", "Partner", "Outbound")
SEGMENTS = ("Small", "Mid", "Large", "Key")
WIN_RATES = (0.31, 0.24, 0.18, 0.12)
WIN_DAYS = (20.0, 35.0, 60.0, 100.0)
VALUES = (4_000.0, 15_000.0, 60_000.0, 250_000.0)


@dataclass(frozen=True)
class Calibrating:
    """A calibration of so many rows: seconds of wall clock and of CPU, and megabytes at most."""

    rows: int
    wall_seconds: float
    cpu_seconds: float
    megabytes: float


def opportunities(rows: int, seed: int = 1) -> pl.DataFrame:
    """A report of opportunities as a CRM writes it, created over four years: each won or lost some weeks later, the
    latest still open; five sources, four segments, owners with up to 400 deals a year, log-normal amounts."""
    luck = np.random.default_rng(seed)
    last_day = int(MONTHS * DAYS_A_MONTH)
    created = np.sort(luck.uniform(0, last_day, rows))
    segment = luck.choice(len(SEGMENTS), rows, p=(0.4, 0.3, 0.2, 0.1))
    is_won = luck.random(rows) < np.array(WIN_RATES)[segment]
    mean_days = np.array(WIN_DAYS)[segment] * np.where(is_won, 1.0, 1.4)
    days = luck.gamma(1.5, mean_days / 1.5)
    is_open = created + days > last_day
    owners = max(rows // (4 * 400), 4)
    day = pl.lit(FIRST_DAY)
    return pl.DataFrame(
        {
            "Opportunity ID": np.arange(1, rows + 1),
            "created": created.astype(int),
            "closed": (created + days).astype(int),
            "Stage": np.where(is_open, "Negotiation", np.where(is_won, "Closed Won", "Closed Lost")),
            "Amount": np.round(luck.lognormal(np.log(np.array(VALUES)[segment]), 0.7), 2),
            "Lead Source": np.array(SOURCES)[luck.choice(len(SOURCES), rows, p=(0.4, 0.2, 0.15, 0.15, 0.1))],
            "Segment": np.array(SEGMENTS)[segment],
            "Owner": luck.integers(0, owners, rows),
            "is_open": is_open,
        }
    ).select(
        pl.format("006{}", pl.col("Opportunity ID").cast(pl.String).str.zfill(9)).alias("Opportunity ID"),
        (day + pl.duration(days=pl.col("created"))).dt.strftime("%Y-%m-%d").alias("Created Date"),
        pl.when(~pl.col("is_open"))
        .then((day + pl.duration(days=pl.col("closed"))).dt.strftime("%Y-%m-%d"))
        .alias("Close Date"),
        "Stage",
        "Amount",
        "Lead Source",
        "Segment",
        pl.format("Rep {}", "Owner").alias("Opportunity Owner"),
    )


def calibrating(rows: int) -> Calibrating:
    """Calibrate a made-up report, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "opportunities.csv"
        opportunities(rows).write_csv(file)
        return calibrated(rows, file, Path(folder) / "scenario.yaml")


def calibrated(rows: int, file: Path, target: Path) -> Calibrating:
    """Run the verb on a file, and see what it takes."""
    statement = (
        "import resource, sys\n"
        "from channelsim.cli.main import main\n"
        "try:\n    main()\n"
        "finally:\n"
        "    from benchmarks.measure import peak_megabytes\n"
        "    used = resource.getrusage(resource.RUSAGE_SELF)\n"
        "    print(used.ru_utime + used.ru_stime, peak_megabytes(), file=sys.stderr)\n"
    )
    begun = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", statement, "calibrate", str(file), "-o", str(target), "--yes", "--quiet"],
        capture_output=True,
        text=True,
        check=True,
    )
    cpu, megabytes = done.stderr.split()[-2:]
    return Calibrating(rows, time.perf_counter() - begun, float(cpu), float(megabytes))
