"""A new user in a chain that is done: draws of their row alone, against the samples' items."""

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.chain import CLIP, Samples
from recli.models.gibbs.normal import truncated_normal
from recli.models.recommender import Nums

Floats = NDArray[np.float32]

SWEEPS = 30
"""Draws of latent ratings and of the row, by turns, from the users' mean on: few, for the row is short."""
JITTER = 1e-4
"""Variance added to every direction of the prior: fewer users than directions leave some without any."""


def with_one_user(chain: Samples, item_nums: Nums, level_nums: NDArray[np.int32], rng: np.random.Generator) -> Samples:
    """Return the samples with a new user, num 0, in place of all others.

    In each sample, the users' rows are the prior of the new one's: a normal with their mean and covariance. Cut points
    and noise are the users' mean.

    Args:
        chain: the samples.
        item_nums: (m,) what the user rated, m ≥ 1.
        level_nums: (m,) the levels of those ratings.
        rng: draws.
    """
    unknown = {name: getattr(chain, name)[:, -1:] for name in ("users", "cuts", "user_scales")}
    row = _draw_rows(chain, item_nums, level_nums, rng)[:, None]
    return Samples(
        users=np.concatenate([np.clip(row, -CLIP, CLIP).astype(np.float16), unknown["users"]], axis=1),
        items=chain.items,
        cuts=np.repeat(unknown["cuts"], 2, axis=1),
        user_scales=np.repeat(unknown["user_scales"], 2, axis=1),
        item_scales=chain.item_scales,
    )


def _draw_rows(chain: Samples, item_nums: Nums, level_nums: NDArray[np.int32], rng: np.random.Generator) -> Floats:
    """Return (S, K + 1) a draw of the user's vector and bias for each sample."""
    rated = chain.items[:, item_nums].astype(np.float32)
    biases = rated[:, :, -1].copy()
    rated[:, :, -1] = 1  # by which the user's own bias counts
    scales = np.exp(chain.user_scales[:, -1:].astype(np.float32) + chain.item_scales[:, item_nums].astype(np.float32))
    lower, upper = _bounds(chain.cuts[:, -1].astype(np.float32), level_nums)
    mean, prior = _prior(chain)
    weighted = rated * scales[:, :, None] ** 2
    precision = prior + np.swapaxes(weighted, 1, 2) @ rated
    pull = (prior @ mean[:, :, None])[..., 0]
    root = np.linalg.cholesky(np.linalg.inv(precision))
    rows = mean
    for _ in range(SWEEPS):
        scores = np.einsum("smk,sk->sm", rated, rows) + biases
        noise = truncated_normal(((lower - scores) * scales).ravel(), ((upper - scores) * scales).ravel(), rng)
        latent = scores + noise.reshape(scores.shape) / scales
        centre = np.linalg.solve(precision, (pull + np.einsum("smk,sm->sk", weighted, latent - biases))[..., None])
        draws = rng.standard_normal((*rows.shape, 1)).astype(np.float32)
        rows = (centre + root @ draws)[..., 0].astype(np.float32)
    return rows


def _bounds(cuts: Floats, level_nums: NDArray[np.int32]) -> tuple[Floats, Floats]:
    """Return (S, m) the cut points below and above each rating."""
    ends = np.full((len(cuts), 1), np.inf, np.float32)
    walls = np.concatenate([-ends, cuts, ends], axis=1)
    return walls[:, level_nums], walls[:, level_nums + 1]


def _prior(chain: Samples) -> tuple[Floats, Floats]:
    """Return (S, K + 1) means and (S, K + 1, K + 1) precisions of the users' rows."""
    users = chain.users[:, :-1].astype(np.float32)
    mean = users.mean(axis=1)
    spread = users - mean[:, None]
    covariance = np.swapaxes(spread, 1, 2) @ spread / users.shape[1]
    return mean, np.linalg.inv(covariance + JITTER * np.eye(users.shape[2], dtype=np.float32))
