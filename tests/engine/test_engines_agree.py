"""The two engines are one behaviour: the same events at the same instants, to the last bit, and the same books."""

from __future__ import annotations

import os
from typing import Any

from generated import WORLDS
from hypothesis import HealthCheck, given, settings

from channelsim.engine import fast, reference
from channelsim.program.arrays import Program
from channelsim.verification.engines import Agreement, compare_engines
from worlds import program_of

WORLDS_TO_TRY = int(os.environ.get("CHANNELSIM_WORLDS", "200"))


def agree(program: Program, seed: int = 1, replication: int = 0) -> Agreement:
    """Run a program on both engines; fail where they part."""
    found = compare_engines(program, seed, replication, reference.simulate, fast.simulate)
    assert found.first_difference is None
    assert not found.different_books
    return found


@settings(max_examples=WORLDS_TO_TRY, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_any_world(world: dict[str, Any]) -> None:
    agree(program_of(world))
