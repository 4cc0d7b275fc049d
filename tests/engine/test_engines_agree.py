"""The two engines are one behaviour: the same events at the same instants, to the last bit, and the same books."""

from __future__ import annotations

import os
from typing import Any

import numpy as np
from generated import WORLDS
from hypothesis import HealthCheck, given, settings

from channelsim.engine import fast, reference
from channelsim.engine.ledger import Ledger
from channelsim.engine.trace import Trace
from channelsim.program.arrays import Program
from worlds import program_of

WORLDS_TO_TRY = int(os.environ.get("CHANNELSIM_WORLDS", "200"))


def both(program: Program, seed: int = 1, replication: int = 0) -> tuple[Trace, Ledger]:
    """Run a program on both engines; fail where they part."""
    traces = Trace(), Trace()
    read = reference.simulate(program, seed, replication, traces[0])
    compiled = fast.simulate(program, seed, replication, traces[1])
    for number, (expected, found) in enumerate(zip(traces[0].events, traces[1].events, strict=False)):
        assert expected == found, f"event {number}"
    assert len(traces[0].events) == len(traces[1].events)
    for name in Ledger.__dataclass_fields__:
        np.testing.assert_array_equal(getattr(compiled, name), getattr(read, name), strict=True, err_msg=name)
    return traces[0], read


@settings(max_examples=WORLDS_TO_TRY, deadline=None, suppress_health_check=list(HealthCheck))
@given(WORLDS)
def test_any_world(world: dict[str, Any]) -> None:
    both(program_of(world))
