"""Row-wise Adagrad for large tables of vectors: a step touches the rows of its batch and no others.

Adagrad (Duchi, Hazan and Singer, *Adaptive subgradient methods for online learning and stochastic optimization*, JMLR
12, 2011) divides a step by the root of the sum of the squared gradients so far. Row-wise, a vector has one such sum, of
its gradients' mean squares, as for the tables of Facebook's DLRM (Naumov et al. 2019; Mudigere et al., ISCA 2022): four
bytes a row beside the weights, where Adam keeps two tables of the weights' size.

Sums over the rows of a batch are products with a sparse matrix. By scipy they take a third of the processor's time that
TensorFlow's ``unsorted_segment_sum`` and scatter operations take (64 numbers a vector, batches of 8 to 32 thousand).
"""

import numpy as np
from numpy.typing import NDArray

KEPT = 0.7
"""Share of the sums that an epoch begins with: else steps grow too short to end, on few rows, where Adam ends."""
EPSILON = 1e-12
"""Keeps the quotient of a row finite that had no gradient but zeros."""

Floats = NDArray[np.float32]
Rows = NDArray[np.int32]


class Table:
    """Vectors that are trained in place."""

    def __init__(self, weight: Floats, sums: Floats) -> None:
        """Take over a (n, d) table and its (n,) sums of mean squares, which both change with each step."""
        self.weight, self.sums = weight, sums
        self._touched = np.zeros(len(weight), np.bool_)
        self._places = np.zeros(len(weight), np.int32)

    def step(self, rows: Rows, slopes: Floats, others: Floats, rate: float) -> None:
        """Move the rows of a batch of b products by the sum of their gradients.

        Args:
            rows: (b,) one row each; they may repeat.
            slopes: (b,) derivative of the loss by each product.
            others: (b, d) the vectors that the rows are multiplied by.
            rate: learning rate.
        """
        with np.errstate(all="ignore"):  # whatever overflows shows in the loss
            distinct, places = self._distinct(rows)
            gradient = _summed(places, slopes, others, len(distinct))
            sums = self.sums[distinct] + np.einsum("md,md->m", gradient, gradient) / np.float32(gradient.shape[1])
            self.sums[distinct] = sums
            gradient *= (rate / np.sqrt(sums + np.float32(EPSILON))).astype(np.float32)[:, None]
            self.weight[distinct] -= gradient

    def _distinct(self, rows: Rows) -> tuple[NDArray[np.int64], Rows]:
        """Return (m,) ascending rows of a batch, and (b,) the place of each row among them; faster than by sorting."""
        self._touched[rows] = True
        distinct = np.flatnonzero(self._touched)
        self._touched[distinct] = False
        self._places[distinct] = np.arange(len(distinct), dtype=np.int32)
        return distinct, self._places[rows]


def _summed(places: Rows, slopes: Floats, others: Floats, m: int) -> Floats:
    """Return (m, d): in each place the sum of slope times vector over the products that belong there."""
    from scipy.sparse import csc_array

    one_a_column = np.arange(len(places) + 1, dtype=np.int32)
    summed: Floats = csc_array((slopes, places, one_a_column), shape=(m, len(places))) @ others
    return summed


class Vector:
    """A few weights that every batch moves, each with a sum of squares of its own: Adagrad as it was first written."""

    def __init__(self, weight: Floats, sums: Floats) -> None:
        """Take over (k,) weights and their (k,) sums, which both change with each step."""
        self.weight, self.sums = weight, sums

    def step(self, gradient: Floats, rate: float) -> None:
        """Move every weight by its (k,) gradient."""
        with np.errstate(all="ignore"):
            self.sums += gradient**2
            self.weight -= (rate * gradient / np.sqrt(self.sums + np.float32(EPSILON))).astype(np.float32)
