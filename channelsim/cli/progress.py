"""How far a simulation is, on standard error, gone when it is done."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

OnProgress = Callable[[int, int], None]
"""Called with replications done and in all."""
Tell = Callable[[str], None]


@contextmanager
def progress_bar(what: str = "simulating", *, hidden: bool = False) -> Iterator[tuple[OnProgress, Tell]]:
    """A bar with the time left, and a way to say a line above it."""
    console = Console(stderr=True)
    bar = Progress(
        TextColumn(what),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("replications,"),
        TimeRemainingColumn(compact=True),
        TextColumn("left"),
        console=console,
        transient=True,
        disable=hidden or not console.is_terminal,
    )
    with bar:
        task = bar.add_task("", total=None)
        yield (
            lambda done, total: bar.update(task, completed=done, total=total),
            lambda line: None if hidden else console.print(line),
        )
