"""Where replications run: in threads (the fast engine), here or in worker processes (the reference engine).

One that fails does not sink the others."""

from __future__ import annotations

import itertools
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, ThreadPoolExecutor, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial

from channelsim.experiment.replicate import FAST, Job, Replication, Simulate, replicate

BROKEN_POOL_RETRIES = 2
TASKS_AHEAD = 4
"""Tasks handed out for each worker: enough that none waits for the next, few enough that stopping is quick."""


@dataclass(frozen=True, order=True)
class Task:
    """One replication of one strategy: replication first, so that pairs are completed early."""

    replication: int
    strategy: int


@dataclass(frozen=True)
class Failure:
    """A replication that did not finish, and why."""

    strategy: str
    replication: int
    seed: int
    reason: str

    def __str__(self) -> str:
        return f"replication {self.replication} of {self.strategy} (seed {self.seed}) failed: {self.reason}"


Outcome = tuple[Task, Replication | Failure]


def default_workers() -> int:
    """The processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def run_tasks(jobs: Sequence[Job], seed: int, tasks: Iterable[Task], workers: int) -> Iterator[Outcome]:
    """Run every task and yield each outcome as it comes. Threads take jobs and tasks one by one, in order."""
    if jobs[0].engine == FAST:
        yield from _run_in_threads(jobs, seed, tasks, workers)
        return
    left = list(tasks)
    if workers <= 1 or len(left) <= 1:
        for task in left:
            yield task, attempt(jobs[task.strategy], seed, task.replication)
        return
    for _ in range(BROKEN_POOL_RETRIES + 1):
        finished: set[Task] = set()
        for task, outcome in _run_in_pool(jobs, seed, left, workers):
            finished.add(task)
            yield task, outcome
        left = [task for task in left if task not in finished]
        if not left:
            return
    for task in left:
        reason = f"its worker process died, {BROKEN_POOL_RETRIES + 1} times in a row (out of memory, or killed)"
        yield task, Failure(jobs[task.strategy].name, task.replication, seed, reason)


def attempt(job: Job, seed: int, replication: int, simulate: Simulate | None = None) -> Replication | Failure:
    """One replication, or why there is none; `simulate`: in place of the job's engine."""
    try:
        return replicate(job, seed, replication, simulate)
    except Exception as error:  # a fault in one replication is reported with its seed, and costs no other
        return Failure(job.name, replication, seed, f"{type(error).__name__}: {error}")


def _run_in_threads(jobs: Sequence[Job], seed: int, tasks: Iterable[Task], workers: int) -> Iterator[Outcome]:
    """The kernel works without the interpreter's lock, so that threads run side by side and share the programs.
    Ctrl-C reaches this thread, which only waits, and stops the others."""
    from channelsim.engine.fast import new_stop, simulate

    stop = new_stop()
    stoppable = partial(simulate, stop=stop)
    pool = ThreadPoolExecutor(workers)

    def start(task: Task) -> Future[Replication | Failure]:
        return pool.submit(attempt, jobs[task.strategy], seed, task.replication, stoppable)

    try:
        for task, future in _completed(start, tasks, workers):
            yield task, future.result()
    finally:
        stop[0] = 1
        pool.shutdown(cancel_futures=True)


def _run_in_pool(jobs: Sequence[Job], seed: int, tasks: Sequence[Task], workers: int) -> Iterator[Outcome]:
    """Outcomes of the tasks that finish before the pool breaks, if it does."""
    # "spawn": a forked child would inherit the threads' locks of whatever the caller has loaded.
    pool = ProcessPoolExecutor(
        min(workers, len(tasks)),
        mp_context=multiprocessing.get_context("spawn"),
        initializer=_start_worker,
        initargs=(tuple(jobs), seed),
    )

    def start(task: Task) -> Future[Replication | Failure]:
        return pool.submit(_work, task)

    try:
        for task, future in _completed(start, tasks, workers):
            try:
                outcome = future.result()
            except BrokenProcessPool:
                continue
            yield task, outcome
    finally:
        pool.shutdown(wait=False, cancel_futures=True)


Start = Callable[[Task], "Future[Replication | Failure]"]


def _completed(
    start: Start, tasks: Iterable[Task], workers: int
) -> Iterator[tuple[Task, Future[Replication | Failure]]]:
    """Start tasks, a few ahead of the workers, and yield them as they complete."""
    waiting = iter(tasks)
    with _interrupts_held():
        running = {start(task): task for task in itertools.islice(waiting, TASKS_AHEAD * workers)}
    while running:
        for future in wait(running, return_when=FIRST_COMPLETED).done:
            yield running.pop(future), future
            with suppress(BrokenProcessPool):
                running.update((start(task), task) for task in itertools.islice(waiting, 1))


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Processes that start here inherit a blocked Ctrl-C until they are ready to die of it in silence.

    One that comes meanwhile is not lost: it waits, and strikes on the way out. (Windows cannot block a signal:
    there a worker that is interrupted while it starts may have its say.)
    """
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


_jobs: tuple[Job, ...] = ()
_seed = 0


def _start_worker(jobs: tuple[Job, ...], seed: int) -> None:
    """Programs travel once per worker. Ctrl-C ends a worker at once; the parent speaks for all."""
    global _jobs, _seed
    start_quietly()
    _jobs, _seed = jobs, seed


def start_quietly() -> None:
    """In a worker process: die of Ctrl-C in silence, and with the parent."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    if hasattr(signal, "pthread_sigmask"):
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGINT})
    threading.Thread(target=_die_with_the_parent, daemon=True).start()


def _die_with_the_parent() -> None:
    """A parent that was killed could not say so: its workers would go on, and wait for tasks for ever."""
    parent = multiprocessing.parent_process()
    assert parent is not None
    parent.join()
    os._exit(1)


def _work(task: Task) -> Replication | Failure:
    return attempt(_jobs[task.strategy], _seed, task.replication)
