"""Ridge regressions of many users, or items, on the vectors of what they rated: a few large products, no loop."""

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Self

import numpy as np
from numpy.typing import NDArray

from recli.models.recommender import Nums, Stars, Vectors

Places = NDArray[np.int64]

BLOCK = 131_072
"""Ratings of a block, filled up: at rank 32 it gathers 34 MB of vectors."""
STRETCH = 1.25
"""The most that a row of a block is filled up, as a factor of its ratings."""


@dataclass(frozen=True, eq=False)
class Grouped:
    """Ratings of n rows (users or items), those of one row beside each other, in the order of the data."""

    starts: Places
    """(n,) where each row's ratings begin."""
    counts: Places
    """(n,) how many they are."""
    others: Nums
    """(m,) nums of what was rated, or of who rated."""
    stars: Stars
    """(m,)"""

    @classmethod
    def by(cls, rows: Nums, others: Nums, stars: Stars, n: int) -> Self:
        """Group (m,) ratings by their row, in time and memory that grow as m does."""
        from scipy.sparse import csr_array

        m = len(rows)
        # One entry a line; turning that into columns is a counting sort, which keeps equals in their order.
        places = np.arange(m + 1, dtype=np.int64 if m >= 2**31 else np.int32)
        order = csr_array((places[:-1], rows, places), shape=(m, n)).tocsc().data
        counts = np.bincount(rows, minlength=n).astype(np.int64)
        return cls(np.cumsum(counts) - counts, counts, others[order], stars[order])

    def blocks(self) -> Iterator[Places]:
        """Yield rows of similar lengths together, (b,) each, shortest first; rows without ratings are in none."""
        order = np.argsort(self.counts, kind="stable")
        lengths = self.counts[order]
        at = int(np.searchsorted(lengths, 1))
        while at < len(order):
            alike = int(np.searchsorted(lengths, int(lengths[at] * STRETCH), side="right"))
            most = max(1, BLOCK // int(lengths[alike - 1]))
            yield order[at : min(alike, at + most)]
            at = min(alike, at + most)


def solve(grouped: Grouped, others: Vectors, regularization: float) -> Vectors:
    """Return (n, k) float32: for each row the x that minimises ``Σ (stars - x · other)² + λ m |x|²``.

    m is the number of the row's own ratings: ALS-WR (Zhou, Wilkinson, Schreiber, Pan, *Large-Scale Parallel
    Collaborative Filtering for the Netflix Prize*, AAIM 2008). A row without ratings is 0. Sums are made in doubles.
    Each block is solved by one thread, and what is in it does not hang on how many there are: within ``one_thread``
    the same bits on any number of cores.

    Args:
        grouped: the ratings of n rows.
        others: (o, k) vectors that they are regressed on.
        regularization: λ > 0.
    """
    solved = np.zeros((len(grouped.counts), others.shape[1]), np.float32)
    filled = np.vstack([others, np.zeros((1, others.shape[1]), np.float32)])  # its last row fills up shorter rows
    work = partial(_solve_block, grouped, filled, regularization, solved)
    with ThreadPoolExecutor(min(os.cpu_count() or 1, 16)) as pool:
        for _ in pool.map(work, grouped.blocks()):
            pass
    return solved


def _solve_block(grouped: Grouped, filled: Vectors, regularization: float, solved: Vectors, rows: Places) -> None:
    counts = grouped.counts[rows]
    steps = np.arange(int(counts.max()))
    is_rating = steps < counts[:, None]
    places = np.where(is_rating, grouped.starts[rows][:, None] + steps, 0)
    vectors = filled[np.where(is_rating, grouped.others[places], len(filled) - 1)].astype(np.float64)
    stars = np.where(is_rating, grouped.stars[places], 0).astype(np.float64)
    transposed = vectors.transpose(0, 2, 1)
    matrices = transposed @ vectors
    diagonal = np.arange(matrices.shape[1])
    matrices[:, diagonal, diagonal] += (regularization * counts)[:, None]
    solved[rows] = np.linalg.solve(matrices, transposed @ stars[..., None])[..., 0]
