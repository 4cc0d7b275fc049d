"""One rule, compiled for both engines: interpreted, Philox would take a third of the reference engine's time."""

from __future__ import annotations

from collections.abc import Callable

from channelsim.engine.jit import entry_point, let_into_the_kernel
from channelsim.rules import draws

let_into_the_kernel(draws)
uniform: Callable[[int, int, int, int, int, int, int], float] = entry_point(draws.uniform)
"""`rules.draws.uniform`, of plain integers."""
