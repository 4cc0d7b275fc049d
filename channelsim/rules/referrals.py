"""Whom a customer brings."""

from __future__ import annotations

import math

from channelsim.program.codes import Purpose
from channelsim.rules.draws import MASK32, PURPOSE_SHIFT, philox4x32

MOST_REFERRALS = 1000
REFERRAL_KEY = int(Purpose.REFERRAL_KEY)
REFERRED_ORDINALS = 1 << 31
"""Leads that were referred are numbered from here on, in the order in which they were."""


def poisson_count(u: float, mean: float) -> int:
    """The Poisson quantile at `u`: how many leads a win brings."""
    count = 0
    chance = math.exp(-mean)
    below = chance
    while u > below and count < MOST_REFERRALS:
        count += 1
        chance *= mean / count
        below += chance
    return count


def referred_words(word_low: int, word_high: int, replication: int, ordinal: int, number: int) -> tuple[int, int]:
    """The key of a referred lead's draws: its parent's, and which of the parent's referrals it is. It has the same
    luck wherever the parent wins."""
    w0, w1, _, _ = philox4x32(
        ordinal & MASK32, replication & MASK32, (REFERRAL_KEY << PURPOSE_SHIFT) | number, 0, word_low, word_high
    )
    return w0, w1
