"""Seconds and megabytes, fairly: contenders take turns, so that what the machine does meets all of them."""

from __future__ import annotations

import resource
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

MEGABYTE = 1024 * 1024


@dataclass(frozen=True)
class Timing:
    """CPU seconds of one contender in each round."""

    seconds: list[float]

    @property
    def median(self) -> float:
        """The middle one."""
        return median(self.seconds)

    @property
    def spread(self) -> str:
        """From the quickest to the slowest, in words."""
        return f"{min(self.seconds):.3g} to {max(self.seconds):.3g} s"


def take_turns(
    contenders: Mapping[str, Callable[[int], Any]], rounds: int
) -> tuple[dict[str, Timing], dict[str, list[Any]]]:
    """Each contender once a round, `rounds` times after a first one to warm up; what each took and returned."""
    seconds: dict[str, list[float]] = {name: [] for name in contenders}
    results: dict[str, list[Any]] = {name: [] for name in contenders}
    for turn in range(rounds + 1):
        for name, work in contenders.items():
            begun = time.process_time()
            result = work(turn)
            took = time.process_time() - begun
            if turn:
                seconds[name].append(took)
                results[name].append(result)
    return {name: Timing(each) for name, each in seconds.items()}, results


def peak_megabytes() -> float:
    """The most memory that this process has held so far (Linux). The usual ru_maxrss begins with the parent's."""
    status = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return int(status["VmHWM"].split()[0]) * 1024 / MEGABYTE


def in_a_process_of_its_own(statement: str) -> str:
    """What a Python statement prints in a fresh process, so that its memory is its own."""
    done = subprocess.run([sys.executable, "-c", statement], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def peak_of(module: str, call: str) -> float:
    """Megabytes that a fresh process holds at most when it calls something of a module of ours."""
    printed = in_a_process_of_its_own(
        f"import {module} as module\nfrom benchmarks.measure import peak_megabytes\n"
        f"from benchmarks.work import *\nmodule.{call}\nprint(peak_megabytes())"
    )
    return float(printed)


def cpu_seconds_of(command: list[str], environment: Mapping[str, str]) -> float:
    """CPU seconds, its children's included, that a command takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command, env=dict(environment), check=True, capture_output=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
