"""Weighted matrix factorisation of who rated what, by alternating least squares."""

import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Factors = NDArray[np.float32]
Rows = Any
"""A sparse or a dense matrix of float32."""

UNRATED_WEIGHT = 0.15
"""What an item that a user did not rate counts against one that they did."""
REGULARIZATION = 0.015
"""Ridge penalty of a row for each of its ratings, and ``UNRATED_WEIGHT`` of that for each it could have."""
SWEEPS = 10
BLOCK = 4096
"""Rows solved at once."""
TRIAL = 200_000
"""Ratings of the users that are solved for a trial."""


def item_factors(strengths: "csr_matrix", rank: int, rng: np.random.Generator) -> Factors:
    """Return (n_items, rank) factors of the items.

    Hu, Koren, Volinsky, *Collaborative Filtering for Implicit Feedback Datasets*, ICDM 2008, with the loss and the
    penalty of Rendle et al., *Revisiting the Performance of iALS on Item Recommendation Benchmarks*, RecSys 2022.

    Args:
        strengths: (n_users, n_items) weights of what was rated.
        rank: numbers in a factor.
        rng: draws the start.
    """
    users = strengths.astype(np.float32)
    items = users.T.tocsr()
    n_items_each, n_users_each = np.diff(users.indptr), np.diff(items.indptr)
    factors = (rng.standard_normal((items.shape[0], rank)) * 0.1 / np.sqrt(rank)).astype(np.float32)
    for _ in range(SWEEPS):
        factors = solve(items, n_users_each, solve(users, n_items_each, factors))
    return factors


def seconds_needed(strengths: "csr_matrix", ranks: Sequence[int], rng: np.random.Generator) -> float:
    """Return how long ``item_factors`` of all ranks will take one core, by solving for a part of the users.

    Work goes with ratings times the square of a rank; strengths are (n_users, n_items), with a rating at least.
    """
    share = min(1.0, TRIAL / strengths.nnz)
    users = np.flatnonzero(rng.random(strengths.shape[0]) < share)
    part = strengths[users if np.diff(strengths.indptr)[users].any() else slice(None)].astype(np.float32)
    others = rng.standard_normal((strengths.shape[1], max(ranks)), dtype=np.float32)
    started = time.perf_counter()
    solve(part, np.diff(part.indptr), others)
    each = (time.perf_counter() - started) / part.nnz
    return 2 * SWEEPS * each * strengths.nnz * sum((rank / max(ranks)) ** 2 for rank in ranks)


def solve(strengths: Rows, counts: NDArray[np.integer], others: Factors) -> Factors:
    """Return (n, k) the least-squares factors of n rows: users, also new ones, or items.

    Args:
        strengths: (n, m) dense or sparse, weights of what each row rated.
        counts: (n,) how much that is.
        others: (m, k) factors of what was rated.
    """
    found = [np.empty((0, others.shape[1]), np.float32)]
    for start in range(0, len(counts), BLOCK):
        rows = strengths[start : start + BLOCK]
        matrices = normal_matrices(rows, counts[start : start + BLOCK], others)
        found.append(np.linalg.solve(matrices, (rows @ others)[..., None])[..., 0])
    return np.concatenate(found)


def normal_matrices(strengths: Rows, counts: NDArray[np.integer], others: Factors) -> Factors:
    """Return (n, k, k) the left sides of the normal equations of n rows."""
    k = others.shape[1]
    upper = np.triu_indices(k)
    # The sums of outer products are one product of a sparse with a dense matrix.
    packed = strengths @ (others[:, upper[0]] * others[:, upper[1]])
    matrices = np.empty((strengths.shape[0], k, k), np.float32)
    matrices[:, upper[0], upper[1]] = packed
    matrices[:, upper[1], upper[0]] = packed
    penalties = REGULARIZATION * (counts + UNRATED_WEIGHT * len(others))
    common = UNRATED_WEIGHT * (others.T @ others)
    result: Factors = matrices + common + penalties.astype(np.float32)[:, None, None] * np.eye(k, dtype=np.float32)
    return result
