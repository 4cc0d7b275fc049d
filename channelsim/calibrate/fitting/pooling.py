"""Shares of small cells, drawn to those of their neighbours as far as the cells are alike.

The logit of a cell's share is a common level + its route's + its segment's + its own, each normal about 0. How
large these are is itself uncertain: their standard deviations have half-normal priors and are integrated over a
grid, and so are the cells, by Laplace's approximation with each cell's own likelihood exact (nested Laplace:
Rue, Martino and Chopin 2009; Rasmussen and Williams 2006, algorithm 3.1). Cells that differ are hardly drawn at
all, cells that look alike are."""

from __future__ import annotations

import itertools

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LEVEL_SD = 2.5
"""Of the common level's logit: it lies between 1.6% and 98% in nine cases of ten."""
HYPER_SD = 1.0
"""Scale of the half-normal priors of the standard deviations between cells."""
GRID = (0.04, 0.1, 0.2, 0.4, 0.8, 1.6)
GROUP_SD = 0.5
"""Scale of the half-normal prior of how logarithms of days differ between segments."""
GROUP_GRID = 40
NEWTON_STEPS = 30
POINTS = 161


def pooled(yes: Floats, trials: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations [routes, segments] of shares.

    yes, trials: [routes, segments] counts, fractions where open deals leave part of them unsaid; a cell without
    trials is given what its neighbours say.
    """
    priors, weights = _priors(yes.shape)
    flat_yes, flat_trials = yes.ravel(), trials.ravel()
    centre, variance, evidence = _laplace(flat_yes, flat_trials, priors)
    weights = weights * np.exp(evidence - evidence.max())
    weights /= weights.sum()
    first, second = _cells(flat_yes, flat_trials, centre, variance)
    mean = weights @ first
    spread = np.sqrt(np.maximum(weights @ second - mean**2, 1e-14))
    return mean.reshape(yes.shape), spread.reshape(yes.shape)


def drawn_together(centres: Floats, sds: Floats) -> tuple[Floats, Floats]:
    """Means and standard deviations [groups] of figures that are normal about a common level: each measured
    with its own error, the spread between them integrated over (Gelman et al. 2013, section 5.4)."""
    between = np.geomspace(0.01, 1.5, GROUP_GRID)[:, None]
    variance = sds**2 + between**2
    weight = 1 / variance
    level_variance = 1 / weight.sum(axis=1)
    level = level_variance * (weight @ centres)
    evidence = (
        -0.5 * np.log(variance).sum(axis=1)
        + 0.5 * np.log(level_variance)
        - 0.5 * (weight * (centres - level[:, None]) ** 2).sum(axis=1)
        + np.log(between[:, 0])
        - 0.5 * (between[:, 0] / GROUP_SD) ** 2
    )
    chance = np.exp(evidence - evidence.max())
    chance /= chance.sum()
    own = between**2 / variance
    mean = own * centres + (1 - own) * level[:, None]
    spread = own * sds**2 + (1 - own) ** 2 * level_variance[:, None]
    overall = chance @ mean
    return overall, np.sqrt(chance @ (spread + (mean - overall) ** 2))


def _priors(shape: tuple[int, ...]) -> tuple[Floats, Floats]:
    """Covariances of the logits [choices, cells, cells] under each choice of standard deviations, and its
    weight."""
    routes, segments = shape
    route, segment = np.divmod(np.arange(routes * segments), segments)
    parts = [np.eye(routes * segments)]
    if routes > 1 and segments > 1:
        parts += [(route[:, None] == route).astype(float), (segment[:, None] == segment).astype(float)]
    choices = np.array(list(itertools.product(GRID, repeat=len(parts))))
    covariances = LEVEL_SD**2 + np.einsum("hp,pij->hij", choices**2, np.array(parts))
    # half-normal density x the width of the grid's cell, which is in proportion to the value on a grid of ratios
    weights = np.prod(choices * np.exp(-0.5 * (choices / HYPER_SD) ** 2), axis=1)
    return covariances, weights


def _laplace(yes: Floats, trials: Floats, priors: Floats) -> tuple[Floats, Floats, Floats]:
    """Mode and variances of the logits [choices, cells], and the logarithm of the evidence [choices]."""
    logit = np.zeros((len(priors), len(yes)))
    eye = np.eye(len(yes))
    for _ in range(NEWTON_STEPS):
        p = 1 / (1 + np.exp(-logit))
        root = np.sqrt(trials * p * (1 - p))
        target = root**2 * logit + yes - trials * p
        inner = eye + root[:, :, None] * priors * root[:, None, :]
        pulled = np.einsum("hij,hj->hi", priors, target)
        weight = target - root * np.linalg.solve(inner, (root * pulled)[..., None])[..., 0]
        moved = np.einsum("hij,hj->hi", priors, weight) - logit
        logit = logit + np.clip(moved, -2.0, 2.0)
        if float(np.abs(moved).max()) < 1e-8:
            break
    p = 1 / (1 + np.exp(-logit))
    root = np.sqrt(trials * p * (1 - p))
    inner = eye + root[:, :, None] * priors * root[:, None, :]
    half = root[:, :, None] * priors
    variance = np.diagonal(priors, axis1=1, axis2=2) - np.einsum("hij,hij->hj", half, np.linalg.solve(inner, half))
    likelihood = (yes * logit - trials * np.logaddexp(0.0, logit)).sum(axis=1)
    evidence = likelihood - 0.5 * (weight * logit).sum(axis=1) - 0.5 * np.linalg.slogdet(inner)[1]
    return logit, np.maximum(variance, 1e-12), evidence


def _cells(yes: Floats, trials: Floats, centre: Floats, variance: Floats) -> tuple[Floats, Floats]:
    """First and second moments of the shares [choices, cells]: each cell's likelihood, exactly, times what the rest
    says of it (the normal approximation with the cell's own part taken out)."""
    p = 1 / (1 + np.exp(-centre))
    own = trials * p * (1 - p)
    precision = np.maximum(1 / variance - own, 1e-6)
    others = (centre / variance - own * centre - (yes - trials * p)) / precision
    reach = np.linspace(-8.0, 8.0, POINTS)
    logits = centre[..., None] + np.sqrt(variance)[..., None] * reach
    log_weight = (
        yes[:, None] * logits
        - trials[:, None] * np.logaddexp(0.0, logits)
        - 0.5 * precision[..., None] * (logits - others[..., None]) ** 2
    )
    weight = np.exp(log_weight - log_weight.max(axis=-1, keepdims=True))
    weight /= weight.sum(axis=-1, keepdims=True)
    shares = 1 / (1 + np.exp(-logits))
    return (weight * shares).sum(axis=-1), (weight * shares**2).sum(axis=-1)
