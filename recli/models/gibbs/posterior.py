"""What the samples of finished chains say together: probabilities of levels, and one vector for each user and item."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.chain import Samples
from recli.models.gibbs.normal import probability_below
from recli.models.recommender import Nums, Vectors

Floats = NDArray[np.float32]

VECTOR_SIZE = 32
"""Numbers in a vector that stands for the samples' vectors."""
SAMPLES_IN_VECTORS = 2
"""Samples of each chain that the vectors stand for."""


def summed_at_most(chain: Samples, user_nums: Nums, item_nums: Nums) -> Floats:
    """Return (m, L - 1) the probabilities of at most each level but the last, summed over a chain's samples."""
    total = np.zeros((len(user_nums), chain.cuts.shape[2]), np.float32)
    with np.errstate(all="ignore"):  # a thread has its own: stored samples may overflow, and then show in the sum
        for s in range(len(chain.cuts)):
            total += _at_most(chain, s, user_nums, item_nums)
    return total


def _at_most(chain: Samples, s: int, user_nums: Nums, item_nums: Nums) -> Floats:
    """Return (m, L - 1) the probability of at most each level but the last, by one sample."""
    u, i = chain.users[s][user_nums].astype(np.float32), chain.items[s][item_nums].astype(np.float32)
    scores = np.einsum("nk,nk->n", u[:, :-1], i[:, :-1]) + u[:, -1] + i[:, -1]
    scales = np.exp(
        chain.user_scales[s][user_nums].astype(np.float32) + chain.item_scales[s][item_nums].astype(np.float32)
    )
    cuts = chain.cuts[s][user_nums].astype(np.float32)
    return probability_below((cuts - scores[:, None]) * scales[:, None])


def reduced_vectors(chains: Sequence[Samples]) -> tuple[Vectors, Vectors]:
    """Reduce the samples' vectors to one for each user and item, (n_users, d) and (n_items, d).

    A sample's vectors may be turned and stretched against another's, so they cannot be averaged. The items' are laid
    side by side, each sample's measured by what the covariance of its user vectors makes of a difference. The principal
    axes of that wide table are the space.
    """
    users, items = [], []
    for chain in chains:
        for s in np.linspace(len(chain.users) - 1, 0, SAMPLES_IN_VECTORS).astype(int):
            u, i = (table[s, :-1, :-1].astype(np.float64) for table in (chain.users, chain.items))
            root, inverse = _roots(np.cov(u, rowvar=False, bias=True).reshape(u.shape[1], u.shape[1]))
            users.append(u @ inverse)
            items.append(i @ root)
    wide = np.concatenate(items, axis=1) / np.sqrt(len(items))
    _, axes = np.linalg.eigh(wide.T @ wide)
    axes = axes[:, ::-1][:, :VECTOR_SIZE]
    user_table = np.concatenate(users, axis=1) / np.sqrt(len(users))
    return (user_table @ axes).astype(np.float32), (wide @ axes).astype(np.float32)


def _roots(covariance: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Return the symmetric square root of a covariance matrix, and that root's inverse."""
    values, vectors = np.linalg.eigh(covariance)
    roots = np.sqrt(np.maximum(values, 1e-9))
    return (vectors * roots) @ vectors.T, (vectors / roots) @ vectors.T
