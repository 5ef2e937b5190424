"""Which vectors point the same way."""

import numpy as np
from numpy.typing import NDArray

EPSILON = 1e-7
"""Added to the product of two norms, so that a zero vector divides: its cosine with anything is 0."""


def cosines(vector: NDArray[np.float32], vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return the cosine of one vector, (d,), with each of many, (n, d), as (n,) float32 in -1 to 1."""
    norms = np.linalg.norm(vector) * np.linalg.norm(vectors, axis=1)
    return ((vectors @ vector) / (norms + EPSILON)).astype(np.float32)


def top_n(scores: NDArray[np.float32], allowed: NDArray[np.bool_], n: int) -> NDArray[np.int64]:
    """Return the positions of the n highest scores among the allowed, highest first; ties by position."""
    candidates = np.flatnonzero(allowed)
    order = np.argsort(-scores[candidates], kind="stable")[:n]
    return candidates[order]
