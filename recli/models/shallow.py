"""Training of a shallow linear autoencoder by gradients, without a matrix that has a row an item and a column an item.

With ``u = Aᵀ x``, the loss of a user's row x needs ``y = A u - x`` only in two products, and both are small:
``x · y = |u|² - |x|²`` and ``|y|² = uᵀ (AᵀA) u - 2 |u|² + |x|²``. So a step costs ratings × r and items × r², where the
paper's own training makes users × items outputs.
"""

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from recli.models.adam import BETA_1, EPSILON
from recli.models.arrays import checked
from recli.models.compiled import State
from recli.models.recommender import Arrays, Vectors
from recli.models.training import batch_size_for

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

Floats = NDArray[np.float32]

BETA_2 = 0.99
"""How slowly Adam's second moment forgets: faster than usual, for there are few steps."""
FAINTEST = 1e-3
"""An output row below this share of its input's squared length has no direction to speak of, and teaches nothing."""


@dataclass(frozen=True, eq=False)
class Vectorized(State):
    """Vectors and Adam's moments in numpy arrays, where a network has tensors."""

    def of(self, arrays: Arrays) -> "Vectorized":
        """Return the state that ``arrays`` described; see ``State``."""
        shape = self.weights[0].shape
        found = checked(arrays, dict.fromkeys(("weight0", "moment0_1", "moment0_2"), shape))
        return Vectorized([found["weight0"]], [(found["moment0_1"], found["moment0_2"])], [])


def start(n_items: int, size: int, rng: np.random.Generator) -> Vectorized:
    """Return random vectors of length 1, and moments of nothing."""
    vectors = unit(rng.standard_normal((n_items, size), dtype=np.float32))
    return Vectorized([vectors], [(np.zeros_like(vectors), np.zeros_like(vectors))], [])


def copied(state: State) -> Vectorized:
    """Return a state that ``step`` may change."""
    return Vectorized([w.copy() for w in state.weights], [(a.copy(), b.copy()) for a, b in state.moments], [])


def epoch(
    state: Vectorized, rows: "csr_matrix", number: int, batch_size: int, learning_rate: float, rng: np.random.Generator
) -> float:
    """Take each row that has a one once, in place, and return their mean loss.

    Args:
        state: changed.
        rows: (n, n_items) ones.
        number: of the epoch, from 1.
        batch_size: rows of a step, at most; fewer where an epoch would have too few steps.
        learning_rate: of Adam.
        rng: draws the order.
    """
    filled = np.flatnonzero(np.diff(rows.indptr))
    size = batch_size_for(batch_size, len(filled))
    order, taken, total = rng.permutation(filled), (number - 1) * math.ceil(len(filled) / size), 0.0
    for begin in range(0, len(filled), size):
        taken += 1
        total += step(state, rows[order[begin : begin + size]], taken, learning_rate)
    return total / len(filled)


def step(state: Vectorized, rows: "csr_matrix", step_number: int, learning_rate: float) -> float:
    """Move the vectors, in place, by one step of Adam, and return the summed loss of the rows.

    Gradients are those along the sphere that each vector lies on, and vectors are brought back to it after the step.

    Args:
        state: changed.
        rows: (b, n_items) ones where a user rated, at least one in each row.
        step_number: from 1.
        learning_rate: of Adam.
    """
    (vectors,), ((first, second),) = state.weights, state.moments
    loss, gradient = loss_and_gradient(vectors, rows)
    gradient -= np.einsum("nr,nr->n", gradient, vectors)[:, None] * vectors
    first += (1 - BETA_1) * (gradient - first)
    np.multiply(gradient, gradient, out=gradient)
    second += (1 - BETA_2) * (gradient - second)
    np.divide(second, 1 - BETA_2**step_number, out=gradient)
    np.sqrt(gradient, out=gradient)
    gradient += EPSILON
    np.divide(first, gradient, out=gradient)
    vectors -= learning_rate / (1 - BETA_1**step_number) * gradient
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return loss


def loss_and_gradient(vectors: Vectors, rows: "csr_matrix") -> tuple[float, Floats]:
    """Return the summed loss of the rows, and the gradient of their mean by the vectors, (n_items, r).

    A row's loss is ``|x / |x| - y / |y||² = 2 - 2 x·y / (|x| |y|)``, from 0 to 4.
    """
    told: Floats = rows @ vectors
    gram = vectors.T @ vectors
    turned = told @ gram
    n_rated = np.diff(rows.indptr).astype(np.float64)
    lengths = _dots(told, told)
    along = lengths - n_rated
    squares = _dots(turned, told) - 2 * lengths + n_rated
    heard = squares > FAINTEST * n_rated
    norms = np.sqrt(n_rated * np.where(heard, squares, 1))
    slope = np.where(heard, 1 / norms, 0)
    bend = np.where(heard, along / (norms * np.where(heard, squares, 1)), 0)
    pulls = _scaled(told, 2 * (slope + bend)) - _scaled(turned, bend)
    outer = told.T @ _scaled(told, bend)
    gradient = np.asarray(rows.T @ pulls) - vectors @ outer
    gradient *= -2 / rows.shape[0]
    return float((2 - 2 * along * slope).sum()), gradient


def watched_loss(vectors: Vectors, rows: "csr_matrix", wanted: "csr_matrix") -> float:
    """Return the summed loss of what rows say of other items: the target is ``wanted``, with none of the rows' own."""
    told: Floats = rows @ vectors
    lengths = _dots(told, told)
    n_rated = np.diff(rows.indptr)
    squares = _dots(told @ (vectors.T @ vectors), told) - 2 * lengths + n_rated
    norms = np.sqrt(np.diff(wanted.indptr) * np.maximum(squares, FAINTEST * np.maximum(n_rated, 1)))
    return float((2 - 2 * _dots(told, wanted @ vectors) / norms).sum())


def unit(vectors: Vectors) -> Vectors:
    """Return the vectors with length 1."""
    result: Vectors = vectors / np.linalg.norm(vectors, axis=1, keepdims=True)
    return result


def _dots(a: Floats, b: Floats) -> NDArray[np.float64]:
    products: NDArray[Any] = np.einsum("br,br->b", a, b, dtype=np.float64)
    return products


def _scaled(rows: Floats, factors: NDArray[np.float64]) -> Floats:
    return rows * factors.astype(np.float32)[:, None]
