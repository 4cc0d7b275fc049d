"""A small sweep, and a process that can be killed in the middle of it. Importing this compiles the kernel, so
that a fork of a process that has it starts at once."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from channelsim.engine.fast import prepare
from channelsim.experiment.executors import crew
from channelsim.experiment.store import Store
from channelsim.experiment.sweep import Outcome, Sweep, run_sweep, sweep_of
from channelsim.scenario.plan import Plan, plan_of
from worlds import source, step, team, world

VARIED = ("teams.desk.headcount=1:4:1", "sources.web.leads_per_month=x0.5,x1,x1.5")


def company(**sections: Any) -> dict[str, Any]:
    """A desk that is cheap or dear."""
    return world(
        months=2,
        sources={"web": source(60.0)},
        teams={"desk": team(pay={"salary": 50_000.0})},
        steps={"call": step(effort_hours=3.0, advance=0.5, patience_hours=50.0)},
        strategies={"cheap": {}, "dear": {"teams.desk.pay.salary": 90_000.0}},
        **sections,
    )


def small(varied: tuple[str, ...] = VARIED, plan: Plan | None = None, **options: Any) -> Sweep:
    return sweep_of(company(), plan or plan_of(varied), **{"replications": 60, "engine": "fast", **options})


def swept(folder: Path, sweep: Sweep, workers: int = 2, cluster: str | None = None) -> Outcome:
    with Store(folder, sweep.told()) as store, crew(sweep.spec, workers, cluster, lambda _: None) as there:
        return run_sweep(sweep, store, there)


def data(folder: Path) -> dict[str, bytes]:
    """The parts of a store, by name."""
    return {path.name: path.read_bytes() for path in (folder / "parts").iterdir()}


def work(folder: str) -> None:
    """What a process does until it is killed, or done."""
    swept(Path(folder), small(replications=20))


prepare(small().spec.job(0, 0).program, None)
