"""A sweep on a real Dask cluster: a scheduler and workers in processes of their own, on this machine."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from sweeping import data, small, swept

from channelsim.errors import RunError

pytest.importorskip("distributed", reason="needs channelsim[cluster]")
STARTS_WITHIN = 60.0
REPLICATIONS = 40


class Cluster:
    """A scheduler and its workers."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.file = folder / "scheduler.json"
        self.processes: list[subprocess.Popen[bytes]] = []
        self.scheduler = self._start(
            "dask_scheduler", "--port", "0", "--no-dashboard", "--scheduler-file", str(self.file)
        )
        deadline = time.monotonic() + STARTS_WITHIN
        while not self.file.exists() and time.monotonic() < deadline:
            time.sleep(0.05)

    def _start(self, module: str, *arguments: str, path: str = "") -> subprocess.Popen[bytes]:
        with (self.folder / f"{module}.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", f"distributed.cli.{module}", *arguments],
                stdout=log,
                stderr=log,
                cwd=self.folder,
                env=os.environ | ({"PYTHONPATH": path} if path else {}),
            )
        self.processes.append(process)
        return process

    def worker(self, path: str = "") -> subprocess.Popen[bytes]:
        """One more worker, of one thread. path: where it finds its modules first."""
        options = ("--nthreads", "1", "--no-dashboard", "--no-nanny", "--scheduler-file", str(self.file))
        return self._start("dask_worker", *options, path=path)

    def wait_for(self, workers: int) -> None:
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            client.wait_for_workers(workers, timeout=STARTS_WITHIN)

    @property
    def address(self) -> str:
        import json

        return str(json.loads(self.file.read_text())["address"])

    def stop(self) -> None:
        for process in self.processes:
            process.send_signal(signal.SIGKILL)
            process.wait()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    found = Cluster(tmp_path)
    yield found
    found.stop()


def test_a_cluster_yields_what_threads_do(tmp_path: Path, cluster: Cluster) -> None:
    for _ in range(2):
        cluster.worker()
    cluster.wait_for(2)
    sweep = small(replications=REPLICATIONS)
    swept(tmp_path / "threads", sweep)
    swept(tmp_path / "cluster", sweep, cluster=cluster.address)
    assert data(tmp_path / "cluster") == data(tmp_path / "threads")


def test_a_worker_killed_half_way_costs_nothing(tmp_path: Path, cluster: Cluster) -> None:
    doomed = cluster.worker()
    cluster.worker()
    cluster.wait_for(2)
    sweep = small(replications=4 * REPLICATIONS)
    killer = threading.Thread(target=_kill_when_it_works, args=(doomed, tmp_path / "cluster"))
    killer.start()
    swept(tmp_path / "cluster", sweep, cluster=cluster.address)
    killer.join()
    assert doomed.poll() is not None
    swept(tmp_path / "threads", sweep)
    assert data(tmp_path / "cluster") == data(tmp_path / "threads")


def test_a_scheduler_that_dies_is_told_and_the_rest_goes_on_from_there(tmp_path: Path, cluster: Cluster) -> None:
    cluster.worker()
    cluster.wait_for(1)
    sweep = small(replications=4 * REPLICATIONS)
    killer = threading.Thread(target=_kill_when_it_works, args=(cluster.scheduler, tmp_path / "store"))
    killer.start()
    with pytest.raises(RunError, match="the same command goes on from here"):
        swept(tmp_path / "store", sweep, cluster=cluster.address)
    killer.join()
    assert swept(tmp_path / "store", sweep).resumed > 0
    swept(tmp_path / "threads", sweep)
    assert data(tmp_path / "store") == data(tmp_path / "threads")


def test_a_worker_of_another_version_is_refused(tmp_path: Path, cluster: Cluster) -> None:
    other = tmp_path / "other" / "channelsim" / "experiment"
    other.mkdir(parents=True)
    for package in (other, other.parent):
        (package / "__init__.py").write_text("")
    (other / "executors.py").write_text("def version_here():\n    return '0.0.1'\n")
    cluster.worker(path=str(tmp_path / "other"))
    cluster.wait_for(1)
    with pytest.raises(RunError, match=r"has channelsim 0\.0\.1, this is .*; install the same on all"):
        swept(tmp_path / "store", small(), cluster=cluster.address)


def test_no_scheduler_is_told(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="no Dask scheduler answers at"):
        swept(tmp_path, small(), cluster="tcp://127.0.0.1:1")


def _kill_when_it_works(process: subprocess.Popen[bytes], folder: Path) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        if (folder / "journal").is_dir() and any((folder / "journal").iterdir()):
            process.send_signal(signal.SIGKILL)
            process.wait()
            return
        time.sleep(0.01)
