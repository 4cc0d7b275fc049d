"""Programs at the edge of every table: nobody, nothing, everybody at once. Both engines agree on all of them."""

from __future__ import annotations

import datetime as dt
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from channelsim.engine import fast, reference
from channelsim.engine.ledger import Count, Ledger
from channelsim.program.arrays import Program
from channelsim.verification.engines import compare_engines
from worlds import constant, program_of, source, step, team, world

IS_BOUNDS_CHECKED = os.environ.get("NUMBA_BOUNDSCHECK") == "1"


def ledger_of(tree: dict[str, Any] | Program) -> Ledger:
    """The ledger on which both engines agree, event for event."""
    program = program_of(tree) if isinstance(tree, dict) else tree
    assert compare_engines(program, 1, 0, reference.simulate, fast.simulate).is_right
    return fast.simulate(program, 1, 0)


def arrived(ledger: Ledger) -> int:
    return int(ledger.counts[Count.ARRIVED].sum())


def test_no_leads() -> None:
    ledger = ledger_of(world(sources={"web": source(0.0)}))
    assert arrived(ledger) == 0
    assert not ledger.counts.any()


def test_no_reps() -> None:
    # Nobody serves anybody: who has patience is lost, who has none waits to the end.
    patient = ledger_of(world(sources={"web": source(300.0)}, teams={"desk": team(0)}))
    assert patient.open_leads.sum() == arrived(patient) > 200
    impatient = step(patience_hours=constant(2.0))
    hasty = ledger_of(world(sources={"web": source(300.0)}, teams={"desk": team(0)}, steps={"call": impatient}))
    assert hasty.counts[Count.COOLED].sum() > 200
    assert hasty.open_leads.sum() < 5


def test_two_thousand_reps_and_two_thousand_who_own_their_leads() -> None:
    teams = {
        "desk": team(2_000),
        "field": team(2_000, queue={"assignment": "owned"}, people={"annual_attrition": 0.9}),
    }
    steps = {"call": step("desk"), "visit": step("field", effort_hours=8.0)}
    ledger = ledger_of(world(sources={"web": source(800.0)}, teams=teams, steps=steps, months=2))
    assert arrived(ledger) > 1_500
    assert len(ledger.reps) > 4_000


@pytest.mark.parametrize("discipline", ["oldest", "newest", "largest"])
@pytest.mark.parametrize("reps", [1, 50])
def test_all_leads_in_one_instant(discipline: str, reps: int) -> None:
    tree = world(
        sources={"web": source(3_000.0)},
        segments={"all": {"deal_value": {"dist": "uniform", "low": 1, "high": 5}}},
        teams={"desk": team(reps, queue={"discipline": discipline})},
        months=2,
    )
    program = program_of(tree)
    # Where no hour has any weight, all of a month's leads come as its last hour begins.
    at_once = program._replace(pattern_cumulative=np.zeros_like(program.pattern_cumulative))
    ledger = ledger_of(at_once)
    assert arrived(ledger) > 5_000
    assert ledger.open_leads.sum() > arrived(ledger) / 2 - 24 * 31 * reps


def test_a_month_without_arrivals() -> None:
    seasonality = [1, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1]
    ledger = ledger_of(
        world(sources={"web": source(100.0, seasonality=seasonality)}, start=dt.date(2027, 1, 1), months=3)
    )
    by_month = ledger.counts[Count.ARRIVED].sum(axis=(1, 2, 3))
    assert by_month[1] == 0
    assert by_month[0] > 0 < by_month[2]


@pytest.mark.skipif(IS_BOUNDS_CHECKED, reason="the same tables as in smaller worlds, a hundred times longer")
@pytest.mark.parametrize("discipline", ["oldest", "largest"])
def test_a_million_in_line(discipline: str) -> None:
    tree = world(
        sources={"web": source(1_000_000.0)},
        segments={"all": {"deal_value": {"dist": "uniform", "low": 1, "high": 5}}},
        teams={"desk": team(1, queue={"discipline": discipline})},
    )
    ledger = fast.simulate(program_of(tree), 1, 0)
    assert arrived(ledger) == pytest.approx(1_000_000, rel=0.01)
    assert ledger.open_leads.sum() == arrived(ledger) - ledger.counts[Count.WON].sum() > 990_000
    assert ledger.counts[Count.WON].sum() == pytest.approx(31 * 24, abs=3)


@pytest.mark.skipif(IS_BOUNDS_CHECKED, reason="this is the run with bounds checking")
def test_no_access_is_out_of_bounds(tmp_path: Path) -> None:
    environment = os.environ | {
        "NUMBA_BOUNDSCHECK": "1", "CHANNELSIM_WORLDS": "60", "CHANNELSIM_CACHE_DIR": str(tmp_path),
    }  # fmt: skip
    here = Path(__file__).parent
    command = [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider", "-n", "0"]
    done = subprocess.run(
        [*command, "test_engines_agree.py", "test_edges.py"],
        cwd=here, env=environment, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout[-3000:]
    assert "passed" in done.stdout
