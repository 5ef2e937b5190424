"""Which vectors point the same way."""

from typing import TypeVar

import numpy as np
from numpy.typing import NDArray

Float = TypeVar("Float", bound=np.floating)

_BLOCK_CELLS = 4_000_000
"""Similarities held at a time: 16 MB, and a few copies of it while they are sorted."""
_RUN = 64
"""Scores in a row whose highest is looked for first."""


def cosines(vector: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of one vector, (d,), with each of many, (n, d), as (n,) float32 in -1 to 1; 0 with a 0.

    Products are divided by lengths, not all vectors: of 90,000 that is a tenth of the time.
    """
    products = vectors @ unit_vectors(vector[None])[0]
    lengths = np.sqrt(np.einsum("nd,nd->n", vectors, vectors))
    return np.clip(np.divide(products, lengths, out=np.zeros_like(products), where=lengths > 0), -1, 1)


def top_n(scores: NDArray[np.float32], allowed: NDArray[np.bool_], n: int) -> NDArray[np.int64]:
    """Return the positions of the n ≥ 1 highest scores among the allowed, highest first; ties by position."""
    candidates = np.flatnonzero(allowed)
    keys = -scores[candidates]
    if n < len(keys):  # sort those alone that could be among the n: of 90,000 that is a tenth of the time
        near = np.flatnonzero(keys <= np.partition(keys, n - 1)[n - 1])
        candidates, keys = candidates[near], keys[near]
    return candidates[np.argsort(keys, kind="stable")[:n]]


def rows_in_block(n: int) -> int:
    """Return how many rows of similarities with n vectors are held at a time."""
    return max(1, _BLOCK_CELLS // max(1, n))


def unit_vectors(vectors: NDArray[Float]) -> NDArray[Float]:
    """Return (n, d) vectors of length 1 that point the same way, so that a product is a cosine; 0 stays 0."""
    norms = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.divide(vectors, norms, out=np.zeros_like(vectors), where=norms > 0)


def highest(scores: NDArray[np.float32], count: int) -> NDArray[np.intp]:
    """Return (m, count) the positions, ascending, of the highest of each row of (m, n) scores.

    The highest of a row stand in those of its runs whose own highest are highest: to look for runs first takes a tenth
    of the time that sorting whole rows does, of 60,000.
    """
    m, n = scores.shape
    runs = n // _RUN
    if count >= runs:
        some = np.argpartition(-scores, count - 1, axis=1)[:, :count] if count else np.empty((m, 0), np.intp)
        some.sort(axis=1)
        return some
    tops = scores[:, : runs * _RUN].reshape(m, runs, _RUN).max(axis=2)
    best_runs = np.argpartition(tops, runs - count, axis=1)[:, runs - count :]
    within = (best_runs[:, :, None] * _RUN + np.arange(_RUN)).reshape(m, -1)
    tail = np.broadcast_to(np.arange(runs * _RUN, n), (m, n - runs * _RUN))
    candidates = np.concatenate([within, tail], axis=1)
    own = np.take_along_axis(scores, candidates, axis=1)
    some = np.take_along_axis(candidates, np.argpartition(own, -count, axis=1)[:, -count:], axis=1)
    some.sort(axis=1)
    return some


def nearest(
    vectors: NDArray[np.float32], allowed: NDArray[np.bool_], k: int, *, block: int | None = None
) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
    """Return the k nearest of each vector by cosine, itself and those not allowed left out.

    Args:
        vectors: (n, d).
        allowed: (n,) which of them may be a neighbour.
        k: how many, at least 1.
        block: rows compared with all others at a time; by default as many as make ``_BLOCK_CELLS`` numbers.

    Returns:
        (n, k) int32 positions, nearest first, -1 where there are fewer; and (n, k) float32 cosines.
    """
    found = np.full((len(vectors), k), -1, dtype=np.int32)
    similarities = np.zeros((len(vectors), k), dtype=np.float32)
    units = unit_vectors(vectors)
    candidates = np.flatnonzero(allowed)
    others = units[candidates].T
    place = np.cumsum(allowed) - 1  # of each allowed one, among the candidates
    block = block or rows_in_block(len(vectors))
    for start in range(0, len(vectors), block):
        scores = units[start : start + block] @ others
        rows = np.arange(start, start + len(scores))
        known = allowed[rows]
        scores[known, place[rows[known]]] = -np.inf  # itself
        count = min(k, scores.shape[1])
        some = highest(scores, count)
        some_scores = np.take_along_axis(scores, some, axis=1)
        order = np.argsort(-some_scores, axis=1, kind="stable")
        best, best_scores = np.take_along_axis(some, order, axis=1), np.take_along_axis(some_scores, order, axis=1)
        real = np.isfinite(best_scores)
        found[start : start + block, :count] = np.where(real, candidates[best], -1)
        similarities[start : start + block, :count] = np.where(real, best_scores, 0)
    return found, similarities
