"""One side's factors: each row's vector and bias under a hierarchical prior, and their conditional draws.

Row j has ``θ_j = [vector, bias] ~ N(βᵀ f_j, diag(1 / precisions))`` with features ``f_j``: Simm et al., *Macau:
Scalable Bayesian Factorization with High-Dimensional Side Information Using MCMC*, MLSP 2017.
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from recli.models.gibbs.design import Side

Floats = NDArray[np.float32]

START_PRECISION = 5.0
START_SPREAD = 0.1
"""Standard deviation of the first vectors, in units of the latent rating's noise."""
MAX_PRECISION = 1e6
"""Where a side has next to no rows, a precision may run off: beyond this it would not change a draw."""


class Factors:
    """The rows of one side, and what their prior is."""

    def __init__(self, side: Side, rank: int, rng: np.random.Generator) -> None:
        self.side = side
        self.rng = rng
        self.rank = rank
        self.rows: Floats = np.zeros((len(side), rank + 1), np.float32)
        """(n, rank + 1): the vector, and last the bias."""
        self.rows[:, :rank] = self._normal(len(side), rank) * START_SPREAD
        self.weights: Floats = np.zeros((len(side.eigenvalues), rank + 1), np.float32)
        """(d, rank + 1) β."""
        self.precisions = np.full(rank + 1, START_PRECISION)
        """(rank + 1,) of the rows about their prior mean."""
        self.shrinkage = np.full(rank + 1, START_PRECISION)
        """(rank + 1,) prior precision of a weight, in units of ``precisions``."""
        self._upper = np.triu_indices(rank + 1)

    @property
    def vectors(self) -> Floats:
        """(n, rank)."""
        return self.rows[:, : self.rank]

    @property
    def biases(self) -> Floats:
        """(n,)."""
        return self.rows[:, self.rank]

    def draw_rows(self, partner: "Factors", latent: Floats, noise: tuple[Floats, Floats]) -> None:
        """Draw every row from its conditional normal distribution.

        Args:
            partner: the other side.
            latent: (n_ratings,) latent ratings, in the chain's order.
            noise: (n,) and (n_partners,) factors of each rating's precision.
        """
        rated = self.side.rated
        own, other = noise
        inputs = np.concatenate([partner.vectors, np.ones((len(partner.rows), 1), np.float32)], axis=1)
        targets = latent[self.side.order] - partner.biases[rated.indices]
        weighted = inputs * other[:, None]
        right = (_with_values(rated, targets) @ weighted) * own[:, None]
        right += self.prior_mean() * self.precisions.astype(np.float32)
        self.rows = _draw(self._precision_matrices(inputs, weighted, own), right, self._normal(*right.shape))

    def prior_mean(self) -> Floats:
        """Return (n, rank + 1) what the features alone say of each row."""
        mean: Floats = self.side.features @ self.weights
        return mean

    def draw_prior(self) -> None:
        """Draw the weights of the features and the precisions from their conditionals."""
        self._draw_weights()
        self._draw_precisions()

    def _precision_matrices(self, inputs: Floats, weighted: Floats, own: Floats) -> Floats:
        """Return (n, D, D): the sum of the outer products of a row's partners, one sparse product for all."""
        a, b = self._upper
        packed = (self.side.rated @ (inputs[:, a] * weighted[:, b])) * own[:, None]
        size = self.rank + 1
        matrices = np.empty((len(self.side), size, size), np.float32)
        matrices[:, a, b] = packed
        matrices[:, b, a] = packed
        diagonal = np.arange(size)
        matrices[:, diagonal, diagonal] += self.precisions.astype(np.float32)
        return matrices

    def _draw_weights(self) -> None:
        """Draw β by noise injection: a ridge regression on disturbed rows is a draw of its posterior (Macau, eq. 12).

        ``(FᵀF + shrinkage)⁻¹`` comes from the one eigen-decomposition of ``FᵀF``, whatever the shrinkage is.
        """
        side, scale = self.side, (1 / np.sqrt(self.precisions)).astype(np.float32)
        shrinkage = self.shrinkage.astype(np.float32)
        right = side.features_transposed @ (self.rows + self._normal(*self.rows.shape) * scale)
        right += self._normal(*right.shape) * (scale * np.sqrt(shrinkage))
        turned = (side.eigenvectors.T @ right) / (side.eigenvalues[:, None] + shrinkage)
        self.weights = side.eigenvectors @ turned

    def _draw_precisions(self) -> None:
        residuals = ((self.rows - self.prior_mean()).astype(np.float64) ** 2).sum(axis=0)
        weights = (self.weights.astype(np.float64) ** 2).sum(axis=0)
        n, d = len(self.rows), len(self.weights)
        precisions = self.rng.gamma(1 + (n + d) / 2, 1 / (1 + (residuals + self.shrinkage * weights) / 2))
        self.precisions = np.minimum(precisions, MAX_PRECISION)
        shrinkage = self.rng.gamma(1 + d / 2, 1 / (1 + self.precisions * weights / 2))
        self.shrinkage = np.minimum(shrinkage, MAX_PRECISION)

    def _normal(self, *shape: int) -> Floats:
        return self.rng.standard_normal(shape, dtype=np.float32)


def _with_values(pattern: Any, values: Floats) -> Any:
    import scipy.sparse as sparse

    return sparse.csr_matrix((values, pattern.indices, pattern.indptr), shape=pattern.shape)


def _draw(precisions: Floats, right: Floats, noise: Floats) -> Floats:
    """Draw from ``N(A⁻¹ r, A⁻¹)`` for each of n matrices (n, D, D): one Cholesky factor each, two substitutions.

    The substitutions go column by column over all n at once: LAPACK's, one small matrix at a time, takes longer.
    """
    lower = np.ascontiguousarray(np.linalg.cholesky(precisions).transpose(1, 2, 0))
    size = len(lower)
    x = np.ascontiguousarray(right.T)
    for j in range(size):
        x[j] = (x[j] - np.einsum("kn,kn->n", lower[j, :j], x[:j])) / lower[j, j]
    x += noise.T
    for j in reversed(range(size)):
        x[j] = (x[j] - np.einsum("kn,kn->n", lower[j + 1 :, j], x[j + 1 :])) / lower[j, j]
    return np.ascontiguousarray(x.T)
