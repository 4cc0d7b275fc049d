"""Random draws as a pure function of their key: Philox4x32-10.

J. K. Salmon, M. A. Moraes, R. O. Dror, D. E. Shaw, "Parallel random numbers: as easy as 1, 2, 3", SC 2011.
A draw belongs to (seed, entity, replication, ordinal, purpose, k, step), never to the order in which draws are
made: a lead's luck is therefore the same under every strategy, and any machine can compute any replication.
"""

from __future__ import annotations

MASK32 = 0xFFFFFFFF
MASK64 = 0xFFFFFFFFFFFFFFFF
MULTIPLIER_0 = 0xD2511F53
MULTIPLIER_1 = 0xCD9E8D57
WEYL_0 = 0x9E3779B9
WEYL_1 = 0xBB67AE85
ROUNDS = 10

CYCLE_SHIFT = 16
PURPOSE_SHIFT = 24


def philox4x32(c0: int, c1: int, c2: int, c3: int, k0: int, k1: int) -> tuple[int, int, int, int]:
    """Four 32-bit words for a counter of four words and a key of two."""
    for _ in range(ROUNDS):
        p0 = MULTIPLIER_0 * c0
        p1 = MULTIPLIER_1 * c2
        c0 = ((p1 >> 32) & MASK32) ^ c1 ^ k0
        c1 = p1 & MASK32
        c2 = ((p0 >> 32) & MASK32) ^ c3 ^ k1
        c3 = p0 & MASK32
        k0 = (k0 + WEYL_0) & MASK32
        k1 = (k1 + WEYL_1) & MASK32
    return c0, c1, c2, c3


def uniform(
    entity_low: int, entity_high: int, replication: int, ordinal: int, purpose: int, k: int, step_key: int
) -> float:
    """A uniform number strictly between 0 and 1 for one decision.

    `entity_low`, `entity_high`: the entity's key mixed with the seed (`entity_words`). `k` (below 2**24) tells
    repeated decisions of one purpose apart; `step_key` (32 bits, 0 if none) ties a draw to a step by its name.
    """
    w0, w1, _, _ = philox4x32(
        ordinal & MASK32, replication & MASK32, (purpose << PURPOSE_SHIFT) | k, step_key, entity_low, entity_high
    )
    return unit_interval(w0, w1)


def unit_interval(w0: int, w1: int) -> float:
    """The middle of one of 2**52 equal parts of (0, 1); with 2**53, the last part's middle would round to 1."""
    return ((w0 >> 6) * 67108864.0 + (w1 >> 6) + 0.5) * (1.0 / 4503599627370496.0)


def entity_words(seed: int, entity_key: int) -> tuple[int, int]:
    """The two 32-bit words of Philox's key for an entity under a seed: the hash of the entity's name, combined
    with the seed after Philox itself has spread the seed's bits."""
    s0, s1, _, _ = philox4x32(seed & MASK32, (seed >> 32) & MASK32, 0, 0, 0, 0)
    return (entity_key & MASK32) ^ s0, ((entity_key >> 32) & MASK32) ^ s1


def repeat(cycle: int, count: int) -> int:
    """The number k of a draw that is repeated within a step: the lead's nurture cycle and the count within it."""
    return (cycle << CYCLE_SHIFT) | count
