"""The ledgers of a run as one long table with names in place of indices."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from channelsim.engine.ledger import LOST
from channelsim.experiment.replicate import MEASURES, Job, LedgerRows
from channelsim.program.arrays import NONE

IntArray = NDArray[np.int64]


def ledger_table(jobs: Sequence[Job], rows: Mapping[str, Sequence[LedgerRows | None]]) -> pl.DataFrame:
    """All ledgers: strategy, replication, month (its first day), source, segment, motion, step, team, seat,
    incumbent, measure, value; null where a measure has no such dimension. Seats and incumbents count from 1."""
    layouts = [job.layout for job in jobs]
    names = {
        "strategy": _unique(job.name for job in jobs),
        "source": _unique(source for layout in layouts for source, _ in layout.streams),
        "segment": _unique(segment for layout in layouts for _, segment in layout.streams),
        "motion": _unique(motion for layout in layouts for motion in layout.motions),
        "step": _unique(step for layout in layouts for steps in layout.steps for step in steps),
        "team": _unique(team for layout in layouts for team in layout.teams),
    }
    return pl.concat([_strategy_table(job, rows[job.name], names) for job in jobs])


def _unique(names: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(names))


def _strategy_table(job: Job, ledgers: Sequence[LedgerRows | None], names: Mapping[str, list[str]]) -> pl.DataFrame:
    done = [(replication, ledger) for replication, ledger in enumerate(ledgers) if ledger is not None]
    empty = LedgerRows(np.empty(0, np.int16), np.empty((0, 6), np.int16), np.empty(0))
    parts = [ledger for _, ledger in done] or [empty]
    measure = np.concatenate([part.measure for part in parts]).astype(np.int64)
    indices = np.concatenate([part.indices for part in parts]).astype(np.int64)
    value = np.concatenate([part.value for part in parts])
    replication = np.repeat([number for number, _ in done], [len(ledger.value) for _, ledger in done])
    month, stream, motion, step, seat, incumbent = indices.T
    layout = job.layout
    width = layout.max_steps
    at_step = np.where(motion == NONE, NONE, motion * width + step)
    seat_teams = [each.team for each in layout.seats]

    def named(column: str, codes: IntArray, code_names: Sequence[str]) -> pl.Series:
        position = np.array([names[column].index(name) if name else NONE for name in code_names] + [NONE])
        return _enum(position[codes], names[column])

    by_step = named("team", at_step, _padded(layout.step_team, width))
    by_seat = named("team", seat, seat_teams)
    return pl.DataFrame(
        {
            "strategy": named("strategy", np.zeros(len(value), np.int64), [job.name]),
            "replication": pl.Series(replication, dtype=pl.Int32),
            "month": pl.Series(np.array(layout.month_starts[:-1], dtype="datetime64[D]")[month]),
            "source": named("source", stream, [source for source, _ in layout.streams]),
            "segment": named("segment", stream, [segment for _, segment in layout.streams]),
            "motion": named("motion", motion, layout.motions),
            "step": named("step", at_step, _padded(layout.steps, width)),
            "team": by_step.zip_with(by_step.is_not_null(), by_seat),
            "seat": _numbers(seat, [each.number + 1 for each in layout.seats]),
            "incumbent": _numbers(incumbent, range(1, int(incumbent.max(initial=0)) + 2)),
            "measure": _enum(measure, list(MEASURES)),
            "value": value,
        }
    )


def _padded(by_motion: Sequence[Sequence[str]], width: int) -> list[str]:
    """Names by motion and step in one list, "" where a motion is shorter than the longest."""
    return [name for names in by_motion for name in [*names, *[""] * (width - len(names))]]


def _enum(codes: IntArray, names: list[str]) -> pl.Series:
    """Names for positions in a list of names, null for NONE."""
    positions = pl.Series(codes, dtype=pl.Int64).replace(NONE, None)
    return pl.Series(names, dtype=pl.Enum(names)).gather(positions)


def _numbers(codes: IntArray, numbers: Iterable[int]) -> pl.Series:
    lookup = np.array([*numbers, NONE])
    return pl.Series(lookup[codes], dtype=pl.Int32).replace(NONE, None)


def lost_leads(ledger: pl.DataFrame, jobs: Sequence[Job]) -> dict[tuple[str, str, str, str], float]:
    """Leads lost after the warm-up, in all replications together, by strategy, motion, step and reason."""
    after_warmup = {job.name: job.layout.month_starts[job.warmup_months] for job in jobs}
    counted = (
        ledger.lazy()
        .filter(pl.col("measure").is_in([reason.name.lower() for reason in LOST]))
        .with_columns(pl.col("strategy", "motion", "step", "measure").cast(pl.String))
        .filter(pl.col("month") >= pl.col("strategy").replace_strict(after_warmup, return_dtype=pl.Date))
        .group_by("strategy", "motion", "step", "measure")
        .agg(pl.col("value").sum())
        .collect()
    )
    return {
        (strategy, motion, step, reason): value for strategy, motion, step, reason, value in counted.iter_rows()
    }
