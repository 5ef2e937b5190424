"""Who rated what, as sparse matrices, and what linear algebra makes of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from recli.models.bias import BiasModel
from recli.models.configs import BiasConfig
from recli.models.recommender import TrainingData

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

BLOCK = 512
"""Columns of a dense product at once."""
NOISE = 1e-6
"""Residuals below this share of the largest rating are rounding errors: constant ratings have no deviations."""


@dataclass(frozen=True, eq=False)
class Interactions:
    """The training rows as (n_users, n_items) sparse matrices; a pair that stands in several rows counts once."""

    seen: "csr_matrix"
    """1 where the user rated the item; float64."""
    residuals: "csr_matrix"
    """Stars less mean, user and item bias, at the same places; mean over the rows of a pair; float64."""

    @classmethod
    def of(cls, data: TrainingData, bias: BiasModel | None = None) -> "Interactions":
        """Build both; ``bias`` is a fitted baseline, at hand or made here."""
        from scipy.sparse import csr_matrix

        rows = data.train
        if bias is None:
            bias = BiasModel(BiasConfig())
            bias.fit(data, lambda epoch: None)
        residuals = rows.values.astype(np.float64) - bias.predict(rows.user_nums, rows.item_nums)
        residuals[np.abs(residuals) <= NOISE * np.abs(rows.values).max()] = 0
        shape, where = (data.n_users, data.n_items), (rows.user_nums, rows.item_nums)
        counts = csr_matrix((np.ones(len(rows)), where), shape)  # sums the rows of a pair
        sums = csr_matrix((residuals, where), shape)
        sums.data /= counts.data
        counts.data[:] = 1
        return cls(counts, sums)

    def counts(self) -> NDArray[np.int64]:
        """Return (n_items,) how many users rated each item."""
        return np.bincount(self.seen.indices, minlength=self.seen.shape[1])


def gram(matrix: "csr_matrix") -> NDArray[np.float64]:
    """Return ``matrixᵀ matrix``, (n, n) dense, block by block: users never meet users."""
    n = matrix.shape[1]
    product = np.empty((n, n))
    columns, transposed = matrix.tocsc(), matrix.T.tocsr()
    for start in range(0, n, BLOCK):
        product[:, start : start + BLOCK] = (transposed @ columns[:, start : start + BLOCK]).toarray()
    return product


def precision(matrix: "csr_matrix", regularization: float) -> NDArray[np.float64]:
    """Return the inverse of the Gram matrix with ``regularization`` added to its diagonal, (n, n).

    Its off-diagonal tells how two columns go together when all others are held fixed.
    """
    product = gram(matrix)
    product[np.diag_indices_from(product)] += regularization
    inverse: NDArray[np.float64] = np.linalg.inv(product).astype(np.float64, copy=False)
    return inverse


def precision_bytes(n: int) -> int:
    """Return the memory that ``precision`` and its callers need for n items: four matrices of 8-byte numbers."""
    return 4 * 8 * n * n


def right_singular_vectors(matrix: "csr_matrix", rank: int, *, sweeps: int = 12) -> NDArray[np.float64]:
    """Return (n, k) orthonormal right singular vectors of the largest singular values; k ≤ rank, zeros left out.

    Randomised subspace iteration (Halko, Martinsson, Tropp, *Finding Structure with Randomness*, SIAM Review 53(2),
    2011, algorithm 4.4) from a fixed start: no n × n matrix is made, and two runs give the same vectors.
    """
    n = matrix.shape[1]
    width = min(n, matrix.shape[0], rank + 16)
    basis = np.random.default_rng(0).normal(size=(n, width))
    transposed = matrix.T.tocsr()
    for _ in range(sweeps):
        basis, _ = np.linalg.qr(transposed @ (matrix @ basis))
    _, values, rotation = np.linalg.svd(matrix @ basis, full_matrices=False)
    kept = int(np.count_nonzero(values[:rank] > 1e-6 * max(values.max(), 1e-300)))
    return basis @ rotation[:kept].T
