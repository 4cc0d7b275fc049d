"""Lead fit: what it must add at each step so that `advance` stays the average over those who come to the step."""

from __future__ import annotations

from functools import cache, lru_cache

import numpy as np
from numpy.typing import NDArray

FloatArray = NDArray[np.float64]
NODES = 48
NEWTON_STEPS = 12


@cache
def _normal_nodes() -> tuple[FloatArray, FloatArray]:
    """Gauss-Hermite nodes and weights of the standard normal distribution."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(NODES)
    return nodes, weights / weights.sum()


def fit_offsets(advance: FloatArray, spread: float) -> FloatArray:
    """Shifts on the logit scale, shape (stream, motion, step), for chances of the same shape.

    Leads that come to a later step fit better than those that arrived, for those that fit worse have declined. The
    shift at a step makes the mean chance of those who come to it equal `advance`, if fit is standard normal x
    `spread` among arrivals and only the buyers' answers select. A chance of 0 or 1 needs none.
    """
    return np.frombuffer(_solved(advance.tobytes(), advance.shape, spread)).reshape(advance.shape).copy()


@lru_cache(maxsize=64)
def _solved(chances: bytes, shape: tuple[int, int, int], spread: float) -> bytes:
    """The shifts as bytes: beliefs about other numbers leave the chances as they are."""
    advance = np.frombuffer(chances).reshape(shape)
    nodes, weights = _normal_nodes()
    offsets = np.zeros_like(advance)
    streams, motions, steps = advance.shape
    who = np.broadcast_to(weights, (streams, motions, len(nodes)))
    for step in range(steps):
        chance = advance[:, :, step]
        open_ended = (chance > 0.0) & (chance < 1.0)
        logit = np.zeros_like(chance)
        np.log(chance / (1.0 - np.where(open_ended, chance, 0.5)), out=logit, where=open_ended)
        offset = np.zeros_like(chance)
        for _ in range(NEWTON_STEPS):
            says_yes = _expit((logit + offset)[..., None] + spread * nodes)
            excess = (who * says_yes).sum(axis=2) - chance
            slope = (who * says_yes * (1.0 - says_yes)).sum(axis=2)
            offset -= np.clip(excess / np.maximum(slope, 1e-300), -2.0, 2.0)
        offsets[:, :, step] = np.where(open_ended, offset, 0.0)
        says_yes = _expit((logit + offset)[..., None] + spread * nodes)
        left = np.where(open_ended[..., None], who * says_yes, who)
        who = left / left.sum(axis=2, keepdims=True)
    return offsets.tobytes()


def _expit(x: FloatArray) -> FloatArray:
    value: FloatArray = 1.0 / (1.0 + np.exp(-x))
    return value
