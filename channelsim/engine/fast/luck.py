"""A lead's and a seat's draws."""

from __future__ import annotations

from typing import Any

from channelsim.engine.jit import inner
from channelsim.program.codes import DistKind, Purpose
from channelsim.rules.draws import repeat, uniform
from channelsim.rules.quantiles import quantile


@inner
def draw(s: Any, lead: Any, purpose: Purpose, k: int, step_key: int) -> float:
    """A lead's uniform for one decision."""
    return uniform(lead.word_low, lead.word_high, s.replication, lead.ordinal, purpose.value, k, step_key)


@inner
def step_draw(p: Any, s: Any, lead: Any, purpose: Purpose, number: int) -> float:
    """A lead's uniform for a decision at its step: tied to the step by its name, so that the lead has the same luck
    there whatever the motion; new in every nurture cycle."""
    return draw(s, lead, purpose, repeat(lead.cycle, number), p.step_key[lead.motion][lead.step])


@inner
def sample(p: Any, s: Any, dist: int, lead: Any, purpose: Purpose, k: int, step_key: int) -> float:
    """A lead's value from a distribution; a constant needs no draw."""
    if p.dist_kind[dist] == DistKind.CONSTANT:
        return p.dist_a[dist]
    return quantile(p, dist, draw(s, lead, purpose, k, step_key))


@inner
def step_sample(p: Any, s: Any, dist: int, lead: Any, purpose: Purpose, number: int) -> float:
    """A lead's value from a distribution, for its step."""
    if p.dist_kind[dist] == DistKind.CONSTANT:
        return p.dist_a[dist]
    return quantile(p, dist, step_draw(p, s, lead, purpose, number))


@inner
def seat_draw(s: Any, seat: Any, purpose: Purpose) -> float:
    """A uniform of a seat's incumbent."""
    return uniform(seat.word_low, seat.word_high, s.replication, seat.incumbent, purpose.value, 0, 0)


@inner
def seat_sample(p: Any, s: Any, dist: int, seat: Any, purpose: Purpose) -> float:
    """A value of a seat's incumbent from a distribution."""
    return quantile(p, dist, seat_draw(s, seat, purpose))
